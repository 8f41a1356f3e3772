"""Who is signed in: Flask-Security's set-up, and the person and rights of this request."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import cast

from flask import Flask, Request, Response, abort, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user
from flask_login.signals import user_logged_in, user_logged_out
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import OperationalError

from accredit import clock
from accredit.config import Mode, Settings
from accredit.database import db, impatient
from accredit.identity import sessions
from accredit.identity.domain import Access, ForbiddenError, NotFoundError, Permission
from accredit.identity.library import (
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    set_request_attr,
    verify_password,
)
from accredit.identity.models import Person, SignedIn
from accredit.identity.passwords import (
    MAXIMUM_LENGTH,
    MINIMUM_LENGTH,
    WrongPasswordError,
    ensure_password_fits,
)
from accredit.identity.people import find_demo_person
from accredit.identity.service import load_access, record
from accredit.identity.sessions import Found
from accredit.web.pages import error_page

#: Pages of Flask-Security that exist here; all its others answer 404.
SECURITY_PAGES = frozenset({"security.login"})
#: Where the token of a session stands in the cookie; Flask-Login reads it there.
_TOKEN = "_user_id"  # noqa: S105 - the name of a place
#: That a session is in use is noted so often in the time after which it would run out.
_NOTES_PER_IDLE = 30
_PATIENCE_MS = 250
#: In minutes: so long before it ends a session says so; a short one does in its last third.
_WARNING = 5
#: More than OWASP asks for at least; 19 MiB, so that four sign-ins at once fit into a worker.
#: Tests, which sign in hundreds of times, use the same algorithm at its cheapest.
_HASHING = {
    False: {"argon2__rounds": 3, "argon2__memory_cost": 19 * 1024, "argon2__parallelism": 1},
    True: {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1},
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long the session of this request goes on, in seconds.

    `idle` unless it is used again, `last` whatever happens; `each` is what a use gives at least.
    `began`, in milliseconds, tells the sessions of a person apart: numbers of rows come again.
    """

    began: int
    idle: int
    last: int
    each: int


class _Cookies(SecureCookieSessionInterface):
    """Flask's signed cookies, with a hash of today."""

    digest_method = staticmethod(hashlib.sha256)

    _made: tuple[str | bytes | None, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookies of the application, made once for a key."""
        # Flask makes it anew for every request, though the key stays the same.
        key, made = self._made
        if made is None or key != app.secret_key:
            made = super().get_signing_serializer(app)
            self._made = (app.secret_key, made)
        return made


class _NoRoles(RoleMixin):
    """Flask-Security wants a role model; our roles are held at places, which it cannot know."""


def init_app(app: Flask, settings: Settings) -> None:
    """Passwords and the person of each request; accounts are made by administrators only."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of an algorithm
        # The library would also take what an older one, or somebody with the database, left
        # there in a weak hash or in plain text.
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=_HASHING[settings.mode is Mode.TEST],
        SECURITY_PASSWORD_LENGTH_MIN=MINIMUM_LENGTH,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_METHODS=None,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_UNAUTHORIZED_VIEW="/sign-in",
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_USE_REGISTER_V2=True,
        # Its own header is misspelt; ours says the same of every page.
        SECURITY_CACHE_CONTROL=None,
    )
    app.session_interface = _Cookies()
    Security(app, SQLAlchemyUserDatastore(db, Person, _NoRoles))
    app.login_manager.user_loader(_load_person)  # type: ignore[attr-defined] # Flask-Login's own
    app.login_manager.request_loader(_take_no_token)  # type: ignore[attr-defined] # as above
    # The row on the server says everything; a mark of the device in the cookie would only leak.
    app.login_manager.session_protection = None  # type: ignore[attr-defined] # as above
    # It would be made for every request all the same, and compared with nothing.
    app.login_manager._session_identifier_generator = _no_mark  # type: ignore[attr-defined] # as above
    app.before_request(_hide_unused_pages)

    @app.errorhandler(NotFoundError)
    def not_found(_error: NotFoundError) -> tuple[str, int]:
        return error_page(404)

    @app.errorhandler(ForbiddenError)
    def forbidden(_error: ForbiddenError) -> tuple[str, int]:
        return error_page(403)


def _no_mark() -> str:
    return ""


def note_use(app: Flask) -> None:
    """Note after each request that its session is in use: called before what ends it."""
    app.after_request(_note_use)


