#!/usr/bin/env python3
"""provider.py COMITY ETSI: a service provider that has nothing of ours. It speaks HI-1 by ETSI's schemas and doc/spec alone, takes
an order to preserve and an order to produce from an authority of its State, reads them strictly, and answers: what is preserved,
and data that it packed with openssl, sealed with age and hands out itself. The authority's real node fetches, opens and exports
it; an order that is no order is refused by the provider, and the authority sees why."""
import base64, io, json, os, shutil, subprocess, sys, tempfile, time, zlib, struct

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import python_peer
from evidence_hostile import Deliverer, whole
from nodes import COMITY, DRAFTS, run, write
from python_peer import Node, Schemas, become_peers, check, conformance, until
import jsonschema
from cryptography import x509

new_id, word, second, b64 = conformance.new_id, conformance.word, conformance.second, conformance.b64
SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'doc', 'spec')


# -- package.md: written from the page, with openssl and age
def stored_zip(entries):
    out, directory, utf8 = io.BytesIO(), b'', 0x800
    for name, body in entries:
        at, n = out.tell(), name.encode()
        middle = struct.pack('<HHHHHIII', 20, utf8, 0, 0, 33, zlib.crc32(body), len(body), len(body))
        out.write(b'PK\3\4' + middle + struct.pack('<HH', len(n), 0) + n + body)
        directory += b'PK\1\2' + struct.pack('<H', 3 << 8 | 20) + middle + struct.pack('<HHHHHII', len(n), 0, 0, 0, 0, 0o100644 << 16, at) + n
    at = out.tell()
    out.write(directory + b'PK\5\6' + struct.pack('<HHHHIIH', 0, 0, len(entries), len(entries), len(directory), at, 0))
    return out.getvalue()


def manifest(entries):
    digest = lambda body: b64(conformance.sha256(body))
    lines = ['<asic:DataObjectReference URI="%s" MimeType="%s"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
             '<ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>' % (name, kind, digest(body)) for name, kind, body in entries]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" '
            'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><asic:SigReference URI="META-INF/signature001.p7s" '
            'MimeType="application/x-pkcs7-signature"/>%s</asic:ASiCManifest>' % ''.join(lines)).encode()


class Provider(Deliverer):
    """Takes orders of the authority of its State."""

    def __init__(self, node, request_schema):
        self.request_schema, self.orders = request_schema, {}
        super().__init__(node)

    def make_card(self):
        self.kind, self.roles, self.title = 'provider', ['provider'], 'Lumo Networks'
        super().make_card()

    def order(self, kind):
        """The last order of this kind: its objects and its document, which must be what the page of requests says."""
        message = next(m for m in reversed(self.taken) if m['Header'].get('WorkflowIdentifier') == kind and 'CREATE' in json.dumps(m))
        objects = {o['@xsi:type'].split('}')[1]: o for a in message['Payload']['RequestPayload']['ActionRequests']['ActionRequest']
                   for o in [a['CREATE']['HI1Object']]}
        body = base64.b64decode(objects['DocumentObject']['doc:DocumentBody']['doc:Contents'])
        fault = jsonschema.exceptions.best_match(self.request_schema.iter_errors(json.loads(body)))
        check('%s: the order is what the page of requests says' % kind, fault is None, fault)
        return objects, json.loads(body)

    def package(self, files):
        """Files as a signed package, sealed to the key that the order carries."""
        folder = tempfile.mkdtemp(dir=self.folder)
        path = lambda name: os.path.join(folder, name)
        entries = [('data/' + name, 'text/csv', body) for name, body in files] + \
                  [('metadata/case.jsonld', 'application/ld+json', json.dumps({
                      '@context': {'kb': 'http://example.org/kb/', 'uco-core': 'https://ontology.unifiedcyberontology.org/uco/core/'},
                      '@graph': [{'@id': 'kb:bundle-1', '@type': 'uco-core:Bundle'}]}).encode())]
        listing = manifest(entries)
        write(path('key.pem'), conformance.secret(self.sign_key, conformance.serialization.Encoding.PEM).decode())
        write(path('cert.pem'), conformance.pem(self.sign))
        signature = subprocess.run(['openssl', 'cms', '-sign', '-binary', '-cades', '-md', 'sha256', '-nosmimecap', '-outform', 'DER', '-signer',
                                    path('cert.pem'), '-inkey', path('key.pem')], input=listing, stdout=subprocess.PIPE, check=True).stdout
        return stored_zip([('mimetype', b'application/vnd.etsi.asic-e+zip')] + [(n, body) for n, _, body in entries] +
                          [('META-INF/ASiCManifest001.xml', listing), ('META-INF/signature001.p7s', signature)])

    def sealed_for(self, objects, plain):
        certificates = objects['EncryptionObject']['encryption:X509EncryptionDetails']['encryption:X509Certificates']
        der = base64.b64decode(certificates[0]['encryption:X509CertificateDER'])
        key = x509.load_der_x509_certificate(der).public_key()

        class Holder:  # age_recipient() wants something that has a public key
            public_key = staticmethod(lambda: key)
        return subprocess.run(['age', '-r', conformance.age_recipient(Holder)], input=plain, stdout=subprocess.PIPE, check=True).stdout

    def said(self, kind, objects, task, status, states, words, seat='task:Status', **members):
        """UPDATE of the task and a Notification with the states of request and task."""
        update = {'@xsi:type': task['@xsi:type'], 'ObjectIdentifier': task['ObjectIdentifier'], 'Generation': 2, 'LastChanged': second(),
                  seat: status, **members}
        request = objects['DocumentObject']['ObjectIdentifier']
        told = [{'notification:AssociatedObject': o, 'notification:Status': word('RequestState', state, 'comity')}
                for o, state in zip((task['ObjectIdentifier'], request), states)]
        note = self.object('2016/02/Notification', 'Notification', [task['ObjectIdentifier'], request], notification__NotificationDetails=words,
                           notification__NotificationType=word('NotificationType', 'Progress', 'comity'), notification__NewNotification=True,
                           notification__NotificationTimestamp=second(),
                           notification__StatusOfAssociatedObjects={'notification:AssociatedObjectStatus': told})
        answer = self.say(kind, [{'UPDATE': {'HI1Object': update}}, {'CREATE': {'HI1Object': note}}])[1]
        check('%s: the answer is taken' % kind, 'ErrorInformation' not in json.dumps(answer), answer)


