#!/usr/bin/env python3
"""hi1_hostile.py COMITY ETSI: a confirmed peer that has gone bad, an unconfirmed one and strangers against a real node. Every
error of doc/spec/profile.md is provoked; each answer must be the right one, signed, for exactly these bytes and valid by
ETSI's schemas; nothing may be stored, memory stays flat, the node lives."""
import base64, concurrent.futures, copy, hashlib, http.client, json, os, shutil, signal, socket, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import python_peer
from python_peer import Node, Schemas, answers, become_peers, check, conformance, until

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data')
new_id, plain, word = conformance.new_id, conformance.plain, conformance.word
DAY = 86400


def create(*objects):
    return [{'CREATE': {'HI1Object': o}} for o in objects]


def update(o, **members):
    members = {k.replace('__', ':'): v for k, v in members.items()}
    return [{'UPDATE': {'HI1Object': dict({'@xsi:type': o['@xsi:type'], 'ObjectIdentifier': o['ObjectIdentifier']}, **members)}}]


def codes(message):
    """[code] of a message that was refused as a whole, else one for each action: 0 is a yes."""
    payload = message['Payload']['ResponsePayload']
    if 'ErrorInformation' in payload:
        return [payload['ErrorInformation']['ErrorCode']]
    return [a['ErrorInformation']['ErrorCode'] if 'ErrorInformation' in a else 0 for a in answers(message)]


class Bad:
    """What the node says to `peer`, and what it has stored."""

    def __init__(self, node, peer, schemas):
        self.node, self.peer, self.schemas, self.sent, self.others = node, peer, schemas, 0, new_id()

    def stored(self):
        there = self.node.call('GET', '/api/v1/node')
        return there['register_size'], len(self.node.call('GET', '/api/v1/requests')['requests'])

    def say(self, text, signed=None):
        """Posts bytes; the verified answer. `signed`: the message that they say, when its signature is no matter."""
        m = json.loads(text) if signed is None else dict(signed)
        m.pop('Signature', None)
        self.sent += 1
        status, answer = self.peer.post(text)
        assert status == 200, (status, answer[:600])
        faults = self.schemas.faults(answer)
        assert not faults, faults
        return self.peer.verified(answer, conformance.sha256(plain(m)))[0]

    def at_once(self, messages):
        """Posts them together; the codes of each answer, sorted. No two have the same bytes."""
        texts = [self.peer.signed(changed(m, Timestamp=conformance.stamp(time.time() + i))) for i, m in enumerate(messages)]
        with concurrent.futures.ThreadPoolExecutor(len(texts)) as pool:
            return sorted(codes(json.loads(answer)) if status == 200 else [status] for status, answer in pool.map(self.peer.post, texts))

    def refuses(self, what, want, message, text=None, key=None, cert=None):
        """`want` is the list of codes. Nothing may be stored."""
        before = self.stored()
        try:
            got = codes(self.say(text or self.peer.signed(message, key=key, cert=cert), message))
            check('%s is %s' % (what, want), got == want, got)
        except Exception as fault:  # an answer that is none is a fault of this check, not of all
            check('%s is %s' % (what, want), False, '%s %s' % (type(fault).__name__, fault))
        check('%s stores nothing' % what, self.stored() == before, (before, self.stored()))

    def takes(self, what, kind, actions, message=None, acts=1):
        before = self.stored()
        m = message or self.peer.message(kind, actions)
        try:
            answer = self.say(self.peer.signed(m), m)
            check('%s is taken' % what, set(codes(answer)) == {0}, answer['Payload'])
        except Exception as fault:
            check('%s is taken' % what, False, '%s %s' % (type(fault).__name__, fault))
        check('%s is %d acts' % (what, acts), self.stored()[0] == before[0] + acts, (before, self.stored()))

    def no_message(self, what, statuses, body, kind='application/json', peer=None, show=True):
        """Bytes that cannot be answered by a message."""
        before = self.stored()
        status, answer = (peer or self.peer).call('POST', '/hi1/v1', body, kind, self.peer.anchor, show)
        self.sent += 1
        check('%s is %s' % (what, statuses), status in statuses, (status, answer[:400]))
        check('%s stores nothing' % what, self.stored() == before)
        return answer


def changed(message, **header):
    m = copy.deepcopy(message)
    m['Header'].update(header)
    return m


