"""A stand-in for GitHub's OAuth endpoints, for tests: prints its port, and ends with its standard input.

    github.py [CERTIFICATE KEY]     with TLS when there are two files

It is strict where GitHub is: a code works once, for the client, the redirect URI and the PKCE challenge it was asked
with. Who signs in is what `login` in the authorisation URL says: `u123` is the user with the id 123. Others misbehave:
`down` answers 503, `nobody` has no id, `denied` refuses.
"""

import base64
import hashlib
import json
import secrets
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse

CLIENT_ID, CLIENT_SECRET = "breath-test-client", "breath-test-secret"
codes, tokens = {}, {}


def single(text):
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


class GitHub(BaseHTTPRequestHandler):
    def answer(self, status, body=None, **headers):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        url = urlparse(self.path)
        if url.path == "/login/oauth/authorize":
            self.authorize(single(url.query))
        elif url.path == "/user":
            self.user()
        else:
            self.answer(404, {"message": "Not Found"})

    def authorize(self, query):
        hashes = query.get("code_challenge_method") == "S256"
        if query.get("client_id") != CLIENT_ID or not hashes or not query.get("state"):
            return self.answer(400, {"message": "Bad Request"})
        answer = {"state": query["state"]}
        if query.get("login") == "denied":
            answer["error"] = "access_denied"
        else:
            answer["code"] = secrets.token_hex(10)
            codes[answer["code"]] = query
        self.answer(302, None, Location=query["redirect_uri"] + "?" + urlencode(answer))

    def do_POST(self):
        form = single(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        if urlparse(self.path).path != "/login/oauth/access_token":
            return self.answer(404, {"message": "Not Found"})
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return self.answer(200, {"error": "incorrect_client_credentials"})
        asked = codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not asked or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return self.answer(200, {"error": "bad_verification_code"})
        token = "gho_" + secrets.token_hex(18)
        tokens[token] = asked.get("login", "u1")
        self.answer(200, {"access_token": token, "token_type": "bearer", "scope": ""})

    def user(self):
        login = tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if not login or not self.headers.get("User-Agent"):
            return self.answer(401, {"message": "Bad credentials"})
        if login == "down":
            return self.answer(503, {"message": "Unavailable"})
        user = {"login": login, "type": "User", "email": "octocat@example.com"}
        if login.startswith("u") and login[1:].isdigit():
            user["id"] = int(login[1:])
        self.answer(200, user)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
