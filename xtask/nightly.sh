#!/bin/sh
# The long proofs: many seeds of the simulation over all cores, then long loops of kills, then judges that are
# too large for every day. Not the everyday tests.
# Usage: nightly.sh SEEDS ROUNDS; FIRST_SEED sets where the seeds begin.
set -eu
cd "$(dirname "$0")/.."
seeds=${1:-2000}
rounds=${2:-200}
# Other seeds every day, the same all day.
first=${FIRST_SEED:-$(($(date +%s) / 86400 * 1000000))}
cores=$(nproc)
each=$(((seeds + cores - 1) / cores))
logs=target/nightly
mkdir -p "$logs"
run="${CARGO:-cargo} nextest run --locked --profile nightly -p boardroom-tests"

echo "nightly: $seeds seeds from $first over $cores cores; kill loops of $rounds rounds; logs in $logs"
failed=0
pids=""
core=0
while [ "$core" -lt "$cores" ]; do
    from=$((first + core * each))
    BOARDROOM_FIRST_SEED=$from BOARDROOM_ROUNDS=$each $run --test simulation --no-capture \
        -E 'test(everything_comes_right_whatever_happened)' >"$logs/seeds-$from.log" 2>&1 &
    pids="$pids $!"
    core=$((core + 1))
done
for pid in $pids; do
    wait "$pid" || failed=1
done
grep -hE 'seeds from|again with' "$logs"/seeds-*.log || true

BOARDROOM_SEED=$first BOARDROOM_ROUNDS=$rounds $run --test kill --test replicas --test faults \
    >"$logs/kills.log" 2>&1 || failed=1
grep -hE 'PASS|FAIL|TIMEOUT|Summary' "$logs/kills.log" || true
# Sample presentations before Microsoft's own judge.
rm -rf "$logs/decks"
mkdir -p "$logs/decks"
{ ${CARGO:-cargo} run --locked --quiet -p board-packs --example sample_decks -- "$logs/decks" &&
    ./tests/judges/open_xml.sh "$logs"/decks/*.pptx; } || failed=1


./xtask/setup.sh nightly
./xtask/judge-pdf.sh >"$logs/judge-pdf.log" 2>&1 || failed=1
tail -n 1 "$logs/judge-pdf.log"
if [ "$failed" -ne 0 ]; then
    echo "nightly: failed, see $logs"
    exit 1
fi
echo "nightly: everything held"
