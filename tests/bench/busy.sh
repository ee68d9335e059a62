#!/bin/sh
# The path of a request through two nodes that hold many open cases: busy.sh BUILD-FOLDER. BENCH_OPEN: how many. The cases come by
# the same path, so the store makes each row itself; filling takes most of the time.
set -eu
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$build/tests/bench/submit" "$folder" "$here/../../doc/examples/pres.json" "$build/comity" "${BENCH_OPEN:-100000}"
