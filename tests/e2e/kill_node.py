"""Two real nodes that are killed, and strace as the hand that does it. For kill_path.py.

A node that is found dead is mended in one place, Node.mend(): its tracer is ended, the strike that was aimed at it is counted,
and it is started again. A death for which no strike was aimed is a fault. So it does not matter when a kill lands: in the
step, at its end, or when strace has gone already."""
import base64, collections, hashlib, hmac, json, os, re, select, signal, struct, subprocess, tempfile, time

import nodes
from nodes import COMITY, write

ROLES = ('parent', 'node', 'keeper', 'reader-message', 'reader-package')
# What changes something that others see. The parent and the package readers do little of it: they are struck elsewhere as well.
CALLS = 'write pwrite64 writev sendto sendmsg fsync fdatasync ftruncate rename renameat renameat2 unlink unlinkat'.split()
MORE = 'recvmsg pread64 clone clone3 seccomp exit_group'.split()
LOOK = 0.02  # seconds between two looks at something that no descriptor tells


class Fault(Exception):
    """The oracle's no, or a wait that was in vain."""


class NoTracing(Exception):
    pass


def ready(fds, seconds):
    """Waits until one of the descriptors can be read, or so long. Gives those that can."""
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return [fd for fd, _ in poll.poll(max(0, seconds) * 1000)]


class Tracer:
    """strace on a process: attached when this returns, gone after end(). `inject` = (call, n): SIGKILL at the n-th of a task."""

    def __init__(self, folder, pid, follow=True, inject=None):
        handle, self.path = tempfile.mkstemp(dir=folder)
        os.close(handle)
        words = ['strace', '-p', str(pid), '-o', self.path, '-e', 'trace=' + (inject[0] if inject else ','.join(CALLS + MORE))]
        words += ['-f'] if follow else []
        words += ['-e', 'inject=%s:signal=KILL:when=%d' % inject] if inject else []
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.text = None
        said, until = b'', time.monotonic() + 20
        while b'attached' not in said:
            piece = os.read(self.process.stderr.fileno(), 4096) if ready([self.process.stderr], until - time.monotonic()) else b''
            said += piece
            if piece == b'':
                self.end()
                if b'not permitted' in said:
                    raise NoTracing(said.decode().strip())
                raise Fault('strace did not attach to %d in 20 s: %s' % (pid, said.decode()))

    def end(self):
        """Lets go of the process, whatever state it is in, and gives what strace wrote."""
        if self.text is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:  # the kernel lets go of what it traced
                self.process.kill()
                self.process.wait(20)
            self.process.stderr.close()
            with open(self.path, errors='replace') as f:
                self.text = f.read()
            os.unlink(self.path)
        return self.text


class Strike:
    """One kill: aimed at the n-th `call` of `role`. It hit when strace saw the end, or when the node is found dead later."""

    def __init__(self, node, role, call, step, n):
        self.node, self.process, self.call, self.step, self.n = node, '%s.%s' % (node.name[:2], role), call, step, n
        self.role, self.hit, self.spent = role, False, False
        # The parent starts package readers: strace follows it into them, and n is more than the parent itself calls.
        pid = node.find('parent' if role == 'reader-package' else role)
        self.tracer = Tracer(node.folder, pid, follow=role != 'parent', inject=(call, n))

    def triple(self):
        return self.process, self.call, self.step

    def end(self):
        if 'killed by SIGKILL' in self.tracer.end():
            self.hit = True
        if self.role.startswith('reader'):
            self.spent = True  # the node outlives it


