#!/usr/bin/env python3
"""refusals.py COMITY: what the program refuses, each by its own rule: on the command line, from an officer's program, from a
node that wants to become a peer, and from a peer that signs with its real keys what this program would never send."""
import base64, copy, hashlib, http.client, json, os, shutil, ssl, subprocess, sys, tempfile, time, uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, HERE, Gone, Node, Path, Refused, run, write

VECTORS = os.path.join(HERE, '..', 'vectors', 'hi1', 'accept')
TABLE = os.path.join(HERE, '..', '..', 'data', 'errors.tab')
TEXTS = dict(line.split('\t')[:2] for line in open(TABLE) if '\t' in line)
FAILED, PASSED = [], []


def check(rule, good, seen=''):
    (PASSED if good else FAILED).append(rule)
    if not good:
        print('NOT OK  %s: %s' % (rule, seen))


def command_refuses(rule, *words):
    done = subprocess.run([COMITY] + list(words), capture_output=True, text=True)
    check(rule, done.returncode in (1, 3) and TEXTS[rule] in done.stderr, '%d %s' % (done.returncode, done.stderr))


def call_refuses(rule, node, *words):
    try:
        check(rule, False, json.dumps(node.call(*words))[:200])
    except (Refused, Gone) as refusal:
        check(rule, 'error:%s"' % rule in str(refusal), refusal)


def on_the_command_line(folder):
    os.chdir(folder)
    run(['init', '--home', 'n', '--state', 'state', '--node', 'xa.contact', '--name', 'Arland', '--role', 'contact_point'])
    again = ['--state', 'state', '--name', 'Again', '--role', 'contact_point']
    command_refuses('node_exists', 'init', '--home', 'n', '--node', 'xa.contact', *again)
    command_refuses('state_other', 'init', '--home', 'o', '--node', 'xb.contact', *again)
    deep = 'd' * 120
    run(['init', '--home', deep, '--node', 'xa.deep'] + again)
    command_refuses('socket_path', 'serve', '--home', os.path.join(folder, deep))

    os.makedirs('links'), os.makedirs('empty'), os.makedirs('in')
    os.symlink('/etc/hostname', 'links/a')
    write('in/a.txt', 'evidence\n')
    command_refuses('pack_kind', 'package', 'create', 'links', '--home', 'n', '-o', 'p')
    command_refuses('pack_empty', 'package', 'create', 'empty', '--home', 'n', '-o', 'p')
    run(['package', 'create', 'in', '--home', 'n', '-o', 'good'])
    command_refuses('trust_not_root', 'verify', 'good', '--trust', 'n/keeper/sign.pem')
    subprocess.run('openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out other.p8', shell=True, check=True)
    command_refuses('signer_certificate', 'package', 'create', 'in', '--key', 'other.p8', '--cert', 'n/keeper/sign.pem', '-o', 'p')
    recipient = json.load(open('n/card.json'))['keys']['seal']['recipient']
    command_refuses('seal_folder', 'seal', 'in', '-r', recipient, '-o', 'sealed')


def flipped(code, at):
    b = bytearray(base64.urlsafe_b64decode(code[8:] + '=='))
    b[at] ^= 1
    return code[:8] + base64.urlsafe_b64encode(bytes(b)).rstrip(b'=').decode()


def becoming_peers(xa, xb):
    code = xa.call('POST', '/api/v1/invitations', 'api_invite', '', {})['code']
    call_refuses('invitation_card', xb, 'POST', '/api/v1/peers', 'api_peer_accept', '', {'code': flipped(code, 0)})
    call_refuses('invitation_refused', xb, 'POST', '/api/v1/peers', 'api_peer_accept', '', {'code': flipped(code, 40)})
    call_refuses('peer_unknown', xa, 'POST', '/api/v1/peers/xb.contact/confirm', 'api_peer_confirm', 'xb.contact', {})
    peer = Peer(xa, xb, certificate=False)
    status, text = peer.post('/peer/v1/reveal', bytes(48), 'application/octet-stream')
    check('invitation_unknown', status in (400, 404, 422) and b'invitation_unknown' in text, (status, text))


def example(name, **requesting):
    draft = json.load(open(os.path.join(HERE, '..', '..', 'doc', 'examples', name)))
    draft['request']['requesting'].update(requesting)
    return draft