def _load_person(token: str) -> SignedIn | None:
    """The person of this session with their roles, which every page needs too: one query.

    Nobody is signed in before the second factor their account or role asks for: to every page
    they are a stranger, and only the pages that ask for it know them (`half_signed_in`).
    """
    found = sessions.find(db.session(), token)
    if found is None or not found.person.active:
        return None
    settings, at = _settings(), clock.now()
    if found.is_over(at, idle=settings.session_idle, length=settings.session_length):
        return None
    if not is_open(found):
        g.half_signed_in = found
        return None
    if at - found.seen_at > settings.session_idle / _NOTES_PER_IDLE:
        g.session_used = found.person.session_id
    _remember_end(found, at, used="session_used" in g)
    g.access, g.proved_at = found.access, found.confirmed_at
    # What the library's own loader would leave for its other parts.
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", 0)
    return found.person


def _remember_end(found: Found, at: datetime, *, used: bool) -> None:
    idle, length = idle_and_length()
    alone = timedelta(0) if used else at - found.seen_at
    seconds = (idle - alone, length - (at - found.created_at), idle - idle / _NOTES_PER_IDLE)
    began = int(found.created_at.timestamp() * 1000)
    g.time_left = TimeLeft(began, *(int(one.total_seconds()) for one in seconds))


def time_left() -> TimeLeft:
    """How long the session of this request goes on; only for somebody signed in."""
    left: TimeLeft = g.time_left
    return left


