#!/usr/bin/env python3
"""python_peer.py COMITY ETSI: a real node and tests/conformance/peer.py become peers, ask each other for preservation, answer,
tell what was decided and find again what got lost. Every message that crosses is held against ETSI's schemas in the folder
ETSI (a copy of 103120 with schema/json, dictionaries and a JSON schema of TS 103 280)."""
import base64, glob, json, os, shutil, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance')]
import jsonschema, referencing
from nodes import DRAFTS, Node, until
import peer as conformance

PASSED = FAILED = 0


def check(what, good, seen=''):
    global PASSED, FAILED
    PASSED, FAILED = PASSED + bool(good), FAILED + (not good)
    if not good:
        print('NOT OK  %s: %s' % (what, str(seen)[:1500]))


class Schemas:
    def __init__(self, folder):
        files = [json.load(open(name)) for name in sorted(glob.glob(os.path.join(folder, '**', '*.schema.json'), recursive=True))]
        registry = referencing.Registry().with_resources((s['$id'], referencing.Resource.from_contents(s)) for s in files)
        core = next(s for s in files if s['$id'].startswith('ts_103120_Core'))
        self.validator = jsonschema.Draft202012Validator(core, registry=registry)

    def faults(self, text):
        best = jsonschema.exceptions.best_match(self.validator.iter_errors(json.loads(text)))
        return '' if best is None else '%s: %s' % (best.json_path, best.message[:300])


def become_peers(node, peer):
    code = node.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
    words = peer.accept(code)
    there = {p['node']: p for p in node.call('GET', '/api/v1/peers')['peers']}[peer.node]
    check('both sides show the same words', there['words'] == words, (there, words))
    peer.serve()
    node.call('POST', '/api/v1/peers/%s/confirm' % peer.node, 'api_peer_confirm', peer.node, {})
    return words


def answers(message):
    return message['Payload']['ResponsePayload']['ActionResponses']['ActionResponse']


def peer_asks(node, peer):
    """The peer's request is taken with a receipt; what the node's officer decides comes as UPDATE, document, Notification."""
    auth, doc, task = peer.pres()
    text, answer = peer.say('pres', [{'CREATE': {'HI1Object': o}} for o in (auth, doc, task)])
    got = [a['CREATEResponse']['HI1Object'] for a in answers(answer)]
    check('first states', [got[0]['auth:AuthorisationStatus']['common:Value'], got[1]['doc:DocumentStatus']['common:Value'],
                           got[2]['task:Status']['common:Value']] == ['Approved', 'AwaitingApproval', 'AwaitingPreservation'], got)
    receipt = got[1]['doc:DocumentProperties']['doc:DocumentProperty'][0]['doc:PropertyValue']
    told = conformance.receipt_fields(receipt, peer.card_of_other)
    want = {'type': 'taken', 'node': node.name, 'peer': peer.node, 'request': doc['ObjectIdentifier'], 'kind': 'pres',
            'artifact': conformance.sha256(text).hex()}
    check('the receipt tells that this message was taken', {k: told.get(k) for k in want} == want, told)
    cut = receipt.split('\n')
    cut[2] = 'index %d' % (int(cut[2][6:]) ^ 1)
    try:
        check('a receipt at another place proves nothing', conformance.receipt_fields('\n'.join(cut), peer.card_of_other) is None)
    except AssertionError:
        check('a receipt at another place proves nothing', True)
    status, again = peer.post(text)
    check('the same bytes get the same answer', (status, again) == (200, peer.wire[-1]), again[-300:])

    request = doc['ObjectIdentifier']
    before = len(peer.taken)
    node.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request,
              {'event': 'preserve', 'order_reference': 'PO-1', 'text': 'All of it.'})
    until('the decision reaches the peer', 20, lambda: len(peer.taken) > before)
    actions = peer.taken[-1]['Payload']['RequestPayload']['ActionRequests']['ActionRequest']
    update = actions[0]['UPDATE']['HI1Object']
    check('the decision is told about the task', update['ObjectIdentifier'] == task['ObjectIdentifier'] and
          update['task:Status']['common:Value'] == 'Preserved' and update['Generation'] == 2, update)
    there = node.call('GET', '/api/v1/requests/' + request)
    check('both have the same end', conformance.second(parsed(there['preserved_until'])) == update['task:PreservationExpiration'], (there, update))
    note = next(a['CREATE']['HI1Object'] for a in actions if 'Notification' in a.get('CREATE', {}).get('HI1Object', {}).get('@xsi:type', ''))
    states = [s['notification:Status']['common:Value'] for s in note['notification:StatusOfAssociatedObjects']['notification:AssociatedObjectStatus']]
    check('the fine state is told', states[0] == 'preserved', states)
    return doc, task


