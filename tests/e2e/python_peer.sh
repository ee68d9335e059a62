#!/bin/sh
# A peer in Python against a real node, and ETSI's schemas over every message. Skipped (77) where the schemas or the Python
# packages are not at hand.
#   python_peer.sh COMITY SOURCE SCRIPT
set -eu
etsi=${COMITY_ETSI:-$2/../shared/reference/etsi-103120}
here=$(dirname "$0")
[ -d "$etsi" ] || {
	echo "no schemas of TS 103 120 in $etsi; set COMITY_ETSI to a folder with them"
	exit 77
}
venv=$2/build/venv
packages='cryptography jsonschema referencing'
"$venv/bin/python" -c 'import cryptography, jsonschema, referencing' 2>/dev/null || {
	{ [ -x "$venv/bin/python" ] || python3 -m venv "$venv"; } && "$venv/bin/pip" install -q --disable-pip-version-check $packages
} || {
	echo "no Python packages $packages here"
	exit 77
}
exec "$venv/bin/python" "$here/$3" "$1" "$etsi"
