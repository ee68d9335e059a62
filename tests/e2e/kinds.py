#!/usr/bin/env python3
"""kinds.py COMITY: every kind of request of the catalogue is played with its example of doc/examples: it is checked, each listed
content that it must have is taken out and named with its article, it travels to another node, and arrives with all that it says;
the other node refuses it by the same article when a peer's own program left a content out.
Driven by the tables: a new kind without an example fails."""
import base64, copy, datetime, hashlib, json, os, shutil, sys, tempfile, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import DRAFTS, Gone, Node, Refused, run, until
from refusals import Peer, actions, plain

FAILED, PASSED = [], []
# Words on the thread of another request, and a report that needs none: they have no request document.
NO_REQUESTS = ('side', 'report')
# Taken with gaps, and asked back: Art. 42(6) knows no refusal for form. (An end names its task, which is another's.)
ASKED_BACK = ('pres', 'pres_ext', 'pres_end')
ALL = ('contact_point', 'central_authority', 'competent_authority')


def check(what, good, seen=''):
    (PASSED if good else FAILED).append(what)
    if not good:
        print('NOT OK  %s: %s' % (what, str(seen)[:1500]))


def catalogue(table):
    return json.loads(run(['catalogue', table, '--json']))


def cells(text):
    return [w for w in text.split('; ') if w]


def later(days):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime('%Y-%m-%dT00:00:00Z')


def example(kind):
    """The draft, with the ends that lie in the past one day put into the future."""
    path = os.path.join(DRAFTS, kind + '.json')
    if not os.path.exists(path):
        return None
    draft = json.load(open(path))
    if 'until' in draft['request'].get('secrecy', {}):
        draft['request']['secrecy']['until'] = later(180)
    if 'wanted_end' in draft.get('task', {}):
        draft['task']['wanted_end'] = later(80)
    return draft


def without(draft, path):
    """The draft without this fact: a whole member where the form allows it, else a word that says nothing."""
    draft = copy.deepcopy(draft)
    request, task = draft['request'], draft.get('task', {})
    first, _, rest = path.partition('.')
    if first == 'particulars':
        request['particulars'] = [p for p in request.get('particulars', []) if p['name'] != rest]
        if not request['particulars']:
            del request['particulars']
    elif first == 'task' and rest == 'preservation':
        draft.pop('preservation', None)
    elif first == 'task':
        task.pop(rest, None)
        if rest == 'deadline':
            task.pop('deadline_reason', None)
    elif path == 'data[].identifiers':
        for item in request.get('data', []):
            item.pop('identifiers', None)
    elif path == 'offences[].max_penalty_years':
        for item in request.get('offences', []):
            item.pop('max_penalty_years', None)
    elif path in ('requesting.name', 'conducting.name', 'conducting.functions', 'urgency.reason', 'proceeding.subject', 'custodian.name'):
        if first in request:
            request[first][rest] = '-'
    elif first == 'requesting' or first == 'order' and rest in ('extent', 'notice_to_third_parties', 'final') or first == 'assistance' and rest != 'wanted':
        request.get(first, {}).pop(rest, None)
    else:
        request.pop(first.split('[')[0], None)
    return draft


class Play:
    def __init__(self, folder):
        self.contents = [c for c in catalogue('request_contents') if c['need'] == 'always']
        self.kinds = catalogue('request_kinds')
        state = os.path.join(folder, 'xa-state')
        self.xa = Node(folder, 'xa.contact', 'Arland', ['ilse'], roles=ALL)
        self.others = {
            'xb.contact': Node(folder, 'xb.contact', 'Borvia', ['tomas'], roles=ALL),
            'xa.nordbox': Node(folder, 'xa.nordbox', 'NordBox Hosting', ['lena'], roles=('provider',), home='nordbox', state=state),
            'xd.secretariat': Node(folder, 'xd.secretariat', 'Secretariat', ['ida'], roles=('secretariat',)),
        }

    def start(self):
        nodes = [self.xa] + list(self.others.values())
        for node in nodes:
            node.start()
            node.login()
        for name, node in self.others.items():
            code = self.xa.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
            node.call('POST', '/api/v1/peers', 'api_peer_accept', '', {'code': code})
            self.xa.call('POST', '/api/v1/peers/%s/confirm' % name, 'api_peer_confirm', name, {})
            node.call('POST', '/api/v1/peers/xa.contact/confirm', 'api_peer_confirm', 'xa.contact', {})

        self.peers = {name: Peer(self.xa, node) for name, node in self.others.items()}

    def stop(self):
        for node in [self.xa] + list(self.others.values()):
            node.stop()

    def receiver(self, row):
        roles = cells(row['receivers'])
        if row['home'] == 'yes':
            return 'xa.nordbox'
        return 'xd.secretariat' if roles == ['secretariat'] else 'xb.contact'

    def ask(self, draft, to, what='check'):
        path, act = ('/api/v1/requests/check', 'api_request_check') if what == 'check' else ('/api/v1/requests', 'api_request_create')
        return self.xa.call('POST', path, act, '', {'draft': draft, 'to': to})

    def refusal(self, draft, to):
        try:
            return 'taken: %s' % self.ask(draft, to)
        except Refused as refusal:
            return str(refusal)


