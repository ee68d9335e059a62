#!/usr/bin/env python3
"""keys.py COMITY: a node changes its signing key while it works: announced by its State, taken into use, taken by the peer
without words. What is under way arrives, what was delivered before opens, the register is one register, and the court bundle across
the change is good, by the dates of the State's list as well."""
import base64, hashlib, json, os, re, shutil, subprocess, sys, tempfile, time, zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, DRAFTS, Node, Path, run, until, write
from refusals import FAILED, PASSED, Peer, TEXTS, check, vector


def told(words):
    return json.loads(run(words + ['--json']))


def spki(certificate):
    key = subprocess.run(['openssl', 'x509', '-in', certificate, '-noout', '-pubkey'], capture_output=True, check=True).stdout
    der = subprocess.run(['openssl', 'pkey', '-pubin', '-outform', 'DER'], input=key, capture_output=True, check=True).stdout
    return hashlib.sha256(der).hexdigest()


class World:
    def __init__(self, folder):
        self.folder = folder
        self.xa = Node(folder, 'xa.contact', 'Arland', ['ilse%d' % i for i in range(4)])
        self.xb = Node(folder, 'xb.contact', 'Borvia', ['tove%d' % i for i in range(3)])
        for node in (self.xa, self.xb):
            node.start()
            node.login()
        self.path = Path(self.xa, self.xb)
        self.path.make_peers()

    def file(self, name):
        return os.path.join(self.folder, name)

    def session(self, node, who=None):
        return ['--home', node.home, '--session', node.file(node.people[node.who if who is None else who], 'session')]

    def issue(self, *words):
        run(['directory', 'issue', self.file('xb.json'), '--state', self.xb.home + '-state'] + list(words))

    def take(self):
        return told(['directory', 'import', self.file('xb.json')] + self.session(self.xa))

    def refuses(self, rule, *words):
        done = subprocess.run([COMITY] + list(words), capture_output=True, text=True)
        check(rule, done.returncode == 1 and TEXTS[rule] in done.stderr, done.stderr)

    def request(self):
        draft = json.load(open(os.path.join(DRAFTS, 'stored.json')))
        del draft['preservation']
        request = self.xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': 'xb.contact'})['request']
        self.xb.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, {'event': 'execute', 'text': 'Begun.'})
        return request

    def state(self, request):
        return self.xa.call('GET', '/api/v1/requests/' + request)['state']

    def verify(self, file, *words):
        roots = [word for node in (self.xa, self.xb) for word in ('--trust', node.home + '-state/root.pem')]
        done = subprocess.run([COMITY, 'verify', file, '--json'] + roots + list(words), capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout)


def announced(world):
    """Made and announced while the node runs; nothing signs with it."""
    home, state = world.xb.home, world.xb.home + '-state'
    old = spki(home + '/keeper/sign.pem')
    world.refuses('lock_held', 'key', 'change', '--home', home, '--state', state)
    next_key = told(['key', 'next', '--home', home])
    check('the key waits', next_key['node'] == 'xb.contact' and next_key['spki'] != old, next_key)
    check('asked again it is the same', run(['key', 'next', '--home', home]).strip() == 'xb.contact:' + next_key['spki'])
    check('its file is nobody else\'s', os.stat(home + '/keeper/next.p8').st_mode & 0o777 == 0o600 and
          b'ENCRYPTED' in open(home + '/keeper/next.p8', 'rb').read())
    world.issue('--card', home + '/card.json')
    check('the list is taken', world.take()['version'] == 1)
    return old, next_key['spki']


def changed(world, request, old, new):
    """The word of the old key waits for xa while xb changes; xa is back, and hears both."""
    home, state = world.xb.home, world.xb.home + '-state'
    write(world.file('part1.txt'), 'sealed and signed before\n')
    evidence = told(['evidence', 'send', world.file('part1.txt'), '--request', request, '--event', 'deliver_part'] + world.session(world.xb))['evidence']
    until('it is fetched', 20, lambda: world.xa.call('GET', '/api/v1/evidence/' + evidence)['state'] == 'received')
    waits = world.path.ask()
    until('it arrives', 20, lambda: world.path.arrived(waits))
    world.xa.stop()
    world.path.decide(waits)
    world.xb.stop()
    world.refuses('key_not_announced', 'key', 'change', '--home', home, '--state', state, '--list', world.file('xb.json'))
    world.refuses('state_other', 'key', 'change', '--home', home, '--state', world.xa.home + '-state')
    check('nothing changed', spki(home + '/keeper/sign.pem') == old)
    world.issue('--announce', 'xb.contact:' + new)
    os.makedirs(world.file('early'))
    write(world.file('early/a.txt'), 'true\n')
    run(['package', 'create', world.file('early'), '--home', home, '-o', world.file('early.asice')])
    for name in ('sign.p8', 'sign.pem', 'credential'):  # a thief's copy of the old key
        os.makedirs(world.file('old/keeper'), exist_ok=True)
        shutil.copy(home + '/keeper/' + name, world.file('old/keeper/' + name))
    shutil.copytree(home + '/tls', world.file('old/tls'))
    before = json.load(open(home + '/card.json'))
    run(['key', 'change', '--home', home, '--state', state, '--list', world.file('xb.json')])
    after = json.load(open(home + '/card.json'))
    check('the announced key stands on the next card', spki(home + '/keeper/sign.pem') == new and after['serial'] == before['serial'] + 1)
    check('sealing and register keys are the same', after['keys']['seal']['recipient'] == before['keys']['seal']['recipient'] and
          after['keys']['log'] == before['keys']['log'])
    world.refuses('key_next_none', 'key', 'change', '--home', home, '--state', state)
    by_openssl(world, home, state)
    world.xa.start(), world.xa.login()
    world.take()
    world.xb.start(), world.xb.login()
    return evidence, waits


