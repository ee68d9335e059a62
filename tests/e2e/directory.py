#!/usr/bin/env python3
"""directory.py COMITY: two nodes and the directory: lists are taken, or refused by name; a pin that disagrees, a frozen, revoked
or superseded key and a list that is too old stop disclosure and never preservation; call-back numbers are the directory's."""
import base64, json, os, shutil, signal, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, Clock, Node, Path, Refused, run, until
from later_life import Life, draft
from refusals import FAILED, PASSED, Peer, TEXTS, actions, check, vector

HOUR = 3600


class World:
    def __init__(self, folder):
        self.folder, self.clock = folder, Clock(folder)
        self.xa = Node(folder, 'xa.contact', 'Arland', ['ilse'], clock=self.clock)
        self.xb = Node(folder, 'xb.contact', 'Borland', ['tomas'], clock=self.clock)
        for node in (self.xa, self.xb):
            node.start()
            node.login()
        self.path, self.life = Path(self.xa, self.xb), Life(self.xa, self.xb)
        self.path.make_peers()

    def file(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, state, *words):
        """The next version, made beside the State's root by the clock of the exercise."""
        run(['directory', 'issue', self.file(name), '--state', state, '--exercise-clock', self.clock.file] + list(words))
        return self.file(name)

    def take(self, node, file, *words):
        return json.loads(run(['directory', 'import', file, '--home', node.home, '--session',
                               node.file(node.people[node.who], 'session'), '--json'] + list(words)))

    def refuses(self, rule, node, file, *words):
        done = subprocess.run([COMITY, 'directory', 'import', file, '--home', node.home, '--session',
                               node.file(node.people[node.who], 'session')] + list(words), capture_output=True, text=True)
        check(rule, done.returncode == 1 and TEXTS[rule] in done.stderr, done.stderr)

    def peer(self, node, name):
        return node.call('GET', '/api/v1/peers/' + name)

    def alarms(self, node, name, why):
        news, page = [], [{'event': 0}]
        while page:
            page = node.call('GET', '/api/v1/events?after=%d' % page[-1]['event'])['events']
            news += page
        return sum(e['ref'] == name and why in e['text'] for e in news)

    def alarmed(self, node, name, why, times=1):
        check('an alarm, once: ' + why, self.alarms(node, name, why) == times, self.alarms(node, name, why))

    def preserved(self):
        request = self.path.ask()
        until('it arrives', 20, lambda: self.path.arrived(request))
        self.path.decide(request)
        until('it is preserved', 20, lambda: self.path.told(request))
        return request

    def wish(self):
        stored = draft('stored.json')
        stored['preservation'] = {'task': self.xa.call('GET', '/api/v1/requests/' + self.preserved())['task']}
        return stored

    def asked_for_data(self):
        request = self.life.ask(self.wish())['request']
        until('it arrives', 20, lambda: self.path.arrived(request))
        self.life.decide(request, event='execute')
        self.life.say(request, 'executing', 'begun')
        return request

    def holds(self, request, what, **more):
        try:
            self.life.decide(request, event='answer', text='Here it is.', **more)
            check('%s stops disclosure' % what, False)
        except Refused as refusal:
            check('%s stops disclosure' % what, 'error:peer_held"' in str(refusal), refusal)


    def turned(self, **more):
        """A request of the other side, which names people, to the peer that the lists are about."""
        text = json.dumps(draft('locate.json')).replace('XA', 'XB').replace('xa.contact', 'xb.contact')
        return self.xb.call('POST', '/api/v1/requests', 'api_request_create', '', dict(more, draft=json.loads(text), to='xa.contact'))

    def sends_nothing(self, ask, what, **more):
        try:
            ask(**more)
            check('%s: no request leaves' % what, False)
        except Refused as refusal:
            check('%s: no request leaves' % what, 'error:peer_held"' in str(refusal), refusal)

    def calls_itself_pres(self, asked):
        """What the header calls the message saves nothing: whoever has the key says what it likes there."""
        peer, row = Peer(self.xa, self.xb), self.xb.call('GET', '/api/v1/requests/' + asked)
        word = {'common:Owner': 'ETSI', 'common:Name': 'ObjectType', 'common:Value': 'Document'}
        withdraw, deliver = vector('05-withdrawal-request.json'), vector('06-deliver-request.json')
        withdrawal, delivery = actions(withdraw), actions(deliver)
        told = withdrawal[3]['CREATE']['HI1Object']
        told['AssociatedObjects']['AssociatedObject'] = [asked]
        told['notification:StatusOfAssociatedObjects']['notification:AssociatedObjectStatus'][0]['notification:AssociatedObject'] = asked
        withdrawal[0]['UPDATE']['HI1Object']['ObjectIdentifier'] = row['task']
        alone = [actions(vector('01-pres-request.json'))[0]]
        for kind in ('pres', 'pres_ext'):
            for what, does in (('GET', [{'GET': {'Identifier': asked}}]), ('LIST', [{'LIST': {'ObjectType': word}}]), ('DELIVER', delivery[:1]),
                               ('UPDATE', withdrawal[:1]), ('a notification', withdrawal[3:]), ('no request', alone),
                               ('more than a preservation', actions(vector('01-pres-request.json')) + withdrawal[3:])):
                message = vector('01-pres-request.json', WorkflowIdentifier=kind)
                message.update({k: v for m in (deliver, withdraw) for k, v in m.items() if k.startswith('@xmlns') and k[7:] in json.dumps(does)})
                message['Payload']['RequestPayload']['ActionRequests']['ActionRequest'] = [dict(a, ActionIdentifier=i) for i, a in enumerate(does)]
                status, text = peer.say(message)
                check('%s that calls itself %s' % (what, kind), status == 200 and b'"certificate: ' in text and b'/protected: frozen' in text, text[-500:])
        check('nothing moved', self.xb.call('GET', '/api/v1/requests/' + asked)['state'] == row['state'])


