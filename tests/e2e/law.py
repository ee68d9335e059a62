#!/usr/bin/env python3
"""law.py COMITY: the legal check as people meet it: without a node, before a request leaves a real node, and before the other node
answers; what is formal stops it, what is a judgement waits for an answer, and who answered stands in the register."""
import base64, contextlib, copy, json, os, shutil, sqlite3, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, DRAFTS, Node, Path, Refused, until, write
from refusals import FAILED, PASSED, call_refuses, check

HEAD = '#national XB\nrule\tvalue\tfrom\tto\ttext\tsource\n'


def without_a_node():
    def ask(*words):
        done = subprocess.run([COMITY, 'request', 'check', *words, '--json'], capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout) if done.stdout else {}
    code, said = ask(os.path.join(DRAFTS, 'pres.json'), '--to', 'XB')
    check('a good draft may go on', code == 0 and said['may_go_on'] and said['complete'], (code, said))
    code, said = ask(os.path.join(DRAFTS, 'pres.json'), '--to', 'XC')
    check('Corvia is no party', [f['rule'] for f in said['findings']] == ['party-status'], said)
    code, said = ask(os.path.join(DRAFTS, 'pres-incomplete.json'))
    check('what is missing is named', code == 1 and said['faults']['findings'][0]['rule'] == 'contents_missing', said)
    code, said = ask(os.path.join(DRAFTS, 'stored.json'), '--from', 'XB', '--to', 'XA', '--stage', 'before_execute')
    check('a court order holds', code == 1 and [(f['rule'], f['severity']) for f in said['findings']] == [('review', 'hold')], said)
    code, said = ask(os.path.join(DRAFTS, 'd_search.json'), '--to', 'XB')
    check('an order stays at home', code == 1 and [f['rule'] for f in said['faults']['findings']] == ['order_abroad'], said)
    code, said = ask(os.path.join(DRAFTS, 'd_search.json'), '--to', 'XA')
    check('where it may go on', code == 0, said)
    code, said = ask('--home', '/nowhere', '--id', 'f0ba8e34-0854-4f6a-ad46-fdacbe0a008e', '--stage', 'nosuch')
    check('a step that is none is a fault of the line', code == 2 and said['findings'][0]['rule'] == 'usage', (code, said))


def a_bad_file_stops_the_start(node):
    os.makedirs(os.path.join(node.home, 'national'))
    path = os.path.join(node.home, 'national', 'xb.tab')
    for name, text, rule in (('xb.tab', HEAD + 'colour\tred\t\t\t\ts. 1\n', 'national_rule'),
                             ('xa.tab', HEAD + 'name\tBorvia\t\t\t\ts. 1\n', 'national_country')):
        path = os.path.join(node.home, 'national', name)
        write(path, text)
        done = subprocess.run([COMITY, 'serve', '--home', node.home, '--json'], capture_output=True, text=True, timeout=120)
        check('%s stops the start' % rule, done.returncode != 0 and rule in done.stdout + done.stderr, done.stdout + done.stderr)
        os.unlink(path)
    write(os.path.join(node.home, 'national', 'xb.tab'), HEAD + 'name\tBorvia\t\t\t\ts. 1\nlanguage\tru\t\t\t\ts. 2\n')


