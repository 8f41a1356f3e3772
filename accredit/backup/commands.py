"""`accredit backup`, `restore` and `move-to`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click

from accredit import clock
from accredit.audit.findings import Report
from accredit.backup.instances import shown
from accredit.backup.making import make_backup
from accredit.backup.manifest import BackupError
from accredit.backup.moving import move
from accredit.backup.restoring import restore as bring_back
from accredit.config import Settings

#: Opens the application for the time of a command; the command line gives it as its object.
OpenApplication = Callable[..., AbstractContextManager[Settings]]


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_obj
def backup(application: OpenApplication, target: Path) -> None:
    """Keep the whole instance in a new folder DIR while people go on working.

    Exit status 1 if stored files were lost or altered in the instance itself: the backup is
    whole but for them, and each is named.
    """
    with application() as settings, _told():
        manifest = make_backup(settings, target.absolute(), at=clock.now())
    rows = sum(table.rows for table in manifest.tables.values())
    click.echo(
        f"Kept in {target}: {len(manifest.tables)} tables, {rows} rows, "
        f"{len(manifest.blobs)} files, trail to event {manifest.last_event}"
    )
    for sha256 in manifest.missing:
        click.echo(f"Missing or altered in the instance: {sha256}")
    if manifest.missing:
        sys.exit(1)


@click.command()
@click.argument("source", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put aside what the instance holds now.")
@click.option(
    "--despite-findings", is_flag=True, help="Even if the trail of the backup does not hold."
)
@click.pass_obj
def restore(
    application: OpenApplication, source: Path, replace: bool, despite_findings: bool
) -> None:
    """Bring an instance back from DIR, a folder that `accredit backup` made; stop the server first.

    A damaged or altered backup is refused, and so is one of a newer release. Everybody signs
    in anew, links that were sent open nothing, and mails that waited are not sent.
    """
    with application(prepared=False, half_restored=True) as settings, _told():
        done = bring_back(
            settings,
            source.absolute(),
            at=clock.now(),
            replaces=replace,
            despite_findings=despite_findings,
        )
    click.echo(f"Restored to {shown(settings.database_url)} as of {done.manifest.made_at}")
    click.echo(
        f"Ended: {done.ended.sessions} sessions, {done.ended.links} links; "
        f"held back: {done.ended.mails} mails"
    )
    if done.ended.mails:
        click.echo("Look at them with: accredit mail list --held, then: accredit mail release")
    if done.aside is not None:
        click.echo(f"What was there before: {done.aside}")
    for sha256 in done.manifest.missing:
        click.echo(f"Was missing already when the backup was made: {sha256}")
    _tell_trail(done.report)


@click.command("move-to")
@click.argument("target", metavar="DATABASE_URL")
@click.pass_obj
def move_to(application: OpenApplication, target: str) -> None:
    """Carry every row to the empty database DATABASE_URL; stop the server first.

    Stored files stay where they are, and so does the database moved from.
    """
    with application() as settings, _told():
        tables, report = move(settings, target)
    width = max(len(name) for name in tables)
    for name, table in sorted(tables.items()):
        click.echo(f"{name:<{width}}  {table.rows:>8}  {table.sha256}")
    click.echo(f"Equal in both: {len(tables)} tables, {sum(t.rows for t in tables.values())} rows")
    click.echo(
        f"Now set DATABASE_URL (or the file DATABASE_URL_FILE names) to {shown(target)}, with its "
        "password, and start the server. All other settings stay. The database moved from is as it "
        "was; keep it until you are sure, and start nothing on it."
    )
    _tell_trail(report)


def _tell_trail(report: Report) -> None:
    click.echo(
        f"Trail: {report.events} events, {report.rows} rows, {report.heads} heads: "
        f"{len(report.findings)} findings"
    )
    if not report.holds:
        click.echo("Run: accredit audit verify")
        sys.exit(1)


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is told in its own words, with exit status 1."""
    try:
        yield
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
