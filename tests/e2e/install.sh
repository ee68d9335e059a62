#!/bin/sh
# What make install puts down is whole: the program runs, each command has its manual page, bash reads the completion, and
# systemd takes the service file, whose program is the installed one.
#   install.sh BUILD PREFIX
set -eu
build=$1
prefix=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
meson install -C "$build" --no-rebuild --quiet --destdir "$dir"
comity=$dir$prefix/bin/comity

"$comity" version
"$comity" completion >"$dir/completion"
cmp "$dir/completion" "$dir$prefix/share/bash-completion/completions/comity"
bash -n "$dir/completion"

commands=$(grep -cv '^#\|^name:\|^$' "$(dirname "$0")/../../data/commands.tab")
pages=$(find "$dir$prefix" -name 'comity*.1' -size +0 | wc -l)
[ "$pages" = $((commands + 1)) ] || {
	echo "$pages manual pages for $commands commands and one for all"
	exit 1
}

unit=$dir$prefix/lib/systemd/system/comity.service
grep -q "^ExecStart=$prefix/bin/comity serve " "$unit"
if command -v systemd-analyze >/dev/null; then
	sed -i "s|^ExecStart=|&$dir|" "$unit"
	systemd-analyze verify --man=no "$unit" || {
		echo "systemd does not take the service file"
		exit 1
	}
fi
