#!/bin/sh
# Durable acts per second with 1, 16 and 256 writers, on a disk that syncs.
#   store_acts.sh BUILD-FOLDER
set -eu
dir=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT INT TERM
"$1/tests/bench/store_acts" "$dir"
