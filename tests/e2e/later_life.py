#!/usr/bin/env python3
"""later_life.py COMITY: what becomes of a preservation, seen at two real nodes: a request for the data holds it until the last
such request is decided, whoever decides it and whenever the node is down; either side reads what the other one wrote; it is extended, not extended, and ended. Both sides must
show the same state and the same end; what is asked wrongly is refused before it leaves, and by the other node."""
import base64, contextlib, copy, datetime, hashlib, json, os, shutil, sqlite3, signal, sys, tempfile, time, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import DRAFTS, Node, Path, Refused, run, until
from refusals import FAILED, PASSED, Peer, actions, check, plain, vector

REFUSAL = {'event': 'refuse', 'ground': 'domestic_prohibition', 'ground_article': '40(21)(c)', 'text': 'It is a public utility.'}
DATA_REFUSAL = dict(REFUSAL, justification='The hold ends today.')

QUESTION = {'event': 'ask', 'questions': [{'n': 1, 'question': 'Which one?'}], 'answer_by': '2031-03-01T12:00:00Z', 'effect_of_silence': 'none'}


def draft(name):
    return json.load(open(os.path.join(DRAFTS, name)))


def day(text, more):
    return (datetime.datetime.fromisoformat(text) + datetime.timedelta(days=more)).isoformat()


def ends(row):
    """The ends of the preservation among the clocks of a request."""
    return [d for d in row['deadlines'] if d['limit'] == 'hc-pres-min']


class Life:
    def __init__(self, xa, xb):
        self.xa, self.xb = xa, xb

    def ask(self, what):
        return self.xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': what, 'to': 'xb.contact'})

    def decide(self, request, **said):
        return self.xb.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, said)

    def both(self, request):
        return [node.call('GET', '/api/v1/requests/' + request) for node in (self.xa, self.xb)]

    def say(self, request, state, what):
        """Waits until both sides show `state`; both must show one end."""
        until('%s: both say %s' % (what, state), 20, lambda: all(r['state'] == state for r in self.both(request)))
        a, b = self.both(request)
        check('%s: both show one end' % what, a['preserved_until'] == b['preserved_until'], (a['preserved_until'], b['preserved_until']))
        return a, b

    def acts(self, request, *want):
        """Each word is an act, on both sides; it shows when it is signed."""
        until('the acts %s' % (want,), 20, lambda: tuple([a['type'] for a in row['acts']] for row in self.both(request)) == want)

    def preserved(self):
        asked = self.ask(draft('pres.json'))
        self.decide(asked['request'], event='preserve', order_reference='PO-1')
        a, b = self.say(asked['request'], 'preserved', 'a new preservation')
        return dict(asked, until=b['preserved_until'])

    def later(self, kind, pres, end=None, **more):
        """The draft of a request about a preservation."""
        what = dict(draft(kind + '.json'), preservation={'task': pres['task']})
        what['request']['relates_to'][0]['id'] = pres['request']
        if end:
            what['task'] = {'wanted_end': end}
        return dict(what, **more)

    def refused(self, rule, what):
        try:
            self.ask(what)
            check('%s: does not leave' % rule, False, what)
        except Refused as refusal:
            check('%s: does not leave' % rule, 'error:%s"' % rule in str(refusal), refusal)

    def wants_data(self, pres):
        stored = draft('stored.json')
        stored['preservation'] = {'task': pres['task']}
        asked = self.ask(stored)
        self.held(pres)
        return asked

    def held(self, pres):
        for row in self.say(pres['request'], 'held_pending_mla', 'a request for the data'):
            check('its end waits', row['held'] and [d['state'] for d in ends(row)] == ['held'], row['deadlines'])

    def runs_again(self, pres, what):
        for row in self.say(pres['request'], 'preserved', what):
            check('%s: the old end runs again' % what, not row['held'] and row['preserved_until'] == pres['until'] and
                  [(d['state'], d['ends_at']) for d in ends(row)] == [('running', pres['until'])], (pres, row['deadlines']))


