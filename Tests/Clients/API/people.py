"""People and machines that use the API as it is meant, beside the requests that are checked.

BREATH_API is the address of the server, without /v1; BREATH_TOOL the program `breath`, which sends mails to
BREATH_SMTP_URL; and BREATH_MAILS the file where they arrive.
"""

import base64
import datetime
import hmac
import http.client
import json
import os
import random
import re
import secrets
import subprocess
import time
import urllib.parse
import uuid

REDIRECT_URI = "https://app.example/signed-in"
SERVER = urllib.parse.urlsplit(os.environ["BREATH_API"])


def call(method, path, body=None, token=None, form=False):
    """One request beside those that are checked. Answers status and JSON."""
    connection = http.client.HTTPConnection(SERVER.hostname, SERVER.port, timeout=30)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
    data = urllib.parse.urlencode(body) if form else json.dumps(body) if body is not None else None
    connection.request(method, path, data, headers)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply.status, json.loads(text) if text else None


def secret():
    return secrets.token_urlsafe(32)


class Device:
    """Signed in, with an anonymous account of its own."""

    def __init__(self):
        self.id, self.secret = str(uuid.uuid4()), secret()
        self.made = time.monotonic()
        enrolment = {"device": {"id": self.id, "name": "test", "timeZone": "Europe/Berlin"}, "secret": self.secret}
        status, grant = call("POST", "/v1/auth/anonymous", enrolment)
        assert status == 201, (status, grant)
        self.token, self.refresh_token = grant["accessToken"], grant["refreshToken"]

    def call(self, method, path, body=None):
        status, answer = call(method, path, body, self.token)
        assert status < 300, (method, path, status, answer)
        return answer


def mailed_token(address):
    """Of the last mail to somebody."""
    command = [os.environ["BREATH_TOOL"], "outbox", "--from", "breath@example.org"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(os.environ["BREATH_MAILS"]) as lines:
        mails = [json.loads(line) for line in lines if line.startswith("{")]
    text = [mail["data"] for mail in mails if mail["to"] == [address]][-1]
    return re.search(r"^[A-Za-z0-9_-]{86}\s*$", text, re.MULTILINE).group().strip()


class Person(Device):
    """With an address and a password."""

    def __init__(self):
        super().__init__()
        self.email, self.password = f"{uuid.uuid4().hex}@example.org", "tidal breathing"
        self.call("POST", "/v1/auth/register", {"email": self.email, "password": self.password, "secret": self.secret})
        self.call("POST", "/v1/auth/register/confirm", {"token": mailed_token(self.email)})

    def code(self):
        """Of an authenticator app that has the secret of a new second factor (RFC 6238)."""
        key = base64.b32decode(self.call("POST", "/v1/auth/totp", {"password": self.password})["secret"])
        mac = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
        number = int.from_bytes(mac[mac[-1] & 15 :][:4], "big") & 0x7FFFFFFF
        return f"{number % 1000000:06}"


class Administrator(Person):
    """Signed in with both factors."""

    def __init__(self):
        super().__init__()
        code = self.code()
        self.call("POST", "/v1/auth/totp/confirm", {"code": code})
        account = self.call("GET", "/v1/auth/account")["account"]
        subprocess.run([os.environ["BREATH_TOOL"], "admins", "add", account], check=True, stdout=subprocess.DEVNULL)
        proof = {"email": self.email, "password": self.password, "totp": code}
        status, grant = call("POST", "/v1/auth/login", {**proof, "device": {"id": self.id}, "secret": self.secret})
        assert status == 200 and grant["role"] == "admin", (status, grant)
        self.token = grant["accessToken"]


def with_practice():
    """A device of an account with some days of practice and another machine."""
    device = Device()
    start = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=3)
    sessions = []
    for day in range(3):
        begin = start + datetime.timedelta(days=day)
        times = [f"{time:%Y-%m-%dT%H:%M:%S}.000Z" for time in (begin, begin + datetime.timedelta(minutes=5))]
        session = {"id": f"sess-{day}", "startedAt": times[0], "endedAt": times[1], "activeMs": 300000, "cycles": 20}
        sessions.append(session)
    setting = {"module": "breathing", "key": "pattern", "value": "chill", "changedAt": sessions[0]["startedAt"]}
    device.call("PUT", "/v1/sync/detail", {"detail": "sessions"})
    device.call("POST", "/v1/sync", {"detail": "sessions", "push": {"sessions": sessions, "settings": [setting]}})
    # What another machine of the account did is what a pull shows.
    join(device)
    return device


def join(device, id=None, its_secret=None):
    """Another machine of the same account; with an account of its own, that one is merged."""
    code = device.call("POST", "/v1/auth/pairing")["code"]
    other = {"device": {"id": id or str(uuid.uuid4())}, "secret": its_secret or secret(), "code": code}
    status, answer = call("POST", "/v1/auth/pairing/redeem", other)
    assert status == 201, (status, answer)
    return answer


def asking_device():
    """The code that a device shows which asks to be let in."""
    status, grant = call("POST", "/v1/auth/device", {"client_id": "schemathesis", "device_name": "asking"}, form=True)
    assert status == 200, (status, grant)
    return grant["user_code"]


def back_from_git_hub():
    """What a device sends that comes back from GitHub."""
    device = {"device": {"id": str(uuid.uuid4())}, "secret": secret()}
    status, begun = call("POST", "/v1/auth/github", {**device, "redirectUri": REDIRECT_URI})
    assert status == 200, (status, begun)
    page = urllib.parse.urlsplit(f"{begun['authorizeUrl']}&login=u{random.randrange(1, 1 << 40)}")
    connection = http.client.HTTPConnection(page.hostname, page.port, timeout=30)
    connection.request("GET", f"{page.path}?{page.query}")
    back = urllib.parse.urlsplit(connection.getresponse().getheader("Location"))
    connection.close()
    return {**device, **dict(urllib.parse.parse_qsl(back.query))}
