#!/bin/sh
# One node by its commands: making it, persons, serving, logging in, refusals with their exit codes, stopping.
#   cli_node.sh COMITY
set -eu
comity=$(realpath "$1")
work=$(mktemp -d)
served=
trap 'test -z "$served" || kill "$served" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
fail() {
	echo "cli_node.sh: $*" >&2
	exit 1
}
# Runs a command that must end with the code $1.
must() {
	want=$1
	shift
	got=0
	"$@" >out 2>err || got=$?
	[ "$got" = "$want" ] || {
		cat out err >&2
		fail "$* ended with $got instead of $want"
	}
}
has() { grep -q -- "$2" "$1" || {
	cat "$1" >&2
	fail "$1 does not say \"$2\""
}; }
# A command that must fail in the one form: told CODE RULE WORDS… As text it names the rule and what to do on standard
# error and nothing on standard output; with --json it is one object on standard output and nothing else.
told() {
	want=$1 rule=$2
	shift 2
	must "$want" "$comity" "$@"
	has err "^  rule:   $rule\$"
	has err '^  remedy: .'
	[ ! -s out ] || fail "$* said on standard output: $(cat out)"
	must "$want" "$comity" "$@" --json
	[ ! -s err ] || fail "$* --json said on standard error: $(cat err)"
	python3 - "$want" "$rule" out <<-'END' || fail "$* --json said: $(cat out)"
		import json, sys
		said = json.loads(open(sys.argv[3]).read())
		assert set(said) == {'exit', 'findings'} and said['exit'] == int(sys.argv[1]), said
		assert any(f['rule'] == sys.argv[2] for f in said['findings']), said
		for f in said['findings']:
		    assert set(f) == {'place', 'remedy', 'rule', 'seen', 'source', 'text'}, f
		    assert f['text'] and f['remedy'] and '{' not in f['remedy'], f
	END
}
code() { oathtool --totp -b --now="$(date -u -d "+$2 seconds" '+%F %T') UTC" "@$1.totp"; }

must 0 "$comity" init --home n --node xa.contact --state state --name "Arland Point" --role contact_point --role central_authority
must 1 "$comity" init --home n --node xa.contact --state state --name "Arland Point" --role contact_point
has err 'remedy:'
told 2 usage init --home n2
told 2 usage no such command
told 2 usage request
has out 'there is request check'
told 2 usage request show --home n
told 2 usage request show a b --home n
told 2 usage request list
told 2 usage request list --home n --frob
told 2 usage help nothing
told 2 usage manual nothing
told 2 usage log prove n/log --index x
told 2 usage package create pw -o x.asice
told 2 usage login ilse --home n
told 2 session_missing peer invite --home n
told 1 catalogue_unknown catalogue nothing
told 1 catalogue_unknown catalogue articles 999
told 3 node_not_running request list --home n
told 3 node_not_running request list --home=nowhere
told 1 node_none serve --home nowhere
told 1 node_none serve --home state
has out 'State root'
[ ! -e nowhere ] && [ ! -e state/run ] || fail "serve made something where no node is"
# Armor of age is no damage.
printf -- '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n' >armored
echo AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX >identity
told 1 seal_armored open armored -i identity -o x
told 3 io_open verify nowhere
told 3 io_open package create nowhere -o x.asice --home n
told 3 io_open seal nowhere -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o x.age
told 1 seal_recipient seal err -r age1foo -o x.age
mkdir folder
for force in '' --force; do
	told 1 out_exists seal err -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o folder $force
done
told 3 io_open seal err -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o nowhere/x.age
told 2 usage request list --home n --home n
told 2 usage log prove n/log --index 1 --index 2
told 1 seal_identity open err -i err -o x
told 1 note_vkey log fsck n/log --vkey foo
must 0 "$comity" init --home 'q"t' --node xa.contact --state q --name "Arland Point" --role contact_point --json
has out '^{"home":"q\\"t","node":"xa.contact"}$'
must 0 "$comity" --version
must 0 "$comity" version --json
has out '^{"version":"'
must 0 "$comity" request show --help

