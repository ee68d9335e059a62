#!/bin/sh
# Installs what the build (and, asked with "test", the tests) need from the distribution, and only what is missing.
# Debian 12, Debian 13, Ubuntu 24.04. Needs root or sudo only when something is missing.
set -eu
build="build-essential pkg-config meson ninja-build libssl-dev libmicrohttpd-dev libgnutls28-dev
 libcurl4-gnutls-dev libjansson-dev libsqlite3-dev libdeflate-dev libseccomp-dev libargon2-dev
 liboath-dev libcmocka-dev gettext bootstrap-icons openssl unzip e2fsprogs oathtool"
test="strace age curl zip python3 python3-venv spin"
soak="clang python3"
browser="chromium nodejs npm fonts-noto-core"
case ${1:-build} in
test) want="$build $test" ;;
soak) want=$soak ;;
browser) want=$browser ;;
*) want=$build ;;
esac

# Installs the packages given, or says what somebody with more rights has to type.
install() {
	echo "Installing from the distribution: $*"
	as_root=
	[ "$(id -u)" = 0 ] || as_root=sudo
	{ [ -z "$as_root" ] || command -v sudo >/dev/null; } &&
		$as_root apt-get update -qq &&
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || {
		echo "This needs root, or sudo. Let somebody who may do so type:" >&2
		echo "    apt-get update && apt-get install --no-install-recommends $*" >&2
		exit 3
	}
}

missing=
for package in $want; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
# shellcheck disable=SC2086
[ -z "$missing" ] || install $missing
# libFuzzer and the sanitizers of clang have a package for each version of it.
if [ "${1:-}" = soak ]; then
	runtime=libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev
	dpkg-query -W "$runtime" >/dev/null 2>&1 || install "$runtime"
fi
