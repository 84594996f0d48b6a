# SPDX-License-Identifier: Apache-2.0
"""A registry that misbehaves: the name of the repository says how.

    registry-server.py LAYOUT LOG [CERT KEY]

LAYOUT is an OCI layout whose image every repository holds. Prints two ports of 127.0.0.1: of the
registry, and of another host to which it redirects (which, with CERT and KEY, alone speaks plain
HTTP). Each request adds a line of JSON to LOG: port ("registry", "other"), method, path,
authorization, range.
"""
import base64
import email.utils
import http.server
import json
import ssl
import sys
import threading
import time
import urllib.parse

layout, log_path = sys.argv[1:3]
tls = sys.argv[3:5]
with open(layout + "/index.json", encoding="utf-8") as file:
    TOP = json.load(file)["manifests"][0]
with open(layout + "/blobs/" + TOP["digest"].replace(":", "/"), encoding="utf-8") as file:
    LAST = max((layer["digest"] for layer in json.load(file).get("layers", [])), default="")
log = open(log_path, "a", encoding="utf-8", buffering=1)
lock = threading.Lock()
counts = {}  # of requests, by whatever is counted
BASIC = "Basic " + base64.b64encode(b"tester:hunter2").decode()


def blob(digest):
    try:
        with open(layout + "/blobs/" + digest.replace(":", "/"), "rb") as f:
            return f.read()
    except OSError:
        return None