def from_an_officer(xa):
    xa.call('POST', '/api/v1/cases', 'api_case_create', '', {'case': '2027-14', 'title': 'Flows'})
    call_refuses('case_exists', xa, 'POST', '/api/v1/cases', 'api_case_create', '', {'case': '2027-14', 'title': 'Flows'})
    call_refuses('api_member', xa, 'POST', '/api/v1/cases', 'api_case_create', '', {'case': 'a/b', 'title': 'Flows'})
    call_refuses('logout_other', xa, 'DELETE', '/api/v1/sessions/' + '00' * 16, 'api_logout', '00' * 16)
    call_refuses('statement_other', xa, 'POST', '/api/v1/invitations', 'api_peer_confirm', '', {})
    call_refuses('peer_unknown', xa, 'POST', '/api/v1/requests', 'api_request_create', '',
                 {'draft': example('pres.json'), 'to': 'xc.contact'})


def in_the_name_of_another(xa):
    """Checked without a receiver, checked for a peer, sent: never with another's name."""
    for other in ({'node': 'xb.contact'}, {'country': 'XB'}):
        draft = example('pres.json', **other)
        call_refuses('requesting_other', xa, 'POST', '/api/v1/requests/check', 'api_request_check', '', {'draft': draft})
        call_refuses('requesting_other', xa, 'POST', '/api/v1/requests/check', 'api_request_check', '', {'draft': draft, 'to': 'xb.contact'})
        call_refuses('requesting_other', xa, 'POST', '/api/v1/requests', 'api_request_create', '', {'draft': draft, 'to': 'xb.contact'})


class Peer:
    """Node `me` as its keys let it speak to node `other`: TLS and JWS are the real ones, the words are ours."""

    def __init__(self, me, other, certificate=True):
        self.me = me
        self.address = json.load(open(os.path.join(other.home, 'run', 'addresses.json')))['peer']
        self.context = ssl.create_default_context()
        self.keeper = os.path.join(me.home, 'keeper')
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            self.context.load_cert_chain(os.path.join(me.home, 'tls', 'node.pem'))
            pem = open(os.path.join(me.home, 'keeper', 'sign.pem')).read()
            self.x5t = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[:pem.index('-----END') + 25] + '\n')).digest()

    def post(self, path, body, kind):
        c = http.client.HTTPSConnection(self.address, context=self.context, timeout=30)
        c.request('POST', path, body=body, headers={'Content-Type': kind})
        answer = c.getresponse()
        return answer.status, answer.read()

    def signature(self, text, x5t):
        header = b64(json.dumps({'alg': 'ES256', 'typ': 'comity-hi1+jws', 'x5t#S256': b64(x5t)}, separators=(',', ':')).encode())
        der = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', os.path.join(self.keeper, 'sign.p8'), '-passin',
                              'file:' + os.path.join(self.keeper, 'credential')], input=(header + '.' + b64(text)).encode(),
                             capture_output=True, check=True).stdout
        r_n = der[3]
        r, s = der[4:4 + r_n], der[6 + r_n:]
        raw = int.from_bytes(r, 'big').to_bytes(32, 'big') + int.from_bytes(s, 'big').to_bytes(32, 'big')
        return {'protected': header, 'signature': b64(raw)}

    def say(self, message, signed=True, x5t=None):
        message = copy.deepcopy(message)
        message.pop('Signature', None)
        if signed:
            message['Signature'] = self.signature(plain(message), x5t or self.x5t)
        return self.post('/hi1/v1', plain(message), 'application/json')

    def is_refused(self, rule, message, **more):
        status, text = self.say(message, **more)
        check(rule, status == 200 and ('"%s: ' % rule[4:]).encode() in text, (status, text[-700:]))


def b64(b):
    return base64.urlsafe_b64encode(b).rstrip(b'=').decode()


