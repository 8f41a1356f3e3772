"""The command `accredit`: serve, prepare a database, and work without a browser.

Exit status: 0 for done, 1 for "the answer is no" or bad data, 2 for wrong usage.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from accredit import __version__

#: Commands of features, loaded only when asked for: `accredit kpi compute` needs no Flask.
FEATURE_COMMANDS = {
    "account": "accredit.identity.commands:account",
    "mail": "accredit.identity.commands:mail",
    "audit": "accredit.trail.commands:audit",
    "backup": "accredit.backup.commands:backup",
    "restore": "accredit.backup.commands:restore",
    "move-to": "accredit.backup.commands:move_to",
    "evidence": "accredit.evidence_command:evidence",
    "standard": "accredit.standard.commands:standard",
    "kpi": "accredit.kpi_import_command:kpi",
    "certificate": "accredit.certificate.commands:certificate",
}

#: How PostgreSQL says that a role lacks a right.
_NO_RIGHT = "42501"


class LazyGroup(click.Group):
    """A group whose feature commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands that are there."""
        # A help page must not fail because one feature brings no command.
        present = [name for name, place in FEATURE_COMMANDS.items() if _is_there(place)]
        return sorted([*super().list_commands(ctx), *present])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now if a feature brings it."""
        place = FEATURE_COMMANDS.get(cmd_name)
        if place is None or not _is_there(place):
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


def _is_there(place: str) -> bool:
    return importlib.util.find_spec(place.partition(":")[0]) is not None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="accredit")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Prove, honestly, that an organisation serves its customers well."""
    # Features' commands stand below the application; those that need it are handed the key.
    ctx.obj = _application


@cli.command()
@click.option("--host", help="Address to listen on (ACCREDIT_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (ACCREDIT_PORT, 8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (ACCREDIT_WORKERS).")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the application."""
    from accredit.serving import server

    settings = _settings()
    _refuse_unsafe_start(settings)
    server(settings, host=host, port=port, workers=workers).serve()


@cli.command()
@click.option("--admin", metavar="EMAIL", help="Make the first administrator.")
@click.option("--name", default=None, help="The administrator's name (default: from the address).")
@click.option("--prompt", is_flag=True, help="Ask for a password instead of printing a link.")
@click.option("--grant-to", metavar="ROLE", help="Let this role of PostgreSQL serve, and no more.")
def init(admin: str | None, name: str | None, prompt: bool, grant_to: str | None) -> None:
    """Create or upgrade the database, publish the standards, make the first administrator."""
    from accredit import setup

    password = None
    if admin is not None and prompt:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    link, granted = None, []
    with _application(prepared=False) as settings:
        setup.upgrade_database()
        if grant_to is not None:
            granted = setup.let_serve(grant_to)
        published = setup.publish_shipped_standards()
        if admin is not None:
            link = setup.make_administrator(admin, name, password, settings)
    click.echo(f"Database ready: {setup.shown_url(settings)}")
    for statement in granted:
        click.echo(f"{statement};")
    for standard in published:
        click.echo(f"Published: {standard}")
    if admin is not None:
        click.echo(f"Administrator: {admin}")
    if link:
        click.echo(f"Choose a password within seven days: {link}")


@cli.command()
def demo() -> None:
    """Load the demonstration programme once, and say who can sign in."""
    from accredit import setup
    from accredit.demo import people, programme

    with _application(prepared=False) as settings:
        if not programme.allowed(settings):
            raise _Refused("The demonstration is never loaded in production (ACCREDIT_MODE=demo).")
        setup.upgrade_database()
        # The story publishes its standard itself, on the day before it begins.
        loaded = programme.load(settings, click.echo)
        setup.publish_shipped_standards()
        click.echo("Demonstration loaded." if loaded else "Demonstration already there.")
        click.echo(people.sign_in_table(settings.base_url))


@contextmanager
def _application(*, prepared: bool = True, half_restored: bool = False) -> Iterator[Any]:
    """The application's context; what stops it is told in one sentence, with exit status 1."""
    from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

    from accredit import setup
    from accredit.starting import SetupError

    settings = _settings()
    try:
        with setup.application(settings, half_restored=half_restored):
            if prepared:
                setup.ensure_prepared()
            yield settings
    except SetupError as error:
        raise _Refused(str(error)) from error
    except OperationalError as error:
        raise _Refused(f"{setup.shown_url(settings)}: {error.orig}") from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NO_RIGHT:
            raise
        raise _Refused(f"The role of DATABASE_URL may not do this: {error.orig}") from error
    except DatabaseError as error:
        # Of its kinds only the plain one says that the file itself is no good.
        if type(error) is not DatabaseError:
            raise
        raise _Damaged(f"The database is damaged: {error.orig}") from error


class _Refused(click.ClickException):
    """The command understood but must not, or cannot, do it."""

    exit_code = 1


class _Damaged(_Refused):
    """The command cannot even say that the answer is no."""

    exit_code = 2


def _settings() -> Any:
    from accredit.config import SettingsError, load_settings

    try:
        return load_settings()
    except SettingsError as error:
        raise _Refused(str(error)) from error


def _refuse_unsafe_start(settings: Any) -> None:
    from accredit.config import SettingsError
    from accredit.starting import SetupError, refuse_unsafe_start

    try:
        refuse_unsafe_start(settings, os.environ)
    except (SettingsError, SetupError) as error:
        raise _Refused(str(error)) from error


def main() -> None:
    """Entry point of the command."""
    cli(prog_name="accredit")
