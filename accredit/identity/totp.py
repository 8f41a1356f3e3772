"""One-time codes of an authenticator app: RFC 6238 with six digits every thirty seconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
#: A telephone's clock may be one step off; one that is further off is told so.
TOLERANCE = 1
_NOTICED = 40


def new_key() -> bytes:
    """The key of a new app: 160 random bits, as RFC 4226 asks for."""
    return secrets.token_bytes(20)


def code_at(key: bytes, step: int) -> str:
    """The code of a thirty-second step since 1970."""
    # Authenticator apps know no other hash; as an HMAC it is not broken.
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(seconds: float) -> int:
    """The step of a moment, in seconds since 1970."""
    return int(seconds // STEP_SECONDS)


def find_step(key: bytes, code: str, now: int, *, after: int) -> int | None:
    """The step whose code this is, if it may be used: near `now` and later than `after`."""
    found = _matching(key, code, range(now - TOLERANCE, now + TOLERANCE + 1))
    return found if found is not None and found > after else None


def minutes_off(key: bytes, code: str, now: int) -> int | None:
    """By how many minutes the app's clock is ahead (behind: negative), if that is the trouble."""
    found = _matching(key, code, range(now - _NOTICED, now + _NOTICED + 1))
    if found is None or abs(found - now) <= TOLERANCE:
        return None
    return round((found - now) * STEP_SECONDS / 60)


def _matching(key: bytes, code: str, steps: range) -> int | None:
    # All steps are compared, so that the time taken says nothing about which one it was.
    matching = [step for step in steps if hmac.compare_digest(code_at(key, step), code)]
    return matching[-1] if matching else None


def base32(key: bytes) -> str:
    """The key as people type it into an app: groups of four letters and digits."""
    text = base64.b32encode(key).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def address(key: bytes, *, issuer: str, account: str) -> str:
    """The key as an app reads it from a QR code."""
    values = {"secret": base32(key).replace(" ", ""), "issuer": issuer}
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"
