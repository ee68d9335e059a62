#!/usr/bin/env python3
"""chain.py COMITY: requests that hang together, at three real nodes: what is held in another State is asked for there, what was preserved is
asked for as evidence, what went to the wrong authority goes on under its own id. A draft that continues a request takes over what it does
not say itself; both show each other and stand in one case; what does not fit the first is refused by name."""
import json, os, shutil, sys, tempfile, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import Node, Path, Refused, run, until, write
from refusals import FAILED, PASSED, check
from words import draft


def ask(node, to, what, chain_of=None, **more):
    body = dict({'draft': what, 'to': to}, **more)
    if chain_of:
        body['chain_of'] = chain_of
    return node.call('POST', '/api/v1/requests', 'api_request_create', '', body)


def refuses(rule, *words, **more):
    try:
        check(rule, False, ask(*words, **more))
    except Refused as refusal:
        check(rule, 'error:%s"' % rule in str(refusal), refusal)


def say(node, request, **said):
    return node.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, said)


def show(node, request):
    return node.call('GET', '/api/v1/requests/' + request)


def arrives(node, request):
    until('%s arrives' % request, 20, lambda: any(r['request'] == request for r in node.call('GET', '/api/v1/requests')['requests']))


def state(node, request, want):
    until('%s is %s' % (request, want), 20, lambda: show(node, request)['state'] == want)


def elsewhere(xa, xb, xc, folder):
    """43(2): the State that was asked names the State and the provider; the linked request goes there."""
    what = draft('pres.json')
    first = ask(xa, 'xb.contact', what)
    id_ = first['request']
    arrives(xb, id_)
    say(xb, id_, event='find_elsewhere', text='NordBox keeps it in Carland.', path=[{'hop': 1, 'provider': 'NordBox', 'country': 'XC'}])
    state(xa, id_, 'custodian_elsewhere')
    told = show(xa, id_)['answers'][0]['document']
    check('State and provider are fields', (told['path[0].country'], told['path[0].provider']) == ('XC', 'NordBox'), told)
    file = os.path.join(folder, 'linked.json')
    write(file, json.dumps({'format': 'comity.draft/1', 'request': {'custodian': {'name': 'NordBox', 'country': 'XC'}}}))
    session = xa.file(xa.people[xa.who], 'session')
    refuses('chain_state', xa, 'xb.contact', {'request': {}}, id_)
    second = json.loads(run(['request', 'send', file, '--to', 'xc.contact', '--chain-of', id_, '--home', xa.home, '--session', session, '--json']))
    linked = second['request']
    arrives(xc, linked)
    a, c = show(xa, linked), show(xc, linked)
    old, new = show(xa, id_)['document'], c['document']
    same = [k for k in old if k.startswith(('facts', 'data[', 'offences[', 'necessity', 'task.values', 'task.start', 'task.end', 'particulars'))]
    check('it takes over what the first held', same and all(new.get(k) == old[k] for k in same), [(k, old[k], new.get(k)) for k in same if new.get(k) != old[k]])
    check('but what the draft says', new['custodian.name'] == 'NordBox' and old.get('custodian.name') != 'NordBox', new.get('custodian.name'))
    check('it is a request of its own', linked != id_ and second['reference'] != first['reference'] and c['kind'] == 'pres', second)
    check('it says how it hangs together', (new['relates_to[0].id'], new['relates_to[0].how']) == (id_, 'chain_of'), new)
    check('both show each other', a['relates_to'] == id_ and [x['request'] for x in show(xa, id_)['linked']] == [linked], a['relates_to'])
    check('the other State sees the link, and no more', c['relates_to'] == id_, c['relates_to'])
    case = xa.call('GET', '/api/v1/cases/' + a['case'])
    check('they are one case', a['case'] == show(xa, id_)['case'] and
          {r['request']: r['relates_to'] for r in case['requests']} == {id_: '', linked: id_}, case)
    return id_, linked


def from_preservation_to_evidence(xa, xc, held):
    """The follow-up request names the preservation, asks for data that it holds, and holds it until it is decided."""
    held_members = ('facts', 'data', 'offences', 'relates_to', 'custodian', 'requesting', 'persons')
    evidence = {'request': {k: v for k, v in draft('stored.json')['request'].items() if k not in held_members}}
    say(xc, held, event='preserve')
    state(xa, held, 'preserved')
    other = json.loads(json.dumps(evidence))
    other['task'] = {'type': 'RequestForStoredData', 'values': [{'format': 'account', 'value': 'service=NordBox;id=771;seen=2026-11-20T10:00:00Z'}]}
    refuses('chain_data', xa, 'xc.contact', dict(other, task=dict(draft('stored.json')['task'], values=other['task']['values'])), held)
    strange = json.loads(json.dumps(evidence))
    strange['request']['relates_to'] = [{'id': str(uuid.uuid4()), 'how': 'follows'}]
    refuses('chain_other', xa, 'xc.contact', strange, held)
    asked = ask(xa, 'xc.contact', evidence, held)['request']
    arrives(xc, asked)
    there = show(xc, asked)
    first = show(xc, held)
    check('it follows', there['document']['relates_to[0].how'] == 'follows' and there['relates_to'] == held, there['document'])
    check('the facts are those of the preservation', there['document']['facts'] == first['document']['facts'], there['document']['facts'])
    check('both sides show both', [x['request'] for x in first['linked']] == [asked] == [x['request'] for x in show(xa, held)['linked']], first['linked'])
    state(xc, held, 'held_pending_mla')
    state(xa, held, 'held_pending_mla')
    return asked


def to_another_authority(xa, xb):
    """40(12): inside the State it is passed on; the thread keeps its id, and shows who has it."""
    asked = ask(xa, 'xb.contact', {k: v for k, v in draft('stored.json').items() if k != 'preservation'})['request']
    arrives(xb, asked)
    say(xb, asked, event='transmit', text='The prosecutor of the coast has it.',
        transmitted_to={'name': 'Coast Prosecutor', 'country': 'XB', 'role': 'competent_authority', 'node': 'xb.coast'})
    state(xa, asked, 'transmitted')
    told = show(xa, asked)['answers'][0]['document']
    check('who has it is a field', told['transmitted_to.name'] == 'Coast Prosecutor', told)
    say(xb, asked, event='execute')
    state(xa, asked, 'executing')
    check('the thread keeps its id', show(xa, asked)['request'] == asked and show(xa, asked)['linked'] == [], asked)


def strangers(xa, xb, id_):
    refuses('request_unknown', xa, 'xb.contact', {'request': {}}, str(uuid.uuid4()))
    refuses('request_unknown', xb, 'xa.contact', {'request': {}}, id_)
    refuses('request_unknown', xa, 'xb.contact', draft('pres.json'), 'nonsense')


def main():
    folder = tempfile.mkdtemp(prefix='comity-chain-')
    xa, xb, xc = (Node(folder, name, title, [who]) for name, title, who in (
        ('xa.contact', 'Arland Contact Point', 'ilse'), ('xb.contact', 'Borvia Contact Point', 'tomas'), ('xc.contact', 'Carland Contact Point', 'carl')))
    nodes = xa, xb, xc
    try:
        for node in nodes:
            node.start(), node.login()
        Path(xa, xb).make_peers()
        Path(xa, xc).make_peers()
        id_, linked = elsewhere(xa, xb, xc, folder)
        from_preservation_to_evidence(xa, xc, linked)
        to_another_authority(xa, xb)
        strangers(xa, xb, id_)
    finally:
        for node in nodes:
            node.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