def a_refusal_ends_the_hold(life):
    pres = life.preserved()
    data = life.wants_data(pres)
    life.decide(data['request'], event='execute')
    life.say(data['request'], 'executing', 'begun')
    life.held(pres)
    life.decide(data['request'], **DATA_REFUSAL)
    life.say(data['request'], 'refused', 'the data is refused')
    life.runs_again(pres, 'refused')
    life.acts(pres['request'], ['asked', 'receipt_taken', 'updated', 'updated', 'updated'], ['taken', 'decided', 'answered', 'answered'])


def shown(node, request):
    """What an officer sees: the command's own words."""
    return run(['request', 'show', request, '--home', node.home])


def words_and_documents_are_seen(life):
    """Either officer reads what the other one wrote, without opening a message by hand."""
    what = draft('pres.json')
    asked = life.ask(what)
    request, wrote = asked['request'], what['request']
    life.decide(request, text='Which of the two disks?\nWe see two.', **QUESTION)
    life.say(request, 'more_info', 'a question')
    life.decide(request, event='preserve', order_reference='PO-77/26', text='Both disks are copied.')
    life.say(request, 'preserved', 'a preservation with words')
    life.acts(request, ['asked', 'receipt_taken', 'updated', 'updated'], ['taken', 'decided', 'decided'])
    for node, row in zip((life.xa, life.xb), life.both(request)):
        there = row['document']
        want = {'facts': wrote['facts'], 'offences[2].code': 'illegal_access', 'data[1].relation': wrote['data'][1]['relation'],
                'custodian.name': 'NordBox Hosting', 'urgency.reason': wrote['urgency']['reason'], 'secrecy.keep_secret': 'true',
                'requesting.person': 'Ilse Maren', 'requesting.phone': '+99915550124', 'conducting.phone': '+99915550177',
                'task.values[1].value': what['task']['values'][1]['value']}
        check('%s: the request is to be read' % node.name, {k: there.get(k) for k in want} == want, there)
        check('%s: its period too' % node.name, all(datetime.datetime.fromisoformat(there['task.' + k]) ==
              datetime.datetime.fromisoformat(what['task'][k]) for k in ('start', 'end', 'wanted_end')), there)
        said = [(a['from'], a['document']['text'], a['document'].get('national_order.reference')) for a in row['answers']]
        check('%s: the words of the other officer' % node.name, said == [
            ('xb.contact', 'Which of the two disks?\nWe see two.', None), ('xb.contact', 'Both disks are copied.', 'PO-77/26')], said)
        check('%s: no questions are told that are not there' % node.name, '…' not in json.dumps(row['history'], ensure_ascii=False), row['history'])
        text = shown(node, request)
        check('%s: the command shows them' % node.name, all(w in text for w in (
            wrote['facts'], wrote['custodian']['name'], 'Which of the two disks?', 'Both disks are copied.', 'PO-77/26')), text)


def answer_action(document, body):
    """An answer document with these bytes, to the request `document`."""
    action = next(a for a in actions(vector('05-information-given.json')) if 'DocumentBody' in json.dumps(a))
    o = action['CREATE']['HI1Object']
    o['ObjectIdentifier'], o['AssociatedObjects']['AssociatedObject'] = str(uuid.uuid4()), [document]
    o['doc:DocumentBody'].update({'doc:Contents': base64.b64encode(body).decode(), 'doc:Checksum': hashlib.sha256(body).hexdigest()})
    return dict(action, ActionIdentifier=3)


def withdrawal(peer, task, document):
    """The asking side takes a request for data back."""
    status, text = peer.say(withdrawal_message(task, document))
    check('a withdrawal is taken', status == 200 and b'"ErrorInformation"' not in text, text[-500:])


