# For benches of packages: a State root and an authority made with openssl alone, an age identity, a file of random
# bytes. Sourced; sets dir, recipient, and removes everything at the end.
dir=$(mktemp -d "${BENCH_DIR:-/tmp}/comity-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT INT TERM
cat >"$dir/pki.cnf" <<'CNF'
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE,pathlen:1
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,digitalSignature,nonRepudiation,keyCertSign
subjectAltName = URI:urn:comity:node:xb.contact
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
for key in root sign; do
	openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$dir/$key.p8"
done
openssl req -x509 -new -key "$dir/root.p8" -sha256 -days 30 -subj "/C=XB/CN=Borvia root" \
	-config "$dir/pki.cnf" -extensions root -out "$dir/root.pem"
openssl req -new -key "$dir/sign.p8" -subj "/C=XB/CN=xb.contact" -config "$dir/pki.cnf" -out "$dir/sign.csr"
openssl x509 -req -in "$dir/sign.csr" -CA "$dir/root.pem" -CAkey "$dir/root.p8" -CAcreateserial -days 30 -sha256 \
	-extfile "$dir/pki.cnf" -extensions authority -out "$dir/sign.pem" 2>/dev/null
age-keygen -o "$dir/identity.txt" 2>/dev/null
recipient=$(sed -n 's/^# public key: //p' "$dir/identity.txt")

# timed NAME COMMAND…: seconds and peak memory (KiB) of the best of $rounds runs, in NAME_s and NAME_kib.
rounds=${BENCH_ROUNDS:-3}
timed() {
	timed_name=$1
	shift
	timed_best=
	for timed_i in $(seq "$rounds"); do
		sync
		/usr/bin/time -o "$dir/time" -f '%e %M' "$@" >/dev/null || exit 3
		read -r timed_s timed_kib <"$dir/time"
		if [ -z "$timed_best" ] || awk "BEGIN { exit !($timed_s < $timed_best) }"; then
			timed_best=$timed_s
			eval "${timed_name}_kib=$timed_kib"
		fi
	done
	eval "${timed_name}_s=$timed_best"
}
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }
