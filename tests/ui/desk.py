#!/usr/bin/env python3
"""Two nodes, one with a desk; a request with hostile texts in it. Then desk.mjs plays persons in a browser.  desk.py COMITY MODULES"""
import json, os, subprocess, sys, tempfile

from nodes import Node, Path, write

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)> \'{{person}}\' %{a} javascript:alert(3)'


def code(node, person):
    return open(node.file(person, 'totp')).read().strip()


with tempfile.TemporaryDirectory() as folder:
    nodes = [Node(folder, 'xa.contact', 'Arland "24/7" <b>Contact</b>', ['ilse', 'jan', 'kaja']),
             Node(folder, 'xb.contact', 'Borvia 24/7 Contact Point', ['mira', 'olaf', 'petra'])]
    for node in nodes:
        with open(os.path.join(node.home, 'comity.conf'), 'a') as conf:
            conf.write('desk_listen = 127.0.0.1:0\n')
    try:
        for node in nodes:
            node.start()
            node.login()
        path = Path(*nodes)
        path.make_peers()
        path.request['request']['data'][0]['description'] = HOSTILE
        path.ask()
        address, other = [open(os.path.join(node.home, 'run', 'desk_address')).read().strip() for node in nodes]
        config = os.path.join(folder, 'config.json')
        write(config, json.dumps({'address': address, 'other': other, 'hostile': HOSTILE, 'password': 'a good pass phrase',
                                  'secrets': {p: code(n, p) for n, p in zip(nodes[:1] * 2 + nodes[1:], ('jan', 'kaja', 'olaf'))}, 'modules': sys.argv[2]}))
        sys.exit(subprocess.run(['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'desk.mjs'), config]).returncode)
    finally:
        for node in nodes:
            node.stop()
