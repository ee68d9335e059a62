#!/usr/bin/env python3
"""clocks_law.py COMITY: a limit of the asked State's own law at two real nodes whose time is moved: working days over a holiday, a question
that lets it stand still, a restart and a line that is down meanwhile, a later end by the right side's word, and two views that
differ. The ends are Python's (tests/conformance/deadline_vectors.py reads the State's table by itself)."""
import datetime, os, shutil, sys, tempfile, threading

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'conformance')]
from nodes import Clock, Gone, Node, Path, Refused, run, until
from later_life import Life
from refusals import FAILED, PASSED, check
from clock_words import DAY, WHICH, data_wanted, killed, news, text
from deadline_vectors import National, UTC

BORVIA = National('XB')


def moment(said):
    return datetime.datetime.fromisoformat(said.replace('Z', '+00:00'))


def said(t):
    return t.strftime('%Y-%m-%dT%H:%M:%SZ')


def own_limit(node, request):
    return [d for d in node.call('GET', '/api/v1/requests/' + request)['deadlines'] if d['limit'] == 'nat-answer'][0]


def last_clock(node, request):
    """What the newest answer document says of the limit."""
    document = node.call('GET', '/api/v1/requests/' + request)['answers'][-1]['document']
    n = [k.split('.')[0] for k, v in document.items() if k.endswith('.limit') and v == 'nat-answer'][0]
    return {k.split('.')[1]: v for k, v in document.items() if k.startswith(n + '.')}


def before_a_holiday(clock):
    """Five days before the next day that is free in Borvia every year."""
    now = datetime.datetime.fromtimestamp(clock.now(), UTC)
    days = [datetime.datetime(year, int(r[1][:2]), int(r[1][3:]), 4, tzinfo=UTC) for year in (now.year, now.year + 1)
            for r in BORVIA.rows if r[0] == 'holiday' and len(r[1]) == 5]
    clock.forward((min(d for d in days if d - now > datetime.timedelta(days=6)) - datetime.timedelta(days=5) - now).total_seconds())


def working_days_over_a_holiday(life):
    data = life.ask(data_wanted())['request']
    until('it is taken', 20, lambda: life.both(data)[0]['state'] == 'acknowledged')
    row = own_limit(life.xb, data)
    received = moment(row['started_at'])
    want = BORVIA.answer('stored', 'mla', received)
    free = [d for d in range((want - received).days + 1)
            if (received + datetime.timedelta(days=d)).strftime('%m-%d') in ('01-01', '04-30', '09-02')]
    check('a holiday lies in it', free)
    for node in (life.xa, life.xb):
        row = own_limit(node, data)
        check('%s: as Python counts' % node.name, row['ends_at'] == said(want) and row['state'] == 'running', (row, said(want)))
        check('%s: on the calendar of Borvia, in its zone' % node.name, row['calendar'] == 'XB' and
              row['ends_there'] == want.astimezone(datetime.timezone(datetime.timedelta(hours=7))).strftime('%Y-%m-%d %H:%M:%S UTC+07:00'), row)
    words = run(['deadline', 'list', '--home', life.xb.home])
    check('the command says it', 'XB' in words and 'UTC+07:00' in words, words)
    return data, received, want


def reply(node, request):
    """In a thread: it waits for an answer, and the node is killed meanwhile."""
    try:
        node.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request,
                  {'event': 'answer_info', 'replies': [{'n': 1, 'reply': 'The first.'}]})
    except (Refused, Gone):
        pass