def by_openssl(world, home, state):
    def openssl(*words):
        return subprocess.run(['openssl'] + list(words), capture_output=True, text=True)
    done = openssl('verify', '-x509_strict', '-CAfile', state + '/root.pem', home + '/keeper/sign.pem')
    check('openssl: by the root', done.returncode == 0, done.stderr)
    text = openssl('x509', '-in', home + '/keeper/sign.pem', '-noout', '-text').stdout
    check('openssl: an authority of this node', all(word in text for word in ('CA:TRUE, pathlen:0', 'Digital Signature, Non Repudiation, Certificate Sign',
          'URI:urn:comity:node:xb.contact', 'prime256v1', 'ecdsa-with-SHA256')), text)
    done = openssl('pkey', '-in', home + '/keeper/sign.p8', '-passin', 'file:' + home + '/keeper/credential', '-pubout')
    check('openssl: key and certificate belong together', done.stdout == openssl('x509', '-in', home + '/keeper/sign.pem', '-noout', '-pubkey').stdout and
          'BEGIN' in done.stdout)


def both_are_heard(world, waits, new):
    until('the word of before arrives', 30, lambda: world.path.told(waits))
    world.path.ask()  # its answer is by the new key
    until('the new key is pinned', 30, lambda: spki(os.path.join(world.xa.home, 'peers', 'xb.contact', 'authority.pem')) == new)
    acts = [a['type'] for a in world.xa.call('GET', '/api/v1/acts')['acts']]
    check('without words', acts.count('peer_renewed') == 1 and acts.count('peer_confirmed') == 1, acts)
    check('a good peer', world.xa.call('GET', '/api/v1/peers/xb.contact')['directory'] == 'good')


def with_the_old_key(world, old):
    """Whoever has the old key is heard while the list says so, and never again after."""
    def asks():
        me = type('Old', (), {'home': world.file('old')})
        message = vector('08-config-request.json', SenderIdentifier={'CountryCode': 'XB', 'UniqueIdentifier': 'contact'},
                         ReceiverIdentifier={'CountryCode': 'XA', 'UniqueIdentifier': 'contact'})
        return Peer(me, world.xa).say(message)[1]
    answer = asks()
    check('the old key is heard while both are good', b'"ErrorInformation"' not in answer, answer[-400:])
    world.issue('--card', world.xb.home + '/card.json')
    listed = json.load(open(world.file('xb.json')))['authorities'][0]
    check('the history of the new key begins with its announcement', [k['status'][0]['state'] for k in listed['keys']] == ['valid', 'valid'] and
          'next' not in listed, listed)
    world.issue('--supersede', 'xb.contact')
    world.take()
    answer = asks()
    check('not when it was superseded', b'"certificate: ' in answer, answer[-400:])
    check('the peer is good all the same', world.xa.call('GET', '/api/v1/peers/xb.contact')['directory'] == 'good')


def the_court(world, evidence):
    """What was sealed and signed before the change opens after it, and goes into a bundle that holds both keys."""
    world.xa.login()
    one, two = world.session(world.xa, world.xa.who - 1), world.session(world.xa)
    bundle = world.file('bundle.asice')
    for purpose in ('open', 'export'):
        run(['evidence', 'open', evidence, '--for', purpose] + one)
        run(['evidence', 'approve', evidence, '--for', purpose] + two)
    run(['bundle', 'export', evidence, '--out', bundle] + two)
    names = zipfile.ZipFile(bundle).namelist()
    check('both cards of xb are in it', {'court/cards/xb.contact.json', 'court/cards/xb.contact.1.json'} <= set(names), names)
    code, told = world.verify(bundle)
    check('the bundle is valid by the roots alone', code == 0 and told['verdict'] == 'valid', told)
    return bundle


def whole_seconds():
    """Lists are dated in whole seconds: what comes now is in a later one."""
    now = int(time.time())
    until('the next second', 5, lambda: int(time.time()) > now)
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now))


