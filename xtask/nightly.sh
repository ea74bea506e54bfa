#!/bin/sh
# The long proofs: many seeds of the simulation over all cores, then long loops of kills, then judges that are too
# large for every day. Not the everyday tests.
# Usage: nightly.sh SEEDS ROUNDS; FIRST_SEED sets where the seeds begin, CORES over how many cores they run. What fails
# does not stop the rest; it is listed at the end, with the commands that run it again.
set -eu
cd "$(dirname "$0")/.."
seeds=${1:-2000}
rounds=${2:-200}
# Other seeds every day, the same all day.
first=${FIRST_SEED:-$(($(date +%s) / 86400 * 1000000))}
cores=${CORES:-$(nproc)}
logs=target/nightly-logs
mkdir -p "$logs"
cargo=${CARGO:-cargo}

# Prints what matters of a proof while it runs, and keeps all of it; fails as the proof does.
watched() {
    log=$1
    pattern=$2
    shift 2
    { "$@" 2>&1 && echo ok >"$log.ok"; } | tee "$log" | grep --line-buffered -E "$pattern" || true
    if [ -e "$log.ok" ]; then rm "$log.ok"; else return 1; fi
}

echo "nightly: $seeds seeds from $first over $cores cores; kill loops of $rounds rounds; logs in $logs"
failed=0
# Built apart and optimised: a seed is nearly all computation. Not by nextest, which holds lines back.
BOARDROOM_FIRST_SEED=$first BOARDROOM_ROUNDS=$seeds BOARDROOM_THREADS=$cores \
    watched "$logs/seeds.log" '^error|seeds (after|from)|^seed [0-9]+ failed|^BOARDROOM_SEED' \
    "$cargo" test --locked --profile nightly -p boardroom-tests --test simulation -- \
    --nocapture everything_comes_right_whatever_happened || failed=1

BOARDROOM_SEED=$first BOARDROOM_ROUNDS=$rounds \
    watched "$logs/kills.log" '^error|PASS|FAIL|TIMEOUT|Summary' \
    "$cargo" nextest run --locked --profile nightly -p boardroom-tests --test kill --test replicas --test faults || failed=1

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
    grep -hE '^BOARDROOM_SEED' "$logs/seeds.log" | sort -u || true
    grep -hE '^ +(FAIL|TIMEOUT)' "$logs/kills.log" | sort -u |
        sed "s/\$/  (again with BOARDROOM_SEED=$first BOARDROOM_ROUNDS=$rounds)/" || true
    exit 1
fi
echo "nightly: everything held"
