#!/bin/sh
# All tests: the plain build, the house checks, every test, then the unit tests again under the address and
# undefined-behaviour sanitizers.
set -eu
root=$1
tools/packages.sh test
tools/build.sh "$root/main"
tools/check.sh "$root"
meson test -C "$root/main" --no-rebuild --print-errorlogs
tools/build.sh "$root/asan" -Db_sanitize=address,undefined -Db_lundef=false
meson test -C "$root/asan" --no-rebuild --print-errorlogs --no-suite e2e
