#!/usr/bin/env python3
"""one_word.py COMITY ETSI: one word for each thing. Two officers who decide at once tell the peer one decision; an answer counts only
when it answers each action of its own message, and says nothing about what we have with another peer; a request that was refused
is a draft; and what a node shows is what its events make again, after a start that rebuilds the derived tables."""
import contextlib, copy, json, os, shutil, sqlite3, sys, tempfile, threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import python_peer
from nodes import DRAFTS, Refused, until
from python_peer import Node, become_peers, check, conformance

REFUSE = {'event': 'refuse', 'ground': 'domestic_prohibition', 'ground_article': '40(21)(c)', 'text': 'It is a public utility.'}
PRESERVE = {'event': 'preserve', 'order_reference': 'PO-1', 'text': 'All of it.'}


def later(*work):
    thread = threading.Thread(target=work[0], args=work[1:], daemon=True)
    thread.start()
    return thread


def state(node, request):
    return node.call('GET', '/api/v1/requests/' + request)['state']


def asked(node):
    return {r['request'] for r in node.call('GET', '/api/v1/requests')['requests']}


def ask(node, peer):
    try:
        node.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': json.load(open(os.path.join(DRAFTS, 'pres.json'))), 'to': peer.node})
    except Refused:
        pass


def new_request(node, peer):
    """The thread that waits for the answer, and the request."""
    there = asked(node)
    asking = later(ask, node, peer)
    request, = until('the request is there', 20, lambda: asked(node) - there)
    return asking, request


def decide(node, request, body, told):
    try:
        told.append(node.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, body)['state'])
    except Refused as refused:
        told.append(json.loads(str(refused).split('"findings"')[0].rstrip(',') + '}')['type'].split(':')[-1])


def two_officers(node, peer):
    """Whoever is second is told so, and the peer hears nothing of it."""
    other = copy.copy(node)
    other.who = node.who - 1
    for _ in range(8):
        doc = peer.pres()
        peer.say('pres', [{'CREATE': {'HI1Object': o}} for o in doc])
        request, before, told = doc[1]['ObjectIdentifier'], len(peer.taken), []
        for thread in [later(decide, node, request, PRESERVE, told), later(decide, other, request, REFUSE, told)]:
            thread.join()
        until('the decision reaches the peer', 20, lambda: len(peer.taken) > before)
        decided = [t for t in told if t in ('preserved', 'refused')]
        check('one decision, one refusal', len(decided) == 1, told)
        check('the second is told why', set(told) - set(decided) <= {'store_state_changed', 'store_generation', 'move_not_allowed'}, told)
        check('the decision is the state', decided == [state(node, request)], told)
        check('the peer hears one', len(peer.taken) == before + 1, told)


class Liar:
    """A peer that answers the first messages as `lies` say, each once; then truly."""

    def __init__(self, peer, lies):
        self.peer, self.lies, self.take, self.tries = peer, list(lies), peer.take, 0
        peer.take = self.answer

    def answer(self, text):
        self.tries += 1
        if not self.lies:
            return self.take(text)
        m, digest = self.peer.verified(text)
        lie = self.lies.pop(0)
        requests = m['Payload']['RequestPayload']['ActionRequests']['ActionRequest']
        kind = m['Header'].get('WorkflowIdentifier')
        told = [{'CREATEResponse': self.peer.done('CREATE', a['CREATE'], text, kind)} for a in requests]
        return self.peer.signed(self.peer.message(kind, lie(told), m['Header']['TransactionIdentifier'], True), digest)


def about_others(request):
    def lie(told):
        for a in told:
            o = a['CREATEResponse'].get('HI1Object', {'@xsi:type': ''})
            if 'Document' in o['@xsi:type']:
                a['CREATEResponse']['Identifier'] = o['ObjectIdentifier'] = request
                o['Generation'] = 77
        return told
    return lie


def without_object(told):
    told[1]['CREATEResponse'].pop('HI1Object')
    return told


