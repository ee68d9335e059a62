#!/usr/bin/env python3
"""words.py COMITY: what both sides say about a request, seen at two real nodes: questions and replies, a consultation and its answer,
results item by item, progress, consent to another use, a provider in a third State, a withdrawal. Both sides show the same state and
the same words; what is missing, does not fit, or is not open is refused by its own rule, by the own node and by the other one."""
import base64, copy, hashlib, json, os, shutil, sys, tempfile, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import DRAFTS, Node, Path, Refused, run, until, write
from refusals import FAILED, PASSED, Peer, actions, check, vector

DAY = '2031-03-01T12:00:00Z'
ASK = {'event': 'ask', 'text': 'Two things are open.', 'answer_by': DAY, 'effect_of_silence': 'none',
       'questions': [{'n': 1, 'question': 'Which disk?', 'needed_for': '42(3)(c)'}, {'n': 2, 'question': 'Which account?'}]}
CONSULT = {'event': 'consult', 'ground': 'essential_interests', 'ground_article': '40(21)(b)', 'text': 'It is a public utility.',
           'answer_by': DAY, 'conditions': [{'n': 1, 'condition': 'No names are published.'}]}
REFUSAL = {'event': 'refuse', 'ground': 'domestic_prohibition', 'ground_article': '40(21)(c)', 'text': 'It is a public utility.'}


def draft(name):
    return json.load(open(os.path.join(DRAFTS, name)))


class Thread:
    def __init__(self, xa, xb, folder):
        self.xa, self.xb, self.folder = xa, xb, folder

    def ask(self, what):
        return self.xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': what, 'to': 'xb.contact'})['request']

    def pres(self):
        return self.ask(draft('pres.json'))

    def stored(self):
        return self.ask({k: v for k, v in draft('stored.json').items() if k != 'preservation'})

    def say(self, node, request, **said):
        return node.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, said)

    def refuses(self, rule, node, request, *seen, **said):
        try:
            check('%s: %s' % (rule, said), False, self.say(node, request, **said))
        except Refused as refusal:
            check('%s: %s' % (rule, said), 'error:%s"' % rule in str(refusal) and all(s in str(refusal) for s in seen), refusal)

    def both(self, request):
        return [node.call('GET', '/api/v1/requests/' + request) for node in (self.xa, self.xb)]

    def state(self, request, state):
        until('both say %s' % state, 20, lambda: all(r['state'] == state for r in self.both(request)))

    def documents(self, request):
        """Those that say more than how their side counts."""
        frame = ('answering.', 'answers', 'clocks[', 'format', 'id', 'language', 'state', 'until')
        return [[x['document'] for x in r['answers'] if x['document'] is None or any(not k.startswith(frame) for k in x['document'])]
                for r in self.both(request)]

    def words(self, request, count):
        """The answer documents, once both sides show so many of them; they are the same."""
        until('%d documents at both' % count, 20, lambda: all(len(d) == count for d in self.documents(request)))
        a, b = self.documents(request)
        check('both show the same words', a == b and None not in a, (a, b))
        return a

    def acts(self, request, *want):
        """Each word is an act, on both sides; it shows when it is signed."""
        seen = []
        def there():
            seen[:] = [[a['type'] for a in row['acts']] for row in self.both(request)]
            return seen == list(want)
        try:
            until('acts', 10, there)
        except SystemExit:
            check('each word is an act', False, seen)

    def command(self, node, *words):
        session = node.file(node.people[node.who], 'session')
        return run(list(words) + ['--home', node.home, '--session', session])


