#!/bin/sh
# Does the judge of the simulator notice? With a planted fault some seeds have to be found wrong; and one seed is one course.
#   judged.sh SIM.SH COMITY SIM EXAMPLES FOLDER
set -eu
for fault in disk expiry; do
	if "$@" --seeds 1 40 --fault $fault >"$5/$fault.out"; then
		echo "the judge did not notice: $fault"
		exit 1
	fi
	grep -q '^seed ' "$5/$fault.out" || {
		cat "$5/$fault.out"
		exit 1
	}
done
"$@" --seed 7 | grep -v seeds/s >"$5/one"
"$@" --seed 7 | grep -v seeds/s >"$5/two"
cmp "$5/one" "$5/two" || {
	echo "one seed, two courses"
	exit 1
}
echo "every planted fault is found; one seed is one course"
