#!/bin/sh
# Programs of others read our containers: zip_peers.sh unzip|python|java ZIP_MAKE. 77: that program is not here.
set -eu
judge=$1
make=$2
here=$(dirname "$0")
case $judge in
unzip) command -v unzip >/dev/null || { echo "unzip is not installed"; exit 77; } ;;
python) command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; } ;;
java) command -v javac >/dev/null || { echo "no Java compiler is installed"; exit 77; } ;;
esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for kind in small forced many big; do
	"$make" $kind "$dir/$kind.zip"
	case $kind in
	small | forced) want="4 44" ;;
	many) want="900 7104" ;;
	big) want="5 4294967345" ;;
	esac
	case $judge in
	unzip)
		unzip -tqq "$dir/$kind.zip"
		got="$(unzip -Z1 "$dir/$kind.zip" | wc -l | tr -d ' ') $(unzip -Zt "$dir/$kind.zip" | sed 's/.*, \([0-9]*\) bytes uncompressed.*/\1/')"
		;;
	python) got=$(python3 "$here/zip_peer.py" "$dir/$kind.zip") ;;
	java) got=$(java "$here/ZipPeer.java" "$dir/$kind.zip") ;;
	esac
	[ "$got" = "$want" ] || { echo "$judge, $kind: \"$got\" instead of \"$want\""; exit 1; }
	rm "$dir/$kind.zip"
	echo "$judge reads $kind: $got"
done
