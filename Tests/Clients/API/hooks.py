"""What Schemathesis cannot guess of our API: who calls, what exists, and what is not wrong.

BREATH_UNREACHED is the file for the operations that were never done with success; people.py names the other variables.
"""

import atexit
import datetime
import os
import random
from xml.etree import ElementTree

import schemathesis

import formats  # noqa: F401  (registers them)
import live
from closed import close_responses
from people import Device

# Operations that did not do yet what they are for.
unreached = set()
# Who made a key or a share, by its id.
makers = {}
# Each call of these may end the caller, or lock it out: it is somebody's of their own.
ENDS_CALLER = {
    "logout", "eraseAccount", "revokeDevice", "revokeKey", "makeKey", "previewDeviceGrant", "decideDeviceGrant",
    "changePassword", "makeRecoveryCodes", "offerSecondFactor", "removeSecondFactor", "register",
    "makeShare", "revokeShare",
}  # fmt: skip
# Five wrong codes lock a network out for ten minutes.
LOCKING = {"previewDeviceGrant", "decideDeviceGrant"}
# How many days a view shows at most, where that is not ten years.
DAYS_MAX = {"hours": 366, "trend": 731}
# Why values of the right form are refused that only the server can judge.
JUDGED = {
    "common_password", "invalid_alias", "invalid_code", "invalid_cursor", "invalid_name", "reads_only",
    "unknown_redirect_uri", "unknown_time_zone",
}  # fmt: skip


def name_of(case):
    return case.operation.definition.raw.get("operationId")


def is_right(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.hook
def before_load_schema(context, raw_schema):
    unreached.update(operation["operationId"] for path in raw_schema["paths"].values() for operation in path.values())
    close_responses(raw_schema)


@schemathesis.auth(refresh_interval=None)
class Caller:
    def get(self, case, context):
        maker = makers.get((case.path_parameters or {}).get("id"))
        if maker:
            return maker
        if name_of(case) in ENDS_CALLER:
            return Device()
        return live.CALLERS.get(name_of(case), live.somebody)()

    def set(self, case, device, context):
        live.act_as(device, case)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts what exists in place of what only has the right form, in every other case that is to be accepted."""
    name = name_of(case)
    if not is_right(case):
        return
    if name == "wakaTimeSummaries":
        case.query = possible_span(case.query or {}, 366, ("start", "end"), needs_both=True)
    elif case.query and case.operation.path.startswith("/v1/stats/"):
        case.query = possible_span(case.query, DAYS_MAX.get(name, 3660))
    # A chain of calls has values of its own.
    if case.meta.phase.name == "stateful" or (name not in LOCKING and random.random() < 0.5):
        return
    if name in live.BODIES and isinstance(case.body, dict):
        body = {member: value for member, value in case.body.items() if member not in live.IN_THE_WAY.get(name, ())}
        case.body = {**body, **live.BODIES[name](case)}
    if name in live.IDS and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = live.IDS[name](case)


def possible_span(query, days_max, ends=("from", "to"), needs_both=False):
    """Rules that no schema can give: a named span or two dates, in their order, and not too many days."""
    if any(query.get(name) in ("today", "yesterday") for name in ends):
        # A word and a date, or the words the wrong way round: as status bars ask.
        return {**query, ends[0]: "yesterday", ends[1]: "today"}

    def without(*names):
        return {name: value for name, value in query.items() if name not in names}

    if "range" in query:
        return without(*ends)
    try:
        first, last = (datetime.date.fromisoformat(query[name]) for name in ends)
    except KeyError:
        # None or one of two: asked for by name instead, as WakaTime's clients do.
        return {**without(*ends), "range": "Today"} if needs_both else query
    except (TypeError, ValueError):
        return query
    if 0 <= (last - first).days < days_max:
        return query
    return {**query, ends[0]: query[ends[1]]} if needs_both else without(ends[0])


@schemathesis.hook
def after_call(context, case, response):
    if 200 <= response.status_code < 300 and response.request.method == case.operation.method.upper():
        unreached.discard(name_of(case))
    if name_of(case) in ("makeKey", "makeShare") and response.status_code == 201:
        makers[response.json()["id"]] = live.caller()


@schemathesis.check
def picture(ctx, response, case):
    """What says that it is a picture can be drawn."""
    kind = response.headers.get("content-type", [""])[0]
    if kind.startswith("image/svg+xml") and response.content:
        root = ElementTree.fromstring(response.content)
        assert root.tag == "{http://www.w3.org/2000/svg}svg", root.tag


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


@atexit.register
def tell():
    with open(os.environ["BREATH_UNREACHED"], "w") as file:
        file.write("".join(f"{name}\n" for name in sorted(unreached)))
