#!/bin/sh
# Every X25519 vector of the format's authors (npm package cctv-age), and what was left out.  age_cctv.sh TOOL BUILD_DIR
# Vectors of armor, pass phrases and post-quantum recipients are left out by their header lines: we have none of them.
set -eu
tool=$1
dir=$2/npm
command -v npm >/dev/null && command -v node >/dev/null || {
	echo "skipped: npm is not installed"
	exit 77
}
mkdir -p "$dir"
[ -f "$dir/node_modules/cctv-age/index.js" ] || npm install --silent --no-audit --no-fund --prefix "$dir" cctv-age@0.2.0 ||
	{
		echo "skipped: npm cannot fetch cctv-age"
		exit 77
	}
rm -rf "$dir/vectors"
mkdir "$dir/vectors"
cat >"$dir/unpack.mjs" <<'JS'
import * as all from 'cctv-age'
import { writeFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
for (const [name, bytes] of Object.entries(all)) {
	if (!(bytes instanceof Uint8Array)) continue
	const file = Buffer.from(bytes), end = file.indexOf('\n\n') + 2
	const head = file.subarray(0, end).toString('latin1')
	const body = /^compressed: zlib$/m.test(head) ? inflateSync(file.subarray(end)) : file.subarray(end)
	writeFileSync(new URL(`vectors/${name}`, import.meta.url), Buffer.concat([file.subarray(0, end), body]))
}
JS
node "$dir/unpack.mjs"
good=0 bad=0 out=
for f in "$dir"/vectors/*; do
	name=${f##*/}
	head=$(sed '/^$/q' "$f" | tr -d '\000')
	case $head in
	*"armored: yes"*) out="$out $name(armor)" && continue ;;
	*"passphrase: "*) out="$out $name(passphrase)" && continue ;;
	*"identity: AGE-SECRET-KEY-PQ-"*) out="$out $name(post-quantum)" && continue ;;
	esac
	if answer=$("$tool" age-vector "$f"); then
		good=$((good + 1))
	else
		bad=$((bad + 1))
		echo "$name: $answer"
	fi
done
echo "$good vectors as expected, $bad not; left out:$out"
[ "$bad" = 0 ] && [ "$good" -gt 50 ]