def who_speaks(bad, other, stranger):
    peer = bad.peer
    get = lambda: peer.message(None, [{'GET': {'Identifier': new_id()}}])
    m = get()
    bad.refuses('a message without signature', [41006], m, plain(m))
    bad.refuses('a signature by another key', [41007], get(), key=other.sign_key)
    m = get()
    text = peer.signed(m)
    at = text.index(m['Payload']['RequestPayload']['ActionRequests']['ActionRequest'][0]['GET']['Identifier'].encode())
    text = text[:at] + (b'0' if text[at:at + 1] != b'0' else b'1') + text[at + 1:]
    m = json.loads(text)
    bad.refuses('a byte changed after signing', [41007], m, text)
    # After a renewal the certificate is another one over the same key: such a message is judged on, to its unknown object.
    bad.refuses('another certificate of the same key', [42001], get(), cert=other.sign)
    bad.refuses('the certificate and key of another peer', [41008], get(), key=other.sign_key, cert=other.sign)
    m = json.loads(peer.signed(get()))
    m['Signature']['signature'] = m['Signature']['signature'][:-2]
    bad.refuses('a short signature', [41006], m, plain(m))
    m = json.loads(peer.signed(get()))
    m['Signature']['signature'] = '=' + m['Signature']['signature'][1:]
    bad.refuses('a signature that is no base64url', [41006], m, plain(m))
    m = json.loads(peer.signed(get()))
    for header in ({'alg': 'none'}, {'alg': 'ES256', 'typ': 'comity-card+jws'}, {'alg': 'HS256', 'typ': 'comity-hi1+jws'}):
        m['Signature']['protected'] = conformance.b64u(plain(dict({'x5t#S256': conformance.b64u(conformance.sha256(conformance.der(peer.sign)))}, **header)))
        bad.refuses('a header %s' % header, [41006], m, plain(m))
    bad.refuses('another sender than the peer of the line', [41004], changed(get(), SenderIdentifier={'CountryCode': 'XD', 'UniqueIdentifier': 'contact'}),
                key=other.sign_key, cert=other.sign)
    bad.refuses('another receiver', [41005], changed(get(), ReceiverIdentifier={'CountryCode': 'XD', 'UniqueIdentifier': 'contact'}))
    bad.refuses('another version', [41002], changed(get(), Version=dict(get()['Header']['Version'], ETSIVersion='V1.22.1')))
    bad.refuses('another profile', [41003], changed(get(), Version=dict(get()['Header']['Version'], NationalProfileOwner='other')))
    m = peer.message(None, [{'GETResponse': {}}], response=True)
    bad.refuses('a response as a request', [41001], m)
    body = peer.signed(get())
    answer = bad.no_message('no client certificate', [422], body, show=False)
    check('no client certificate: peer_unknown', b'peer_unknown' in answer, answer)
    answer = bad.no_message('a certificate of nobody', [422], body, peer=stranger)
    check('a certificate of nobody: peer_unknown', b'peer_unknown' in answer, answer)


def once_only(bad):
    peer = bad.peer
    m = peer.message('pres', create(*peer.pres()))
    text = peer.signed(m)
    before = bad.stored()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda i: peer.post(text), range(16)))
    check('sixteen at once get one answer', len(set(got)) == 1 and got[0][0] == 200, [(s, a[-80:]) for s, a in set(got)])
    check('sixteen at once are one act', bad.stored() == (before[0] + 1, before[1] + 1), (before, bad.stored()))
    one = create(*peer.pres())
    for what, made in (('new requests', lambda: create(*peer.pres())), ('one request', lambda: one)):
        before = bad.stored()
        heard = bad.at_once(peer.message('pres', made(), bad.others) for _ in range(16))
        check('sixteen messages of %s under one transaction: one is taken' % what, heard == [[0, 0, 0]] + [[41010]] * 15, heard)
        check('sixteen messages of %s under one transaction are one act' % what, bad.stored() == (before[0] + 1, before[1] + 1), (before, bad.stored()))
        bad.others = new_id()
    again = peer.post(peer.signed(m))
    check('signed anew, it gets the same answer', again == got[0], again)
    bad.refuses('other bytes under a known transaction', [41010], changed(m, Timestamp=conformance.stamp()))
    bad.kept = text, got[0]
    auth, doc, task = (a['CREATE']['HI1Object'] for a in m['Payload']['RequestPayload']['ActionRequests']['ActionRequest'])
    other = dict(auth, **{'auth:AuthorisationReference': 'another'})
    bad.refuses('a known object with other contents', [42002, 42000, 42000], peer.message('pres', create(other, doc, task)))
    bad.takes('known objects with the same contents', 'pres', create(auth, doc, task), acts=0)
    auth2, doc2, task2 = peer.pres()
    doc2['AssociatedObjects'] = {'AssociatedObject': [auth['ObjectIdentifier']]}
    task2['AssociatedObjects'] = {'AssociatedObject': [auth['ObjectIdentifier'], doc2['ObjectIdentifier']]}
    bad.takes('a known object beside new ones', 'pres', create(auth, doc2, task2))
    check('the new request is there', any(r['request'] == doc2['ObjectIdentifier'] for r in bad.node.call('GET', '/api/v1/requests')['requests']))
    auth, new_doc, new_task = peer.pres()
    other = dict(auth, **{'auth:AuthorisationReference': 'another'})
    bad.refuses('one object twice', [42000, 42000, 42000, 42002], peer.message('pres', create(auth, new_doc, new_task, other)))
    return doc, task


