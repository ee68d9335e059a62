#!/bin/sh
# A node at rest: time from "comity serve" to the word "ready", memory of all its processes, size of the program.
#   node.sh BUILD-FOLDER
set -eu
comity=$1/comity
rounds=${BENCH_ROUNDS:-3}
dir=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
node=
trap '[ -z "$node" ] || kill "$node"; rm -rf "$dir"' EXIT INT TERM
"$comity" init --home "$dir/home" --state "$dir/state" --node xa.contact --name "Arland Contact Point" --role contact_point >/dev/null
mkfifo "$dir/said"
best=
for i in $(seq "$rounds"); do
	begin=$(date +%s%N)
	"$comity" serve --home "$dir/home" >"$dir/said" 2>/dev/null &
	node=$!
	exec 3<"$dir/said"
	until read -r line <&3 && case $line in *ready*) true ;; *) false ;; esac; do
		kill -0 "$node"
	done
	ms=$((($(date +%s%N) - begin) / 1000000))
	[ -n "$best" ] && [ "$best" -le "$ms" ] || best=$ms
	[ "$i" = "$rounds" ] && break
	kill "$node"
	wait "$node" || true
	exec 3<&-
done
echo "a node at rest, best of $rounds, $(nproc) processors"
echo "  serve to ready        $best ms   (goal 1,000)"
total=0
for pid in "$node" $(cat "/proc/$node/task"/*/children); do
	pss=$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")
	role=$(tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n 's/^--role=//p')
	printf '  %-21s %s KiB PSS\n' "${role:-parent}" "$pss"
	total=$((total + pss))
done
echo "  memory, sum           $total KiB PSS   (goal 30,720)"
strip -o "$dir/stripped" "$comity"
echo "  program, stripped     $(stat -c %s "$dir/stripped") bytes   (goal 6,291,456)"