def questions_and_replies(t):
    id_ = t.pres()
    t.refuses('said_missing', t.xb, id_, 'questions', 'answer_by', 'effect_of_silence', event='ask', text='?')
    t.refuses('said_missing', t.xb, id_, 'questions', **{k: v for k, v in ASK.items() if k != 'questions'})
    t.refuses('document_value', t.xb, id_, **dict(ASK, effect_of_silence='doom'))
    t.refuses('api_member', t.xb, id_, '/answer_by', **dict(ASK, answer_by='tomorrow'))
    t.refuses('api_member', t.xb, id_, '/questions', **dict(ASK, questions='Which?'))
    t.refuses('api_member', t.xb, id_, '/quesions', **dict(ASK, quesions=[]))
    t.refuses('api_member', t.xb, id_, **dict(ASK, questions=[{'n': 1, 'needed_for': '42'}]))
    t.refuses('api_member', t.xb, id_, **dict(ASK, questions=[{'n': 1, 'question': 'x', 'why': 'y'}]))
    t.refuses('said_unfitting', t.xb, id_, 'path', **dict(ASK, path=[{'hop': 1, 'provider': 'X', 'country': 'XC'}]))
    t.refuses('event_unknown', t.xb, id_, event='preserv')
    t.refuses('event_unknown', t.xb, id_)
    t.refuses('move_not_allowed', t.xa, id_, event='answer_info', replies=[{'n': 1, 'reply': 'early'}])
    t.say(t.xb, id_, **ASK)
    t.state(id_, 'more_info')
    t.refuses('said_missing', t.xa, id_, 'replies', event='answer_info', text='no replies')
    t.refuses('said_reply', t.xa, id_, '3', event='answer_info', replies=[{'n': 1, 'reply': 'sda'}, {'n': 3, 'reply': 'm.k'}])
    t.refuses('document_value', t.xa, id_, event='answer_info', replies=[{'n': 1, 'reply': 'sda'}, {'n': 1, 'reply': 'sdb'}])
    t.refuses('move_not_yours', t.xb, id_, event='answer_info', replies=[{'n': 1, 'reply': 'own'}])
    t.refuses('move_not_yours', t.xa, id_, event='preserve')
    told = t.say(t.xa, id_, event='answer_info', text='Both are clear.', replies=[{'n': 1, 'reply': 'sda'}, {'n': 2, 'reply': 'm.k'}])
    check('the registrar took it', told['answered'] and told['state'] == 'answered_info', told)
    t.state(id_, 'answered_info')
    asked, replied = t.words(id_, 2)
    check('the questions', (asked['questions[0].question'], asked['questions[0].needed_for'], asked['questions[1].question'],
          asked['effect_of_silence']) == ('Which disk?', '42(3)(c)', 'Which account?', 'none'), asked)
    check('the replies', (replied['replies[0].reply'], replied['replies[1].n'], replied['state']) == ('sda', '2', 'answered_info'), replied)
    for row in t.both(id_):
        check('told has the words', 'Both are clear.' in row['told'] or row['direction'] == 'asked', row['told'])
    t.acts(id_, ['asked', 'receipt_taken', 'updated', 'told'], ['taken', 'decided', 'taken'])
    return id_


def item_by_item(t, id_):
    t.refuses('said_missing', t.xb, id_, 'items', event='preserve_part')
    t.refuses('said_item', t.xb, id_, '99', event='preserve_part', items=[{'item': 1, 'result': 'done'}, {'item': 99, 'result': 'done'}])
    t.refuses('document_value', t.xb, id_, event='preserve_part', items=[{'item': 1, 'result': 'perhaps'}])
    t.command(t.xb, 'request', 'decide', id_, '--event', 'preserve_part', '--item', 'done', '--item', 'not_held', '--text', 'One is gone.')
    t.state(id_, 'preserved_in_part')
    last = t.words(id_, 3)[-1]
    check('item by item', [last['items[%d].%s' % (i, k)] for i in (0, 1) for k in ('item', 'result')] == ['1', 'done', '2', 'not_held'], last)


def a_warning_passes(t):
    id_ = t.pres()
    t.say(t.xb, id_, event='warn', text='The disk is failing.')
    t.words(id_, 1)
    check('a warning is no state', [r['state'] for r in t.both(id_)] == ['acknowledged'] * 2, t.both(id_)[0]['state'])
    check('its words are told', all('The disk is failing.' in r['told'] for r in t.both(id_)), t.both(id_)[0]['told'])
    check('it is named in the document', t.words(id_, 1)[0]['state'] == 'warn_prejudice')
    return id_


