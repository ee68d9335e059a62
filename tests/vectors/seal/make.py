#!/usr/bin/env python3
"""Makes the seal vectors beside it with the programs age and age-keygen and small changes: identity.txt opens accept-…; refuse-<rule>.… is refused
by that rule. (The full set of the format's authors, cctv-age, is run by tests/conformance/age_cctv.sh.)"""
import pathlib, re, subprocess
here = pathlib.Path(__file__).parent
run = lambda *a, data=b'': subprocess.run(a, input=data, stdout=subprocess.PIPE, check=True).stdout
if not (here / 'identity.txt').exists():
    (here / 'identity.txt').write_bytes(re.search(rb'AGE-SECRET.*\n', run('age-keygen')).group())
me = run('age-keygen', '-y', here / 'identity.txt').strip().decode()
(here / 'recipient.txt').write_text(me + '\n')
other = re.search(rb'public key: (\S+)', run('age-keygen')).group(1).decode()
put = lambda n, b: (here / (n + '.age')).write_bytes(b)
def age(data, *to): return run('age', *[x for r in to for x in ('-r', r)], data=data)
good = age(b'evidence\n', me)
put('accept-one', good)
put('accept-empty', age(b'', me))
put('accept-two-recipients', age(b'evidence\n', other, me))
put('accept-full-chunk', age(bytes(65536), me))
put('accept-two-chunks', age(bytes(65537), me))
put('refuse-seal_no_match.others', age(b'evidence\n', other))
end = good.index(b'\n---') + 1
head, mac, payload = good[:end], good[end:end + 48], good[end + 48:]
two = age(bytes(65536) + b'x', me)
body = len(two) - (65552 + 17)
put('refuse-seal_chunk.bytes-behind', good + b'x')
put('refuse-seal_chunk.last-byte', good[:-1] + bytes([good[-1] ^ 1]))
put('refuse-seal_chunk.cut', good[:-1])
put('refuse-seal_chunk.no-payload', good[:end + 48 + 16])
put('refuse-seal_chunk.no-nonce', good[:end + 48 + 7])
put('refuse-seal_chunk.nonce', head + mac + bytes([payload[0] ^ 1]) + payload[1:])
put('refuse-seal_chunk.last-chunk-missing', two[:body + 65552])
put('refuse-seal_chunk.chunks-exchanged', two[:body] + two[body + 65552:] + two[body:body + 65552])
put('refuse-seal_chunk.chunk-twice', two[:body + 65552] + two[body:])
put('refuse-seal_mac.stanza-added', head + b'-> grease\n\n' + mac + payload)
put('refuse-seal_mac.stanza-removed', (lambda g: re.sub(rb'-> X25519 \S+\n\S+\n', b'', g, count=1))(age(b'evidence\n', other, me)))
put('refuse-seal_mac.changed', head + b'--- ' + bytes([mac[4] ^ 1 if chr(mac[4] ^ 1).isalnum() else ord('A')]) + mac[5:] + payload)
put('refuse-seal_header.version', good.replace(b'/v1\n', b'/v2\n', 1))
put('refuse-seal_header.empty', b'')
put('refuse-seal_header.crlf', head.replace(b'\n', b'\r\n') + mac + payload)
put('refuse-seal_header.cut', head)
put('refuse-seal_header.no-stanza', b'age-encryption.org/v1\n' + mac + payload)
put('refuse-seal_header.share-padded', head.replace(b'\n', b'=\n', 2).replace(b'v1=', b'v1', 1) + mac + payload)
put('refuse-seal_header.extra-argument', re.sub(rb'(-> X25519 \S+)', rb'\1 x', head) + mac + payload)
put('refuse-seal_header.two-spaces', head.replace(b'X25519 ', b'X25519  ') + mac + payload)
put('refuse-seal_header.line-between', head + b'hello\n' + mac + payload)
put('refuse-seal_header.mac-short', head + mac[:-2] + b'\n' + payload)
put('refuse-seal_header.mac-extra-space', head + b'---  ' + mac[4:] + payload)
put('refuse-seal_header.share-of-small-order', re.sub(rb'-> X25519 \S+', b'-> X25519 ' + b'A' * 43, head) + mac + payload)
put('refuse-seal_header.armored', run('age', '-a', '-r', me, data=b'evidence\n'))
