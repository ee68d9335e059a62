#!/usr/bin/env python3
"""emergency.py COMITY: an authority that nobody has compared words with, but for which its State's list vouches, gets preservation
and nothing else; the number to call back is the directory's; after the words were compared everything goes on with the same request."""
import base64, hashlib, http.client, json, os, shutil, subprocess, sys, tempfile, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, Clock, Node, Path, Refused, run, until
from later_life import Life, draft, withdrawal_message
from refusals import FAILED, PASSED, Peer, TEXTS, actions, check, plain, vector

PHONE = '+9991550123'
LIMITS = {row[0]: int(row[1]) for row in (line.split('\t') for line in open(os.path.join(
    os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data', 'limits.tab')) if '\t' in line) if row[1].isdigit()}
WORD = {'common:Owner': 'ETSI', 'common:Name': 'ObjectType', 'common:Value': 'Task'}


class World:
    def __init__(self, folder, clock=None):
        self.folder, self.clock = folder, clock
        self.moment = ['--exercise-clock', clock.file] if clock else []
        self.xa = Node(folder, 'xa.contact', 'Arland', ['ilse', 'per'], clock=clock, phone=PHONE)
        self.xb = Node(folder, 'xb.contact', 'Borland', ['tomas', 'nora'], clock=clock)
        for node in (self.xa, self.xb):
            node.start()
            node.login()
        self.path, self.life = Path(self.xa, self.xb), Life(self.xa, self.xb)

    def stop(self):
        self.xa.stop()
        self.xb.stop()

    def issue(self, of, *words):
        file = of.home + '-list.json'
        run(['directory', 'issue', file, '--state', of.home + '-state'] + self.moment + list(words))
        return file

    def take(self, by, of, *words):
        """`by` takes the next list of `of`; its first by the printed fingerprint."""
        print_of = subprocess.run(['openssl', 'x509', '-in', of.home + '-state/root.pem', '-noout', '-fingerprint', '-sha256'],
                                  capture_output=True, text=True, check=True).stdout.split('=')[1].strip().replace(':', '').lower()
        return run(['directory', 'import', self.issue(of, *words), '--home', by.home, '--session', by.file(by.people[by.who], 'session'),
                    '--fingerprint', print_of])

    def peer_at(self, node, name):
        return node.call('GET', '/api/v1/peers/' + name)


def fresh(node='xa.contact', **header):
    """The preservation of the vectors with ids of its own."""
    text = json.dumps(vector('01-pres-request.json', SenderIdentifier={'CountryCode': 'XA', 'UniqueIdentifier': node[3:]}, **header))
    for a in actions(json.loads(text)):
        text = text.replace(a['CREATE']['HI1Object']['ObjectIdentifier'], str(uuid.uuid4()))
    message = json.loads(text)
    for a in actions(message):
        body = a['CREATE']['HI1Object'].get('doc:DocumentBody')
        if body:
            document = json.loads(base64.b64decode(body['doc:Contents']))
            document['id'], document['requesting']['node'] = a['CREATE']['HI1Object']['ObjectIdentifier'], node
            body['doc:Contents'], body['doc:Checksum'] = base64.b64encode(plain(document)).decode(), hashlib.sha256(plain(document)).hexdigest()
    return message


def doing(does, *namespaces, kind='pres'):
    message = vector('01-pres-request.json', WorkflowIdentifier=kind)
    message.update({k: v for m in namespaces for k, v in m.items() if k.startswith('@xmlns') and k[7:] in json.dumps(does)})
    message['Payload']['RequestPayload']['ActionRequests']['ActionRequest'] = [dict(a, ActionIdentifier=i) for i, a in enumerate(does)]
    return message


def refused(what, rule, call):
    try:
        check('%s: %s' % (what, rule), False, call())
    except Refused as refusal:
        check('%s: %s' % (what, rule), 'error:%s"' % rule in str(refusal), refusal)
        return str(refusal)


def said(peer, what, rule, message):
    status, text = peer.say(message)
    check('%s: %s' % (what, rule or 'taken'), status == 200 and
          (('"%s: ' % rule[4:]).encode() in text if rule else b'"ErrorInformation"' not in text), (status, text[-500:]))
    return text


def shut(peer, what, why):
    status, text = peer.say(fresh())
    check('%s is shut out: %s' % (what, why), status == 422 and b'peer_unknown' in text and why.encode() in text, (status, text[-400:]))


def nobody_is_let_in_without_a_list(world):
    refused('no list, no preservation', 'peer_unknown', lambda: world.life.ask(draft('pres.json')))
    shut(Peer(world.xa, world.xb), 'who is in no directory', 'unlisted')
    check('nothing is kept of it', world.xb.call('GET', '/api/v1/peers')['peers'] == [])


def a_preservation(world):
    """From draft to the told end, with every mark that a duty officer needs."""
    for by, of in ((world.xa, world.xb), (world.xb, world.xa)):
        text = world.take(by, of, '--card', of.home + '/card.json')
        check('the list is taken', text == "taken: version 1 of %s's list\n" % of.name[:2].upper(), text)
    asked = world.life.ask(draft('pres.json'))
    request = asked['request']
    check('the receipt is proved', asked['receipt'] is not None, asked)
    there = world.xb.call('GET', '/api/v1/requests/' + request)
    check('it is marked', there['peer_state'] == 'listed', there)
    check('the number is the directory\'s', there['call_back'] == PHONE and PHONE not in json.dumps(there['document']), there)
    rows = world.xb.call('GET', '/api/v1/requests')['requests']
    check('the list marks it', [r['peer_state'] for r in rows] == ['listed'], rows)
    news = [e['text'] for e in world.xb.call('GET', '/api/v1/events?after=0')['events'] if e['ref'] == request]
    check('the feed tells it, with the number', any('nobody has confirmed' in t and PHONE in t for t in news), news)
    for node, word in ((world.xa, 'asked'), (world.xb, 'taken')):
        rows = until('the act is signed', 20, lambda: [a for a in node.call('GET', '/api/v1/requests/' + request)['acts'] if a['type'] == word])
        proof = run(['act', 'proof', str(rows[0]['index']), '--home', node.home]).split('\n')
        act = base64.b64decode(next(line for line in proof if line.startswith('extra ')).split(' ')[1])
        check('%s: the register marks it' % node.name, b'listed' in act, act)
    for node, other in ((world.xa, 'xb.contact'), (world.xb, 'xa.contact')):
        row = world.peer_at(node, other)
        check('a peer that nobody confirmed', (row['state'], row['directory']) == ('listed', 'listed'), row)
    world.path.decide(request)
    world.life.say(request, 'preserved', 'held for an authority of the directory')
    pres = dict(asked, until=world.xa.call('GET', '/api/v1/requests/' + request)['preserved_until'])
    return pres


def the_rest_of_its_life(world, pres):
    end = '2031-03-01T12:00:00+00:00'
    asked = world.life.ask(world.life.later('pres_ext', pres, end))
    world.life.decide(asked['request'], event='extend')
    world.life.say(asked['request'], 'extended', 'longer')
    second = world.life.ask(draft('pres.json'))
    refused('the way of a communication is data', 'peer_listed', lambda: world.life.decide(
        second['request'], event='find_elsewhere', path=[{'provider': 'Lumo Cloud', 'country': 'XC', 'hop': 1}], text='Lumo Cloud in XC has it.'))
    world.life.decide(second['request'], event='refuse', ground='unverified_sender', ground_article='40(13)',
                      text='Called the number of the directory; nobody there knows of it.')
    world.life.say(second['request'], 'refused', 'returned as unverified')
    row = world.xa.call('GET', '/api/v1/requests/' + second['request'])
    check('and both see why', 'unverified_sender' in json.dumps(row['answers']), row['answers'])
    third = world.life.ask(draft('pres.json'))
    world.path.decide(third['request'])
    world.life.say(third['request'], 'preserved', 'a third one')
    ending = world.life.ask(world.life.later('pres_end', third))
    world.life.decide(ending['request'], event='release')
    world.life.say(third['request'], 'released', 'ended early')


def nothing_else_leaves(world, pres):
    stored = dict(draft('stored.json'), preservation={'task': pres['task']})
    text = refused('data', 'peer_listed', lambda: world.life.ask(stored))
    check('with what to do', 'comity peer invite' in text, text)
    for name in ('locate', 'emergency', 'h24_advice', 'spont', 'evidence'):
        refused(name, 'peer_listed', lambda: world.life.ask(draft(name + '.json')))


def nobody_writes_to_itself(world):
    """A node stands in the list of its own State."""
    world.take(world.xa, world.xa, '--card', world.xa.home + '/card.json')
    text = refused('to itself', 'peer_unknown', lambda: world.xa.call('POST', '/api/v1/requests', 'api_request_create', '',
                                                                        {'draft': draft('pres.json'), 'to': 'xa.contact'}))
    check('it is told why', 'this node' in text, text)


def nothing_else_is_taken(world, pres):
    """Whoever holds the listed key says what it likes; the other side does what the law lets it."""
    peer = Peer(world.xa, world.xb)
    before = len(world.xb.call('GET', '/api/v1/requests')['requests']), world.xb.call('GET', '/api/v1/requests/' + pres['request'])['state']
    deliver = vector('06-deliver-request.json')
    withdraw = withdrawal_message(pres['task'], pres['request'])
    for kind in ('stored', 'emergency', 'locate', 'content_rt', 'pres_everything', ''):
        said(peer, 'a request of kind "%s"' % kind, 'hi1_unconfirmed', fresh(WorkflowIdentifier=kind) if kind else doing(actions(fresh()), kind='stored'))
    for kind in ('pres', 'pres_ext', 'pres_end'):
        said(peer, 'DELIVER as ' + kind, 'hi1_unconfirmed', doing(actions(deliver)[:1], deliver, kind=kind))
        said(peer, 'a withdrawal as ' + kind, 'hi1_unconfirmed', dict(withdraw, Header=vector('01-pres-request.json', WorkflowIdentifier=kind)['Header']))
        said(peer, 'UPDATE as ' + kind, 'hi1_unconfirmed', doing(actions(withdraw)[:1], withdraw, kind=kind))
        said(peer, 'a notice as ' + kind, 'hi1_unconfirmed', doing(actions(withdraw)[2:], withdraw, kind=kind))
        said(peer, 'two requests as ' + kind, 'hi1_unconfirmed', doing(actions(fresh()) + actions(fresh()), kind=kind))
        said(peer, 'GETCSPCONFIG as ' + kind, 'hi1_unconfirmed', doing([{'GETCSPCONFIG': {}}], kind=kind))
        said(peer, 'GET beside a request as ' + kind, 'hi1_unconfirmed', doing(actions(fresh()) + [{'GET': {'Identifier': pres['request']}}], kind=kind))
    text = said(peer, 'GET of its own', None, doing([{'GET': {'Identifier': pres['task']}}]))
    check('it sees how it stands', b'"Preserved"' in text, text[-900:])
    text = said(peer, 'LIST of its own', None, doing([{'LIST': {'ObjectType': WORD}}]))
    check('it finds its own', pres['task'].encode() in text, text[-900:])
    said(peer, 'GET of anything else', 'hi1_object_unknown', doing([{'GET': {'Identifier': str(uuid.uuid4())}}]))
    c = http.client.HTTPSConnection(peer.address, context=peer.context, timeout=30)
    c.request('GET', '/hi1/v1/evidence/' + str(uuid.uuid4()))
    answer = c.getresponse()
    check('evidence is not even looked for', answer.status == 422 and b'peer_unknown' in answer.read(), answer.status)
    done = subprocess.run([COMITY, 'evidence', 'send', COMITY, '--request', pres['request'], '--home', world.xb.home, '--session',
                           world.xb.file(world.xb.people[world.xb.who], 'session')], capture_output=True, text=True)
    check('nobody to seal evidence to', done.returncode == 1 and TEXTS['evidence_nobody'] in done.stderr, done.stderr)
    after = len(world.xb.call('GET', '/api/v1/requests')['requests']), world.xb.call('GET', '/api/v1/requests/' + pres['request'])['state']
    check('nothing moved', before == after, (before, after))
    wrong = fresh()
    said(peer, 'its own bytes again', None, wrong)
    peer.keeper = os.path.join(world.xb.home, 'keeper')
    said(peer, 'a message signed by another key', 'hi1_signature_invalid', fresh())
    world.take_back = wrong


def lists_that_say_otherwise(world):
    peer = Peer(world.xa, world.xb)
    world.take(world.xb, world.xa, '--freeze', 'xa.contact', '--reason', 'laptop lost')
    shut(peer, 'a frozen key', 'frozen')
    check('it is seen', world.peer_at(world.xb, 'xa.contact')['directory'] == 'frozen')
    world.take(world.xb, world.xa, '--thaw', 'xa.contact')
    run(['directory', 'states', world.folder + '/states.json', '--secretariat', world.folder + '/sec', '--country', 'XB', '--name', 'Borland',
         '--deposit', 'C.N.1', '--root', world.xb.home + '-state/root.pem'])
    fingerprint = json.loads(run(['directory', 'states', world.folder + '/states.json', '--secretariat', world.folder + '/sec', '--country', 'XB',
                                  '--status', 'party', '--json']))['fingerprint']
    run(['directory', 'import', world.folder + '/states.json', '--home', world.xb.home, '--session', world.xb.file(
        world.xb.people[world.xb.who], 'session'), '--fingerprint', fingerprint])
    shut(peer, 'a State that is not on the list of States', 'unlisted')
    run(['directory', 'states', world.folder + '/states.json', '--secretariat', world.folder + '/sec', '--country', 'XA', '--name', 'Arland',
         '--deposit', 'C.N.2', '--root', world.xa.home + '-state/root.pem'])
    run(['directory', 'import', world.folder + '/states.json', '--home', world.xb.home, '--session', world.xb.file(
        world.xb.people[world.xb.who], 'session')])
    said(peer, 'with its State on it', None, fresh())


def after_a_restart(world):
    world.xb.stop()
    world.xb.start()
    world.xb.login()
    check('it is known after a restart', world.peer_at(world.xb, 'xa.contact')['state'] == 'listed')
    said(Peer(world.xa, world.xb), 'after a restart', None, fresh())


def no_more_than_so_many(world):
    """Both rows of data/limits.tab, at their value and one past it."""
    peer = Peer(world.xa, world.xb)
    open_now = sum(r['state'] == 'acknowledged' or (r['kind'] == 'pres' and r['state'] in ('preserved', 'extended'))
                   for r in world.xb.call('GET', '/api/v1/requests?limit=100')['requests'])
    for _ in range(LIMITS['listed_requests'] - open_now):
        status, text = peer.say(fresh())
        if status != 200 or b'"ErrorInformation"' in text:
            check('up to the limit', False, (status, text[-400:]))
    last = world.take_back
    text = said(peer, 'one more than listed_requests', 'hi1_too_many_listed', fresh())
    check('the limit is named', b'listed_requests' in text, text[-400:])
    said(peer, 'the same bytes as before get the same answer', None, last)


class Stranger(Peer):
    """A node of xa's State that has a folder and no process: its TLS certificate is made here with its authority's key."""

    def __init__(self, world, name):
        home = os.path.join(world.folder, name)
        run(['init', '--home', home, '--state', world.xa.home + '-state', '--node', name, '--name', name, '--role', 'contact_point'])
        self.home, keeper, pem = home, home + '/keeper', home + '/tls/node.pem'
        open(home + '/ext', 'w').write('subjectAltName=URI:urn:comity:node:%s\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,'
                                       'digitalSignature\nbasicConstraints=critical,CA:FALSE\n' % name)
        key, asks = os.path.join(world.folder, 'stranger.key'), os.path.join(world.folder, 'stranger.csr')
        if not os.path.exists(key):  # one for all of them
            subprocess.run(['openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out',
                            asks, '-subj', '/C=XA/CN=stranger'], capture_output=True, check=True)
        leaf = subprocess.run(['openssl', 'x509', '-req', '-in', asks, '-CA', keeper + '/sign.pem', '-CAkey', keeper + '/sign.p8', '-passin',
                               'file:' + keeper + '/credential', '-days', '10', '-extfile', home + '/ext', '-set_serial',
                               str(uuid.uuid4().int >> 2)], capture_output=True, text=True, check=True).stdout
        open(pem, 'w').write(open(key).read() + leaf + open(keeper + '/sign.pem').read())
        super().__init__(self, world.xb)


def no_more_authorities_than_so_many(world):
    names = ['xa.n%02d' % i for i in range(LIMITS['listed_authorities'])]
    strangers = [Stranger(world, name) for name in names]
    for half in (strangers[::2], strangers[1::2]):
        world.take(world.xb, world.xa, *[w for s in half for w in ('--card', s.home + '/card.json')])
    for s, name in zip(strangers, names):  # and xa.contact is one of them
        text = said(s, name, 'hi1_too_many_listed' if s is strangers[-1] else None, fresh(name))
    check('the limit is named', b'listed_authorities' in text, text[-400:])
    check('no row for one too many', len(world.xb.call('GET', '/api/v1/peers')['peers']) == LIMITS['listed_authorities'])


def a_person_shuts_the_door(world):
    world.xb.call('POST', '/api/v1/peers/xa.contact/refuse', 'api_peer_refuse', 'xa.contact', {})
    shut(Peer(world.xa, world.xb), 'whom a person ended', 'ended')
    world.xb.stop()
    world.xb.start()
    world.xb.login()
    shut(Peer(world.xa, world.xb), 'whom a person ended, after a restart', 'ended')


def after_the_words(world, pres):
    """Two people compare words; the same request goes on, and data may be disclosed."""
    world.path.make_peers()
    for node, other in ((world.xa, 'xb.contact'), (world.xb, 'xa.contact')):
        check('confirmed', (world.peer_at(node, other)['state'], world.peer_at(node, other)['directory']) == ('confirmed', 'good'), world.peer_at(node, other))
    check('the request says so', world.xb.call('GET', '/api/v1/requests/' + pres['request'])['peer_state'] == 'confirmed')
    asked = world.life.ask(dict(draft('stored.json'), preservation={'task': pres['task']}))
    world.life.say(pres['request'], 'held_pending_mla', 'the data of the same preservation is asked for')
    world.life.decide(asked['request'], event='execute')
    world.life.decide(asked['request'], event='answer', text='Here it is.')
    world.life.say(asked['request'], 'answered', 'disclosed to a confirmed peer')


def a_list_too_old(folder):
    world = World(folder, Clock(folder))
    try:
        for by, of in ((world.xa, world.xb), (world.xb, world.xa)):
            world.take(by, of, '--card', of.home + '/card.json')
        asked = world.life.ask(draft('pres.json'))
        world.clock.forward(73 * 3600)
        world.xa.login()
        shut(Peer(world.xa, world.xb), 'whose list is too old', 'stale')
        check('and it is told so', 'stale' in refused('to an old list', 'peer_unknown', lambda: world.life.ask(draft('pres.json'))))
        check('what was taken stays', world.xb.call('GET', '/api/v1/requests/' + asked['request'])['peer_state'] == 'listed')
    finally:
        world.stop()


def main():
    folder = tempfile.mkdtemp(prefix='comity-emergency.')
    world = World(folder)
    try:
        nobody_is_let_in_without_a_list(world)
        pres = a_preservation(world)
        the_rest_of_its_life(world, pres)
        nothing_else_leaves(world, pres)
        nobody_writes_to_itself(world)
        nothing_else_is_taken(world, pres)
        lists_that_say_otherwise(world)
        no_more_than_so_many(world)
        no_more_authorities_than_so_many(world)
        a_person_shuts_the_door(world)
        after_the_words(world, pres)
    finally:
        world.stop()
    os.mkdir(folder + '/old')
    a_list_too_old(folder + '/old')
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
