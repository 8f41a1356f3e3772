"""How often somebody may try to sign in: limits by account, by device and by address.

An attempt counts before it is looked at, and for everybody who asks alike: whether there is
such an account shows in nothing. Where the counting fails nobody is let in.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from accredit import clock
from accredit.config import Settings
from accredit.database import db
from accredit.identity.tokens import new_token
from accredit.text import N_, RuleError
from accredit.web import limiting
from accredit.web.front import origin_key
from accredit.web.limiting import Backoff, Limit

#: Failures from one address: a building full of people mistypes; a list of passwords is longer.
ORIGIN = Limit("sign-in from", burst=60, seconds=15.0)
ACCOUNT = Backoff("sign-in to")
DEVICE = Backoff("sign-in on")
FACTOR = Backoff("second factor of")
PRESENT = Backoff("present password of")
RESET = Limit("reset of", burst=5, seconds=720.0)
RESET_ORIGIN = Limit("reset from", burst=30, seconds=120.0)
#: A one-time link is long enough never to be guessed; trying many only costs us work.
LINK_ORIGIN = Limit("link from", burst=60, seconds=10.0)
#: Mails to an address that somebody typed: for the account, for whoever is written to unasked,
#: and for where it is asked from.
NEW_ADDRESS = Limit("new address of", burst=5, seconds=720.0)
NEW_ADDRESS_TO = Limit("new address to", burst=5, seconds=720.0)
NEW_ADDRESS_ORIGIN = Limit("new address from", burst=30, seconds=120.0)
_KNOWN_FOR = 90 * 24 * 3600


class TooManyTriesError(RuleError):
    """Somebody has tried too often and waits."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            N_("Too many tries. Wait %(minutes)s min, then try again."),
            minutes=max(1, -(-int(wait.total_seconds()) // 60)),
        )
        self.wait = wait


def begin_sign_in(email: str) -> None:
    """Count a sign-in with an address as failed until `sign_in_was_right` says otherwise.

    Raises `TooManyTriesError`. On a device on which the account was signed in before, only
    that device's own failures count: nobody elsewhere can keep the owner out.
    """
    connection, at = db.session.connection(), clock.now()
    try:
        _admit(limiting.spend(connection, ORIGIN, _origin(), at=at))
        _admit(limiting.begin_attempt(connection, *_subject(email), at=at))
    finally:
        # What was counted stays counted, and the lock is free while the password is compared.
        db.session.commit()


def sign_in_was_right(email: str) -> None:
    """The password was right: nothing is held against the account, the device or the address."""
    connection, at = db.session.connection(), clock.now()
    limiting.give_back(connection, ORIGIN, _origin(), at=at)
    limiting.succeed(connection, *_subject(email), at=at)
    limiting.clean(connection, at=at)


def forgive_account(email: str) -> None:
    """Who chose a new password by a link of theirs need not wait for what others tried."""
    limiting.succeed(db.session.connection(), ACCOUNT, email, at=clock.now())


def begin_try(backoff: Backoff, who: object) -> None:
    """Count a try of something else as failed; raises `TooManyTriesError`."""
    try:
        _admit(limiting.begin_attempt(db.session.connection(), backoff, str(who), at=clock.now()))
    finally:
        db.session.commit()


def try_was_right(backoff: Backoff, who: object) -> None:
    """Nothing is held against the next try."""
    limiting.succeed(db.session.connection(), backoff, str(who), at=clock.now())


def spend(limit: Limit, who: str | None = None) -> None:
    """Use up one of a limit, by default of the address; raises `TooManyTriesError`."""
    try:
        _admit(
            limiting.spend(
                db.session.connection(), limit, _origin() if who is None else who, at=clock.now()
            )
        )
    finally:
        db.session.commit()


def _admit(wait: timedelta | None) -> None:
    if wait is not None:
        raise TooManyTriesError(wait)


def _origin() -> str:
    return origin_key(request.remote_addr)


def _subject(email: str) -> tuple[Backoff, str]:
    device = _known_device(email)
    return (ACCOUNT, email) if device is None else (DEVICE, device)


def remember_device(response: Response, email: str) -> Response:
    """Mark the device as one of the account's own. It opens nothing: it only counts apart."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        _cookie_name(),
        _serializer().dumps([_mark(email), new_token()]),
        max_age=_KNOWN_FOR,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _known_device(email: str) -> str | None:
    try:
        kept = request.cookies.get(_cookie_name(), "")
        mark, device = _serializer().loads(kept, max_age=_KNOWN_FOR)
    except (BadData, ValueError, TypeError):
        return None
    return str(device) if mark == _mark(email) else None


def _mark(email: str) -> str:
    return hashlib.sha256(email.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _cookie_name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _serializer() -> URLSafeTimedSerializer:
    settings: Settings = current_app.config["SETTINGS"]
    return URLSafeTimedSerializer(
        settings.secret_key,
        salt="accredit known device",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