def a_third_state(t, id_):
    t.say(t.xb, id_, event='preserve')
    t.state(id_, 'preserved')
    t.refuses('said_missing', t.xb, id_, 'path', event='tell_provider', text='Somebody else.')
    path = os.path.join(t.folder, 'path.json')
    write(path, json.dumps({'path': [{'hop': 1, 'provider': 'NordBox', 'country': 'XB'}, {'hop': 2, 'provider': 'Sud Relay', 'country': 'XC'}]}))
    t.command(t.xb, 'request', 'decide', id_, '--event', 'tell_provider', '--file', path, '--text', 'It came through XC.')
    last = t.words(id_, 2)[-1]
    check('the path', (last['state'], last['path[1].provider'], last['path[1].country']) == ('third_state_provider', 'Sud Relay', 'XC'), last)
    check('the preservation goes on', [r['state'] for r in t.both(id_)] == ['preserved'] * 2)


def consultation(t):
    id_ = t.stored()
    t.refuses('move_not_allowed', t.xb, id_, **CONSULT)
    t.say(t.xb, id_, event='assign', expected_by='2031-04-01')
    t.refuses('said_missing', t.xb, id_, 'ground', **{k: v for k, v in CONSULT.items() if not k.startswith('ground')})
    t.refuses('refusal_forbidden', t.xb, id_, **dict(CONSULT, ground='bank_secrecy', ground_article='40(24)'))
    t.say(t.xb, id_, **CONSULT)
    t.state(id_, 'consultation')
    t.refuses('answer_not_permitted', t.xa, id_, event='reply', answer='granted')
    t.refuses('said_missing', t.xa, id_, 'text', event='reply', answer='insist')
    t.command(t.xa, 'request', 'say', id_, '--event', 'reply', '--answer', 'accept_conditions', '--text', 'We keep them.')
    t.state(id_, 'answered_info')
    a = t.words(id_, 3)
    check('the consultation', (a[1]['grounds[0].code'], a[1]['conditions[0].condition'], a[2]['answer'], a[2]['text']) ==
          ('essential_interests', 'No names are published.', 'accept_conditions', 'We keep them.'), a)
    told = t.say(t.xb, id_, **REFUSAL)
    check('who consulted may refuse', told['findings'] == [], told)
    third = t.stored()
    t.refuses('consult_first', t.xb, third, **REFUSAL)
    t.say(t.xb, third, event='assign')
    t.say(t.xb, third, **CONSULT)
    t.refuses('consult_first', t.xb, third, **REFUSAL)  # asked, and neither answered nor over
    t.refuses('consult_first', t.xb, third, **dict(REFUSAL, event='postpone', ground='postponed', ground_article='40(27)'))
    pres = t.pres()
    told = t.say(t.xb, pres, **REFUSAL)
    check('of a preservation it is a reminder', [f['rule'] for f in told['findings']] == ['consult_first'], told)
    told = t.say(t.xb, third, **dict(REFUSAL, justification='There was no time.'))
    check('a justification answers it', told['findings'] == [] and t.words(third, 2)[-1]['justification'] == 'There was no time.', told)


def progress_and_use(t):
    id_ = t.stored()
    t.say(t.xa, id_, event='ask_status', text='How far?')
    t.refuses('document_value', t.xb, id_, event='tell_status', expected_by='soon')
    t.refuses('said_missing', t.xb, id_, 'expected_by', answer='expected_date')
    t.say(t.xb, id_, answer='expected_date', expected_by='2031-05-01', text='With the court.')
    a = t.words(id_, 2)
    check('progress', [x['state'] for x in a] == ['status_asked', 'status_told'] and a[1]['expected_by'] == '2031-05-01', a)
    check('progress is no state', [r['state'] for r in t.both(id_)] == ['acknowledged'] * 2)
    t.refuses('move_not_allowed', t.xa, id_, event='ask_use', purpose='Another case.')
    t.say(t.xb, id_, event='execute')
    t.say(t.xb, id_, event='answer', text='All is in the letter.')
    t.state(id_, 'answered')
    t.refuses('said_not_asked', t.xb, id_, event='consent_use')
    t.refuses('said_missing', t.xa, id_, 'purpose', event='ask_use')
    t.command(t.xa, 'request', 'say', id_, '--event', 'ask_use', '--purpose', 'For the case of another victim.')
    t.refuses('move_not_yours', t.xa, id_, event='consent_use')
    t.refuses('said_missing', t.xb, id_, 'conditions', answer='consent_with_conditions')
    t.say(t.xb, id_, answer='consent_with_conditions', conditions=[{'n': 1, 'condition': 'In that case alone.'}])
    a = t.words(id_, 5)
    check('consent', [x['state'] for x in a[3:]] == ['use_asked', 'use_allowed_with_conditions'] and
          a[4]['conditions[0].condition'] == 'In that case alone.' and a[3]['purpose'], a)
    t.say(t.xa, id_, event='close')
    t.state(id_, 'closed')