def withdrawal_message(task, document, *more):
    m = vector('05-withdrawal-request.json')
    update, second, _, told = (next(iter(v for k, v in a.items() if k != 'ActionIdentifier'))['HI1Object'] for a in actions(m))
    update['ObjectIdentifier'], second['ObjectIdentifier'], told['ObjectIdentifier'] = task, document, str(uuid.uuid4())
    told['AssociatedObjects']['AssociatedObject'] = [document]
    told['notification:StatusOfAssociatedObjects']['notification:AssociatedObjectStatus'][0]['notification:AssociatedObject'] = document
    m['Payload']['RequestPayload']['ActionRequests']['ActionRequest'] = [
        {'ActionIdentifier': 0, 'UPDATE': {'HI1Object': update}}, {'ActionIdentifier': 1, 'UPDATE': {'HI1Object': second}},
        {'ActionIdentifier': 2, 'CREATE': {'HI1Object': told}}] + list(more)
    return m


def once(pairs):
    check('a member stands once', len(dict(pairs)) == len(pairs), pairs)
    return dict(pairs)


def a_spoiled_answer_is_not_taken(life, peer):
    """A peer's answer document that is no such document is refused, with all that came with it."""
    data = life.ask(draft('stored.json') | {'preservation': {'task': life.preserved()['task']}})
    id_ = data['request']
    wild = {'answers': id_, 'a': {'b': 'in'}, 'a.b': 'flat', 'text': 'x\x01\u202e', 'A': 'big', 'c d': '1', 'é': '2', '': 'none'}
    many = dict({'answers': id_}, **{'m%d' % i: i for i in range(5000)})
    for what in (wild, many):
        status, text = peer.say(withdrawal_message(data['task'], id_, answer_action(id_, json.dumps(what).encode())))
        check('it is refused', status == 200 and b'42008' in text, text[-500:])
    check('nothing came of it', [(r['state'], r['answers']) for r in life.both(id_)] == [('acknowledged', [])] * 2, life.both(id_)[1]['state'])
    withdrawal(peer, data['task'], id_)


def the_last_of_two_ends_it(life, peer):
    pres = life.preserved()
    first, second = life.wants_data(pres), life.wants_data(pres)
    life.decide(first['request'], **DATA_REFUSAL)
    life.say(first['request'], 'refused', 'the first of two')
    life.held(pres)
    withdrawal(peer, second['task'], second['request'])
    life.runs_again(pres, 'the second was withdrawn')


def same_end(life, pres, state, end, what):
    for row in life.say(pres['request'], state, what):
        check('%s: ends %s' % (what, end), datetime.datetime.fromisoformat(row['preserved_until']) == datetime.datetime.fromisoformat(end),
              row['preserved_until'])
        there = [(d['state'], datetime.datetime.fromisoformat(d['ends_at']) == datetime.datetime.fromisoformat(end)) for d in ends(row)]
        check('%s: one deadline' % what, there == [('over' if state == 'released' else 'running', True)], row['deadlines'])


def an_extension_is_granted(life):
    pres = life.preserved()
    wanted, less = day(pres['until'], 60), day(pres['until'], 30)
    asked = life.ask(life.later('pres_ext', pres, wanted))
    check('it is about the same task', asked['task'] == pres['task'] and asked['kind'] == 'pres_ext' and asked['receipt'], asked)
    same_end(life, pres, 'preserved', pres['until'], 'asked only')
    told = life.decide(asked['request'], event='extend', order_reference='PO-1/2')
    check('the officer sees what was told', told['state'] == 'extended', told)
    same_end(life, pres, 'extended', wanted, 'extended')
    for row in life.say(asked['request'], 'extended', 'the request itself'):
        check('a request about it has no end of its own', ends(row) == [] and row['task'] == pres['task'], row)
    life.acts(asked['request'], ['asked', 'receipt_taken', 'updated'], ['taken', 'decided'])
    again = life.ask(life.later('pres_ext', pres, day(wanted, 60)))
    life.decide(again['request'], text='How far is it?', **QUESTION)
    life.say(again['request'], 'more_info', 'a question')
    same_end(life, pres, 'extended', wanted, 'a question changes nothing')
    try:
        life.decide(again['request'], event='extend', until=wanted)
        check('an end that is not later', False)
    except Refused as refusal:
        check('an end that is not later', 'extension_not_later' in str(refusal), refusal)
    life.decide(again['request'], event='extend', until=day(wanted, 30))
    same_end(life, pres, 'extended', day(wanted, 30), 'extended again, by less than was wanted')
    life.refused('extension_not_later', life.later('pres_ext', pres, less))
    return pres


