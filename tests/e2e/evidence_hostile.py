#!/usr/bin/env python3
"""evidence_hostile.py COMITY ETSI: a confirmed peer that delivers badly, against a real node that fetches and opens. What is not
as announced is refused by a named rule, the deliverer is told, nothing of it stays; one slow peer holds up nobody else; what
was sealed, packed or signed badly opens for nobody; approvals are good for one result; memory stays flat, the node lives."""
import concurrent.futures, hashlib, hmac, io, json, os, shutil, socket, struct, subprocess, sys, tempfile, threading, time, zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import python_peer
from nodes import COMITY, DRAFTS, Refused, UnixConnection, run
from python_peer import Node, Schemas, answers, become_peers, check, conformance, until

new_id, word, second = conformance.new_id, conformance.word, conformance.second
CHUNK = 65536 + 16  # of a sealed file
sha256 = lambda b: hashlib.sha256(b).hexdigest()


class Deliverer(conformance.Peer):
    """Answers a request for data and hands over what `offers` says."""

    def __init__(self, node):
        self.offers, self.asked, self.series = {}, {}, {}
        super().__init__(node)

    def handler(peer):
        class Handler(super().handler()):
            def do_GET(self):
                name = self.path.rsplit('/', 1)[1]
                peer.asked.setdefault(name, []).append(self.headers.get('Range'))
                try:
                    peer.offers[name](self, int((self.headers.get('Range') or 'bytes=0-')[6:-1]))
                except OSError:  # the node hung up
                    self.close_connection = True
        return Handler

    def done(self, verb, operand, text, kind):
        answer = super().done(verb, operand, text, kind)
        o = operand['HI1Object']
        if verb == 'CREATE' and 'LDTask' in o['@xsi:type']:
            answer['HI1Object'] = {'@xsi:type': o['@xsi:type'], 'ObjectIdentifier': o['ObjectIdentifier'], 'Generation': 1,
                                   'LastChanged': second(), 'task:Status': word('LDTaskStatus', 'AwaitingDisclosure')}
        return answer

    def executes(self, kind, doc, task):
        """Says that it is being done: before that, no data comes."""
        told = [{'notification:AssociatedObject': o, 'notification:Status': word('RequestState', 'executing', 'comity')} for o in (task, doc)]
        note = self.object('2016/02/Notification', 'Notification', [task, doc], notification__NotificationDetails='It is being done.',
                           notification__NotificationType=word('NotificationType', 'Progress', 'comity'), notification__NewNotification=True,
                           notification__NotificationTimestamp=second(),
                           notification__StatusOfAssociatedObjects={'notification:AssociatedObjectStatus': told})
        answer = self.say(kind, [{'CREATE': {'HI1Object': note}}])[1]
        assert 'ErrorInformation' not in json.dumps(answer), answer['Payload']

    def announce(self, objects, digest, length, offer, kind='stored', last=False):
        """DELIVER of the next evidence of its series, with this digest and length; gives its id."""
        doc, task = (next(o['ObjectIdentifier'] for o in objects if kind in o['@xsi:type']) for kind in ('DocumentObject', 'LDTask'))
        if task not in self.series:
            self.executes(kind, doc, task)
        series, number = self.series.setdefault(task, (new_id(), 1))
        self.series[task] = (series, number + 1)
        name, answer = self.deliver(doc, task, digest, length, offer, kind, series, number, last)
        assert 'ErrorInformation' not in json.dumps(answer), answer['Payload']
        return name

    def deliver(self, doc, task, digest, length, offer, kind, series, number, last):
        name = new_id()
        self.offers[name] = offer
        url = {'delivery:URL': 'https://%s/hi1/v1/evidence/%s' % (self.address, name), 'delivery:ContentLength': length,
               'delivery:ContentType': 'application/vnd.comity.sealed-package', 'delivery:OriginalFilename': 'evidence.asice.age',
               'delivery:Checksums': {'common:ChecksumAndType': [{'common:Checksum': digest, 'common:ChecksumType': 'SHA-256'}]}}
        o = self.object('2019/10/Delivery', 'Delivery', [task, doc], delivery__Reference={'delivery:LDID': 'XA-contact-1'}, delivery__DeliveryID=series,
                        delivery__SequenceNumber=number, delivery__LastSequence=last, delivery__Delivery={'delivery:URL': url},
                        delivery__Manifest={'delivery:Specification': word('ManifestSpecification', 'asic-e-package', 'comity')},
                        delivery__DeliveryStatus=word('DeliveryStatus', 'Available'),
                        delivery__EncryptionDetails={'delivery:EncryptionReference': new_id(), 'delivery:AdditionalInformation': 'age v1 file'})
        o['ObjectIdentifier'] = name
        return name, self.say(kind, [{'DELIVER': {'Identifier': name, 'HI1Object': o}}])[1]

    def message(self, kind, actions, transaction=None, response=False):
        m = super().message(kind, actions, transaction, response)
        if '"delivery:' in json.dumps(m):
            m['@xmlns:delivery'] = 'http://uri.etsi.org/03120/common/2019/10/Delivery'
        return m

    def told(self, name):
        """The statuses that the node told of this delivery, each with the words of its notification."""
        said = []
        for m in list(self.taken):
            actions = m['Payload']['RequestPayload']['ActionRequests']['ActionRequest']
            first = actions[0].get('UPDATE', {}).get('HI1Object', {})
            if first.get('ObjectIdentifier') == name:
                said.append((first['delivery:DeliveryStatus']['common:Value'], actions[1]['CREATE']['HI1Object']['notification:NotificationDetails']))
        return said