def withdrawn(t):
    id_ = t.stored()
    t.say(t.xb, id_, event='execute')
    t.state(id_, 'executing')
    t.refuses('answer_not_permitted', t.xb, id_, answer='frozen', amount='100', unit='EUR', until=DAY)
    t.command(t.xa, 'request', 'say', id_, '--event', 'withdraw', '--text', 'The victim had it.')
    t.state(id_, 'withdrawn')
    check('the reason', t.words(id_, 1)[0]['text'] == 'The victim had it.')
    t.refuses('move_not_allowed', t.xa, id_, event='withdraw')
    t.refuses('move_not_allowed', t.xb, id_, event='disclose')
    t.refuses('request_unknown', t.xa, str(uuid.uuid4()), event='withdraw')
    t.acts(id_, ['asked', 'receipt_taken', 'updated', 'withdrawn'], ['taken', 'decided', 'updated'])


def numbered_without_holes(t):
    """A draft that does not leave takes no number; two requests of one moment have two."""
    before = t.xa.call('GET', '/api/v1/requests/' + t.pres())['reference']
    bad = draft('pres.json')
    bad['request']['data'] = []
    for call in (bad, dict(draft('pres.json'), format='comity.draft/9')):
        try:
            check('it does not leave', False, t.ask(call))
        except Refused:
            pass
    after = [t.xa.call('GET', '/api/v1/requests/' + t.pres())['reference'] for _ in range(2)]
    number = int(before.rsplit('-', 1)[1])
    check('no number is spent', [int(x.rsplit('-', 1)[1]) for x in after] == [number + 1, number + 2], (before, after))


def a_bad_answer(t, peer):
    """An answer document of the other side that is not of its form is not taken."""
    id_ = t.pres()
    good = next(a for a in actions(vector('05-information-given.json')) if 'DocumentBody' in json.dumps(a))
    base = {'format': 'comity.answer/1', 'answers': id_, 'language': 'en', 'state': 'withdrawn',
            'answering': {'name': 'Arland', 'country': 'XA', 'role': 'contact_point'}}
    for what, change in (('no state', {'state': 'lost'}), ('an unknown member', {'a': 'b'}), ('another request', {'answers': str(uuid.uuid4())}),
                         ('another id', {'id': str(uuid.uuid4())}), ('no replies', {'state': 'answered_info'}),
                         ('a question twice', {'state': 'more_info', 'answer_by': DAY, 'effect_of_silence': 'none', 'questions': ASK['questions'][:1] * 2})):
        message, action = vector('05-information-given.json'), copy.deepcopy(good)
        o = action['CREATE']['HI1Object']
        o['ObjectIdentifier'], o['AssociatedObjects']['AssociatedObject'] = str(uuid.uuid4()), [id_]
        body = json.dumps(dict({'id': o['ObjectIdentifier']}, **dict(base, **change))).encode()
        o['doc:DocumentBody'].update({'doc:Contents': base64.b64encode(body).decode(), 'doc:Checksum': hashlib.sha256(body).hexdigest()})
        message['Header']['TransactionIdentifier'] = str(uuid.uuid4())
        message['Payload']['RequestPayload']['ActionRequests']['ActionRequest'] = [dict(action, ActionIdentifier=0)]
        status, text = peer.say(message)
        check('a bad answer: ' + what, status == 200 and b'42008' in text, text[-400:])
    check('nothing of it is shown', all(r['answers'] == [] for r in t.both(id_)))


def main():
    folder = tempfile.mkdtemp(prefix='comity-words-')
    xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse'])
    xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['tomas'])
    try:
        xa.start(), xb.start()
        xa.login(), xb.login()
        Path(xa, xb).make_peers()
        t, peer = Thread(xa, xb, folder), Peer(xa, xb)
        item_by_item(t, questions_and_replies(t))
        a_third_state(t, a_warning_passes(t))
        consultation(t)
        progress_and_use(t)
        withdrawn(t)
        numbered_without_holes(t)
        a_bad_answer(t, peer)
    finally:
        xa.stop(), xb.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
