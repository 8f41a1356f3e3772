"""What the commands do to prepare and inspect an installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from accredit import clock
from accredit.audit import grants
from accredit.config import Settings, resource_dir
from accredit.database import db, writing
from accredit.identity import accounts, sign_in
from accredit.identity import service as identity
from accredit.identity.domain import Role
from accredit.kpi.loader import service_kpis
from accredit.standard import service as standard
from accredit.standard.file.loader import get_standard, shipped_files
from accredit.starting import NOT_PREPARED, SetupError
from accredit.text import Bilingual, RuleError


@contextmanager
def application(settings: Settings, *, half_restored: bool = False) -> Iterator[Settings]:
    """The application's context for a command; what it changes is committed at the end.

    `half_restored`: also where a restoring did not finish, for the command that repeats it.
    """
    from accredit.app import create_app

    with create_app(settings, half_restored=half_restored).app_context(), writing():
        try:
            yield settings
            db.session.commit()
        finally:
            db.session.remove()
            # Nothing of the database is left open once the command is over.
            db.engine.dispose()


def upgrade_database(to: str = "head") -> None:
    """Create the tables of the current application, or bring them up to this version.

    `to` is an earlier revision where the rows of an earlier release are to go in.
    """
    from flask_migrate import upgrade

    _connect_migrations(current_app)
    upgrade(revision=to)


def let_serve(role: str) -> list[str]:
    """Give a role of PostgreSQL the rights that serving takes and no others; what was said to it.

    Raises `SetupError` where there are no roles, no such one, or it owns the tables anyway.
    """
    if db.engine.dialect.name != "postgresql":
        raise SetupError("SQLite knows no roles: whoever may write the file may write everything.")
    try:
        with db.engine.begin() as connection:
            grants.ensure_lesser(connection, role)
            said = list(grants.statements(connection, role))
            for statement in said:
                connection.exec_driver_sql(statement)
    except grants.RoleTooStrongError as error:
        raise SetupError(f"{role} owns the tables or may do everything. Name another.") from error
    except ProgrammingError as error:
        raise SetupError(f"{role}: {error.orig}") from error
    return said


def migrating_app() -> Flask:
    """The application with `flask db`: `flask --app accredit.setup:migrating_app db revision`."""
    from accredit.app import create_app

    app = create_app()
    _connect_migrations(app)
    return app


def _connect_migrations(app: Flask) -> None:
    # Not part of the application itself: a server never migrates, and Alembic is large.
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(Path(__file__).parent / "migrations"), render_as_batch=True)


def shown_url(settings: Settings) -> str:
    """The database's address without its password."""
    return make_url(settings.database_url).render_as_string(hide_password=True)


def publish_shipped_standards() -> list[str]:
    """Publish the standards that ship and are not yet in the database; "id version" of each.

    Raises `SetupError` for a file that has errors, or that contradicts its own examples.
    """
    published = []
    known = {definition.id for definition in service_kpis().kpis}
    for path in shipped_files(resource_dir("criteria")):
        try:
            loaded = get_standard(path, known_kpis=known)
            if standard.find_version(db.session(), loaded.id, loaded.version) is None:
                standard.publish(db.session(), loaded, by=None, at=clock.now())
                published.append(f"{loaded.id} {loaded.version}")
        except RuleError as error:
            raise SetupError(f"{path.name}: {error}") from error
    return published


def make_administrator(
    email: str, name: str | None, password: str | None, settings: Settings
) -> str | None:
    """Make the first administrator; the one-time link, or None where a password was given.

    Raises `SetupError` if the address is none or taken, or the password is too short.
    """
    try:
        email = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise SetupError(f"{email!r} is no e-mail address: {error}") from error
    shown = name or email.partition("@")[0]
    try:
        person = identity.create_person(
            db.session(),
            email=email,
            name=Bilingual(shown, shown),
            language="en",
            by=None,
            at=clock.now(),
        )
        identity.grant_role(
            db.session(), person, Role.ADMINISTRATOR, organisation_id=None, by=None, at=clock.now()
        )
        if password is not None:
            accounts.change_password(
                db.session(),
                person,
                password_hash=sign_in.hashed(password, person.email),
                at=clock.now(),
            )
            return None
    except RuleError as error:
        raise SetupError(str(error)) from error
    token = accounts.make_sign_in_link(db.session(), person, by=None, at=clock.now())
    return f"{settings.base_url}/welcome/{token}"


def ensure_prepared() -> None:
    """Raise `SetupError` where the database has no tables yet."""
    if not inspect(db.engine).has_table("person"):
        raise SetupError(NOT_PREPARED)
