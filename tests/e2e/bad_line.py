#!/usr/bin/env python3
"""bad_line.py COMITY: two nodes in network namespaces of their own, and between them a line that loses 8 % of the packets, takes
350 ms each way and carries 64 kb/s (scenario S10 of the reference). A request arrives and is answered; evidence comes, and goes on where it stopped
when the receiver is stopped in the middle. The packets are the kernel's own; only the line between the two TUN devices is ours. Where
the kernel gives no namespaces or no TUN device: skipped (77)."""
import ctypes, fcntl, heapq, json, os, random, select, shutil, struct, subprocess, sys, tempfile, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, DRAFTS, Node, Path, until

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
LOSS, DELAY, BYTES_A_SECOND, QUEUE_SECONDS = 0.08, 0.35, 8000, 3
LIBC = ctypes.CDLL(None, use_errno=True)


def skip(why):
    print('skipped:', why)
    sys.exit(77)


def new_network(address):
    """The thread's new namespace with one TUN device; the device's other end, and the namespace."""
    if LIBC.unshare(CLONE_NEWNET) != 0:
        skip('no network namespace: ' + os.strerror(ctypes.get_errno()))
    try:
        tun = os.open('/dev/net/tun', os.O_RDWR)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', b'line', IFF_TUN | IFF_NO_PI))
    except OSError as error:
        skip('no TUN device: %s' % error)
    for words in (['link', 'set', 'lo', 'up'], ['addr', 'add', address + '/30', 'dev', 'line'], ['link', 'set', 'line', 'up']):
        subprocess.run(['ip'] + words, check=True)
    return tun, os.open('/proc/thread-self/ns/net', os.O_RDONLY)


class Line:
    """What comes out of one device goes into the other, late, and not all of it. Good until it is made bad."""

    def __init__(self, ends):
        self.ends, self.bad, self.lost, self.carried = ends, False, 0, [0, 0]
        self.on_way, self.free, self.count = [], [0, 0], 0
        self.random = random.Random(48)
        threading.Thread(target=self.carry, daemon=True).start()

    def take(self, side, packet):
        now = time.monotonic()
        if not self.bad:
            os.write(self.ends[1 - side], packet)
            return
        self.free[side] = max(self.free[side], now)
        if self.random.random() < LOSS or self.free[side] > now + QUEUE_SECONDS:
            self.lost += 1
            return
        self.carried[1 - side] += len(packet) # to this side
        self.free[side] += len(packet) / BYTES_A_SECOND
        self.count += 1
        heapq.heappush(self.on_way, (self.free[side] + DELAY, self.count, 1 - side, packet))

    def carry(self):
        while True:
            wait = max(0, self.on_way[0][0] - time.monotonic()) if self.on_way else None
            for fd in select.select(self.ends, [], [], wait)[0]:
                self.take(self.ends.index(fd), os.read(fd, 65536))
            while self.on_way and self.on_way[0][0] <= time.monotonic():
                _, _, to, packet = heapq.heappop(self.on_way)
                os.write(self.ends[to], packet)


def inside(space, call, *words):
    if LIBC.setns(space, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns')
    return call(*words)


def played(folder, spaces, line):
    xa = inside(spaces[0], lambda: Node(folder, 'xa.contact', 'Arland', ['ilse', 'per'], listen='10.48.0.1:0'))
    xb = inside(spaces[1], lambda: Node(folder, 'xb.contact', 'Borvia', ['tove'], listen='10.48.0.2:0'))
    try:
        inside(spaces[0], xa.start)
        inside(spaces[1], xb.start)
        xa.login()
        xb.login()
        Path(xa, xb).make_peers()
        line.bad = True
        draft = json.load(open(os.path.join(DRAFTS, 'stored.json')))
        del draft['preservation']
        begun = time.monotonic()
        request = xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': 'xb.contact'})['request']
        row = lambda node: node.call('GET', '/api/v1/requests/' + request)
        until('the request arrives', 30, lambda: row(xa)['state'] == 'acknowledged')
        print('the request was answered after %.1f s' % (time.monotonic() - begun))
        xb.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, {'event': 'execute', 'text': 'Begun.'})
        file = os.path.join(folder, 'image')
        with open(file, 'wb') as to:
            to.write(random.Random(10).randbytes(40000))
        done = subprocess.run([COMITY, 'evidence', 'send', file, '--request', request, '--home', xb.home, '--session',
                               xb.file('tove', 'session'), '--json'], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit('evidence send: ' + done.stdout)
        evidence = json.loads(done.stdout)['evidence']
        have = lambda: next((e for e in xa.call('GET', '/api/v1/evidence')['evidence'] if e['evidence'] == evidence), None)
        before = line.carried[0]
        until('some of it is here', 40, lambda: line.carried[0] > before + 36000)
        xa.stop()
        inside(spaces[0], xa.start)
        until('the rest came', 45, lambda: have()['state'] == 'received')
        begins = xa.call('GET', '/api/v1/evidence/' + evidence)['fetched_from']
        print('it went on at byte %s' % begins)
        if not begins or begins[0] == 0:
            raise SystemExit('it did not go on where it stopped')
        until('the sender knows', 20, lambda: xb.call('GET', '/api/v1/evidence/' + evidence)['state'] != 'available')
    finally:
        xa.stop()
        xb.stop()
    print('%d bytes were carried, %d packets lost, %.1f s' % (sum(line.carried), line.lost, time.monotonic() - begun))
    if line.lost == 0 or line.carried[0] < 48000:
        raise SystemExit('it was no bad line')


def main():
    if os.geteuid() != 0:
        who = os.geteuid(), os.getegid()
        if LIBC.unshare(CLONE_NEWUSER) != 0:
            skip('no user namespace')
        open('/proc/self/setgroups', 'w').write('deny')
        open('/proc/self/uid_map', 'w').write('0 %d 1' % who[0])
        open('/proc/self/gid_map', 'w').write('0 %d 1' % who[1])
    if shutil.which('ip') is None:
        skip('the program "ip" is missing')
    ends, spaces = zip(*[new_network(a) for a in ('10.48.0.1', '10.48.0.2')])
    folder = tempfile.mkdtemp(prefix='comity-line-')
    played(folder, spaces, Line(ends))
    shutil.rmtree(folder)


main()
