#!/usr/bin/env python3
"""Pages of requests, p50 and p99 of each list, over the local socket: lists.py COMITY FOLDER REQUESTS. The rows are put into the
database of a stopped node directly: the register and the messages are no part of a list."""
import os, random, sqlite3, sys, time, uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'e2e'))
import nodes

FOLDER, COUNT = sys.argv[2], int(sys.argv[3])
CALLS = 300  # of each list
STATES = ['acknowledged'] * 40 + ['preserved'] * 30 + ['executing'] * 20 + ['refused'] * 9 + ['more_info']
PEERS = 100


def fill(path):
    """One in 10,000 is asked by us, every case has ten requests, one state in a hundred is rare."""
    random.seed(1)
    db = sqlite3.connect(path)
    columns = [(row[1], row[2]) for row in db.execute('PRAGMA table_info(request)')]
    start = int(time.time() * 1e6) - COUNT * 1000000
    common = [b'' if kind == 'BLOB' else '' if kind == 'TEXT' else 0 for _, kind in columns]
    at = {name: i for i, (name, _) in enumerate(columns)}

    def rows():
        for i in range(COUNT):
            row = list(common)
            row[at['id']] = str(uuid.UUID(int=i << 90 | 7 << 76 | 2 << 62))
            row[at['ours']] = int(i % 10000 == 0)
            row[at['peer']] = 'x%s.contact' % 'abcdefghij'[i % 10] if i % PEERS else 'xz.rare'
            row[at['kind']] = 'pres'
            row[at['state']] = STATES[random.randrange(len(STATES))]
            row[at['reference']] = 'XA-2026-%07d' % i
            row[at['case_id']] = 'case-%06d' % (i // 10)
            row[at['title']] = 'Flow records of a rented server, number %d' % i
            row[at['created']] = row[at['changed']] = start + i * 1000000
            yield row
    # In the order of the key and without the other indexes, which are made afterwards: a quarter of the time.
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'request' AND sql <> ''").fetchall()
    with db:
        for name, _ in indexes:
            db.execute('DROP INDEX %s' % name)
        db.executemany('INSERT INTO request VALUES(%s)' % ','.join('?' * len(columns)), rows())
        for _, sql in indexes:
            db.execute(sql)
    db.close()


class Caller:
    def __init__(self, node):
        self.c = nodes.UnixConnection(os.path.join(node.home, 'run', 'admin.sock'))

    def get(self, path):
        started = time.perf_counter()
        self.c.request('GET', path)
        answer = self.c.getresponse()
        text = answer.read()
        took = time.perf_counter() - started
        if answer.status != 200:
            raise SystemExit('%s: %d %s' % (path, answer.status, text[:300]))
        return nodes.json.loads(text), took


def measure(caller, what, path, member='requests'):
    """Walks page after page, and begins again at the end."""
    took, after, seen = [], None, set()
    for _ in range(CALLS):
        answer, t = caller.get(path + ('&after=%s' % after if after else ''))
        took.append(t)
        names = [row['request' if member == 'requests' else 'case'] for row in answer[member]]
        if after and not seen.isdisjoint(names):
            raise SystemExit('%s shows a row twice' % what)
        after = answer['next']
        seen = seen.union(names) if after else set()
    took.sort()
    print('%-34s p50 %6.2f ms  p99 %6.2f ms' % (what, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000))


def main():
    node = nodes.Node(FOLDER, 'xa.contact', 'Arland', ['officer-a'])
    node.start()
    node.stop()
    started = time.monotonic()
    fill(os.path.join(node.home, 'db', 'comity.db'))
    print('%d requests put in %.0f s, %.0f MiB' % (COUNT, time.monotonic() - started,
                                                  os.path.getsize(os.path.join(node.home, 'db', 'comity.db')) / 2 ** 20))
    node.start()
    try:
        caller = Caller(node)
        base = '/api/v1/requests?limit=50'
        measure(caller, 'all, newest change first', base)
        measure(caller, 'of a peer', base + '&peer=xb.contact')
        measure(caller, 'of a rare peer', base + '&peer=xz.rare')
        measure(caller, 'in a state', base + '&state=preserved')
        measure(caller, 'in a rare state', base + '&state=more_info')
        measure(caller, 'received', base + '&direction=received')
        measure(caller, 'asked (one in 10,000)', base + '&direction=asked')
        measure(caller, 'of a case', base + '&case=case-000500')
        measure(caller, 'of a peer, in a state', base + '&peer=xb.contact&state=refused')
        measure(caller, 'of a peer, rare state, asked', base + '&peer=xz.rare&state=more_info&direction=asked')
        measure(caller, 'cases, by name', '/api/v1/cases?limit=50', 'cases')
    finally:
        node.stop()


main()