def whose_it_is(bad, other, doc, task):
    """The registrar rule, and what belongs to others."""
    peer = bad.peer
    bad.refuses('UPDATE of nothing', [42001], peer.message('pres', update(peer.pres()[2], **{'task:DesiredStatus': word('LPTaskDesiredStatus', 'Cancelled')})))
    bad.refuses('UPDATE of another type', [42001], peer.message('pres', update(dict(task, **{'@xsi:type': doc['@xsi:type']}))))
    for name, member in (('task:Status', word('LPTaskStatus', 'Preserved')), ('task:PreservationExpiration', conformance.second(time.time() + 9 * DAY)),
                         ('task:StatusReason', {'ErrorCode': 44001, 'ErrorDescription': 'preserved_in_part: some'}), ('LastChanged', conformance.second())):
        bad.refuses('the creator sets %s' % name, [42003], peer.message('pres', update(task, **{name: member})))
        if name != 'LastChanged':
            new = peer.pres()
            bad.refuses('%s in a CREATE' % name, [42000, 42000, 42003], peer.message('pres', create(new[0], new[1], dict(new[2], **{name: member}))))
    desired = {'task:DesiredStatus': word('LPTaskDesiredStatus', 'Cancelled')}
    bad.refuses('a stale generation', [42004], peer.message('pres', update(task, Generation=7, **desired)))
    bad.refuses('a change that nobody acts on', [42005], peer.message('pres', update(task, Generation=1, **desired)))

    theirs = [o for o in other.pres()]
    other.say('pres', create(*theirs))
    bad.refuses('UPDATE of the object of another peer', [42001], peer.message('pres', update(theirs[2], **desired)))
    bad.refuses('GET of the object of another peer', [42001], peer.message(None, [{'GET': {'Identifier': theirs[1]['ObjectIdentifier']}}]))
    note = peer.preserved(theirs[1], theirs[2], conformance.second(time.time() + 9 * DAY))[1:]
    bad.refuses('the state of a request of another peer', [42011], peer.message('pres', note))
    loose = copy.deepcopy(note)
    del loose[0]['CREATE']['HI1Object']['notification:StatusOfAssociatedObjects']
    bad.refuses('a link to an object of another peer', [42011], peer.message('pres', loose))
    new = peer.pres()
    stolen = dict(new[2], ObjectIdentifier=theirs[2]['ObjectIdentifier'])
    bad.refuses('CREATE under an identifier of another peer', [42000, 42000, 42002], peer.message('pres', create(new[0], new[1], stolen)))
    bad.refuses('the side that asked says "preserved"', [42003], peer.message('pres', peer.preserved(doc, task, conformance.second(time.time() + 9 * DAY))[1:]))
    mine = bad.node.call('GET', '/api/v1/requests/' + doc['ObjectIdentifier'])
    check('the request is where it was', mine['state'] == 'acknowledged', mine)

    asked = len(peer.taken)
    draft = json.load(open(os.path.join(python_peer.DRAFTS, 'pres.json')))
    request = bad.node.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': peer.node})['request']
    until('the request reaches the peer', 20, lambda: len(peer.taken) > asked)
    until('its receipt is kept', 20, lambda: 'receipt_taken' in [a['type'] for a in bad.node.call('GET', '/api/v1/requests/' + request)['acts']])
    objects = [a['CREATE']['HI1Object'] for a in peer.taken[-1]['Payload']['RequestPayload']['ActionRequests']['ActionRequest']]
    bad.refuses('the registrar sets contents', [42003], peer.message('pres', update(objects[2], Generation=2, **desired)))
    end = conformance.second(time.time() + 70 * DAY)
    told = peer.preserved(objects[1], objects[2], end)
    other_told = json.loads(plain(told).decode().replace('"XC"', '"XD"'))
    before = bad.stored()
    answer = other.say('pres', other_told)[1]
    check('another peer says "preserved" for the one that was asked', codes(answer) == [42001, 42000] and bad.stored() == before, codes(answer))
    bad.takes('UPDATE and Notification of the registrar', 'pres', told)
    there = bad.node.call('GET', '/api/v1/requests/' + request)
    check('preserved as told', there['state'] == 'preserved', there)
    bad.refuses('an older generation of the registrar', [42004], peer.message('pres', update(objects[2], Generation=1, **{'task:Status': word('LPTaskStatus', 'Cancelled')})))
    withdrawal = peer.preserved(doc, task, end)[1:]
    note = withdrawal[0]['CREATE']['HI1Object']
    note['notification:NotificationType'] = word('NotificationType', 'Withdrawal', 'comity')
    for state in note['notification:StatusOfAssociatedObjects']['notification:AssociatedObjectStatus']:
        state['notification:Status'] = word('RequestState', 'withdrawn', 'comity')
    def ends():
        note['ObjectIdentifier'] = new_id()
        return copy.deepcopy(update(task, **desired) + withdrawal)
    before, transaction = bad.stored(), new_id()
    heard = bad.at_once(peer.message('pres', ends(), transaction) for _ in range(16))
    check('sixteen withdrawals under one transaction: one is taken', heard == [[0, 0]] + [[41010]] * 15, heard)
    check('sixteen withdrawals under one transaction are one act', bad.stored()[0] == before[0] + 1, (before, bad.stored()))
    mine = bad.node.call('GET', '/api/v1/requests/' + doc['ObjectIdentifier'])
    check('the request is withdrawn', mine['state'] == 'withdrawn', mine)
    again = copy.deepcopy(withdrawal)
    again[0]['CREATE']['HI1Object']['ObjectIdentifier'] = new_id()
    bad.refuses('a withdrawal of what is withdrawn', [42005], peer.message('pres', again))


