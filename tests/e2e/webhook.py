#!/usr/bin/env python3
"""`comity webhook send` and `comity event list --follow` over a real node: every notice is verified by the package standardwebhooks, a
receiver that fails gets the same one again, a sender that is killed goes on where it was, a node that is started again is waited for, and
no notice says anything of a request's contents.  webhook.py COMITY"""
import http.server, json, os, queue, ssl, subprocess, tempfile, threading

import standardwebhooks

import nodes


class Receiver(http.server.HTTPServer):
    def __init__(self):
        super().__init__(('127.0.0.1', 0), ReceiverCall)
        self.came, self.fail = queue.Queue(), 0
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = 'http://127.0.0.1:%d/hook' % self.server_address[1]


class TlsReceiver(Receiver):
    """Speaks TLS by a certificate for `host`, issued by the authority in `folder`."""

    def __init__(self, folder, host):
        name = os.path.join(folder, host.replace(':', '-'))
        ca = os.path.join(folder, 'ca')
        openssl = lambda *words: subprocess.run(['openssl', *words], check=True, capture_output=True)
        if not os.path.exists(ca + '.pem'):
            openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3', '-subj', '/CN=Receivers',
                    '-keyout', ca + '.key', '-out', ca + '.pem')
        openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=receiver', '-addext',
                'subjectAltName=' + host, '-keyout', name + '.key', '-out', name + '.csr')
        openssl('x509', '-req', '-in', name + '.csr', '-CA', ca + '.pem', '-CAkey', ca + '.key', '-CAcreateserial', '-days', '3', '-copy_extensions',
                'copy', '-out', name + '.pem')
        super().__init__()
        self.anchor, context = ca + '.pem', ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(name + '.pem', name + '.key')
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = self.url.replace('http:', 'https:')


