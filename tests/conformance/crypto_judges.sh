#!/bin/sh
# Lets age and openssl judge what we write, and us what they write.  crypto_judges.sh TOOL
set -eu
tool=$1
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
step() { echo "ok: $*"; }

# -- sealing, both ways, at sizes around the chunk
age-keygen -o "$t/id" 2>/dev/null
id=$(grep AGE-SECRET "$t/id")
to=$(age-keygen -y "$t/id")
other=$(age-keygen 2>&1 | sed -n 's/.*public key: //p')
for n in 0 1 65535 65536 65537 131072 3000000; do
	head -c "$n" /dev/urandom >"$t/plain"
	"$tool" age-seal "$other" "$to" <"$t/plain" >"$t/sealed"
	age -d -i "$t/id" "$t/sealed" | cmp - "$t/plain"
	age -r "$other" -r "$to" -o "$t/sealed2" "$t/plain"
	"$tool" age-open "$id" <"$t/sealed2" | cmp - "$t/plain"
	rm "$t/sealed2"
done
step "age opens what we seal and we open what age seals"

# -- CAdES
echo "a manifest" >"$t/content"
"$tool" cms-make "$t" <"$t/content"
for s in signature signature-with-root; do
	openssl cms -verify -cades -binary -inform DER -in "$t/$s.p7s" -content "$t/content" -CAfile "$t/root.pem" -out /dev/null 2>"$t/log" ||
		{ cat "$t/log"; exit 1; }
	"$tool" cms-verify "$t/$s.p7s" "$t/content" "$t/root.pem"
done
echo "another manifest" >"$t/changed"
if openssl cms -verify -cades -binary -inform DER -in "$t/signature.p7s" -content "$t/changed" -CAfile "$t/root.pem" -out /dev/null 2>/dev/null; then exit 1; fi
if "$tool" cms-verify "$t/signature.p7s" "$t/changed" "$t/root.pem" 2>/dev/null; then exit 1; fi
step "openssl cms -verify -cades takes our signatures and refuses a changed content"
cat >"$t/leaf.cnf" <<'CNF'
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,nonRepudiation
subjectAltName=URI:urn:comity:node:xa.contact
CNF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$t/root.key" -out "$t/root2.pem" -subj /C=XA/CN=root -days 2 \
	-addext keyUsage=critical,keyCertSign 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$t/leaf.key" -out "$t/leaf.csr" -subj /C=XA/CN=xa.contact 2>/dev/null
openssl x509 -req -in "$t/leaf.csr" -CA "$t/root2.pem" -CAkey "$t/root.key" -extfile "$t/leaf.cnf" -days 1 -out "$t/leaf.pem" 2>/dev/null
openssl cms -sign -binary -cades -md sha256 -outform DER -in "$t/content" -signer "$t/leaf.pem" -inkey "$t/leaf.key" -out "$t/theirs.p7s"
"$tool" cms-verify "$t/theirs.p7s" "$t/content" "$t/root2.pem"
if "$tool" cms-verify "$t/theirs.p7s" "$t/content" "$t/root.pem" 2>/dev/null; then exit 1; fi
step "we take signatures of openssl cms -sign -cades, and not under another root"

# -- keys
"$tool" key-make "$t"
for k in p256 ed25519 x25519; do
	openssl pkey -in "$t/$k.plain.pem" -pubout -outform DER | cmp - "$t/$k.pub.der"
	openssl pkey -in "$t/$k.sealed.pem" -passin pass:secret -pubout -outform DER | cmp - "$t/$k.pub.der"
done
step "openssl reads our keys, plain and with a pass phrase"