def warning_minutes() -> int:
    """So many minutes before a session ends its page says so."""
    idle, _length = idle_and_length()
    return max(1, min(_WARNING, int(idle.total_seconds()) // 180))


def is_open(found: Found) -> bool:
    """Whether the session opens everything its person may see.

    One that was begun before the person got a role that needs a second factor, or before
    everybody needed one, does not: they set one up first.
    """
    if found.confirmed_at is None:
        return False
    return found.has_factor or not must_have_factor(found.access) or _is_played(found.is_demo)


def asks_for_factor(person: Person, access: Access) -> bool:
    """Whether the password alone is not enough for the person."""
    if _is_played(person.is_demo):
        return False
    return person.second_factor_at is not None or must_have_factor(access)


def must_have_factor(access: Access) -> bool:
    """Whether the person may not be without a second factor: by a role, or like everybody."""
    return access.needs_second_factor or _settings().second_factor_for_all


def _is_played(is_demo: bool) -> bool:
    # People of a demonstration are entered with one press; production refuses to start with any.
    return is_demo and is_demonstration()


def half_signed_in() -> Found | None:
    """Whose password was right and whose second factor is still asked for, in this request."""
    if current_user.is_authenticated:
        return None
    found: Found | None = g.get("half_signed_in")
    return found


def _take_no_token(_request: Request) -> None:
    """Nobody is signed in by a token in an address or a header: there are only sessions."""


def _note_use(response: Response) -> Response:
    session_id = g.pop("session_used", None)
    if session_id is not None:
        try:
            with impatient(_PATIENCE_MS) as connection:
                sessions.note_seen(connection, session_id, at=clock.now())
                connection.commit()
        except OperationalError as error:
            # The next request tries again; a session ends too early rather than an answer late.
            _log.info("use of a session is not noted: %s", error)
    return response


def current_person() -> SignedIn:
    """The person signed in; only for views that need a sign-in."""
    return cast("SignedIn", current_user._get_current_object())


def current_access() -> Access:
    """The roles the person holds now, read once in each request."""
    access: Access | None = g.get("access")
    if access is None:
        access = g.access = load_access(db.session(), current_person().id)
    return access


def proved_at() -> datetime | None:
    """When the person of this session last proved who they are; None if nobody is signed in."""
    moment: datetime | None = g.get("proved_at")
    return moment


def read_access_again() -> None:
    """The roles as they are after the write lock was given back within a request.

    Raises `ForbiddenError` where the session or the account was closed meanwhile.
    """
    found = _present()
    if found is None or not found.person.active:
        raise ForbiddenError
    g.access = found.access


def is_demonstration() -> bool:
    """Whether this installation is a demonstration, whose people anybody may be."""
    return _settings().mode is Mode.DEMO


def find_demo(person_id: int) -> Person | None:
    """A person of the demonstration; always None outside a demonstration."""
    return find_demo_person(db.session(), person_id) if is_demonstration() else None


def enter_as(person: Person, *, confirmed: bool = True) -> None:
    """Begin a session of the person on this device, with nothing left of the one before.

    Unless `confirmed` it opens nothing until the second factor was shown.
    """
    _end_present()
    session.clear()
    session[_TOKEN] = sessions.begin(
        db.session(),
        person.id,
        confirmed=confirmed,
        address=request.remote_addr,
        agent=request.user_agent.string,
        at=clock.now(),
    )
    if confirmed:
        _take_effect()
    else:
        record(db.session(), "person.password_accepted", person.id, None, person.id, clock.now())


def confirm_sign_in(found: Found) -> bool:
    """The second factor was shown: the session opens everything, under a new token.

    False where the session was ended in between.
    """
    token = sessions.confirm(db.session(), found.person.session_id, at=clock.now())
    if token is None:
        return False
    session.clear()
    session[_TOKEN] = token
    _take_effect()
    return True


def renew_session(session_id: int, *, proved: bool = True) -> None:
    """Go on under a new token: whoever may have read the old one is left outside.

    `proved`: the person has just shown again that it is them.
    """
    if proved:
        token = sessions.confirm(db.session(), session_id, at=clock.now())
    else:
        token = sessions.renew(db.session(), session_id)
    if token is not None:
        session[_TOKEN] = token


def leave() -> None:
    """End the session at hand, for good and on every worker."""
    if current_user.is_authenticated:
        user_logged_out.send(current_app._get_current_object(), user=current_person())  # type: ignore[attr-defined] # a proxy
    elif (left := _present()) is not None:
        # Half signed in, run out or of a closed account: its end is told all the same.
        person_id = left.person.id
        record(db.session(), "person.session_ended", person_id, None, person_id, clock.now())
    _end_present()
    session.clear()
    g.pop("access", None)
    g.pop("half_signed_in", None)
    current_app.login_manager._update_request_context_with_user()  # type: ignore[attr-defined] # Flask-Login's own


def _present() -> Found | None:
    """The session whose token the cookie holds, whether or not it still opens anything."""
    token = session.get(_TOKEN)
    return sessions.find(db.session(), token) if isinstance(token, str) else None


def _end_present() -> None:
    found = _present()
    if found is not None:
        sessions.end(db.session(), found.person.session_id)


def _take_effect() -> None:
    """Whoever just signed in is the person of this request from here on."""
    g.pop("half_signed_in", None)
    g.pop("access", None)
    found = sessions.find(db.session(), session[_TOKEN])
    if found is None:
        return
    g.access = found.access
    _remember_end(found, clock.now(), used=False)
    current_app.login_manager._update_request_context_with_user(found.person)  # type: ignore[attr-defined] # Flask-Login's own
    user_logged_in.send(current_app._get_current_object(), user=found.person)  # type: ignore[attr-defined] # a proxy


def hashed(password: str, email: str, context: tuple[str, ...] | list[str] = ()) -> str:
    """The hash of a password its owner chooses; raises `WeakPasswordError`.

    The text is brought into the form in which the sign-in page compares it: the same
    letters typed on another keyboard may be other code points, above all in Arabic.
    """
    ensure_password_fits(password, email, context)
    return hash_secret(password)


def hash_secret(secret: str) -> str:
    """A slow hash of something short enough to be guessed."""
    return str(hash_password(_normalized(secret)))


def matches(secret: str, kept: str | None) -> bool:
    """Whether this is the secret of a hash; takes as long where there is none to compare with."""
    if len(secret) > MAXIMUM_LENGTH:
        return False
    same = bool(verify_password(_normalized(secret), kept or _nobodys_hash()))
    return same and kept is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_secret("whatever nobody ever chose")


def needs_new_hash(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than hashes are made with now."""
    return bool(current_app.extensions["security"].pwd_context.needs_update(kept))


def ensure_present_password(person: Person, password: str) -> None:
    """Raise `WrongPasswordError` unless this is the person's password."""
    if not matches(password, person.password):
        raise WrongPasswordError


def _normalized(password: str) -> str:
    return str(current_app.extensions["security"]._password_util.normalize(password))


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def idle_and_length() -> tuple[timedelta, timedelta]:
    """After how long a session runs out: left alone, and at all."""
    return _settings().session_idle, _settings().session_length


def _hide_unused_pages() -> None:
    endpoint = request.endpoint or ""
    if endpoint.startswith("security.") and endpoint not in SECURITY_PAGES:
        abort(404)


def may_somewhere(permission: StrEnum) -> bool:
    """Whether the person signed in holds a permission anywhere."""
    return current_access().may_somewhere(Permission(permission))
