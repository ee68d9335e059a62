#!/usr/bin/env python3
"""kill_path.py COMITY [--triples N]: the whole path between two real nodes, asked, preserved, delivered, opened, exported; and
in each step one process of one node is killed at its n-th call of a kind (strace injects SIGKILL). The officers' program goes
on: it looks what became of a call without an answer, and repeats what is not there.

The first path is only watched: which calls each process makes in each step, which acts and states come of it. Every later path
must end the same, at once and after all other kills; a repeated call may only add acts of those kinds that a person may do
twice. What an answer accepted must be there. At the end "comity log fsck" and a second implementation judge both registers, and
that each of them still extends every head that it ever showed.

A triple is (process, call, step). Each that struck is printed. Exit 1: a fault; 77: strace may not attach here."""
import collections, datetime, os, re, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from kill_node import Fault, NoTracing, Node, Recorder, Strike, World
from nodes import COMITY, DRAFTS, HERE, write

WANT = int(sys.argv[sys.argv.index('--triples') + 1]) if '--triples' in sys.argv else 50
sys.path.insert(0, os.path.join(HERE, '..', 'conformance'))
import register_vectors as register

TRIES = 8
EVIDENCE = 300 * 1024
# A person whose program got no answer may do these again; each time is an act. All others stand once.
AGAIN = {'evidence_stored', 'opening_asked', 'opening_approved', 'opened', 'verified', 'exported', 'told', 'acknowledged'}


def draft(name, path, changes):
    """An example of the documents, moved to today."""
    days = datetime.date.today() - datetime.date(2026, 11, 24)
    text = open(os.path.join(DRAFTS, name)).read()
    text = re.sub(r'\d{4}-\d\d-\d\d', lambda m: (datetime.date.fromisoformat(m.group()) + days).isoformat(), text)
    for old, new in changes.items():
        text = text.replace(old, new)
    write(path, text)


