#!/usr/bin/env python3
"""Makes the note vectors beside it with nothing of ours (needs the package cryptography): keys.txt holds the known verifier keys;
accept-… must verify, refuse-<rule>.… must be refused by that rule."""
import base64, hashlib, os, pathlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

here = pathlib.Path(__file__).parent
L = 2**252 + 27742317777372353535851937790883648493

class Key:
    def __init__(self, name, seed, kind):
        self.name, self.kind, self.key = name, kind, Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b'\n' + bytes([kind]) + self.public).digest()[:4]
    def vkey(self):
        return f'{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}'
    def raw(self, text, time=1790000000):
        if self.kind == 1: return self.key.sign(text)
        return time.to_bytes(8, 'big') + self.key.sign(b'cosignature/v1\ntime %d\n' % time + text)
    def line(self, text, raw=None):
        return b'\xe2\x80\x94 ' + self.name.encode() + b' ' + base64.b64encode(self.id + (raw or self.raw(text))) + b'\n'

log = Key('node-a.example/log', bytes(range(32)), 1)
witness = Key('node-b.example/witness', bytes(range(32, 64)), 4)
stranger = Key('node-c.example/log', bytes(range(96, 128)), 1)
text = b'node-a.example/log\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n'
good = text + b'\n' + log.line(text)
(here / 'keys.txt').write_text(log.vkey() + '\n' + witness.vkey() + '\n')

def put(name, data): (here / (name + '.note')).write_bytes(data)

put('accept-log', good)
put('accept-log-and-witness', good + witness.line(text))
put('accept-stranger-ignored', good + stranger.line(text))
put('accept-stranger-of-any-length', good + b'\xe2\x80\x94 x ' + base64.b64encode(b'12345') + b'\n')
blank = b'a\n\n\nb\n'
put('accept-empty-lines-in-text', blank + b'\n' + log.line(blank))
many = good + b''.join(Key(f's{i}', hashlib.sha256(b'%d' % i).digest(), 1).line(text) for i in range(63))
put('accept-64-lines', many)
put('refuse-note_too_large.65-lines', many + stranger.line(text))
put('refuse-note_unsigned.stranger-only', text + b'\n' + stranger.line(text))
put('refuse-note_unsigned.known-name-other-id', text + b'\n' + Key(log.name, bytes(32), 1).line(text))
raw = bytearray(log.raw(text)); raw[10] ^= 1
put('refuse-note_signature.log', text + b'\n' + log.line(text, bytes(raw)))
put('refuse-note_signature.other-text', text.replace(b'15', b'16') + b'\n' + log.line(text))
raw = bytearray(witness.raw(text)); raw[7] ^= 1
put('refuse-note_signature.witness-time', good + witness.line(text, bytes(raw)))
put('refuse-note_signature.witness-signed-plain-text', good + witness.line(text, (1790000000).to_bytes(8, 'big') + witness.key.sign(text)))
put('refuse-note_signature.time-too-large', good + witness.line(text, b'\xff' + witness.raw(text)[1:]))
raw = log.raw(text)
s = int.from_bytes(raw[32:], 'little') + L
put('refuse-note_signature.s-not-reduced', text + b'\n' + log.line(text, raw[:32] + s.to_bytes(32, 'little')))
put('refuse-note_signature.too-long', text + b'\n' + log.line(text, raw + b'x'))
put('refuse-note_form.two-lines-of-a-key', good + log.line(text))
put('refuse-note_form.no-signatures', text + b'\n')
put('refuse-note_form.no-empty-line', text + log.line(text))
put('refuse-note_form.empty', b'')
put('refuse-note_form.no-last-line-end', good[:-1])
put('refuse-note_form.crlf', good.replace(b'\n', b'\r\n'))
put('refuse-note_form.not-utf8', good.replace(b'node-a', b'node-\xff', 1))
put('refuse-note_form.tab', good.replace(b'\n15\n', b'\n15\t\n', 1))
put('refuse-note_form.plain-dash', good.replace(b'\xe2\x80\x94', b'-'))
put('refuse-note_form.base64-not-padded', good[:-2] + b'\n')
i = good.rindex(b'=') - 1
put('refuse-note_form.base64-trailing-bits', good[:i] + bytes([good[i] + 1]) + good[i + 1:])
put('refuse-note_form.two-spaces', good.replace(b'log I', b'log  I'))
put('refuse-note_form.name-with-plus', good + stranger.line(text).replace(b'node-c', b'node+c'))
put('refuse-note_form.name-with-space', good + stranger.line(text).replace(b'node-c', 'node\u2003c'.encode()))
put('refuse-note_form.only-an-id', good + b'\xe2\x80\x94 x ' + base64.b64encode(b'1234') + b'\n')
