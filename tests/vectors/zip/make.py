#!/usr/bin/env python3
"""Writes the ZIP vectors beside this file: accept/ (our profile), foreign/ (what other programs write: refused by the
profile, read with the option `foreign`), refuse/ (refused always). The name of a refuse or foreign file begins with
the rule that the profile's reader must name; a word behind '-' tells the case. Built byte by byte from APPNOTE.TXT,
without the writer under test."""
import io
import os
import struct
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TIME, DATE = 0x0B08, 0x5E62
FULL = 0xFFFFFFFF


class Entry:
    """One entry; every field can be set to something else for the local (l_) or the central (c_) header alone."""

    def __init__(self, name, data=b"", **fields):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.data = data
        self.f = fields

    def get(self, side, field, default):
        return self.f.get(side + "_" + field, self.f.get(field, default))

    def common(self, side):
        g = lambda field, default: self.get(side, field, default)
        return struct.pack("<HHHHHIII", g("version", 20), g("flags", 0x800), g("method", 0), g("time", TIME),
                           g("date", DATE), g("crc", zlib.crc32(self.f.get("plain", self.data))),
                           g("packed", len(self.data)), g("size", len(self.f.get("plain", self.data))))

    def local(self):
        name, extra = self.get("l", "name", self.name), self.get("l", "extra", b"")
        return (self.get("l", "signature", b"PK\3\4") + self.common("l") +
                struct.pack("<HH", self.get("l", "name_length", len(name)), len(extra)) + name + extra)

    def central(self, offset):
        name, extra, comment = self.get("c", "name", self.name), self.get("c", "extra", b""), self.f.get("comment", b"")
        made_by = self.f.get("made_by", 3 << 8 | self.get("c", "version", 20))
        return (self.get("c", "signature", b"PK\1\2") + struct.pack("<H", made_by) + self.common("c") +
                struct.pack("<HHHHHII", len(name), len(extra), len(comment), self.f.get("disk", 0),
                            self.f.get("internal", 0), self.f.get("external", 0o100644 << 16),
                            self.f.get("offset", offset)) + name + extra + comment)


def build(entries, front=b"", between=b"", behind=b"", tail=b"", end64=None, order=None, **end):
    """The container. `end` sets fields of the end record; end64 a dict of fields of the ZIP64 end record."""
    out, offsets = bytearray(front), []
    for i, e in enumerate(entries):
        if i > 0:
            out += between
        offsets.append(len(out))
        if not e.f.get("central_only"):
            out += e.local() + e.data + e.f.get("after", b"")
    where = len(out)
    directory = b"".join(entries[i].central(offsets[i]) for i in (order or range(len(entries))))
    directory += end.get("directory_tail", b"")
    out += directory + behind
    count, size = end.get("count", len(entries)), end.get("size", len(directory))
    offset = end.get("offset", where)
    if end64 is not None:
        at = len(out)
        g = lambda field, default: end64.get(field, default)
        out += struct.pack("<IQHHIIQQQQ", 0x06064B50, g("rest", 44), g("made_by", 3 << 8 | 45), 45, 0, 0,
                           g("count", len(entries)), g("count", len(entries)), g("size", len(directory)),
                           g("offset", where))
        if not end64.get("no_locator"):
            out += struct.pack("<IIQI", 0x07064B50, 0, g("at", at), g("disks", 1))
    comment = end.get("comment", b"")
    out += struct.pack("<IHHHHIIH", 0x06054B50, end.get("disk", 0), 0, end.get("count_here", count), count, size, offset,
                       len(comment)) + comment
    return bytes(out) + tail


def put(folder, name, data):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, name + ".zip"), "wb") as f:
        f.write(data)


def zip64(*numbers):
    return struct.pack("<HH", 1, 8 * len(numbers)) + b"".join(struct.pack("<Q", n) for n in numbers)


