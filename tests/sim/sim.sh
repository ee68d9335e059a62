#!/bin/sh
# Makes the seven nodes that the simulator plays with, once for each build, then plays.
#   sim.sh COMITY SIM EXAMPLES FOLDER ARGUMENTS…
set -eu
comity=$1
sim=$2
examples=$3
homes=$4/homes
shift 4
if [ ! -d "$homes" ]; then
	rm -rf "$homes.new"
	mkdir -p "$homes.new/roots"
	for c in a b c d e f g; do
		"$comity" init --node "x$c.contact" --state "$homes.new/roots/x$c" --name "Contact point of X$c" \
			--role contact_point --role central_authority --home "$homes.new/x$c" >/dev/null
		echo "retry_max_s = 20" >>"$homes.new/x$c/comity.conf" # so that healing needs minutes
	done
	mv "$homes.new" "$homes"
fi
exec "$sim" "$homes" "$examples" "$@"