def told_states(message):
    """(UPDATE of the task, {object: state}) of what a registrar told."""
    objects = [next(v for k, v in a.items() if k != 'ActionIdentifier')['HI1Object']
               for a in message['Payload']['RequestPayload']['ActionRequests']['ActionRequest']]
    told = next(o for o in objects if 'notification:StatusOfAssociatedObjects' in o)
    states = {s['notification:AssociatedObject']: s['notification:Status']['common:Value']
              for s in told['notification:StatusOfAssociatedObjects']['notification:AssociatedObjectStatus']}
    return next(o for o in objects if 'task:Status' in o), states


def peer_asks_for_more(node, peer, doc, task):
    """A longer preservation for the peer, then its end: asked by UPDATE with a request, told by UPDATE and Notification."""
    end = conformance.second(time.time() + 120 * 86400)
    for kind, event, status, state, until_ in (('pres_ext', 'extend', 'Preserved', 'extended', end), ('pres_end', 'release', 'Cancelled', 'released', None)):
        request, actions = peer.later(kind, doc, task, end)
        _, answer = peer.say(kind, actions)
        check('%s is taken with a receipt' % kind, 'receipt' in json.dumps(answer) and 'ErrorInformation' not in json.dumps(answer), answer)
        before = len(peer.taken)
        node.call('POST', '/api/v1/requests/%s/decision' % request['ObjectIdentifier'], 'api_request_decide', request['ObjectIdentifier'],
                  {'event': event, 'text': 'As you ask.'})
        until('%s reaches the peer' % state, 20, lambda: len(peer.taken) > before)
        update, states = told_states(peer.taken[-1])
        check('%s: the task' % state, update['ObjectIdentifier'] == task['ObjectIdentifier'] and update['task:Status']['common:Value'] == status and
              update.get('task:PreservationExpiration') == until_, update)
        check('%s: the states' % state, states == {task['ObjectIdentifier']: state, request['ObjectIdentifier']: 'answered'}, states)


def node_asks_for_more(node, peer, doc, task):
    draft = json.load(open(os.path.join(DRAFTS, 'pres_ext.json')))
    end = conformance.second(time.time() + 140 * 86400)
    draft['request']['relates_to'][0]['id'], draft['preservation'], draft['task'] = doc['ObjectIdentifier'], {'task': task['ObjectIdentifier']}, {'wanted_end': end}
    before = len(peer.taken)
    asked = node.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': peer.node})
    until('the request for more reaches the peer', 20, lambda: len(peer.taken) > before)
    created, updated = (next(v for k, v in a.items() if k != 'ActionIdentifier')['HI1Object']
                        for a in peer.taken[-1]['Payload']['RequestPayload']['ActionRequests']['ActionRequest'])
    check('it updates the task', updated['ObjectIdentifier'] == task['ObjectIdentifier'] and updated['task:DesiredPreservationExpiration'] == end and
          'Generation' not in updated, updated)
    _, answer = peer.say('pres_ext', peer.preserved(created, task, end, 'extended', 3))
    check('extended is taken', 'ErrorInformation' not in json.dumps(answer), answer)
    for request in (asked['request'], doc['ObjectIdentifier']):
        there = node.call('GET', '/api/v1/requests/' + request)
        check('extended until the day that was told', there['state'] == 'extended' and conformance.second(parsed(there['preserved_until'])) == end, there)


