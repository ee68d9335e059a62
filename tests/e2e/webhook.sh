#!/bin/sh
# Webhooks judged by the package standardwebhooks from PyPI: webhook.sh COMITY VENV. 77: PyPI cannot be reached.
set -eu
venv=$2
if ! "$venv/bin/python" -c 'import standardwebhooks' 2>/dev/null; then
	command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
	{ python3 -m venv "$venv" && "$venv/bin/pip" install -q standardwebhooks; } >/dev/null 2>&1 || {
		echo "standardwebhooks could not be installed from PyPI"
		exit 77
	}
fi
exec "$venv/bin/python" "$(dirname "$(readlink -f "$0")")/webhook.py" "$1"
