#!/usr/bin/env python3
"""The register's vectors, computed from doc/spec/register.md alone with Python's standard library: an independent second
implementation of commitments, records, trees, signed heads and receipts.
  register_vectors.py DIR            recomputes and compares with the files; exit 1 names the first that differs
  register_vectors.py DIR --write    writes them
  register_vectors.py --tree DIR     checks a register's folder (HOME/log) of a running or stopped node
"""
import base64, hashlib, hmac, json, os, struct, sys

FIELDS = "act type at node peer request kind object artifact person until blob length package peer_entry note".split()
sha256 = lambda b: hashlib.sha256(b).digest()
sha512 = lambda b: hashlib.sha512(b).digest()
b64 = lambda b: base64.b64encode(b).decode()

# -- records (section 2)
def commitment(salt, name, value):
    m = b"comity-field-v1\0" + struct.pack(">H", len(name)) + name + struct.pack(">I", len(value)) + value
    return hmac.new(salt, m, hashlib.sha512).digest()

def record_root(commitments):
    return sha512(b"comity-record-v1\0" + struct.pack(">H", 16) + b"".join(commitments))

# -- trees (RFC 9162, recursive as in section 2.1)
def leaf(e): return sha256(b"\0" + e)
def split(n):
    k = 1
    while 2 * k < n: k *= 2
    return k
def mth(d):
    if not d: return sha256(b"")
    if len(d) == 1: return d[0]
    k = split(len(d))
    return sha256(b"\1" + mth(d[:k]) + mth(d[k:]))
def path(m, d):
    if len(d) == 1: return []
    k = split(len(d))
    return path(m, d[:k]) + [mth(d[k:])] if m < k else path(m - k, d[k:]) + [mth(d[:k])]

# -- Ed25519 (RFC 8032) and ECDSA P-256, slow and plain
P = 2**255 - 19; L = 2**252 + 27742317777372353535851937790883648493; D = -121665 * pow(121666, P - 2, P) % P
def ed_add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)
def ed_mul(k, a):
    r = (0, 1)
    while k:
        if k & 1: r = ed_add(r, a)
        a = ed_add(a, a); k >>= 1
    return r
def ed_x(y):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P: x = x * pow(2, (P - 1) // 4, P) % P
    return x if x % 2 == 0 else P - x
BY = 4 * pow(5, P - 2, P) % P; B = (ed_x(BY), BY)
def ed_enc(a): return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")
def ed_key(seed):
    h = sha512(seed)
    a = int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254
    return a, h[32:], ed_enc(ed_mul(a, B))
def ed_sign(seed, m):
    a, prefix, A = ed_key(seed)
    r = int.from_bytes(sha512(prefix + m), "little") % L
    R = ed_enc(ed_mul(r, B))
    return R + ((r + int.from_bytes(sha512(R + A + m), "little") * a) % L).to_bytes(32, "little")
def ed_dec(b):
    y = int.from_bytes(b, "little"); sign, y = y >> 255, y & (2**255 - 1)
    x = ed_x(y)
    return (P - x if (x & 1) != sign else x, y)
def ed_verify(A, m, sig):
    s = int.from_bytes(sig[32:], "little")
    k = int.from_bytes(sha512(sig[:32] + A + m), "little") % L
    return s < L and ed_enc(ed_mul(s, B)) == ed_enc(ed_add(ed_dec(sig[:32]), ed_mul(k, ed_dec(A))))

Q = 2**256 - 2**224 + 2**192 + 2**96 - 1; N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
def ec_add(a, b):
    if a is None: return b
    if b is None: return a
    if a[0] == b[0] and (a[1] + b[1]) % Q == 0: return None
    m = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, Q) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, Q)
    x = (m * m - a[0] - b[0]) % Q
    return (x, (m * (a[0] - x) - a[1]) % Q)
def ec_mul(k, a):
    r = None
    while k:
        if k & 1: r = ec_add(r, a)
        a = ec_add(a, a); k >>= 1
    return r
def ec_sign(d, m, k):
    r = ec_mul(k, G)[0] % N
    s = pow(k, -1, N) * (int.from_bytes(sha256(m), "big") + r * d) % N
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")

# -- notes
def key_id(name, kind, public): return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]
def vkey(name, seed):
    A = ed_key(seed)[2]
    return name + "+" + key_id(name, 1, A).hex() + "+" + b64(b"\x01" + A)
def note(name, seed, text):
    A = ed_key(seed)[2]
    return text + "\n\u2014 " + name + " " + b64(key_id(name, 1, A) + ed_sign(seed, text.encode())) + "\n"
def checkpoint(origin, size, root): return f"{origin}\n{size}\n{b64(root)}\n"
def proof(index, hashes, signed):
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n" + "".join(b64(h) + "\n" for h in hashes) + "\n" + signed

