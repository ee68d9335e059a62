#!/usr/bin/env python3
"""clocks.py COMITY: clocks of requests at two real nodes whose time is moved: reminders, the head of the authority, silence, an end
that comes while a node is killed or alone, and a clock that is set back. Each is told once; both nodes agree afterwards."""
import os, shutil, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import Clock, Node, Path, Refused, run, until
from later_life import Life, draft
from clock_words import DAY, WHICH, clocks, data_wanted, killed, news, text
from refusals import FAILED, PASSED, check

def listed(node):
    """All pages of the list, by the smallest page."""
    rows, after = [], ''
    while True:
        page = node.call('GET', '/api/v1/deadlines?limit=2' + after)
        rows += page['deadlines']
        if not page['next']:
            return rows
        after = '&after=' + page['next']


def held_for_sixty_days(life):
    what = draft('pres.json')
    del what['task']['wanted_end'] # the drafts' days are over by this clock
    what['request']['secrecy']['until'], what['request']['mla_follow_up']['expected_by'] = '2031-01-01T00:00:00Z', '2031-01-01'
    request = life.ask(what)['request']
    life.decide(request, event='preserve')
    life.say(request, 'preserved', 'a preservation')
    return request


def a_question_has_its_day(life, clock):
    data = life.ask(data_wanted())['request']
    day = text(clock.now() + 5 * DAY)
    for words, rule in (({'event': 'execute', 'answer_by': day}, 'said_unfitting'),
                        ({'event': 'ask', 'answer_by': text(clock.now() - DAY), **WHICH}, 'deadline_in_past')):
        try:
            life.decide(data, **words)
            check('%s: refused' % rule, False)
        except Refused as refusal:
            check('%s: refused' % rule, rule in str(refusal), refusal)
    life.decide(data, event='ask', answer_by=day, **WHICH)
    life.say(data, 'more_info', 'a question with its day')
    for node in (life.xa, life.xb):
        check('%s: the day of the question' % node.name, clocks(node, data).get('ask-reply') == (day, 'running'), clocks(node, data))
        rows = listed(node)
        ends = [r['ends_at'] for r in rows]
        check('%s: the next end first, each row once' % node.name, ends == sorted(ends) and
              len({(r['request'], r['limit']) for r in rows}) == len(rows), rows)
        row = [r for r in rows if r['request'] == data and r['limit'] == 'ask-reply']
        check('%s: with its article and stage' % node.name, len(row) == 1 and row[0]['source'] == '40(16)' and row[0]['at_end'] == 'silence', row)
    return data, day


def silence_returns_it_once(life, clock):
    data, day = a_question_has_its_day(life, clock)
    clock.forward(3.5 * DAY)
    for node in (life.xa, life.xb):
        until('%s: reminded' % node.name, 60, lambda: news(node, data) == ['ask-reply: 2 days left'])
    clock.forward(1 * DAY)
    for node in (life.xa, life.xb):
        until('%s: reminded again' % node.name, 60, lambda: news(node, data)[1:] == ['ask-reply: 1 day left'])
        check('%s: the head hears of it' % node.name, news(node, data, 'escalation') == ['ask-reply: 1 day left'], news(node, data, 'escalation'))
    clock.forward(1 * DAY)
    life.say(data, 'returned_incomplete', 'silence')
    for node in (life.xa, life.xb):
        until('%s: the end is told' % node.name, 60, lambda: news(node, data)[2:] == ['ask-reply: over'])
        check('%s: it is over' % node.name, clocks(node, data)['ask-reply'] == (day, 'over'), clocks(node, data))


def a_reply_in_time_meets_the_clock(life, clock):
    data, day = a_question_has_its_day(life, clock)
    life.decide(data, event='execute', text='Both.')
    life.say(data, 'executing', 'it goes on')
    for node in (life.xa, life.xb):
        check('%s: met' % node.name, clocks(node, data)['ask-reply'] == (day, 'met'), clocks(node, data))
    clock.forward(6 * DAY)
    for node in (life.xa, life.xb):
        node.login()
    life.say(data, 'executing', 'nothing follows from a clock that was met')
    check('nobody was warned', news(life.xa, data) == [] and news(life.xb, data) == [], news(life.xb, data))