class Path:
    """One path, and the log of its client: what it was told to be accepted, and how often it had to ask again."""

    def __init__(self, xa, xb, folder, number):
        self.xa, self.xb, self.folder, self.number = xa, xb, folder, number
        self.accepted = []  # (node, what, identifier)
        self.receipts = []  # (origin, index)
        self.again = 0
        self.pres = self.stored = self.evidence = self.until = None

    STEPS = ('preserve', 'confirm', 'ask', 'execute', 'deliver', 'open', 'approve', 'permit', 'export')

    def file(self, name):
        return os.path.join(self.folder, '%d-%s' % (self.number, name))

    def settled(self, what, look, do):
        """Does it; without an answer looks whether it is done, and does it again when not."""
        last = None
        for _ in range(TRIES):
            last = do()
            if last[0] == 0:
                return last[1]
            self.again += 1
            found = look()
            if found:
                return found
        raise Fault('%s: not done in %d tries; the last: %s' % (what, TRIES, last))

    # -- the requests

    def asked(self):
        answer = World.until('the list of %s' % self.xa.name, lambda: self.xa.show(['request', 'list']))
        return {r['request'] for r in answer['requests'] if r['direction'] == 'asked'}

    def create(self, kind, changes):
        before = self.asked()
        draft(kind + '.json', self.file(kind), changes)

        def look():
            new = self.asked() - before
            if len(new) > 1:
                raise Fault('%s was asked once and stands %d times' % (kind, len(new)))
            return {'request': new.pop()} if new else None
        answer = self.settled(kind, look, lambda: self.xa.run(['request', 'send', self.file(kind), '--to', 'xb.contact'], 0))
        if 'state' in answer:
            self.accepted.append((self.xa, 'asked', answer['request']))
        if answer.get('receipt'):
            self.receipts.append((answer['receipt']['origin'], answer['receipt']['index']))
        World.until('%s at xb.contact' % kind, lambda: self.xb.show(['request', 'show', answer['request']]))
        return answer['request']

    def preserve(self):
        self.pres = self.create('pres', {})

    def decide(self, request, words, state):
        def look():
            row = World.until('the request', lambda: self.xb.show(['request', 'show', request]))
            return row if row['state'] == state else None
        if 'changed_at' not in self.settled('decision', look, lambda: self.xb.run(['request', 'decide', request] + words, 0)):
            self.accepted.append((self.xb, 'decided', request))
        return World.until('%s at xa.contact' % state, lambda: self.seen(self.xa, request, state))

    def seen(self, node, request, state):
        row = node.show(['request', 'show', request])
        return row if row and row['state'] == state else None

    def confirm(self):
        row = self.decide(self.pres, ['--event', 'preserve', '--order', 'PO-1', '--text', 'All of it.'], 'preserved')
        self.until = row['preserved_until']

    def ask(self):
        row = World.until('the preservation', lambda: self.xa.show(['request', 'show', self.pres]))
        self.stored = self.create('stored', {'1bc5d8d0-5bfc-47d7-a174-31dff2677b34': row['task'],
                                             'XB-2026-00007': row['their_reference']})
        World.until('the hold, told to xa.contact', lambda: self.seen(self.xa, self.pres, 'held_pending_mla'))

    def execute(self):
        self.decide(self.stored, ['--event', 'execute'], 'executing')

    # -- the evidence

    def pieces(self, node):
        answer = World.until('the evidence of %s' % node.name, lambda: node.show(['evidence', 'list']))
        return [e for e in answer['evidence'] if e['request'] == self.stored]

    def piece(self, state):
        """The receiver did its part when the deliverer knows."""
        World.until('evidence %s, told to xb.contact' % state, lambda: [e for e in self.pieces(self.xb) if e['state'] == state])

    def deliver(self):
        os.mkdir(self.file('evidence'))
        with open(os.path.join(self.file('evidence'), 'disk.img'), 'wb') as f:
            f.write(os.urandom(EVIDENCE))

        def look():
            there = self.pieces(self.xb)
            return next((e for e in there if e['state'] != 'packed'), None)

        def do():
            there = self.pieces(self.xb)
            if there:  # it was stored, and the program heard nothing
                return self.xb.run(['evidence', 'deliver', there[0]['evidence']], 0)
            return self.xb.run(['evidence', 'send', self.file('evidence'), '--request', self.stored], 0)
        answer = self.settled('evidence', look, do)
        self.evidence = answer['evidence']
        if 'direction' not in answer:
            self.accepted.append((self.xb, 'delivered', self.evidence))
        self.piece('received')

    def approval(self, who, purpose):
        """An approval; one that is in force already is as good."""
        code, answer = self.xa.run(['evidence', 'open' if who == 0 else 'approve', self.evidence, '--for', purpose], who)
        if code == 0:
            self.accepted.append((self.xa, 'approved', self.evidence))
        elif code == 1 and 'approval_same_person' in str(answer):
            return 0, {}
        return code, answer

    def open(self):
        self.settled('first approval', lambda: None, lambda: self.approval(0, 'open'))

    def opened(self):
        row = World.until('the evidence', lambda: self.xa.show(['evidence', 'show', self.evidence]))
        return row if row['verdict'] is not None else None

    def approve(self):
        def do():
            code, answer = self.approval(1, 'open')
            if code == 0 and 'verdict' not in answer:  # approvals end with the keeper: the first person says it again
                self.again += 1
                code, answer = self.approval(0, 'open')
            return code if code != 0 or 'verdict' in answer else 1, answer
        answer = self.settled('opening', self.opened, do)
        if answer['verdict'] != 'valid':
            raise Fault('the evidence came as "%s"' % answer['verdict'])
        self.piece('acknowledged')

    def permit(self):
        for who in (0, 1):
            self.settled('approval of the export', lambda: None, lambda: self.approval(who, 'export'))

    def export(self):
        out = self.file('bundle.asice')

        def look():
            for who in (0, 1):
                self.approval(who, 'export')
        self.settled('bundle', look, lambda: self.xa.run(['bundle', 'export', self.evidence, '--out', out], 0))
        self.accepted.append((self.xa, 'exported', self.evidence))
        self.verify()

    def verify(self):
        trust = os.path.join(self.folder, 'trust.pem')
        write(trust, ''.join(open(n.home + '-state/root.pem').read() for n in World.nodes))
        done = subprocess.run([COMITY, 'verify', self.file('bundle.asice'), '--trust', trust],
                                        capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Fault('the bundle is refused: %s' % (done.stdout + done.stderr)[-600:])

    # -- the oracle

    def result(self):
        """What both nodes say about this path; None when one of them does not answer."""
        found = {}
        for node in World.nodes:
            for name, request in (('pres', self.pres), ('stored', self.stored)):
                row = node.show(['request', 'show', request])
                if row is None:
                    return None
                found[node.name, name] = row['state'], collections.Counter(a['type'] for a in row['acts'])
                if name == 'pres' and row['preserved_until'] != self.until:
                    return {'%s, end of the preservation' % node.name: (row['preserved_until'], collections.Counter())}
            rows = self.pieces(node)
            pieces = sorted('%s %s' % (e['state'], e['verdict']) for e in rows)
            found[node.name, 'evidence'] = ' '.join(pieces), collections.Counter()
        return found

    def differences(self, reference):
        """What is lost, doubled or contradicted, compared with the path that nobody struck."""
        found = self.result()
        if found is None or set(found) != set(reference):
            return ['the nodes say: %s' % found]
        faults = []
        for place, (state, acts) in reference.items():
            if found[place][0] != state:
                faults.append('%s: "%s" instead of "%s"' % (place, found[place][0], state))
            for act in set(acts) | set(found[place][1]):
                n, most = found[place][1][act], acts[act] + (2 * self.again if act in AGAIN else 0)
                if not acts[act] <= n <= most:
                    faults.append('%s: act %s stands %d times, not %d to %d' % (place, act, n, acts[act], most))
        return faults

    def judge(self, reference):
        faults = []

        def same():
            faults[:] = self.differences(reference)
            return not faults
        try:
            World.until('the same end as the path that nobody struck', same)
        except Fault:
            return ['path %d: %s' % (self.number, f) for f in faults]
        return []


class Run:
    def __init__(self, folder):
        self.folder = folder
        self.paths, self.faults, self.strikes, self.heads = [], [], [], []
        self.calls = {}  # step → {(process, call): (first, last)}
        self.xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', 2)
        self.xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', 1)
        World.nodes[:] = [self.xa, self.xb]

    def make_peers(self):
        code, answer = self.xa.run(['peer', 'invite'], 0)
        self.xb.run(['peer', 'accept', answer['code']], 0)
        for node, other in ((self.xa, 'xb.contact'), (self.xb, 'xa.contact')):
            code, answer = node.run(['peer', 'confirm', other], 0)
            if code != 0:
                raise Fault('no peers: %s' % answer)

    def hits(self):
        return [s for s in self.strikes if s.hit]

    def choose(self, step):
        """A triple that was not tried: of the process that was struck least, and there of the call that was tried least."""
        tried = collections.Counter(s.triple() for s in self.strikes)
        processes = collections.Counter(s.process for s in self.hits())
        calls = collections.Counter((s.process, s.call) for s in self.strikes)
        open_ = [(processes[p], calls[p, c], p, c) for (p, c), (first, last) in self.calls[step].items()
                 if first <= last and tried[p, c, step] == 0]
        if not open_:
            return None
        _, _, process, call = min(open_)
        first, last = self.calls[step][process, call]
        n = first + (last - first) * (len(self.strikes) % 3) // 4  # the first, a fourth and half of the way
        return Strike(self.xa if process.startswith('xa') else self.xb, process[3:], call, step, n)

    def note_heads(self):
        """What each register says of itself now; it may never say anything else later."""
        for node in World.nodes:
            try:
                head = open(os.path.join(node.home, 'log', 'checkpoint')).read().split('\n')
                self.heads.append((node, int(head[1]), head[2]))
            except FileNotFoundError:
                pass

    def walk(self, path, watch=False):
        for step in Path.STEPS:
            strike = None
            if watch:
                recorder = Recorder()
            elif len({s.triple() for s in self.hits()}) < WANT:
                strike = self.choose(step)
            if strike is not None:
                strike.node.strike = strike
                self.strikes.append(strike)
            getattr(path, step)()
            if watch:
                self.calls[step] = recorder.end()
            if strike is not None:
                strike.node.settle()
                came = 'killed' if strike.hit else 'did not come'
                print('%-17s %-11s %-8s #%-3d %s' % (*strike.triple(), strike.n, came), flush=True)
            self.note_heads()
        self.paths.append(path)

    def all(self):
        self.xa.start(), self.xb.start()
        self.make_peers()
        first = Path(self.xa, self.xb, self.folder, 0)
        self.walk(first, watch=True)
        reference = self.reference(first)
        print('watched: %d triples in %d steps' % (sum(map(len, self.calls.values())), len(self.calls)), flush=True)
        for number in range(1, WANT):
            if len({s.triple() for s in self.hits()}) >= WANT or self.faults:
                break
            self.walk(Path(self.xa, self.xb, self.folder, number))
            self.faults += self.paths[-1].judge(reference)
        for path in self.paths:  # after all kills still the same
            self.faults += path.judge(reference)
        self.xa.stop(), self.xb.stop()
        for node in (self.xa, self.xb):
            self.faults += self.judge_register(node)

    def reference(self, path):
        """The watched path's end: when nothing changes any more, and everything that must be there is."""
        must = {('xa.contact', 'pres'): 'asked receipt_taken updated', ('xb.contact', 'pres'): 'taken',
                ('xa.contact', 'stored'): 'asked receipt_taken updated delivery_taken received opened verified exported',
                ('xb.contact', 'stored'): 'taken evidence_stored delivered acknowledged'}

        def whole():
            found = path.result()
            good = found and all(found[place][1][act] > 0 for place, acts in must.items() for act in acts.split())
            return found if good and found == path.result() else None
        return World.until('the end of the path that is only watched', whole)

    def judge_register(self, node):
        folder = os.path.join(node.home, 'log')
        key = os.path.join(folder, 'register.vkey')
        done = subprocess.run([COMITY, 'log', 'fsck', folder, '--vkey', key], capture_output=True, text=True,
                                        timeout=120)
        faults = [] if done.returncode == 0 else ['%s: log fsck: %s' % (node.name, (done.stdout + done.stderr)[:300])]
        leaves = register.check_tree(folder)
        for other, size, root in self.heads:
            if other is node and (size > len(leaves) or register.b64(register.mth(leaves[:size])) != root):
                faults.append('%s: the register does not extend its head of size %d' % (node.name, size))
        for path in self.paths:
            faults += ['%s: receipt %d is of no entry' % (node.name, index) for origin, index in path.receipts
                       if origin.startswith(node.name) and index >= len(leaves)]
        return faults

    def tell(self):
        struck = sorted({s.triple() for s in self.hits()})
        accepted = sum(len(p.accepted) for p in self.paths)
        print('%d distinct triples struck in %d paths, %d restarts, %d accepted answers, %d heads, %d faults' % (
            len(struck), len(self.paths), self.xa.starts + self.xb.starts - 2, accepted, len(self.heads), len(self.faults)))
        for f in self.faults:
            print('fault:', f)
        print('%d passed, %d failed' % (len(struck), len(self.faults)))
        return 1 if self.faults or len(struck) < WANT else 0


def main():
    if not shutil.which('strace'):
        print('strace is not installed')
        return 77
    folder = tempfile.mkdtemp(prefix='comity-kill-')
    run, code = None, 1
    try:
        run = Run(folder)
        run.all()
        code = run.tell()
    except NoTracing as why:
        print('strace may not attach here: %s' % why)
        code = 77
    except (Fault, SystemExit) as why:
        print('fault: %s\n%s' % (why, World.tails()))
        if run:
            run.faults.append(str(why))
            run.tell()
    finally:
        for node in World.nodes:
            if node.strike is not None:
                node.strike.tracer.end()
            if node.process is not None:
                node.process.kill()
                node.process.wait()
        if code == 1:
            print('everything is in %s' % folder)
        else:
            shutil.rmtree(folder)
    return code


if __name__ == '__main__':
    sys.exit(main())