def an_extension_is_not_granted(life):
    pres = life.preserved()
    asked = life.ask(life.later('pres_ext', pres, day(pres['until'], 60)))
    for said, rule in (({}, 'refusal_unknown'), ({'ground': 'bank_secrecy', 'ground_article': '40(24)', 'text': 'No.'}, 'refusal_forbidden')):
        try:
            life.decide(asked['request'], event='keep_end', **said)
            check(rule, False)
        except Refused as refusal:
            check(rule, rule in str(refusal), refusal)
    life.decide(asked['request'], **dict(REFUSAL, event='keep_end'))
    life.say(asked['request'], 'not_extended', 'not extended')
    same_end(life, pres, 'preserved', pres['until'], 'not extended')
    check('the ground is told', 'domestic_prohibition' in life.both(asked['request'])[0]['told'], life.both(asked['request'])[0]['told'])
    try:
        life.decide(asked['request'], event='extend')
        check('what is over is not decided again', False)
    except Refused as refusal:
        check('what is over is not decided again', 'move_not_allowed' in str(refusal), refusal)


def an_extension_of_what_is_held(life):
    """There is no end to move: the node says so by itself, whichever came first."""
    pres = life.preserved()
    first = life.ask(life.later('pres_ext', pres, day(pres['until'], 60)))
    data = life.wants_data(pres)
    life.say(first['request'], 'held_pending_mla', 'asked before the request for the data')
    second = life.ask(life.later('pres_ext', pres, day(pres['until'], 60)))
    life.say(second['request'], 'held_pending_mla', 'asked after it')
    life.held(pres)
    life.decide(data['request'], **DATA_REFUSAL)
    life.runs_again(pres, 'the data is refused')


def it_is_ended(life):
    pres = life.preserved()
    open_ = life.ask(life.later('pres_ext', pres, day(pres['until'], 60)))
    asked = life.ask(life.later('pres_end', pres))
    life.decide(asked['request'], event='release')
    same_end(life, pres, 'released', pres['until'], 'ended')
    life.say(asked['request'], 'released', 'the request itself')
    life.say(open_['request'], 'already_released', 'an extension that was still open')
    life.refused('extension_too_late', life.later('pres_ext', pres, day(pres['until'], 60)))
    life.refused('move_not_allowed', life.later('pres_end', pres))
    return pres


def nobody_ends_it_alone(life):
    """Who preserves does not end what was promised: only a request of the other side, or the end, does."""
    pres = life.preserved()
    for state in ('preserved', 'held_pending_mla'):
        try:
            life.decide(pres['request'], event='release')
            check('%s: no release without a request' % state, False)
        except Refused as refusal:
            check('%s: no release without a request' % state, 'error:move_not_yours"' in str(refusal), refusal)
        try:
            life.decide(pres['request'], event='accept')
            check('%s: release is not offered' % state, False)
        except Refused as refusal:
            check('%s: release is not offered' % state, 'possible now' in str(refusal) and 'release' not in str(refusal), refusal)
        life.say(pres['request'], state, 'still %s' % state)
        if state == 'preserved':
            life.wants_data(pres)


