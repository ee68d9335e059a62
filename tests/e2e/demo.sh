#!/bin/sh
# Plays `comity demo` with a folder of its own and looks at what it promises to scripts: the files, their contents as
# programs of others see them, the exit code, no process left, and a second run in the same folder.
#   demo.sh COMITY TAMPER
set -eu
comity=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
tamper=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
	echo "demo.sh: $*" >&2
	tail -40 "$work/demo/logs/demo.log" >&2 || true
	exit 1
}

# 24 MiB that nobody can compress, so that there is a middle in which the receiver dies.
mkdir -p "$work/input/mail"
head -c 25165824 /dev/urandom >"$work/input/disk.img"
seq 1 20000 >"$work/input/mail/log.txt"
printf 'name with blanks\n' >"$work/input/mail/a b & ü.txt"

for run in first second; do
	DEMO_DIR=$work/demo DEMO_INPUT=$work/input "$comity" demo --json >"$work/summary.$run" 2>"$work/told.$run" ||
		{
			cat "$work/told.$run" >&2
			fail "the $run run ended with $?"
		}
done

cd "$work/demo"
for file in court/bundle.asice court/package.asice court/trust.pem court/request.json court/answer.json \
	court/custody.jsonld court/register.vkey summary.json xa.contact/card.json xb.contact/card.json; do
	[ -s "$file" ] || fail "$file is not there"
done
ls court/*.tlog-proof >/dev/null || fail "no proofs"
cmp -s "$work/summary.second" summary.json || [ "$(cat "$work/summary.second")" = "$(cat summary.json)" ] ||
	fail "what was printed is not what is kept"

python3 - <<'EOF' || fail "a JSON file is not what it should be"
import json
summary = json.load(open("summary.json"))
assert summary["ok"] is True and len(summary["steps"]) == 7
assert 0 < summary["sizes"]["fetched_before_kill"] < summary["sizes"]["sealed"]
request, answer = json.load(open("court/request.json")), json.load(open("court/answer.json"))
assert request["Header"]["SenderIdentifier"]["CountryCode"] == "XA", request["Header"]
assert answer["Header"]["SenderIdentifier"]["CountryCode"] == "XB", answer["Header"]
assert "Signature" in request and "Signature" in answer
assert "@graph" in json.load(open("court/custody.jsonld"))
keys = open("court/register.vkey").read().splitlines()
assert len(keys) == 2 and keys[0].startswith("xa.contact/log/") and keys[1].startswith("xb.contact/log/")
EOF
[ "$(grep -c 'BEGIN CERTIFICATE' court/trust.pem)" = 2 ] || fail "trust.pem has not two roots"

# The evidence came through unchanged.
unzip -q court/bundle.asice -d "$work/unpacked"
diff -r "$work/input" "$work/unpacked/data" || fail "the evidence is not the same"
# The court's part tells the whole path, by both sides.
ls "$work"/unpacked/court/acts/*.xa.contact.json "$work"/unpacked/court/acts/*.xb.contact.json >/dev/null ||
	fail "the bundle has not the acts of both nodes"
[ -e "$work/unpacked/court/receipts" ] && fail "a receipt of xb.contact does not hold"
for word in preserved sent received opened verified; do
	grep -q "\"uco-core:name\":\"$word\"" "$work/unpacked/court/custody.jsonld" || fail "no step \"$word\" of custody"
done
for word in 'Art. 42' 'Art. 40' ilse per 'Evidence received' 'Opening approved' 'openssl cms'; do
	grep -q "$word" "$work/unpacked/court/report.txt" || fail "the report does not say \"$word\""
done
grep -q '"only_for":".*"purpose":".*"secret":true,"secret_until":' "$work/unpacked/court/terms.json" || fail "the bundle does not tell the limits of use"
grep -lq '"delivery:DeliveryStatus"' "$work"/unpacked/court/messages/*-sent-*.json || fail "xb.contact was not told"
unzip -q court/package.asice -d "$work/package"
diff -r "$work/input" "$work/package/data" || fail "the package's evidence is not the same"

"$comity" verify court/package.asice --trust court/trust.pem >/dev/null || fail "the package is refused"
"$comity" verify court/bundle.asice >/dev/null && fail "without roots the origin cannot be judged"
for node in xa.contact xb.contact; do
	"$comity" log fsck $node/log --vkey court/register.vkey >/dev/null || fail "the register of $node is not whole"
done
# Nothing of it can be changed unnoticed.
"$tamper" court/bundle.asice court/trust.pem "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" || fail "a changed bundle was believed"
# Somebody else's root proves nothing.
"$comity" init --home "$work/foreign" --node xc.contact --state "$work/state" --name Foreign --role contact_point >/dev/null
"$comity" verify court/bundle.asice --trust "$work/state/root.pem" >/dev/null && fail "a foreign root was believed"

# The README's tour and the guide for courts run as they are written, the tour on the second day too. What has to be refused
# is refused, and nothing else.
words() {
	awk -v head="## $2" '/^## / { on = index($0, head) == 1 } !on { next } /^```/ { fenced = !fenced; next }
		fenced { print; next } /^    / { print substr($0, 5) }' "$source/$1" |
		grep -v '^make demo$\|^cd build/demo$\|^export PATH='
}
plays() {
	{
		echo "trap 'echo \"\$BASH_COMMAND\" >>$work/failed' ERR"
		cat
	} >"$work/play.sh"
	: >"$work/failed"
	PATH=$(dirname "$comity"):$PATH bash "$work/play.sh" >"$work/played" 2>&1 || true
	[ "$(cut -d' ' -f2,3 "$work/failed")" = "$1" ] || {
		cat "$work/played" "$work/failed" >&2
		fail "the pages do not run as they are written"
	}
}
for day in first second; do
	words README.md 'Ten minutes' | plays "$(printf 'verify court/package.asice\nrequest check')"
	grep -q '42(3)(e)' "$work/played" && grep -q '42(3)(f)' "$work/played" || fail "the tour does not say what is missing"
	grep -q 'xa.contact is ready' "$work/played" || fail "the tour's node did not start on the $day day"
done
mkdir "$work/judge"
cp court/bundle.asice court/trust.pem "$work/judge"
for state in arland.xa borvia.xb; do # each State publishes its list
	"$comity" directory issue "$work/judge/${state#*.}.json" --state "state-${state%.*}" --card "${state#*.}.contact/card.json" >/dev/null
done
cd "$work/judge"
words doc/guide/court.md '1. What you must get' | plays ""
[ "$(grep -c 'sha256 Fingerprint' "$work/played")" = 2 ] || fail "the guide does not show both roots"
words doc/guide/court.md '2. With comity' | plays ""
grep -q '^ok *key .* was good at' "$work/played" || fail "the lists of the States do not say that the keys were good"
mkdir empty
cd empty
words doc/guide/court.md '3. With unzip' | plays ""
grep -q 'every listed file is unchanged' "$work/played" && [ "$(grep -c 'CAdES Verification successful' "$work/played")" = 2 ] ||
	fail "the guide's way with unzip, sha256sum and openssl: $(cat "$work/played")"

for id in $(pgrep -f "serve --home x[ab].contact" || true); do
	case $(readlink "/proc/$id/cwd" || true) in "$work"/*) fail "process $id was left" ;; esac
done
echo "demo.sh: two runs, all files of the contract"
