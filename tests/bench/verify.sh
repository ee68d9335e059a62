#!/bin/sh
# Verification of a package against openssl dgst on the same bytes.
#   verify.sh BUILD-FOLDER [MIB]
set -eu
comity=$1/comity
mib=${2:-${BENCH_MIB:-512}}
. "$(dirname "$0")/lab.sh"
mkdir "$dir/one" "$dir/two"
head -c "${mib}M" /dev/urandom >"$dir/one/volume"
head -c "$((mib / 2))M" "$dir/one/volume" >"$dir/two/volume1"
tail -c "$((mib - mib / 2))M" "$dir/one/volume" >"$dir/two/volume2"
for n in one two; do
	"$comity" package create "$dir/$n" -o "$dir/$n.asice" --key "$dir/sign.p8" --cert "$dir/sign.pem" >/dev/null
	cat "$dir/$n.asice" >/dev/null
done
timed hash openssl dgst -sha256 "$dir/one.asice"
timed one "$comity" verify "$dir/one.asice" --trust "$dir/root.pem"
timed two "$comity" verify "$dir/two.asice" --trust "$dir/root.pem"
cat <<TXT
verify, $mib MiB, best of $rounds, $(nproc) processors
  openssl dgst -sha256   $hash_s s
  verify, one volume     $one_s s   peak $one_kib KiB
  verify, two volumes    $two_s s   peak $two_kib KiB
  speed / openssl dgst   $(ratio "$hash_s" "$one_s")   (goal 0.90 a core), two volumes $(ratio "$hash_s" "$two_s")
TXT