def count(*key):
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def note(self):
        line = {"port": self.server.role, "method": self.command, "path": self.path,
                "authorization": self.headers.get("Authorization"), "range": self.headers.get("Range")}
        with lock:
            log.write(json.dumps(line) + "\n")

    # ---- answers ----

    def answer(self, status, body=b"", headers=(), length=None, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fault(self, status, code, message, headers=()):
        text = json.dumps({"errors": [{"code": code, "message": message}]})
        self.answer(status, text.encode(), headers)

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def chunked(self, kind="application/octet-stream"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def hang_up(self):
        self.close_connection = True
        self.wfile.flush()

    # ---- a registry as it should be ----

    def serve_manifest(self, reference):
        if reference.startswith("sha256:"):
            body = blob(reference)
        else:
            body = blob(TOP["digest"]) if reference == "latest" else None
        if body is None:
            return self.fault(404, "MANIFEST_UNKNOWN", "manifest unknown")
        kind = json.loads(body).get("mediaType", TOP["mediaType"])
        return self.answer(200, body, kind=kind)

    def serve_blob(self, body, offset=None, claimed=None):
        """From offset, where the client asked for it."""
        wanted = self.headers.get("Range")
        if wanted is None or offset == 0:
            return self.answer(200, body, kind="application/octet-stream")
        first = int(wanted.removeprefix("bytes=").split("-")[0])
        said = first if claimed is None else claimed
        return self.answer(206, body[first:], [("Content-Range", f"bytes {said}-{len(body) - 1}/{len(body)}")],
                           kind="application/octet-stream")

    def cut(self, body, at):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:at])
        self.hang_up()

    # ---- what goes wrong, by the name of the repository ----

    def manifest(self, mode, reference):
        by_tag = not reference.startswith("sha256:")
        if mode in MANIFESTS and by_tag:
            return MANIFESTS[mode](self)
        if mode == "wrong-manifest" and not by_tag:
            return self.answer(200, blob(reference) + b"\n", kind="application/vnd.oci.image.manifest.v1+json")
        return self.serve_manifest(reference)

    def large_blob(self, mode, digest):
        body = blob(digest)
        if mode.startswith("last-"): # of many layers, by their digests, only one
            mode = mode.removeprefix("last-") if digest == LAST else "good"
        if mode in BLOBS and len(body) > 10000:
            return BLOBS[mode](self, body)
        return self.serve_blob(body)

    def challenge(self, mode, error=""):
        realm = f'{"https" if tls else "http"}://{self.headers["Host"]}/token/{mode}'
        self.fault(401, "UNAUTHORIZED", "authentication required",
                   [("WWW-Authenticate", f'Bearer realm="{realm}",service="test",scope="repository:x:pull"{error}')])

    def permitted(self, mode):
        """False: has been answered already."""
        given = self.headers.get("Authorization")
        if mode in ("redirect", "basic", "foreign-401") and given != BASIC:
            self.fault(401, "UNAUTHORIZED", "authentication required", [("WWW-Authenticate", 'Basic realm="test"')])
        elif mode == "refused" or mode in ("expired", "no-token", "bad-token") and given is None:
            self.challenge(mode)
        elif mode == "expired" and given == "Bearer token-1" and count("expired") > 2:
            self.challenge(mode, ',error="invalid_token"')
        elif mode == "negotiate":
            self.fault(401, "UNAUTHORIZED", "no", [("WWW-Authenticate", "Negotiate")])
        elif mode == "denied":
            self.fault(403, "DENIED", "not \x1b[31m for you: a\nb")
        else:
            return True
        return False

    def token(self, mode):
        if mode == "no-token":
            return self.fault(403, "DENIED", "no token for you")
        token = "a\r\nX-Injected: b" if mode == "bad-token" else f"token-{count('token', mode)}"
        return self.answer(200, json.dumps({"token": token, "expires_in": 300}).encode())

    def other(self, digest):
        """The other host, which must never see who asks."""
        body = blob(digest)
        return self.answer(404) if body is None else self.serve_blob(body)

    def respond(self):
        self.note()
        path = urllib.parse.urlsplit(self.path).path
        part = path.strip("/").split("/")
        if part[0] == "token":
            return self.token(part[1])
        if self.server.role == "other":
            return self.other(part[-1])
        if len(part) != 4 or part[0] != "v2":
            return self.answer(404, b"<html>not a registry</html>", kind="text/html")
        mode, kind, name = part[1:]
        if mode in ALWAYS:
            return ALWAYS[mode](self)
        if not self.permitted(mode):
            return None
        return self.manifest(mode, name) if kind == "manifests" else self.large_blob(mode, name)

    def do_GET(self):
        try:
            self.respond()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    do_HEAD = do_GET
    do_POST = do_GET

    # ---- the ways ----

    def limited(self, times, headers):
        if count("limited", self.path) <= times:
            return self.fault(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.", headers())
        return self.serve_manifest("latest")

    def failing(self, times):
        if count("failing", self.path) <= times:
            return self.fault(500, "UNKNOWN", "out of order")
        return self.serve_manifest("latest")

    def drip(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for i in range(len(body)):
            self.wfile.write(body[i:i + 1])
            time.sleep(0.05)
        return None

    def drip_headers(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for i in range(1000):
            self.wfile.write(b"X-%d: y\r\n" % i)
            time.sleep(0.2)

    def endless_headers(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Padding: " + b"x" * 1000 + b"\r\n")

    def endless_line(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            self.wfile.write(b"x" * 10000)

    def huge(self):
        self.send_response(200)
        self.send_header("Content-Length", str(100 << 20))
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" " * (1 << 20))

    def huge_chunked(self):
        self.chunked(kind="application/vnd.oci.image.manifest.v1+json")
        while True:
            self.chunk(b" " * 100000)

    def endless_blob(self, body):
        self.chunked()
        self.chunk(body)
        while True:
            self.chunk(b"x" * 100000)

    def once_cut(self, body, rest):
        """Half of it the first time, then what rest makes of the request."""
        if count("cut", self.path) == 1:
            return self.cut(body, len(body) // 2)
        return rest()

    def wrong_range(self, body):
        wrong = self.headers.get("Range") is not None
        return self.serve_blob(body, claimed=7) if wrong else self.serve_blob(body)

    def promise(self):
        """A manifest whose layer is said to have an exbibyte."""
        manifest = json.loads(blob(json.loads(blob(TOP["digest"]))["manifests"][0]["digest"]))
        manifest["layers"][0]["size"] = 1 << 60
        return self.answer(200, json.dumps(manifest).encode(), kind=OCI + "manifest.v1+json")

    def redirect(self, to):
        return self.answer(307, headers=[("Location", to)])

    def redirect_blob(self):
        digest = self.path.rsplit("/", 1)[1]
        return self.redirect(f"http://localhost:{other.server_port}/elsewhere/{digest}?X-Signature=hunter2")


def now_plus(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


RATE = [("RateLimit-Limit", "100;w=21600"), ("RateLimit-Remaining", "0;w=21600")]
OCI = "application/vnd.oci.image."
ALWAYS = {  # whatever is asked for
    "headers": Handler.endless_headers,
    "header-line": Handler.endless_line,
    "loris-head": Handler.drip_headers,
    "reset": Handler.hang_up,
    "silent": lambda h: time.sleep(30),
    "loop": lambda h: h.redirect(h.path),
    "html": lambda h: h.answer(200, b"<html>hello</html>", kind="text/html"),
    "nowhere": lambda h: h.answer(307),
    "file": lambda h: h.redirect("file:///etc/passwd"),
    "user-info": lambda h: h.redirect(f"http://me:hunter2@localhost:{other.server_port}/x"),
}
MANIFESTS = {  # of the tag
    "limit": lambda h: h.limited(1, lambda: [("Retry-After", "1")]),
    "limit-date": lambda h: h.limited(1, lambda: [("Retry-After", now_plus(2))]),
    "limit-long": lambda h: h.limited(99, lambda: [("Retry-After", "3600")]),
    "limit-for-ever": lambda h: h.limited(99, lambda: RATE),
    "flaky": lambda h: h.failing(2),
    "broken": lambda h: h.failing(1 << 30),
    "garbage": lambda h: h.answer(200, b'{"schemaVersion": 2, "manifests": [}', kind=OCI + "index.v1+json"),
    "binary": lambda h: h.answer(200, b"\x00\xff\x1b[31m" * 100, kind=OCI + "index.v1+json"),
    "empty": lambda h: h.answer(200, b"", kind=OCI + "index.v1+json"),
    "huge": Handler.huge,
    "promise": Handler.promise,
    "huge-chunked": Handler.huge_chunked,
    "schema1": lambda h: h.answer(200, b'{"schemaVersion": 1}',
                                  kind="application/vnd.docker.distribution.manifest.v1+prettyjws"),
    "both": lambda h: h.answer(200, b'{"schemaVersion": 2, "manifests": [], "layers": []}', kind=OCI + "index.v1+json"),
    "other-type": lambda h: h.answer(200, json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json"}).encode(),
                                     kind=OCI + "index.v1+json"),
    "other-digest": lambda h: h.answer(200, blob(TOP["digest"]), [("Docker-Content-Digest", "sha256:" + "0" * 64)],
                                       kind=TOP["mediaType"]),
    "sha512": lambda h: h.answer(200, json.dumps({"schemaVersion": 2, "manifests": [
        {"digest": "sha512:" + "0" * 128, "size": 1, "mediaType": OCI + "manifest.v1+json"}]}).encode(),
        kind=OCI + "index.v1+json"),
}
BLOBS = {  # of layers
    "cut": lambda h, b: h.once_cut(b, lambda: h.serve_blob(b)),
    "cut-whole": lambda h, b: h.once_cut(b, lambda: h.serve_blob(b, offset=0)),
    "cut-wrong": lambda h, b: h.once_cut(b, lambda: h.wrong_range(b)),
    "cut-for-ever": lambda h, b: h.cut(b, 1000),
    "cut-unevenly": lambda h, b: h.cut(b, 100_000 if count("uneven") % 2 == 0 else 1_400_000),
    "cut-416": lambda h, b: h.once_cut(b, lambda: h.fault(416, "RANGE", "no") if h.headers.get("Range") else h.serve_blob(b)),
    "damaged": lambda h, b: h.serve_blob(b[:-1] + bytes([b[-1] ^ 1])),
    "short": lambda h, b: h.serve_blob(b[:-1]),
    "long": lambda h, b: h.serve_blob(b + b"x"),
    "endless": lambda h, b: h.endless_blob(b),
    "loris": lambda h, b: h.drip(b),
    "slow": lambda h, b: h.drip(b),
    "gone": lambda h, b: h.fault(404, "BLOB_UNKNOWN", "blob unknown to registry"),
    "broken-blob": lambda h, b: h.fault(503, "UNAVAILABLE", "try later"),
    "redirect": lambda h, b: h.redirect_blob(),
    "downgrade": lambda h, b: h.redirect_blob(),
    "foreign-401": lambda h, b: h.redirect(f"http://localhost:{port}/v2/refused/blobs/x"),
}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    role = "registry"

    def handle_error(self, request, client_address):
        pass  # clients that hang up are what is tested


registry = Server(("127.0.0.1", 0), Handler)
other = Server(("127.0.0.1", 0), Handler)
other.role = "other"
port = registry.server_port
if tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls)
    registry.socket = context.wrap_socket(registry.socket, server_side=True)
threading.Thread(target=other.serve_forever, daemon=True).start()
print(port, other.server_port, flush=True)
registry.serve_forever()
