#!/usr/bin/env python3
"""kind_pages.py COMITY KIND_MESSAGE ROOT [--update]: the page of each kind in doc/spec/kinds/, made from the tables, the example
draft in doc/examples/ and the message that a node makes of it. Without --update: says which pages are not current, and fails."""
import json, subprocess, sys
from pathlib import Path

comity, maker, root = sys.argv[1], sys.argv[2], Path(sys.argv[3])
update = sys.argv[4:] == ['--update']
pages = root / 'doc/spec/kinds'
certificate = root / 'tests/vectors/hi1/sealing.pem'


def table(name):
    return json.loads(subprocess.run([comity, 'catalogue', name, '--json'], check=True, stdout=subprocess.PIPE).stdout)


def words(cell):
    return [w.strip() for w in cell.split(';') if w.strip()]


def link(cell):
    return cell.replace('|', '\\|').replace('~', '\\~')


def grounds(kind):
    """One line for each ground: what the table says of using it, only with a further basis, or never."""
    regime = kind['regime']
    for row in table('refusal_grounds'):
        if row['forbidden'] == 'yes':
            yield row, 'never'
        elif regime == 'open' or regime in words(row['may']):
            yield row, row['discretion']
        elif regime in words(row['may_if']):
            yield row, 'only with the reservation, treaty or national law that has it'


def page(kind):
    family = next(f for f in table('families') if f['name'] == kind['family'])
    rows = [c for c in table('request_contents') if kind['works'] == 'yes' and c['list'] in words(kind['lists']) + ['all']]
    out = ['# `%s`: %s' % (kind['code'], kind['name']), '',
           'Made from the tables by `tests/conformance/kind_pages.py`; rows of law keep their source there. The profile itself: '
           '[profile.md](../profile.md).', '',
           '| | |', '|---|---|',
           '| Article | %s |' % link(kind['article']),
           '| From, to | %s → %s |' % (link(kind['sender']), link(kind['receiver'])),
           '| Roles on the cards | %s → %s |' % (kind['senders'], kind['receivers']),
           '| Objects | %s |' % link(family['objects']),
           '| Time | %s |' % link(kind['time_rule']),
           '| Secrecy | %s |' % link(kind['secrecy']),
           '| Use | %s |' % link(kind['use']),
           '| Costs | %s |' % link(kind['costs']),
           '| Urgency | %s |' % link(kind['urgency']),
           '| Source | %s |' % link(kind['source']), '',
           '## Contents', '']
    if rows:
        out += ['| content | article | need | seat |', '|---|---|---|---|']
        out += ['| %s | %s | %s | %s |' % (link(r['name']), link(r['article']), r['need'],
                                         ', '.join('`%s`' % p for p in words(r['paths']))) for r in rows]
    else:
        out += ['Said on the thread of another request; what it must hold is asked for by the event (`comity catalogue events`).']
    out += ['', '## Answers', '', '; '.join('`%s`' % a for a in words(kind['answers'])) + '.', '',
            '## Grounds of refusal', '', '| ground | article | |', '|---|---|---|']
    out += ['| `%s` %s | %s | %s |' % (r['code'], link(r['meaning']), link(r['article']), how) for r, how in grounds(kind)]
    return '\n'.join(out) + '\n'


def message(kind):
    draft = root / 'doc/examples' / (kind['code'] + '.json')
    if not draft.exists():
        return None
    made = subprocess.run([maker, str(draft), str(certificate)], check=True, stdout=subprocess.PIPE).stdout
    return json.dumps(json.loads(made), indent=1, ensure_ascii=False) + '\n'


def main():
    stale = []
    made = {}
    for kind in table('request_kinds'):
        text, example = page(kind), message(kind)
        if example is not None:
            text += '\n## Example\n\nThe draft [%s.json](../../examples/%s.json) becomes the message [%s.json](%s.json).\n' % ((kind['code'],) * 4)
            made[kind['code'] + '.json'] = example
        made[kind['code'] + '.md'] = text
    pages.mkdir(exist_ok=True)
    there = {p.name: p.read_text(encoding='utf-8') for p in pages.iterdir()}
    for name in sorted(set(made) | set(there)):
        if made.get(name) != there.get(name):
            stale.append(name)
            if update and name in made:
                (pages / name).write_text(made[name], encoding='utf-8')
            elif update:
                (pages / name).unlink()
    print('%d pages and messages, %d %s' % (len(made), len(stale), 'written' if update else 'not current'), *stale)
    return 1 if stale and not update else 0


sys.exit(main())
