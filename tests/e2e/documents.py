#!/usr/bin/env python3
"""documents.py COMITY SOURCE: every relative link of every page leads somewhere, and every `comity` line of the pages is one that
the program takes: the command is there, its options are in the tables, what it needs is given."""
import os, re, shlex, subprocess, sys

COMITY, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
FAULTS = []


def fault(page, number, text):
    FAULTS.append('%s:%d: %s' % (os.path.relpath(page, SOURCE), number, text))


def pages():
    for folder, inner, files in os.walk(SOURCE):
        inner[:] = sorted(d for d in inner if d not in ('build', '.git') and not os.path.exists(os.path.join(folder, d, 'build.ninja')))
        for name in sorted(files):
            if name.endswith('.md'):
                yield os.path.join(folder, name)


def anchor(heading):
    text = re.sub(r'[`*\[\]]', '', heading.strip().lower())
    return re.sub(r'[^\w\- ]', '', text).replace(' ', '-')


def read(page):
    with open(page, encoding='utf-8') as f:
        return f.read().split('\n')


def anchors(page):
    return {anchor(line.lstrip('#')) for line in read(page) if re.match(r'#+ ', line)}


def links(page, lines):
    fenced = False
    for number, line in enumerate(lines, 1):
        if line.startswith('```'):
            fenced = not fenced
        if fenced or line.startswith('    '):
            continue
        for target in re.findall(r'\]\(([^)\s]+)\)', re.sub(r'`[^`]*`', '', line)):
            if re.match(r'[a-z]+:', target):
                continue
            path, _, place = target.partition('#')
            there = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            if not os.path.exists(there):
                fault(page, number, 'the link %s leads nowhere' % target)
            elif place and there.endswith('.md') and place not in anchors(there):
                fault(page, number, 'there is no heading %s' % target)


def table(name):
    rows, head = [], None
    for line in read(os.path.join(SOURCE, 'data', name)):
        if line.startswith('#') or not line:
            continue
        cells = line.split('\t')
        if head is None:
            head = [c.split(':')[0] for c in cells]
        else:
            rows.append(dict(zip(head, cells + [''] * len(head))))
    return rows


COMMANDS, OPTIONS = table('commands.tab'), table('options.tab')


# Lines of code blocks, continued ones joined.
def code(lines):
    fenced, whole, first = False, '', 0
    for number, line in enumerate(lines, 1):
        if line.startswith('```'):
            fenced = not fenced
            continue
        if not fenced and not line.startswith('    '):
            continue
        first = first if whole else number
        whole += line.strip()
        if whole.endswith('\\'):
            whole = whole[:-1]
            continue
        yield first, whole
        whole = ''


def words_of(text):
    text = re.sub(r'\$\([^()]*\)', 'VALUE', text.replace('$PWD', 'PWD'))
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        return None
    for i, word in enumerate(words):
        if word.endswith(';'):
            return words[:i] + [word[:-1]]
    for stop in ('&', '|', '>', '<', '&&', ';'):
        if stop in words:
            words = words[:words.index(stop)]
    return words


def command_of(words):
    best = None
    for row in COMMANDS:
        own = row['words'].split(' ')
        if words[:len(own)] == own and (best is None or len(own) > len(best['words'].split(' '))):
            best = row
    return best


# Positional words: what is neither the command nor an option nor its value.
def arguments(row, words):
    flags = {'--help', '--json'}
    for option in OPTIONS:
        if option['command'] == row['name'] and option['kind'] == 'flag':
            flags.add('--' + option['long_name'])
    rest, found = words[len(row['words'].split(' ')):], 0
    while rest:
        word = rest.pop(0)
        if word.startswith('-') and word != '-':
            if word not in flags and '=' not in word and rest:
                rest.pop(0)
        else:
            found += 1
    return found


# `whole`: a line to type, so nothing needed may be missing; otherwise a mention.
def command(page, number, words, whole):
    row = command_of(words)
    if words[0] in ('help', '--help', 'COMMAND') or words[0].startswith('--role'):
        return
    if row is None:
        fault(page, number, 'there is no command "%s"' % ' '.join(words))
        return
    done = subprocess.run([COMITY] + words + ['--help'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        fault(page, number, done.stderr.strip())
    if not whole:
        return
    wanted = row['arguments'].split()
    least = sum(1 for w in wanted if '[' not in w)
    if not least <= arguments(row, words) <= len(wanted):
        fault(page, number, '"%s" takes "%s"' % (row['words'], row['arguments']))
    for option in OPTIONS:
        if option['command'] == row['name'] and option['needed'] == 'yes':
            names = ['--' + option['long_name']] + (['-' + option['letter']] if option['letter'] else [])
            if not any(w in names or w.split('=')[0] in names for w in words):
                fault(page, number, '"%s" needs %s' % (row['words'], names[0]))
    if row['home'] == 'yes' and '--home' not in words:
        fault(page, number, '"%s" needs --home' % row['words'])
    if row['person'] == 'yes' and '--session' not in words and 'COMITY_SESSION' not in '\n'.join(read(page)):
        fault(page, number, '"%s" needs --session' % row['words'])


def commands(page, lines):
    for number, line in code(lines):
        words = words_of(line)
        if words and words[0] == 'until':
            words = words[1:]
        if words and words[0] == 'comity' and len(words) > 1:
            command(page, number, words[1:], True)
    for number, line in enumerate(lines, 1):
        if line.startswith('    '):
            continue
        for text in re.findall(r'`comity ([^`]+)`', line):
            words = words_of(text)
            if words and '…' not in text:
                command(page, number, words, False)


def main():
    count = 0
    for page in pages():
        lines = read(page)
        links(page, lines)
        if '/tests/snapshots/' not in page:
            commands(page, lines)
        count += 1
    print('\n'.join(FAULTS) if FAULTS else 'documents.py: %d pages' % count)
    return 1 if FAULTS else 0


sys.exit(main())