# What cannot be said is a failure: a full disk behind standard output. Who closed a pipe knows it.
got=0
"$comity" catalogue errors >/dev/full 2>err || got=$?
[ "$got" = 3 ] || fail "a full standard output ended with $got"
has err 'rule:   io_write'
{
	"$comity" catalogue errors 2>err && got=0 || got=$?
	echo "$got" >code
} | :
[ ! -s err ] || fail "a closed pipe is complained about: $(cat err)"
case $(cat code) in 0 | 3) ;; *) fail "a closed pipe ended with $(cat code)" ;; esac
# With the result on standard output, a failure as JSON must not be taken for a part of it.
must 3 "$comity" seal nowhere -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o - --json
[ ! -s out ] || fail "a failure stands in the sealed bytes"
has err '"rule":"io_open"'

# What is ended in the middle leaves nothing, where the file system has files without a name. All of the input is more than
# the pipe holds: once it is written, the command has begun.
if python3 -c 'import os; os.close(os.open(".", os.O_TMPFILE | os.O_WRONLY))' 2>err; then
	mkfifo input
	"$comity" seal - -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o ended.age <input >out 2>&1 &
	served=$!
	exec 9>input
	head -c 1000000 /dev/zero >&9
	kill -TERM "$served"
	wait "$served" && fail "seal was not ended"
	served=
	exec 9>&-
	[ -z "$(find . -name 'ended.age*')" ] || fail "half a sealed file stays: $(find . -name 'ended.age*')"
fi

printf 'correct horse battery staple\n' >pw
must 0 "$comity" person add ilse --home n --name "Ilse Maren" --password-file pw --totp-file ilse.totp
must 0 "$comity" person add per --home n --name "Per Hallan" --password-file pw --totp-file per.totp
must 1 "$comity" person add per --home n --name "Per Hallan" --password-file pw --totp-file again.totp
[ ! -e again.totp ] || fail "a refused person got a file"
# A second factor is shown once: its file is never written over, nor anything else that is there.
cp per.totp before
told 1 out_exists person add eve --home n --name Eve --password-file pw --totp-file per.totp
told 3 io_open person add eve --home n --name Eve --password-file pw --totp-file nowhere/eve.totp
cmp -s per.totp before || fail "the second factor of per was written over"
[ "$(stat -c %a ilse.totp)" = 600 ] || fail "others can read the second factor"

# Packages are signed by the keeper when no node runs, and by nobody without a person when one does.
mkdir in && echo evidence >in/a.txt
must 0 "$comity" package create in --home n -o offline.asice
must 0 "$comity" verify offline.asice --trust state/root.pem
mkdir windows && echo x >'windows/C:\x.txt'
told 1 zip_path_escape package create windows --home n -o windows.asice
has out 'rename it'
# Roots of several States come from several files, in any order.
must 0 "$comity" init --home xq --node xq.contact --state xqstate --name "Other Point" --role contact_point
must 1 "$comity" verify offline.asice --trust xqstate/root.pem
must 0 "$comity" verify offline.asice --trust state/root.pem --trust xqstate/root.pem
must 0 "$comity" verify offline.asice --trust xqstate/root.pem --trust state/root.pem

# Lost factors are replaced on the stopped node without anybody's word; the act comes at the next start.
told 1 out_exists person enrol per --home n --password-file pw --totp-file per.totp
rm per.totp
must 0 "$comity" person enrol per --home n --password-file pw --totp-file per.totp
must 1 "$comity" person enrol nobody --home n --password-file pw --totp-file nobody.totp

mkfifo ready
"$comity" serve --home n --json >ready 2>serve.err &
served=$!
read -r line <ready
case $line in *'"ready":true'*) ;; *) fail "serve said: $line" ;; esac
must 1 "$comity" serve --home n
has err 'works'
must 2 "$comity" package create in --home n -o online.asice

# Without a terminal the options that are missing are named.
must 3 setsid -w "$comity" login ilse --home n --session s --password-file pw
has err '--code'
told 1 login_wrong login ilse --home n --session s --password-file pw --code 000000
has out 'wait for the next one'
# Only a session gives way to a session; the code is not used up by the refusal.
told 1 session_file login ilse --home n --session pw --password-file pw --code "$(code ilse 0)"
[ "$(cat pw)" = 'correct horse battery staple' ] || fail "login wrote over a file"
must 0 "$comity" login ilse --home n --session s --password-file pw --code "$(code ilse 0)"
[ "$(stat -c %a s)" = 600 ] || fail "others can read the session"
must 0 "$comity" package create in --home n -o online.asice --session s
must 0 "$comity" verify online.asice --trust state/root.pem

