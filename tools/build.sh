#!/bin/sh
# Builds into the folder $1; further arguments go to "meson setup" the first time. Quiet unless something is wrong.
set -eu
dir=$1
shift
[ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >"/tmp/comity-setup.$$" || {
	cat "/tmp/comity-setup.$$" >&2
	exit 3
}
rm -f "/tmp/comity-setup.$$"
ninja -C "$dir" --quiet
