#!/bin/sh
# Installs what the build (and, asked with "test", the tests) need from the distribution, and only what is missing.
# Debian 12, Debian 13, Ubuntu 24.04. Needs root or sudo only when something is missing.
set -eu
build="build-essential pkg-config meson ninja-build gettext libssl-dev libmicrohttpd-dev libgnutls28-dev
 libcurl4-gnutls-dev libjansson-dev libsqlite3-dev libdeflate-dev zlib1g-dev libseccomp-dev libargon2-dev liboath-dev
 openssl unzip e2fsprogs"
test="libcmocka-dev strace age curl zip python3 python3-venv"
want=$build
[ "${1:-build}" = test ] && want="$build $test"
missing=
for package in $want; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
echo "Installing from the distribution:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "These packages are missing and neither root nor sudo is at hand:$missing" >&2
		exit 3
	}
	as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