def copy(world, file, name):
    shutil.copy(file, world.file(name))
    return world.file(name)


def the_lists_are_taken(world):
    check('without a directory all is as before', world.peer(world.xb, 'xa.contact')['directory'] == 'none')
    done = subprocess.run([COMITY, 'directory', 'show', 'XA', '--home', world.xb.home], capture_output=True, text=True)
    check('directory_none', done.returncode == 1 and TEXTS['directory_none'] in done.stderr, done.stderr)
    list1 = world.issue('xa.json', world.xa.home + '-state', '--card', world.xa.home + '/card.json')
    check('by the root of a pinned peer', world.take(world.xb, list1) == {'known': False, 'name': 'XA', 'version': 1})
    check('the same again is fine', world.take(world.xb, list1)['known'] is True)
    text = run(['directory', 'import', list1, '--home', world.xb.home, '--session', world.xb.file(world.xb.people[world.xb.who], 'session')])
    check('people are told in words', text == "here already: version 1 of XA's list\n", text)
    check('the peer is good', world.peer(world.xb, 'xa.contact')['directory'] == 'good')
    made = json.loads(run(['directory', 'states', world.file('states.json'), '--secretariat', world.file('sec'), '--country', 'XA',
                           '--name', 'Arland', '--deposit', 'C.N.1', '--root', world.xa.home + '-state/root.pem', '--json',
                           '--exercise-clock', world.clock.file]))
    world.refuses('directory_root', world.xb, world.file('states.json'))
    world.refuses('directory_root', world.xb, world.file('states.json'), '--fingerprint', '00' * 32)
    check('by the printed fingerprint', world.take(world.xb, world.file('states.json'), '--fingerprint', made['fingerprint'])['version'] == 1)
    shown = json.loads(run(['directory', 'show', 'XA', '--home', world.xb.home, '--json']))
    check('the list is shown', [a['node'] for a in shown['authorities']] == ['xa.contact'] and
          shown['authorities'][0]['keys'][0]['state'] == 'valid', shown)
    listed = json.loads(run(['directory', 'list', '--home', world.xb.home, '--json']))['lists']
    check('both are listed', sorted(one['name'] for one in listed) == ['XA', 'states'], listed)
    acts = [a['type'] for a in world.xb.call('GET', '/api/v1/acts')['acts']]
    check('the register says so', acts.count('directory_taken') == 2, acts)


