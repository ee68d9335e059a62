#!/bin/sh
# Is the table of moves sound, on both sides of a bad network? spin walks through every state that two nodes can be in
# (two_nodes.pml). Then the tables are made worse on purpose, and spin has to say so.
#   two_nodes.sh MACHINE MODEL
set -eu
machine=$1
model=$2
command -v spin >/dev/null || {
	echo "skipped: spin is not installed"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$model" "$dir/two_nodes.pml"

# walk [CHANGE]: the whole walk; exit 1 with the way to the fault when there is one.
walk() {
	"$machine" rows "$dir" "$@"
	(
		cd "$dir"
		rm -f ./*.trail
		[ -f pan.o ] || {
			spin -a two_nodes.pml >spin.out || {
				cat spin.out
				exit 2
			}
			cc -O1 -w -DSAFETY -DCOLLAPSE -c pan.c
		}
		cc -c rows.c
		cc -o walk pan.o rows.o
		./walk -m1000000 >walk.out
		grep -q 'errors: 0' walk.out && ! grep -q 'max search depth too small' walk.out && exit 0
		[ -f two_nodes.pml.trail ] || cat walk.out
		exit 1
	)
}
walk || {
	grep -m 1 '^pan' "$dir/walk.out"
	(cd "$dir" && ./walk -r two_nodes.pml.trail | tail -80)
	echo "Numbers are rows of families.tab and request_states.tab, from 1."
	exit 1
}
grep 'states, stored' "$dir/walk.out"

# finds WHAT CHANGE: with this change spin finds that.
finds() {
	code=0
	walk "$2" || code=$?
	if [ "$code" != 1 ] || ! grep -q "$1" "$dir/walk.out"; then
		echo "not found: $1 with $2 (exit $code)"
		exit 1
	fi
}
finds 'invalid end state' -lapsed-close                         # a dead end
finds 'assertion violated 0' +acknowledged:draft:requesting     # taken up, then unknown
finds 'assertion violated' -transmitted-withdraw                # moved by one who may not
finds 'assertion violated (move_to!=0)' ~assigned-transmit      # a word that is not followed
echo "every planted fault is found"
