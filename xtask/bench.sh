#!/bin/sh
# Builds everything optimised, installs the peers that can be had, and measures: all parts, or those that are named.
set -eu
cd "$(dirname "$0")/.."
CARGO=${CARGO:-cargo}
features="--no-default-features --features bench"
$CARGO build --locked --release -p board-server -p board-cli -p boardroom-desktop
# shellcheck disable=SC2086
$CARGO build --locked --release -p boardroom-tests $features --bins
$CARGO build --locked --release -p board-charts --example workload
./tests/bench/peers/install.sh
if [ $# -eq 0 ] || echo " $* " | grep -q " apply "; then
  $CARGO bench --locked -p board-vault --bench apply
fi
# shellcheck disable=SC2086
exec $CARGO run --locked --release -p boardroom-tests $features --bin bench -- "$@"
