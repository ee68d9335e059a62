#!/usr/bin/env python3
"""Makes the vectors of ../x509 and ../cms with nothing of ours: the package cryptography for certificates, the program openssl for
signatures. x509/accept-… are read, x509/refuse-<rule>.… refused by that rule; in cms/ the content is content.txt, the root
root.der. Keys are thrown away."""
import datetime, pathlib, subprocess, tempfile
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU, NameOID, ObjectIdentifier

here = pathlib.Path(__file__).parent
cms = here.parent / 'cms'
start, end = datetime.datetime(2027, 1, 1), datetime.datetime(2028, 1, 1)

def name(cn): return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, 'XA'), x509.NameAttribute(NameOID.COMMON_NAME, cn)])

def usage(**on):
    all_ = dict.fromkeys(('digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement',
                          'key_cert_sign', 'crl_sign', 'encipher_only', 'decipher_only'), False)
    return x509.KeyUsage(**{**all_, **on})

def cert(subject, key, issuer=None, issuer_key=None, ca=False, use=None, node='xa.contact', more=(), algorithm=hashes.SHA256(), path=None, frame=(start, end)):
    public = key.public_key()
    b = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer or subject)).public_key(public)
         .serial_number(x509.random_serial_number()).not_valid_before(frame[0]).not_valid_after(frame[1])
         .add_extension(x509.BasicConstraints(ca, path), True))
    if use is not None: b = b.add_extension(use, True)
    if node: b = b.add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier('urn:comity:node:' + n) for n in node.split()]), False)
    for e, critical in more: b = b.add_extension(e, critical)
    return b.sign(issuer_key or key, algorithm)

def der(c): return c.public_bytes(ser.Encoding.DER)
def pem(c): return c.public_bytes(ser.Encoding.PEM)
def key_pem(k): return k.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())
def p256(): return ec.generate_private_key(ec.SECP256R1())

root_key, auth_key = p256(), p256()
root = cert('Arland root', root_key, ca=True, use=usage(key_cert_sign=True, crl_sign=True), node=None)
sign_use = usage(digital_signature=True, content_commitment=True)
def leaf(subject='xa.contact', key=None, **kw):
    return cert(subject, key or auth_key, 'Arland root', root_key, **{'use': sign_use, **kw})

authority = leaf()
put = lambda n, b: (here / (n + '.der')).write_bytes(b)
put('accept-root', der(root))
put('accept-authority', der(authority))
put('accept-sealing', der(leaf(key=x25519.X25519PrivateKey.generate(), use=usage(key_agreement=True))))
put('accept-tls', der(leaf(key=p256(), use=usage(digital_signature=True), more=[(x509.ExtendedKeyUsage([EKU.SERVER_AUTH, EKU.CLIENT_AUTH]), False)])))
put('accept-unknown-not-critical', der(leaf(more=[(x509.UnrecognizedExtension(ObjectIdentifier('1.3.6.1.4.1.99999.1'), b'\x05\x00'), False)])))
put('refuse-x509_form.unknown-critical', der(leaf(more=[(x509.UnrecognizedExtension(ObjectIdentifier('1.3.6.1.4.1.99999.1'), b'\x05\x00'), True)])))
put('refuse-x509_form.trailing', der(authority) + b'\0')
put('refuse-x509_form.cut', der(authority)[:-1])
put('refuse-x509_form.empty', b'')
put('refuse-x509_form.pem', pem(authority))
put('refuse-x509_form.two-nodes', der(leaf(node='xa.contact xa.other')))
put('refuse-x509_form.node-upper-case', der(leaf(node='XA.contact')))
put('refuse-x509_form.node-too-long', der(leaf(node='xa.' + 'a' * 100)))
put('refuse-x509_form.node-without-country', der(leaf(node='contact')))
put('refuse-x509_algorithm.rsa-key', der(leaf(key=rsa.generate_private_key(65537, 2048))))
put('refuse-x509_algorithm.p384-key', der(leaf(key=ec.generate_private_key(ec.SECP384R1()))))
put('refuse-x509_algorithm.sha384', der(leaf(algorithm=hashes.SHA384())))
ed = ed25519.Ed25519PrivateKey.generate()
put('refuse-x509_algorithm.ed25519-signed', der(cert('Arland root', ed, ca=True, use=usage(key_cert_sign=True), node=None, algorithm=None)))
big = x509.UnrecognizedExtension(ObjectIdentifier('1.3.6.1.4.1.99999.1'), b'\x04\x82\x40\x00' + b'x' * 16384)
put('refuse-x509_too_large', der(leaf(more=[(big, False)])))

# chains: leaf, what came with it, whether; the root is root.der. Judged in test_chain.c.
(here / 'root.der').write_bytes(der(root))
mid_key, not_ca_key = p256(), p256()
mid = leaf(key=mid_key, ca=True, path=0, use=usage(digital_signature=True, key_cert_sign=True))
not_ca = leaf(key=not_ca_key)
tls_eku = [(x509.ExtendedKeyUsage([EKU.SERVER_AUTH, EKU.CLIENT_AUTH]), False)]
def tls(issuer_key, node='xa.contact', **kw):
    return cert('tls', p256(), 'xa.contact', issuer_key, use=usage(digital_signature=True), node=node, more=tls_eku, **kw)
