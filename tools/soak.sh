#!/bin/sh
# The long proofs: clang build with warnings as errors, thread sanitizer, fuzzing, a bad line, hostile calls of the API, seeds of the simulator,
# kills along the path.
#   FUZZ_SECONDS  for each target (default 60)     TRIPLES  kills along the path (default 50)
#   SEEDS  courses of the simulator (default 100000)     SEEDS_FROM  the first of them (default 1001)
# The simulator alone, so that parts of its courses can run at different times or on different machines:
#   SEEDS_FROM=51001 SEEDS=50000 tools/soak.sh build sim
set -eu
root=$1
seconds=${FUZZ_SECONDS:-60}
triples=${TRIPLES:-50}
seeds=${SEEDS:-100000}
seeds_from=${SEEDS_FROM:-1001}
simulate() {
	echo "== $seeds seeds of the simulator, from $seeds_from"
	tests/sim/sim.sh "$root/main/comity" "$root/main/tests/sim/sim" doc/examples "$root/main/tests/sim" \
		--seeds "$seeds_from" "$seeds" --jobs "$(nproc)"
}
if [ "${2:-}" = sim ]; then
	tools/build.sh "$root/main"
	simulate
	exit
fi
tools/packages.sh test
tools/packages.sh soak

echo "== clang builds it too"
CC=clang tools/build.sh "$root/clang"
meson test -C "$root/clang" --no-rebuild --print-errorlogs --no-suite e2e

echo "== thread sanitizer"
CC=clang tools/build.sh "$root/tsan" -Db_sanitize=thread -Db_lundef=false
meson test -C "$root/tsan" --no-rebuild --print-errorlogs --suite store --suite net --suite os
# The whole path under it: fixed addresses, because its shadow memory does not like all layouts; its words are in the logs.
rm -rf "$root/tsan/demo"
DEMO_DIR=$root/tsan/demo setarch -R "$root/tsan/comity" demo
if grep -A 30 'WARNING: ThreadSanitizer' "$root"/tsan/demo/logs/*.log; then
	exit 1
fi
echo "no race along the path"

echo "== fuzzing, $seconds s each target"
CC=clang tools/build.sh "$root/fuzz" -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false
for program in "$root"/fuzz/tests/fuzz/fuzz_*; do
	[ -x "$program" ] && [ -f "$program" ] || continue
	name=${program##*/fuzz_}
	mkdir -p "$root/fuzz/corpus/$name"
	echo "-- $name"
	"$program" -max_total_time="$seconds" -rss_limit_mb=1024 "$root/fuzz/corpus/$name" "tests/fuzz/corpus/$name" 2>"$root/fuzz/$name.log" || {
		tail -40 "$root/fuzz/$name.log"
		exit 1
	}
	tail -1 "$root/fuzz/$name.log"
done

echo "== a line that loses 8 % and carries 64 kb/s"
tools/build.sh "$root/main"
tests/e2e/bad_line.py "$root/main/comity" || [ $? = 77 ]

echo "== hostile calls of the API, $seconds s without and $seconds s with a person"
tools/build.sh "$root/main"
tests/conformance/api_hostile.sh "$root/main/comity" "$root/venv-api" "$seconds"

simulate

echo "== kills along the path"
python3 tests/e2e/kill_path.py "$root/main/comity" --triples "$triples"
