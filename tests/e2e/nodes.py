"""Two real nodes for tests: made, started, stopped, their persons logged in, called over the admin API as an officer's program
does it. For tests that are called with COMITY as their first argument."""
import base64, hashlib, hmac, http.client, json, os, select, signal, socket, struct, subprocess, sys, time

COMITY = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
DRAFTS = os.path.join(HERE, '..', '..', 'doc', 'examples')


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


class Clock:
    """The clock of an exercise: moves the time of all nodes that were made with it, at once."""

    def __init__(self, folder):
        self.file, self.us = os.path.join(folder, 'clock'), 0
        with open(self.file, 'wb') as f:
            f.write(bytes(8))

    def forward(self, seconds):
        self.us += int(seconds * 1e6)
        fd = os.open(self.file, os.O_WRONLY)
        os.pwrite(fd, struct.pack('=q', self.us), 0)
        os.close(fd)

    def now(self):
        return time.time() + self.us / 1e6


class Node:
    def __init__(self, folder, name, title, people, roles=('contact_point', 'central_authority'), clock=None, home=None, state=None, phone=None, listen=None):
        # A person for each start: sessions end with the keeper, and a code of an authenticator is good once in 30 s.
        self.folder, self.name, self.people, self.who = folder, name, people, -1
        self.home = os.path.join(folder, home or name[:2])
        self.process = None
        self.clock, self.exercise = clock, ['--exercise-clock', clock.file] if clock else []
        run(['init', '--home', self.home, '--state', state or self.home + '-state', '--node', name, '--name', title,
             *[word for role in roles for word in ('--role', role)]] + (['--phone', phone] if phone else []) +
            (['--listen', listen] if listen else []) + self.exercise)
        for person in people:
            write(self.file(person, 'password'), 'a good pass phrase\n')
            run(['person', 'add', person, '--home', self.home, '--name', person, '--password-file', self.file(person, 'password'),
                 '--totp-file', self.file(person, 'totp')])

    def file(self, person, kind):
        return '%s-%s.%s' % (self.home, person, kind)

    def start(self):
        self.log = open(self.home + '.log', 'ab')
        self.process = subprocess.Popen([COMITY, 'serve', '--home', self.home, '--json'] + self.exercise, stdout=subprocess.PIPE, stderr=self.log)
        ready = select.select([self.process.stdout], [], [], 60)[0]
        if not ready or b'ready' not in self.process.stdout.readline():
            raise SystemExit('%s did not start in 60 s; see %s.log' % (self.name, self.home))

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
        moment = [] if self.clock is None else ['--now', '@%d' % self.clock.now()]
        code = subprocess.run(['oathtool', '--totp', '-b'] + moment + [secret], capture_output=True, text=True, check=True).stdout.strip()
        run(['login', person, '--home', self.home, '--session', self.file(person, 'session'), '--password-file',
             self.file(person, 'password'), '--code', code])

    def now(self):
        return self.clock.now() if self.clock else time.time()

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

    def statement(self, act, obj, data):
        """The header fields of a call by the person who logged in last."""
        lines = open(self.file(self.people[self.who], 'session')).read().split('\n')
        session, key = bytes.fromhex(lines[2]), bytes.fromhex(lines[3])
        text = b'comity-statement-v1\n' + struct.pack('>Q', int(self.now() * 1e6)) + field(act.encode()) + \
            field(obj.encode()) + hashlib.sha256(data).digest() + field(b'')
        return {'Comity-Session': session.hex(),
                'Comity-Statement': base64.urlsafe_b64encode(text).rstrip(b'=').decode(),
                'Comity-Mac': hmac.new(key, session + text, 'sha256').hexdigest()}

    def call(self, method, path, act=None, obj='', body=None):
        data = b'' if body is None else json.dumps(body).encode()
        fields = {'Content-Type': 'application/json'} if data else {}
        if act:
            fields.update(self.statement(act, obj, data))
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
            raise Refused(text.decode())
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
    select.select([], [], [], 0.02)


class Path:
    """A request and its preservation, and what the client was told to be accepted."""

    def __init__(self, xa, xb):
        self.xa, self.xb = xa, xb
        self.accepted = []  # (what, id)
        self.request = json.load(open(os.path.join(DRAFTS, 'pres.json')))

    def make_peers(self):
        code = self.xa.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
        self.xb.call('POST', '/api/v1/peers', 'api_peer_accept', '', {'code': code})
        self.xa.call('POST', '/api/v1/peers/%s/confirm' % self.xb.name, 'api_peer_confirm', self.xb.name, {})
        self.xb.call('POST', '/api/v1/peers/%s/confirm' % self.xa.name, 'api_peer_confirm', self.xa.name, {})

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
