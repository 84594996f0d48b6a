#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes hostile images for hostile-layers.sh:

    hostile_layers.py DIR CANARY

DIR/NAME/1.tar, 2.tar... are the layers of a case, DIR/NAME/1.tar.packed how one is packed when that
matters. DIR/NAME/expect: "error PATTERN" (an extended regular expression of what is said) or "ok",
then shell commands that must hold, with $root the unpacked root; those that begin with "root: " only
for root. DIR/NAME/options: more options. CANARY is a directory that must stay as it is, as must
everything called pwned anywhere else."""
import os
import sys
import zlib

DIR, CANARY = sys.argv[1:3]
NUL = b"\0"
END = NUL * 1024


def number(value, width):
    """Octal as it should be; base-256 for what is too large or negative."""
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    raw = value.to_bytes(width, "big", signed=True)
    return bytes([raw[0] | 0x80]) + raw[1:]


def header(name, kind=b"0", size=0, link=b"", mode=0o644, uid=0, gid=0, mtime=0, major=0, minor=0, gnu=False, **raw):
    """One header block; raw: fields as bytes, whatever they mean. Its checksum is right."""
    fields = {"name": (0, 100, name), "mode": (100, 8, number(mode, 8)), "uid": (108, 8, number(uid, 8)),
              "gid": (116, 8, number(gid, 8)), "size": (124, 12, number(size, 12)),
              "mtime": (136, 12, number(mtime, 12)), "kind": (156, 1, kind), "link": (157, 100, link),
              "magic": (257, 8, b"ustar  \0" if gnu else b"ustar\00000"), "major": (329, 8, number(major, 8)),
              "minor": (337, 8, number(minor, 8)), "prefix": (345, 155, b"")}
    block = bytearray(512)
    for key, (at, width, value) in fields.items():
        value = raw.get("raw_" + key, value)[:width]
        block[at:at + len(value)] = value
    for at, value in raw.get("raw_at", {}).items():
        block[at:at + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = raw.get("raw_checksum", b"%06o\0 " % sum(block))
    return bytes(block)


def padded(data):
    return data + NUL * (-len(data) % 512)


def file(name, data=b"pwned", **more):
    return header(name, size=len(data), **more) + padded(data)


def folder(name, mode=0o755, **more):
    return header(name, b"5", mode=mode, **more)


def link(name, target):
    return header(name, b"2", link=target, mode=0o777)


def hard(name, target):
    return header(name, b"1", link=target)


def device(name, major, minor, kind=b"3", **more):
    return header(name, kind, major=major, minor=minor, **more)


def record(key, value):
    text = b" " + key + b"=" + value + b"\n"
    size = len(text) + 1
    while len(b"%d" % size) + len(text) != size:
        size += 1
    return b"%d" % size + text


def pax(records, kind=b"x"):
    data = records if isinstance(records, bytes) else b"".join(record(k, v) for k, v in records)
    return header(b"pax", kind, size=len(data)) + padded(data)


def long_name(name, kind=b"L"):
    return header(b"././@LongLink", kind, size=len(name) + 1, gnu=True) + padded(name + NUL)


def sparse(name, entries, real, data):
    """An old GNU sparse file: its map within the header."""
    table = b"".join(number(offset, 12) + number(size, 12) for offset, size in entries)
    return header(name, b"S", size=len(data), gnu=True, raw_at={386: table, 483: number(real, 12)}) + padded(data)


def gzip(data):
    c = zlib.compressobj(6, zlib.DEFLATED, 31)
    return c.compress(data) + c.flush()


def case(name, expect, *layers, packed=None, options="", end=END):
    path = os.path.join(DIR, name)
    os.makedirs(path)
    for i, layer in enumerate(layers, 1):
        with open(f"{path}/{i}.tar", "wb") as f:
            f.write(layer + end)
    if packed is not None:
        with open(f"{path}/1.tar.packed", "wb") as f:
            f.write(packed)
    with open(f"{path}/expect", "w") as f:
        f.write("\n".join([expect] if isinstance(expect, str) else expect) + "\n")
    with open(f"{path}/options", "w") as f:
        f.write(options)


def error(pattern, *checks):
    return [f"error {pattern}", *checks]


def fine(*checks):
    return ["ok", *checks]


canary = CANARY.encode()
up = b"../" * 20
DOTS = r'has "\.\."'
ENTER = "cannot enter directory"
NOT_BROUGHT = "which the image has not brought"

# ---- names ----
case("name-dotdot", error(DOTS), file(b"../pwned"))
case("name-dotdot-within", error(DOTS), file(b"a/../../pwned"))
case("name-dotdot-to-canary", error(DOTS), file(up + canary[1:] + b"/file"))
case("name-is-dotdot", error(DOTS), folder(b".."))
case("name-dotdot-by-pax", error(DOTS), pax([(b"path", b"../../pwned")]) + file(b"good"))
case("name-dotdot-by-global-pax", error(DOTS), pax([(b"path", b"../../pwned")], b"g") + file(b"../good"))
case("name-dotdot-by-gnu", error(DOTS), long_name(b"../pwned") + file(b"good", gnu=True))
case("name-dotdot-by-prefix", error(DOTS), file(b"pwned", raw_prefix=b"../.."))
case("name-absolute", fine(f'[ "$(cat "$root{CANARY}/file")" = pwned ]'), pax([(b"path", canary + b"/file")]) + file(b"x"))
case("name-empty-file", error("would replace the root"), file(b""))
case("name-dot-file", error("would replace the root"), file(b"."))
case("name-slash-link", error("would replace the root"), link(b"/", canary))
case("name-empty-directory", fine('[ "$(stat -c %a "$root")" = 711 ]'), folder(b"", 0o711))
case("name-root-closed", fine("root: [ \"$(stat -c %a \"$root\")\" = 0 ]"), file(b"x") + folder(b"./", 0))
case("name-newline", fine('[ -f "$root"/$\'a\\nb\' ]'), file(b"a\nb"))
case("name-escapes", error(r'\\x1b\[31mred\\x07'), file(b"../\033[31mred\007"))
case("name-nul-in-pax", fine('[ "$(cat "$root/cut")" = pwned ]'), pax([(b"path", b"cut\0../../pwned")]) + file(b"x"))
case("name-not-utf8", fine('[ -f "$root"/$\'\\xff\\xfe\' ]'), file(b"\xff\xfe"))
case("name-long", error("too long a name.*unpack-limit path="), long_name(b"d/" * 2500) + file(b"x", gnu=True))
case("name-long-component", error("more than 255 bytes"), long_name(b"c" * 256) + file(b"x", gnu=True))
case("name-claims-two-gigabytes", error("layer sha256"), header(b"././@LongLink", b"L", size=2 << 30, gnu=True) + file(b"x"))
case("name-deep", error("nested too deeply.*unpack-limit nesting="), long_name(b"d/" * 300) + file(b"x", gnu=True))
case("name-deep-through-links", error("nested too deeply"),
     b"".join((pax([(b"linkpath", b"/".join([b"l%d" % (i - 1)] * (i > 1) + [b"d"] * 100))]) + link(b"l%d" % i, b"x")
               if i else b"") + pax([(b"path", b"/".join([b"l%d" % i] * (i > 0) + [b"d"] * 100))]) + folder(b"x")
              for i in range(6)))
case("name-of-a-mark-as-parent", fine('[ -z "$(ls -A "$root")" ]'), file(b".wh..wh..opq/pwned") + file(b".wh.a/b"))

# ---- symbolic links ----
case("link-to-canary", error(ENTER), link(b"l", canary) + file(b"l/file"))
case("link-up-to-canary", error(ENTER), link(b"l", up + canary[1:]) + file(b"l/file"))
case("link-to-root", fine('[ -f "$root/pwned" ]'), link(b"l", b"/") + file(b"l/pwned"))
case("link-to-parent", fine('[ -f "$root/pwned" ]'), link(b"l", b"..") + file(b"l/pwned"))
case("link-chain", fine('[ -f "$root/pwned" ]'), link(b"a", b"b") + link(b"b", b"c") + link(b"c", up) + file(b"a/pwned"))
case("link-loop", error(ENTER), link(b"a", b"b") + link(b"b", b"a") + file(b"a/pwned"))
case("link-to-proc", error(ENTER), link(b"l", b"/proc/self/root" + canary) + file(b"l/file"))
case("link-swapped-in-a-layer", error(ENTER), folder(b"a") + file(b"a/1") + link(b"a", canary) + file(b"a/file"))
case("link-swapped-between-layers", error(ENTER), folder(b"a") + file(b"a/1"), link(b"a", canary), file(b"a/file"))
case("link-made-a-file", fine('[ "$(cat "$root/l")" = pwned ] && [ ! -L "$root/l" ]'), link(b"l", canary + b"/file") + file(b"l"))
case("link-made-a-directory", fine('[ -d "$root/l" ] && [ ! -L "$root/l" ]'), link(b"l", canary) + folder(b"l", 0o777, uid=7))
case("link-made-a-fifo", fine('[ -p "$root/l" ]'), link(b"l", canary + b"/file") + header(b"l", b"6", mode=0o777, uid=7))
case("link-made-a-device", fine('[ ! -L "$root/l" ]'), link(b"l", canary + b"/file") + device(b"l", 1, 3, mode=0o777, uid=7))
case("link-to-nothing", error("link to nothing"), link(b"l", b""))
case("link-long", error("too long a link.*unpack-limit path="), long_name(b"t" * 5000, b"K") + header(b"l", b"2", link=b"t" * 99, gnu=True))
case("link-dangling-parent", error(ENTER), link(b"l", b"nowhere") + file(b"l/x"))

# ---- hard links ----
case("hard-to-canary", error(NOT_BROUGHT), pax([(b"linkpath", canary + b"/file")]) + hard(b"h", b"x"))
case("hard-to-host-file", error(NOT_BROUGHT), hard(b"h", b"/etc/passwd"))
case("hard-dotdot", error(DOTS), hard(b"h", up + b"etc/passwd"))
case("hard-through-link", error(NOT_BROUGHT), link(b"l", canary) + hard(b"h", b"l/file"))
case("hard-to-link-then-written", fine('[ "$(cat "$root/h")" = pwned ] && [ -L "$root/s" ]'),
     link(b"s", canary + b"/file") + hard(b"h", b"s") + file(b"h"))
case("hard-written-over", fine('[ "$(cat "$root/f")" = kept ]'), file(b"f", b"kept") + hard(b"h", b"f"), file(b"h"))
case("hard-to-itself", error(NOT_BROUGHT), hard(b"h", b"h"))
case("hard-to-itself-again", fine('[ "$(cat "$root/f")" = kept ]'), file(b"f", b"kept") + hard(b"./f", b"/f"))
case("hard-to-itself-through-link", fine('[ "$(cat "$root/d/f")" = kept ]'),
     folder(b"d") + file(b"d/f", b"kept") + link(b"l", b"d") + hard(b"d/f", b"l/f"))
case("hard-cycle", error(NOT_BROUGHT), hard(b"a", b"b") + hard(b"b", b"a"))
case("hard-to-directory", error("cannot be linked"), folder(b"d") + hard(b"h", b"d"))
case("hard-to-root", error("no file"), hard(b"h", b"."))
case("hard-to-mark", error("no file"), hard(b"h", b".wh.x"))

# ---- whiteouts ----
case("whiteout-of-parent", error("whiteout of nothing"), file(b"a"), file(b".wh..."))
case("whiteout-of-itself", error("whiteout of nothing"), file(b"a"), file(b"d/.wh.."))
case("whiteout-of-nothing", error("whiteout of nothing"), file(b"a"), file(b".wh."))
case("whiteout-dotdot", error(DOTS), file(b"a"), file(b"../.wh.canary"))
case("whiteout-through-link-out", fine(), link(b"l", canary), file(b"l/.wh.file"))
case("opaque-through-link-out", fine(), link(b"l", canary), file(b"l/.wh..wh..opq"))
case("opaque-through-link-up", fine('[ ! -e "$root/below" ] && [ -e "$root/kept" ]'),
     file(b"below") + link(b"l", up), file(b"kept") + file(b"l/.wh..wh..opq"))
case("whiteout-through-link-within", fine('[ "$(cat "$root/real/x")" = new ] && [ ! -e "$root/real/y" ]'),
     file(b"real/x", b"old") + file(b"real/y", b"old") + link(b"l", b"real"),
     file(b"real/x", b"new") + file(b"l/.wh.x") + file(b"l/.wh.y"))
case("opaque-of-the-root", fine('[ "$(ls -A "$root")" = new ]'), file(b"a") + file(b"b/c"), file(b"new") + file(b".wh..wh..opq"))
case("opaque-with-content", fine('[ ! -e "$root/d/a" ]'), file(b"d/a"), file(b"d/.wh..wh..opq", b"x" * 5000))
case("whiteout-as-directory", fine('[ ! -e "$root/a" ]'), file(b"a"), folder(b".wh.a"))
case("whiteout-of-a-link", fine('[ ! -L "$root/l" ]'), link(b"l", canary), file(b".wh.l"))

# ---- devices, setuid, owners, attributes, times ----
case("device-of-a-disk", fine('root: [ "$(stat -c %t:%T "$root/sda")" = 8:0 ]',
                             'root: ! setpriv --reuid 65534 --regid 65534 --clear-groups test -e "$root/sda"'),
     device(b"sda", 8, 0, b"4", mode=0o666))
case("device-of-overlayfs", fine('[ ! -e "$root/w" ]', 'jq -e ".devices == [[\\"w\\", \\"c\\", 0, 0, \\"0000\\", 0, 0]]" "$root/../record.json"'),
     device(b"w", 0, 0, mode=0))
case("setuid-root", fine('[ "$(stat -c %a "$root/su")" = 4777 ]',
                         'root: ! setpriv --reuid 65534 --regid 65534 --clear-groups test -e "$root/su"'),
     file(b"su", mode=0o4777))
case("owner-negative", fine('jq -e ".owners[0][0] == \\"f\\"" "$root/../record.json"'), file(b"f", uid=-1, gid=-5))
case("owner-huge", fine('jq -e ".owners[0][0] == \\"f\\"" "$root/../record.json"'), file(b"f", uid=1 << 40))
case("mode-with-a-kind", fine('[ -f "$root/f" ]'), file(b"f", raw_mode=b"177777\0\0"))
case("time-huge", fine('[ -f "$root/f" ]'), file(b"f", mtime=1 << 62) + folder(b"d", mtime=-(1 << 62)))
case("attributes-of-this-machine", fine("/usr/bin/python3 -c 'import os, sys; sys.exit(os.listxattr(sys.argv[1]) not in ([], [\"user.good\"]))' \"$root/d\"",
                                       'jq -e ".attributes | map(select(.[1] != \\"user.good\\" and .[3])) == []" "$root/../record.json"'),
     pax([(b"SCHILY.xattr." + name, b"y") for name in (b"user.overlay.opaque", b"trusted.overlay.redirect", b"security.selinux",
                                                      b"system.posix_acl_access", b"user.good")]) + folder(b"d"))
case("attribute-huge", fine('[ -f "$root/f" ]'), pax([(b"SCHILY.xattr.user.big", b"v" * 300000)]) + file(b"f"))

# ---- sizes ----
case("size-negative", error("layer sha256"), header(b"f", size=-1) + padded(b"x"))
case("size-huge", error("too many bytes.*unpack-limit bytes="), header(b"f", size=1 << 62))
case("size-of-letters", error("layer sha256"), header(b"f", raw_size=b"zzzzzzzzzzz\0") + padded(b"pwned"))
case("size-beyond-the-end", error('entry "f": cannot be read'), header(b"f", size=100000) + padded(b"x"), end=b"")
case("size-too-small", error("layer sha256"), header(b"f", size=10) + padded(b"x" * 10) + padded(b"y" * 2000))
case("size-by-pax", error('entry "f": cannot be read'), pax([(b"size", b"9999999")]) + file(b"f"))
case("sparse-huge", error("too many bytes.*unpack-limit bytes="), sparse(b"f", [(0, 5)], 1 << 62, b"pwned"))
case("sparse-beyond-its-size", error('entry "f"'), sparse(b"f", [(1 << 40, 5)], 100, b"pwned"))
case("sparse-negative", error("layer sha256"), sparse(b"f", [(-4096, 5)], 100, b"pwned"))
case("sparse-pax-beyond", error('entry "f"'),
     pax([(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.name", b"f"), (b"GNU.sparse.realsize", b"10")])
     + header(b"x", size=517) + padded(b"1\n99999999999\n5\n") + padded(b"pwned"))

# ---- what is in the way ----
case("parent-is-a-file", error(ENTER), file(b"a") + file(b"a/b"))
case("parent-is-a-file-below", error(ENTER), file(b"a"), file(b"a/b"))
case("parent-is-a-fifo", error(ENTER), header(b"a", b"6") + file(b"a/b"))
case("duplicates", fine('[ "$(cat "$root/f")" = three ]'), file(b"f", b"one") + file(b"f", b"two") + file(b"./f", b"three"))
case("duplicates-of-every-kind", fine('[ "$(cat "$root/f")" = last ]'),
     file(b"f") + folder(b"f") + file(b"f/in") + link(b"f", canary) + header(b"f", b"6") + device(b"f", 1, 3) + folder(b"f")
     + link(b"f", b".") + file(b"f", b"last"))
case("kinds-unknown", fine('[ -f "$root/z" ]'), header(b"z", b"Z") + header(b"label", b"V") + file(b"c", kind=b"7"))

# ---- bombs ----
case("entries", error("too many entries.*unpack-limit entries="), b"".join(header(b"f%d" % i) for i in range(3000)), options="--unpack-limit entries=1000")
case("entries-implied", error("too many entries"), b"".join(pax([(b"path", b"%d/" % i + b"d/" * 200)]) + folder(b"x") for i in range(20)),
     options="--unpack-limit entries=1000")
case("entries-whiteouts", error("too many entries"), file(b"f"), b"".join(header(b".wh.%d" % i) for i in range(3000)), options="--unpack-limit entries=1000")
case("bytes", error("too many bytes"), b"".join(file(b"f%d" % i, b"x" * 4096) for i in range(300)), options="--unpack-limit bytes=1M")
zeros = header(b"f", size=300 << 20) + NUL * (300 << 20)
case("bomb-gzip", error("too many times its size.*unpack-limit ratio="), b"", packed=gzip(zeros + END))
case("headers-without-an-entry", error("layer sha256"), b"", packed=gzip(header(b"pad", b"x", size=0) * 600000))
case("bomb-after-the-end", error("too many times its size"), file(b"f"), packed=gzip(file(b"f") + END + NUL * (300 << 20)))
case("pax-large", error("layer sha256"), pax([(b"comment", b"x" * (5 << 20)), (b"path", b"x" * (5 << 20))]) + file(b"f"))
case("pax-claims-a-terabyte", error("layer sha256"), header(b"pax", b"x", size=1 << 40) + file(b"f"))
case("pax-record-of-a-false-length", fine('[ "$(cat "$root/f")" = pwned ]'), pax(b"999 path=f\n") + file(b"f"))
case("pax-without-an-entry", error("layer sha256"), pax([(b"path", b"f")]) * 3, end=b"")
window = b"\x28\xb5\x2f\xfd\x00\xa8"  # a frame with a window of 2 GiB, one raw block
tar = file(b"f") + END
case("zstd-window", error("cannot decompress"), file(b"f"), packed=window + ((len(tar) << 3) | 1).to_bytes(3, "little") + tar)
case("gzip-bytes-after", fine('[ -f "$root/f" ]'), file(b"f"), packed=gzip(tar) + b"garbage" * 100)
case("gzip-members", fine('[ -f "$root/f" ]'), file(b"f"), packed=gzip(tar[:300]) + gzip(tar[300:700]) + gzip(tar[700:]))
case("gzip-in-gzip", error("layer sha256"), file(b"f"), packed=gzip(gzip(tar)))

# ---- no tar ----
case("no-tar-text", error("not a tar file"), b"#!/bin/sh\necho pwned\n" * 100, end=b"")
case("no-tar-cpio", error("not a tar file"), b"070701" + b"0" * 104 + b"pwned\0" + b"x" * 2000, end=b"")
case("tar-checksum", error("layer sha256"), header(b"f", raw_checksum=b"000000\0 "))
case("tar-bytes-after", fine('[ ! -e "$root/g" ]'), file(b"f") + END + file(b"g"))
case("tar-without-end", fine('[ -f "$root/f" ]'), file(b"f"), end=b"")
case("tar-empty", fine('[ -z "$(ls -A "$root")" ]'), b"", end=b"")