def by_the_dates(world, bundle, old):
    """Offline, by the lists alone: who was valid when, and whose word on the time counts."""
    lists = ['--directory', world.file('xb.json')]
    package = world.file('old.asice')
    key = subprocess.run(['openssl', 'pkcs8', '-in', world.file('old/keeper/sign.p8'), '-passin', 'file:' + world.file('old/keeper/credential'),
                          '-topk8', '-nocrypt'], capture_output=True, check=True).stdout
    open(world.file('old.p8'), 'wb').write(key)

    def packed(file):
        os.makedirs(world.file('in'), exist_ok=True)
        write(world.file('in/a.txt'), 'planted\n')
        run(['package', 'create', world.file('in'), '--key', world.file('old.p8'), '--cert', world.file('old/keeper/sign.pem'), '--force', '-o', file])
        return file

    def key_check(told, about):
        return next(c for c in told['checks'] if c['name'] == 'key' and c['about'] == about)

    code, told = world.verify(bundle, *lists)
    check('without the list of a State its keys are not judged', code == 1 and told['verdict'].startswith('intact') and
          'no list of XA' in key_check(told, 'bundle')['detail'], told['verdict'])
    run(['directory', 'issue', world.file('xa.json'), '--state', world.xa.home + '-state', '--card', world.xa.home + '/card.json'])
    lists += ['--directory', world.file('xa.json')]
    code, told = world.verify(bundle, *lists)
    check('valid by the dates as well', code == 0 and 'superseded since' in key_check(told, 'package')['detail'], told)
    before = whole_seconds()
    code, told = world.verify(packed(package), *lists)
    check('key_superseded', code == 1 and 'key_superseded' in json.dumps(told), told)

    world.issue('--revoke', 'xb.contact:' + old, '--reason', 'laptop stolen')
    code, told = world.verify(bundle, *lists)
    detail = key_check(told, 'package')['detail']
    check('what xa had before the revocation stays good', 'revoked since' in detail and 'xa.contact had it by' in detail, told)
    keys = [c for c in told['checks'] if c['name'] == 'key']
    other = [c for c in keys if c['state'] != 'ok']
    check('each message and act of the old key is', sum('revoked since' in c['detail'] for c in keys) > 4, keys)
    check('but for an answer that no act names', told['verdict'].startswith('intact') and len(other) == 1 and
          'no register says when' in other[0]['detail'], other)
    code, told = world.verify(bundle, *lists, '--received', before)
    check('and that, too, when the court had it before', code == 0 and told['verdict'] == 'valid', told['verdict'])
    early = world.file('early.asice')
    code, told = world.verify(early, *lists)
    check('key_time_unproven', code == 1 and 'key_time_unproven' in json.dumps(told), told)
    code, told = world.verify(early, *lists, '--received', before)
    check('the court had it before', code == 0 and 'you had it by' in key_check(told, 'package')['detail'], told)
    code, told = world.verify(early, *lists, '--received', whole_seconds())
    check('key_revoked', code == 1 and 'key_revoked' in json.dumps(told), told)
    code, told = world.verify(packed(package), *lists)
    check('what the thief signs now is refused', code == 1 and 'key_revoked' in json.dumps(told), told)
    return lists, before


def lists_are_judged(world, bundle, lists, before):
    text = open(world.file('xb.json')).read()
    write(world.file('bad.json'), text.replace('laptop stolen', 'laptop dropped'))
    roots = ['--trust', world.xb.home + '-state/root.pem']
    world.refuses('directory_signature', 'verify', bundle, '--directory', world.file('bad.json'), *roots)
    world.refuses('directory_root', 'verify', bundle, '--directory', world.file('xb.json'), '--trust', world.xa.home + '-state/root.pem')
    world.refuses('directory_root', 'verify', bundle, '--directory', world.file('xb.json'))
    made = None
    for node, country in ((world.xa, 'XA'), (world.xb, 'XB')):
        made = told(['directory', 'states', world.file('states.json'), '--secretariat', world.file('sec'), '--country', country, '--name', country,
                     '--deposit', 'C.N.1', '--root', node.home + '-state/root.pem'])
    states = ['--directory', world.file('states.json')]
    world.refuses('directory_root', 'verify', bundle, *states)
    states += ['--fingerprint', made['fingerprint']]
    code, seen = world.verify(bundle, *lists, *states, '--received', before)
    check('both States are parties', code == 0, seen['verdict'])
    whole_seconds()
    told(['directory', 'states', world.file('states.json'), '--secretariat', world.file('sec'), '--country', 'XB', '--status', 'suspended'])
    code, seen = world.verify(bundle, *lists, *states, '--received', before)
    check('what was signed before a suspension stays good', code == 0, seen['verdict'])
    package = world.file('late.asice')
    run(['package', 'create', world.file('in'), '-o', package] + world.session(world.xb))
    code, seen = world.verify(package, *lists, *states)
    check('state_not_party', code == 1 and 'state_not_party' in json.dumps(seen), seen)


def main():
    folder = tempfile.mkdtemp(prefix='comity-keys-')
    world = World(folder)
    try:
        request = world.request()
        old, new = announced(world)
        evidence, waits = changed(world, request, old, new)
        both_are_heard(world, waits, new)
        with_the_old_key(world, old)
        bundle = the_court(world, evidence)
        lists, before = by_the_dates(world, bundle, old)
        lists_are_judged(world, bundle, lists, before)
    finally:
        world.xa.stop(), world.xb.stop()
    print('%d checks held, %d did not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
