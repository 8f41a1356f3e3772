"""Who is signed in: Flask-Security's set-up, and the person and rights of this request."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from flask import Flask, g
from flask_login import current_user
from flask_security.core import RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore

from accredit.config import Mode, Settings
from accredit.database import db
from accredit.identity.domain import Access, ForbiddenError, NotFoundError, Permission
from accredit.identity.models import Person
from accredit.identity.service import load_access
from accredit.web.pages import error_page


class _NoRoles(RoleMixin):
    """Flask-Security wants a role model; our roles are held at places, which it cannot know."""


def init_app(app: Flask, settings: Settings) -> None:
    """Sign-in with e-mail and password; accounts are made by administrators only."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_LENGTH_MIN=12,
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
    Security(app, datastore)

    @app.errorhandler(NotFoundError)
    def not_found(_error: NotFoundError) -> tuple[str, int]:
        return error_page(404)

    @app.errorhandler(ForbiddenError)
    def forbidden(_error: ForbiddenError) -> tuple[str, int]:
        return error_page(403)


def current_person() -> Person:
    """The person signed in; only for views that need a sign-in."""
    return cast(Person, current_user._get_current_object())


def current_access() -> Access:
    """The roles the person holds now, read once in each request."""
    access: Access | None = g.get("access")
    if access is None:
        access = g.access = load_access(db.session(), current_person().id)
    return access


def may_somewhere(permission: StrEnum) -> bool:
    """Whether the person signed in holds a permission anywhere."""
    return current_access().may_somewhere(Permission(permission))
