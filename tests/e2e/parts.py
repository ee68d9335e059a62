#!/usr/bin/env python3
"""parts.py COMITY: one request answered by several packages. They share a series and are numbered; the asking side sees at once
that more follows, and when it was the last; after the last one nothing more is delivered."""
import json, os, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, DRAFTS, Node, Path, until, write

FAILED = 0


def check(what, good, seen=''):
    global FAILED
    FAILED += not good
    if not good:
        print('NOT OK  %s: %s' % (what, str(seen)[:1500]))


def send(node, request, path, event=None):
    words = ['evidence', 'send', path, '--request', request, '--home', node.home, '--session', node.file(node.people[node.who], 'session'), '--json']
    done = subprocess.run([COMITY, *words, *(['--event', event] if event else [])], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def main():
    folder = tempfile.mkdtemp(prefix='comity-parts-')
    xa, xb = Node(folder, 'xa.contact', 'Arland', ['ilse']), Node(folder, 'xb.contact', 'Borvia', ['tove'])
    try:
        for node in (xa, xb):
            node.start()
            node.login()
        Path(xa, xb).make_peers()
        draft = json.load(open(os.path.join(DRAFTS, 'stored.json')))
        del draft['preservation']
        request = xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': 'xb.contact'})['request']
        xb.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, {'event': 'execute', 'text': 'Begun.'})
        state = lambda: xa.call('GET', '/api/v1/requests/' + request)['state']
        ids = []
        for number, (event, after) in enumerate((('deliver_part', 'partly_answered'), ('deliver_part', 'partly_answered'), (None, 'disclosed')), 1):
            path = os.path.join(folder, 'part-%d.txt' % number)
            write(path, 'part %d\n' % number)
            code, told = send(xb, request, path, event)
            check('part %d leaves' % number, code == 0 and told['request_state'] == after, told)
            ids.append(told['evidence'])
            until('part %d is at the other side' % number, 20, lambda: state() == after)
            until('part %d is fetched' % number, 20, lambda: xa.call('GET', '/api/v1/evidence/' + ids[-1])['state'] == 'received')
        for node in (xa, xb):
            rows = {e['evidence']: e for e in node.call('GET', '/api/v1/evidence')['evidence']}
            seen = [(rows[i]['series'], rows[i]['sequence'], rows[i]['last']) for i in ids]
            check('%s: one series, numbered' % node.name, seen == [(ids[0], 1, False), (ids[0], 2, False), (ids[0], 3, True)], seen)
        code, told = send(xb, request, os.path.join(folder, 'no such file'))
        check('after the last one nothing is delivered, which is said before a file is looked at', code == 1 and told['findings'][0]['rule'] == 'move_not_allowed', told)
    finally:
        xa.stop()
        xb.stop()
    print('%d faults' % FAILED)
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


sys.exit(main())