must 0 "$comity" person list --home n --json
has out '"person":"ilse"'
must 0 "$comity" node show --home n
has out 'not after:  .* UTC'
has out 'subject:  *C=XA'
! grep -q 'BEGIN\|pem' out || fail "a whole certificate is shown to people"
must 0 "$comity" node show --home n --json
has out '"pem":"-----BEGIN CERTIFICATE'
must 0 "$comity" peer invite --home n --session s
must 2 "$comity" peer invite --home n
must 1 "$comity" peer accept not-a-code --home n --session s
told 1 peer_unknown peer confirm xb.contact --home n --session s
told 1 peer_none peer show xb.contact --home n
told 1 request_unknown request show no-such-id --home n
has out 'comity request list'
told 1 request_unknown request messages no-such-id --home n
told 1 request_unknown request decide no-such-id --event preserve --home n --session s
told 1 request_unknown evidence send in --request no-such-id --home n --session s
told 1 call_argument request show ../etc --home n
told 1 evidence_unknown evidence show no-such-id --home n
told 1 evidence_unknown evidence open no-such-id --home n --session s
told 1 message_unknown message show 999999 --home n
told 1 session_file peer invite --home n --session pw
told 3 io_open peer invite --home n --session nowhere
must 0 "$comity" act list --home n --json
must 0 "$comity" act proof 0 --home n -o proof
has proof c2sp.org/tlog-proof
told 1 act_unknown act proof 999999 --home n
echo keep >kept.txt
told 1 out_exists act proof 0 --home n -o kept.txt
told 1 out_exists message show 1 --home n -o kept.txt
told 1 out_exists log prove n/log --index 0 -o kept.txt
told 1 out_exists bundle export no-such-id --home n --session s -o kept.txt
told 1 out_exists bundle export no-such-id --home n --session s -o folder --force
told 3 io_open bundle export no-such-id --home n --session s -o nowhere/b
must 2 "$comity" bundle export no-such-id --home n --session s -o -
has err 'not to standard output'
[ ! -e ./- ] || fail "a bundle is a file called -"
[ "$(cat kept.txt)" = keep ] || fail "a file was written over"
must 0 "$comity" act proof 0 --home n -o kept.txt --force
cmp -s proof kept.txt || fail "--force did not replace the file"
vkey=$("$comity" node show --home n --json | sed 's/.*"log_vkey":"\([^"]*\)".*/\1/')
must 0 "$comity" log fsck n/log --vkey "$vkey"
told 1 fsck_missing log fsck nowhere --vkey "$vkey"
told 1 fsck_index log prove n/log --index 999999

# A case of ours before it has a request; what happened, in order.
must 0 "$comity" case create --case 2027-14 --title "Flows of XA" --home n --session s
must 1 "$comity" case create --case 2027-14 --title "Flows of XA" --home n --session s
must 2 "$comity" case create --case 2027-15 --title "Flows of XA" --home n
must 0 "$comity" case list --home n --json
has out '"case":"2027-14"'
must 0 "$comity" case show 2027-14 --home n --json
has out '"opened_by":"ilse"'
told 1 case_unknown case show 2027-16 --home n
must 0 "$comity" event list --home n --json
has out '"events":\['
must 0 "$comity" event list --after 7 --home n

# Where peers reach a node, as the help says it and as it stands on the card.
must 2 "$comity" init --home p --node xa.other --state state --name Other --role contact_point --public example.org
has err 'HOST:PORT'
must 2 "$comity" init --home p --node xa.other --state state --name Other --role contact_point --public http://example.org:8443/x
must 0 "$comity" init --home p --node xa.other --state state --name Other --role contact_point --public example.org:8443
has p/card.json '"endpoint":"https://example.org:8443"'
has p/comity.conf 'public_url = https://example.org:8443'