def send(node, provider, kind):
    before = len(provider.taken)
    draft = json.load(open(os.path.join(DRAFTS, kind + '.json')))
    draft.pop('preservation', None)
    if 'wanted_end' in draft.get('task', {}):  # of an order that lasts ninety days at most, from whatever day this runs
        draft['task']['wanted_end'] = second(time.time() + 80 * 86400)
    asked = node.call('POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': provider.node})
    until('the order %s reaches the provider' % kind, 20, lambda: len(provider.taken) > before)
    return asked['request'], *provider.order(kind)


def preserved(node, provider):
    request, objects, body = send(node, provider, 'd_pres')
    task = objects['LPTaskObject']
    check('the order names data, custodian and period', body['data'] and task['task:RequestDetails']['task:StartTime'] < task['task:RequestDetails']['task:EndTime'], body)
    end = second(time.time() + 80 * 86400)
    provider.said('d_pres', objects, task, word('LPTaskStatus', 'Preserved'), ('preserved', 'executing'), 'Both logs are kept.',
                  **{'task:PreservationExpiration': end})
    there = node.call('GET', '/api/v1/requests/' + request)
    check('the authority sees that it is preserved', there['state'] == 'preserved' and there['preserved_until'], there)


def produced(node, provider, folder):
    request, objects, body = send(node, provider, 'd_prod')
    plain = provider.package([('logins.csv', b'time,address,port\n2026-11-21T22:40:17Z,198.51.100.23,443\n')])
    sealed = provider.sealed_for(objects, plain)
    name = provider.announce(list(objects.values()), conformance.sha256(sealed).hex(), len(sealed), whole(sealed), 'd_prod', last=True)
    until('the evidence is here', 20, lambda: node.call('GET', '/api/v1/evidence/' + name)['state'] == 'received')
    for person in ('ilse', 'per'):
        done = subprocess.run([COMITY, 'evidence', 'approve', name, '--home', node.home, '--session', node.file(person, 'session'), '--json'],
                              capture_output=True, text=True)
        check('%s approves' % person, done.returncode == 0, done.stdout + done.stderr)
    until('it is opened', 20, lambda: node.call('GET', '/api/v1/evidence/' + name)['verdict'])
    there = node.call('GET', '/api/v1/evidence/' + name)
    check('what openssl signed and age sealed is good', there['verdict'] == 'valid', there)
    asic = os.path.join(folder, 'produced.asice')
    open(asic, 'wb').write(plain)
    write(os.path.join(folder, 'root.pem'), conformance.pem(provider.root))
    run(['verify', asic, '--trust', os.path.join(folder, 'root.pem')])
    until('the provider learns that it was opened', 20, lambda: any(s == 'Acknowledged' for s, _ in provider.told(name)))


def challenged(node, provider):
    """The provider contests an order, with ground and article; a word about a task that is not between the two is not taken."""
    request, objects, body = send(node, provider, 'd_prod')
    task = objects['LDTaskObject']
    foreign = dict(task, ObjectIdentifier=new_id())
    update = {'@xsi:type': task['@xsi:type'], 'ObjectIdentifier': foreign['ObjectIdentifier'], 'Generation': 2, 'LastChanged': second(),
              'task:Status': word('LDTaskStatus', 'Disclosed')}
    answer = provider.say('d_prod', [{'UPDATE': {'HI1Object': update}}])[1]
    check('a task of nobody is unknown', '42001' in json.dumps(answer), answer)
    provider.said('d_prod', objects, task, word('LDTaskStatus', 'Rejected'), ('refused', 'refused'), 'The order is contested in court.',
                  **{'task:StatusReason': {'ErrorCode': 43003, 'ErrorDescription': 'domestic_prohibition 27: The court has stayed the order.'}})
    there = node.call('GET', '/api/v1/requests/' + request)
    check('the authority sees that the order is contested', there['state'] == 'refused', there)


def main():
    schemas = Schemas(sys.argv[2])
    request_schema = jsonschema.Draft202012Validator(json.load(open(os.path.join(SPEC, 'request-document.schema.json'))))
    folder = tempfile.mkdtemp(prefix='comity-provider-')
    node = Node(folder, 'xa.contact', 'Public Prosecutor Lindhaven', ['ilse', 'per'], roles=('competent_authority',))
    provider = Provider('xa.provider', request_schema)
    try:
        node.start()
        node.login()
        node.login()
        node.who = 0
        become_peers(node, provider)
        preserved(node, provider)
        produced(node, provider, folder)
        challenged(node, provider)
    finally:
        node.stop()
        shutil.rmtree(provider.folder)
    for number, text in enumerate(provider.wire):
        faults = schemas.faults(text)
        check('message %d is valid by the schemas' % number, not faults, faults)
    print('%d messages crossed; %d checks hold, %d do not' % (len(provider.wire), python_peer.PASSED, python_peer.FAILED))
    if not python_peer.FAILED:
        shutil.rmtree(folder)
    return 1 if python_peer.FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