def before_it_leaves(xa, request):
    said = xa.call('POST', '/api/v1/requests/check', 'api_request_check', '', {'draft': request, 'to': 'xb.contact'})
    check('the file of the folder is the law', 'language' in [f['rule'] for f in said['findings']], said)
    all_data = copy.deepcopy(request)
    all_data['request']['data'][0]['description'] = 'Everything else of the hoster is excluded'
    said = xa.call('POST', '/api/v1/requests/check', 'api_request_check', '', {'draft': all_data, 'to': 'xb.contact'})
    check('words warn and do not stop', 'all-data' in [f['rule'] for f in said['findings']] and said['may_go_on'], said)
    wrong = json.load(open(os.path.join(DRAFTS, 'subscriber.json')))
    wrong['request']['data'][0]['category'] = 'content'
    call_refuses('law_block', xa, 'POST', '/api/v1/requests', 'api_request_create', '', {'draft': wrong, 'to': 'xb.contact'})
    urgent = copy.deepcopy(request)
    urgent['request']['urgency'] = {'level': 'emergency', 'reason': 'The hospital is closed.'}
    call_refuses('law_hold', xa, 'POST', '/api/v1/requests', 'api_request_create', '', {'draft': urgent, 'to': 'xb.contact'})
    call_refuses('api_member', xa, 'POST', '/api/v1/requests', 'api_request_create', '',
                 {'draft': urgent, 'to': 'xb.contact', 'answers': [{'rule': 'weather', 'text': 'fine'}]})
    call_refuses('api_member', xa, 'POST', '/api/v1/requests', 'api_request_create', '',
                 {'draft': urgent, 'to': 'xb.contact', 'answers': [{'rule': 'emergency-true', 'text': 'A patient is in theatre.', 'person': 'nadia'}]})
    sent = xa.call('POST', '/api/v1/requests', 'api_request_create', '',
                   {'draft': urgent, 'to': 'xb.contact', 'answers': [{'rule': 'emergency-true', 'text': 'A patient is in theatre.'}]})
    finding = [f for f in sent['findings'] if f['rule'] == 'emergency-true']
    check('the answer is shown', finding and finding[0]['answered'], sent)
    act = next(a for a in xa.call('GET', '/api/v1/requests/' + sent['request'])['acts'] if a['type'] == 'asked')
    text = subprocess.run([COMITY, 'act', 'proof', str(act['index']), '--home', xa.home], capture_output=True, text=True).stdout
    said = base64.b64decode(next(line for line in text.split('\n') if line.startswith('extra ')).split()[1])
    check('who answered stands in the act', b'emergency-true: A patient is in theatre. (ilse)' in said, said)
    return sent['request']


def before_it_is_answered(xb, request):
    said = until('the request is at xb', 20, lambda: arrived(xb, request))
    rules = [f['rule'] for f in said['findings']]
    check('persons have to look', 'persecution' in rules and 'sovereignty' in rules and said['stage'] == 'before_answer', said)
    uses = {g['code']: g['use'] for g in said['grounds']}
    check('the grounds of a preservation', (uses['persecution'], uses['dual_criminality'], uses['fiscal']) ==
          ('open', 'closed', 'forbidden'), uses)
    said = xb.call('GET', '/api/v1/requests/%s/check?stage=before_onward' % request)
    check('nothing is passed on without consent', not said['may_go_on'], said)
    said = xb.call('GET', '/api/v1/requests/%s/check?stage=before_onward&consent=note%%207' % request)
    check('with it, it may', said['may_go_on'], said)
    call_refuses('http_query', xb, 'GET', '/api/v1/requests/%s/check?stage=later' % request)


def arrived(node, request):
    try:
        return node.call('GET', '/api/v1/requests/%s/check' % request)
    except Refused:
        return None


def decide(node, request, event, answers=(), refused=None):
    said = {'event': event, 'text': 'So it is.', 'answers': [{'rule': rule, 'text': 'See file 7.'} for rule in answers]}
    if event == 'tell_provider':
        said['path'] = [{'hop': 1, 'provider': 'Nimbus', 'country': 'XC'}]
    path, purpose = '/api/v1/requests/%s/decision' % request, 'api_request_decide'
    if refused is None:
        return node.call('POST', path, purpose, request, said)
    try:
        node.call('POST', path, purpose, request, said)
        return check('%s is held by %s' % (event, refused), False)
    except Refused as why:
        held = any(rule in str(why) for rule in ('error:law_hold', 'error:law_two_persons'))
        return check('%s is held by %s' % (event, refused), held and refused in str(why), str(why))


def refused(act, rule):
    try:
        act()
    except Refused as why:
        return 'error:%s"' % rule in str(why)
    return False


# The message of a request becomes another row of its node's store, or none; gives the row before.
def point(node, request, message):
    node.stop()
    with contextlib.closing(sqlite3.connect(os.path.join(node.home, 'db', 'comity.db'))) as db, db:
        kept = db.execute('SELECT message FROM request WHERE id = ?', (request,)).fetchone()[0]
        db.execute('UPDATE request SET message = ? WHERE id = ?', (message, request))
    node.start()
    node.login()
    return kept


def answer(node, request, rule, says, **more):
    return node.call('POST', '/api/v1/requests/%s/answers' % request, 'api_request_answer', request,
                     {'says': says, 'answers': [dict({'rule': rule, 'text': 'See file 8.'}, **more)]})


