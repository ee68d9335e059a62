#!/bin/sh
# Does the house tool find what it promises to find? A small tree with one fault of each rule, and one without.
#   test_house.sh HOUSE-PROGRAM
set -eu
house=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
mkdir -p src/base src/crypto src/net include tools data tests/house tests/unit/base tests/vectors
cp "$here/words.tab" tests/house/
printf 'may\tbase\tbase\nmay\tcrypto\tbase crypto\nmay\tnet\tbase net\nhome\tsrc/net/\tcurl/\n' >tests/house/rooms.tab
printf '# none\n' >tests/house/exceptions.tab
for room in base crypto net; do echo "# $room" >src/$room/README.md; done
printf 'name:id\ttext:str\nused\tx\n' >data/errors.tab
printf '// Says what it is.\nint cm_good_a(int a);\n' >src/base/good.h
cat >src/base/good.c <<'C'
// Knows: something. Strings and comments don't count: malloc(1)
#include "base/good.h"

int
cm_good_a(int a)
{
	const char *s = "strcpy(a, b)"; /* exit(1) */
	return a + s[0] + CM_ERROR_USED;
}
C
echo 'CM_ERROR_USED' >tests/unit/base/test_good.c
"$house" >clean.out || {
	echo "a clean tree is refused:"
	cat clean.out
	exit 1
}

expect() { # rule, file
	"$house" >out && code=0 || code=$?
	if [ "$code" != 1 ] || ! grep -q "^$2:[0-9]*: $1: " out; then
		echo "not found: $1 in $2 (exit $code)"
		cat out
		exit 1
	fi
	rm -rf "$2"
}
bad() { # text of src/base/bad.c
	printf '// Knows: nothing.\n%b' "$1" >src/base/bad.c
	echo >tests/unit/base/test_bad.c
}

bad '#include "net/x.h"\n' && expect rooms-include src/base/bad.c
bad '#include <curl/curl.h>\n' && expect rooms-foreign src/base/bad.c
bad 'void *\ncm_bad(void)\n{\n\treturn malloc(1);\n}\n' && expect words src/base/bad.c
bad 'int\ncm_bad(int a, int b, int c, int d, int e, int f, int g)\n{\n}\n' && expect functions-arguments src/base/bad.c
bad 'int\ncm_bad(bool a, bool b)\n{\n}\n' && expect functions-booleans src/base/bad.c
bad 'int\ncm_other(void)\n{\n}\n' && expect functions-names src/base/bad.c
{
	printf '// x\nint\ncm_bad(void)\n{\n'
	yes ';' | head -70
	printf '}\n'
} >src/base/bad.c && expect functions-length src/base/bad.c
{
	printf '// x\n'
	yes '' | head -600
} >src/base/bad.c && expect functions-file src/base/bad.c
printf 'int x;\n' >src/base/bad.c && expect pairs-comment src/base/bad.c
rm tests/unit/base/test_bad.c
printf '// x\n' >src/base/bad.c && expect pairs-test src/base/bad.c
printf '// x\nbool\ncm_parse_read(int a)\n{\n}\n' >src/crypto/parse.c && expect pairs-fuzz src/crypto/parse.c
rm src/net/README.md && expect pairs-readme src/net/README.md && echo '# net' >src/net/README.md
printf 'unused\tx\n' >>data/errors.tab && expect tables-error-unused data/errors.tab
printf 'name:id\ttext:str\nused\tx\n' >data/errors.tab
printf 'name:id\tvalue:const\nnobody\t1\n' >data/limits.tab && expect tables-limit-unused data/limits.tab
printf 'name:id\tkind:str\nnobody\ttext\n' >data/settings.tab && expect tables-setting-unused data/settings.tab
printf 'name:id\tmethod:str\nnobody\tGET\n' >data/routes.tab && expect tables-route-unused data/routes.tab
printf 'words\tsrc/base/good.c\t-\ta reason that is long enough\n' >tests/house/exceptions.tab
expect exceptions tests/house/exceptions.tab
printf 'words\tsrc/base/bad.c\tmalloc\ta reason that is long enough\n' >tests/house/exceptions.tab
bad 'void *\ncm_bad(void)\n{\n\treturn malloc(1);\n}\n'
"$house" >out || {
	echo "an excused fault is told:"
	cat out
	exit 1
}
echo "every rule finds its fault"