A, B = Entry("a.txt", b"first\n"), Entry("b/c.txt", b"second\n")
ACCEPT = {
    "no_entry": build([]),
    "one_empty_entry": build([Entry("empty")]),
    "two_entries": build([A, B]),
    "names_of_the_world": build([Entry("data/Ελλάδα/отчёт 7 %.txt", b"x"), Entry("data/証拠.png", b"y"),
                                 Entry("data/..a/b../c", b"z")]),
    "longest_name": build([Entry("/".join(["n" * 204] * 5), b"x")]),
    "entries_900": build([Entry("data/%03d" % i) for i in range(900)]),
    "end_record_inside_contents": build([Entry("inner.zip", build([A, B]))]),
}


def refuse():
    yield "zip_no_end-empty_file", b""
    yield "zip_no_end-text", b"this is no container at all, only some text\n" * 3
    yield "zip_no_end-cut", build([A, B])[:-1]
    yield "zip_no_end-cut_in_entry", build([A, B])[:40]
    yield "zip_trailing_bytes-one", build([A, B], tail=b"\n")
    yield "zip_trailing_bytes-comment", build([A, B], comment=b"a comment")
    yield "zip_trailing_bytes-much", build([A, B], tail=b"x" * 4000)
    yield "zip_multi_disk-disk", build([A], disk=1)
    yield "zip_multi_disk-count", build([A, B], count_here=1)
    yield "zip_multi_disk-entry", build([Entry("a", b"x", disk=1)])
    yield "zip_multi_disk-zip64", build([A], end64={"disks": 2}, count=0xFFFF)
    yield "zip_end_mismatch-offset", build([A, B], offset=10000)
    yield "zip_end_mismatch-size", build([A, B], size=10000)
    yield "zip_end_mismatch-no_zip64", build([A, B], offset=FULL)
    yield "zip_end_mismatch-no_locator", build([A, B], offset=FULL, end64={"no_locator": 1})
    yield "zip_end_mismatch-locator", build([A, B], offset=FULL, end64={"at": 3})
    yield "zip_end_mismatch-zip64_differs", build([A, B], offset=FULL, end64={"count": 1})
    yield "zip_end_mismatch-rest", build([A, B], offset=FULL, end64={"rest": 60})
    yield "zip_too_many_entries-901", build([Entry("%d" % i) for i in range(901)])
    yield "zip_too_many_entries-claimed", build([A], count=50000)
    yield "zip_bad_header-central_signature", build([A, Entry("b", b"x", c_signature=b"PK\1\3")])
    yield "zip_bad_header-local_signature", build([A, Entry("b", b"x", l_signature=b"PK\3\5")])
    yield "zip_bad_header-count_higher", build([A, B], count=3)
    yield "zip_bad_header-count_lower", build([A, B], count=1)
    yield "zip_bad_header-directory_tail", build([A, B], directory_tail=b"PK\5\5\0\0")
    yield "zip_bad_header-zip64_field_missing", build([Entry("a", b"x", c_size=FULL, c_packed=FULL)])
    yield "zip_bad_header-zip64_offset_missing", build([Entry("a", b"x", offset=FULL)])
    yield "zip_header_mismatch-name", build([A, Entry("b", b"x", l_name=b"c")])
    yield "zip_header_mismatch-name_length", build([A, Entry("b", b"x", l_name=b"bb")])
    yield "zip_header_mismatch-crc", build([A, Entry("b", b"x", l_crc=1)])
    yield "zip_header_mismatch-size", build([A, Entry("b", b"x", l_size=2, l_packed=2)])
    yield "zip_path_escape-dotdot", build([Entry("../a", b"x")])
    yield "zip_path_escape-dotdot_inside", build([Entry("a/../../b", b"x")])
    yield "zip_path_escape-dotdot_last", build([Entry("a/..", b"x")])
    yield "zip_path_escape-dot", build([Entry("./a", b"x")])
    yield "zip_path_escape-absolute", build([Entry("/etc/passwd", b"x")])
    yield "zip_path_escape-root", build([Entry("/", b"")])
    yield "zip_path_escape-backslash", build([Entry("..\\a", b"x")])
    yield "zip_path_escape-drive", build([Entry("C:/a", b"x")])
    yield "zip_path_escape-empty_part", build([Entry("a//b", b"x")])
    yield "zip_name_length-empty", build([Entry("", b"x")])
    yield "zip_name_length-1025", build([Entry("n" * 1025, b"x")])
    yield "zip_name_text-latin1", build([Entry(b"caf\xe9", b"x")])
    yield "zip_name_text-nul", build([Entry(b"a.txt\0.exe", b"x")])
    yield "zip_name_text-line_end", build([Entry(b"a\nb", b"x")])
    yield "zip_name_text-right_to_left", build([Entry("a\u202egpj.exe", b"x")])
    yield "zip_folder_entry", build([Entry("a/", b"")])
    yield "zip_duplicate_name", build([Entry("a", b"one"), Entry("a", b"two")])
    yield "zip_duplicate_name-apart", build([Entry("a", b"one"), B, Entry("a", b"one")])
    yield "zip_name_conflict-file_first", build([Entry("a", b"x"), Entry("a!", b"x"), Entry("a/b", b"x")])
    yield "zip_name_conflict-folder_first", build([Entry("a/b/c", b"x"), Entry("a/b", b"x")])
    yield "zip_encrypted", build([Entry("a", b"x" * 13, flags=0x801)])
    yield "zip_encrypted-strong", build([Entry("a", b"x" * 13, flags=0x840)])
    yield "zip_encrypted-masked", build([Entry("a", b"x" * 13, c_flags=0x2800)])
    descriptor = struct.pack("<IIII", 0x08074B50, zlib.crc32(b"x"), 1, 1)
    yield "zip_data_descriptor", build([Entry("a", b"x", flags=0x808, l_crc=0, l_size=0, l_packed=0, after=descriptor)])
    yield "zip_data_descriptor-local_only", build([Entry("a", b"x", l_flags=0x808)])
    yield "zip_data_descriptor-deflated", build([Entry("a", b"\3\0", plain=b"", method=8, flags=0x808)])
    bomb = b"\0" * 10_000_000
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    small = squeeze.compress(bomb) + squeeze.flush()
    yield "zip_not_stored-bomb", build([Entry("a", small, plain=bomb, method=8)])
    inner = build([Entry("%d" % i, small, plain=bomb, method=8) for i in range(16)])
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    yield "zip_not_stored-bomb_in_bomb", build([Entry("a.zip", squeeze.compress(inner) + squeeze.flush(), plain=inner,
                                                      method=8)])
    yield "zip_not_stored-bzip2", build([Entry("a", b"BZ", method=12)])
    yield "zip_not_stored-local_only", build([Entry("a", b"x", l_method=8)])
    kernel = Entry("0", small, plain=bomb, method=8)
    yield "zip_not_stored-shared_kernel", build(
        [kernel] + [Entry("%d" % i, small, plain=bomb, method=8, central_only=1, offset=0) for i in range(1, 200)])
    yield "zip_extra_field-unicode_path", build([Entry("a", b"x", extra=struct.pack("<HHBI", 0x7075, 6, 1, 0) + b"b")])
    yield "zip_extra_field-cut", build([Entry("a", b"x", extra=b"\1")])
    yield "zip_extra_field-length", build([Entry("a", b"x", extra=struct.pack("<HH", 0x5455, 9) + b"x")])
    yield "zip_extra_field-two_zip64", build([Entry("a", b"x", c_size=FULL, c_packed=FULL, c_version=45,
                                                    c_extra=zip64(FULL, FULL) + zip64(1, 1))])
    yield "zip_extra_field-zip64_without_need", build([Entry("a", b"x", version=45, extra=zip64())])
    yield "zip_extra_field-zip64_length", build([Entry("a", b"x", version=45, c_size=FULL, c_packed=FULL,
                                                       c_extra=zip64(FULL, FULL, 0))])
    yield "zip_lying_size-stored", build([Entry("a", b"xy", size=1)])
    yield "zip_lying_size-stored_local", build([Entry("a", b"xy", l_size=1)])
    yield "zip_lying_size-past_directory", build([Entry("a", b"xy", size=4000, packed=4000)])
    yield "zip_lying_size-four_gigabytes", build([Entry("a", b"xy", size=FULL - 1, packed=FULL - 1)])
    yield "zip_lying_size-zip64", build([Entry("a", b"xy", version=45, size=FULL, packed=FULL,
                                               c_extra=zip64(1 << 63, 1 << 63), l_extra=zip64(1 << 63, 1 << 63))])
    yield "zip_lying_size-into_directory", build([Entry("a", b"xy", size=3, packed=3)])
    yield "zip_overlap-same_header", build([Entry("a", b"x"), Entry("b", b"x", central_only=1, offset=0)])
    quoted = Entry("b", b"kernel")
    yield "zip_overlap-quoted", build([Entry("a", quoted.local() + quoted.data),
                                       Entry("b", b"kernel", central_only=1, offset=31)])
    yield "zip_overlap-size", build([Entry("a", b"x", size=20, packed=20), Entry("b", b"y" * 40)])
    yield "zip_overlap-directory", build([A, Entry("b", b"x", central_only=1)])
    yield "zip_overlap-past_file", build([A, Entry("b", b"x", offset=90000)])
    yield "zip_gap-front", build([A, B], front=b"#!/bin/sh\nexit\n")
    yield "zip_gap-front_offsets_kept", b"#!/bin/sh\nexit\n" + build([A, B])
    yield "zip_gap-between", build([A, B], between=b"hidden")
    yield "zip_gap-before_directory", build([A, Entry("b", b"x", after=b"hidden")])
    yield "zip_gap-behind_directory", build([A, B], behind=b"hidden")
    yield "zip_gap-size", build([Entry("a", b"hidden", size=2, packed=2), B])
    yield "zip_gap-order", build([A, B], order=[1, 0])
    yield "zip_gap-no_entries", build([], front=A.local() + A.data)
    yield "zip_gap-unlisted_entry", build([A, B], order=[1], count=1)
    yield "zip_bad_crc-contents", build([Entry("a", b"contents", crc=zlib.crc32(b"Contents"))])