def lists_that_are_refused(world):
    run(['init', '--home', world.file('nowhere'), '--state', world.file('nowhere-state'), '--node', 'xd.contact', '--name', 'Dorland', '--role',
         'contact_point', '--public', '127.0.0.1:0', '--exercise-clock', world.clock.file])
    done = subprocess.run([COMITY, 'directory', 'issue', world.file('xd.json'), '--state', world.file('nowhere-state'), '--card', world.file(
        'nowhere') + '/card.json', '--exercise-clock', world.clock.file], capture_output=True, text=True)
    check('directory_endpoint', done.returncode == 1 and TEXTS['directory_endpoint'] in done.stderr, done.stderr)
    state = world.xa.home + '-state'
    first = copy(world, world.file('xa.json'), 'first.json')
    fork = copy(world, first, 'fork.json')
    second = world.issue('xa.json', state)
    world.clock.forward(2)
    world.issue('fork.json', state)
    check('the second is taken', world.take(world.xb, second)['version'] == 2)
    world.refuses('directory_rollback', world.xb, first)
    world.refuses('directory_fork', world.xb, fork)
    text = json.load(open(second))
    text['version'] = 3
    open(world.file('odd.json'), 'w').write(json.dumps(text, sort_keys=True, separators=(',', ':')))
    world.refuses('directory_signature', world.xb, world.file('odd.json'))
    open(world.file('odd.json'), 'w').write('{}')
    world.refuses('directory_member', world.xb, world.file('odd.json'))


def a_frozen_key(world):
    state = world.xa.home + '-state'
    asked = world.asked_for_data()
    world.xa.stop()
    sent = world.turned()['request']  # before anybody knows
    world.take(world.xb, world.issue('xa.json', state, '--freeze', 'xa.contact', '--reason', 'laptop lost'))
    world.take(world.xb, world.file('xa.json'))
    check('it is frozen', world.peer(world.xb, 'xa.contact')['directory'] == 'frozen')
    world.alarmed(world.xb, 'xa.contact', 'frozen')
    world.holds(asked, 'a frozen key', override='I know him')
    world.xa.start()
    world.clock.forward(301)  # the next try is due
    world.xa.who -= 1
    world.xa.login()
    until('it answers', 60, lambda: 'frozen' in open(world.xb.home + '.log').read())
    check('what a frozen key answers is not taken', world.xb.call('GET', '/api/v1/requests/' + sent)['state'] == 'sent')
    world.sends_nothing(world.turned, 'a frozen key', override='I know him')
    world.calls_itself_pres(asked)
    request = world.preserved()
    index = next(a['index'] for a in world.xb.call('GET', '/api/v1/requests/' + request)['acts'] if a['type'] == 'taken')
    proof = run(['act', 'proof', str(index), '--home', world.xb.home]).split('\n')
    act = base64.b64decode(next(line for line in proof if line.startswith('extra ')).split(' ')[1])
    check('the preservation is marked', b'frozen' in act, act)
    try:
        world.life.ask(world.wish())
        check('a frozen key asks for no data', False)
    except Refused as refusal:
        check('a frozen key asks for no data', '41008' in str(refusal) and 'frozen' in str(refusal), refusal)
    world.take(world.xb, world.issue('xa.json', state, '--thaw', 'xa.contact'))
    check('it is good again', world.peer(world.xb, 'xa.contact')['directory'] == 'good')
    world.alarmed(world.xb, 'xa.contact', 'the directory agrees again')
    world.clock.forward(301)
    until('the answer of a good key is taken', 60, lambda: world.xb.call('GET', '/api/v1/requests/' + sent)['state'] == 'acknowledged')
    return asked


def evidence_all_the_same(world, asked):
    """A person says why with the delivery; the other side fetches it later, when nobody is there to say it again."""
    open(world.file('mail.txt'), 'w').write('From: somebody')
    run_of = [COMITY, 'evidence', 'send', world.file('mail.txt'), '--request', asked, '--home', world.xb.home, '--session',
              world.xb.file(world.xb.people[world.xb.who], 'session')]
    done = subprocess.run(run_of, capture_output=True, text=True)
    check('an old list stops evidence', done.returncode == 1 and TEXTS['peer_held'] in done.stderr, done.stderr)
    check('and nothing was packed for it', world.xb.call('GET', '/api/v1/evidence')['evidence'] == [])
    for part in (1, 2):
        done = subprocess.run(run_of + ['--event', 'deliver_part', '--override', 'Called the minister.'], capture_output=True, text=True)
        check('part %d goes with the words' % part, done.returncode == 0, done.stderr)
        until('it is fetched', 30, lambda: [e['state'] for e in world.xa.call('GET', '/api/v1/evidence')['evidence']] == ['received'] * part)


