#!/bin/sh
# Installs the peers of the benchmarks at their pinned versions beside this script. A peer that cannot be installed is
# named, and its figures stay empty; that is no failure.
cd "$(dirname "$0")" || exit 1
if ! npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error; then
  echo "bench: PouchDB, PowerSync and ECharts and PptxGenJS are missing: npm could not install them" >&2
fi
if ! { python3 -m venv python && python/bin/pip install --quiet --only-binary :all: --requirement requirements.txt; }; then
  echo "bench: PowerSync and Typst are missing: their Python packages could not be installed" >&2
fi
exit 0