def held_data_is_ended(life):
    pres = life.preserved()
    data = life.wants_data(pres)
    life.decide(life.ask(life.later('pres_end', pres))['request'], event='release')
    same_end(life, pres, 'released', pres['until'], 'ended while held')
    life.decide(data['request'], **DATA_REFUSAL)
    life.say(data['request'], 'refused', 'its request')
    same_end(life, pres, 'released', pres['until'], 'ended for good')


def asked_wrongly(life):
    undecided = life.ask(draft('pres.json'))
    later = '2099-01-01T00:00:00Z'
    life.refused('move_not_allowed', life.later('pres_ext', undecided, later))
    life.refused('move_not_allowed', life.later('pres_end', undecided))
    pres = life.preserved()
    life.refused('preservation_unknown', life.later('pres_ext', dict(pres, task=str(uuid.uuid4())), later))
    life.refused('preservation_unknown', life.later('pres_end', dict(pres, request=undecided['request'])))
    for task in (str(uuid.uuid4()), pres['request'], life.ask(dict(draft('stored.json'), preservation={'reference': 'XB-1'}))['task']):
        life.refused('preservation_unknown', dict(draft('stored.json'), preservation={'task': task}))
    no_end = life.later('pres_ext', pres)
    del no_end['task']
    life.refused('contents_missing', no_end)
    no_task = life.later('pres_end', pres)
    del no_task['preservation']
    life.refused('contents_missing', no_task)
    # The side that preserves cannot ask itself.
    own = life.later('pres_ext', pres, later)
    own['request']['requesting'].update(node='xb.contact', country='XB')
    try:
        life.xb.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': own, 'to': 'xa.contact'})
        check('the other side does not ask', False)
    except Refused as refusal:
        check('the other side does not ask', 'preservation_unknown' in str(refusal), refusal)
    return pres, undecided


def message(kind, pres, desired, end=None, **members):
    """A message about a preservation as another program would write it, from the vector."""
    m = vector('03-pres-ext-request.json', WorkflowIdentifier=kind)
    doc, task = (next(v for k, v in a.items() if k != 'ActionIdentifier')['HI1Object'] for a in actions(m))
    doc['ObjectIdentifier'] = str(uuid.uuid4())
    doc['AssociatedObjects']['AssociatedObject'] = [pres['request'], pres['task']]
    body = json.loads(base64.b64decode(doc['doc:DocumentBody']['doc:Contents']))
    body.update(id=doc['ObjectIdentifier'], kind=kind)
    body['relates_to'][0]['id'] = pres['request']
    if kind == 'pres_end':
        del body['mla_state'], body['urgency']
    text = plain(body)
    doc['doc:DocumentBody'].update({'doc:Contents': base64.b64encode(text).decode(), 'doc:Checksum': hashlib.sha256(text).hexdigest()})
    task.update(dict({'ObjectIdentifier': pres['task']}, **{k.replace('__', ':'): v for k, v in members.items()}))
    task['AssociatedObjects']['AssociatedObject'] = [pres['request'], doc['ObjectIdentifier']]
    task['task:DesiredStatus']['common:Value'] = desired
    del task['task:DesiredPreservationExpiration']
    if end:
        task['task:DesiredPreservationExpiration'] = end
    return m, doc, task


def utc(text):
    return datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def data_of_no_preservation(life, peer):
    """Another program asks for data and names a preservation that is none: its request is good, and nothing is held or told as held."""
    m = vector('04-stored-request.json')
    status, text = peer.say(m)
    check('a request that names an unknown preservation is taken', status == 200 and b'"ErrorInformation"' not in text, text[-500:])
    request = next(o['ObjectIdentifier'] for o in (a['CREATE']['HI1Object'] for a in actions(m)) if o['@xsi:type'].endswith('DocumentObject'))
    there = life.xb.call('GET', '/api/v1/requests/' + request)
    check('nothing is held for it', not there['held'] and there['state'] == 'acknowledged' and ends(there) == [], there)
    check('nothing is told as held', b'held' not in text and b'Preserved' not in text, text[-500:])


