#!/usr/bin/env python3
"""renew.py COMITY: the certificates of an authority and the card near their end, and what peers make of the new ones. Two real
nodes; the one that is renewed has a card for 30 days at first, so that everybody sees its end coming."""
import json, os, shutil, ssl, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nodes import COMITY, Node, Path, run, until


def check(what, good, seen=''):
    if not good:
        raise AssertionError('%s: %s' % (what, seen))
    print('ok  ' + what)


def card(node):
    return json.load(open(os.path.join(node.home, 'card.json')))


def days_left(text):
    import datetime
    return (datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp() - time.time()) / 86400


def renew(node, *more, state=None):
    return subprocess.run([COMITY, 'renew', '--home', node.home, '--state', state or node.home + '-state', *more], capture_output=True,
                          text=True)


def refused(what, rule, done):
    texts = dict(line.split('\t')[:2] for line in open(os.path.join(os.path.dirname(__file__), '..', '..', 'data', 'errors.tab')) if '\t' in line)
    check(what, done.returncode in (1, 2, 3) and texts[rule] in done.stderr, done.stderr)


def again(node):
    node.stop()
    node.start()
    node.login()


def goes_through(what, path):
    request = path.ask()
    until('arrival', 40, lambda: path.arrived(request))
    path.decide(request)
    until('the word', 40, lambda: path.told(request))
    check('a request goes through: ' + what, True)


def by_its_root(xa, xb):
    """On the folder alone, before anybody knows the node."""
    first = card(xb)
    refused('another root', 'state_other', renew(xb, state=xa.home + '-state'))
    refused('longer than may be', 'usage', renew(xb, '--days', '401'))
    check('nothing was changed', card(xb) == first)
    done = renew(xb, '--days', '30')
    check('renewed for 30 days', done.returncode == 0, done.stderr)
    second = card(xb)
    check('the next card', second['serial'] == 2 and 28 < days_left(second['valid']['until']) < 30, second['valid'])
    check('new certificates', second['keys']['sign'] != first['keys']['sign'])
    check('the same keys', second['keys']['seal']['recipient'] == first['keys']['seal']['recipient'] and
          second['keys']['log'] == first['keys']['log'])
    return second


def interrupted(xb, older):
    """The certificates are there, the card is not."""
    path = os.path.join(xb.home, 'card.json')
    newer = open(path).read()
    with open(path, 'w') as f:
        f.write(older)
    refused('half a renewal', 'card_stale', subprocess.run([COMITY, 'serve', '--home', xb.home], capture_output=True, text=True))
    done = renew(xb, '--days', '30')
    check('it is done again', done.returncode == 0 and open(path).read() != newer, done.stderr)


def impostor(xa, xb, folder):
    """Another node of the same name, State and address: its card is not taken for a renewal."""
    port = json.load(open(os.path.join(xb.home, 'run', 'addresses.json')))['peer']
    xb.stop()
    home = os.path.join(folder, 'impostor')
    run(['init', '--home', home, '--state', xb.home + '-state', '--node', 'xb.contact', '--name', 'Impostor', '--role', 'contact_point',
         '--listen', port])
    false = subprocess.Popen([COMITY, 'serve', '--home', home, '--json'], stdout=subprocess.PIPE)
    try:
        check('the impostor serves', b'ready' in false.stdout.readline())
        again(xa)
        until('the refusal', 30, lambda: 'peer_card' in open(xa.home + '.log').read())
        check('the card of other keys is refused', xa.call('GET', '/api/v1/peers/xb.contact')['name'] != 'Impostor')
    finally:
        false.terminate()
        false.wait(30)


def main():
    folder = tempfile.mkdtemp(prefix='comity-renew-')
    xa = Node(folder, 'xa.contact', 'Arland 24/7 Contact Point', ['ilse%d' % i for i in range(4)])
    xb = Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['tomas%d' % i for i in range(4)])
    try:
        first = open(os.path.join(xb.home, 'card.json')).read()
        by_its_root(xa, xb)
        interrupted(xb, first)
        xa.start(), xb.start()
        xa.login(), xb.login()
        path = Path(xa, xb)
        path.make_peers()
        check('the node warns', 'renew' in xb.call('GET', '/api/v1/node')['warning'] and 'comity renew' in open(xb.home + '.log').read())
        check('the other does not', 'warning' not in xa.call('GET', '/api/v1/node'))
        refused('not while it runs', 'lock_held', renew(xb))
        goes_through('before', path)
        events = xb.call('GET', '/api/v1/events')['events']
        check('what happened is told in order', events and [e['event'] for e in events] == sorted(e['event'] for e in events), events)
        check('and goes on behind a number', xb.call('GET', '/api/v1/events?after=%d' % events[0]['event'])['events'] == events[1:])
        pinned = lambda: days_left(xa.call('GET', '/api/v1/peers/xb.contact')['card_until'])
        check('the peer knows the end', 28 < pinned() < 30, pinned())
        impostor(xa, xb, folder)

        check('renewed for long', renew(xb).returncode == 0)
        xb.start(), xb.login()
        check('no warning any more', 'warning' not in xb.call('GET', '/api/v1/node'))
        check('the peer has the old card', pinned() < 30)
        goes_through('new certificate, old card', path)
        again(xa)
        until('the new card', 30, lambda: pinned() > 390)
        check('it is an act', 'peer_renewed' in [a['type'] for a in xa.call('GET', '/api/v1/acts')['acts']])
        goes_through('new certificate, new card', path)
        kept = open(os.path.join(xa.home, 'peers', 'xb.contact', 'authority.pem')).read()
        check('the pinned certificate is the new one', kept in open(os.path.join(xb.home, 'keeper', 'sign.pem')).read())
    finally:
        xa.stop(), xb.stop()
    shutil.rmtree(folder)


if __name__ == '__main__':
    main()