def gaps(play, kind, row, draft, to):
    """Each content that is always needed, taken out by every path that could say it."""
    wanted = [c for c in play.contents if c['list'] == 'all' or c['list'] in cells(row['lists'])]
    check('%s has contents' % kind, len(wanted) > 1, row['lists'])
    for content in wanted:
        less = draft
        for path in cells(content['paths']):
            less = without(less, path)
        said = play.refusal(less, to)
        if content['paths'] == 'legal_basis':  # the form of the document itself
            check('%s without %s' % (kind, content['id']), 'document_member_missing' in said and 'legal_basis' in said, said)
        elif content['paths'] == 'task.delivery_key':  # added by the node itself: a draft has no place for it
            check('%s gets %s from the node' % (kind, content['id']), 'taken' in said, said)
        else:
            check('%s without %s' % (kind, content['id']), 'error:contents_missing' in said and
                  'It does not say %s.' % content['name'] in said and '"%s"' % content['article'] in said, said)


def leaves(value, path=''):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, path + '.' + name if path else name)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, '%s[%d]' % (path, i))
    else:
        yield path, value


def said_in(draft):
    """What has to be seen at the other side: every member of the document as path and text."""
    request = dict(draft['request'])
    found = {'particulars.' + p['name']: p['text'] for p in request.pop('particulars', [])}
    for path, value in leaves(request):
        found[path] = str(value).lower() if isinstance(value, bool) else str(value)
    for i, value in enumerate(draft.get('task', {}).get('values', [])):
        found['task.values[%d].format' % i], found['task.values[%d].value' % i] = value['format'], value['value']
    return found


def arrives(play, kind, row, draft, to):
    try:
        sent = play.ask(draft, to, 'send')
    except (Refused, Gone) as refusal:
        return check('%s leaves' % kind, False, refusal)
    other = play.others[to]

    def there():
        try:
            return other.call('GET', '/api/v1/requests/' + sent['request'])
        except (Refused, Gone):
            return None
    seen = until('%s arrives' % kind, 20, there)
    missing = {p: (t, seen['document'].get(p)) for p, t in said_in(draft).items() if seen['document'].get(p) != t}
    check('%s says there what it said here' % kind, not missing, missing)
    check('%s is of its kind there' % kind, (seen['kind'], seen['state'], seen['direction']) == (kind, 'acknowledged', 'received'), seen)
    return sent


def judged_there(play, row, request, to):
    """The message that was sent, signed anew by the same keys after its document lost one content: a program that does not check."""
    kind, own = row['code'], cells(row['lists'])
    left_out = [c for c in play.contents if c['list'] in own and not any(p.startswith('task.') or '[]' in p for p in cells(c['paths']))][-1]
    sent = play.xa.call('GET', '/api/v1/requests/%s/messages' % request)['messages'][0]
    message = play.xa.call('GET', '/api/v1/messages/%s' % sent['message'])
    objects = [next(v for k, v in a.items() if k != 'ActionIdentifier')['HI1Object'] for a in actions(message)]
    document = next(o['doc:DocumentBody'] for o in objects if o['@xsi:type'].endswith('DocumentObject'))
    body = json.loads(base64.b64decode(document['doc:Contents']))
    for path in cells(left_out['paths']):
        body = without({'request': body}, path)['request']
    document['doc:Contents'] = 'HERE'
    text, body = plain(message).decode(), plain(body).decode()
    for name in [o['ObjectIdentifier'] for o in objects] + [message['Header']['TransactionIdentifier']]:
        fresh = str(uuid.uuid4())
        text, body = text.replace(name, fresh), body.replace(name, fresh)
    message = json.loads(text.replace(document['doc:Checksum'], hashlib.sha256(body.encode()).hexdigest())
                         .replace('HERE', base64.b64encode(body.encode()).decode()))
    status, answer = play.peers[to].say(message)
    check('%s without %s is refused there' % (kind, left_out['id']), status == 200 and b'"ErrorCode":42007' in answer and
          left_out['article'].encode() in answer, answer[-500:])


