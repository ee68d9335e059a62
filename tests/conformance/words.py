#!/usr/bin/env python3
"""Are the translations whole?  words.py PAGE_WORDS SOURCE [--update]

gettext's own programs judge: xgettext finds the texts of C sources, msgcat joins them with those of templates and tables, msgcmp
says what a language lacks, Python's gettext what its plural formula means. --update writes po/comity.pot and merges it.
"""
import gettext
import os
import re
import subprocess
import sys
import tempfile


def run(*words, **options):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, **options).stdout


def texts(page_words, source, folder):
    """The .pot file of everything that is looked up."""
    pages, code, whole = (os.path.join(folder, n) for n in ("pages.pot", "code.pot", "comity.pot"))
    with open(pages, "wb") as to:
        to.write(run("msguniq", "--no-wrap", "--add-location=file", "-", input=run(page_words)))
    ui = os.path.join("src", "ui")
    names = sorted(os.path.join(ui, n) for n in os.listdir(os.path.join(source, ui)) if n.endswith(".c"))
    run("xgettext", "--language=C", "--keyword=CM_WORD", "--from-code=UTF-8", "--omit-header", "--no-wrap", "--add-location=file",
        "--output", code, *names, cwd=source)
    run("msgcat", "--use-first", "--no-wrap", "--output-file", whole, pages, code)
    return whole


def plural_is(page_words, rule, header):
    """Does the rule of words.c choose as the formula of the file does?"""
    formula = re.search(r"plural=([^;]+);", header).group(1)
    wanted = gettext.c2py(formula)
    found = run(page_words, rule, "1200", text=True).split()
    return [n for n, form in enumerate(found) if int(form) != wanted(n)]


def holes(po):
    """Texts whose translation has other holes than the original."""
    wrong = []
    text = run("msgcat", "--no-wrap", po, text=True)
    for entry in text.split("\n\n")[1:]:
        if "\n#~" in "\n" + entry:
            continue
        ids = re.findall(r'^msgid(?:_plural)? "(.*)"$', entry, re.M)
        wanted = set(re.findall(r"%\{[a-z_]+\}", " ".join(ids)))
        for said in re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', entry, re.M):
            found = set(re.findall(r"%\{[a-z_]+\}", said))
            # A form for one or two may leave the number out.
            if found - wanted or (wanted - found and not (len(ids) == 2 and wanted - found == {"%{n}"})):
                wrong.append(ids[0])
    return wrong


def main():
    page_words, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        pot = texts(page_words, source, folder)
        with open(os.path.join(source, "data", "languages.tab"), encoding="utf-8") as table:
            rows = [line.rstrip("\n").split("\t") for line in table if not line.startswith(("#", "name:"))]
        for language, _own, _dir, rule in rows[1:]:
            po = os.path.join(source, "po", language + ".po")
            if "--update" in sys.argv:
                run("msgmerge", "--quiet", "--no-wrap", "--no-fuzzy-matching", "--update", "--backup=none", "--add-location=file", po, pot)
            with open(po, encoding="utf-8") as file:
                header = file.read()
            missing = subprocess.run(["msgcmp", po, pot], stderr=subprocess.PIPE, text=True)
            if missing.returncode != 0:
                bad += 1
                print(f"po/{language}.po is not whole (words.py --update, then translate):\n{missing.stderr}", file=sys.stderr)
            for n in plural_is(page_words, rule, header)[:1]:
                bad += 1
                print(f"po/{language}.po: the rule {rule} chooses another form for {n}", file=sys.stderr)
            for text in holes(po):
                bad += 1
                print(f'po/{language}.po: other holes than in "{text}"', file=sys.stderr)
            if "native" not in header.split("\n\n")[0]:
                bad += 1
                print(f"po/{language}.po: the head does not say which translations a native speaker has read", file=sys.stderr)
    return 1 if bad else 0


sys.exit(main())
