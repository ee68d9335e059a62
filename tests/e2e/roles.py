#!/usr/bin/env python3
"""roles.py COMITY: who may do what. One node, one person for each role, and every act of data/person_rights.tab stated by each: whoever
may is never stopped by the rule person_role, whatever else is wrong with the call; whoever may not is refused by it, and told who
may. Then a preservation in an emergency, and a person whose roles change while the node runs, by two others."""
import hashlib, json, os, shutil, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nodes
from nodes import DRAFTS, Node, UnixConnection, run, until, write

# What a custodian uploads: no evidence, but with the header of a sealed file, which is what persons approve.
HEADER = b'age-encryption.org/v1\n-> X25519 ' + b'A' * 43 + b'\n' + b'A' * 43 + b'\n--- ' + b'A' * 43 + b'\n'


def table(name):
    return json.loads(run(['catalogue', name, '--json']))


def called(role):
    return role.replace('_', '-')


class RoleNode(Node):
    """A node with one person for each role, called by its name."""

    def __init__(self, folder, roles):
        super().__init__(folder, 'xa.contact', 'A node of roles', [])
        self.people = [called(role) for role in roles]
        for role in roles:
            write(self.file(called(role), 'password'), 'a good pass phrase\n')
            self.person('add', called(role), role)

    def person(self, verb, person, role, *more):
        totp = self.file(person, 'totp')
        if os.path.exists(totp):
            os.remove(totp)
        run(['person', verb, person, '--home', self.home, '--role', role, '--password-file', self.file(person, 'password'),
             '--totp-file', totp, *(['--name', person] if verb == 'add' else []), *more])

    def says(self, person, act, obj, route, body=b'{}', digest_of=None, fields=None, query=''):
        """The findings of a call that the person states, none when it was taken."""
        self.who = self.people.index(called(person))
        path = route['path'].replace('{id}', obj or 'nothing') + query
        fields = dict(fields or {}, **self.statement(act, obj, body if digest_of is None else digest_of))
        if route['body'] == 'none':
            body = None
        else:
            fields['Content-Type'] = route['media_in']
        c = UnixConnection(os.path.join(self.home, 'run', 'admin.sock'))
        c.request(route['method'], path, body=body, headers=fields)
        answer = c.getresponse()
        text = answer.read()
        self.answer = json.loads(text) if text else {}
        return [] if answer.status < 300 else self.answer['findings']


def judge(row, role, findings):
    """May the role by the table, and does the node say so?"""
    may = role in row['roles'].split('; ') + row['preservation'].split('; ')
    said = [f for f in findings if f['rule'] == 'person_role']
    if may and said:
        raise SystemExit('%s may state %s, and was refused: %s' % (role, row['name'], said))
    if not may and (not said or row['roles'].split('; ')[0] not in said[0]['seen']):
        raise SystemExit('%s may not state %s, and was answered: %s' % (role, row['name'], findings))
    return may


def case_of(node, row, route, role, things):
    """A call that comes as far as the keeper: what stands before it in the node is right."""
    act, name = row['name'], route['name']
    if act in ('person_add', 'person_enrol') and name != 'api_person_approve':
        obj = ('x-' if act == 'person_add' else '') + called(role)
        return node.says(role, act, obj, route, ('%s %s' % (act, role)).encode())
    if name == 'api_person_approve':
        waits = things['wait'](act)
        return node.says(role, act, waits['person'], route, digest_of=waits['bytes'])
    if name in ('api_evidence_open', 'api_evidence_approve'):
        return node.says(role, act, things['evidence'], route, digest_of=HEADER)
    if name == 'api_evidence_upload':
        body = HEADER + role.encode()
        return node.says(role, act, '', route, body, fields={'Comity-Blob': hashlib.sha256(body).hexdigest()},
                         query='?request=%s&title=x' % things['request'])
    obj = 'nothing' if '{id}' in route['path'] else ''
    return node.says(role, act, obj, route, b'{}' if route['body'] != 'none' else b'')


def waiting(node, routes):
    """What waits for a second person, made by the operator when it is not there."""
    def wait(act):
        obj, body = ('w-add' if act == 'person_add' else 'auditor'), act.encode()
        listed = node.call('GET', '/api/v1/persons')['waiting']
        if not any(one['person'] == obj for one in listed):
            node.says('operator', act, obj, routes['api_' + act], body)
        return {'person': obj, 'bytes': body}
    return wait