def foreign():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for name in ("mimetype", "data/a.txt", "data/ü.txt"):
            z.writestr(zipfile.ZipInfo(name, (2027, 3, 2, 1, 22, 4)), b"contents")
    yield "zip_not_canonical-python", out.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        with z.open(zipfile.ZipInfo("a", (2027, 3, 2, 1, 22, 4)), "w", force_zip64=True) as f:
            f.write(b"contents")
    yield "zip_not_canonical-python_zip64", out.getvalue()
    yield "zip_not_canonical-flags", build([Entry("a", b"x", flags=0)])
    yield "zip_not_canonical-attributes", build([Entry("a", b"x", external=0o100755 << 16)])
    yield "zip_not_canonical-text_attribute", build([Entry("a", b"x", internal=1)])
    yield "zip_not_canonical-made_by", build([Entry("a", b"x", made_by=0x1E14)])
    yield "zip_not_canonical-version", build([Entry("a", b"x", version=10)])
    yield "zip_not_canonical-local_version", build([Entry("a", b"x", l_version=10)])
    yield "zip_not_canonical-comment", build([Entry("a", b"x", comment=b"a comment")])
    yield "zip_not_canonical-zip64_end", build([A], end64={}, count=0xFFFF, size=FULL, offset=FULL)
    yield "zip_not_canonical-zip64_sizes", build([Entry("a", b"x", version=45, size=FULL, packed=FULL,
                                                        extra=zip64(1, 1))])
    yield "zip_header_mismatch-time", build([A, Entry("b", b"x", l_time=TIME + 1)])
    yield "zip_header_mismatch-date", build([A, Entry("b", b"x", l_date=DATE + 1)])
    stamp = struct.pack("<HHBI", 0x5455, 5, 1, 1804000000)
    yield "zip_extra_field-info_zip", build([Entry("a", b"x", extra=stamp), Entry("b", b"y", extra=stamp)])
    yield "zip_extra_field-long_local", build([Entry("a", b"x", l_extra=struct.pack("<HH", 0xD935, 200) + b"\0" * 200)])
    yield "zip_gap-zip64_end_without_need", build([A], end64={})


def main():
    for name, data in ACCEPT.items():
        put("accept", name, data)
    for name, data in refuse():
        put("refuse", name, data)
    for name, data in foreign():
        put("foreign", name, data)


if __name__ == "__main__":
    main()
