#!/usr/bin/env python3
"""Pages of each list, p50 and p99 of each, over the local socket: lists.py COMITY FOLDER COUNT. COUNT requests, clocks, packages and
events are put into the database of a stopped node directly: the register and the messages are no part of these lists. (Acts and
messages are listed by busy.sh: the store itself has to make them.) CPU is the processor time of the node for one page."""
import os, random, sqlite3, sys, time, uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'e2e'))
import nodes

FOLDER, COUNT = sys.argv[2], int(sys.argv[3])
CALLS = 300  # of each list
STATES = ['acknowledged'] * 40 + ['preserved'] * 30 + ['executing'] * 20 + ['refused'] * 9 + ['more_info']
PEERS = 100


START = int(time.time() * 1e6) - COUNT * 1000000


def name(i):
    return str(uuid.UUID(int=i << 90 | 7 << 76 | 2 << 62))


def request(i):
    """One in 10,000 is asked by us, every case has ten requests, one state in a hundred is rare."""
    at = START + i * 1000000
    return dict(id=name(i), ours=int(i % 10000 == 0), peer='x%s.contact' % 'abcdefghij'[i % 10] if i % PEERS else 'xz.rare',
                kind='pres', state=STATES[random.randrange(len(STATES))], reference='XA-2026-%07d' % i, case_id='case-%06d' % (i // 10),
                title='Flow records of a rented server, number %d' % i, created=at, changed=at)


def deadline(i):
    return dict(request=name(i), limit='ask-reply', peer='xb.contact', start=START, at=START + i * 1000000, state='running',
                action='reminder', source='Article 35', wake=2 ** 62)


def delivery(i):
    at = START + i * 1000000
    return dict(id=name(i), request=name(i // 10 * 10), peer='xb.contact', delivery_id=name(i), state='received', title='Flow records',
                blob=bytes(32), package=bytes(32), length=1 << 20, have=1 << 20, created=at, changed=at)


def news(i):
    return dict(id=i + 1, at=START + i * 1000000, topic='request', ref=name(i), text='a request was taken')


def fill(path):
    random.seed(1)
    db = sqlite3.connect(path)
    for make in (request, deadline, delivery, news):
        table = make.__name__
        columns = [(row[1], row[2]) for row in db.execute('PRAGMA table_info(%s)' % table)]
        at = {column: i for i, (column, _) in enumerate(columns)}
        common = [b'' if kind == 'BLOB' else '' if kind == 'TEXT' else 0 for _, kind in columns]

        def rows():
            for i in range(COUNT):
                row = list(common)
                for column, value in make(i).items():
                    row[at[column]] = value
                yield row
        # In the order of the key and without the other indexes, which are made afterwards: a quarter of the time.
        indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql <> ''", (table,)).fetchall()
        with db:
            for index, _ in indexes:
                db.execute('DROP INDEX %s' % index)
            db.executemany('INSERT INTO %s VALUES(%s)' % (table, ','.join('?' * len(columns))), rows())
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


class Processor:
    """Processor time that a node used, in seconds."""
    def __init__(self, node):
        self.pid = node.pid('node')

    def used(self):
        with open('/proc/%d/stat' % self.pid) as f:
            words = f.read().rsplit(')', 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf('SC_CLK_TCK')


def measure(caller, processor, what, path, member, key, onward):
    """Walks page after page, and begins again at the end. `onward` makes the rest of the next page's query of a page, None at the end."""
    took, more, seen, cpu = [], None, set(), processor.used()
    for _ in range(CALLS):
        answer, t = caller.get(path + (more or ''))
        took.append(t)
        names = [row[key] for row in answer[member]]
        if more and not seen.isdisjoint(names):
            raise SystemExit('%s shows a row twice' % what)
        more = onward(answer)
        seen = seen.union(names) if more else set()
    took.sort()
    print('%-34s p50 %6.2f ms  p99 %6.2f ms  CPU %5.2f ms' % (what, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000,
                                                              (processor.used() - cpu) / CALLS * 1000))


def by_next(answer):
    return '&after=%s' % answer['next'] if answer['next'] else None


def by_row(answer):
    return '&after=%s&after_time=%d' % (answer['next_after'], answer['next_after_time']) if 'next_after' in answer else None


def by_event(answer):
    return '&after=%d' % answer['events'][-1]['event'] if len(answer['events']) == 50 else None


def main():
    node = nodes.Node(FOLDER, 'xa.contact', 'Arland', ['officer-a'])
    node.start()
    node.stop()
    started = time.monotonic()
    fill(os.path.join(node.home, 'db', 'comity.db'))
    print('%d of each put in %.0f s, %.0f MiB' % (COUNT, time.monotonic() - started,
                                                  os.path.getsize(os.path.join(node.home, 'db', 'comity.db')) / 2 ** 20))
    node.start()
    try:
        caller = Caller(node)
        processor = Processor(node)
        for what, query in (('all, newest change first', ''), ('of a peer', '&peer=xb.contact'), ('of a rare peer', '&peer=xz.rare'),
                            ('in a state', '&state=preserved'), ('in a rare state', '&state=more_info'),
                            ('received', '&direction=received'), ('asked (one in 10,000)', '&direction=asked'),
                            ('of a case', '&case=case-000500'), ('of a peer, in a state', '&peer=xb.contact&state=refused'),
                            ('of a peer, in a rare state', '&peer=xb.contact&state=more_info'),
                            ('of a peer, asked', '&peer=xb.contact&direction=asked'),
                            ('in a state, asked', '&state=preserved&direction=asked'),
                            ('of a case, in a state, asked', '&case=case-000500&state=preserved&direction=asked'),
                            ('of a peer, rare state, asked', '&peer=xz.rare&state=more_info&direction=asked')):
            measure(caller, processor, what, '/api/v1/requests?limit=50' + query, 'requests', 'request', by_next)
        measure(caller, processor, 'cases, by name', '/api/v1/cases?limit=50', 'cases', 'case', by_next)
        measure(caller, processor, 'clocks, next end first', '/api/v1/deadlines?limit=50', 'deadlines', 'request', by_next)
        measure(caller, processor, 'evidence', '/api/v1/evidence?limit=50', 'evidence', 'evidence', by_row)
        measure(caller, processor, 'evidence of a request', '/api/v1/evidence?limit=50&request=' + name(COUNT // 2), 'evidence', 'evidence',
                by_row)
        measure(caller, processor, 'events', '/api/v1/events?limit=50', 'events', 'event', by_event)
    finally:
        node.stop()


main()
