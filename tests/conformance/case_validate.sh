#!/bin/sh
# CASE's own validator judges our custody graph: case_validate.sh GRAPH_MAKE VENV. GRAPH_MAKE FILE writes a graph;
# VENV is made with case-utils from PyPI when it is not there. 77: PyPI cannot be reached.
set -eu
make=$1
venv=$2
if ! [ -x "$venv/bin/case_validate" ]; then
	command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
	{ python3 -m venv "$venv" && "$venv/bin/pip" install -q 'case-utils>=0.17'; } >/dev/null 2>&1 || {
		echo "case-utils could not be installed from PyPI"
		exit 77
	}
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$make" "$dir/graph.jsonld" >/dev/null 2>&1
"$venv/bin/case_validate" --built-version case-1.4.0 "$dir/graph.jsonld" >"$dir/verdict" || {
	cat "$dir/verdict"
	exit 1
}
# The validator must be able to say no: two exhibit numbers, a hash that is not hexadecimal, a class that is unknown.
for fault in 's/"uco-types:hashMethod":"SHA256",//' 's/"xsd:hexBinary"/"xsd:string"/' \
	's/case-investigation:exhibitNumber":"[^"]*"/case-investigation:exhibitNumber":["1","2"]/' \
	's/case-investigation:InvestigativeAction/case-investigation:InvestigativeDeed/'; do
	sed "$fault" "$dir/graph.jsonld" >"$dir/bad.jsonld"
	if "$venv/bin/case_validate" --built-version case-1.4.0 "$dir/bad.jsonld" >"$dir/verdict" 2>&1 &&
		! grep -q "not part of" "$dir/verdict"; then
		echo "the validator takes a graph with a fault: $fault"
		exit 1
	fi
done
echo "the custody graph conforms to CASE 1.4.0; four faulty ones do not"
