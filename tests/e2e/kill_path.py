#!/usr/bin/env python3
"""kill_path.py COMITY [--triples N] [--list]: kills one process of one of two real nodes at the n-th call of a kind while the
path runs (strace injects SIGKILL), restarts the node, goes on, and asks an oracle of its own: the log of answers that this
client was given, and "comity log fsck". Nothing that was accepted may be lost, doubled or contradicted.

A triple is (process, call, n). Every triple that really struck is printed; exit 1 when the oracle finds a fault, 77 when
strace may not attach here."""
import hashlib, hmac, http.client, json, os, shutil, signal, socket, struct, subprocess, sys, tempfile, time, base64

COMITY = os.path.abspath(sys.argv[1])
WANT = int(sys.argv[sys.argv.index('--triples') + 1]) if '--triples' in sys.argv else 50
HERE = os.path.dirname(os.path.abspath(__file__))
DRAFTS = os.path.join(HERE, '..', '..', 'doc', 'examples')

PROCESSES = [('xa', 'node'), ('xb', 'node'), ('xa', 'keeper'), ('xb', 'keeper'), ('xb', 'reader-message'), ('xa', 'reader-message')]
CALLS = {'node': ['pwrite64', 'fdatasync', 'fsync', 'rename,renameat,renameat2', 'write', 'sendmsg', 'ftruncate'],
         'keeper': ['pwrite64', 'fdatasync,fsync', 'sendmsg,write'],
         'reader-message': ['sendmsg,write', 'recvmsg']}


class Refused(Exception):
    pass


class Gone(Exception):
    """The node went away before it answered: whether it took the call is unknown."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('node', timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class Node:
    def __init__(self, folder, name, title, people):
        # A person for each start: sessions end with the keeper, and a code of an authenticator is good once in 30 s.
        self.folder, self.name, self.people, self.who = folder, name, people, -1
        self.home = os.path.join(folder, name[:2])
        self.process = None
        run(['init', '--home', self.home, '--state', self.home + '-state', '--node', name, '--name', title,
             '--role', 'contact_point', '--role', 'central_authority'])
        for person in people:
            write(self.file(person, 'password'), 'a good pass phrase\n')
            run(['person', 'add', person, '--home', self.home, '--name', person, '--password-file', self.file(person, 'password'),
                 '--totp-file', self.file(person, 'totp')])

    def file(self, person, kind):
        return '%s-%s.%s' % (self.home, person, kind)

    def start(self):
        self.log = open(self.home + '.log', 'ab')
        self.process = subprocess.Popen([COMITY, 'serve', '--home', self.home, '--json'], stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if b'ready' not in line:
            raise SystemExit('%s did not start; see %s.log' % (self.name, self.home))

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def wait_gone(self):
        self.process.wait(20)
        self.process = None

    def login(self):
        self.who += 1
        person = self.people[self.who]
        secret = open(self.file(person, 'totp')).read().strip()
        code = subprocess.run(['oathtool', '--totp', '-b', secret], capture_output=True, text=True, check=True).stdout.strip()
        run(['login', person, '--home', self.home, '--session', self.file(person, 'session'), '--password-file',
             self.file(person, 'password'), '--code', code])

    def pid(self, role):
        if role == 'parent':
            return self.process.pid
        for entry in os.listdir('/proc'):
            if not entry.isdigit():
                continue
            try:
                words = open('/proc/%s/cmdline' % entry, 'rb').read().split(b'\0')
                parent = int(open('/proc/%s/stat' % entry).read().rsplit(')', 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid and b'--role=' + role.encode() in words:
                return int(entry)
        return None

    def call(self, method, path, act=None, obj='', body=None):
        data = b'' if body is None else json.dumps(body).encode()
        fields = {'Content-Type': 'application/json'} if data else {}
        if act:
            lines = open(self.file(self.people[self.who], 'session')).read().split('\n')
            session, key = bytes.fromhex(lines[2]), bytes.fromhex(lines[3])
            text = b'comity-statement-v1\n' + struct.pack('>Q', int(time.time() * 1e6)) + field(act.encode()) + \
                field(obj.encode()) + hashlib.sha256(data).digest() + field(b'')
            fields['Comity-Session'] = session.hex()
            fields['Comity-Statement'] = base64.urlsafe_b64encode(text).rstrip(b'=').decode()
            fields['Comity-Mac'] = hmac.new(key, session + text, 'sha256').hexdigest()
        try:
            c = UnixConnection(os.path.join(self.home, 'run', 'admin.sock'))
            c.request(method, path, body=data or None, headers=fields)
            answer = c.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone(str(error))
        if answer.status >= 500:
            raise Gone(text.decode()[:200])
        if answer.status >= 300:
            raise Refused(text.decode()[:400])
        return json.loads(text) if text else {}


def field(b):
    return struct.pack('>I', len(b)) + b


def write(path, text):
    with open(path, 'w') as f:
        f.write(text)


def run(words):
    done = subprocess.run([COMITY] + words, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit('comity %s: %s%s' % (' '.join(words), done.stdout, done.stderr))
    return done.stdout


def until(what, seconds, check):
    """Asks until the answer is yes; each question is a real call of the node."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = check()
        if answer:
            return answer
        select_pause()
    raise SystemExit('waited %d s in vain: %s' % (seconds, what))