def parsed(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


def node_asks(node, peer):
    """The node's request reaches the peer, whose receipt is good; what the peer tells stands at the node."""
    before = len(peer.taken)
    asked = node.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': json.load(open(os.path.join(DRAFTS, 'pres.json'))), 'to': peer.node})
    until('the request reaches the peer', 20, lambda: len(peer.taken) > before)
    objects = [a['CREATE']['HI1Object'] for a in peer.taken[-1]['Payload']['RequestPayload']['ActionRequests']['ActionRequest']]
    doc, task = objects[1], objects[2]
    body = base64.b64decode(doc['doc:DocumentBody']['doc:Contents'])
    check('the request document is the one of its checksum', conformance.sha256(body).hex() == doc['doc:DocumentBody']['doc:Checksum'] and
          json.loads(body)['kind'] == 'pres' and json.loads(body)['id'] == asked['request'] == doc['ObjectIdentifier'], body)
    end = conformance.second(time.time() + 70 * 86400)
    _, answer = peer.say('pres', peer.preserved(doc, task, end))
    check('UPDATE and Notification are taken', 'ErrorInformation' not in json.dumps(answer), answer)
    there = node.call('GET', '/api/v1/requests/' + asked['request'])
    check('preserved until the day that was told', there['state'] == 'preserved' and conformance.second(parsed(there['preserved_until'])) == end, there)
    check('the acts of the path', [a['type'] for a in there['acts']] == ['asked', 'receipt_taken', 'updated'], there['acts'])
    return doc, task


def a_word_that_cannot_be(node, peer, doc, task):
    """What contradicts itself, or what cannot be, is refused by name and changes nothing."""
    end = conformance.second(time.time() + 70 * 86400)
    request = doc['ObjectIdentifier']
    before = node.call('GET', '/api/v1/requests/' + request)

    def answer(state, until_=end, **more):
        body = {'format': 'comity.answer/1', 'answers': request, 'state': state, 'language': 'en', 'until': until_,
                'answering': {'name': 'Carland', 'country': peer.country, 'node': peer.node, 'role': 'contact_point'}, **more}
        return {'CREATE': {'HI1Object': peer.document('Answer', 'Answer', 'application/vnd.comity.answer+json', body, [request])}}

    def refused(what, code, actions):
        said = json.dumps(peer.say('pres', actions)[1])
        check('%s: %s' % (what, code), code in said, said)
    other = dict(answering={'name': 'Borvia', 'country': 'XB', 'node': 'xb.contact', 'role': 'contact_point'})
    refused('a state that is none', '42009', peer.preserved(doc, task, end, 'nonsense', 3))
    refused('an end before the request', '3007', peer.preserved(doc, task, '1970-01-02T00:00:00Z', 'preserved', 3))
    refused('an answer in another authority\'s name', '42008', peer.preserved(doc, task, end, 'preserved', 3) + [answer('preserved', **other)])
    refused('an answer that says another state', '42008', peer.preserved(doc, task, end, 'preserved', 3) + [answer('not_held')])
    after = node.call('GET', '/api/v1/requests/' + request)
    check('nothing of it was taken', all(before[k] == after[k] for k in ('state', 'preserved_until', 'told', 'changed_at')), (before, after))
    said = peer.preserved(doc, task, end, 'sent', 3)
    refused('a state that is not the registrar\'s to tell', '42005', said)
    path = [{'hop': 1, 'provider': 'NordBox', 'country': 'XC'}]
    questions = [{'n': n, 'question': 'Which?'} for n in (1, 1)]
    asks = dict(answer_by=end, effect_of_silence='none')
    for what, code, state, more in (
            ('another use that nobody asked for', '42005', 'use_allowed', {}),
            ('data for a preservation', '42005', 'disclosed', {}),
            ('a reply of the other side', '42005', 'answered_info', dict(replies=[{'n': 1, 'reply': 'x'}])),
            ('a withdrawal of the other side', '42005', 'withdrawn', {}),
            ('asked how far it is, by who answers', '42005', 'status_asked', {}),
            ('what was done before it was taken up', '42005', 'more_info', dict(questions=questions[:1], **asks)),
            ('a question twice', '42008', 'more_info', dict(questions=questions, **asks)),
            ('a hop twice', '42008', 'third_state_provider', dict(path=path * 2)),
            ('an item twice', '42008', 'preserved_in_part', dict(items=[{'item': 1, 'result': r} for r in ('done', 'not_held')])),
            ('an item that was not asked for', '42008', 'preserved', dict(items=[{'item': 99, 'result': 'done'}])),
            ('a member that does not belong to it', '42008', 'third_state_provider', dict(path=path, amount='100', unit='EUR')),
            ('a word of another kind', '42008', 'preserved', dict(answer='granted'))):
        refused(what, code, [answer(state, **more)])
        refused(what + ', told', code, peer.preserved(doc, task, end, state, 3)[1:] + [answer(state, **more)])
    after = node.call('GET', '/api/v1/requests/' + request)
    check('neither its words', (after['state'], after['told']) == (before['state'], before['told']), after)
    most = 2 ** 53 - 1
    for generation in (most, None):
        said = peer.preserved(doc, task, end, 'preserved', generation)
        if generation is None:
            del said[0]['UPDATE']['HI1Object']['Generation']
        check('a last generation is taken', 'ErrorInformation' not in json.dumps(peer.say('pres', said)[1]))
    got = answers(peer.say(None, [{'GET': {'Identifier': task['ObjectIdentifier']}}])[1])
    check('and can be told', got[0].get('GETResponse', {}).get('HI1Object', {}).get('Generation') == most, got)


def resynchronise(peer, doc, task):
    """A peer that lost everything finds its objects by LIST and their state by GET."""
    listing = {'LIST': {'ObjectType': conformance.word('ObjectType', 'LPTask'), 'LastChanged': conformance.second(time.time() - 3600)}}
    records = answers(peer.say(None, [listing])[1])[0]['LISTResponse']['ListResponseRecord']
    mine = [r for r in records if r['Identifier'] == task['ObjectIdentifier']]
    check('LIST names the task with its generation', len(mine) == 1 and mine[0]['Generation'] == 2 and mine[0]['CountryCode'] == 'XC', records)
    keys = [(r['LastChanged'], r['Identifier']) for r in records]
    check('LIST is in order', keys == sorted(keys), keys)
    listing['LIST']['LastChanged'] = conformance.second(time.time() + 3600)
    empty = answers(peer.say(None, [listing])[1])[0]['LISTResponse']
    check('LIST of the future is empty', empty.get('ListResponseRecord', []) == [], empty)
    got = answers(peer.say(None, [{'GET': {'Identifier': o['ObjectIdentifier']}} for o in (task, doc)])[1])
    object = got[0]['GETResponse']['HI1Object']
    check('GET gives contents and state', object['task:Status']['common:Value'] == 'Preserved' and object['Generation'] == 2 and
          object['task:RequestDetails'] == task['task:RequestDetails'] and 'task:PreservationExpiration' in object, object)
    object = got[1]['GETResponse']['HI1Object']
    check('GET gives the document as it was', object['doc:DocumentBody'] == doc['doc:DocumentBody'], object)
    config = answers(peer.say(None, [{'GETCSPCONFIG': {}}])[1])[0]['GETCSPCONFIGResponse']
    kinds = [e['dictionaries:Value'] for e in config['Dictionaries']['dictionaries:Dictionary'][0]['dictionaries:DictionaryEntries']['dictionaries:DictionaryEntry']]
    check('the configuration names the kinds', 'pres' in kinds and 'extradite' in kinds and 'status' not in kinds, kinds)


def main():
    schemas = Schemas(sys.argv[2])
    folder = tempfile.mkdtemp(prefix='comity-python-')
    node = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse'])
    peer = conformance.Peer('xc.contact')
    try:
        node.start()
        node.login()
        print('words:', become_peers(node, peer))
        doc, task = peer_asks(node, peer)
        theirs = node_asks(node, peer)
        resynchronise(peer, doc, task)
        node_asks_for_more(node, peer, *theirs)
        peer_asks_for_more(node, peer, doc, task)
        a_word_that_cannot_be(node, peer, *node_asks(node, peer))
    finally:
        node.stop()
        shutil.rmtree(peer.folder)
    for number, text in enumerate(peer.wire):
        faults = schemas.faults(text)
        check('message %d is valid by the schemas' % number, not faults, faults)
    print('%d messages crossed; %d checks hold, %d do not' % (len(peer.wire), PASSED, FAILED))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
