#!/usr/bin/env python3
"""Writes the ASiCManifest vectors beside this file: accept/ and refuse/. The name of a refuse file begins with the
rule that the reader must name; a word behind '-' tells the case."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
ASIC, DS = "http://uri.etsi.org/02918/v1.2.1#", "http://www.w3.org/2000/09/xmldsig#"
SHA256, SHA512 = "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"
ONE = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # SHA-256 of nothing
TWO = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="  # SHA-256 of "abc"

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
OPEN = f'<asic:ASiCManifest xmlns:asic="{ASIC}" xmlns:ds="{DS}">\n'
SIG = '  <asic:SigReference URI="META-INF/signature001.p7s" MimeType="application/pkcs7-signature"/>\n'
CLOSE = "</asic:ASiCManifest>\n"


def line(uri="data/a.txt", digest=ONE, method=SHA256, more=' MimeType="text/plain"', inside=""):
    return (f'  <asic:DataObjectReference URI="{uri}"{more}>\n    <ds:DigestMethod Algorithm="{method}"/>\n'
            f'    <ds:DigestValue>{digest}</ds:DigestValue>\n{inside}  </asic:DataObjectReference>\n')


def doc(*lines, head=HEAD, open_=OPEN, sig=SIG, close=CLOSE):
    return head + open_ + sig + "".join(lines) + close


BOTH = line() + line("data/b%20%C3%BC.bin", TWO, more="")
GOOD = doc(BOTH)

ACCEPT = {
    "ours": GOOD,
    "other_prefixes": GOOD.replace("asic:", "x:").replace(":asic=", ":x=").replace("ds:", "y:").replace(":ds=", ":y="),
    "default_namespace": GOOD.replace("asic:", "").replace("xmlns:asic=", "xmlns="),
    "namespace_at_each_element": doc(
        f'<DataObjectReference xmlns="{ASIC}" MimeType=\'text/plain\' URI=\'data/a.txt\'><DigestMethod xmlns="{DS}" '
        f'Algorithm="{SHA256}"></DigestMethod ><d:DigestValue xmlns:d="{DS}"> {ONE}\r\n </d:DigestValue>'
        f"</DataObjectReference>", line("data/b%20%C3%BC.bin", TWO, more="")),
    "no_declaration": GOOD[len(HEAD):],
    "standalone": GOOD.replace('"UTF-8"?>', "'utf-8' standalone='no' ?>"),
    "byte_order_mark": "\ufeff" + GOOD,
    "one_line": GOOD.replace("\n", "").replace("  <", "<"),
    "carriage_returns": GOOD.replace("\n", "\r\n"),
    "references": GOOD.replace('"text/plain"', '"&#116;ext/&#x70;lain"'),
    "raw_utf8_uri": GOOD.replace("%20%C3%BC", " ü"),
    "lower_case_escapes": GOOD.replace("%C3%BC", "%c3%bc").replace("/a.txt", "/%61.txt"),
    "schema_location": GOOD.replace(
        "<asic:ASiCManifest ", '<asic:ASiCManifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{ASIC} a.xsd" '),
    "rootfile": GOOD.replace('MimeType="text/plain"', 'Rootfile="true" MimeType="text/plain"'),
}

BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
REFUSE = {
    "asic_xml-empty": "",
    "asic_xml-text": "no XML at all",
    "asic_xml-cut": GOOD[:-6],
    "asic_xml-cut_in_value": GOOD[:200],
    "asic_xml-behind_root": GOOD + "x",
    "asic_xml-second_root": GOOD + "<a/>",
    "asic_xml-dtd": doc(BOTH, head=HEAD + "<!DOCTYPE asic:ASiCManifest>\n"),
    "asic_xml-entity_bomb": doc(line("data/&b;"), head=HEAD + BOMB),
    "asic_xml-outside_entity": doc(line("data/&x;"),
                                   head=HEAD + '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'),
    "asic_xml-unknown_entity": doc(line("data/&nbsp;")),
    "asic_xml-comment": doc("<!-- a comment -->", BOTH),
    "asic_xml-cdata": doc(line(digest=f"<![CDATA[{ONE}]]>")),
    "asic_xml-processing_instruction": doc("<?x y?>", BOTH),
    "asic_xml-declaration_late": "\n" + GOOD,
    "asic_xml-version": GOOD.replace('"1.0"', '"1.1"'),
    "asic_xml-encoding": GOOD.replace("UTF-8", "ISO-8859-1"),
    "asic_xml-utf16": GOOD.encode("utf-16"),
    "asic_xml-latin1": GOOD.replace("%20%C3%BC", "ü").encode("latin-1"),
    "asic_xml-overlong": GOOD.encode().replace(b"a.txt", b"a\xc0\xaetxt"),
    "asic_xml-nul": GOOD.replace("a.txt", "a\0txt"),
    "asic_xml-control_reference": GOOD.replace("a.txt", "a&#1;txt"),
    "asic_xml-huge_reference": GOOD.replace("a.txt", "a&#99999999999999999999;txt"),
    "asic_xml-bare_ampersand": GOOD.replace("a.txt", "a & b"),
    "asic_xml-less_in_value": GOOD.replace("a.txt", "a<b"),
    "asic_xml-attribute_twice": GOOD.replace('URI="data/a.txt"', 'URI="data/a.txt" URI="data/z.txt"'),
    "asic_xml-namespace_twice": GOOD.replace(" xmlns:ds=", f' xmlns:asic="{ASIC}" xmlns:ds='),
    "asic_xml-no_namespace": GOOD.replace(f' xmlns:ds="{DS}"', ""),
    "asic_xml-end_tag": GOOD.replace("</ds:DigestValue>", "</ds:Digest>", 1),
    "asic_xml-end_tag_prefix": GOOD.replace("</ds:DigestValue>", "</asic:DigestValue>", 1),
    "asic_xml-unquoted": GOOD.replace('"data/a.txt"', "data/a.txt"),
    "asic_xml-no_space": GOOD.replace(' MimeType="text/plain"', 'MimeType="text/plain"'),
    "asic_manifest-deep": doc("<a>" * 100 + "</a>" * 100),
    "asic_xml-many_attributes": doc(line(more="".join(f' a{i}="x"' for i in range(40)))),
    "asic_xml-many_namespaces": doc(line(more="".join(f' xmlns:a{i}="x"' for i in range(40)))),
    "asic_manifest-other_root": GOOD.replace("ASiCManifest", "ASiCManifests"),
    "asic_manifest-other_namespace": GOOD.replace("v1.2.1", "v1.3.1"),
    "asic_manifest-no_signature": doc(BOTH, sig=""),
    "asic_manifest-two_signatures": doc(BOTH, sig=SIG + SIG),
    "asic_manifest-no_files": doc(),
    "asic_manifest-no_uri": GOOD.replace(' URI="data/a.txt"', ""),
    "asic_manifest-no_digest": doc('<asic:DataObjectReference URI="data/a.txt"/>'),
    "asic_manifest-value_first": doc(
        f'<asic:DataObjectReference URI="data/a.txt"><ds:DigestValue>{ONE}</ds:DigestValue>'
        f'<ds:DigestMethod Algorithm="{SHA256}"/></asic:DataObjectReference>'),
    "asic_manifest-unknown_attribute": GOOD.replace("Algorithm=", 'x="y" Algorithm='),
    "asic_manifest-attribute_with_prefix": GOOD.replace('URI="data/a.txt"', 'asic:URI="data/a.txt"'),
    "asic_manifest-extension": doc(line(inside="<asic:DataObjectReferenceExtensions/>")),
    "asic_manifest-extensions": doc(BOTH, "<asic:ASiCManifestExtensions/>"),
    "asic_manifest-text": doc(BOTH, "text"),
    "asic_manifest-transform": doc(line(inside="<ds:Transforms/>")),
    "asic_manifest-method_parameters": GOOD.replace('#sha256"/>', '#sha256"><x/></ds:DigestMethod>'),
    "asic_manifest-rootfile": GOOD.replace('MimeType="text/plain"', 'Rootfile="perhaps"'),
    "asic_manifest-media_control": GOOD.replace("text/plain", "text&#10;plain"),
    "asic_digest_method-sha512": doc(line(method=SHA512)),
    "asic_digest_method-sha1": doc(line(method=DS + "sha1")),
    "asic_digest_method-none": GOOD.replace(f' Algorithm="{SHA256}"', "", 1),
    "asic_digest_value-short": doc(line(digest=ONE[4:])),
    "asic_digest_value-long": doc(line(digest=ONE[:-1] + "VVV")),
    "asic_digest_value-not_padded": doc(line(digest=ONE[:-1])),
    "asic_digest_value-spaces_inside": doc(line(digest=ONE[:20] + " " + ONE[20:])),
    "asic_digest_value-trailing_bits": doc(line(digest=ONE[:-2] + "V=")),
    "asic_digest_value-empty": doc(line(digest="")),
    "asic_digest_value-hexadecimal": doc(line(digest="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
    "asic_uri-bad_escape": doc(line("data/%4")),
    "asic_uri-bad_digit": doc(line("data/%4g")),
    "asic_uri-escaped_slash": doc(line("data%2Fa.txt")),
    "asic_uri-scheme": doc(line("file:data/a.txt")),
    "asic_uri-address": doc(line("https://example.org/a.txt")),
    "asic_uri-query": doc(line("data/a.txt?x")),
    "asic_uri-fragment": doc(line("data/a.txt#x")),
    "zip_path_escape-uri": doc(line("data/../../a.txt")),
    "zip_path_escape-escaped_uri": doc(line("%2e%2e/a.txt")),
    "zip_path_escape-absolute_uri": doc(line("/a.txt")),
    "zip_name_text-nul_uri": doc(line("data/a%00")),
    "zip_name_text-latin1_uri": doc(line("data/%E9")),
    "zip_name_length-empty_uri": doc(line("")),
    "asic_duplicate_line-same": doc(line(), line()),
    "asic_duplicate_line-other_spelling": doc(line(), line("data/%61.txt", TWO)),
}


def main():
    for folder, files in (("accept", ACCEPT), ("refuse", REFUSE)):
        os.makedirs(os.path.join(HERE, folder), exist_ok=True)
        for name, text in files.items():
            with open(os.path.join(HERE, folder, name + ".xml"), "wb") as f:
                f.write(text if isinstance(text, bytes) else text.encode())


if __name__ == "__main__":
    main()
