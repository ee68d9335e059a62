#!/usr/bin/env python3
"""later_life.py COMITY: what becomes of a preservation, seen at two real nodes: a request for the data holds it until the last
such request is decided, whoever decides it and whenever the node is down. Both sides must show the same state and the same end."""
import json, os, shutil, signal, sys, tempfile, time, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import DRAFTS, Node, Path, until
from refusals import Peer, actions, vector

PASSED, FAILED = [], []
REFUSAL = {'event': 'refuse', 'ground': 'essential_interests', 'ground_article': '40(21)(b)', 'text': 'It is a public utility.'}


def check(what, good, seen=''):
    (PASSED if good else FAILED).append(what)
    if not good:
        print('NOT OK  %s: %s' % (what, str(seen)[:900]))


def draft(name):
    return json.load(open(os.path.join(DRAFTS, name)))


class Life:
    def __init__(self, xa, xb):
        self.xa, self.xb = xa, xb

    def ask(self, what):
        return self.xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': what, 'to': 'xb.contact'})

    def decide(self, request, **said):
        return self.xb.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, said)

    def both(self, request):
        return [node.call('GET', '/api/v1/requests/' + request) for node in (self.xa, self.xb)]

    def say(self, request, state, what):
        """Waits until both sides show `state`; both must show one end."""
        until('%s: both say %s' % (what, state), 20, lambda: all(r['state'] == state for r in self.both(request)))
        a, b = self.both(request)
        check('%s: both show one end' % what, a['preserved_until'] == b['preserved_until'], (a['preserved_until'], b['preserved_until']))
        return a, b

    def preserved(self):
        asked = self.ask(draft('pres.json'))
        self.decide(asked['request'], event='preserve', order_reference='PO-1')
        a, b = self.say(asked['request'], 'preserved', 'a new preservation')
        return dict(asked, until=b['preserved_until'])

    def wants_data(self, pres):
        stored = draft('stored.json')
        stored['preservation'] = {'task': pres['task']}
        asked = self.ask(stored)
        self.held(pres)
        return asked

    def held(self, pres):
        for row in self.say(pres['request'], 'held_pending_mla', 'a request for the data'):
            check('its end waits', row['held'] and [d['state'] for d in row['deadlines']] == ['held'], row['deadlines'])

    def runs_again(self, pres, what):
        for row in self.say(pres['request'], 'preserved', what):
            check('%s: the old end runs again' % what, not row['held'] and row['preserved_until'] == pres['until'] and
                  [(d['state'], d['ends_at']) for d in row['deadlines']] == [('running', pres['until'])], (pres, row['deadlines']))


def a_refusal_ends_the_hold(life):
    pres = life.preserved()
    data = life.wants_data(pres)
    life.decide(data['request'], event='execute')
    life.say(data['request'], 'executing', 'begun')
    life.held(pres)
    life.decide(data['request'], **REFUSAL)
    life.say(data['request'], 'refused', 'the data is refused')
    life.runs_again(pres, 'refused')
    acts = [a['type'] for a in life.both(pres['request'])[1]['acts']]
    check('each word is an act', acts == ['taken', 'decided', 'answered', 'answered'], acts)
    acts = [a['type'] for a in life.both(pres['request'])[0]['acts']]
    check('each word is an act of the asker', acts == ['asked', 'receipt_taken', 'updated', 'updated', 'updated'], acts)


def withdrawal(peer, task, document):
    """The asking side takes a request for data back."""
    m = vector('05-withdrawal-request.json')
    update, second, _, told = (next(iter(v for k, v in a.items() if k != 'ActionIdentifier'))['HI1Object'] for a in actions(m))
    update['ObjectIdentifier'], second['ObjectIdentifier'], told['ObjectIdentifier'] = task, document, str(uuid.uuid4())
    told['AssociatedObjects']['AssociatedObject'] = [document]
    told['notification:StatusOfAssociatedObjects']['notification:AssociatedObjectStatus'][0]['notification:AssociatedObject'] = document
    m['Payload']['RequestPayload']['ActionRequests']['ActionRequest'] = [
        {'ActionIdentifier': 0, 'UPDATE': {'HI1Object': update}}, {'ActionIdentifier': 1, 'UPDATE': {'HI1Object': second}},
        {'ActionIdentifier': 2, 'CREATE': {'HI1Object': told}}]
    status, text = peer.say(m)
    check('a withdrawal is taken', status == 200 and b'"ErrorInformation"' not in text, text[-500:])


def the_last_of_two_ends_it(life, peer):
    pres = life.preserved()
    first, second = life.wants_data(pres), life.wants_data(pres)
    life.decide(first['request'], **REFUSAL)
    life.say(first['request'], 'refused', 'the first of two')
    life.held(pres)
    withdrawal(peer, second['task'], second['request'])
    life.runs_again(pres, 'the second was withdrawn')


def data_asked_for_before_is_held_at_once(life):
    """The request for the data came while the preservation was not decided yet."""
    pres, stored = life.ask(draft('pres.json')), draft('stored.json')
    stored['preservation'] = {'task': pres['task']}
    data = life.ask(stored)
    pres['until'] = life.decide(pres['request'], event='preserve')['preserved_until']
    life.held(pres)
    life.decide(data['request'], **REFUSAL)
    life.runs_again(pres, 'refused after the preservation')


def a_crash_keeps_no_hold(life):
    pres = life.preserved()
    data = life.wants_data(pres)
    life.decide(data['request'], **REFUSAL)
    life.xb.process.send_signal(signal.SIGKILL)
    life.xb.wait_gone()
    life.xb.start()
    life.runs_again(pres, 'killed after the decision')
    life.xb.login()


def main():
    folder = tempfile.mkdtemp(prefix='comity-later-')
    xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse'])
    xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['tomas', 'marta'])
    try:
        xa.start(), xb.start()
        xa.login(), xb.login()
        Path(xa, xb).make_peers()
        life, peer = Life(xa, xb), Peer(xa, xb)
        a_refusal_ends_the_hold(life)
        the_last_of_two_ends_it(life, peer)
        data_asked_for_before_is_held_at_once(life)
        a_crash_keeps_no_hold(life)
    finally:
        xa.stop(), xb.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
