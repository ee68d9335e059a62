#!/bin/sh
# A package and its seal, judged by programs that are not ours: unzip, sha256sum, openssl, age. And the other way: what age
# seals opens here. judge_package.sh COMITY
set -eu
comity=$(realpath "$1")
. "$(dirname "$0")/../bench/lab.sh"
mkdir -p "$dir/in/mail"
printf 'hello\n' >"$dir/in/a.txt"
: >"$dir/in/empty"
head -c 3000000 /dev/urandom >"$dir/in/mail/grün & 1.eml"
"$comity" package create "$dir/in" -o "$dir/p.asice" --key "$dir/sign.p8" --cert "$dir/sign.pem" >/dev/null

# no file is replaced unasked, nothing half-made stays
if "$comity" package create "$dir/in" -o "$dir/p.asice" --key "$dir/sign.p8" --cert "$dir/sign.pem" 2>/dev/null; then
	echo "a file was replaced unasked"
	exit 1
fi
[ -z "$(find "$dir" -name '*.part')" ]

# unzip, and every digest of the signed list, by sha256sum
unzip -q "$dir/p.asice" -d "$dir/x"
cd "$dir/x"
manifest=META-INF/ASiCManifest001.xml
python3 - "$manifest" >"$dir/sums" <<'PY'
import base64, re, sys, urllib.parse, xml.etree.ElementTree as tree
n = {"a": "http://uri.etsi.org/02918/v1.2.1#", "d": "http://www.w3.org/2000/09/xmldsig#"}
for r in tree.parse(sys.argv[1]).getroot().findall("a:DataObjectReference", n):
    digest = base64.b64decode(r.find("d:DigestValue", n).text).hex()
    print(digest + "  " + urllib.parse.unquote(r.get("URI")))
PY
sha256sum --quiet --strict -c "$dir/sums"
[ "$(wc -l <"$dir/sums")" = 4 ]

# the signature, by openssl, with the signing certificate bound into it
openssl cms -verify -cades -binary -inform DER -in META-INF/signature001.p7s -content "$manifest" \
	-CAfile "$dir/root.pem" -purpose any -out /dev/null 2>/dev/null
printf ' ' >>"$manifest"
if openssl cms -verify -cades -binary -inform DER -in META-INF/signature001.p7s -content "$manifest" \
	-CAfile "$dir/root.pem" -purpose any -out /dev/null 2>/dev/null; then
	echo "openssl took a changed list"
	exit 1
fi
cd "$dir"

# the verdict of our own, its exit codes, and a changed byte named
"$comity" verify p.asice --trust root.pem --json | grep -q '"verdict":"valid"'
if "$comity" verify p.asice >/dev/null; then exit 1; fi
cp p.asice bad.asice
printf 'H' | dd of=bad.asice bs=1 seek="$(grep -abo hello bad.asice | head -n 1 | cut -d: -f1)" conv=notrunc 2>/dev/null
if "$comity" verify bad.asice --trust root.pem >bad.txt; then exit 1; fi
grep -q 'FAILED *file data/a.txt' bad.txt
grep -q file_digest bad.txt

# sealing: age opens ours, we open age's, in files and pipes; packing and sealing in one pass gives a valid package
"$comity" seal p.asice -r "$recipient" -o ours.age --json >seal.json
grep -q "$(sha256sum <ours.age | cut -c1-64)" seal.json
age -d -i identity.txt ours.age | cmp - p.asice
age -r "$recipient" -o theirs.age p.asice
"$comity" open theirs.age -i identity.txt -o - | cmp - p.asice
"$comity" seal - -r "$recipient" -o - <p.asice | "$comity" open - -i identity.txt -o - | cmp - p.asice
"$comity" package create in -o once.age --key sign.p8 --cert sign.pem --seal-to "$recipient" >/dev/null
age -d -i identity.txt -o once.asice once.age
"$comity" verify once.asice --trust root.pem >/dev/null
head -c 100000 theirs.age >cut.age
if "$comity" open cut.age -i identity.txt -o cut 2>/dev/null; then exit 1; fi
[ ! -e cut ]
age-keygen -o other.txt 2>/dev/null
if "$comity" open theirs.age -i other.txt -o other 2>other.err; then exit 1; fi
grep -q seal_no_match other.err
echo "judged by unzip, sha256sum, openssl and age"