def clocks(bad):
    peer = bad.peer
    listing = [{'LIST': {'MaximumObjectCount': 100}}]
    for what, seconds, good in (('700 s ahead', 700, False), ('31 days behind', -31 * DAY, False), ('500 s ahead', 500, True), ('29 days behind', -29 * DAY, True)):
        m = changed(peer.message(None, listing), Timestamp=conformance.stamp(time.time() + seconds))
        if good:
            bad.takes('a message %s' % what, None, None, m, acts=0)
        else:
            bad.refuses('a message %s' % what, [41009], m)
        bad.takes('pres %s' % what, None, None, changed(peer.message('pres', create(*peer.pres())), Timestamp=conformance.stamp(time.time() + seconds)))


def kinds(bad):
    peer, head, rows = bad.peer, None, []
    for line in open(os.path.join(TABLES, 'request_kinds.tab'), encoding='utf-8'):
        cells = line.rstrip('\n').split('\t')
        if line.startswith('#') or len(cells) < 2:
            continue
        if head is None:
            head = [c.split(':')[0] for c in cells]
        else:
            rows.append(dict(zip(head, cells)))
    without = [r['code'] for r in rows if r['works'] == 'no']
    words = {r['family'] for r in rows if r['works'] == 'no'}
    check('every kind works that is a request', len(rows) == 53 and words == {'side', 'report'}, (len(rows), words))
    bad.refuses('a kind of no table', [42000, 42008, 42000], peer.message('nonsense', create(*peer.pres('nonsense'))))
    for kind in without:
        bad.refuses('kind %s' % kind, [42000, 42006, 42000], peer.message(kind, create(*peer.pres(kind))))


