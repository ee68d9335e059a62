#!/bin/sh
# ETSI's unmodified JSON schemas judge our messages, ours judge documents and cards: hi1_schema.sh ROOT VENV.
# The schemas of TS 103 120 are ETSI's to give out: COMITY_ETSI names their folder, by default one beside the checkout.
# VENV is made with jsonschema from PyPI when it is not there. 77: schemas or PyPI cannot be reached.
set -eu
root=$1
venv=$2
here=$(dirname "$(readlink -f "$0")")
etsi=${COMITY_ETSI:-$root/../shared/reference/etsi-103120}
[ -f "$etsi/schema/json/ts_103120_Core.schema.json" ] || {
	echo "no ETSI schemas in $etsi; set COMITY_ETSI to their folder"
	exit 77
}
if ! "$venv/bin/python" -c 'import jsonschema, referencing' 2>/dev/null; then
	command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
	{ python3 -m venv "$venv" && "$venv/bin/pip" install -q jsonschema referencing; } >/dev/null 2>&1 || {
		echo "jsonschema could not be installed from PyPI"
		exit 77
	}
fi
exec "$venv/bin/python" "$here/hi1_schema.py" "$root" "$etsi"
