#!/usr/bin/env python3
"""hi1_schema.py ROOT ETSI: every message of tests/vectors/hi1/accept (and of the demo, when there is one) is valid by ETSI's
unmodified schemas of TS 103 120; documents and cards by ours in doc/spec, and so are the example drafts. The schemas must also be able to say no."""
import base64, copy, json, sys
from pathlib import Path
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

root, etsi = Path(sys.argv[1]), Path(sys.argv[2])
spec, vectors = root / 'doc/spec', root / 'tests/vectors'
load = lambda path: json.loads(Path(path).read_text(encoding='utf-8'))
bad = 0

def say(ok, what):
    global bad
    if not ok:
        bad += 1
        print('BAD', what)

registry = Registry()
for path in [*etsi.glob('schema/json/*.json'), etsi / '103280/ts_103280.derived.schema.json',
             *etsi.glob('dictionaries/*.schema.json')]:
    schema = load(path)
    registry = registry.with_resource(schema['$id'], Resource.from_contents(schema))
message = Draft202012Validator({'$ref': 'ts_103120_Core_2019_10#/$defs/HI1Message'}, registry=registry)
request, answer, card = [Draft202012Validator(load(spec / f'{name}.schema.json'))
                         for name in ('request-document', 'answer-document', 'card')]

def first(validator, value):
    error = next(validator.iter_errors(value), None)
    return '' if error is None else f'{error.json_path}: {error.message[:200]}'

def actions(value):
    payload = next(iter(value['Payload'].values()))
    return next(iter(payload.values()))['ActionRequest' if 'ActionRequests' in payload else 'ActionResponse'] \
        if 'ErrorInformation' not in payload else []

def documents(value):
    for action in actions(value):
        for verb in action.values():
            body = verb.get('HI1Object', {}).get('doc:DocumentBody') if isinstance(verb, dict) else None
            if body and body['doc:ContentType'].startswith('application/vnd.comity.'):
                yield body['doc:ContentType'], json.loads(base64.b64decode(body['doc:Contents']))

counts = {'messages': 0, 'bodies': 0, 'documents': 0, 'cards': 0}
demo = [p for p in (root / 'build/demo/court').glob('*.json') if 'Payload' in load(p)]
for path in [*sorted((vectors / 'hi1/accept').glob('*.json')), *sorted((spec / 'kinds').glob('*.json')), *demo]:
    value = load(path)
    counts['messages'] += 1
    say(message.is_valid(value), f'{path.name}: {first(message, value)}')
    for kind, body in documents(value):
        counts['bodies'] += 1
        validator = request if 'request' in kind else answer
        say(validator.is_valid(body), f'{path.name}, body: {first(validator, body)}')

for path in sorted((vectors / 'documents/accept').glob('*.json')):
    value, validator = load(path), answer if path.name.startswith('answer') else request
    counts['documents'] += 1
    say(validator.is_valid(value), f'{path.name}: {first(validator, value)}')
for path in sorted((root / 'doc/examples').glob('*.json')):
    draft = load(path)  # the node adds the two members
    value = dict(draft['request'], format='comity.request/1', id='f0ba8e34-0854-4f6a-ad46-fdacbe0a008e')
    counts['documents'] += 1
    say(request.is_valid(value) != ('incomplete' in path.name), f'{path.name}: {first(request, value)}')
for path in sorted((vectors / 'card/accept').glob('*.json')):
    counts['cards'] += 1
    say(card.is_valid(load(path)), f'{path.name}: {first(card, load(path))}')

# What our reader refuses for its members alone, the schemas refuse, too.
refused = 0
for folder, of in (('documents', lambda p: answer if '~answer' in p.name else request), ('card', lambda p: card)):
    for path in sorted((vectors / folder / 'refuse').glob('*_member*.json')):
        if any(word in path.name for word in ('twice', 'backwards', 'other-country', 'bidi', 'too-large')):
            continue  # two members together, or more than a pattern can say
        refused += 1
        say(not of(path).is_valid(load(path)), f'{folder}/{path.name}: taken by the schema')
wrong = load(vectors / 'hi1/accept/01-pres-request.json')
for change in (lambda m: m['Header'].pop('Version'), lambda m: m['Header'].update(Timestamp='2027-03-02T01:22:04Z'),
               lambda m: actions(m)[0]['CREATE']['HI1Object'].update({'auth:Extra': 'x'})):
    other = copy.deepcopy(wrong)
    change(other)
    refused += 1
    say(not message.is_valid(other), 'a faulty message is taken by the schema')

print(', '.join(f'{n} {what}' for what, n in counts.items()),
      f'with {bad} faults' if bad else f'are valid; {refused} faulty ones are not')
sys.exit(1 if bad else 0)
