"""Walks through our OAuth as a client author would, with libraries that others wrote: Authlib for the flows, PyJWT for
the tokens. Every step says what it shows; the first that fails ends it.

    check.py URL        URL is what comes before /v1/…, served with GitHub's stand-in
"""

import base64
import secrets
import sys
import uuid
from urllib.parse import urlencode

import jwt
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT_URI = "https://app.example/signed-in"
AUDIENCE = "breath-master-sync"
API = sys.argv[1].rstrip("/") + "/v1"


def shown(what):
    print(f"ok  {what}")


def expect(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")
    shown(what)


def enrolment():
    secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return {"device": {"id": str(uuid.uuid4()), "name": "check", "timeZone": "Europe/Berlin"}, "secret": secret}


def post(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.post(API + path, json=body, headers=headers, timeout=30)


def refused(call, error, what):
    try:
        call()
    except AuthlibBaseError as problem:
        return expect(problem.error == error, f"{what}: {problem.error}")
    sys.exit(f"not so: {what}")


def verified(token, metadata):
    """Authentic, for us, from us, of the right kind and algorithm, by PyJWT from our JWKS."""
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    expect(jwt.get_unverified_header(token)["typ"] == "at+jwt", "the token says that it is an access token (RFC 9068)")
    return jwt.decode(
        token, key.key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=metadata["issuer"],
        options={"require": ["exp", "iat", "sub", "aud", "iss"]})


def check_tokens(metadata, token):
    claims = verified(token, metadata)
    expect(claims["exp"] - claims["iat"] == 900, "PyJWT verifies an access token from our JWKS; it lives 15 minutes")
    head, body, signature = token.split(".")
    changed = ".".join([head, body, ("B" if signature[0] == "A" else "A") + signature[1:]])
    try:
        verified(changed, metadata)
    except jwt.InvalidSignatureError:
        shown("a changed signature is none")
    else:
        sys.exit("not so: a changed signature is none")
    answer = requests.get(API + "/stats/summary", headers={"Authorization": f"Bearer {changed}"}, timeout=30)
    expect(answer.status_code == 401, "and we do not take it either")


def check_device_grant(metadata, approver):
    client = OAuth2Session("authlib-check", token_endpoint_auth_method="none")
    asked = requests.post(
        metadata["device_authorization_endpoint"],
        data={"client_id": "authlib-check", "scope": "sync stats"}, timeout=30).json()
    members = {"device_code", "user_code", "verification_uri", "expires_in", "interval"}
    expect(members <= set(asked), "the device grant begins (RFC 8628)")

    def poll():
        return client.fetch_token(metadata["token_endpoint"], grant_type=DEVICE_GRANT, device_code=asked["device_code"])

    refused(poll, "authorization_pending", "Authlib understands that nobody has decided")
    refused(poll, "slow_down", "and that it asked too early")
    seen = post("/auth/device/preview", {"userCode": asked["user_code"]}, approver).json()
    expect(seen["client"] == "authlib-check", "the approver sees who asks")
    decided = post("/auth/device/approve", {"userCode": asked["user_code"], "decision": "approve"}, approver)
    expect(decided.status_code == 200, "the approver types the code")
    token = poll()
    expect(client.get(API + "/stats/summary").status_code == 200, "Authlib fetched a token and calls the API with it")
    refused(poll, "invalid_grant", "the device code works once")
    check_refresh(client, metadata, token)
    return client


def check_refresh(client, metadata, token):
    old = token["refresh_token"]
    renewed = client.refresh_token(metadata["token_endpoint"], refresh_token=old)
    same = renewed["refresh_token"] == old
    expect(
        renewed["access_token"] and same, "Authlib refreshes; within a minute the refresh token stays (docs/tokens.md)")
    expect(client.get(API + "/stats/summary").status_code == 200, "the new token works")
    refused(
        lambda: client.refresh_token(metadata["token_endpoint"], refresh_token="bm_r_AAAA"), "invalid_grant",
        "a refresh token that is none is refused")


def check_denial(metadata, approver):
    client = OAuth2Session("authlib-check", token_endpoint_auth_method="none")
    asked = requests.post(metadata["device_authorization_endpoint"], data={"client_id": "x"}, timeout=30).json()
    post("/auth/device/approve", {"userCode": asked["user_code"], "decision": "deny"}, approver)
    refused(
        lambda: client.fetch_token(
            metadata["token_endpoint"], grant_type=DEVICE_GRANT, device_code=asked["device_code"]),
        "access_denied", "who is denied learns it")


def check_git_hub(metadata):
    me = enrolment()
    begun = post("/auth/github", {**me, "redirectUri": REDIRECT_URI}).json()
    user = "u" + str(secrets.randbelow(10**9) + 1)
    visit = requests.get(begun["authorizeUrl"] + "&" + urlencode({"login": user}), allow_redirects=False, timeout=30)
    brought = parse_authorization_code_response(visit.headers["Location"], state=begun["state"])
    expect(
        visit.headers["Location"].startswith(REDIRECT_URI + "?"),
        "GitHub sends the person back, and Authlib reads code and state")
    answer = post("/auth/github/callback", {**me, "code": brought["code"], "state": begun["state"]})
    expect(answer.status_code == 201, "the callback makes an account")
    client = OAuth2Session("authlib-check", token=answer.json(), token_endpoint_auth_method="none")
    expect(client.get(API + "/stats/summary").status_code == 200, "its token is one that Authlib can use")
    verified(answer.json()["access_token"], metadata)
    check_refresh(client, metadata, answer.json())
    again = post("/auth/github/callback", {**me, "code": brought["code"], "state": begun["state"]})
    expect(again.status_code == 400, "a state works once")


if __name__ == "__main__":
    metadata = requests.get(API + "/auth/.well-known/oauth-authorization-server", timeout=30).json()
    expect(metadata["token_endpoint"] == API + "/auth/token", "the metadata names the endpoints (RFC 8414)")
    approver = post("/auth/anonymous", enrolment()).json()["accessToken"]
    check_tokens(metadata, approver)
    check_device_grant(metadata, approver)
    check_denial(metadata, approver)
    check_git_hub(metadata)
    print("All of it works with Authlib and PyJWT.")
