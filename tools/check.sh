#!/bin/sh
# The house checks: rooms, words, functions, pairs, tables (tools/house), each header alone, table snapshots.
#   tools/check.sh BUILD [--warn]       --warn: print faults, exit 0
#   tools/check.sh BUILD --update       write the snapshots anew, and doc/spec/openapi.json (build first)
set -eu
root=$1
how=${2:-}
build=$root/main
[ -x "$build/tools/house" ] || build=$root
house=$build/tools/house
tabc=$build/tools/tabc
bad=0

if [ "$how" = --update ]; then
	mkdir -p tests/snapshots
	for table in data/*.tab; do
		"$tabc" md "$table" >"tests/snapshots/$(basename "$table" .tab).md"
	done
	"$build/tests/machine/machine" chapter >doc/machine.md
	OPENAPI=doc/spec/openapi.json VECTORS=tests/vectors COMITY_WRITE=1 "$build/tests/unit/proto/test_proto_route" >/dev/null 2>&1
	exit 0
fi

"$house" $how || bad=1

# Each header compiles alone; public ones also in C++.
headers() {
	find src include -name '*.h' | sort | while read -r h; do
		case $h in
		include/*) echo "gcc -std=gnu17 -x c $h" && echo "g++ -std=c++17 -x c++ $h" ;;
		*) echo "gcc -std=gnu17 -x c $h" ;;
		esac
	done
}
failed=$(headers | xargs -P 2 -d '\n' -n 1 sh -c '
	set -f
	$1 -Wall -Wextra -fsyntax-only -D_GNU_SOURCE -DCM_VERSION=\"0\" -Isrc -I"$0/src" -Iinclude 2>/dev/null ||
		echo "${1##* }:1: headers-alone: it does not compile alone ($1). Include what it uses."
' "$build" | grep -v 'pragma once' || true)
if [ -n "$failed" ]; then
	echo "$failed"
	bad=1
fi

# Snapshots show a change of a table in review.
for table in data/*.tab; do
	snapshot=tests/snapshots/$(basename "$table" .tab).md
	if ! "$tabc" md "$table" | cmp -s - "$snapshot"; then
		echo "$snapshot:1: snapshots: it does not show $table. Run 'tools/check.sh $root --update' and look at the change."
		bad=1
	fi
done
"$build/tests/machine/machine" chapter | cmp -s - doc/machine.md || {
	echo "doc/machine.md:1: snapshots: it does not show data/request_moves.tab. Run 'tools/check.sh $root --update'."
	bad=1
}
for snapshot in tests/snapshots/*.md; do
	[ -f "data/$(basename "$snapshot" .md).tab" ] || {
		echo "$snapshot:1: snapshots: its table is gone. Remove it."
		bad=1
	}
done

[ "$how" = --warn ] || exit $bad
