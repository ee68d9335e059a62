#!/bin/sh
# The desk in a real browser: desk.sh COMITY FOLDER. 77: chromium, node or npm's playwright-core and axe-core are not to be had.
set -eu
dir=$2
command -v chromium >/dev/null && command -v npm >/dev/null && command -v node >/dev/null || {
	echo "skipped: chromium or npm is not installed"
	exit 77
}
mkdir -p "$dir"
[ -d "$dir/node_modules/playwright-core" ] && [ -d "$dir/node_modules/axe-core" ] ||
	npm install --silent --no-audit --no-fund --prefix "$dir" playwright-core@1.48.2 axe-core@4.10.2 || {
	echo "skipped: npm cannot fetch playwright-core and axe-core"
	exit 77
}
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$here/../e2e" exec python3 "$here/desk.py" "$1" "$dir/node_modules"
