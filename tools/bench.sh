#!/bin/sh
# Runs every bench of tests/bench against the build in $1/main; prints, stores nothing. BENCH_MIB sets the size of the
# sealing and verifying benches, BENCH_ROUNDS how often each is run, BENCH_DIR where they work (a disk that syncs).
set -eu
root=$1
here=$(dirname "$0")/../tests/bench
ninja -C "$root/main" tests/bench/submit tests/bench/store_acts tests/bench/deadlines tests/bench/law >/dev/null
echo "$(date -u +%FT%TZ), $(nproc) processors, $(uname -sr), commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
for bench in "$here"/*.sh; do
	[ "$(basename "$bench")" = lab.sh ] && continue # shared by others
	echo "== $(basename "$bench" .sh)"
	sh "$bench" "$root/main"
done
