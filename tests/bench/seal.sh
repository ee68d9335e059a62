#!/bin/sh
# Package and seal in one pass, with the digest of the ciphertext, against openssl dgst, age, and both one after the other.
#   seal.sh BUILD-FOLDER [MIB]
set -eu
comity=$1/comity
mib=${2:-${BENCH_MIB:-512}}
. "$(dirname "$0")/lab.sh"
head -c "${mib}M" /dev/urandom >"$dir/in"
cat "$dir/in" >/dev/null
rm -f "$dir/out.age"
timed hash openssl dgst -sha256 "$dir/in"
timed age age -r "$recipient" -o "$dir/out.age" "$dir/in"
timed both sh -c "openssl dgst -sha256 '$dir/in' && age -r $recipient -o '$dir/out.age' '$dir/in'"
timed ours "$comity" package create "$dir/in" -o "$dir/ours.age" --force --key "$dir/sign.p8" --cert "$dir/sign.pem" \
	--seal-to "$recipient"
timed seal "$comity" seal "$dir/in" -r "$recipient" -o "$dir/seal.age" --force
age -d -i "$dir/identity.txt" -o "$dir/ours.asice" "$dir/ours.age"
"$comity" verify "$dir/ours.asice" --trust "$dir/root.pem" | tail -n 1
cat <<TXT
package and seal, $mib MiB, best of $rounds, $(nproc) processors
  openssl dgst -sha256     $hash_s s
  age                      $age_s s   peak $age_kib KiB
  hash, then age           $both_s s
  package create --seal-to $ours_s s   peak $ours_kib KiB
  seal                     $seal_s s   peak $seal_kib KiB
  speed / openssl dgst     $(ratio "$hash_s" "$ours_s")   (goal on two cores 0.60)
  speed / age              $(ratio "$age_s" "$ours_s")   (goal 1.00)
  speed / hash, then age   $(ratio "$both_s" "$ours_s")   (goal 1.60)
TXT