def silence_that_does_nothing(life, clock):
    data = life.ask(data_wanted())['request']
    life.decide(data, event='ask', answer_by=text(clock.now() + 3600), **dict(WHICH, effect_of_silence='none'))
    life.say(data, 'more_info', 'a question without consequence')
    clock.forward(2 * 3600)
    for node in (life.xa, life.xb):
        until('%s: the end is told' % node.name, 60, lambda: news(node, data)[-1:] == ['ask-reply: over'])
    life.say(data, 'more_info', 'it waits on')


def lapsed_once(life, request, what):
    until('%s: lapsed on both sides' % what, 60, lambda: all(r['state'] == 'lapsed' for r in life.both(request)))
    for node in (life.xa, life.xb):
        until('%s: %s tells the end' % (what, node.name), 60, lambda: 'over' in news(node, request))
        check('%s: %s tells it once' % (what, node.name), news(node, request).count('over') == 1, news(node, request))
        check('%s: %s: the head hears of it once' % (what, node.name), news(node, request, 'escalation').count('over') == 1,
              news(node, request, 'escalation'))
        history = [h['to'] for h in node.call('GET', '/api/v1/requests/' + request)['history']]
        check('%s: %s: one step' % (what, node.name), history.count('lapsed') == 1, history)
    a, b = life.both(request)
    check('%s: one end' % what, a['preserved_until'] == b['preserved_until'])


def ends_come_in_the_dark(life, clock):
    """One node is killed before the end and again right after it starts; the other is alone meanwhile; then time goes back."""
    pres = held_for_sixty_days(life)
    killed(life.xb)
    clock.forward(91 * DAY)
    until('the asking node sees the end by itself', 60, lambda: 'over' in news(life.xa, pres))
    life.xb.start()
    killed(life.xb)
    life.xb.start()
    lapsed_once(life, pres, 'killed around the end')
    for node in (life.xa, life.xb):
        node.login()
    other = held_for_sixty_days(life)
    life.xa.stop()
    clock.forward(91 * DAY)
    until('the asked node goes on alone', 60, lambda: life.xb.call('GET', '/api/v1/requests/' + other)['state'] == 'lapsed')
    killed(life.xb)
    life.xb.start()
    life.xa.start()
    lapsed_once(life, other, 'a node that was away')
    before = {node.name: [news(node, r) for r in (pres, other)] for node in (life.xa, life.xb)}
    clock.forward(-3 * DAY)
    for node in (life.xa, life.xb):
        killed(node)
        node.start()
    clock.forward(3 * DAY)
    for node in (life.xa, life.xb):
        killed(node)
        node.start()
        check('%s: a clock that is set back and forward tells nothing twice' % node.name,
              [news(node, r) for r in (pres, other)] == before[node.name], before)


def the_command_shows_it(life):
    words = run(['deadline', 'list', '--home', life.xb.home])
    check('the command lists them', 'UTC+13:00' in words, words)


def main():
    folder = tempfile.mkdtemp(prefix='comity-clocks-')
    nodes = []
    try:
        clock = Clock(folder)
        people = ['p%d' % n for n in range(8)]
        nodes = [Node(folder, name, title, people, clock=clock) for name, title in (('xa.contact', 'Arland'), ('xb.contact', 'Borvia'))]
        with open(nodes[1].home + '/comity.conf', 'a') as f:
            f.write('time_zone = UTC+13:00\n')
        for node in nodes:
            node.start()
            node.login()
        Path(*nodes).make_peers()
        life = Life(*nodes)
        a_question_has_its_day(life, clock)
        the_command_shows_it(life)
        silence_that_does_nothing(life, clock)
        a_reply_in_time_meets_the_clock(life, clock)
        silence_returns_it_once(life, clock)
        for node in nodes:
            node.login()
        ends_come_in_the_dark(life, clock)
    finally:
        for node in nodes:
            if node.process:
                node.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    sys.exit(1 if FAILED else 0)


main()
