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
code() { oathtool --totp -b --now="$(date -u -d "+$2 seconds" '+%F %T') UTC" "@$1.totp"; }

must 0 "$comity" init --home n --node xa.contact --state state --name "Arland Point" --role contact_point --role central_authority
must 1 "$comity" init --home n --node xa.contact --state state --name "Arland Point" --role contact_point
has err 'remedy:'
must 2 "$comity" init --home n2
must 2 "$comity" no such command
must 3 "$comity" request list --home n
must 3 "$comity" request list --home n --json
has out '"rule":"node_not_running"'

printf 'correct horse battery staple\n' >pw
must 0 "$comity" person add ilse --home n --name "Ilse Maren" --password-file pw --totp-file ilse.totp
must 0 "$comity" person add per --home n --name "Per Hallan" --password-file pw --totp-file per.totp
must 1 "$comity" person add per --home n --name "Per Hallan" --password-file pw --totp-file again.totp
[ "$(stat -c %a ilse.totp)" = 600 ] || fail "others can read the second factor"

# Packages are signed by the keeper when no node runs, and by nobody without a person when one does.
mkdir in && echo evidence >in/a.txt
must 0 "$comity" package create in --home n -o offline.asice
must 0 "$comity" verify offline.asice --trust state/root.pem

mkfifo ready
"$comity" serve --home n --json >ready 2>serve.err &
served=$!
read -r line <ready
case $line in *'"ready":true'*) ;; *) fail "serve said: $line" ;; esac
must 1 "$comity" serve --home n
has err 'works'
must 1 "$comity" package create in --home n -o online.asice

must 1 "$comity" login ilse --home n --session s --password-file pw --code 000000
has err 'refused'
must 0 "$comity" login ilse --home n --session s --password-file pw --code "$(code ilse 0)"
[ "$(stat -c %a s)" = 600 ] || fail "others can read the session"
must 0 "$comity" package create in --home n -o online.asice --session s
must 0 "$comity" verify online.asice --trust state/root.pem

must 0 "$comity" person list --home n --json
has out '"person":"ilse"'
must 0 "$comity" node show --home n
must 0 "$comity" peer invite --home n --session s
must 1 "$comity" peer invite --home n
must 1 "$comity" peer accept not-a-code --home n --session s
must 1 "$comity" peer confirm xb.contact --home n --session s
must 1 "$comity" request show no-such-id --home n
must 1 "$comity" request show ../etc --home n
must 1 "$comity" evidence open no-such-id --home n --session s
must 0 "$comity" act list --home n --json
must 0 "$comity" act proof 0 --home n -o proof
has proof c2sp.org/tlog-proof
must 1 "$comity" act proof 999999 --home n
must 0 "$comity" log fsck n/log --vkey "$("$comity" node show --home n --json | sed 's/.*"log_vkey":"\([^"]*\)".*/\1/')"

# A case of ours before it has a request; what happened, in order.
must 0 "$comity" case create --case 2027-14 --title "Flows of XA" --home n --session s
must 1 "$comity" case create --case 2027-14 --title "Flows of XA" --home n --session s
must 1 "$comity" case create --case 2027-15 --title "Flows of XA" --home n
must 0 "$comity" case list --home n --json
has out '"case":"2027-14"'
must 0 "$comity" case show 2027-14 --home n --json
has out '"opened_by":"ilse"'
must 1 "$comity" case show 2027-16 --home n
must 0 "$comity" event list --home n --json
has out '"events":\['
must 0 "$comity" event list --after 7 --home n

# A session ends at once, and its file is gone.
cp s kept
must 0 "$comity" login per --home n --session s2 --password-file pw --code "$(code per 0)"
must 0 "$comity" logout --home n --session s
[ ! -e s ] || fail "the session's file is still there"
must 1 "$comity" peer invite --home n --session kept
has err 'no such session'
must 0 "$comity" logout --home n --session kept
must 3 "$comity" logout --home n --session kept

must 0 "$comity" stop --home n --session s2
wait "$served" || { cat serve.err >&2; fail "serve ended with $?"; }
served=
must 3 "$comity" node show --home n
echo "cli_node.sh: done"