def chain(play, drafts):
    """An extension and an end belong to the preservation that was asked for and decided before."""
    pres = arrives(play, 'pres', None, drafts['pres'], 'xb.contact')
    play.others['xb.contact'].call('POST', '/api/v1/requests/%s/decision' % pres['request'], 'api_request_decide', pres['request'],
                                   {'event': 'preserve', 'order_reference': 'PO-1', 'text': 'All of it.'})
    until('the preservation is told', 20, lambda: play.xa.call('GET', '/api/v1/requests/' + pres['request'])['state'] == 'preserved')
    drafts['stored']['preservation'] = {'task': pres['task']}
    for kind in ('pres_ext', 'pres_end'):
        drafts[kind]['preservation'] = {'task': pres['task']}
        drafts[kind]['request']['relates_to'][0]['id'] = pres['request']
    drafts['pres_ext']['task']['wanted_end'] = later(140)


def orders_are_carried_out(play, asked):
    """A provider answers its own State as an authority answers another one: it says until when, and what it does not have."""
    provider = play.others['xa.nordbox']
    for kind, event, state in (('d_pres', {'event': 'preserve', 'text': 'All of it.'}, 'preserved'),
                               ('d_prod', {'event': 'find_nothing', 'text': 'No such account.'}, 'not_held')):
        request = asked[kind]['request']
        provider.call('POST', '/api/v1/requests/%s/decision' % request, 'api_request_decide', request, event)
        told = until('%s is told' % state, 20, lambda: play.xa.call('GET', '/api/v1/requests/' + request)['state'] == state)
        check('%s: %s' % (kind, state), told)
    row = play.xa.call('GET', '/api/v1/requests/' + asked['d_pres']['request'])
    check('an order is kept until its end', row['preserved_until'] == later(80), row['preserved_until'])


def wrong_receivers(play, drafts):
    for kind, to, rule, words in (('stored', 'xa.nordbox', 'role_not_allowed', 'Central authority'),
                                  ('d_prod', 'xb.contact', 'order_abroad', 'xa.contact to xb.contact'),
                                  ('d_pres', 'xb.contact', 'order_abroad', 'xa.contact to xb.contact'),
                                  ('designate', 'xb.contact', 'role_not_allowed', 'Secretariat'),
                                  ('emergency', 'xd.secretariat', 'role_not_allowed', '24/7 contact point')):
        said = play.refusal(drafts[kind], to)
        check('%s to %s' % (kind, to), '"rule":"%s"' % rule in said and words in said, said)


def particulars(play, draft):
    """Words of no table and texts of another form are refused by name."""
    for name, text, rule in (('favourite_colour', 'blue', 'particular_unknown'), ('hearing', 'next week', 'document_value'),
                             ('return_date', '2027-02-30', 'document_value'), ('amount', '12.50 EUR', 'document_value'),
                             ('amount', '1e9 EUR-cent', 'document_value'), ('questions', 'one\n\ntwo', 'document_value')):
        more = copy.deepcopy(draft)
        more['request']['particulars'] = [{'name': name, 'text': text}]
        said = play.refusal(more, 'xb.contact')
        check('particular %s=%s' % (name, text), 'error:' + rule in said and name in said, said)
    twice = copy.deepcopy(draft)
    twice['request']['particulars'] = [{'name': 'risk', 'text': 'low'}, {'name': 'risk', 'text': 'high'}]
    check('a particular twice', 'twice' in play.refusal(twice, 'xb.contact'))
    schema = json.load(open(os.path.join(DRAFTS, '..', 'spec', 'request-document.schema.json')))
    words = schema['properties']['particulars']['items']['properties']['name']['enum']
    check('the schema has the words of the table', words == [p['id'] for p in catalogue('particulars')], words)


def main():
    folder = tempfile.mkdtemp(prefix='comity-kinds-')
    play = Play(folder)
    asked = {}
    drafts = {row['code']: example(row['code']) for row in play.kinds}
    try:
        play.start()
        chain(play, drafts)
        for row in play.kinds:
            kind = row['code']
            check('%s works when it is a request' % kind, (row['works'] == 'yes') == (row['family'] not in NO_REQUESTS), row['family'])
            if row['family'] in NO_REQUESTS:
                continue
            check('%s has an example' % kind, drafts[kind] is not None)
            if drafts[kind] is None:
                continue
            to = play.receiver(row)
            gaps(play, kind, row, drafts[kind], to)
            asked[kind] = arrives(play, kind, row, drafts[kind], to)
            if asked[kind] and kind not in ASKED_BACK:
                judged_there(play, row, asked[kind]['request'], to)
        orders_are_carried_out(play, asked)
        wrong_receivers(play, drafts)
        particulars(play, drafts['police'])
    finally:
        play.stop()
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