# Persons on the running node: one asks, another one approves, each step is an act.
must 0 "$comity" login per --home n --session s2 --password-file pw --code "$(code per 0)"
must 2 "$comity" person add mira --home n --name "Mira Solberg" --password-file pw --totp-file mira.totp
has err 'session'
must 0 "$comity" person add mira --home n --name "Mira Solberg" --password-file pw --totp-file mira.totp --session s
has out 'waits for the approval'
must 0 "$comity" person list --home n --json
has out '"approved_by":"ilse"'
must 1 "$comity" login mira --home n --session s3 --password-file pw --code "$(code mira 0)"
must 1 "$comity" person approve mira --home n --session s
has err 'approved already'
must 1 "$comity" person approve nobody --home n --session s2 --json
has out '"rule":"person_waiting_none"'
must 0 "$comity" person approve mira --home n --session s2
must 0 "$comity" login mira --home n --session s3 --password-file pw --code "$(code mira 0)"
mv mira.totp old.totp
must 0 "$comity" person enrol mira --home n --password-file pw --totp-file mira.totp --session s
must 0 "$comity" person approve mira --home n --session s2
must 1 "$comity" peer invite --home n --session s3
must 1 "$comity" login mira --home n --session s3 --password-file pw --code "$(code old 30)"
must 0 "$comity" login mira --home n --session s3 --password-file pw --code "$(code mira 0)"
must 0 "$comity" person disable mira --home n --session s
must 1 "$comity" peer invite --home n --session s3
for i in 1 2 3 4 5 6 7 8; do
	must 0 "$comity" person add "w$i" --home n --name Waiting --password-file pw --totp-file "w$i.totp" --session s
done
must 1 "$comity" person add w9 --home n --name Waiting --password-file pw --totp-file w9.totp --session s --json
has out '"rule":"person_waiting_many"'
must 0 "$comity" act list --home n --json
for act in card_published person_added person_enrolled person_disabled; do has out "\"type\":\"$act\""; done
[ "$(grep -o '"type":"person_added"' out | wc -l)" = 3 ] || fail "three persons were added: $(cat out)"
[ "$(grep -o '"type":"person_enrolled"' out | wc -l)" = 1 ] || fail "one got new factors while the node ran: $(cat out)"

# A session ends at once, and its file is gone.
cp s kept
must 0 "$comity" logout --home n --session s
[ ! -e s ] || fail "the session's file is still there"
told 1 session_unknown peer invite --home n --session kept
must 0 "$comity" logout --home n --session kept
must 3 "$comity" logout --home n --session kept

must 0 "$comity" stop --home n --session s2
has out 'has stopped'
# It comes back when the folder is free: the next start is not in the way of the last end.
flock -n n/run/lock true || fail "stop came back while the node worked"
wait "$served" || { cat serve.err >&2; fail "serve ended with $?"; }
served=
must 3 "$comity" node show --home n

# A session ends with its node.
"$comity" serve --home n --json >ready 2>serve.err &
served=$!
read -r line <ready
told 1 session_unknown peer invite --home n --session s2
has out 'comity login PERSON'
kill "$served"
wait "$served" || true
served=

# What was done while it did not run stands in the register after the start.
rm mira.totp
must 0 "$comity" person enrol mira --home n --password-file pw --totp-file mira.totp
"$comity" serve --home n --json >ready 2>serve.err &
served=$!
read -r line <ready
must 0 "$comity" act list --home n --json
[ "$(grep -o '"type":"person_enrolled"' out | wc -l)" = 2 ] || fail "the factors given offline are no act: $(cat out)"
must 0 "$comity" login mira --home n --session s3 --password-file pw --code "$(code mira 0)"
# One who is left alone, by taking away the others' access, still does not become two.
must 0 "$comity" person disable ilse --home n --session s3
must 0 "$comity" person disable per --home n --session s3
must 0 "$comity" person add eve --home n --name Eve --password-file pw --totp-file eve.totp --session s3
must 1 "$comity" person approve eve --home n --session s3
must 0 "$comity" act list --home n --json
[ "$(grep -o '"type":"person_added"' out | wc -l)" = 3 ] || fail "one person added another: $(cat out)"

must 0 "$comity" stop --home n --session s3
wait "$served" || fail "serve ended with $?"
served=
echo "cli_node.sh: done"