def finding(node, request, rule, stage):
    said = node.call('GET', '/api/v1/requests/%s/check?stage=%s' % (request, stage))
    return next(f for f in said['findings'] if f['rule'] == rule)


# What two persons decide: the words of one, however often, are not two, and nobody says them for another.
def one_of_two(xb, sent):
    decide(xb, sent, 'execute', (), 'third-party')
    decide(xb, sent, 'execute', ('third-party',), 'third-party')
    answer(xb, sent, 'third-party', 'clear')
    said = answer(xb, sent, 'third-party', 'clear')
    check('one person said it', said['said'] == [{'person': 'karl', 'rule': 'third-party', 'says': 'clear'}], said)
    check('nobody answers for another', refused(lambda: answer(xb, sent, 'third-party', 'clear', person='nora'), 'api_member'))
    check('what is formal is answered by nobody', refused(lambda: answer(xb, sent, 'onward', 'clear'), 'api_member'))
    check('without a reason nothing is said', refused(lambda: answer(xb, sent, 'third-party', 'clear', text=' '), 'api_member'))
    check('of another request it is not known', refused(lambda: answer(xb, 'f' * 8 + sent[8:], 'third-party', 'clear'), 'request_unknown'))
    decide(xb, sent, 'execute', ('third-party',), 'karl: clear')
    seen = finding(xb, sent, 'third-party', 'before_execute')
    check('who said what is shown', (seen['clear'], seen['holds'], seen['said']) == (1, True, 'karl: clear'), seen)
    acts = [a['type'] for a in xb.call('GET', '/api/v1/requests/' + sent)['acts']]
    check('it stands in the register', acts.count('question_answered') == 2, acts)


# After a restart the first one's word is still there.
def the_other(xb, sent):
    seen = finding(xb, sent, 'third-party', 'before_execute')
    check('it is still said', seen['said'] == 'karl: clear' and not seen['answered'], seen)
    decide(xb, sent, 'execute', (), 'third-party')
    decide(xb, sent, 'execute', ('third-party',))
    answer(xb, sent, 'persecution', 'against')  # asked of every request: it holds from now on
    decide(xb, sent, 'answer', ('torture',), 'persecution')
    answer(xb, sent, 'persecution', 'clear')


# Every event that gives something away is judged, not the disclosure of stored data alone.
def before_anything_goes(xa, xb, urgent):
    decide(xb, urgent, 'execute')
    decide(xb, urgent, 'tell_provider', (), 'emergency-true')
    decide(xb, urgent, 'tell_provider', ('emergency-true',))
    draft = json.load(open(os.path.join(DRAFTS, 'evidence.json')))
    draft['request']['persons'][0]['note'] = 'She is a lawyer.'
    sent = xa.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': 'xb.contact'})['request']
    until('the second request is at xb', 20, lambda: arrived(xb, sent))
    one_of_two(xb, sent)
    kept = point(xb, sent, 0)
    check('what cannot be read any more is not answered',
          refused(lambda: decide(xb, sent, 'execute', ('third-party', 'sovereignty')), 'request_unknown'))
    point(xb, sent, kept)
    the_other(xb, sent)
    decide(xb, sent, 'answer', (), 'torture')
    said = decide(xb, sent, 'answer', ('torture', 'sovereignty'))
    check('with the answer it goes', said['state'] == 'answered', said)


def main():
    folder = tempfile.mkdtemp()
    xa = Node(folder, 'xa.contact', 'Arland', ['ilse'])
    xb = Node(folder, 'xb.contact', 'Borvia', ['karl', 'tomas', 'nora'])  # one for each start
    try:
        without_a_node()
        a_bad_file_stops_the_start(xa)
        os.makedirs(os.path.join(xb.home, 'national'))
        write(os.path.join(xb.home, 'national', 'xb.tab'), HEAD + 'name\tBorvia\t\t\t\ts. 1\ntorture_assurance\tyes\t\t\tAct 7\ts. 2\n')
        for node in (xa, xb):
            node.start()
            node.login()
        path = Path(xa, xb)
        path.make_peers()
        urgent = before_it_leaves(xa, path.request)
        before_it_is_answered(xb, urgent)
        before_anything_goes(xa, xb, urgent)
    finally:
        xa.stop()
        xb.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print('%d passed, %d failed' % (len(PASSED), len(FAILED)))
    sys.exit(1 if FAILED else 0)


if __name__ == '__main__':
    main()
