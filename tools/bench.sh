#!/bin/sh
# Runs every bench of tests/bench against the build in $1/main; prints, stores nothing. BENCH_MIB sets sizes of the
# sealing and verifying benches, BENCH_ROUNDS how often each is run.
set -eu
root=$1
here=$(dirname "$0")/../tests/bench
for bench in "$here"/*.sh; do
	[ "$(basename "$bench")" = lab.sh ] && continue # shared by others
	echo "== $(basename "$bench" .sh)"
	sh "$bench" "$root/main"
done
echo "== store_acts"
"$root/main/tests/bench/store_acts"