def a_list_too_old(world, asked):
    world.clock.forward(73 * HOUR)
    for node in (world.xa, world.xb):  # sessions have ended
        node.who -= 1
        node.login()
    check('it is stale', world.peer(world.xb, 'xa.contact')['directory'] == 'stale')
    world.holds(asked, 'an old list')
    world.sends_nothing(world.turned, 'an old list')
    check('a person says why', world.turned(override='Called the embassy.')['receipt'] is not None)
    world.alarmed(world.xb, 'xa.contact', 'Called the embassy.')
    world.preserved()
    evidence_all_the_same(world, asked)
    world.life.decide(asked, event='answer', text='Here it is.', override='Called the minister.')
    world.life.say(asked, 'answered', 'by a person')
    world.alarmed(world.xb, 'xa.contact', 'Called the minister.', 3)  # two deliveries and the answer


def a_pin_that_disagrees(world):
    """The list of another root for the same State: made with a second State folder."""
    run(['init', '--home', world.file('other'), '--state', world.file('other-state'), '--node', 'xb.contact', '--name', 'Borland',
         '--role', 'contact_point', '--phone', '+9991550199', '--exercise-clock', world.clock.file])
    other = world.issue('xb.json', world.file('other-state'), '--card', world.file('other') + '/card.json')
    world.refuses('directory_root', world.xa, other)
    print_of = subprocess.run(['openssl', 'x509', '-in', world.file('other-state') + '/root.pem', '-noout', '-fingerprint', '-sha256'],
                              capture_output=True, text=True, check=True).stdout.split('=')[1].strip().replace(':', '').lower()
    world.take(world.xa, other, '--fingerprint', print_of)
    shown = world.peer(world.xa, 'xb.contact')
    check('the pin differs', shown['directory'] == 'pin_differs', shown)
    check('call back by the directory', shown['call_back'] == '+9991550199', shown)
    world.alarmed(world.xa, 'xb.contact', 'pin_differs')
    request = world.preserved()
    world.sends_nothing(lambda: world.life.ask(world.wish()), 'another root')
    check('the request shows the number too', world.xa.call('GET', '/api/v1/requests/' + request)['call_back'] == '+9991550199')


def a_new_root(world):
    state, after = world.xa.home + '-state', world.file('xa-state-2')
    run(['init', '--home', world.file('next'), '--state', after, '--node', 'xa.next', '--name', 'Arland', '--role', 'witness',
         '--exercise-clock', world.clock.file])
    world.clock.forward(2)
    before = copy(world, world.file('xa.json'), 'before.json')
    world.take(world.xb, world.issue('xa.json', state, '--new-root', after))
    check('the old pin is still of the State', world.peer(world.xb, 'xa.contact')['directory'] == 'good')
    world.clock.forward(2)
    for _ in range(2):
        world.issue('before.json', state)
    world.refuses('directory_root_replaced', world.xb, before)


def a_revoked_key(world):
    world.clock.forward(2)
    file = world.issue('xa.json', world.file('xa-state-2'), '--revoke', 'xa.contact', '--reason', 'stolen')
    world.xa.process.send_signal(signal.SIGSTOP)  # it is asked for its card, and hangs
    node = world.xa.pid('node')
    os.kill(node, signal.SIGSTOP)
    taking = subprocess.Popen([COMITY, 'directory', 'import', file, '--home', world.xb.home, '--session', world.xb.file(
        world.xb.people[world.xb.who], 'session')], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until('it is revoked', 20, lambda: world.peer(world.xb, 'xa.contact')['directory'] == 'revoked')
    check('the import waits for the card', taking.poll() is None)
    os.kill(world.xb.pid('node'), signal.SIGKILL)
    world.xb.wait_gone()
    taking.wait(20)
    os.kill(node, signal.SIGCONT)
    world.xa.process.send_signal(signal.SIGCONT)
    world.xb.start()
    check('also after a restart', world.peer(world.xb, 'xa.contact')['directory'] == 'revoked')
    world.alarmed(world.xb, 'xa.contact', 'revoked')


def main():
    folder = tempfile.mkdtemp(prefix='comity-directory.')
    world = World(folder)
    try:
        the_lists_are_taken(world)
        lists_that_are_refused(world)
        asked = a_frozen_key(world)
        a_list_too_old(world, asked)
        a_pin_that_disagrees(world)
        a_new_root(world)
        a_revoked_key(world)
    finally:
        world.xa.stop()
        world.xb.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
