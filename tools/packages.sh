#!/bin/sh
# Installs what the build (and, asked with "test", the tests) need from the distribution, and only what is missing.
# Debian 12, Debian 13, Ubuntu 24.04. Needs root or sudo only when something is missing.
set -eu
build="build-essential pkg-config meson ninja-build gettext libssl-dev libmicrohttpd-dev libgnutls28-dev
 libcurl4-gnutls-dev libjansson-dev libsqlite3-dev libdeflate-dev zlib1g-dev libseccomp-dev libcap-ng-dev libargon2-dev
 liboath-dev libcmocka-dev openssl unzip e2fsprogs oathtool"
test="strace age curl zip python3 python3-venv"
soak="clang python3"
case ${1:-build} in
test) want="$build $test" ;;
soak) want=$soak ;;
*) want=$build ;;
esac
missing=
for package in $want; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
[ -z "$missing" ] && [ "${1:-build}" != soak ] && exit 0
if [ -n "$missing" ]; then
	echo "Installing from the distribution:$missing"
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			echo "These packages are missing and neither root nor sudo is at hand:$missing" >&2
			exit 3
		}
	fi
	export DEBIAN_FRONTEND=noninteractive
	$as_root apt-get update -qq
	# shellcheck disable=SC2086
	$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
# libFuzzer and the sanitizers of clang have a package for each version of it.
if [ "${1:-}" = soak ]; then
	major=$(clang -dumpversion | cut -d. -f1)
	dpkg-query -W "libclang-rt-$major-dev" >/dev/null 2>&1 ||
		$as_root apt-get install -y -qq --no-install-recommends "libclang-rt-$major-dev" >/dev/null
fi