def it_stands_still(life, clock):
    """A question, six days, a kill, a line that is down while the reply leaves; one end on both sides, and it is Python's."""
    data, received, want = working_days_over_a_holiday(life)
    clock.forward(DAY)
    for node in (life.xa, life.xb):
        node.login()
    life.decide(data, event='ask', answer_by=text(clock.now() + 20 * DAY), **WHICH)
    life.say(data, 'more_info', 'a question')
    paused = own_limit(life.xb, data)['paused_at']
    for node in (life.xa, life.xb):
        row = own_limit(node, data)
        check('%s: stands still' % node.name, row['state'] == 'held' and row['paused_at'] == paused, (row, paused))
    row = own_limit(life.xa, data)
    check('the asking side shows both views', row['their_end'] == said(want) and not row['differs'], row)
    clock.forward(20 * DAY - 3600)
    killed(life.xb)
    life.xb.start()
    life.xb.login()
    life.xa.login()
    check('nobody was warned of it', not [n for node in (life.xa, life.xb) for n in news(node, data) if n.startswith('nat-answer')])
    life.xb.stop()
    threading.Thread(target=reply, args=(life.xa, data), daemon=True).start()
    until('the reply is said', 20, lambda: life.xa.call('GET', '/api/v1/requests/' + data)['history'][-1]['event'] == 'said')
    check('until it is taken, nothing goes on', own_limit(life.xa, data)['state'] == 'held', own_limit(life.xa, data))
    killed(life.xa)
    clock.forward(1800)
    life.xb.start()
    life.xa.start()
    for node in (life.xa, life.xb):
        node.login()
    life.say(data, 'answered_info', 'the reply')
    spoken = last_clock(life.xb, data)
    check('the reply says that it goes on', spoken['says'] == 'resumed', spoken)
    want = BORVIA.stands('stored', 'mla', received, want, moment(paused), moment(spoken['at']))
    for node in (life.xa, life.xb):
        row = own_limit(node, data)
        check('%s: goes on as Python counts' % node.name, (row['state'], row['ends_at'], row['paused_at']) == ('running', said(want), None),
              (row, said(want)))
    return data, want


def the_right_side_gives_more_time(life, clock, data, want):
    later = said(want + datetime.timedelta(days=10))
    for who, words, rule in ((life.xa, {'event': 'ask_status', 'limit': 'nat-answer', 'until': later}, 'deadline_not_extended'),
                             (life.xb, {'event': 'tell_status', 'limit': 'nat-answer', 'until': said(want)}, 'extension_not_later'),
                             (life.xb, {'event': 'tell_status', 'limit': 'hc-traffic', 'until': later}, 'deadline_not_extended')):
        try:
            who.call('POST', '/api/v1/requests/%s/decision' % data, 'api_request_decide', data, words)
            check('%s: refused' % rule, False)
        except Refused as refusal:
            check('%s: refused' % rule, rule in str(refusal), refusal)
    life.decide(data, event='tell_status', limit='nat-answer', until=later)
    for node in (life.xa, life.xb):
        until('%s: the later end' % node.name, 20, lambda: own_limit(node, data)['ends_at'] == later)
    clock.forward((moment(later) - datetime.datetime.fromtimestamp(clock.now(), UTC)).total_seconds() + 60)
    for node in (life.xa, life.xb):
        until('%s: over' % node.name, 30, lambda: news(node, data)[-1:] == ['nat-answer: over'])
        check('%s: once' % node.name, news(node, data).count('nat-answer: over') == 1, news(node, data))
        node.login()


def two_views(life):
    """The asked node has a newer table of its State."""
    life.xb.stop()
    os.mkdir(life.xb.home + '/national')
    table = open(os.path.join(HERE, '..', '..', 'data', 'national', 'xb.tab')).read()
    with open(life.xb.home + '/national/xb.tab', 'w') as f:
        f.write(table.replace('stored 10 working', 'stored 40 working'))
    life.xb.start()
    life.xb.login()
    data = life.ask(data_wanted())['request']
    life.decide(data, event='assign')
    life.say(data, 'assigned', 'a person has it')
    mine, theirs = own_limit(life.xa, data), own_limit(life.xb, data)
    check('each counts by its table', mine['ends_at'] < theirs['ends_at'], (mine, theirs))
    check('the asking side sees both', mine['their_end'] == theirs['ends_at'] and mine['differs'], mine)
    want = 'nat-answer: the other side counts to ' + theirs['ends_at']
    for topic in ('deadline', 'escalation'): # an answer that comes later than counted harms: the head of the authority hears of it
        heard = [n for n in news(life.xa, data, topic) if n.startswith('nat-answer')]
        check('%s: and tells it' % topic, heard == [want], heard)


def main():
    folder = tempfile.mkdtemp(prefix='comity-clocks-')
    nodes = []
    try:
        clock = Clock(folder)
        before_a_holiday(clock)
        people = ['p%d' % n for n in range(9)]
        nodes = [Node(folder, name, title, people, clock=clock) for name, title in (('xa.contact', 'Arland'), ('xb.contact', 'Borvia'))]
        for node in nodes:
            node.start()
            node.login()
        Path(*nodes).make_peers()
        life = Life(*nodes)
        data, want = it_stands_still(life, clock)
        the_right_side_gives_more_time(life, clock, data, want)
        two_views(life)
    finally:
        for node in nodes:
            if node.process:
                node.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    sys.exit(1 if FAILED else 0)


main()
