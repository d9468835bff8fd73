"""What Schemathesis cannot guess of our API: how to sign in, what a right code looks like, and what is not wrong.

BREATH_API is the address of the server, without /v1; BREATH_TOOL the program `breath`, which sends mails to BREATH_SMTP_URL;
BREATH_MAILS the file where they arrive; and BREATH_UNREACHED the file for what was never done with success.
"""

import atexit
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
import threading
import time
import urllib.parse
import uuid

import schemathesis
from hypothesis import strategies as st

from closed import close_responses

REDIRECT_URI = "https://app.example/signed-in"
SERVER = urllib.parse.urlsplit(os.environ["BREATH_API"])
local = threading.local()


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


# MARK: Who calls

# Each call of these may end the caller, or lock it out.
ENDS_CALLER = {
    "logout", "eraseAccount", "revokeDevice", "revokeKey", "makeKey", "previewDeviceGrant", "decideDeviceGrant",
    "changePassword", "makeRecoveryCodes", "offerSecondFactor", "removeSecondFactor", "register",
}  # fmt: skip
SHARED_SECONDS = 600  # an access token lives for 900
# By the id of a key.
makers = {}


def with_practice():
    device = Device()
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=3)
    sessions = []
    for day in range(3):
        begin = start + datetime.timedelta(days=day)
        times = [f"{time:%Y-%m-%dT%H:%M:%S}.000Z" for time in (begin, begin + datetime.timedelta(minutes=5))]
        session = {"id": f"sess-{day}", "startedAt": times[0], "endedAt": times[1], "activeMs": 300000, "cycles": 20}
        sessions.append(session)
    setting = {"module": "breathing", "key": "pattern", "value": "chill", "changedAt": sessions[0]["startedAt"]}
    device.call("POST", "/v1/sync", {"detail": "sessions", "push": {"sessions": sessions, "settings": [setting]}})
    # What another machine of the account did is what a pull shows.
    join(device)
    return device


def join(device):
    """Another machine of the same account."""
    code = device.call("POST", "/v1/auth/pairing")["code"]
    other = {"device": {"id": str(uuid.uuid4()), "name": "other"}, "secret": secret(), "code": code}
    status, answer = call("POST", "/v1/auth/pairing/redeem", other)
    assert status == 201, (status, answer)


def name_of(case):
    return case.operation.definition.raw.get("operationId")


@schemathesis.auth(refresh_interval=None)
class Caller:
    def get(self, case, context):
        maker = makers.get((case.path_parameters or {}).get("id"))
        if maker:
            return maker
        if name_of(case) in ENDS_CALLER:
            return Device()
        shared = getattr(local, "shared", None)
        if shared is None or time.monotonic() - shared.made > SHARED_SECONDS:
            shared = local.shared = with_practice()
        return shared

    def set(self, case, device, context):
        act_as(device, case)


def act_as(device, case):
    case.headers = case.headers or {}
    case.headers["Authorization"] = f"Bearer {device.token}"
    local.caller = device


@schemathesis.hook
def after_call(context, case, response):
    if 200 <= response.status_code < 300 and response.request.method == case.operation.method.upper():
        unreached.discard(name_of(case))
    if name_of(case) == "makeKey" and response.status_code == 201:
        makers[response.json()["id"]] = local.caller


# MARK: What was reached

# Operations that did not do yet what they are for.
unreached = set()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    unreached.update(operation["operationId"] for path in raw_schema["paths"].values() for operation in path.values())
    close_responses(raw_schema)


@atexit.register
def tell():
    with open(os.environ["BREATH_UNREACHED"], "w") as file:
        file.write("".join(f"{name}\n" for name in sorted(unreached)))


# MARK: What is there


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
        self.call("POST", "/v1/auth/register", {"email": self.email, "password": self.password})
        self.call("POST", "/v1/auth/register/confirm", {"token": mailed_token(self.email)})


def person():
    if getattr(local, "person", None) is None or time.monotonic() - local.person.made > SHARED_SECONDS:
        local.person = Person()
    return local.person


def as_person(**body):
    return lambda case: act_as(person(), case) or {name: getattr(person(), value) for name, value in body.items()}


def signing_in_by_password(case):
    someone = person()
    return {"email": someone.email, "password": someone.password, "device": {"id": str(uuid.uuid4())}}


def confirming_address(case):
    device, email = Device(), f"{uuid.uuid4().hex}@example.org"
    device.call("POST", "/v1/auth/register", {"email": email, "password": "tidal breathing"})
    act_as(device, case)
    return {"token": mailed_token(email)}


def resetting_password(case):
    someone = Person()
    status, _ = call("POST", "/v1/auth/password/reset", {"email": someone.email})
    assert status == 202, status
    return {"token": mailed_token(someone.email)}


def confirming_second_factor(case):
    """RFC 6238."""
    someone = Person()
    key = base64.b32decode(someone.call("POST", "/v1/auth/totp", {"password": someone.password})["secret"])
    mac = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
    number = int.from_bytes(mac[mac[-1] & 15 :][:4], "big") & 0x7FFFFFFF
    act_as(someone, case)
    return {"code": f"{number % 1000000:06}"}


