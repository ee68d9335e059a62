#!/usr/bin/env python3
"""Events as they happen (text/event-stream): many readers see each event once and in order, one that never reads holds nobody, the
line lives, a reader resumes after the node was started again, and there is a last reader who is refused.  api_events.py COMITY"""
import json, os, tempfile

import nodes

READERS = 64  # data/limits.tab, event_readers


class Reader:
    def __init__(self, node, last=None):
        self.c = nodes.UnixConnection(os.path.join(node.home, 'run', 'admin.sock'))
        fields = {'Accept': 'text/event-stream'}
        if last is not None:
            fields['Last-Event-ID'] = str(last)
        self.c.request('GET', '/api/v1/events', headers=fields)
        self.answer = self.c.getresponse()
        self.status, self.type = self.answer.status, self.answer.getheader('Content-Type')

    def block(self):
        """One block of lines; [] at the end of the stream."""
        lines = []
        while True:
            line = self.answer.readline().decode()
            if line in ('', '\n'):
                return lines
            lines.append(line.rstrip('\n'))

    def event(self):
        while True:
            lines = self.block()
            if not lines:
                return None
            fields = dict(line.split(': ', 1) for line in lines if not line.startswith(':'))
            if 'id' in fields:
                data = json.loads(fields['data'])
                if str(data['event']) != fields['id'] or data['topic'] != fields['event']:
                    raise SystemExit('an event says two things: %s' % lines)
                return data


def check(what, good, seen=''):
    print('ok  ' if good else 'BAD ', what, seen if not good else '')
    if not good:
        raise SystemExit(1)


def main():
    with tempfile.TemporaryDirectory() as folder:
        xa = nodes.Node(folder, 'xa.contact', 'Arland', ['officer-a', 'officer-b'])
        xb = nodes.Node(folder, 'xb.contact', 'Borduria', ['officer-a', 'officer-b'])
        try:
            play(xa, xb)
        finally:
            xa.stop()
            xb.stop()


def play(xa, xb):
    for node in (xa, xb):
        node.start()
        node.login()
    path = nodes.Path(xa, xb)
    path.make_peers()
    idle = Reader(xb)  # never read from
    first = path.ask()
    nodes.until('the request to arrive', 30, lambda: path.arrived(first))
    listed = xb.call('GET', '/api/v1/events')['events']
    readers = [Reader(xb) for _ in range(5)]
    check('it is a stream', readers[0].status == 200 and readers[0].type == 'text/event-stream', readers[0].type)
    for reader in readers:
        check('a reader sees what was', [reader.event() for _ in listed] == listed)
    second = path.ask()
    got = [reader.event() for reader in readers]
    check('each sees what happens', all(g == got[0] and g['event'] > listed[-1]['event'] and g['ref'] == second for g in got), got)
    more = [Reader(xb) for _ in range(READERS - 6)]
    refused = Reader(xb)
    check('one too many is told to come later', refused.status == 503 and b'node_busy' in refused.answer.read(), refused.status)
    check('the others are there', all(m.status == 200 for m in more))
    for reader in more:
        reader.answer.close()
        reader.c.close()
    nodes.until('one who asks again to find room, long before the next sign of life', 8, lambda: Reader(xb).status == 200)
    check('a sign of life', readers[0].block() == [':'])
    readers[0].c.close()
    last = got[0]['event']
    xb.stop()
    check('the end of the node ends the stream', readers[1].event() is None)
    xb.start()
    third = path.ask()
    again = Reader(xb, last)
    came = again.event()
    while came['ref'] != third:
        check('nothing twice after a restart', came['event'] > last, came)
        last, came = came['event'], again.event()
    check('a reader resumes after a restart', came['event'] > last, came)
    check('a number that is none', Reader(xb, 'x').status == 422)
    idle.c.close()


main()
