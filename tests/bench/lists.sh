#!/bin/sh
# Lists of all kinds through the API of a node that has a million of each: lists.sh BUILD-FOLDER. BENCH_REQUESTS: how many.
set -eu
build=$(cd "$1" && pwd)
folder=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
python3 "$(dirname "$0")/lists.py" "$build/comity" "$folder" "${BENCH_REQUESTS:-1000000}"
