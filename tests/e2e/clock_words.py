"""What tests of clocks share (clocks.py, clocks_law.py)."""
import datetime

from later_life import draft

DAY = 86400


def text(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def news(node, request, topic='deadline'):
    """What the node told its people about the clocks of a request, in order."""
    found, after = [], 0
    while True:
        page = node.call('GET', '/api/v1/events?after=%d' % after)['events']
        if not page:
            return found
        after = page[-1]['event']
        found += [e['text'] for e in page if e['topic'] == topic and e['ref'] == request]


def clocks(node, request):
    return {d['limit']: (d['ends_at'], d['state']) for d in node.call('GET', '/api/v1/requests/' + request)['deadlines']}


def data_wanted():
    """A request for data that nobody preserved."""
    what = draft('stored.json')
    del what['preservation']
    return what


WHICH = {'questions': [{'n': 1, 'question': 'Which of the two disks?'}], 'effect_of_silence': 'returned_incomplete'}


def killed(node):
    """As a power cut: nothing is closed."""
    node.process.kill()
    node.wait_gone()