# -- the example acts
LOG_SEED, OTHER_SEED, AUTHORITY = bytes(range(32)), bytes(range(1, 33)), int.from_bytes(sha256(b"authority"), "big") % N
ORIGIN = "xa.contact/log/2027"
VALUES = dict(act="6f1c2a5e-0b1d-4c3e-8f00-0000000000a1", type="delivered", at="2027-03-02T01:22:04.318225Z",
              node="xa.contact", peer="xb.contact", request="6f1c2a5e-0b1d-4c3e-8f00-0000000000b2", kind="stored",
              object="6f1c2a5e-0b1d-4c3e-8f00-0000000000c3", artifact=sha256(b"message").hex(), person="p1 \"Ada\" \\ Ö",
              blob=sha256(b"blob").hex(), length="214748364", package=sha256(b"package").hex(), note="volume 1 of 1")
def salt(i): return sha256(b"salt %d" % i)
def absent(i): return sha512(b"absent %d" % i)
def commitments(values):
    return [commitment(salt(i), f.encode(), values[f].encode()) if f in values else absent(i)
            for i, f in enumerate(FIELDS)]
def entry_of(values): return b"CMY1\1" + record_root(commitments(values))
def quote(s): return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'
def act_text(values, hidden, batch):
    slots = []
    for i, f in enumerate(FIELDS):
        if f in values and f not in hidden:
            slots.append('{"name":"%s","salt":"%s","value":%s}' % (f, b64(salt(i)), quote(values[f])))
        else:
            slots.append('{"commitment":"%s"}' % b64(commitments(values)[i]))
    return ('{"batch":{"certificate":"%s","count":%d,"index":%d,"path":[%s],"signature":"%s","time":"%s"},"fields":[%s],'
            '"format":"comity.act/1"}') % (batch["certificate"], batch["count"], batch["index"],
            ",".join('"%s"' % b64(h) for h in batch["path"]), b64(batch["signature"]), batch["time"], ",".join(slots))

def vectors():
    out = {}
    entry = entry_of(VALUES)
    entries = [entry_of(dict(VALUES, note="act %d" % i)) for i in range(7)]
    entries[4] = entry
    leaves = [leaf(e) for e in entries]
    records = [leaf(e[5:]) for e in entries[3:6]]
    statement = b"comity-acts-v1\n" + struct.pack(">QQ", 3, 1803950524318225) + mth(records)
    batch = dict(certificate=sha256(b"certificate").hex(), count=3, index=1, path=path(1, records),
                 signature=ec_sign(AUTHORITY, statement, int.from_bytes(sha256(b"nonce"), "big") % N),
                 time="2027-03-02T01:22:04.318225Z")
    head = checkpoint(ORIGIN, 7, mth(leaves))
    text = act_text(VALUES, (), batch)
    good = proof(4, path(4, leaves), note(ORIGIN, LOG_SEED, head))
    out["register/accept/act.json"] = text
    out["register/accept/act-hidden.json"] = act_text(VALUES, ("person", "peer", "type", "note"), batch)
    out["register/accept/act.entry"] = entry.hex() + "\n"
    out["register/accept/authority.point"] = "04%064x%064x\n" % ec_mul(AUTHORITY, G)
    out["register/accept/register.vkey"] = vkey(ORIGIN, LOG_SEED) + "\n"
    out["proof/accept/act.tlog-proof"] = good
    out["proof/accept/extra.tlog-proof"] = good.replace("index 4", "extra " + b64(entry) + "\nindex 4")
    out["register/accept/checkpoint"] = head
    out["register/accept/checkpoint-empty"] = checkpoint(ORIGIN, 0, sha256(b""))
    # refused: named by the rule
    r = {}
    r["act_form.space"] = text.replace('"count":3', '"count": 3')
    r["act_form.line_end"] = text + "\n"
    r["act_form.cut"] = text[:-1]
    r["act_form.fifteen_fields"] = text.replace(',{"name":"note"', ',,{"name":"note"')
    r["act_form.order"] = text.replace('"name":"blob"', '"name":"bloc"')
    r["act_form.index_past_count"] = text.replace('"index":1', '"index":3')
    r["act_form.short_salt"] = text.replace(b64(salt(0)), b64(salt(0)[:31]))
    r["act_form.escape"] = text.replace("volume", "\\u0076olume")
    r["act_form.other_format"] = text.replace("comity.act/1", "comity.act/2")
    r["act_form.time_without_fraction"] = text.replace('"time":"2027-03-02T01:22:04.318225Z"', '"time":"2027-03-02T01:22:04Z"')
    r["act_field_form.at"] = text.replace('"value":"2027-03-02T01:22:04.318225Z"', '"value":"2027-03-02T01:22:04Z"')
    r["act_field_form.node"] = text.replace('"value":"xa.contact"', '"value":"XA contact"')
    r["act_field_form.length"] = text.replace('"214748364"', '"0214748364"')
    r["act_field_form.note"] = text.replace("volume 1 of 1", "volume 1\u202eof 1")
    r["act_field_too_long.note"] = text.replace("volume 1 of 1", "v" * 4097)
    for name, body in r.items(): out["register/refuse/" + name + ".json"] = body
    c = {"checkpoint_form.leading_zero": head.replace("\n7\n", "\n07\n"), "checkpoint_form.cr": head.replace("\n", "\r\n"),
         "checkpoint_form.no_end": head[:-1], "checkpoint_form.no_origin": head.replace(ORIGIN, ""),
         "checkpoint_form.root_bits": head[:-3] + "B=\n", "checkpoint_form.too_large": head.replace("\n7\n", "\n9223372036854775808\n"),
         "checkpoint_extension.line": head + "extra\n",
         "checkpoint_empty_root.root": head.replace("\n7\n", "\n0\n")}
    for name, body in c.items(): out["register/refuse/" + name + ".checkpoint"] = body
    other = note("xc.contact/log/2027", OTHER_SEED, checkpoint("xc.contact/log/2027", 7, mth(leaves)))
    lie = note(ORIGIN, LOG_SEED, head)
    p = {"proof_form.version": good.replace("@v1", "@v2"), "proof_form.index": good.replace("index 4", "index 04"),
         "proof_form.no_index": good.replace("index 4\n", ""), "proof_form.short_hash": good.replace(b64(path(4, leaves)[0]), b64(path(4, leaves)[0][:31])),
         "proof_form.no_head": good.split("\n\n")[0] + "\n\n", "proof_form.extra_bits": good.replace("index 4", "extra QQ=\nindex 4"),
         "proof_too_large.hashes": good.replace("index 4\n", "index 4\n" + (b64(bytes(32)) + "\n") * 63),
         "receipt_other_act.index": good.replace("index 4", "index 5"),
         "receipt_other_act.hash": good.replace(b64(path(4, leaves)[1]), b64(bytes(32))),
         "receipt_other_act.proof_of_another": proof(2, path(2, leaves), note(ORIGIN, LOG_SEED, head)),
         "receipt_log_unlisted.origin": proof(4, path(4, leaves), other),
         "receipt_log_unlisted.other_key": proof(4, path(4, leaves), note(ORIGIN, OTHER_SEED, head)),
         "note_signature.text_changed": proof(4, path(4, leaves), lie.replace("\n7\n", "\n8\n")),
         "receipt_log_unlisted.origin_of_another": proof(4, path(4, leaves), note(ORIGIN, LOG_SEED, checkpoint("xc.contact/log/2027", 7, mth(leaves))))}
    for name, body in p.items(): out["proof/refuse/" + name + ".tlog-proof"] = body
    return out

