#!/usr/bin/env python3
"""Writes Sources/AuthFunction/Secrets/CommonPasswords+Filter.swift: the most common passwords that are long enough for
us, as a Bloom filter. Run by hand, after `pip install zxcvbn` (MIT licence; its list is the most frequent passwords of
public leaks, in order):

    python3 scripts/common-passwords.py >"Sources/AuthFunction/Secrets/CommonPasswords+Filter.swift"
"""

import base64
import hashlib
import math

from zxcvbn.frequency_lists import FREQUENCY_LISTS

COUNT = 8000
LENGTH_MIN = 8
BITS = 1 << 17
HASHES = 11
LINE = 112


def places(password):
    digest = hashlib.sha256(password.encode()).digest()
    first, step = (int.from_bytes(digest[at : at + 8], "big") for at in (0, 8))
    return [(first + index * step) % BITS for index in range(HASHES)]


common = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= LENGTH_MIN][:COUNT]
filter_bytes = bytearray(BITS // 8)
for password in common:
    for place in places(password):
        filter_bytes[place // 8] |= 0x80 >> place % 8
text = base64.urlsafe_b64encode(bytes(filter_bytes)).decode().rstrip("=")
share = (1 - math.exp(-HASHES * len(common) / BITS)) ** HASHES

print("/// Made by scripts/common-passwords.py; not to be edited.")
print("extension CommonPasswords {")
print(f"  /// A Bloom filter of {BITS} bits and {HASHES} hashes: the {len(common)} most frequent passwords of at least")
print(f"  /// {LENGTH_MIN} characters in the list of zxcvbn (https://github.com/dwolfhub/zxcvbn-python, MIT licence).")
print(f"  /// Of other passwords it takes {share:.1e} for common.")
print(f"  static let bitCount: UInt64 = {BITS}, hashCount: UInt64 = {HASHES}")
print('  static let filter = """')
for start in range(0, len(text), LINE):
    more = "\\" if start + LINE < len(text) else ""
    print(f"    {text[start:start + LINE]}{more}")
print('    """')
print("}")
