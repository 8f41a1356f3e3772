"""Who is signed in: Flask-Security's set-up, and the person and rights of this request."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from flask import Flask, Request, Response, abort, current_app, g, request, session
from flask_login import current_user
from flask_security.core import RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import (
    hash_password,
    login_user,
    set_request_attr,
    verify_password,
)

from accredit.config import Mode, Settings
from accredit.database import db
from accredit.identity.domain import Access, ForbiddenError, NotFoundError, Permission
from accredit.identity.forms import SignInForm, own_path
from accredit.identity.models import Person, SignedIn
from accredit.identity.passwords import (
    DEMO_PASSWORD,
    MINIMUM_LENGTH,
    WrongPasswordError,
    ensure_password_fits,
)
from accredit.identity.people import PersonRow, find_demo_person, list_demo_people
from accredit.identity.service import find_with_access, load_access
from accredit.web.pages import error_page

#: Pages of Flask-Security that exist here; all its others answer 404.
SECURITY_PAGES = frozenset({"security.login"})


class _NoRoles(RoleMixin):
    """Flask-Security wants a role model; our roles are held at places, which it cannot know."""


def init_app(app: Flask, settings: Settings) -> None:
    """Sign-in with e-mail and password; accounts are made by administrators only."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of an algorithm
        SECURITY_PASSWORD_LENGTH_MIN=MINIMUM_LENGTH,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_METHODS=None,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_UNAUTHORIZED_VIEW="/sign-in",
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_USE_REGISTER_V2=True,
    )
    if settings.mode is Mode.TEST:
        # The same algorithm at its cheapest: tests sign in hundreds of times.
        app.config["SECURITY_PASSWORD_HASH_OPTIONS"] = {
            "argon2__time_cost": 1,
            "argon2__memory_cost": 8,
            "argon2__parallelism": 1,
        }
    datastore = SQLAlchemyUserDatastore(db, Person, _NoRoles)
    security = Security(app, datastore, login_form=SignInForm)
    security.login_context_processor(_sign_in_context)
    app.login_manager.user_loader(_load_person)  # type: ignore[attr-defined] # Flask-Login's own
    app.login_manager.request_loader(_take_no_token)  # type: ignore[attr-defined] # as above
    app.before_request(_hide_unused_pages)
    app.after_request(_finish_sign_in)

    @app.errorhandler(NotFoundError)
    def not_found(_error: NotFoundError) -> tuple[str, int]:
        return error_page(404)

    @app.errorhandler(ForbiddenError)
    def forbidden(_error: ForbiddenError) -> tuple[str, int]:
        return error_page(403)


def _load_person(uniquifier: str) -> SignedIn | None:
    """The person of this session with their roles, which every page needs too: one query."""
    found = find_with_access(db.session(), uniquifier)
    if found is None or not found[0].active:
        return None
    person, g.access = found
    # What the library's own loader would leave for its other parts.
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return person


def _take_no_token(_request: Request) -> None:
    """Nobody is signed in by a token in an address or a header: there are only sessions."""


def current_person() -> SignedIn:
    """The person signed in; only for views that need a sign-in."""
    return cast("SignedIn", current_user._get_current_object())


def current_access() -> Access:
    """The roles the person holds now, read once in each request."""
    access: Access | None = g.get("access")
    if access is None:
        access = g.access = load_access(db.session(), current_person().id)
    return access


def is_demonstration() -> bool:
    """Whether this installation is a demonstration, whose people anybody may be."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.mode is Mode.DEMO


def find_demo(person_id: int) -> Person | None:
    """A person of the demonstration; always None outside a demonstration."""
    return find_demo_person(db.session(), person_id) if is_demonstration() else None


def enter_as(person: Person) -> None:
    """Sign the person in for this session, with nothing left of the session before."""
    session.clear()
    login_user(person, remember=False, authn_via=["password"])
    g.pop("access", None)


def hashed(password: str, email: str) -> str:
    """The hash of a password its owner chooses; raises `WeakPasswordError`.

    The text is brought into the form in which the sign-in page compares it: the same
    letters typed on another keyboard may be other code points, above all in Arabic.
    """
    ensure_password_fits(password, email)
    return str(hash_password(_normalized(password)))


def ensure_present_password(person: Person, password: str) -> None:
    """Raise `WrongPasswordError` unless this is the person's password."""
    if not person.password or not verify_password(_normalized(password), person.password):
        raise WrongPasswordError


def _normalized(password: str) -> str:
    return str(current_app.extensions["security"]._password_util.normalize(password))


def _sign_in_context() -> dict[str, object]:
    people: list[PersonRow] = list_demo_people(db.session()) if is_demonstration() else []
    return {"demo_people": people, "demo_password": DEMO_PASSWORD}


def _hide_unused_pages() -> None:
    endpoint = request.endpoint or ""
    if endpoint.startswith("security.") and endpoint not in SECURITY_PAGES:
        abort(404)


def _finish_sign_in(response: Response) -> Response:
    """Lead nowhere but into this site, and say 422 of a form that failed.

    The library answers 200 to a wrong password, and takes the way onward from the request.
    """
    if request.endpoint == "security.login":
        if "Location" in response.headers:
            response.location = own_path(response.location) or "/"
        elif request.method == "POST" and response.status_code == 200:
            response.status_code = 422
    return response


def may_somewhere(permission: StrEnum) -> bool:
    """Whether the person signed in holds a permission anywhere."""
    return current_access().may_somewhere(Permission(permission))
