#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lists a tree for comparing it with another, one entry a line, by its name:

    tree.py DIR [RECORD]

path, kind, mode, owner:group, size, device, mtime, link, content, attributes, other names. RECORD:
lines of tab-separated fields with what the tree should have beyond what it could be given (see
record_lines in unpack.sh), which is then listed as if it had it; "root is", UID: what is UID's
counts as root's."""
import hashlib
import os
import stat
import sys

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo",
         stat.S_IFCHR: "c", stat.S_IFBLK: "b", stat.S_IFSOCK: "socket"}


def shown(raw):
    """As the harness shows foreign bytes: printable UTF-8, \\xHH otherwise."""
    out = ""
    for c in raw.decode("utf-8", "surrogateescape"):
        n = ord(c)
        if c == "\\":
            out += "\\\\"
        elif n < 32 or 127 <= n < 160 or 0xDC80 <= n <= 0xDCFF:
            out += "".join("\\x%02x" % b for b in c.encode("utf-8", "surrogateescape"))
        else:
            out += c
    return out


def content(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()[:16]


def look(path):
    st = os.lstat(path)
    kind = stat.S_IFMT(st.st_mode)
    e = {"kind": KINDS[kind], "mode": stat.S_IMODE(st.st_mode), "owner": (st.st_uid, st.st_gid),
         "size": st.st_size if kind in (stat.S_IFREG, stat.S_IFLNK) else 0,
         "device": (os.major(st.st_rdev), os.minor(st.st_rdev)), "mtime": st.st_mtime_ns, "inode": st.st_ino,
         "link": shown(os.readlink(path)) if kind == stat.S_IFLNK else "",
         "content": content(path) if kind == stat.S_IFREG else "", "attributes": {}}
    if kind == stat.S_IFLNK:
        e["mode"] = 0o777
    for name in os.listxattr(path, follow_symlinks=False):
        if not name.startswith("system."):
            e["attributes"][shown(os.fsencode(name))] = os.getxattr(path, name, follow_symlinks=False).hex()
    return e


def walk(top, name, tree):
    path = os.path.join(top, name) if name else top
    tree[shown(name) or "."] = look(path)
    if stat.S_ISDIR(os.lstat(path).st_mode):
        for child in sorted(os.listdir(path)):
            walk(top, os.path.join(name, child) if name else child, tree)


def amend(tree, lines):
    for line in lines:
        what, path, *rest = line.rstrip("\n").split("\t")
        if what == "root is":
            for e in tree.values():
                e["owner"] = (0, 0) if e["owner"][0] == int(path) else e["owner"]
            continue
        path = path or "."
        if what == "device":
            kind, major, minor, mode, uid, gid = rest
            tree[path] = {"kind": kind, "mode": int(mode, 8), "owner": (int(uid), int(gid)), "size": 0,
                          "device": (int(major), int(minor)), "mtime": 0, "inode": None, "link": "",
                          "content": "", "attributes": {}}
            continue
        same = [e for e in tree.values() if e is tree[path] or e["inode"] == tree[path]["inode"]]
        for e in same:
            if what == "owner":
                e["owner"] = (int(rest[0]), int(rest[1]))
            elif what == "mode":
                e["mode"] = int(rest[0], 8)
            elif what == "attribute":
                e["attributes"][rest[0]] = rest[1]


def main():
    tree = {}
    walk(os.fsencode(sys.argv[1]), b"", tree)
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as record:
            amend(tree, record)
    first = {}
    for path in sorted(tree):
        e = tree[path]
        same = first.setdefault(e["inode"], path) if e["kind"] != "directory" and e["inode"] else path
        print(path, e["kind"], "%04o" % e["mode"], "%d:%d" % e["owner"], e["size"], "%d,%d" % e["device"],
              "%d.%09d" % divmod(e["mtime"], 10**9), e["link"], e["content"],
              " ".join("%s=%s" % a for a in sorted(e["attributes"].items())), "" if same == path else "= " + same,
              sep="\t")


main()
