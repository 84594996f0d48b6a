# SPDX-License-Identifier: Apache-2.0
"""A token server for docker-registry: JSON Web Tokens, RS256 by the openssl command.

    token-server.py CERT KEY ISSUER SERVICE LOG

Listens on a port of 127.0.0.1 by TLS with CERT and KEY, which sign the tokens too, and prints it.
The user "tester" has the password "hunter2" and the identity token "refresh-hunter2", and may push
and pull everything; anybody may pull what is named public/*. Each request adds a line of JSON to LOG.
"""
import base64
import http.server
import json
import re
import ssl
import subprocess
import sys
import time
import urllib.parse

cert, key, issuer, service, log_path = sys.argv[1:]
log = open(log_path, "a", encoding="utf-8", buffering=1)
USER = "Basic " + base64.b64encode(b"tester:hunter2").decode()


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def certificate():
    with open(cert, encoding="ascii") as f:
        text = f.read()
    return re.search("-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.S)[1].replace("\n", "")


def sign(access):
    now = int(time.time())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [certificate()]}
    claims = {"iss": issuer, "sub": "tester", "aud": service, "exp": now + 300, "nbf": now - 10, "iat": now,
              "jti": str(time.monotonic_ns()), "access": access}
    text = encode(json.dumps(header).encode()) + b"." + encode(json.dumps(claims).encode())
    made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text, stdout=subprocess.PIPE, check=True)
    return (text + b"." + encode(made.stdout)).decode()


def access(scopes, known):
    granted = []
    for scope in scopes:
        kind, name, actions = scope.split(":")
        actions = [a for a in actions.split(",") if known or a == "pull" and name.startswith("public/")]
        granted.append({"type": kind, "name": name, "actions": actions})
    return granted


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self, fields, how):
        log.write(json.dumps({"method": self.command, "how": how, "scope": fields.get("scope"),
                              "service": fields.get("service")}) + "\n")

    def do_GET(self):
        fields = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        given = self.headers.get("Authorization")
        self.note(fields, "basic" if given else "anonymous")
        if given not in (None, USER):
            self.answer(401, {"details": "incorrect username or password"})
        else:
            self.answer(200, {"token": sign(access(fields.get("scope", []), given == USER)), "expires_in": 300})

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        fields = urllib.parse.parse_qs(self.rfile.read(length).decode())
        self.note(fields, fields.get("grant_type", [""])[0])
        if fields.get("refresh_token") != ["refresh-hunter2"]:
            self.answer(400, {"error": "invalid_grant", "error_description": "this token was revoked"})
        else:
            self.answer(200, {"access_token": sign(access(fields["scope"], True)), "expires_in": 300})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