def from_a_bad_peer(life, pres, undecided, ended):
    """Signed by the asking node's real keys, in words that it would never send."""
    peer, back = Peer(life.xa, life.xb), Peer(life.xb, life.xa)
    end = utc(day(pres['until'], 60))
    is_refused = lambda rule, m, by=peer: by.is_refused(rule, m)
    is_refused('hi1_stale_generation', message('pres_ext', pres, 'Preserved', end, Generation=99)[0])
    is_refused('hi1_move_not_allowed', message('pres_ext', pres, 'Cancelled', end)[0])
    is_refused('hi1_move_not_allowed', message('pres_end', pres, 'Preserved')[0])
    is_refused('hi1_move_not_allowed', message('pres_end', pres, 'Cancelled', end)[0])
    is_refused('hi1_move_not_allowed', message('pres_ext', pres, 'Preserved', utc(pres['until']))[0])
    is_refused('hi1_move_not_allowed', message('pres_ext', undecided, 'Preserved', end)[0])
    is_refused('hi1_not_yours', message('pres_ext', pres, 'Preserved', end, task__PreservationExpiration=end)[0])
    is_refused('hi1_object_unknown', message('pres_ext', dict(pres, task=str(uuid.uuid4())), 'Preserved', end)[0])
    is_refused('hi1_reference_unresolved', message('pres_end', dict(pres, request=undecided['request']), 'Cancelled')[0])
    alone, doc, task = message('pres_ext', pres, 'Preserved', end)
    del actions(alone)[0]
    actions(alone)[0]['ActionIdentifier'] = 0
    task['AssociatedObjects']['AssociatedObject'] = [pres['request']]
    is_refused('hi1_move_not_allowed', alone)
    for kind, rule in (('pres_ext', 'hi1_reference_unresolved'), ('pres_end', 'hi1_contents_missing')):
        alone, doc, task = message(kind, pres, 'Cancelled')
        del actions(alone)[1]
        is_refused(rule, alone)
    # The other way round: who preserves says nothing about what is wanted.
    m = message('pres_ext', pres, 'Preserved', end)[0]
    m['Header'].update(SenderIdentifier={'CountryCode': 'XB', 'UniqueIdentifier': 'contact'},
                       ReceiverIdentifier={'CountryCode': 'XA', 'UniqueIdentifier': 'contact'})
    is_refused('hi1_not_yours', json.loads(plain(m).decode().replace('"CountryCode":"XA","ExternalIdentifier"', '"CountryCode":"XB","ExternalIdentifier"')), back)
    same_end(life, pres, 'preserved', pres['until'], 'after all that')

    good, doc, task = message('pres_ext', pres, 'Preserved', end)
    before = life_generation(peer, pres)
    status, text = peer.say(good)
    check('a good one is taken', status == 200 and b'"ErrorInformation"' not in text, text[-500:])
    check('the same bytes get the same answer', peer.say(good)[1] == text)
    there = lambda: [r['request'] for r in life.xb.call('GET', '/api/v1/requests')['requests']]
    known = there()
    again = copy.deepcopy(good)
    again['Header']['TransactionIdentifier'] = str(uuid.uuid4())
    status, text = peer.say(again)
    check('the same request under another transaction changes nothing', status == 200 and b'"ErrorInformation"' not in text and there() == known, text[-500:])
    generation = life_generation(peer, pres)
    check('one change, one generation', generation == before + 1, (before, generation))
    late = message('pres_end', ended, 'Cancelled')
    status, text = peer.say(late[0])
    check('what came too late is taken', status == 200 and b'"ErrorInformation"' not in text, text[-500:])
    request = late[1]['ObjectIdentifier']
    until('the node says by itself that it was too late', 20,
          lambda: life.xb.call('GET', '/api/v1/requests/' + request)['state'] == 'already_released')