# -- ways to answer: functions of the handler and the first byte asked for
def head(h, status, length=None, **fields):
    h.send_response(status)
    for name, value in fields.items():
        h.send_header(name.replace('_', '-'), value)
    if length is not None:
        h.send_header('Content-Length', str(length))
    h.end_headers()


def whole(body):
    def offer(h, start):
        if start:
            head(h, 206, len(body) - start, Content_Range='bytes %d-%d/%d' % (start, len(body) - 1, len(body)))
        else:
            head(h, 200, len(body))
        h.wfile.write(body[start:])
    return offer


def endless(h, start):
    head(h, 200, Transfer_Encoding='chunked')
    while True:
        h.wfile.write(b'10000\r\n' + bytes(65536) + b'\r\n')


def half_then(body, second_answer):
    """Half of it and a broken line; then whatever is asked for, `second_answer`."""
    def offer(h, start):
        if start == 0 and not half:
            half.append(1)
            head(h, 200, len(body))
            h.wfile.write(body[:len(body) // 2])
            h.close_connection = True
        else:
            second_answer(h, start)
    half = []
    return offer


def wrong_range(body):
    def offer(h, start):
        if start == 0:
            return whole(body)(h, 0)
        head(h, 206, len(body) - start, Content_Range='bytes %d-%d/%d' % (start + 1, len(body), len(body) + 1))
        h.wfile.write(body[start:])
    return offer


def other_etag(body):
    def offer(h, start):
        head(h, 200, len(body), ETag='"%s"' % ('0' * 64))
        h.wfile.write(body)
    return offer


def status(number):
    return lambda h, start: head(h, number, 0)


class Slow:
    """One byte now and then, until the test ends."""

    def __init__(self, length):
        self.length, self.begun, self.stop = length, threading.Event(), threading.Event()

    def __call__(self, h, start):
        head(h, 200, self.length)
        for _ in range(self.length):
            h.wfile.write(b'.')
            self.begun.set()
            if self.stop.wait(0.2):
                return


class Case:
    def __init__(self, node, folder):
        self.node, self.folder = node, folder
        self.home = node.home

    def cli(self, person, *words, good=True):
        done = subprocess.run([COMITY, *words, '--home', self.home, '--session', self.node.file(person, 'session'), '--json'], capture_output=True, text=True)
        if good and done.returncode:
            raise SystemExit('comity %s: %s%s' % (' '.join(words), done.stdout, done.stderr))
        return done.returncode, json.loads(done.stdout or '{}')

    def refused(self, what, rule, person, *words):
        code, said = self.cli(person, *words, good=False)
        rules = [f['rule'] for f in said.get('findings', [])]
        check('%s is refused by %s' % (what, rule), code == 1 and rule in rules, (code, said))

    def show(self, name):
        return self.node.call('GET', '/api/v1/evidence/' + name)

    def blob(self, digest):
        return os.path.join(self.home, 'blobs', digest[:2], digest)

    def parts(self, name):
        return [f for f in os.listdir(os.path.join(self.home, 'blobs', 'in')) if name in f]

    def opened(self, name):
        self.cli('ilse', 'evidence', 'open', name)
        return self.cli('per', 'evidence', 'approve', name)[1]

    def ask(self, to):
        draft = json.load(open(os.path.join(DRAFTS, 'stored.json')))
        del draft['preservation']
        return self.node.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': to})['request']

    def asks(self, peer):
        """The node asks the peer for stored data; the objects of the request."""
        before = len(peer.taken)
        self.ask(peer.node)
        until('the request reaches %s' % peer.node, 20, lambda: len(peer.taken) > before)
        actions = peer.taken[-1]['Payload']['RequestPayload']['ActionRequests']['ActionRequest']
        return [a['CREATE']['HI1Object'] for a in actions]

    def given_up(self, peer, name, what, rule, fetches=3):
        """Three such fetches, then no more; the deliverer knows; nothing of it is here."""
        def over():
            there = self.show(name)
            if there['state'] == 'available' and there.get('trouble', {}).get('tries'):
                self.node.call('POST', '/api/v1/evidence/%s/pull' % name, body={})
            return there['state'] == 'error' and there
        there = until('%s is given up' % what, 60, over)
        check('%s: %s' % (what, rule), there['trouble']['rule'] == rule, there)
        check('%s: the list says it too' % what, any(e['evidence'] == name and e['trouble']['rule'] == rule
              for e in self.node.call('GET', '/api/v1/evidence')['evidence']))
        told = until('%s is told' % what, 20, lambda: peer.told(name))
        check('%s: the deliverer is told the error' % what, [s for s, _ in told] == ['Error'] and 'never what was announced' in told[0][1], told)
        check('%s: fetched %d times' % (what, fetches), len(peer.asked[name]) == fetches, peer.asked[name])
        check('%s: nothing of it stays' % what, self.parts(name) == [] and not os.path.exists(self.blob(there['sha256'])) and there['fetched'] == 0, there)
        code, said = self.cli('ilse', 'evidence', 'open', name, good=False)
        check('%s: it cannot be opened' % what, code == 1 and 'evidence_not_here' in json.dumps(said), said)


def fetching(case, peer, objects):
    """What comes is not what was announced."""
    body = os.urandom(300000)
    digest = sha256(body)
    bad = {
        'other bytes': ('blob_digest', digest, len(body), whole(b'x' + body[1:])),
        'more than announced': ('net_answer_size', digest, len(body) - 1000, whole(body)),
        'less than announced': ('evidence_short', digest, len(body) + 1000, whole(body)),
        'no end': ('net_answer_size', digest, 1 << 20, endless),
        'another entity tag': ('net_changed', digest, len(body), other_etag(body)),
    }
    names = {what: peer.announce(objects, d, n, offer) for what, (rule, d, n, offer) in bad.items()}
    for what, (rule, *_) in bad.items():
        case.given_up(peer, names[what], what, rule)
    # A line that breaks in the middle is gone on with; the same line with a lie behind it is not.
    name = peer.announce(objects, digest, len(body), half_then(body, whole(body)))
    def came():
        there = case.show(name)
        if there.get('trouble'):
            case.node.call('POST', '/api/v1/evidence/%s/pull' % name, body={})
        return there['state'] == 'received' and there
    there = until('the broken line is gone on with', 30, came)
    check('it went on in the middle', len(there['fetched_from']) == 2 and there['fetched_from'][0] == 0 and 0 < there['fetched_from'][1] < len(body) and
          'trouble' not in there, there)
    check('the deliverer is told that it came', [s for s, _ in until('it is told', 20, lambda: peer.told(name))] == ['Received'])
    other = os.urandom(300000)
    digest = sha256(other)
    flip = b'x' + other[1:]
    # The first answer breaks; the range is answered by a lie and begun anew; then the bytes are others, twice.
    case.given_up(peer, peer.announce(objects, digest, len(other), half_then(other, lambda h, start: (head(h, 200, len(flip)), h.wfile.write(flip)))),
                  '200 instead of 206', 'blob_digest', fetches=4)
    again = peer.announce(objects, digest, len(other), half_then(other, wrong_range(flip)))
    case.given_up(peer, again, 'another range', 'blob_digest', fetches=4)
    # More than the disk has room for is not begun, and the deliverer is not to blame.
    name = peer.announce(objects, digest, 1 << 42, whole(other))
    there = until('it is looked at', 20, lambda: 'trouble' in case.show(name) and case.show(name))
    check('no room: blob_no_room, and a next try', there['state'] == 'available' and there['trouble']['rule'] == 'blob_no_room' and
          name not in peer.asked and case.parts(name) == [], (there, case.parts(name)))
    # What the node withholds is asked for again later; nobody gives up for it.
    name = peer.announce(objects, digest, len(other), status(404))
    there = until('it is tried', 20, lambda: 'trouble' in case.show(name) and case.show(name))
    check('withheld: evidence_withheld, and a next try', there['state'] == 'available' and there['trouble']['rule'] == 'evidence_withheld' and
          there['trouble']['next_try_at'] > there['created_at'], there)
    peer.offers[name] = whole(other)
    case.node.call('POST', '/api/v1/evidence/%s/pull' % name, body={})
    until('it comes at last', 30, lambda: case.show(name)['state'] == 'received')


def pack(case, peer, name, recipient, fill=200000):
    """A package signed by the peer and sealed: (plain bytes, sealed bytes)."""
    folder = os.path.join(case.folder, name)
    os.mkdir(folder)
    for i in range(2):
        with open(os.path.join(folder, 'file%d.bin' % i), 'wb') as f:
            f.write(os.urandom(fill))
    key, cert = os.path.join(case.folder, name + '.key'), os.path.join(case.folder, name + '.pem')
    form = conformance.serialization
    with open(key, 'wb') as f:
        f.write(peer.sign_key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    with open(cert, 'w') as f:
        f.write(conformance.pem(peer.sign))
    plain = os.path.join(case.folder, name + '.asice')
    run(['package', 'create', folder, '--out', plain, '--key', key, '--cert', cert])
    return open(plain, 'rb').read(), seal(case, plain, recipient)


def seal(case, path, recipient):
    sealed = path + '.age'
    run(['seal', path, '--out', sealed, '--recipient', recipient, '--force'])
    return open(sealed, 'rb').read()


def come(case, peer, objects, body):
    name = peer.announce(objects, sha256(body), len(body), whole(body))
    until('evidence comes', 30, lambda: case.show(name)['state'] == 'received')
    return name


def opening(case, peer, stranger, objects):
    mine = peer.card_of_other['keys']['seal']['recipient']
    plain, good = pack(case, peer, 'good', mine)
    payload = good.index(b'\n', good.index(b'\n--- ') + 1) + 1 + 16  # behind header and nonce
    chunk = lambda i: good[payload + i * CHUNK:payload + (i + 1) * CHUNK]
    bad = {
        'cut behind a chunk': ('seal_', good[:payload + 3 * CHUNK]),
        'two chunks change places': ('seal_', good[:payload] + chunk(1) + chunk(0) + good[payload + 2 * CHUNK:]),
        'bytes behind the end': ('seal_', good + b'more'),
        'signed by another node': ('chain_root_unknown', pack(case, stranger, 'foreign', mine)[1]),
    }
    for what, build in (('a bomb', bomb), ('one byte of a file changed', lambda: change(plain)), ('no package at all', lambda: b'hello' * 1000)):
        path = os.path.join(case.folder, what.replace(' ', '-'))
        with open(path, 'wb') as f:
            f.write(build())
        bad[what] = ({'a bomb': 'zip_', 'no package at all': 'zip_'}.get(what, ''), seal(case, path, mine))
    for what, (rule, body) in bad.items():
        name = come(case, peer, objects, body)
        said = case.opened(name)
        rules = [f['rule'] for f in said['report']['findings']]
        check('%s: refused by %s…' % (what, rule), said['state'] == 'error' and said['verdict'] == 'refused' and any(r.startswith(rule) for r in rules), said)
        check('%s: the deliverer is told' % what, until('it is told', 20, lambda: len(peer.told(name)) == 2 and peer.told(name))[1][0] == 'Error')
        case.cli('ilse', 'evidence', 'approve', name, '--for', 'export')
        case.cli('per', 'evidence', 'approve', name, '--for', 'export')
        out = os.path.join(case.folder, 'never.asice')
        code, said = case.cli('per', 'bundle', 'export', name, '--out', out, good=False)
        check('%s: no bundle of it' % what, code == 1 and said['findings'][0]['rule'] in ('bundle_refused', 'bundle_unopened') and not os.path.exists(out), said)
    name = come(case, peer, objects, pack(case, peer, 'elsewhere', conformance.age_recipient(peer.seal_key))[1])
    case.cli('ilse', 'evidence', 'open', name)
    case.refused('evidence sealed to somebody else', 'seal_no_match', 'per', 'evidence', 'approve', name)
    check('it stays as it came', case.show(name)['state'] == 'received', case.show(name))
    return come(case, peer, objects, good), good


def bomb():
    text = io.BytesIO()
    with zipfile.ZipFile(text, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo('mimetype'), 'application/vnd.etsi.asic-e+zip', zipfile.ZIP_STORED)
        with z.open('data/zeros.bin', 'w') as f:
            for _ in range(256):
                f.write(bytes(1 << 20))
    return text.getvalue()


def change(plain):
    at = len(plain) // 2
    return plain[:at] + bytes([plain[at] ^ 1]) + plain[at + 1:]


def persons(case, name, body):
    """Who may open, how often, and what the disk may do meanwhile."""
    path = case.blob(sha256(body))
    case.cli('ilse', 'evidence', 'open', name)
    case.refused('one person twice', 'approval_same_person', 'ilse', 'evidence', 'approve', name)
    case.refused('an export of what nobody opened', 'bundle_unopened', 'ilse', 'bundle', 'export', name, '--out', os.path.join(case.folder, 'early.asice'))
    with open(path, 'r+b') as f:
        f.seek(len(body) - 5000)
        f.write(bytes([body[len(body) - 5000] ^ 1]))
    case.refused('a byte that our disk changed', 'blob_changed', 'per', 'evidence', 'approve', name)
    os.truncate(path, len(body) - 1)
    code, said = case.cli('per', 'evidence', 'approve', name, good=False)
    check('a file that our disk cut is not approved', code == 1 and 'evidence_not_here' in json.dumps(said), said)
    check('the evidence is not to blame', case.show(name)['state'] == 'received' and 'verdict' in case.show(name) and case.show(name)['verdict'] is None)
    with open(path, 'wb') as f:
        f.write(body)
    said = case.cli('ilse', 'evidence', 'open', name)[1]  # both approvals are in force still: either asks again
    check('it opens when the disk is mended', said['state'] == 'opened' and said['person'] == 'ilse', said)
    check('and holds', said['verdict'] == 'valid', said)
    said = case.cli('per', 'evidence', 'open', name)[1]
    check('spent: the second opening needs both again', said['have'] == 1 and said['needed'] == 2 and 'report' not in said, said)
    out = [os.path.join(case.folder, 'bundle%d.asice' % i) for i in range(2)]
    case.refused('a bundle that nobody approved', 'approval_missing', 'per', 'bundle', 'export', name, '--out', out[0])
    for person in ('ilse', 'per'):
        case.cli(person, 'evidence', 'approve', name, '--for', 'export')
    lost_bundle(case, name)
    until('a bundle that nobody kept is written again by the same approvals', 20,
          lambda: case.cli('per', 'bundle', 'export', name, '--out', out[0], good=False)[0] == 0)
    case.refused('spent: a second bundle by the same approvals', 'approval_missing', 'per', 'bundle', 'export', name, '--out', out[1])
    check('one bundle is there', [os.path.exists(o) for o in out] == [True, False])
    # Two persons, and one of them is taken out before.
    case.cli('ilse', 'person', 'disable', 'per')
    case.refused('a person who may no longer act', 'session_unknown', 'per', 'evidence', 'open', name)


def lost_bundle(case, name):
    """A whole bundle, written to a command that is gone before it says that it keeps it."""
    job = case.node.call('POST', '/api/v1/bundles', 'api_bundle', '', {'evidence': name})['job'].encode()
    with socket.socket(socket.AF_UNIX) as s, open(os.path.join(case.folder, 'lost.asice'), 'wb') as out:
        s.connect(os.path.join(case.node.home, 'run', 'output.sock'))
        socket.send_fds(s, [struct.pack('>IHI', len(job), 1, 0) + job], [out.fileno()])
        length, kind, _ = struct.unpack('>IHI', s.recv(10, socket.MSG_WAITALL))
        check('the lost bundle was whole', kind == 1 and json.loads(s.recv(length, socket.MSG_WAITALL))['bytes'] == os.path.getsize(out.name))


def upload(node, request, body):
    """Sealed bytes as an officer's program hands them to the node, not delivered yet; gives the evidence's id."""
    lines = open(node.file(node.people[node.who], 'session')).read().split('\n')
    session, key, field = bytes.fromhex(lines[2]), bytes.fromhex(lines[3]), conformance.field
    text = b'comity-statement-v1\n' + struct.pack('>Q', int(time.time() * 1e6)) + field(b'api_evidence_upload') + field(b'') + \
        hashlib.sha256(body).digest() + field(b'')
    c = UnixConnection(os.path.join(node.home, 'run', 'admin.sock'))
    c.request('POST', '/api/v1/evidence?request=%s&title=evidence' % request, body=body, headers={
        'Content-Type': 'application/octet-stream', 'Comity-Blob': sha256(body), 'Comity-Session': session.hex(),
        'Comity-Statement': conformance.b64u(text), 'Comity-Mac': hmac.new(key, session + text, 'sha256').hexdigest()})
    answer = c.getresponse()
    said = json.loads(answer.read())
    assert answer.status == 201, said
    return said['evidence']


def deliver_at_once(case, other):
    """The same evidence delivered by eight at the same instant: one does, the others are told that it was done."""
    code = case.node.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
    other.call('POST', '/api/v1/peers', 'api_peer_accept', '', {'code': code})
    case.node.call('POST', '/api/v1/peers/%s/confirm' % other.name, 'api_peer_confirm', other.name, {})
    other.call('POST', '/api/v1/peers/xa.contact/confirm', 'api_peer_confirm', 'xa.contact', {})
    request = case.ask(other.name)
    def there():
        return [r for r in other.call('GET', '/api/v1/requests')['requests'] if r['request'] == request]
    until('the request reaches the other node', 20, there)
    other.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, {'event': 'execute', 'text': 'Measures are taken.'})
    body = os.urandom(100000)
    name = upload(other, request, body)
    def deliver(_):
        try:
            return other.call('POST', '/api/v1/evidence/%s/delivery' % name, 'api_evidence_deliver', name, {})
        except Refused as refusal:
            return str(refusal)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(deliver, range(8)))
    done = [g for g in got if isinstance(g, dict)]
    check('one of eight delivers', len(done) == 1, got)
    # Who comes a moment later finds it announced, or the request moved on; who was judged at the same moment finds that when it is kept.
    names = ('evidence_delivered', 'store_state_changed', 'move_not_allowed')
    check('the others are refused by name', all(any(name in g for name in names) for g in got if g not in done), got)
    acts = [a['type'] for a in other.call('GET', '/api/v1/requests/' + request)['acts']]
    check('one act of it', acts.count('delivered') == 1, acts)
    until('it comes, once', 30, lambda: [e['state'] for e in case.node.call('GET', '/api/v1/evidence')['evidence'] if e['evidence'] == name] == ['received'])


def out_of_turn(case, peer):
    """Data comes when it is being done, each package once and in its place; anything else is refused by name and leaves no row."""
    objects = case.asks(peer)
    doc, task = (next(o['ObjectIdentifier'] for o in objects if kind in o['@xsi:type']) for kind in ('DocumentObject', 'LDTask'))
    body, series = b'x' * 1000, new_id()
    request = case.node.call('GET', '/api/v1/requests/' + doc)

    def said(what, code, number, last, series_=series):
        name, answer = peer.deliver(doc, task, sha256(body), len(body), whole(body), 'stored', series_, number, last)
        text = json.dumps(answer['Payload'])
        check('%s: %s' % (what, code or 'taken'), (code in text) if code else 'ErrorInformation' not in text, text)
        rows = [e['evidence'] for e in case.node.call('GET', '/api/v1/evidence')['evidence']]
        check('%s leaves %s' % (what, 'no row' if code else 'a row'), (name in rows) == (code is None), rows)
    said('data for what is only acknowledged', '42005', 1, True)
    check('it is where it was', case.node.call('GET', '/api/v1/requests/' + doc)['state'] == request['state'] == 'acknowledged')
    peer.executes('stored', doc, task)
    said('the first', None, 1, False)
    said('the same number under another id', '3007', 1, False)
    said('another series', '3007', 2, False, new_id())
    said('the third, and the last', None, 3, True)
    said('a number before it', '3007', 2, False)
    said('one after the last', '3007', 4, False)
    said('a number far away', '3007', (1 << 53) - 1, True)


def rss(node):
    return sum(int(line.split()[1]) for line in open('/proc/%d/status' % node.pid('node')) if line.startswith('VmRSS'))


def main():
    schemas = Schemas(sys.argv[2])
    folder = tempfile.mkdtemp(prefix='comity-evidence-')
    node = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse', 'per'])
    other = Node(folder, 'xd.contact', 'Dorland Contact Point', ['marta'])
    peers = [Deliverer('xc.contact'), Deliverer('xe.contact')]
    slow = Slow(3000)
    case = Case(node, folder)
    try:
        node.start()
        other.start()
        for who in (node, node, other):
            who.login()
        for peer in peers:
            become_peers(node, peer)
        objects = [case.asks(peer) for peer in peers]
        lame = peers[1].announce(objects[1], sha256(b'slow'), slow.length, slow)
        check('the slow peer begins', slow.begun.wait(20))
        alive = node.pid('node')
        deliver_at_once(case, other)
        out_of_turn(case, peers[0])
        fetching(case, peers[0], objects[0])
        before = rss(node)
        name, good = opening(case, peers[0], peers[1], objects[0])
        persons(case, name, good)
        there = until('the slow peer is left', 60, lambda: 'trouble' in case.show(lame) and case.show(lame))
        check('the slow peer: net_deadline', there['trouble']['rule'] == 'net_deadline' and there['state'] == 'available', there)
        check('memory is flat', rss(node) < before + 16384, (before, rss(node)))
        check('the node lives', node.pid('node') == alive)
    finally:
        slow.stop.set()
        node.stop()
        other.stop()
        for peer in peers:
            shutil.rmtree(peer.folder)
    for peer in peers:
        for number, text in enumerate(peer.wire):
            faults = schemas.faults(text)
            check('message %d of %s is valid by the schemas' % (number, peer.node), not faults, faults)
    print('%d checks hold, %d do not' % (python_peer.PASSED, python_peer.FAILED))
    if not python_peer.FAILED:
        shutil.rmtree(folder)
    return 1 if python_peer.FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