def select_pause():
    import select
    select.select([], [], [], 0.02)


class Path:
    """The client's own log: what it was told to be accepted."""

    def __init__(self, xa, xb):
        self.xa, self.xb = xa, xb
        self.accepted = []  # (what, id)
        self.request = json.load(open(os.path.join(DRAFTS, 'pres.json')))

    def make_peers(self):
        code = self.xa.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
        self.xb.call('POST', '/api/v1/peers', 'api_peer_accept', '', {'code': code})
        self.xa.call('POST', '/api/v1/peers/xb.contact/confirm', 'api_peer_confirm', 'xb.contact', {})
        self.xb.call('POST', '/api/v1/peers/xa.contact/confirm', 'api_peer_confirm', 'xa.contact', {})

    def ask(self):
        answer = self.xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': self.request, 'to': 'xb.contact'})
        self.accepted.append(('asked', answer['request']))
        return answer['request']

    def decide(self, request):
        answer = self.xb.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request,
                              {'event': 'preserve', 'order_reference': 'PO-1', 'text': 'All of it.'})
        self.accepted.append(('decided', request))
        return answer

    def arrived(self, request):
        try:
            return self.xb.call('GET', '/api/v1/requests/' + request)
        except (Refused, Gone):
            return None

    def told(self, request):
        try:
            answer = self.xa.call('GET', '/api/v1/requests/' + request)
        except (Refused, Gone):
            return None
        return answer if answer['state'] == 'preserved' else None

    def acts(self, node, request):
        return [a['type'] for a in node.call('GET', '/api/v1/requests/' + request)['acts']]


def strike(xa, xb, path, triple):
    """One round with the injection of `triple`. Gives whether it struck."""
    short, role, call, n = triple
    node = xa if short == 'xa' else xb
    pid = node.pid(role)
    strace = subprocess.Popen(['strace', '-qq', '-f', '-p', str(pid), '-e', 'trace=' + call, '-e', 'signal=none', '-o', '/dev/null',
                               '-e', 'inject=%s:signal=KILL:when=%d' % (call, n)], stderr=subprocess.PIPE)
    until('strace to attach', 10, lambda: tracer(pid) or strace.poll() is not None)
    if strace.poll() is not None and not dead(pid): # dead: the call came before anybody asked for anything
        print('strace, process %s: %s' % (pid, strace.stderr.read().decode().strip()))
        return None
    request = decided = None
    try:
        request = path.ask()
        until('arrival', 40, lambda: path.arrived(request) or dead(pid))
        decided = path.decide(request)
        until('word', 40, lambda: path.told(request) or dead(pid))
    except (Gone, Refused):
        pass
    strace.kill() # a kill that it gave at the last moment shows in the call
    strace.wait()
    try:
        node.call('GET', '/api/v1/node')
    except (Gone, Refused):
        pass
    struck = dead(pid)
    if struck and role != 'reader-message':
        node.wait_gone()
        node.start()
        node.login()
    return struck, request, decided


