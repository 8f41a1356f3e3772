"""Commands: read the event trail, check all of it, sign its head."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import clock
from accredit.audit import Event, Subject, record
from accredit.audit.findings import KIND_NAMES, Finding, Report
from accredit.audit.verifying import EXPLAINED, UnreadableError
from accredit.config import Settings
from accredit.database import db
from accredit.identity.models import Person
from accredit.trail import checking

#: Opens the application for the time of a command; the command line gives it as its object.
OpenApplication = Callable[[], AbstractContextManager[Settings]]


@click.group()
def audit() -> None:
    """Read and verify the event trail."""


@audit.command("list")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@click.option("--subject", metavar="TYPE[:ID]", help="Only events of this subject.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_(open_application: OpenApplication, last: int, subject: str | None, as_json: bool) -> None:
    """Print events, the newest last."""
    with open_application():
        rows = _newest(db.session(), last, subject)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            f"{row['id']:>6}  {row['at']}  {row['person'] or 'system':<30}  {row['action']:<24}"
            f"  {row['subject']}  {json.dumps(row['details'], ensure_ascii=False)}"
        )


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--quick", is_flag=True, help="Leave the content of stored files out.")
@click.option(
    "--head",
    "kept",
    metavar="NUMBER:HASH",
    multiple=True,
    help="An event you wrote down elsewhere; it must still be the same. May be repeated.",
)
@click.pass_obj
def verify(
    open_application: OpenApplication, as_json: bool, quick: bool, kept: Sequence[str]
) -> None:
    """Check every event, protected row, signed head and stored file.

    Exit status 0 if all of it holds, 1 if something was altered, added, removed or reordered
    (each is named: table, key, event, kind), 2 if the database is too damaged to be checked.
    """
    wanted = dict(_kept(text) for text in kept)
    try:
        with open_application() as settings:
            report = checking.check_all(db.engine, settings, files=not quick, kept=wanted)
            checking.remember(report, settings)
    except UnreadableError as error:
        answer = {"holds": False, "damaged": str(error)}
        click.echo(json.dumps(answer) if as_json else f"The database is damaged: {error}")
        sys.exit(2)
    click.echo(json.dumps(_as_json(report)) if as_json else _as_text(report))
    if not report.holds:
        sys.exit(1)


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="The whole signed line.")
@click.pass_obj
def head(open_application: OpenApplication, as_json: bool) -> None:
    """Sign the newest event and print it, to be mailed, printed or written down.

    Later, `accredit audit verify --head NUMBER:HASH` says whether it is still there.
    """
    with open_application() as settings:
        signed = checking.sign_head(db.engine, settings)
    if signed is None:
        raise click.ClickException("Nothing has happened yet: the trail is empty.")
    click.echo(signed.as_json() if as_json else f"{signed.event}:{signed.hash}  {signed.at}")


@audit.command()
@click.argument("event", type=click.IntRange(1))
@click.argument("reason")
@click.pass_obj
def explain(open_application: OpenApplication, event: int, reason: str) -> None:
    """Say why the clock of EVENT went back, so that `verify` takes it for a notice."""
    with open_application():
        session = db.session()
        if session.get(Event, event) is None:
            raise click.BadParameter(f"there is no event {event}")
        details = {"reason": reason}
        record(
            session, EXPLAINED, Subject("event", str(event)), by=None, at=clock.now(),
            details=details,
        )  # fmt: skip
    click.echo(f"Explained: event {event}")


def _kept(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == 64):
        raise click.BadParameter(f"{text!r} is not NUMBER:HASH", param_hint="--head")
    return int(number), digest


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "holds": report.holds,
        "events": report.events,
        "rows": report.rows,
        "heads": report.heads,
        "files": report.files,
        "last_event": report.last_event,
        "last_hash": report.last_hash,
        "signed_to": report.signed_to,
        "seconds": round(report.seconds, 3),
        "findings": [asdict(finding) for finding in report.findings],
        "notices": [asdict(finding) for finding in report.notices],
    }


def _as_text(report: Report) -> str:
    files = "" if report.files is None else f", {report.files} files"
    return "\n".join(
        [
            *(_line(finding) for finding in report.findings),
            *(f"explained: {_line(finding)}" for finding in report.notices),
            f"{report.events} events, {report.rows} rows, {report.heads} heads{files}: "
            f"{len(report.findings)} findings ({report.seconds:.1f} s)",
        ]
    )


def _line(finding: Finding) -> str:
    place = f"{finding.table} {finding.key}"
    event = "" if finding.event is None else f", event {finding.event}"
    note = f" ({finding.note})" if finding.note else ""
    return f"{place}{event}: {finding.kind}: {KIND_NAMES[finding.kind]}{note}"


def _newest(session: Session, last: int, subject: str | None) -> list[dict[str, Any]]:
    """The newest events, oldest first, as JSON values."""
    query = select(Event).order_by(Event.id.desc()).limit(last)
    if subject:
        kind, _, key = subject.partition(":")
        query = query.where(Event.subject_type == kind)
        if key:
            query = query.where(Event.subject_id == key)
    events = list(session.scalars(query))[::-1]
    ids = {event.person_id for event in events}
    rows = session.execute(select(Person.id, Person.email).where(Person.id.in_(ids)))
    emails = {person_id: email for person_id, email in rows}  # noqa: C416 - dict() takes a result for a mapping
    return [
        {
            "id": event.id,
            "at": event.at.isoformat(),
            "person": emails.get(event.person_id or 0),
            "role": event.role,
            "action": event.action,
            "subject": f"{event.subject_type}:{event.subject_id}",
            "details": json.loads(event.details),
            "hash": event.hash,
        }
        for event in events
    ]