def walk(node, roles, routes, things):
    seen = {True: 0, False: 0}
    for row in table('person_rights'):
        for name in row['routes'].split('; '):
            # Those who may not come first: an approval that completes something ends what the others are tried with.
            for role in sorted(roles, key=lambda role: role in row['roles']):
                if name in ('api_stop', 'api_logout') and role in row['roles'].split('; '):
                    continue  # tried at the end, when nothing is left to do
                seen[judge(row, role, case_of(node, row, routes[name], role, things))] += 1
    print('ok  the table: %d times allowed, %d times refused by the role' % (seen[True], seen[False]))


def emergency(node, roles, routes):
    for kind, may in (('pres', {'duty_officer', 'drafter', 'approver', 'custodian'}), ('stored', {'duty_officer', 'drafter'})):
        draft = json.load(open(os.path.join(DRAFTS, kind + '.json')))
        for role in roles:
            body = json.dumps({'draft': draft, 'to': 'xb.contact'}).encode()
            findings = node.says(role, 'api_request_create', '', routes['api_request_create'], body)
            refused = any(f['rule'] == 'person_role' for f in findings)
            if refused == (role in may) or (kind == 'pres' and not refused and findings):
                raise SystemExit('%s sends %s: %s' % (role, kind, findings))
    print('ok  a preservation is sent by all but auditor and operator, data is asked for by two roles')


def change(node, routes):
    """The auditor becomes custodian: the operator asks, the approver agrees, and the old session is nobody's."""
    def sign():
        return node.says('auditor', 'api_package_sign', '', routes['api_package_sign'])
    if [f['rule'] for f in sign()] != ['person_role']:
        raise SystemExit('an auditor signs')
    node.person('enrol', 'auditor', 'custodian', '--session', node.file('operator', 'session'))
    listed = {p['person']: p for p in node.call('GET', '/api/v1/persons')['persons']}
    if listed['auditor']['roles'] != 'auditor':
        raise SystemExit('one person alone changed roles')
    run(['person', 'approve', 'auditor', '--home', node.home, '--session', node.file('approver', 'session')])
    listed = {p['person']: p for p in node.call('GET', '/api/v1/persons')['persons']}
    if listed['auditor']['roles'] != 'custodian':
        raise SystemExit('two persons did not change roles: %s' % listed)
    if [f['rule'] for f in sign()] != ['session_unknown']:
        raise SystemExit('the session of the old roles goes on')
    node.who = node.people.index('auditor') - 1
    node.login()
    if any(f['rule'] == 'person_role' for f in sign()):
        raise SystemExit('a custodian does not sign')
    print('ok  roles change by two persons, and sessions end with the old ones')


def asked_by(peer, node):
    """A preservation that the peer asks this node for: the example with both States changed about."""
    text = open(os.path.join(DRAFTS, 'pres.json')).read()
    for one, other in (('xa.contact', 'xb.contact'), ('"XA"', '"XB"')):
        text = text.replace(one, '\0').replace(other, one).replace('\0', other)
    request = peer.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': json.loads(text), 'to': 'xa.contact'})['request']
    until('the request to arrive', 30, lambda: any(r['request'] == request for r in node.call('GET', '/api/v1/requests')['requests']))
    return request


def play(node, peer, roles, routes):
    emergency(node, roles, routes)
    things = {'request': asked_by(peer, node), 'wait': waiting(node, routes)}
    sealed = {'Comity-Blob': hashlib.sha256(HEADER).hexdigest()}
    if node.says('custodian', 'api_evidence_upload', '', routes['api_evidence_upload'], HEADER, fields=sealed,
                 query='?request=%s&title=x' % things['request']):
        raise SystemExit('no upload: %s' % node.answer)
    things['evidence'] = node.answer['evidence']
    walk(node, roles, routes, things)
    change(node, routes)
    if node.says('operator', 'api_stop', '', routes['api_stop'], b''):
        raise SystemExit('the operator may not stop the node: %s' % node.answer)
    node.wait_gone()


def main():
    folder = tempfile.mkdtemp()
    roles = [row['name'] for row in table('person_roles')]
    routes = {row['name']: row for row in table('routes')}
    node = RoleNode(folder, roles)
    peer = Node(folder, 'xb.contact', 'Its peer', ['ilse'])
    try:
        node.start(), peer.start(), peer.login()
        for _ in roles:
            node.login()
        node.who = roles.index('operator')
        code = node.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
        peer.call('POST', '/api/v1/peers', 'api_peer_accept', '', {'code': code})
        node.call('POST', '/api/v1/peers/xb.contact/confirm', 'api_peer_confirm', 'xb.contact', {})
        peer.call('POST', '/api/v1/peers/xa.contact/confirm', 'api_peer_confirm', 'xa.contact', {})
        play(node, peer, roles, routes)
    finally:
        node.stop(), peer.stop()
    shutil.rmtree(folder)


if __name__ == '__main__':
    main()