def dead(pid):
    try:
        return open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()[0] in 'ZX'
    except OSError:
        return True


def tracer(pid):
    try:
        return 'TracerPid:\t0' not in open('/proc/%d/status' % pid).read()
    except OSError:
        return True


def oracle(xa, xb, path, request, decided):
    """After the restart: what was accepted is there, once, and both sides say the same."""
    faults = []
    if request is None:
        return faults
    try:
        until('arrival after the restart', 40, lambda: path.arrived(request))
        if decided is None and path.arrived(request)['state'] == 'acknowledged':
            path.decide(request)
        until('the word after the restart', 40, lambda: path.told(request))
    except SystemExit as error:
        return [str(error)]
    a, b = xa.call('GET', '/api/v1/requests/' + request), xb.call('GET', '/api/v1/requests/' + request)
    if a['preserved_until'] != b['preserved_until']:
        faults.append('two ends: %s and %s' % (a['preserved_until'], b['preserved_until']))
    # The answer to a message may come after its retry, later than what was decided.
    try:
        until('the receipt', 40, lambda: 'receipt_taken' in path.acts(xa, request))
    except SystemExit as error:
        faults.append(str(error))
    for node, kind in ((xa, 'asked'), (xb, 'taken'), (xa, 'updated'), (xa, 'receipt_taken')):
        n = path.acts(node, request).count(kind)
        if n != 1:
            faults.append('%s: act %s of %s stands %d times' % (node.name, kind, request, n))
    return faults


def fsck(node):
    vkey = node.home + '.vkey'
    write(vkey, node.call('GET', '/api/v1/node')['log_vkey'] + '\n')
    done = subprocess.run([COMITY, 'log', 'fsck', os.path.join(node.home, 'log'), '--vkey', vkey], capture_output=True, text=True)
    return [] if done.returncode == 0 else ['%s: log fsck: %s' % (node.name, (done.stdout + done.stderr)[:300])]


def main():
    if not shutil.which('strace'):
        print('strace is not installed')
        return 77
    folder = tempfile.mkdtemp(prefix='comity-kill-')
    xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse%d' % i for i in range(min(62, WANT + 6))])
    xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['tomas%d' % i for i in range(min(62, WANT + 6))])
    struck, faults, path = [], [], None
    try:
        xa.start(), xb.start()
        xa.login(), xb.login()
        path = Path(xa, xb)
        path.make_peers()
        for n in range(1, 40):
            for short, role in PROCESSES:
                for call in CALLS[role]:
                    if len(struck) >= WANT:
                        break
                    triple = (short, role, call, n)
                    outcome = strike(xa, xb, path, triple)
                    if outcome is None:
                        print('strace may not attach here')
                        return 77
                    hit, request, decided = outcome
                    if hit:
                        struck.append(triple)
                        found = oracle(xa, xb, path, request, decided)
                        faults += ['%s: %s' % (triple, f) for f in found]
                        print('%s %s %s #%d: %s' % (short, role, call, n, 'ok' if not found else '; '.join(found)), flush=True)
        for what, request in path.accepted:
            if path.arrived(request) is None or path.told(request) is None:
                faults.append('accepted and lost: %s %s' % (what, request))
        until('tiles', 5, lambda: not (fsck(xa) + fsck(xb)))
    finally:
        xa.stop(), xb.stop()
    print('%d triples struck, %d accepted answers, %d faults' % (len(struck), len(path.accepted) if path else 0, len(faults)))
    for f in faults:
        print('fault:', f)
    if not faults:
        shutil.rmtree(folder)
    print('%d passed, %d failed' % (len(struck), len(faults)))
    return 1 if faults or len(struck) < WANT else 0


if __name__ == '__main__':
    sys.exit(main())