class Node(nodes.Node):
    """`desk`: how many persons must be able to log in after each start."""

    def __init__(self, folder, name, title, desk):
        super().__init__(folder, name, title, [])
        self.desk, self.starts = desk, 0
        self.pidfd = self.strike = None
        self.people, self.here = {}, []  # person → last step of the authenticator; who is logged in since the start
        with open(os.path.join(self.home, 'comity.conf'), 'a') as conf:
            conf.write('retry_max_s = 1\n')  # peers come back in a moment here

    # -- its processes

    def start(self):
        self.fill_desk()
        self.here = []
        self.starts += 1
        super().start()
        self.pidfd = os.pidfd_open(self.process.pid)

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.gone(30)

    def gone(self, seconds):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Fault('%s did not end in %d s' % (self.name, seconds))
        finally:
            os.close(self.pidfd)
            self.process.stdout.close()
            self.process = self.pidfd = None

    def mend(self):
        """Is the node dead, it is started again, and the strike counts."""
        if self.process is None or not ready([self.pidfd], 0):
            return
        strike = self.strike
        if strike is not None:
            strike.end()
        self.gone(20)
        if strike is None or strike.spent:
            raise Fault('%s ended, and nobody struck it' % self.name)
        strike.hit = strike.spent = True
        self.start()

    def settle(self):
        """The end of a strike: strace lets go; what it killed is waited for and mended."""
        self.strike.end()
        if self.strike.hit and not self.strike.spent and not ready([self.pidfd], 20):
            raise Fault('%s lives on after %s was killed' % (self.name, self.strike.process))
        self.mend()

    def find(self, role):
        """The message reader may be starting again just now."""
        until = time.monotonic() + 20
        while self.pid(role) is None:
            if time.monotonic() > until:
                raise Fault('%s has no %s for 20 s' % (self.name, role))
            ready([self.pidfd], LOOK)
        return self.pid(role)

    # -- its persons

    def free_step(self, person):
        """The authenticator's next step that the keeper takes: one before and one after now are in its window."""
        now = time.time()
        step = max(self.people[person] + 1, int(now / 30) - (1 if now % 30 < 20 else 0))
        return step if step <= int(now / 30) + 1 else None

    def fill_desk(self):
        """Sessions end with the keeper, and a code is good once. When all codes of this moment are used, somebody new comes."""
        while len([p for p in self.people if self.free_step(p)]) < self.desk:
            person = 'p%d' % len(self.people)
            write(self.file(person, 'password'), 'a good pass phrase\n')
            nodes.run(['person', 'add', person, '--home', self.home, '--name', person, '--password-file',
                       self.file(person, 'password'), '--totp-file', self.file(person, 'totp')])
            self.people[person] = 0

    def code(self, person, step):
        secret = base64.b32decode(open(self.file(person, 'totp')).read().strip())
        digest = hmac.new(secret, struct.pack('>Q', step), hashlib.sha1).digest()
        return '%06d' % ((struct.unpack('>I', digest[digest[19] & 15:][:4])[0] & 0x7fffffff) % 1000000)

    def session(self, number):
        """The session file of the first, second … person who is here; None when the login failed."""
        while len(self.here) <= number:
            starts = self.starts
            person = World.until('somebody of %s with a code that is not used' % self.name, lambda: next(
                (p for p in self.people if p not in self.here and self.free_step(p)), None))
            step = self.free_step(person)
            self.people[person] = step
            code, _ = self.run(['login', person, '--session', self.file(person, 'session'), '--password-file',
                                self.file(person, 'password'), '--code', self.code(person, step)])
            if code != 0:
                return None
            if starts == self.starts:
                self.here.append(person)
        return self.file(self.here[number], 'session')

    # -- its commands

    def run(self, words, person=None):
        """One command of an officer. Gives exit code and answer; 0 means accepted. While it works, a dead node is mended."""
        World.mend()
        if person is not None:
            session = self.session(person)
            if session is None:
                return 3, None
            words = words + ['--session', session]
        with tempfile.TemporaryFile(dir=self.folder) as out, tempfile.TemporaryFile(dir=self.folder) as err:
            command = subprocess.Popen([COMITY] + words + ['--home', self.home, '--json'], stdout=out, stderr=err)
            fd = os.pidfd_open(command.pid)
            until = time.monotonic() + 120
            try:
                while fd not in ready([fd] + World.pidfds(), until - time.monotonic()):
                    if time.monotonic() > until:
                        raise Fault('no end in 120 s: comity %s' % ' '.join(words))
                    World.mend()
            finally:
                os.close(fd)
                if command.poll() is None:
                    command.kill()
                code = command.wait()
            out.seek(0), err.seek(0)
            text, beside = out.read().decode(errors='replace'), err.read().decode(errors='replace')
        if code == 3 and any(rule in text for rule in ('"net_', 'node_not_running')):
            ready([self.pidfd], 20)  # it ends: the next command finds it started again
        if code == 3 and self.strike is not None and self.strike.role == 'reader-package':
            self.strike.end()  # the next reader would be struck as well
        World.said.append('%s: comity %s: %d %s%s' % (self.name, ' '.join(words[:3]), code, text[:400], beside[:200]))
        try:
            return code, json.loads(text)
        except ValueError:
            return code, None

    def show(self, words):
        """What the node shows now, or None."""
        code, answer = self.run(words)
        return answer if code == 0 else None

    def tail(self):
        try:
            return ''.join(open(self.home + '.log', errors='replace').readlines()[-15:])
        except OSError:
            return ''


class World:
    """Both nodes, and what the last commands said."""
    nodes = []
    said = collections.deque(maxlen=8)

    @staticmethod
    def mend():
        for node in World.nodes:
            node.mend()

    @staticmethod
    def pidfds():
        return [node.pidfd for node in World.nodes if node.pidfd is not None]

    @staticmethod
    def until(what, check, seconds=60):
        """Looks until the check gives something; dead nodes are mended meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = check()
            if found:
                return found
            ready(World.pidfds(), LOOK)
        raise Fault('waited %d s in vain: %s' % (seconds, what))

    @staticmethod
    def tails():
        lines = ['the last commands:'] + list(World.said)
        for node in World.nodes:
            lines += ['the end of the log of %s:' % node.name, node.tail()]
        return '\n'.join(lines)


class Recorder:
    """Which calls each process of both nodes makes in a step: (process, call) → the most of one task, and the parent's own."""

    def __init__(self):
        self.tracers = []
        for node in World.nodes:
            for role in ROLES[:-1]:
                pid = node.find(role)
                self.tracers.append((node.name[:2], role, pid, Tracer(node.folder, pid)))

    def end(self):
        counts = collections.defaultdict(collections.Counter)
        for short, role, pid, tracer in self.tracers:
            for task, call in re.findall(r'^(\d+) +(\w+)\(', tracer.end(), re.M):
                other = role == 'parent' and int(task) != pid
                counts[('%s.%s' % (short, 'reader-package' if other else role), call)][task] += 1
        most = {key: max(tasks.values()) for key, tasks in counts.items()}
        # A reader is struck while strace looks at its parent too, so only behind what the parent does.
        return {(process, call): (most.get((process[:3] + 'parent', call), 0) + 1 if process.endswith('package') else 1, n)
                for (process, call), n in most.items() if call in CALLS or process[3:] in ('parent', 'reader-package')}