class ReceiverCall(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        failed = self.server.fail > 0
        self.server.fail -= failed
        self.server.came.put((dict(self.headers.items()), body, failed))
        self.send_response(500 if failed else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


def check(what, good, seen=''):
    print('ok  ' if good else 'BAD ', what, seen if not good else '')
    if not good:
        raise SystemExit(1)


class Sender:
    def __init__(self, node, url, folder, words=()):
        self.secret = os.path.join(folder, 'secret')
        self.process = subprocess.Popen([nodes.COMITY, 'webhook', 'send', url, '--home', node.home, '--secret-file', self.secret,
                                         '--after-file', os.path.join(folder, 'after'), *words])

    def end(self):
        self.process.kill()
        self.process.wait()


def verified(secret, receiver):
    headers, body, failed = receiver.came.get(timeout=60)
    said = standardwebhooks.Webhook(secret).verify(body, headers)
    if set(said) != {'type', 'timestamp', 'data'} or set(said['data']) != {'event', 'node', 'ref'}:
        raise SystemExit('a notice says more than it may: %s' % said)
    return headers['webhook-id'], said, failed


def main():
    with tempfile.TemporaryDirectory() as folder:
        xa = nodes.Node(folder, 'xa.contact', 'Arland', ['officer-a', 'officer-b'])
        xb = nodes.Node(folder, 'xb.contact', 'Borduria', ['officer-a', 'officer-b'])
        started = []
        try:
            play(folder, xa, xb, started)
        finally:
            for sender in started:
                sender.end()
            xa.stop()
            xb.stop()


def play(folder, xa, xb, started):
    for node in (xa, xb):
        node.start()
        node.login()
    path = nodes.Path(xa, xb)
    path.make_peers()
    first = path.ask()
    nodes.until('the request to arrive', 30, lambda: path.arrived(first))
    listed = xb.call('GET', '/api/v1/events')['events']
    receiver = Receiver()
    receiver.fail = 2
    started.append(Sender(xb, receiver.url, folder))
    headers, body, failed = receiver.came.get(timeout=60)
    secret = open(started[0].secret).read().strip()
    check('a fresh secret of the right form', secret.startswith('whsec_') and os.stat(started[0].secret).st_mode & 0o777 == 0o600, secret)
    standardwebhooks.Webhook(secret).verify(body, headers)
    again = [verified(secret, receiver) for _ in range(2)]
    check('what failed comes again with the same id', failed and again[0][2] and not again[1][2] and
          {a[0] for a in again} == {headers['webhook-id']}, again)
    try:
        standardwebhooks.Webhook(secret).verify(body.replace(b'"type"', b'"tipe"'), headers)
        check('the judge refuses another body', False)
    except standardwebhooks.WebhookVerificationError:
        check('the judge refuses another body', True)
    told = [again[1][1]] + [verified(secret, receiver)[1] for _ in listed[1:]]
    check('each event once, in order', [(t['data']['event'], t['type'], t['timestamp'], t['data']['ref']) for t in told] ==
          [(e['event'], e['topic'], e['at'], e['ref']) for e in listed], told)
    after = os.path.join(folder, 'after')
    nodes.until('the last number to be noted', 20,
                lambda: os.path.exists(after) and open(after).read() == '%d\n' % listed[-1]['event'])
    started[0].end()
    second = path.ask()
    started.append(Sender(xb, receiver.url, folder))
    _, said, _ = verified(secret, receiver)
    check('a sender that was killed goes on', said['data']['event'] > listed[-1]['event'] and said['data']['ref'] == second, said)
    follow = subprocess.Popen([nodes.COMITY, 'event', 'list', '--follow', '--after', str(listed[-1]['event']), '--home', xb.home],
                              stdout=subprocess.PIPE)
    try:
        check('event list --follow shows it', json.loads(follow.stdout.readline())['ref'] == second)
        xb.stop()
        xb.start()
        third = path.ask()
        _, said, _ = verified(secret, receiver)
        while said['data']['ref'] != third:
            _, said, _ = verified(secret, receiver)
        check('a node that is started again is waited for', True)
        line = json.loads(follow.stdout.readline())
        while line['ref'] != third:
            line = json.loads(follow.stdout.readline())
        check('event list --follow too', line['event'] == said['data']['event'], line)
    finally:
        follow.kill()
        follow.wait()
    def refused(what, rule, url, secret_file, words=(), code=1):
        done = subprocess.run([nodes.COMITY, 'webhook', 'send', url, '--home', xb.home, '--secret-file', secret_file, '--json',
                               '--after-file', os.path.join(folder, 'other'), *words], capture_output=True, text=True, timeout=60)
        check(what, done.returncode == code and [f['rule'] for f in json.loads(done.stdout)['findings']] == [rule], done)

    good, other = TlsReceiver(folder, 'IP:127.0.0.1'), TlsReceiver(folder, 'DNS:receiver.example')
    os.mkdir(os.path.join(folder, 'tls'))
    started.append(Sender(xb, good.url, os.path.join(folder, 'tls'), ['--anchor', good.anchor]))
    of_tls = good.came.get(timeout=60)
    check('over TLS, to the one that the certificate is for',
          standardwebhooks.Webhook(open(started[-1].secret).read().strip()).verify(of_tls[1], of_tls[0])['data']['event'] == listed[0]['event'])
    refused('a certificate for another host', 'net_peer_unproven', other.url, started[0].secret, ['--anchor', other.anchor])
    check('and nothing was told there', other.came.empty())

    nodes.write(os.path.join(folder, 'bad'), 'whsec_c2hvcnQ=\n')
    refused('a secret that is none', 'webhook_secret', receiver.url, os.path.join(folder, 'bad'))
    refused('plain http never leaves this machine', 'usage', 'http://192.0.2.1:80/x', os.path.join(folder, 'none'), code=2)
    refused('nor by a name that looks like it', 'usage', 'http://127.0.0.1.example:80/x', os.path.join(folder, 'none'), code=2)
    check('and no secret is made for it', not os.path.exists(os.path.join(folder, 'none')))



main()
