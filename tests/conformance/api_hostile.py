#!/usr/bin/env python3
"""Hostile calls of the admin API, made from its own description by Schemathesis: without a person, and with the statement of a
person who is logged in, so that the bodies reach the handlers. Every answer is one that the description names, nothing is a
server error, no process ends, memory stays.   api_hostile.py COMITY SECONDS (for each of both)"""
import http.server, json, os, re, subprocess, sys, tempfile, threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'e2e'))
import nodes

SECONDS = sys.argv[2]
GROWTH = 24 << 20  # bytes: caches of the database and of the memory allocator, far below what a leak leaves in thousands of calls


class Relay(http.server.ThreadingHTTPServer):
    """TCP to the node's socket. With a person each call gets its statement."""
    daemon_threads = True

    def __init__(self, node, routes, signs):
        super().__init__(('127.0.0.1', 0), RelayCall)
        self.node, self.routes, self.signs, self.calls = node, routes, signs, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = 'http://127.0.0.1:%d' % self.server_address[1]

    def statement(self, method, path, body):
        for verb, pattern, name in self.routes:
            match = pattern.fullmatch(path)
            if match and verb == method:
                return self.node.statement(name, match.group(1) if pattern.groups else '', body)
        return {}


class RelayCall(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def forward(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        fields = {k: v for k, v in self.headers.items() if k.lower() not in ('content-length', 'connection', 'accept-encoding')}
        if self.server.signs:
            fields.update(self.server.statement(self.command, self.path.split('?')[0], body))
        self.server.calls += 1
        c = nodes.UnixConnection(os.path.join(self.server.node.home, 'run', 'admin.sock'))
        c.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in fields.items():
            c.putheader(name, value)
        if body or self.command in ('POST', 'PUT', 'PATCH'):
            c.putheader('Content-Length', str(len(body)))
        try:
            c.endheaders(body or None)
        except BrokenPipeError:
            pass  # refused before its body was read; the answer is there
        answer = c.getresponse()
        text = answer.read()
        c.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ('content-length', 'connection', 'transfer-encoding'):
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = do_QUERY = forward

    def log_message(self, *_):
        pass


def memory(node):
    """Bytes of the node's processes that are theirs alone, or their share of what is common."""
    total = 0
    for role in ('parent', 'node', 'keeper', 'message-reader'):
        pid = node.pid(role)
        if pid is not None:
            total += sum(int(line.split()[1]) for line in open('/proc/%d/smaps_rollup' % pid) if line.startswith('Pss:')) * 1024
    return total


def routes_of(schema):
    found = []
    for path, operations in schema['paths'].items():
        pattern = re.compile(re.sub(r'\\{path\\}', '(.+)', re.sub(r'\\{id\\}', '([^/]+)', re.escape(path))))
        found += [(verb.upper(), pattern, operation['operationId']) for verb, operation in operations.items()]
    return sorted(found, key=lambda r: r[1].groups)  # "/requests/check" before "/requests/{id}"


def name_things(schema, things):
    """Half of the calls about a thing are about one that is there. The statements are made on the way."""
    for path, operations in schema['paths'].items():
        kind = path.split('/')[3] if path.startswith('/api/v1/') else ''
        for operation in operations.values():
            operation.pop('security', None)
            for parameter in operation['parameters']:
                if parameter['in'] == 'path' and kind in things:
                    parameter['schema'] = {'enum': [things[kind], 'nobody']}


def judge(what, folder, url, schema, leave_out, checks_out):
    name = os.path.join(folder, what + '.json')
    with open(name, 'w') as f:
        json.dump(schema, f)
    # Methods that nothing here knows (TRACE, QUERY) are 501 by RFC 9110, which that program counts as a crash; and GET of
    # /requests/check is the request called check.
    nodes.write(os.path.join(folder, 'schemathesis.toml'), '[phases.coverage]\nunexpected-methods = ["PUT", "PATCH"]\n')
    words = [os.path.join(os.path.dirname(sys.executable), 'schemathesis'), 'run', name, '--url', url, '--phases', 'coverage,fuzzing',
             '--seed', '1', '--generation-deterministic', '-n', '20', '--max-time', SECONDS, '--no-color', '--no-shrink', '--continue-on-failure', '--checks', 'all',
             '--exclude-checks', ','.join(checks_out), '--suppress-health-check', 'all', '--warnings', 'off']
    for operation in leave_out:
        words += ['--exclude-operation-id', operation]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder)
    print('\n'.join(line for line in done.stdout.split('\n') if 'Test cases' in line or 'generated' in line))
    if done.returncode != 0:
        print(done.stdout[-30000:] + done.stderr[-4000:])
        raise SystemExit('%s: the API does not do what its description says' % what)


def main():
    with tempfile.TemporaryDirectory() as folder:
        xa = nodes.Node(folder, 'xa.contact', 'Arland', ['officer-a', 'officer-b'])
        xb = nodes.Node(folder, 'xb.contact', 'Borduria', ['officer-a', 'officer-b'])
        try:
            play(folder, xa, xb)
        finally:
            xa.stop()
            xb.stop()


def play(folder, xa, xb):
    for node in (xa, xb):
        node.start()
        node.login()
    path = nodes.Path(xa, xb)
    path.make_peers()
    request = path.ask()
    nodes.until('the request to arrive', 30, lambda: path.arrived(request))
    xb.call('POST', '/api/v1/cases', 'api_case_create', '', {'case': 'c-1', 'title': 'Flows'})
    schema = xb.call('GET', '/api/v1/openapi.json')
    pids = [xb.pid(role) for role in ('parent', 'node', 'keeper', 'message-reader')]
    routes = routes_of(schema)
    # The acceptance check wants 2xx for every body of the right form; whether its contents are lawful is another question.
    judge('nobody', folder, Relay(xb, routes, False).url, schema, [], ['positive_data_acceptance'])
    before = memory(xb)
    name_things(schema, {'requests': request, 'cases': 'c-1', 'messages': '1', 'acts': '0', 'persons': 'officer-a'})
    relay = Relay(xb, routes, True)
    # The relay states for everybody, and a node that was told to stop ends the test. A peer that is refused is gone.
    judge('person', folder, relay.url, schema, ['api_stop'], ['positive_data_acceptance', 'ignored_auth', 'missing_required_header'])
    after = memory(xb)
    if [xb.pid(role) for role in ('parent', 'node', 'keeper', 'message-reader')] != pids or xb.process.poll() is not None:
        raise SystemExit('a process ended')
    if after - before > GROWTH:
        raise SystemExit('memory grew by %d bytes in %d calls' % (after - before, relay.calls))
    print('%d calls with a person; memory %+d KiB; no process ended' % (relay.calls, (after - before) // 1024))


main()
