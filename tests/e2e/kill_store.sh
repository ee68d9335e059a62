#!/bin/sh
# Kills the store at the n-th write, sync and rename, fails each of them, and kills it at random moments; after each the
# judge opens what is left: every acknowledged act and answer is there, unchanged; every hash recomputes; no size has two
# heads. Oracle: the client's own log of what was acknowledged.
#   kill_store.sh STORE_LOAD REGISTER_VECTORS.PY [SECONDS]
set -u
load=$1 python=$2 seconds=${3:-60}
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
end=$(($(date +%s) + seconds))
points=0 killed=0 failed=0
judge() {
	"$load" check "$dir/home" "$dir/guard" "$dir/acks" >"$dir/out" 2>&1 || {
		echo "after $1: $(cat "$dir/out")"
		failed=1
	}
}
fresh() {
	rm -rf "$dir/home" "$dir/guard" "$dir/acks"
}
left() { [ "$(date +%s)" -lt "$end" ] && [ "$failed" = 0 ]; }
if command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
	n=1
	while [ "$n" -le 40 ] && left; do
		for call in pwrite64 fdatasync fsync rename write; do
			left || break
			for what in signal=KILL error=EIO error=ENOSPC; do
				case $what in
				signal=KILL) ;;
				*) [ $((n % 5)) = 1 ] || continue ;; # failing calls: every fifth place
				esac
				[ $((n % 10)) = 1 ] && fresh
				timeout 60 strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:$what:when=$n" \
					"$load" run "$dir/home" "$dir/guard" "$dir/acks" "$n$call$what" 4 8 >/dev/null 2>&1
				code=$?
				[ "$code" = 9 ] && echo "two heads at $call $n" && failed=1
				[ "$code" = 124 ] && echo "no end in 60 s at $call $n, $what" && failed=1
				[ "$code" != 0 ] && killed=$((killed + 1))
				points=$((points + 1))
				judge "$call number $n, $what"
			done
		done
		n=$((n + 1))
	done
else
	echo "strace cannot trace here: only random kills"
fi
# Random moments, under load, on one growing register.
fresh
round=0
while [ "$round" -lt 8 ] && [ "$failed" = 0 ]; do
	"$load" run "$dir/home" "$dir/guard" "$dir/acks" "r$round" 16 >/dev/null 2>&1 &
	pid=$!
	# After so many more answers; when the store ended by itself, at once.
	touch "$dir/acks"
	tail -n 0 -F -s 0.01 --pid="$pid" "$dir/acks" 2>/dev/null | head -n $((1 + $(od -An -N2 -tu2 /dev/urandom) % 300)) >/dev/null
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	judge "a kill at a random moment"
	round=$((round + 1))
done
cat "$dir/out"
if [ "$failed" = 0 ] && command -v python3 >/dev/null; then
	python3 "$python" --tree "$dir/home/log" || failed=1
fi
# A full disk: only root can mount a small one.
if [ "$failed" = 0 ] && [ "$(id -u)" = 0 ] && mkdir "$dir/small" && mount -t tmpfs -o size=3m tmpfs "$dir/small" 2>/dev/null; then
	rm -f "$dir/acks" "$dir/guard"
	timeout 30 "$load" run "$dir/small/home" "$dir/guard" "$dir/acks" full 4 >"$dir/out" 2>&1
	[ $? = 7 ] || { echo "a full disk did not stop the store"; failed=1; }
	mount -o remount,size=32m "$dir/small"
	"$load" check "$dir/small/home" "$dir/guard" "$dir/acks" >"$dir/out" 2>&1 || failed=1
	echo "full disk: $(cat "$dir/out")"
	umount "$dir/small"
fi
[ "$points" -gt 0 ] && [ "$killed" = 0 ] && echo "no place stopped the store" && failed=1
echo "$points places, $killed of them stopped the store; $([ "$failed" = 0 ] && echo all well || echo FAILED)"
exit "$failed"