def life_generation(peer, pres):
    m = vector('08-get-request.json')
    m['Header'].pop('WorkflowIdentifier', None)
    actions(m)[0]['GET']['Identifier'] = pres['task']
    del actions(m)[1:]
    answer = json.loads(peer.say(m)[1])
    return answer['Payload']['ResponsePayload']['ActionResponses']['ActionResponse'][0]['GETResponse']['HI1Object']['Generation']


def data_asked_for_before_is_held_at_once(life):
    """The request for the data came while the preservation was not decided yet."""
    pres, stored = life.ask(draft('pres.json')), draft('stored.json')
    stored['preservation'] = {'task': pres['task']}
    data = life.ask(stored)
    pres['until'] = life.decide(pres['request'], event='preserve')['preserved_until']
    life.held(pres)
    life.decide(data['request'], **DATA_REFUSAL)
    life.runs_again(pres, 'refused after the preservation')


def the_end_comes(life):
    """The clock is not turned: while the node is down its derived rows are told an end that is over. What is held ends when its
    request is decided; what is not ends at once, and so does what still waits for it."""
    held, plain_ = life.preserved(), life.preserved()
    data = life.wants_data(held)
    open_ = life.ask(life.later('pres_ext', plain_, day(plain_['until'], 60)))
    life.xb.stop()
    over = (int(time.time()) - 5) * 1000000
    with contextlib.closing(sqlite3.connect(os.path.join(life.xb.home, 'db', 'comity.db'))) as db, db:
        for pres in (held, plain_):
            db.execute('UPDATE request SET until = ? WHERE id = ?', (over, pres['request']))
            db.execute("UPDATE deadline SET at = ?, wake = CASE state WHEN 'held' THEN 0 ELSE ? END WHERE \"limit\" = 'hc-pres-min' AND request = ?", (over, over, pres['request']))
    life.xb.start()
    life.xb.login()
    for row in life.say(plain_['request'], 'lapsed', 'an end that came'):
        check('its deadline is over', [d['state'] for d in ends(row)] == ['over'], row['deadlines'])
    life.say(open_['request'], 'already_released', 'an extension that was not decided in time')
    check('what is held did not end', [r['state'] for r in life.both(held['request'])] == ['held_pending_mla'] * 2)
    life.decide(data['request'], **DATA_REFUSAL)
    life.say(held['request'], 'lapsed', 'an end that came while it was held')
    history = [h['to'] for h in life.both(held['request'])[0]['history']]
    check('nothing ends in silence', history[-2:] == ['preserved', 'lapsed'], history)


def a_crash_keeps_no_hold(life):
    pres = life.preserved()
    data = life.wants_data(pres)
    life.decide(data['request'], **DATA_REFUSAL)
    life.xb.process.send_signal(signal.SIGKILL)
    life.xb.wait_gone()
    life.xb.start()
    life.runs_again(pres, 'killed after the decision')
    life.xb.login()


def main():
    folder = tempfile.mkdtemp(prefix='comity-later-')
    xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse'])
    xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['tomas', 'marta', 'jon'])
    try:
        xa.start(), xb.start()
        xa.login(), xb.login()
        Path(xa, xb).make_peers()
        life, peer = Life(xa, xb), Peer(xa, xb)
        words_and_documents_are_seen(life)
        a_refusal_ends_the_hold(life)
        a_spoiled_answer_is_not_taken(life, peer)
        the_last_of_two_ends_it(life, peer)
        data_asked_for_before_is_held_at_once(life)
        an_extension_is_granted(life)
        an_extension_is_not_granted(life)
        an_extension_of_what_is_held(life)
        data_of_no_preservation(life, peer)
        ended = it_is_ended(life)
        nobody_ends_it_alone(life)
        held_data_is_ended(life)
        from_a_bad_peer(life, *asked_wrongly(life), ended)
        the_end_comes(life)
        a_crash_keeps_no_hold(life)
    finally:
        xa.stop(), xb.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
