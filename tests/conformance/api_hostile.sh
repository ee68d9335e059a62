#!/bin/sh
# Schemathesis from PyPI judges the admin API of a running node by its own description: api_hostile.sh COMITY VENV [SECONDS].
# VENV is made when it is not there. 77: PyPI cannot be reached.
set -eu
comity=$1
venv=$2
here=$(dirname "$(readlink -f "$0")")
if ! "$venv/bin/python" -c 'import schemathesis' 2>/dev/null; then
	command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
	{ python3 -m venv "$venv" && "$venv/bin/pip" install -q schemathesis; } >/dev/null 2>&1 || {
		echo "schemathesis could not be installed from PyPI"
		exit 77
	}
fi
exec "$venv/bin/python" "$here/api_hostile.py" "$comity" "${3:-20}"
