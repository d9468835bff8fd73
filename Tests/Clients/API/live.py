"""What exists, in place of what only has the right form: codes, tokens, ids and passwords of somebody.

Each entry makes it for one request, and may have somebody else send that.
"""

import threading
import time
import uuid

from people import (
    Administrator,
    Device,
    Person,
    asking_device,
    back_from_git_hub,
    call,
    join,
    mailed_token,
    with_practice,
)

SHARED_SECONDS = 600  # an access token lives for 900
local = threading.local()


def shared(name, make):
    """Made once, and again before its token expires."""
    known = getattr(local, name, None)
    if known is None or time.monotonic() - known.made > SHARED_SECONDS:
        known = make()
        setattr(local, name, known)
    return known


def somebody():
    return shared("device", with_practice)


def person():
    return shared("person", Person)


# Who calls what is not for everybody; somebody whose tier nobody changes meanwhile, for single sessions.
CALLERS = {
    "hours": lambda: shared("reader", with_practice),
    "session": lambda: shared("administrator", Administrator),
    "sessions": lambda: shared("reader", with_practice),
}


def act_as(device, case):
    case.headers = case.headers or {}
    case.headers["Authorization"] = f"Bearer {device.token}"
    local.caller = device


def caller():
    """Who sends the request that is being made."""
    return local.caller


# MARK: Bodies


def with_password(*names):
    """The person's password, under these names."""

    def body(case):
        act_as(person(), case)
        return {name: person().password for name in names}

    return body


def signing_in(case):
    return {"email": person().email, "password": person().password, "device": {"id": str(uuid.uuid4())}}


def confirming_address(case):
    device, email = Device(), f"{uuid.uuid4().hex}@example.org"
    device.call("POST", "/v1/auth/register", {"email": email, "password": "tidal breathing", "secret": device.secret})
    act_as(device, case)
    return {"token": mailed_token(email)}


def resetting_password(case):
    someone = Person()
    status, _ = call("POST", "/v1/auth/password/reset", {"email": someone.email})
    assert status == 202, status
    return {"token": mailed_token(someone.email)}


def confirming_second_factor(case):
    someone = Person()
    act_as(someone, case)
    return {"code": someone.code()}


def undoing_merge(case):
    device, other = Device(), Device()
    answer = join(device, other.id, other.secret)
    act_as(device, case)
    return {"merge": answer["merge"]["merge"]}


BODIES = {
    "changePassword": with_password("current", "password"),
    "completeGitHub": lambda case: back_from_git_hub(),
    "confirmRegistration": confirming_address,
    "confirmReset": resetting_password,
    "confirmSecondFactor": confirming_second_factor,
    "decideDeviceGrant": lambda case: {"userCode": asking_device()},
    "eraseAccount": lambda case: {"secret": caller().secret},
    "login": signing_in,
    "makeRecoveryCodes": with_password("password"),
    "offerSecondFactor": with_password("password"),
    "previewDeviceGrant": lambda case: {"userCode": asking_device()},
    "redeemPairingCode": lambda case: {"code": Device().call("POST", "/v1/auth/pairing")["code"]},
    "removeSecondFactor": with_password("password"),
    "token": lambda case: {"grant_type": "refresh_token", "refresh_token": Device().refresh_token},
    "undoMerge": undoing_merge,
}
# Members that would ask for something else than that.
IN_THE_WAY = {"changePassword": {"recoveryCode"}, "eraseAccount": {"password"}, "login": {"recoveryCode", "totp"}}


# MARK: Ids


def complete_challenge(case):
    device = Device()
    today = device.call("GET", "/v1/stats/challenges/today")["date"]
    day = {"date": today, "sessions": 9, "activeMs": 14400000, "cycles": 2000, "xp": 100}
    device.call("POST", "/v1/sync", {"push": {"days": [day]}})
    challenges = device.call("GET", "/v1/stats/challenges/today")["challenges"]
    act_as(device, case)
    return next(challenge["id"] for challenge in challenges if challenge["complete"])


SHARED = {"content": ["level", "streak", "week", "totals", "heatmap", "trend"], "name": "Ana"}


def share(device):
    return device.call("POST", "/v1/stats/shares", SHARED)["id"]


class Sharer(Device):
    def __init__(self):
        super().__init__()
        self.share = share(self)


def shown(case):
    return shared("sharer", Sharer).share


IDS = {
    "claim": complete_challenge,
    "renameDevice": lambda case: caller().id,
    "revokeDevice": lambda case: caller().id,
    "revokeShare": lambda case: share(caller()),
    "sharedBadge": shown,
    "sharedCard": shown,
    "sharedHeatmap": shown,
    "sharedShields": shown,
    "sharedTrend": shown,
    "revokeKey": lambda case: caller().call("POST", "/v1/auth/keys", {"name": "x", "scopes": ["sync"]})["id"],
}