def plain(message):
    return json.dumps(message, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()


def vector(name, **header):
    """A message of the vectors under a new transaction, from xa to xb, at this moment."""
    message = json.load(open(os.path.join(VECTORS, name)))
    message['Header'].update(TransactionIdentifier=str(uuid.uuid4()), SenderIdentifier={'CountryCode': 'XA', 'UniqueIdentifier': 'contact'},
                             ReceiverIdentifier={'CountryCode': 'XB', 'UniqueIdentifier': 'contact'},
                             Timestamp=time.strftime('%Y-%m-%dT%H:%M:%S.000000Z', time.gmtime()))
    message['Header'].update(header)
    return message


def actions(message):
    return message['Payload']['RequestPayload']['ActionRequests']['ActionRequest']


def from_a_peer(xa, xb):
    peer = Peer(xa, xb)
    peer.is_refused('hi1_workflow_mismatch', vector('01-pres-request.json', WorkflowIdentifier='pres_ext'))
    good = vector('01-pres-request.json')
    status, text = peer.say(good)
    check('a good message is taken', status == 200 and b'"ErrorInformation"' not in text, (status, text[-700:]))
    status, again = peer.say(good)
    check('the same message gets the same answer', again == text, again[-300:])

    other = copy.deepcopy(good)
    other['Header']['Timestamp'] = '2027-03-02T01:22:04.318225Z'
    peer.is_refused('hi1_transaction_reused', other)
    other = vector('01-pres-request.json')
    actions(other)[0]['CREATE']['HI1Object']['auth:AuthorisationReference'] = 'another'
    peer.is_refused('hi1_object_exists', other)
    peer.is_refused('hi1_not_done', other)
    peer.is_refused('hi1_sender_unknown', vector('08-get-request.json', SenderIdentifier={'CountryCode': 'XA', 'UniqueIdentifier': 'other'}))
    peer.is_refused('hi1_wrong_receiver', vector('08-get-request.json', ReceiverIdentifier={'CountryCode': 'XA', 'UniqueIdentifier': 'contact'}))
    peer.is_refused('hi1_signature_missing', vector('08-get-request.json'), signed=False)
    peer.keeper = os.path.join(xb.home, 'keeper')
    peer.is_refused('hi1_certificate', vector('08-get-request.json'), x5t=bytes(32))
    peer.keeper = os.path.join(xa.home, 'keeper')
    status, text = peer.say(vector('08-get-request.json'), x5t=bytes(32))
    check('another certificate of the same key is good', b'4100' not in text, text[-700:])
    peer.is_refused('hi1_clock_skew', vector('04-stored-request.json', Timestamp='2020-01-01T00:00:00.000000Z'))
    unknown = vector('08-get-request.json')
    actions(unknown)[0]['GET']['Identifier'] = str(uuid.uuid4())
    peer.is_refused('hi1_object_unknown', unknown)
    peer.is_refused('hi1_reference_unresolved', mine(vector('06-deliver-request.json')))


def mine(message):
    text = plain(message).decode()
    return json.loads(text.replace('"CountryCode":"XB","ExternalIdentifier"', '"CountryCode":"XA","ExternalIdentifier"'))


def from_a_register(xa, folder):
    """One entry tile of the published register is cut short."""
    copied = os.path.join(folder, 'log')
    shutil.copytree(os.path.join(xa.home, 'log'), copied)
    tiles = [os.path.join(at, name) for at, _, names in os.walk(copied) for name in names if '/entries' in at]
    os.truncate(tiles[0], os.path.getsize(tiles[0]) - 1)
    vkey = json.load(open(os.path.join(xa.home, 'card.json')))['keys']['log']['vkey']
    command_refuses('fsck_length', 'log', 'fsck', copied, '--vkey', vkey)


def main():
    folder = tempfile.mkdtemp(prefix='comity-refusals-')
    xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse'])
    xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['tomas'])
    try:
        on_the_command_line(folder)
        xa.start(), xb.start()
        xa.login(), xb.login()
        becoming_peers(xa, xb)
        from_an_officer(xa)
        Path(xa, xb).make_peers()
        in_the_name_of_another(xa)
        from_a_peer(xa, xb)
        xa.stop(), xb.stop()
        from_a_register(xa, folder)
    finally:
        xa.stop(), xb.stop()
    print('%d refused as they should be, %d not' % (len(PASSED), len(FAILED)))
    if not FAILED:
        shutil.rmtree(folder)
    return 1 if FAILED else 0


if __name__ == '__main__':
    sys.exit(main())
