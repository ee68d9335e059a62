#!/usr/bin/env python3
"""renewal.py COMITY: certificates of a node that come to their end. A running node renews its TLS certificate by itself, for
new connections alone; one that starts with an old or broken pair makes a new one."""
import http.client, os, shutil, signal, ssl, subprocess, sys, tempfile, time

COMITY = os.path.abspath(sys.argv[1])
NODE = 'xa.contact'
CONFIG = """[ca]
default_ca = d
[d]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = p
x509_extensions = x
[p]
commonName = supplied
[x]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = URI:urn:comity:node:%s
""" % NODE


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError('%s: %s%s' % (words, done.stdout, done.stderr))
    return done.stdout


def check(what, good, seen=''):
    if not good:
        raise AssertionError('%s: %s' % (what, seen))
    print('ok  ' + what)


def moment(seconds):
    return time.strftime('%y%m%d%H%M%SZ', time.gmtime(time.time() + seconds))


def certify(begin, end):
    """A TLS pair like the node's own, but valid from `begin` to `end` seconds from now: signed by its authority key."""
    shutil.rmtree('ca', ignore_errors=True)
    os.mkdir('ca')
    for name, text in (('config', CONFIG), ('index', ''), ('index.attr', 'unique_subject = no\n'), ('serial', '4A%s\n' % ('17' * 18))):
        with open('ca/' + name, 'w') as f:
            f.write(text)
    run('openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca/key', '-subj', '/CN=' + NODE,
        '-out', 'ca/csr')
    here = os.getcwd()
    os.chdir('ca')
    run('openssl', 'ca', '-batch', '-notext', '-config', 'config', '-in', 'csr', '-out', 'pem', '-cert', '../n/keeper/sign.pem',
        '-keyfile', '../n/keeper/sign.p8', '-passin', 'file:../n/keeper/credential', '-startdate', moment(begin), '-enddate', moment(end))
    os.chdir(here)
    with open('n/tls/node.pem', 'w') as f:
        for name in ('ca/key', 'ca/pem', 'n/keeper/sign.pem'):
            f.write(open(name).read())


class Serving:
    def __enter__(self):
        self.process = subprocess.Popen([COMITY, 'serve', '--home', 'n', '--json'], stdout=subprocess.PIPE, stderr=open('serve.err', 'a'))
        line = self.process.stdout.readline()
        check('the node is ready', b'"ready":true' in line, line)
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        check('the node ends in order', self.process.wait(60) == 0, open('serve.err').read())


def connect():
    import json
    address = json.load(open('n/run/addresses.json'))['peer']
    context = ssl.create_default_context(cafile='state/root.pem')
    context.check_hostname = False
    line = http.client.HTTPSConnection(address, context=context, timeout=30)
    line.connect()
    return line


def shown(line):
    return ssl.DER_cert_to_PEM_cert(line.sock.getpeercert(True))


def asked(line):
    line.request('GET', '/card')
    answer = line.getresponse()
    return answer.status == 200 and NODE.encode() in answer.read()


def served_now():
    line = connect()
    pem = shown(line)
    line.close()
    return pem


def dates(pem):
    def seconds(option):
        text = subprocess.run(['openssl', 'x509', '-noout', option], input=pem, capture_output=True, text=True, check=True).stdout
        return ssl.cert_time_to_seconds(text.split('=')[1].strip())
    return seconds('-startdate'), seconds('-enddate')


def at_start(why):
    before = open('n/tls/node.pem').read() if os.path.exists('n/tls/node.pem') else ''
    with Serving():
        pem = served_now()
        begin, end = dates(pem)
        check(why + ': a new pair for 30 days', pem not in before and end - begin > 29 * 86400 and begin >= time.time() - 600)
        check(why + ': nobody else can read it', os.stat('n/tls/node.pem').st_mode & 0o777 == 0o600)
    with Serving():
        check(why + ': and it stays over the next start', served_now() == pem)


def while_running():
    certify(-80, 50)  # a third is left in about 7 seconds
    old = open('ca/pem').read()
    with Serving():
        line = connect()
        check('the old certificate is served while it is good', shown(line) == old and asked(line))
        until = time.monotonic() + 60
        while served_now() == old and time.monotonic() < until:
            asked(line)
        new = served_now()
        check('a third before its end another one is served', new != old and dates(new)[1] > time.time() + 29 * 86400)
        check('the pair in the folder is the one that is served', new in open('n/tls/node.pem').read())
        check('the connection that stood goes on', shown(line) == old and asked(line))
        check('the journal tells', 'the TLS certificate was renewed' in open('serve.err').read())


def main():
    folder = tempfile.mkdtemp(prefix='comity-renewal-')
    os.chdir(folder)
    try:
        run(COMITY, 'init', '--home', 'n', '--state', 'state', '--node', NODE, '--name', 'Arland', '--role', 'contact_point')
        at_start('first start')
        certify(-3600, -60)
        at_start('ended')
        certify(-29 * 86400, 5 * 86400)
        at_start('nearly at its end')
        with open('n/tls/node.pem', 'w') as f:
            f.write(open('ca/key').read())
        at_start('half a pair')
        while_running()
    finally:
        os.chdir('/')
        shutil.rmtree(folder)


main()
