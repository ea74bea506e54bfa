#!/bin/sh
# Builds everything optimised, installs the peers that can be had, and measures: all parts, or those that are named. Runs
# unattended: a part that hangs is ended, the others go on, and the failure shows at the end.
set -eu
cd "$(dirname "$0")/.."
CARGO=${CARGO:-cargo}
# Longest time that a part may take, seconds: a bound, far above what any of them needs.
LIMIT=${LIMIT:-1800}
features="--no-default-features --features bench"
$CARGO build --locked --release -p board-server -p board-cli -p boardroom-desktop
# shellcheck disable=SC2086
$CARGO build --locked --release -p boardroom-tests $features --bins
$CARGO build --locked --release -p board-charts --example chart_workload
$CARGO build --locked --release -p board-packs --example pack_workload
./tests/bench/peers/install.sh

took=""
failed=""
# Name, then the command.
measure() {
  name=$1
  shift
  started=$(date +%s)
  timeout --kill-after=30 "$LIMIT" "$@" || failed="$failed $name"
  took="$took $name $(($(date +%s) - started)) s,"
}

[ $# -gt 0 ] || set -- first fanout append apply resume scale packs pictures window
bench=${CARGO_TARGET_DIR:-target}/release/bench
for part in "$@"; do
  if [ "$part" = apply ]; then
    measure apply-floor "$CARGO" bench --locked -p board-vault --bench apply
  fi
  measure "$part" "$bench" "$part"
done
echo "bench:$took ${failed:+failed:$failed}"
[ -z "$failed" ]
