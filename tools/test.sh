#!/bin/sh
# All tests: the plain build, the house checks, every test, then the unit tests again under the address and
# undefined-behaviour sanitizers. What was skipped for want of something on this machine is told at the end.
set -eu
root=$1
skipped() {
	python3 - "$1/meson-logs/testlog.json" <<-'EOF'
		import json, sys
		for line in open(sys.argv[1], encoding='utf-8'):
		    test = json.loads(line)
		    said = test.get('stdout', '').splitlines()
		    why = [s for s in said if s.startswith('skipped: ')] or (said[-1:] if test['result'] == 'SKIP' else [])
		    for text in sorted(set(why)):
		        print('NOT TESTED HERE  %s: %s' % (test['name'], text.removeprefix('skipped: ')))
	EOF
}
tools/packages.sh test
tools/packages.sh browser || echo "Without a browser the desk is not tested."
tools/build.sh "$root/main"
tools/check.sh "$root"
meson test -C "$root/main" --no-rebuild --print-errorlogs
tools/build.sh "$root/asan" -Db_sanitize=address,undefined -Db_lundef=false
# They take some three times as long there.
meson test -C "$root/asan" --no-rebuild --print-errorlogs --timeout-multiplier 3 --no-suite e2e
skipped "$root/main"
skipped "$root/asan"