def contents(bad):
    peer = bad.peer
    bad.takes('pres with gaps', 'pres', create(*peer.pres(necessity=None, mla_follow_up=None)))
    bad.takes('pres without task', 'pres', create(*peer.pres()[:2]))
    bad.refuses('stored with gaps and a task', [42000, 42007, 42000], peer.message('stored', create(*peer.pres('stored'))))
    bad.refuses('stored with gaps', [42000, 42007], peer.message('stored', create(*peer.pres('stored')[:2])))

    def document(what, want, change):
        auth, doc, task = peer.pres()
        change(doc)
        bad.refuses(what, [42000, want, 42000], peer.message('pres', create(auth, doc, task)))

    def body(text):
        def put(doc):
            doc['doc:DocumentBody'].update({'doc:Contents': conformance.b64(text), 'doc:Checksum': hashlib.sha256(text).hexdigest()})
        return put
    document('a wrong checksum', 42008, lambda doc: doc['doc:DocumentBody'].update({'doc:Checksum': '0' * 64}))
    document('a document of another id', 42008, lambda doc: doc.update(ObjectIdentifier=new_id()))
    document('a document that is no JSON', 42008, body(b'garbage'))
    document('a document with a member twice', 42008, body(b'{"kind":"pres","kind":"pres"}'))
    document('a document with an unknown member', 42008, lambda doc: body(plain(dict(json.loads(base64.b64decode(doc['doc:DocumentBody']['doc:Contents'])), other=1)))(doc))
    for what, party in (('another node', {'country': peer.country, 'node': 'xd.contact'}), ('another State', {'country': 'XD'})):
        bad.refuses('a request in the name of %s' % what, [42000, 42008, 42000],
                    peer.message('pres', create(*peer.pres(requesting=dict(party, name='Other', role='contact_point', phone='+99935550124')))))
    document('base64 with bits left over', 42008, lambda doc: doc['doc:DocumentBody'].update({'doc:Contents': 'QR==', 'doc:Checksum': hashlib.sha256(b'A').hexdigest()}))
    document('no body', 42007, lambda doc: doc.pop('doc:DocumentBody'))
    document('an unknown member', 3007, lambda doc: doc.update({'doc:Other': 'x'}))
    document('a value of no dictionary', 42009, lambda doc: doc.update({'doc:DocumentType': word('DocumentType', 'Novel', 'comity')}))
    document('an identifier in capitals', 42010, lambda doc: doc.update(ObjectIdentifier=new_id().upper()))
    document('an empty name', 3007, lambda doc: doc.update({'doc:DocumentName': ''}))
    auth, doc, task = peer.pres()
    bad.refuses('a link to nothing', [42011, 42000, 42000], peer.message('pres', create(dict(auth, AssociatedObjects={'AssociatedObject': [new_id()]}), doc, task)))
    bad.refuses('a task without its request', [42011, 42011], peer.message('pres', create(auth, dict(task, AssociatedObjects={'AssociatedObject': [auth['ObjectIdentifier']]}))))
    one, two = peer.pres(), peer.pres()
    bad.refuses('two requests', [42000] * 4 + [3001, 3001], peer.message('pres', create(*one, *two)))
    bad.refuses('a request of another workflow', [41014], peer.message('stored', create(*peer.pres()[:2])))
    bad.refuses('a request without workflow', [41014], peer.message(None, create(*peer.pres())))
    auth, doc, task = peer.pres()
    bad.refuses('interception', [42000, 42000, 42000, 3001], peer.message('pres', create(auth, doc, task, peer.object('2020/09/Task', 'LITask'))))
    delivery = peer.object('2019/10/Delivery', 'Delivery')
    m = peer.message('pres', [{'DELIVER': {'Identifier': delivery['ObjectIdentifier'], 'HI1Object': delivery}}])
    bad.refuses('a delivery of nothing', [42007], m)
    vector = json.load(open(os.path.join(TABLES, '..', 'tests', 'vectors', 'hi1', 'accept', '06-deliver-request.json')))
    deliver = next(a for a in vector['Payload']['RequestPayload']['ActionRequests']['ActionRequest'] if 'DELIVER' in a)
    deliver['DELIVER']['HI1Object'].update(CountryCode='XC', AssociatedObjects={'AssociatedObject': [one[2]['ObjectIdentifier']]})
    deliver.pop('ActionIdentifier')
    m = peer.message('stored', [deliver])
    m.update({k: v for k, v in vector.items() if k.startswith('@xmlns')})
    bad.refuses('a delivery that nobody asked for', [42011], m)


def shape(bad):
    peer = bad.peer
    get = lambda n: [{'GET': {'Identifier': new_id()}} for _ in range(n)]
    bad.refuses('64 actions', [42001] * 64, peer.message(None, get(64)))
    bad.refuses('65 actions', [41012], peer.message(None, get(65)))
    for what, change in (('from 1', lambda a: [x.update(ActionIdentifier=x['ActionIdentifier'] + 1) for x in a]), ('twice', lambda a: a[1].update(ActionIdentifier=0)),
                         ('with a hole', lambda a: a[1].update(ActionIdentifier=2)), ('in text', lambda a: a[1].update(ActionIdentifier='1'))):
        m = peer.message(None, get(2))
        change(m['Payload']['RequestPayload']['ActionRequests']['ActionRequest'])
        bad.refuses('actions numbered %s' % what, [41013], m)
    for what, actions in (('no action', []), ('two verbs', [dict(get(1)[0], GETCSPCONFIG={})]), ('an unknown verb', [{'DELETE': {}}]), ('no verb', [{}])):
        bad.refuses(what, [41001], peer.message(None, actions))
    m = peer.message(None, get(1))
    m['Other'] = 1
    bad.refuses('an unknown member of the message', [41001], m)
    m = peer.message(None, get(1))
    m['Payload']['Other'] = 1
    bad.refuses('an unknown member of the payload', [41001], m)
    m = peer.message(None, get(1))
    m['Signatures'] = []
    bad.refuses('the other form of signature', [41001], m)
    m = peer.message(None, get(1))
    del m['@xmlns']
    bad.refuses('no namespace', [41001], m)
    for what, header in (('a time that is no time', {'Timestamp': '2026-13-45T99:00:00Z'}), ('an unknown member of the header', {'Other': 1})):
        bad.refuses(what, [41001], changed(peer.message(None, get(1)), **header))