def answers(node, silent, liar):
    """`silent` takes nothing, `liar` answers with what is not its own: all of it is no answer, and the message goes out again."""
    def nothing(text):
        raise ConnectionError('no answer')
    truly, silent.take = silent.take, nothing
    silent.server.handle_error = lambda *_: None
    _, x = new_request(node, silent)
    one = Liar(liar, [about_others(x), lambda told: told[:-1], without_object])
    _, y = new_request(node, liar)
    until('the true answer counts', 30, lambda: state(node, y) == 'acknowledged')
    check('three answers were none', one.tries == 4, one.tries)
    check('what another peer has to answer is not answered', state(node, x) == 'sent', state(node, x))
    silent.take = truly
    until('the silent one answers', 60, lambda: state(node, x) == 'acknowledged')


def refused(node, peer):
    """A message that the peer refuses as a whole: the request is a draft with what it said."""
    def no(text):
        m, digest = peer.verified(text)
        answer = peer.message('pres', [], m['Header']['TransactionIdentifier'], True)
        answer['Payload']['ResponsePayload'] = {'ErrorInformation': {'ErrorCode': 42006, 'ErrorDescription': 'not taken here'}}
        return peer.signed(answer, digest)
    peer.take, take = no, peer.take
    asking, request = new_request(node, peer)
    until('the refusal came', 20, lambda: state(node, request) == 'draft')
    asking.join()
    peer.take = take


def receipts(node, peer):
    """What a receipt says is shown when it holds: of this message, in this peer's register."""
    asks = lambda: node.call('POST', '/api/v1/requests', 'api_request_create', '',
                             {'draft': json.load(open(os.path.join(DRAFTS, 'pres.json'))), 'to': peer.node})['receipt']
    truly = peer.receipt
    check('a receipt that holds', asks() == {'index': len(peer.entries) - 1, 'origin': peer.origin})
    peer.receipt = lambda **values: truly(**dict(values, artifact='00' * 32))
    check('a receipt of another message', asks() is None)
    peer.receipt = lambda **values: truly(**values).replace('index ', 'index 1', 1)
    check('a receipt of another place', asks() is None)
    peer.receipt = truly


def tables(node):
    with contextlib.closing(sqlite3.connect(os.path.join(node.home, 'db', 'comity.db'))) as db:
        return {name: sorted(db.execute('SELECT * FROM "%s"' % name), key=repr)
                for name in ('request', 'step', 'object', 'deadline', 'delivery', 'approval', 'news')}


def rebuilt(node):
    """As after a new version of the derived tables; before that the clock is made to look at every deadline."""
    sqlite = lambda: contextlib.closing(sqlite3.connect(os.path.join(node.home, 'db', 'comity.db')))
    node.stop()
    with sqlite() as db, db:
        db.execute("UPDATE deadline SET wake = 1 WHERE state = 'running'")
        looks = db.execute("SELECT count(*) FROM deadline WHERE state = 'running'").fetchone()[0]
    node.start()
    looked = lambda: sum(n['topic'] == 'deadline' for n in node.call('GET', '/api/v1/events')['events'])
    until('the clock looked', 20, lambda: looked() >= looks)
    check('there are deadlines', looks > 0)
    node.stop()
    before = tables(node)
    with sqlite() as db, db:
        db.execute("UPDATE meta SET value = 0 WHERE name = 'derived'")
        db.execute("UPDATE request SET state = 'closed'")
    node.start()
    node.stop()
    after = tables(node)
    for name in before:
        differ = [(a, b) for a, b in zip(before[name], after[name]) if a != b]
        check('%s: rebuilt as it was' % name, before[name] == after[name], (len(before[name]), len(after[name]), differ[:2]))
    check('there is something to rebuild', all(before[name] for name in ('request', 'step', 'object', 'deadline', 'news')),
          {name: len(rows) for name, rows in before.items()})


def main():
    folder = tempfile.mkdtemp(prefix='comity-word-')
    node = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse', 'ida'])
    peers = [conformance.Peer(name) for name in ('xc.contact', 'xd.contact')]
    try:
        node.start()
        node.login(), node.login()
        for peer in peers:
            become_peers(node, peer)
        two_officers(node, peers[0])
        answers(node, *peers)
        refused(node, peers[1])
        receipts(node, peers[0])
        rebuilt(node)
    finally:
        node.stop()
        for peer in peers:
            shutil.rmtree(peer.folder)
    print('%d checks hold, %d do not' % (python_peer.PASSED, python_peer.FAILED))
    if not python_peer.FAILED:
        shutil.rmtree(folder)
    return 1 if python_peer.FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
