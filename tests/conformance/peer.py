#!/usr/bin/env python3
"""A whole node of the profile in small, written from doc/spec (card, keys, peer, profile, register, request-document) and ETSI's
schemas alone; it shares no code with the program. It keeps everything in memory and answers whatever it is sent.
  peer.py CODE    becomes a peer of the node that made the invitation CODE, prints the words, serves until it is ended"""
import base64, datetime, hashlib, hmac, http.client, http.server, json, os, ssl, struct, sys, tempfile, threading, time, uuid
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils, x25519

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import register_vectors as register  # commitments, records, trees: doc/spec/register.md in Python

sha256 = lambda b: hashlib.sha256(b).digest()
b64 = lambda b: base64.b64encode(b).decode()
b64u = lambda b: base64.urlsafe_b64encode(b).rstrip(b'=').decode()
unb64u = lambda s: base64.urlsafe_b64decode(s + '=' * (-len(s) % 4))
plain = lambda x: json.dumps(x, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()  # RFC 8785 for what is said here
field = lambda b: struct.pack('>I', len(b)) + b
moment = lambda t=None: datetime.datetime.fromtimestamp(time.time() if t is None else t, datetime.timezone.utc)
stamp = lambda t=None: moment(t).strftime('%Y-%m-%dT%H:%M:%S.%fZ')
second = lambda t=None: moment(t).strftime('%Y-%m-%dT%H:%M:%SZ')
new_id = lambda: str(uuid.uuid4())
word = lambda name, value, owner='ETSI': {'common:Owner': owner, 'common:Name': name, 'common:Value': value}


def once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError('a member stands twice')
    return dict(pairs)


# -- keys.md, sections 1 and 2
def certificate(country, name, key, signer=None, signer_key=None, days=30, authority=None, uses=(), tls=False, node=None):
    parts = [(x509.NameOID.COMMON_NAME, name)] if tls else \
        [(x509.NameOID.COUNTRY_NAME, country), (x509.NameOID.ORGANIZATION_NAME, 'Carland'), (x509.NameOID.COMMON_NAME, name)]
    subject = x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])
    usage = dict.fromkeys(('digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement',
                           'key_cert_sign', 'crl_sign', 'encipher_only', 'decipher_only'), False) | dict.fromkeys(uses, True)
    b = x509.CertificateBuilder().subject_name(subject).issuer_name(signer.subject if signer else subject).public_key(key.public_key())
    b = b.serial_number(x509.random_serial_number()).not_valid_before(moment(time.time() - 60)).not_valid_after(moment(time.time() + days * 86400 - 120))
    b = b.add_extension(x509.BasicConstraints(authority is not None, authority), True).add_extension(x509.KeyUsage(**usage), True)
    if tls:
        b = b.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH, x509.ExtendedKeyUsageOID.CLIENT_AUTH]), False)
    if node:
        b = b.add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier('urn:comity:node:' + node)]), False)
    return b.sign(signer_key or key, hashes.SHA256())


der = lambda c: c.public_bytes(serialization.Encoding.DER)
pem = lambda c: c.public_bytes(serialization.Encoding.PEM).decode()
raw = lambda key: key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
secret = lambda key, form: key.private_bytes(form, serialization.PrivateFormat.Raw if form == serialization.Encoding.Raw else
                                             serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def ecdsa(key, text):
    r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, 'big') + s.to_bytes(32, 'big')


def ecdsa_verify(cert, signature, text):
    pair = (int.from_bytes(signature[:32], 'big'), int.from_bytes(signature[32:], 'big'))
    cert.public_key().verify(utils.encode_dss_signature(*pair), text, ec.ECDSA(hashes.SHA256()))


def age_recipient(key):  # bech32 of the 32 bytes, as age writes it
    letters, bits = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l', int.from_bytes(raw(key), 'big') << 4
    data = [bits >> 5 * i & 31 for i in range(51, -1, -1)]
    values, check = [ord(c) >> 5 for c in 'age'] + [0] + [ord(c) & 31 for c in 'age'] + data + [0] * 6, 1
    for value in values:
        top, check = check >> 25, (check & 0x1ffffff) << 5 ^ value
        for i, g in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)):
            check ^= g if top >> i & 1 else 0
    return 'age1' + ''.join(letters[d] for d in data + [(check ^ 1) >> 5 * (5 - i) & 31 for i in range(6)])