def bytes_that_are_no_message(bad):
    peer = bad.peer
    good = peer.signed(peer.message(None, [{'GET': {'Identifier': new_id()}}]))
    no_transaction = json.loads(good)
    del no_transaction['Header']['TransactionIdentifier']
    deep = b'{"Header":' + b'[' * 40 + b']' * 40 + b',' + good[1:]
    for what, body in (('nothing', b''), ('garbage', b'garbage'), ('zeros', bytes(1000)), ('half a message', good[:len(good) // 2]), ('two messages', good + good),
                       ('a byte order mark', b'\xef\xbb\xbf' + good), ('bytes that are no UTF-8', good.replace(b'contact', b'cont\xff\xfect', 1)),
                       ('half a surrogate', good.replace(b'contact', b'cont\\ud800ct', 1)), ('a member twice', good.replace(b'"Header":', b'"Header":{},"Header":', 1)),
                       ('40 levels', deep), ('a million brackets', b'[' * 1000000), ('NaN', good.replace(b'"ActionIdentifier":0', b'"ActionIdentifier":NaN')),
                       ('a list', b'[1]'), ('a text', b'"x"'), ('an object without a header', b'{}'), ('no transaction', plain(no_transaction)),
                       ('no transaction that is one', good.replace(no_transaction and json.loads(good)['Header']['TransactionIdentifier'].encode(), b'x'))):
        bad.no_message(what, [400, 422], body)
    bad.no_message('a huge number', [200, 400, 422], good.replace(b'"ActionIdentifier":0', b'"ActionIdentifier":1e999999'))
    for what, head, piece in (('a length of 1 MiB and a byte', 'Content-Length: 1048577', b''), ('chunks of more than 1 MiB', 'Transfer-Encoding: chunked', b'10000\r\n%s\r\n' % bytes(65536))):
        got = too_large(peer, head, piece)
        check('%s is 413' % what, got == b'413', got)
    bad.no_message('another media type', [200, 415, 422], good, 'text/plain')


def too_large(peer, head, piece):
    host, port = peer.other.rsplit(':', 1)
    with socket.create_connection((host, int(port)), 20) as plain_line, peer.context(peer.anchor).wrap_socket(plain_line) as line:
        line.sendall(b'POST /hi1/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s\r\n\r\n' % head.encode())
        for _ in range(17 if piece else 0):
            line.sendall(piece)
        line.sendall(b'0\r\n\r\n' if piece else b'')
        return line.recv(64)[9:12]


def lists(bad):
    """More objects than a page: a walk by StartTime finds each once in order, and every page is whole seconds."""
    peer = bad.peer
    ask = lambda start, **more: answers(bad.say(peer.signed(peer.message(None, [{'LIST': dict({'LastChanged': start, 'MaximumObjectCount': 100}, **more)}]))))[0][
        'LISTResponse'].get('ListResponseRecord', [])
    for _ in range(60):
        peer.say('pres', create(*peer.pres()))
    every = ask(conformance.second(time.time() - 3600), MaximumObjectCount=1000)
    check('there is more than one page', len(every) > 200, len(every))
    found, start = {}, conformance.second(time.time() - 3600)
    for pages in range(1, 100):
        page = ask(start)
        keys = [(r['LastChanged'], r['Identifier']) for r in page]
        check('page %d is in order and no longer than was asked' % pages, keys == sorted(keys) and len(page) <= 100, len(page))
        if not page:
            break
        found.update((r['Identifier'], r) for r in page)
        last = page[-1]['LastChanged']
        whole = {r['Identifier'] for r in every if r['LastChanged'] == last}
        check('page %d ends between two seconds' % pages, whole <= set(found), (last, len(whole)))
        start = conformance.second(python_peer.parsed(last) + 1)
    check('the walk finds every object', set(found) == {r['Identifier'] for r in every}, (len(found), len(every)))
    check('it needs several pages', pages > 2, pages)
    tasks = ask(conformance.second(time.time() - 3600), ObjectType=word('ObjectType', 'LPTask'), MaximumObjectCount=1000)
    check('LIST by type', {r['ObjectType']['common:Value'] for r in tasks} == {'LPTask'} and len(tasks) < len(every), len(tasks))
    theirs = [ask(conformance.second(time.time() - 3600), CountryCode=country, MaximumObjectCount=1000) for country in ('XC', 'XA')]
    check('LIST by country', theirs == [every, []], [len(t) for t in theirs])
    span = answers(bad.say(peer.signed(peer.message(None, [{'LIST': {'LastChangedTimespan': {'common:StartTime': every[0]['LastChanged'], 'common:EndTime': every[0]['LastChanged']}}}]))))
    span = span[0]['LISTResponse']['ListResponseRecord']
    check('LIST of one second', span == [r for r in every if r['LastChanged'] == every[0]['LastChanged']], len(span))
    for start in range(0, len(every), 64):
        got = answers(bad.say(peer.signed(peer.message(None, [{'GET': {'Identifier': r['Identifier']}} for r in every[start:start + 64]]))))
        same = [a['GETResponse']['HI1Object']['ObjectIdentifier'] for a in got] == [r['Identifier'] for r in every[start:start + 64]]
        same = same and all(a['GETResponse']['HI1Object']['Generation'] == r['Generation'] for a, r in zip(got, every[start:start + 64]))
        check('GET of what LIST found', same, got[:1])


def large_answers(bad):
    """What is asked for is longer than a message may be: never found out after something became durable."""
    peer = bad.peer
    auth, doc, task = peer.pres(facts='x' * 15000, necessity='y' * 15000)
    peer.say('pres', create(auth, doc, task))
    get = [{'GET': {'Identifier': doc['ObjectIdentifier']}}]
    new = peer.pres()
    bad.refuses('a change and many questions in one message', [42000] * 3 + [3001] * 40, peer.message('pres', create(*new) + get * 40))
    bad.refuses('a change and a question', [42000] * 3 + [3001], peer.message('pres', create(*new) + get))
    bad.refuses('more than fits into an answer', [41011], peer.message(None, get * 40))
    got = answers(bad.say(peer.signed(peer.message(None, get * 8))))
    check('less at once is told', [a['GETResponse']['HI1Object']['ObjectIdentifier'] for a in got] == [doc['ObjectIdentifier']] * 8, got[:1])


def reader_that_hangs(bad):
    """Bytes that keep the message reader busy for ever would make the node deaf: it is ended and another one started."""
    peer = bad.peer
    ask = lambda: peer.post(peer.signed(peer.message(None, [{'GET': {'Identifier': new_id()}}])))[0]
    pid = bad.node.pid('reader-message')
    os.kill(pid, signal.SIGSTOP)
    check('while it hangs, the node says that it cannot answer', ask() == 503)
    until('another message reader', 20, lambda: bad.node.pid('reader-message') not in (None, pid) and ask() == 200)


def memory_of(node):
    """KiB of the node's processes that are theirs alone: what they share with other programs is no matter here."""
    total = 0
    for entry in os.listdir('/proc'):
        try:
            parent = int(open('/proc/%s/stat' % entry).read().rsplit(')', 1)[1].split()[1])
            if parent == node.process.pid or entry == str(node.process.pid):
                total += next(int(line.split()[1]) for line in open('/proc/%s/smaps_rollup' % entry) if line.startswith('Pss_Anon:'))
        except (OSError, ValueError, StopIteration):
            continue
    return total


def memory(bad):
    """500 bad messages after as many that warm up."""
    peer = bad.peer
    auth, doc, task = peer.pres()
    big = copy.deepcopy(doc)
    big['doc:DocumentBody'].update({'doc:Contents': conformance.b64(bytes(500000)), 'doc:Checksum': '0' * 64})
    texts = [plain(peer.message(None, [{'GET': {'Identifier': new_id()}}])), b'[' * 500000, b'{' * 1000, bytes(1000000), b'{"Header":{}}',
             peer.signed(peer.message('pres', create(auth, big, task))), peer.signed(peer.message('extradite', create(*peer.pres('extradite')))),
             peer.signed(peer.message(None, [{'GET': {'Identifier': new_id()}}] * 64)), peer.signed(peer.message('pres', update(task))),
             peer.signed(peer.message('pres', create(*peer.pres())), key=peer.root_key)]
    connection = http.client.HTTPSConnection(peer.other, context=peer.context(peer.anchor), timeout=60)

    def hundreds(n):
        for i in range(n * 100):
            connection.request('POST', '/hi1/v1', body=texts[i % len(texts)], headers={'Content-Type': 'application/json'})
            connection.getresponse().read()
    before = bad.stored()
    hundreds(5)
    first = memory_of(bad.node)
    hundreds(5)
    last = memory_of(bad.node)
    print('memory after 500 bad messages %d KiB, after 1000 %d KiB' % (first, last))
    check('memory stays flat over 500 bad messages', last - first < 2048, (first, last))
    check('1000 bad messages store nothing', bad.stored() == before, (before, bad.stored()))


def handshake(node, folder):
    """Strangers at the door, each with a code that was made for somebody."""
    peer = conformance.Peer('xe.contact')
    code = lambda: node.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
    whole = peer.call

    def meddle(path, change):
        def call(method, at, body=None, **more):
            return whole(method, at, change(body) if at == path else body, **more)
        return call

    def refused(what, rule, path, change, text):
        peer.call = meddle(path, change)
        try:
            check(what, False, peer.accept(text))
        except AssertionError as no:
            check('%s: %s' % (what, rule), rule in str(no), no)
        peer.call = whole

    flip = lambda at: lambda b: b[:at] + bytes([b[at] ^ 1]) + b[at + 1:]
    refused('an unknown invitation', 'invitation_unknown', '/peer/v1/commit', flip(0), code())
    refused('a commitment that the MAC does not cover', 'invitation_unknown', '/peer/v1/commit', flip(20), code())
    refused('a card that the MAC does not cover', 'invitation_unknown', '/peer/v1/commit', flip(100), code())
    refused('a commit that is cut', 'handshake_malformed', '/peer/v1/commit', lambda b: b[:-1], code())
    refused('a commit with more behind it', 'handshake_malformed', '/peer/v1/commit', lambda b: b + b'x', code())
    refused('a commit of nothing', 'handshake_malformed', '/peer/v1/commit', lambda b: b'', code())
    refused('another nonce than committed to', 'handshake_nonce', '/peer/v1/reveal', flip(20), code())
    refused('a reveal that is cut', 'handshake_malformed', '/peer/v1/reveal', lambda b: b[:47], code())
    text = code()
    for i in range(5):
        refused('wrong proof %d' % (i + 1), 'invitation_unknown', '/peer/v1/commit', flip(50), text)
    refused('the right proof after five wrong ones', 'invitation_unknown', '/none', flip(0), text)
    card = peer.card
    forged = json.loads(card)
    forged['roles'] = ['central_authority']
    peer.card = plain(forged)
    refused('a card that was changed by its own node', 'identity_signature', '/none', flip(0), code())
    forged = json.loads(card)
    peer.card = json.dumps(forged).encode()
    refused('a card in another spelling', 'card_json', '/none', flip(0), code())
    peer.card = card
    text = code()
    peer.accept(text)
    refused('a code that was used', 'invitation_unknown', '/none', flip(0), text)
    body = b'{}'
    status, answer = whole('POST', '/hi1/v1', body, kind='application/json', anchor=peer.anchor, show=True)
    check('a peer whose words nobody compared is not heard', status == 422 and b'peer_unknown' in answer, (status, answer))
    # What officers compared is what they confirm: no other card of that name comes between, before it or after.
    twin, late = conformance.Peer('xe.contact'), conformance.Peer('xe.contact')
    text, words = code(), {p['node']: p['words'] for p in node.call('GET', '/api/v1/peers')['peers']}['xe.contact']
    try:
        check('a second card while words wait', False, twin.accept(text))
    except AssertionError as no:
        check('a second card while words wait: peer_waits', 'peer_waits' in str(no), no)
    check('the words are still the same', {p['node']: p['words'] for p in node.call('GET', '/api/v1/peers')['peers']}['xe.contact'] == words)
    node.call('POST', '/api/v1/peers/xe.contact/refuse', 'api_peer_refuse', 'xe.contact', {})
    real = late.call

    def held_back(method, path, *rest, **more):
        if path == '/peer/v1/reveal':
            twin.accept(code())
            node.call('POST', '/api/v1/peers/xe.contact/confirm', 'api_peer_confirm', 'xe.contact', {})
        return real(method, path, *rest, **more)
    late.call = held_back
    try:
        check('a reveal that comes after a confirmation', False, late.accept(code()))
    except AssertionError as no:
        check('a reveal that comes after a confirmation: peer_exists', 'peer_exists' in str(no), no)
    status, answer = twin.post(twin.signed(twin.message(None, [{'GET': {'Identifier': new_id()}}])))
    check('the confirmed peer is still heard', status == 200, (status, answer))
    for one in (twin, late):
        shutil.rmtree(one.folder)
    shutil.rmtree(peer.folder)


def main():
    schemas = Schemas(sys.argv[2])
    folder = tempfile.mkdtemp(prefix='comity-hostile-')
    node = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse'])
    peer, other, stranger = (conformance.Peer(name) for name in ('xc.contact', 'xd.contact', 'xf.contact'))
    try:
        node.start()
        node.login()
        become_peers(node, peer), become_peers(node, other)
        stranger.other = peer.other
        bad = Bad(node, peer, schemas)
        who_speaks(bad, other, stranger)
        doc, task = once_only(bad)
        whose_it_is(bad, other, doc, task)
        clocks(bad)
        kinds(bad)
        contents(bad)
        shape(bad)
        bytes_that_are_no_message(bad)
        lists(bad)
        large_answers(bad)
        handshake(node, folder)
        memory(bad)
        check('the node lives', node.process.poll() is None and node.call('GET', '/api/v1/node')['node'] == 'xa.contact')
        log = open(node.home + '.log').read()
        check('no process was started again', not any(word in log for word in ('restart', 'died', 'runtime error', 'Sanitizer')), log[-500:])
        reader_that_hangs(bad)
        node.stop()
        node.start()
        check('after a restart the same bytes get the same answer', peer.post(bad.kept[0]) == bad.kept[1])
    finally:
        node.stop()
        for one in (peer, other, stranger):
            shutil.rmtree(one.folder)
    print('%d checks hold, %d do not' % (python_peer.PASSED, python_peer.FAILED))
    if not python_peer.FAILED:
        shutil.rmtree(folder)
    return 1 if python_peer.FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
