#!/bin/sh
# The path of a preservation request, measured: submit.sh BUILD-FOLDER. Nodes live in a temporary folder on a disk that
# syncs ($BENCH_DIR); they are the comity executable of the build when it knows `serve`, else the bench program itself.
set -eu
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
program=
if [ -x "$build/comity" ] && "$build/comity" serve --help >/dev/null 2>&1; then
	program=$build/comity
fi
"$build/tests/bench/submit" "$folder" "$here/../../doc/examples/pres.json" ${program:+"$program"}
