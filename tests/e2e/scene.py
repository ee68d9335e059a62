#!/usr/bin/env python3
"""scene.py COMITY: a scenario with a bad line is refused, with the line's number, before a node is made; the last line as well as
the first."""
import os, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from refusals import FAILED, PASSED, check

GOOD = '''scenario "A bad line"
at 2027-07-01 09:00
node XA is "Arland", roles contact_point, languages en
node XB is "Borvia", roles contact_point, languages en
person ilse of XA is "Ilse Maren", "prosecutor"
person tomas of XB is "Tomas Reyl", "prosecutor"
start XA XB
peers ilse tomas
ilse sends pres as P to XB
tomas decides preserve on P
tomas delivers 4 KiB for P as E "Exhibit"
'''
BAD = {
    'dances XA': 'not a statement',
    'start XC': 'no such node',
    'at 2027-06-30 09:00': 'time goes forward only',
    'advance 2 moons': 'no span of time',
    'peers ilse nobody': 'peers need a person',
    'ilse sends nothing as N to XB': 'no example draft',
    'ilse sends pres as P to XB': 'a request is',
    'ilse sends pres as N to XB about M': 'a request is',
    'ilse sends pres as N to XB\n  request.nowhere.deep: x': 'no place for the field',
    'tomas decides dance on P': 'no such event',
    'tomas decides preserve on P, hat "red"': 'not known in a decision',
    'tomas decides preserve on M': 'a decision is',
    'tomas delivers much for P as F "x"': 'evidence is',
    'ilse opens E': 'no evidence of this name has arrived',
    'ilse runs request dance P': 'there is no "request dance"',
    'ilse runs request show P --hat red': 'there is no option --hat',
    'expect XA P state dancing': 'no such state',
    'expect XA M state preserved': 'nothing has this name',
    'expect refused no_such_rule when ilse sends pres to XB': 'no rule of this name',
}


def main():
    folder = tempfile.mkdtemp(prefix='comity-scene-')
    made, file = os.path.join(folder, 'made'), os.path.join(folder, 'bad.scn')
    for line, words in BAD.items():
        with open(file, 'w') as to:
            to.write(GOOD + line + '\n')
        done = subprocess.run([sys.argv[1], 'demo', '--scenario', file], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, DEMO_DIR=made))
        said = done.stdout + done.stderr
        number = 'line %d' % (GOOD.count('\n') + 1 + line.count('\n'))
        check('"%s" is refused' % line, done.returncode == 1 and words in said and number in said, said)
        check('"%s": no node was made' % line, not os.path.exists(made), said)
    shutil.rmtree(folder)
    print('%d checks hold, %d do not' % (len(PASSED), len(FAILED)))
    return 1 if FAILED else 0


sys.exit(main())