# -- a register's folder, recomputed
def tile_name(n):
    s = "%03d" % (n % 1000)
    while n >= 1000:
        n //= 1000
        s = "x%03d/" % (n % 1000) + s
    return s
def check_tree(folder):
    read = lambda name: open(os.path.join(folder, name), "rb").read()
    name, _, key = read("register.vkey").decode().strip().split("+", 2)
    public = base64.b64decode(key)[1:]
    signed = read("checkpoint").decode()
    text, lines = signed.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    sig = base64.b64decode(lines.strip().split(" ")[2])
    assert origin == name and sig[:4] == key_id(name, 1, public), "key"
    assert ed_verify(public, text.encode(), sig[4:]), "signature of the head"
    size, leaves = int(size), []
    for n in range(0, (size + 255) // 256):
        width = min(256, size - 256 * n)
        part = "" if width == 256 else ".p/%d" % width
        bundle, at, first = read("tile/entries/" + tile_name(n) + part), 0, len(leaves)
        while at < len(bundle):
            length = struct.unpack(">H", bundle[at:at + 2])[0]
            leaves.append(leaf(bundle[at + 2:at + 2 + length])); at += 2 + length
        assert b"".join(leaves[first:]) == read("tile/0/" + tile_name(n) + part), "tile/0/%d" % n
    assert len(leaves) == size, "entries"
    level, hashes = 0, leaves
    while len(hashes) >= 256:
        level, hashes = level + 1, [mth(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
        for n in range(0, (len(hashes) + 255) // 256):
            width = min(256, len(hashes) - 256 * n)
            part = "" if width == 256 else ".p/%d" % width
            assert b"".join(hashes[256 * n:256 * n + width]) == read("tile/%d/" % level + tile_name(n) + part), "tile"
    assert b64(mth(leaves)) == root, "root"
    print("register", origin, "size", size, "is whole")
    return leaves

def main():
    if sys.argv[1] == "--tree":
        return check_tree(sys.argv[2])
    for name, body in vectors().items():
        where = os.path.join(sys.argv[1], name)
        if "--write" in sys.argv:
            os.makedirs(os.path.dirname(where), exist_ok=True)
            open(where, "wb").write(body.encode())
        elif open(where, "rb").read() != body.encode():
            sys.exit(name + " differs")

if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    main()