def chain(n, *certs): (here / ('chain-' + n + '.pem')).write_bytes(b''.join(pem(c) for c in certs))
chain('ok-tls', tls(mid_key), mid)
chain('chain_usage.tls-issued-by-not-a-ca', tls(not_ca_key), not_ca)
chain('chain_node.tls-of-another-node', tls(mid_key, 'xa.other'), mid)
chain('chain_signature.tls', (lambda c: x509.load_der_x509_certificate(der(c)[:-1] + bytes([der(c)[-1] ^ 1])))(tls(mid_key)), mid)
chain('chain_expired.tls-authority-expired', tls(mid_key), leaf(key=mid_key, ca=True, path=0, use=usage(digital_signature=True, key_cert_sign=True), frame=(start, datetime.datetime(2027, 1, 2))))
chain('chain_root_unknown.no-authority', tls(mid_key))
fake_key = p256()
chain('chain_root_unknown.self-made-root', cert('xa.contact', auth_key, 'Fake root', fake_key, use=sign_use), cert('Fake root', fake_key, ca=True, use=usage(key_cert_sign=True), node=None))
chain('chain_signature.self-made-root-of-the-same-name', cert('xa.contact', auth_key, 'Arland root', fake_key, use=sign_use))
deep1, deep2 = p256(), p256()
d1 = leaf(key=deep1, ca=True, use=usage(key_cert_sign=True), subject='one')
d2 = cert('xa.contact', deep2, 'one', deep1, ca=True, use=usage(digital_signature=True, key_cert_sign=True))
chain('chain_usage.too-deep', tls(deep2), d2, d1)

# detached signatures
content = b'the manifest of a package\n'
(cms / 'content.txt').write_bytes(content)
(cms / 'root.der').write_bytes(der(root))
with tempfile.TemporaryDirectory() as t:
    t = pathlib.Path(t)
    files = {'root.pem': pem(root), 'a.pem': pem(authority), 'a.key': key_pem(auth_key), 'content': content}
    rsa_key = rsa.generate_private_key(65537, 2048)
    other = p256()
    files |= {'rsa.pem': pem(leaf(key=rsa_key)), 'rsa.key': key_pem(rsa_key), 'b.pem': pem(leaf(key=other, subject='xb', node='xb.contact')), 'b.key': key_pem(other)}
    p384 = ec.generate_private_key(ec.SECP384R1())
    files |= {'p384.pem': pem(leaf(key=p384)), 'p384.key': key_pem(p384)}
    for n, b in files.items(): (t / n).write_bytes(b)
    def sign(n, *args, signer='a', cades=True):
        out = cms / (n + '.p7s')
        subprocess.run(['openssl', 'cms', '-sign', '-binary', *(['-cades'] if cades else []), '-outform', 'DER', '-in', t / 'content', '-signer', t / (signer + '.pem'),
                        '-inkey', t / (signer + '.key'), '-out', out, *args], check=True)
        return out.read_bytes()
    good = sign('accept-openssl', '-md', 'sha256')
    sign('accept-openssl-with-root', '-md', 'sha256', '-certfile', t / 'root.pem')
    sign('accept-openssl-no-capabilities', '-md', 'sha256', '-nosmimecap')
    sign('refuse-cms_signing_certificate.missing', '-md', 'sha256', cades=False)
    sign('refuse-cms_signers.two', '-md', 'sha256', '-signer', t / 'b.pem', '-inkey', t / 'b.key')
    sign('refuse-cms_algorithm.sha512', '-md', 'sha512')
    sign('refuse-cms_algorithm.rsa', '-md', 'sha256', signer='rsa')
    sign('refuse-x509_algorithm.p384', '-md', 'sha256', signer='p384')
    sign('refuse-cms_certificate.none', '-md', 'sha256', '-nocerts')
    sign('refuse-cms_certificate.one-that-is-no-part', '-md', 'sha256', '-certfile', t / 'b.pem')
    sign('refuse-cms_form.content-inside', '-md', 'sha256', '-nodetach')
    sign('refuse-cms_attribute.no-attributes', '-md', 'sha256', '-noattr', cades=False)
    (t / 'content').write_bytes(content + b'x')
    sign('refuse-cms_content.other', '-md', 'sha256')
    w = lambda n, b: (cms / (n + '.p7s')).write_bytes(b)
    w('refuse-cms_form.trailing', good + b'\0')
    w('refuse-cms_form.cut', good[:-1])
    w('refuse-cms_form.empty', b'')
    w('refuse-cms_form.text', b'-----BEGIN CMS-----\n')
    w('refuse-cms_signature.last-byte', good[:-1] + bytes([good[-1] ^ 1]))
    a = der(authority)
    w('refuse-cms_signing_certificate.certificate-changed', good.replace(a, a[:-1] + bytes([a[-1] ^ 1])))
