#!/usr/bin/env python3
"""exercise.py COMITY: nodes of an exercise, whose time is moved while they run. Certificates, codes, sessions and deadlines
follow; an exercise and a node in earnest never meet; without the clock nothing of it works."""
import json, os, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, Clock, Node, Path, Refused, until
from later_life import Life, draft
from refusals import FAILED, PASSED, check

DAY = 86400
WORDS = dict(line.split('\t')[:2] for line in open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..',
             'data', 'errors.tab')) if '\t' in line)


def refused(what, rule, words):
    done = subprocess.run([COMITY] + words, capture_output=True, text=True, timeout=60)
    check(what, done.returncode in (1, 2, 3) and WORDS[rule] in done.stderr, done.stderr)


def says_so(xa, real):
    shown = xa.call('GET', '/api/v1/node')
    check('the node says it', shown['exercise'].startswith('EXERCISE'), shown)
    check('its card says it', json.load(open(xa.home + '/card.json'))['exercise'] is True)
    check('it was said at the start', 'EXERCISE' in open(xa.home + '.log').read())
    check('a node in earnest says nothing', 'exercise' not in real.call('GET', '/api/v1/node') and
          'exercise' not in json.load(open(real.home + '/card.json')) and 'EXERCISE' not in open(real.home + '.log').read())


def never_meet(xa, real):
    for inviting, taking in ((xa, real), (real, xa)):
        code = inviting.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
        try:
            taking.call('POST', '/api/v1/peers', 'api_peer_accept', '', {'code': code})
            check('they never become peers', False)
        except Refused as refusal:
            check('%s takes no invitation of %s' % (taking.name, inviting.name), 'exercise_mixed' in str(refusal), refusal)


def a_real_root_stays_out(xa, real, folder):
    """What an exercise signs with it would be real for everybody."""
    role = ['--name', 'Arland', '--role', 'witness']
    home, clock = os.path.join(folder, 'late'), ['--exercise-clock', xa.clock.file]
    refused('no exercise under a real root', 'exercise_mixed',
            ['init', '--home', home, '--state', real.home + '-state', '--node', 'xd.late'] + role + clock)
    refused('nothing real under the root of an exercise', 'exercise_mixed',
            ['init', '--home', home, '--state', xa.home + '-state', '--node', 'xa.late'] + role)
    check('nothing was made', not os.path.exists(os.path.join(home, 'card.json')))
    text = subprocess.run(['openssl', 'x509', '-in', xa.home + '-state/root.pem', '-noout', '-subject'], capture_output=True, text=True).stdout
    check('the root says so', 'OU = exercise' in text or 'OU=exercise' in text, text)
    for node, other, words in ((xa, real, clock), (real, xa, [])):
        file = os.path.join(folder, node.name + '.json')
        issue = ['directory', 'issue', file, '--card', node.home + '/card.json', '--state']
        refused('%s: no list by the other root' % node.name, 'exercise_mixed', issue + [other.home + '-state'] + words)
        made = subprocess.run([COMITY] + issue + [node.home + '-state'] + words, capture_output=True, text=True)
        check('a list is made', made.returncode == 0, made.stderr)
        refused('%s takes no list of %s' % (other.name, node.name), 'exercise_mixed', ['directory', 'import', file, '--home', other.home,
                '--session', other.file(other.people[other.who], 'session')])


def the_clock_belongs_to_the_node(xa, real, folder):
    real.stop()
    refused('a node in earnest takes no clock', 'exercise_mixed', ['serve', '--home', real.home, '--exercise-clock', xa.clock.file])
    xa.stop()
    refused('nor does a node of an exercise run without', 'exercise_mixed', ['serve', '--home', xa.home])
    odd = os.path.join(folder, 'odd')
    for n in (0, 7, 9):
        open(odd, 'wb').write(bytes(n))
        refused('a clock of %d bytes' % n, 'exercise_clock', ['serve', '--home', xa.home, '--exercise-clock', odd])
    xa.start()
    xa.login()


def certificate(node):
    return json.loads(subprocess.run(['python3', '-c', '''
import ssl, sys, json, tempfile
host, port = sys.argv[1].rsplit(':', 1)
pem = ssl.get_server_certificate((host, int(port)))
f = tempfile.NamedTemporaryFile('w', suffix='.pem'); f.write(pem); f.flush()
print(json.dumps(ssl._ssl._test_decode_cert(f.name)))''', node.call('GET', '/api/v1/node')['peer_address']],
        capture_output=True, text=True, check=True).stdout)


def time_is_moved(xa, xb, clock):
    import ssl
    life = Life(xa, xb)
    pres = life.preserved()
    clock.forward(46.5 * DAY)
    for node in (xa, xb):
        until('%s renewed its TLS certificate' % node.name, 10,
              lambda: ssl.cert_time_to_seconds(certificate(node)['notAfter']) > clock.now())
    try:
        life.ask(draft('pres.json'))
        check('the session did not outlive the jump', False)
    except Refused as refusal:
        check('sessions end by this clock', 'session' in str(refusal), refusal)
    for node in (xa, xb):
        node.login()
    check('the codes are those of this clock', True)
    second = life.preserved()
    check('peers talk with certificates of this clock', second['until'] >= pres['until'], second)
    for row in (pres, second):
        check('nothing lapsed early', all(r['state'] == 'preserved' for r in life.both(row['request'])))
    clock.forward(60 * DAY)
    until('the ends came at once on both sides', 5, lambda: all(r['state'] == 'lapsed' for row in (pres, second)
                                                               for r in life.both(row['request'])))


def the_clock_is_lost(xa, clock):
    """Whoever makes the file shorter ends the node, by the file's name and not by a signal; with the file whole again it starts."""
    os.truncate(clock.file, 0)
    code = xa.process.wait(20)
    told = open(xa.home + '.log').read()
    check('the node ends with 3', code == 3, code)
    check('it says which file, and by which rule', clock.file + ': it was made shorter' in told and 'exercise_clock' in told, told[-600:])
    xa.process = None
    refused('with the empty file it does not start', 'exercise_clock', ['serve', '--home', xa.home, '--exercise-clock', clock.file])
    open(clock.file, 'wb').write(bytes(8))
    xa.start()
    check('with a whole one it does', xa.process.poll() is None)


def main():
    folder = tempfile.mkdtemp(prefix='comity-exercise-')
    nodes = []
    try:
        clock = Clock(folder)
        xa = Node(folder, 'xa.contact', 'Arland', ['ilse', 'per', 'ada'], clock=clock)
        xb = Node(folder, 'xb.contact', 'Borvia', ['tomas', 'marta'], clock=clock)
        real = Node(folder, 'xd.contact', 'Dolmen', ['dora'])
        nodes = [xa, xb, real]
        for node in nodes:
            node.start()
            node.login()
        says_so(xa, real)
        never_meet(xa, real)
        a_real_root_stays_out(xa, real, folder)
        the_clock_belongs_to_the_node(xa, real, folder)
        Path(xa, xb).make_peers()
        time_is_moved(xa, xb, clock)
        the_clock_is_lost(xa, clock)
    finally:
        for node in nodes:
            node.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


sys.exit(main())
