"""What values look like that a schema describes by a format of ours."""

import base64
import datetime
import string
import uuid

import schemathesis
from hypothesis import strategies as st

from people import REDIRECT_URI


def base64url(bytes_):
    return base64.urlsafe_b64encode(bytes_).decode().rstrip("=")


SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ZONES = ["UTC", "Europe/Berlin", "America/Costa_Rica", "Asia/Kolkata", "Pacific/Apia", "Etc/GMT+12"]
NAME = st.characters(
    categories=["L", "N", "P", "S"], include_characters=" ", exclude_characters="\u115f\u1160\u2800\u3164\uffa0")
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
    "name": st.text(NAME, min_size=1, max_size=64).filter(lambda text: any(not scalar.isspace() for scalar in text)),
    "alias": st.text(ALIAS, min_size=1, max_size=32).filter(lambda text: text == text.strip(" ")),
    "place": st.builds(
        lambda date, session: base64url(f"{date}~{date}T10:00:00.000Z~{uuid.UUID(int=7)}~{session}".encode()),
        st.dates(min_value=datetime.date(2000, 1, 1)),
        st.text(string.ascii_letters, min_size=1, max_size=20),
    ),
    "redirect-uri": st.just(REDIRECT_URI),
}.items():
    schemathesis.openapi.format(name, strategy)
