#!/usr/bin/env python3
"""works.py COMITY: every kind of the catalogue that says it works is asked and answered between real nodes. A scenario is written from
the table, a line of story for each kind, and played; the player lists the kinds whose answer it saw."""
import json, os, shutil, subprocess, sys, tempfile

COMITY = os.path.abspath(sys.argv[1])
CAST = '''scenario "Every kind of request, asked and answered"
at 2026-12-01 08:00
node XA is "Arland", roles contact_point central_authority competent_authority
node XB is "Borvia", roles contact_point central_authority competent_authority
node XAP is "NordBox Hosting", roles provider, named nordbox
node XDS is "Secretariat", roles secretariat, named secretariat
person ilse of XA is "Ilse Maren", "duty officer"
person tomas of XB is "Tomas Reyl", "duty officer"
person lena of XAP is "Lena Bo", "counsel"
person ida of XDS is "Ida Quist", "registrar"
start XA XB XAP XDS
peers ilse tomas
peers ilse lena
peers ilse ida
'''
# What an answer is, by family: events of the other side, and the state that both must show then.
ANSWERS = {
    'preservation': (['preserve'], 'preserved'), 'extension': (['extend'], 'extended'), 'ending': (['release'], 'released'),
    'disclosure': (['execute', 'find_nothing'], 'not_held'), 'emergency': (['execute', 'deny_emergency'], 'not_an_emergency'),
    'assistance': (['execute', 'answer'], 'answered'), 'freezing': (['execute', 'answer'], 'answered'), 'information': (['answer'], 'answered'), 'domestic': (['answer'], 'answered'),
}


REVIEWED = ('stored', 'subscriber', 'traffic_rt', 'content_rt', 'search', 'records')
COURT = ' answer "review=District Court Port Ana, 41 Gs 12/26"'  # what Borvia's law asks before coercive measures


def story(row):
    kind, family = row['code'], row['family']
    roles = [r for r in row['receivers'].split('; ') if r]
    to, who = ('XAP', 'lena') if row['home'] == 'yes' else ('XDS', 'ida') if roles == ['secretariat'] else ('XB', 'tomas')
    events, state = ANSWERS[family]
    lines, about = [], ''
    if family in ('extension', 'ending'):
        about = ' about %s-first' % kind
        lines += ['ilse sends pres as %s-first to XB' % kind, 'tomas decides preserve on %s-first' % kind,
                  'expect XA %s-first state preserved' % kind]
    elif kind == 'stored':
        about = ' about pres'
    lines += ['ilse sends %s as %s to %s%s' % (kind, kind, to, about)]
    if family == 'extension':
        lines += ['  task.wanted_end: 2027-05-30T00:00:00Z']
    if kind == 'd_pres':  # ninety days at most (25(2))
        lines += ['  task.wanted_end: 2027-02-20T00:00:00Z']
    lines += ['%s decides %s on %s, text "So it is."' % (who, event, kind) + (COURT if event == 'execute' and kind in REVIEWED else '') for event in events]
    return '\n'.join(lines + ['expect XA %s state %s' % (kind, state), 'expect %s %s state %s' % (to, kind, state)]) + '\n'


def catalogue(table):
    return json.loads(subprocess.run([COMITY, 'catalogue', table, '--json'], capture_output=True, text=True, check=True).stdout)


def main():
    rows = catalogue('kinds')
    for table, member in (('articles', 'number'), ('offences', 'code'), ('safeguards', 'check'), ('limits', 'instrument'), ('parties', 'iso2'),
                          ('maxima', 'unit')):
        listed = catalogue(table)
        if not listed or member not in listed[0]:
            raise SystemExit('comity catalogue %s: %s' % (table, listed[:1]))
    works = [row for row in rows if row['works'] == 'yes']
    folder = tempfile.mkdtemp(prefix='comity-works-')
    scene = os.path.join(folder, 'works.scn')
    with open(scene, 'w') as f:
        f.write(CAST + ''.join(story(row) for row in works))
    played = os.path.join(folder, 'played')
    done = subprocess.run([COMITY, 'demo', '--scenario', scene], env=dict(os.environ, DEMO_DIR=played), capture_output=True, text=True)
    seen = open(os.path.join(played, 'kinds')).read().split() if done.returncode == 0 else []
    missing = sorted(set(row['code'] for row in works) - set(seen))
    print(done.stdout[-3000:] + done.stderr[-3000:] if missing else '%d kinds were asked and answered' % len(works))
    if not works or missing:
        print('not seen: %s; see %s' % (' '.join(missing), played))
        return 1
    shutil.rmtree(folder)
    return 0


sys.exit(main())