# -- register.md, section 6: what a receipt proves
def root_of(leaf, index, count, path):
    at, last = index, count - 1
    for other in path:
        assert last, 'the path is too long'
        if at & 1 or at == last:
            leaf = sha256(b'\1' + other + leaf)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = sha256(b'\1' + leaf + other)
        at, last = at >> 1, last >> 1
    assert last == 0, 'the path has not the length for its place'
    return leaf


def receipt_fields(receipt, card):
    """The told fields of the act that the receipt proves by the keys of `card`; raises when it proves nothing."""
    lines, note = receipt.split('\n\n', 1)
    lines = lines.split('\n')
    assert lines[0] == 'c2sp.org/tlog-proof@v1' and lines[1].startswith('extra ') and lines[2].startswith('index '), 'tlog-proof'
    act = json.loads(base64.b64decode(lines[1][6:]), object_pairs_hook=once)
    told = {f['name']: f['value'] for f in act['fields'] if 'name' in f}
    record = register.record_root([register.commitment(base64.b64decode(f['salt']), f['name'].encode(), f['value'].encode())
                                   if 'name' in f else base64.b64decode(f['commitment']) for f in act['fields']])
    text, signatures = note.rsplit('\n\n', 1)
    origin, size, root = text.split('\n')
    name, number, key = card['keys']['log']['vkey'].split('+', 2)
    signed = [line.split(' ')[2] for line in signatures.strip().split('\n') if line.startswith('\u2014 %s ' % name)]
    blob = base64.b64decode(signed[0])
    assert origin == name and blob[:4].hex() == number, 'not the register of the card'
    ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(blob[4:], (text + '\n').encode())
    path = [base64.b64decode(line) for line in lines[3:]]
    assert b64(root_of(register.leaf(b'CMY1\1' + record), int(lines[2][6:]), int(size), path)) == root, 'the act is not in the register'
    batch = act['batch']
    top = root_of(register.leaf(record), batch['index'], batch['count'], [base64.b64decode(h) for h in batch['path']])
    at = datetime.datetime.strptime(batch['time'], '%Y-%m-%dT%H:%M:%S.%f%z') - moment(0)
    authority = x509.load_der_x509_certificate(base64.b64decode(card['keys']['sign']['certificate']))
    assert batch['certificate'] == sha256(der(authority)).hex(), 'batch signed by another'
    ecdsa_verify(authority, base64.b64decode(batch['signature']),
                 b'comity-acts-v1\n' + struct.pack('>QQ', batch['count'], at // datetime.timedelta(microseconds=1)) + top)
    return told


class Peer:
    def __init__(self, node='xc.contact'):
        self.node, self.country, self.name = node, node[:2].upper(), node[3:]
        self.other = self.card_of_other = None
        self.taken, self.entries, self.answers = [], [], {}
        self.wire = []  # every message that crossed, both ways
        self.kind, self.roles, self.title = 'authority', ['contact_point', 'central_authority'], 'Carland 24/7 Contact Point'
        new = lambda: ec.generate_private_key(ec.SECP256R1())
        self.root_key, self.sign_key, self.tls_key, self.seal_key, self.log_key = new(), new(), new(), x25519.X25519PrivateKey.generate(), \
            ed25519.Ed25519PrivateKey.generate()
        self.root = certificate(self.country, 'State root', self.root_key, days=3650, authority=1, uses=('key_cert_sign', 'crl_sign'))
        by_root = dict(signer=self.root, signer_key=self.root_key, days=400, node=node)
        self.sign = certificate(self.country, node, self.sign_key, authority=0, uses=('digital_signature', 'content_commitment', 'key_cert_sign'), **by_root)
        self.seal = certificate(self.country, node, self.seal_key, uses=('key_agreement',), **by_root)
        self.tls = certificate(self.country, node, self.tls_key, self.sign, self.sign_key, 30, uses=('digital_signature',), tls=True, node=node)
        self.folder = tempfile.mkdtemp(prefix='comity-peer-')
        self.chain = os.path.join(self.folder, 'chain.pem')
        with open(self.chain, 'w') as f:
            f.write(secret(self.tls_key, serialization.Encoding.PEM).decode() + pem(self.tls) + pem(self.sign))
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), self.handler())
        self.address = '127.0.0.1:%d' % self.server.server_address[1]
        self.origin = '%s/log/%d' % (node, moment().year)
        self.make_card()

    # -- card.md
    def make_card(self):
        log = b'\1' + raw(self.log_key)
        self.log_id = sha256(self.origin.encode() + b'\n' + log)[:4]
        card = {'format': 'comity.card/1', 'serial': 1, 'node': self.node, 'country': self.country, 'kind': self.kind,
                'names': [{'language': 'en', 'name': self.title}], 'roles': self.roles,
                'languages': ['en'], 'endpoint': 'https://' + self.address,
                'valid': {'from': second(time.time() - 60), 'until': second(time.time() + 300 * 86400)},
                'keys': {'state': {'certificate': b64(der(self.root)), 'sha256': sha256(der(self.root)).hex()},
                         'sign': {'certificate': b64(der(self.sign))},
                         'seal': {'certificate': b64(der(self.seal)), 'recipient': age_recipient(self.seal_key)},
                         'log': {'origin': self.origin, 'vkey': '%s+%s+%s' % (self.origin, self.log_id.hex(), b64(log))}}}
        body, signatures = plain(card), []
        for by, key, cert in (('authority', self.sign_key, self.sign), ('state', self.root_key, self.root)):
            header = b64u(plain({'alg': 'ES256', 'typ': 'comity-card+jws', 'x5t#S256': b64u(sha256(der(cert)))}))
            signatures.append({'by': by, 'protected': header, 'signature': b64u(ecdsa(key, (header + '.' + b64u(body)).encode()))})
        self.card = plain(dict(card, signatures=signatures))

    # -- connections
    def context(self, anchor, show=True):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        c.minimum_version, c.check_hostname = ssl.TLSVersion.TLSv1_3, False
        if anchor is None:
            c.verify_mode = ssl.CERT_NONE
        else:
            c.load_verify_locations(cadata=anchor)
            c.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if show:
            c.load_cert_chain(self.chain)
        return c

    def call(self, method, path, body=None, kind='application/octet-stream', anchor=None, show=False):
        c = http.client.HTTPSConnection(self.other, context=self.context(anchor, show), timeout=60)
        c.request(method, path, body=body, headers={'Content-Type': kind} if body is not None else {})
        answer = c.getresponse()
        return answer.status, answer.read()

    def handler(peer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                names = [v for kind, v in self.connection.getpeercert()['subjectAltName'] if kind == 'URI']
                assert self.path == '/hi1/v1' and names == ['urn:comity:node:' + peer.card_of_other['node']], names
                text = peer.take(body)
                self.send_response(200)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *words):
                pass
        return Handler

    def serve(self):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c.minimum_version, c.verify_mode = ssl.TLSVersion.TLSv1_3, ssl.CERT_REQUIRED
        c.load_cert_chain(self.chain)
        c.load_verify_locations(cadata=self.anchor)
        c.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        self.server.socket = c.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    # -- peer.md: the invited side. Gives the words.
    def accept(self, code):
        assert code.startswith('comity1-')
        b = unb64u(code[8:])
        digest, key, self.other = b[:32], b[32:48], b[48:].decode()
        status, card = self.call('GET', '/card')
        assert status == 200 and sha256(card) == digest, 'another card than the code says'
        self.card_of_other = json.loads(card, object_pairs_hook=once)
        self.authority = x509.load_der_x509_certificate(base64.b64decode(self.card_of_other['keys']['sign']['certificate']))
        self.anchor, nonce, mine = pem(self.authority), os.urandom(32), sha256(self.card)
        mac = lambda label, commitment: hmac.digest(key, label + b'\0' + digest + mine + commitment, 'sha256')
        number = hmac.digest(key, b'comity-invitation-id-v1', 'sha256')[:16]
        commit = number + sha256(nonce) + mac(b'comity-invited-v1', sha256(nonce)) + field(self.card) + field(self.address.encode())
        status, answer = self.call('POST', '/peer/v1/commit', commit, anchor=self.anchor)
        assert status == 200, answer
        assert len(answer) == 64 and answer[32:] == mac(b'comity-inviter-v1', answer[:32]), 'the inviter does not know the secret'
        status, theirs = self.call('POST', '/peer/v1/reveal', number + nonce, anchor=self.anchor)
        assert status == 200, theirs
        assert sha256(theirs) == answer[:32], 'another nonce than committed to'
        bits = int.from_bytes(sha256(b'comity-words-v1\0' + digest + mine + theirs + nonce), 'big') >> 256 - 66
        eleven = [bits >> 11 * i & 2047 for i in range(5, -1, -1)]
        letters = 'bdfghjklmnprstvz'
        return ' '.join(letters[x >> 7] + 'aiou'[x >> 5 & 3] + letters[x >> 1 & 15] + 'ao'[x & 1] for x in eleven)

    # -- profile.md, section 5
    def message(self, kind, actions, transaction=None, response=False):
        part = 'Response' if response else 'Request'
        uri = 'http://uri.etsi.org/03120/common/'
        names = dict(auth='2020/09/Authorisation', common='2016/02/Common', doc='2020/09/Document', notification='2016/02/Notification',
                     task='2020/09/Task')
        m = {'@xmlns': uri + '2019/10/Core', '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
             'Header': {'SenderIdentifier': {'CountryCode': self.country, 'UniqueIdentifier': self.name},
                        'ReceiverIdentifier': {'CountryCode': self.card_of_other['country'], 'UniqueIdentifier': self.card_of_other['node'][3:]},
                        'TransactionIdentifier': transaction or new_id(), 'Timestamp': stamp(),
                        'Version': {'ETSIVersion': 'V1.23.1', 'NationalProfileOwner': 'comity', 'NationalProfileVersion': 'v1.0'}},
             'Payload': {part + 'Payload': {'Action%ss' % part: {'Action' + part: [dict(a, ActionIdentifier=i) for i, a in enumerate(actions)]}}}}
        if kind:
            m['Header']['WorkflowIdentifier'] = kind
        m.update({'@xmlns:' + n: uri + u for n, u in names.items() if ('"%s:' % n).encode() in plain(m)})
        return m

    def signed(self, message, request=None, key=None, cert=None):
        header = {'alg': 'ES256', 'typ': 'comity-hi1+jws', 'x5t#S256': b64u(sha256(der(cert or self.sign)))}
        if request is not None:
            header['req#S256'] = b64u(request)
        protected = b64u(plain(header))
        signature = ecdsa(key or self.sign_key, (protected + '.' + b64u(plain(message))).encode())
        return plain(dict(message, Signature={'protected': protected, 'signature': b64u(signature)}))

    def verified(self, text, request=None):
        """The message and the digest of its signed bytes; raises when it is not signed by the node of the card."""
        self.wire.append(text)
        m = json.loads(text, object_pairs_hook=once)
        jws = m.pop('Signature')
        header = json.loads(unb64u(jws['protected']), object_pairs_hook=once)
        assert header['alg'] == 'ES256' and header['typ'] == 'comity-hi1+jws' and header['x5t#S256'] == b64u(sha256(der(self.authority))), header
        assert header.get('req#S256') == (None if request is None else b64u(request)), 'req#S256'
        ecdsa_verify(self.authority, unb64u(jws['signature']), (jws['protected'] + '.' + b64u(plain(m))).encode())
        return m, sha256(plain(m))

    def post(self, text):
        return self.call('POST', '/hi1/v1', text, 'application/json', self.anchor, True)

    def say(self, kind, actions):
        """Sends the actions; gives the request's bytes and the verified answer."""
        text = self.signed(self.message(kind, actions))
        self.wire.append(text)
        status, answer = self.post(text)
        assert status == 200, (status, answer)
        m = json.loads(text)
        m.pop('Signature')
        return text, self.verified(answer, sha256(plain(m)))[0]

    def take(self, text):
        m, digest = self.verified(text)
        number = m['Header']['TransactionIdentifier']
        if number not in self.answers:
            self.taken.append(m)
            requests, answers = m['Payload']['RequestPayload']['ActionRequests']['ActionRequest'], []
            for a in requests:
                verb = next(name for name in a if name != 'ActionIdentifier')
                answers.append({verb + 'Response': self.done(verb, a[verb], text, m['Header'].get('WorkflowIdentifier'))})
            self.answers[number] = digest, self.signed(self.message(m['Header'].get('WorkflowIdentifier'), answers, number, True), digest)
        assert self.answers[number][0] == digest, 'other bytes under a known transaction'
        self.wire.append(self.answers[number][1])
        return self.answers[number][1]

    def done(self, verb, operand, text, kind):
        o = operand['HI1Object']
        answer, first = {'Identifier': o['ObjectIdentifier']}, {'Authorisation': 'Approved', 'Document': 'AwaitingApproval', 'LPTask': 'AwaitingPreservation', 'LDTask': 'AwaitingApproval'}
        short = o['@xsi:type'].split('}')[1].removesuffix('Object')
        if verb == 'CREATE' and short in first:
            mine = {'@xsi:type': o['@xsi:type'], 'ObjectIdentifier': o['ObjectIdentifier'], 'Generation': 1, 'LastChanged': second()}
            seat = {'Authorisation': 'auth:AuthorisationStatus', 'Document': 'doc:DocumentStatus', 'LPTask': 'task:Status', 'LDTask': 'task:Status'}[short]
            mine[seat] = word(short + 'Status', first[short])
            if o.get('doc:DocumentType', {}).get('common:Value') == 'Request':
                receipt = self.receipt(type='taken', peer=self.card_of_other['node'], request=o['ObjectIdentifier'], kind=kind, artifact=sha256(text).hex())
                mine['doc:DocumentProperties'] = {'doc:DocumentProperty': [
                    {'doc:PropertyType': word('DocumentProperty', 'receipt', 'comity'), 'doc:PropertyValue': receipt}]}
            answer['HI1Object'] = mine
        return answer

    # -- register.md: a register of one act a batch
    def receipt(self, **values):
        values.update(act=new_id(), at=stamp(), node=self.node)
        salts = [os.urandom(32 if name in values else 64) for name in register.FIELDS]
        sealed = [register.commitment(s, n.encode(), values[n].encode()) if n in values else s for s, n in zip(salts, register.FIELDS)]
        record = register.record_root(sealed)
        self.entries.append(b'CMY1\1' + record)
        leaves, index = [register.leaf(e) for e in self.entries], len(self.entries) - 1
        now = int(time.time() * 1000000)
        signature = ecdsa(self.sign_key, b'comity-acts-v1\n' + struct.pack('>QQ', 1, now) + register.leaf(record))
        fields = [{'name': n, 'salt': b64(s), 'value': values[n]} if n in values else {'commitment': b64(s)} for s, n in zip(salts, register.FIELDS)]
        at = stamp(now // 1000000)[:-8] + '.%06dZ' % (now % 1000000)
        act = plain({'batch': {'certificate': sha256(der(self.sign)).hex(), 'count': 1, 'index': 0, 'path': [], 'signature': b64(signature),
                               'time': at}, 'fields': fields, 'format': 'comity.act/1'})
        head = register.checkpoint(self.origin, len(leaves), register.mth(leaves))
        line = '\u2014 %s %s\n' % (self.origin, b64(self.log_id + self.log_key.sign(head.encode())))
        return register.proof(index, register.path(index, leaves), head + '\n' + line).replace('index', 'extra %s\nindex' % b64(act), 1)

    # -- profile.md, sections 2 to 4
    def object(self, space, kind, associated=(), **members):
        o = {'@xsi:type': '{http://uri.etsi.org/03120/common/%s}%sObject' % (space, kind), 'ObjectIdentifier': new_id(),
             'CountryCode': self.country, 'OwnerIdentifier': self.name, **{k.replace('__', ':'): v for k, v in members.items()}}
        if associated:
            o['AssociatedObjects'] = {'AssociatedObject': list(associated)}
        return o

    def document(self, name, kind, content_type, body, associated):
        o = self.object('2020/09/Document', 'Document', associated, doc__DocumentName=name, doc__DocumentType=word('DocumentType', kind, 'comity'))
        text = plain(dict(body, id=o['ObjectIdentifier']))
        o['doc:DocumentBody'] = {'doc:Contents': b64(text), 'doc:ContentType': content_type, 'doc:Checksum': sha256(text).hex(), 'doc:ChecksumType': 'SHA-256'}
        return o

    def pres(self, kind='pres', **more):
        """The three objects of a request for preservation; `more` changes members of the request document (None: left out)."""
        party = {'name': 'Carland 24/7 Contact Point', 'country': self.country, 'node': self.node, 'role': 'contact_point', 'phone': '+99935550124'}
        body = {'format': 'comity.request/1', 'kind': kind, 'article': '42', 'language': 'en', 'requesting': party,
                'legal_basis': [{'instrument': 'HC', 'article': '42'}], 'offences': [{'code': 'illegal_access', 'article': '7'}],
                'facts': 'A ministry was entered on 20 November 2026.', 'custodian': {'name': 'NordBox Hosting', 'country': 'XA'},
                'data': [{'item': 1, 'category': 'traffic', 'description': 'Login records of the account', 'relation': 'They show who came.', 'request_values': [0]}],
                'necessity': 'Records are kept for seven days.', 'secrecy': {'keep_secret': False, 'do_not_notify_user': False},
                'mla_follow_up': {'will_follow': True, 'measure': ['disclosure']}, 'urgency': {'level': 'normal'}}
        body.update(more)
        auth = self.object('2020/09/Authorisation', 'Authorisation', auth__AuthorisationReference='C 7/26', auth__AuthorisationLegalType=word('AuthorisationLegalType', 'HC', 'comity'),
                           auth__AuthorisationPriority=word('AuthorisationPriority', 'High'), auth__AuthorisationDesiredStatus=word('AuthorisationDesiredStatus', 'Approved'))
        doc = self.document('Request', 'Request', 'application/vnd.comity.request+json', {k: v for k, v in body.items() if v is not None}, [auth['ObjectIdentifier']])
        doc['doc:DocumentDesiredStatus'] = word('DocumentDesiredStatus', 'Approved')
        value = {'task:FormatType': {'task:FormatOwner': 'comity', 'task:FormatName': 'account'}, 'task:Value': 'service=nordbox.example;id=C-1;seen=2026-11-20T10:00:00Z'}
        details = {'task:Type': word('RequestType', 'TrafficData'), 'task:StartTime': '2026-11-01T00:00:00Z', 'task:EndTime': '2026-11-20T12:00:00Z',
                   'task:RequestValues': {'task:RequestValue': [value]}}
        task = self.object('2020/09/Task', 'LPTask', [auth['ObjectIdentifier'], doc['ObjectIdentifier']], task__DesiredStatus=word('LPTaskDesiredStatus', 'Preserved'),
                           task__RequestDetails=details, task__DesiredPreservationExpiration=second(time.time() + 80 * 86400))
        return auth, doc, task

    def later(self, kind, doc, task, until=None):
        """A request about a preservation that was asked for by `doc` and `task`: a longer one, or its end."""
        extends = kind == 'pres_ext'
        body = {'format': 'comity.request/1', 'kind': kind, 'article': '42(9)' if extends else '42', 'language': 'en',
                'requesting': {'name': 'Carland 24/7 Contact Point', 'country': self.country, 'node': self.node, 'role': 'contact_point'},
                'legal_basis': [{'instrument': 'HC', 'article': '42'}], 'relates_to': [{'id': doc['ObjectIdentifier'], 'how': 'extends' if extends else 'ends'}]}
        if extends:
            body['mla_state'] = {'state': 'with_court', 'why_not_yet': 'The court has not decided yet.'}
        request = self.document('Request', 'Request', 'application/vnd.comity.request+json', body, [task['ObjectIdentifier'], doc['ObjectIdentifier']])
        update = {'@xsi:type': task['@xsi:type'], 'ObjectIdentifier': task['ObjectIdentifier'],
                  'task:DesiredStatus': word('LPTaskDesiredStatus', 'Preserved' if extends else 'Cancelled')}
        if extends:
            update['task:DesiredPreservationExpiration'] = until
        return request, [{'CREATE': {'HI1Object': request}}, {'UPDATE': {'HI1Object': update}}]

    def preserved(self, doc, task, until, state='preserved', generation=2):
        """What the registrar says of a request of the other node when everything is preserved: UPDATE and Notification."""
        update = {'@xsi:type': task['@xsi:type'], 'ObjectIdentifier': task['ObjectIdentifier'], 'Generation': generation, 'LastChanged': second(),
                  'task:Status': word('LPTaskStatus', 'Preserved'), 'task:PreservationExpiration': until}
        states = [{'notification:AssociatedObject': o['ObjectIdentifier'], 'notification:Status': word('RequestState', state, 'comity')}
                  for o, state in ((task, state), (doc, 'executing'))]
        told = self.object('2016/02/Notification', 'Notification', [task['ObjectIdentifier'], doc['ObjectIdentifier']], notification__NotificationDetails='Preserved.',
                           notification__NotificationType=word('NotificationType', 'Preservation', 'comity'), notification__NewNotification=True,
                           notification__NotificationTimestamp=second(), notification__StatusOfAssociatedObjects={'notification:AssociatedObjectStatus': states})
        return [{'UPDATE': {'HI1Object': update}}, {'CREATE': {'HI1Object': told}}]


if __name__ == '__main__':
    me = Peer()
    print(me.accept(sys.argv[1]))
    me.serve()
    threading.Event().wait()