def undoing_merge(case):
    device, other = Device(), Device()
    code = device.call("POST", "/v1/auth/pairing")["code"]
    known = {"device": {"id": other.id}, "secret": other.secret, "code": code}
    status, answer = call("POST", "/v1/auth/pairing/redeem", known)
    assert status == 201, (status, answer)
    act_as(device, case)
    return {"merge": answer["merge"]["merge"]}


def asking_device(case=None):
    asking = {"client_id": "schemathesis", "device_name": "asking"}
    status, grant = call("POST", "/v1/auth/device", asking, form=True)
    assert status == 200, (status, grant)
    return {"userCode": grant["user_code"]}


def signing_in_by_git_hub(case):
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


# What takes the place of the members that only have the right form.
LIVE_BODIES = {
    "changePassword": as_person(current="password", password="password"),
    "completeGitHub": signing_in_by_git_hub,
    "confirmRegistration": confirming_address,
    "confirmReset": resetting_password,
    "confirmSecondFactor": confirming_second_factor,
    "decideDeviceGrant": asking_device,
    "eraseAccount": lambda case: {"secret": local.caller.secret},
    "login": signing_in_by_password,
    "makeRecoveryCodes": as_person(password="password"),
    "offerSecondFactor": as_person(password="password"),
    "previewDeviceGrant": asking_device,
    "redeemPairingCode": lambda case: {"code": Device().call("POST", "/v1/auth/pairing")["code"]},
    "removeSecondFactor": as_person(password="password"),
    "token": lambda case: {"grant_type": "refresh_token", "refresh_token": Device().refresh_token},
    "undoMerge": undoing_merge,
}
# Members that would ask for something else than that.
IN_THE_WAY = {"changePassword": {"recoveryCode"}, "eraseAccount": {"password"}, "login": {"recoveryCode", "totp"}}
LIVE_IDS = {
    "renameDevice": lambda: local.caller.id,
    "revokeDevice": lambda: local.caller.id,
    "revokeKey": lambda: local.caller.call("POST", "/v1/auth/keys", {"name": "x", "scopes": ["sync"]})["id"],
}
# Five wrong codes lock a network out for ten minutes.
LOCKING = {"previewDeviceGrant", "decideDeviceGrant"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts what exists in place of what only has the right form, in every other case that is to be accepted."""
    name = name_of(case)
    is_right = case.meta is not None and case.meta.generation.mode.is_positive
    # A chain of calls has values of its own.
    if not is_right or case.meta.phase.name == "stateful" or (name not in LOCKING and random.random() < 0.5):
        return
    if name in LIVE_BODIES and isinstance(case.body, dict):
        body = {member: value for member, value in case.body.items() if member not in IN_THE_WAY.get(name, ())}
        case.body = {**body, **LIVE_BODIES[name](case)}
    if name in LIVE_IDS and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = LIVE_IDS[name]()


# MARK: What right values look like


def base64url(bytes_):
    return base64.urlsafe_b64encode(bytes_).decode().rstrip("=")


SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ZONES = ["UTC", "Europe/Berlin", "America/Costa_Rica", "Asia/Kolkata", "Pacific/Apia", "Etc/GMT+12"]
ALIAS = st.characters(categories=["L", "N"], include_characters="-_.' ")


def symbols(count, alphabet=SYMBOLS):
    return st.text(alphabet, min_size=count, max_size=count)


for name, strategy in {
    "time-zone": st.sampled_from(ZONES),
    "cursor": st.builds(
        lambda life, version: base64url(b"\x01" + life + version.to_bytes(8, "big")),
        st.binary(min_size=16, max_size=16),
        st.integers(0, 2**63 - 1),
    ),
    "device-secret": st.binary(min_size=32, max_size=32).map(base64url),
    "recovery-code": symbols(20),
    "pairing-code": symbols(12).map(lambda text: f"BM-{text[:6]}-{text[6:]}"),
    "user-code": symbols(8, "BCDFGHJKLMNPQRSTVWXZ").map(lambda text: f"{text[:4]}-{text[4:]}"),
    "alias": st.text(ALIAS, min_size=1, max_size=32).filter(lambda text: text == text.strip(" ")),
    "redirect-uri": st.just(REDIRECT_URI),
}.items():
    schemathesis.openapi.format(name, strategy)


# MARK: What is not wrong

# Of values that have the right form, and that only the server can judge.
JUDGED = {"common_password", "unknown_time_zone", "unknown_redirect_uri", "invalid_alias", "invalid_cursor", "invalid_code"}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps a failure, unless a right form was refused for a reason that no schema can give, and only for that."""
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    try:
        errors = response.json()["errors"]
    except (ValueError, KeyError, TypeError):
        return True
    return not errors or not {error["code"] for error in errors} <= JUDGED


@schemathesis.hook
def map_query(context, query):
    """`from` after `to`, or too long before it, is 400 by a rule that no schema can give."""
    if query and context.operation.path == "/v1/stats/days":
        try:
            first, last = (datetime.date.fromisoformat(query[name]) for name in ("from", "to"))
        except (KeyError, TypeError, ValueError):
            return query
        if not 0 <= (last - first).days < 3660:
            query = {name: value for name, value in query.items() if name != "from"}
    return query
