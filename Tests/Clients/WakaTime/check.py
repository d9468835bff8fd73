"""Reads a person's numbers with wakatime-client, a library that others wrote for WakaTime. Every step says what it
shows; the first that fails ends it.

    check.py URL        URL is what comes before /v1/…
"""

import base64
import datetime
import secrets
import sys
import uuid

import httpx
from wakatime_client import WakatimeClient

API = sys.argv[1].rstrip("/") + "/v1"


def expect(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")
    print(f"ok  {what}")


def post(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(API + path, json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()


def practised():
    """Somebody with one session that lasted five minutes, today."""
    secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    device = {"id": str(uuid.uuid4()), "name": "check", "timeZone": "UTC"}
    token = post("/auth/anonymous", {"device": device, "secret": secret})["accessToken"]
    now = datetime.datetime.now(datetime.UTC)
    start, end = (f"{now - datetime.timedelta(minutes=m):%Y-%m-%dT%H:%M:%S.000Z}" for m in (5, 0))
    session = {"id": "a", "startedAt": start, "endedAt": end, "activeMs": 300_000, "cycles": 21}
    post("/sync", {"detail": "sessions", "push": {"sessions": [session]}}, token)
    return token, datetime.date.fromisoformat(start[:10])


def check(client, day, what):
    summaries = client.summaries(day, day)
    expect(
        len(summaries["data"]) == 1,
        f"{what}: summaries() asks with start, end and range together, and start and end count")
    expect(summaries["cumulative_total"]["seconds"] == 300, f"{what}: and has five minutes")
    week = client.summaries(
        day - datetime.timedelta(days=6), day, range="Last 7 Days", timezone="UTC", writes_only=False)
    expect(len(week["data"]) == 7, f"{what}: a week of summaries")
    for name in ("last_7_days", "last_30_days", "last_6_months", "last_year", "all_time", f"{day:%Y}", f"{day:%Y-%m}"):
        expect(client.stats(range=name)["data"]["total_seconds"] == 300, f"{what}: stats({name})")
    expect(client.all_time_since_today()["data"]["total_seconds"] == 300, f"{what}: all_time_since_today()")


if __name__ == "__main__":
    token, day = practised()
    for spelling in ("wakatime", "breath-master"):
        wish = {"name": "check", "scopes": ["stats:read"], "spelling": spelling}
        key = post("/auth/keys", wish, token)["key"]
        encoded = base64.b64encode(key.encode()).decode()
        check(WakatimeClient(encoded, base_url=f"{API}/stats/wakatime/"), day, spelling)
    try:
        key = base64.b64encode(b"waka_" + str(uuid.uuid4()).encode()).decode()
        WakatimeClient(key, base_url=f"{API}/stats/wakatime/").stats()
    except httpx.HTTPStatusError as error:
        expect(error.response.status_code == 401, "a key that nobody has is refused")
    else:
        sys.exit("not so: a key that nobody has is refused")
    print("All of it works with wakatime-client.")
