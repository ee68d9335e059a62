#!/bin/sh
# A million open clocks: the next wake, a page of what is due, a page of the list, memory.
#   deadlines.sh BUILD-FOLDER
set -eu
dir=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT INT TERM
"$1/tests/bench/deadlines" "$dir"
