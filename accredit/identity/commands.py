"""Accounts and their mail from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from accredit.identity.held_mail import Released

_Failed = click.ClickException


@click.group()
def mail() -> None:
    """Mails that wait to be sent, or are held back since a backup was restored."""


@mail.command("send")
@click.pass_obj
def send(application: object) -> None:
    """Send what waits, and say what is left."""
    from flask import current_app

    from accredit.database import db
    from accredit.identity import outbox, sending

    with application():  # type: ignore[operator] # the command line hands over its context
        if not sending.sends_mail():
            raise _Failed("No mail server is set. Set ACCREDIT_SMTP_HOST and ACCREDIT_MAIL_FROM.")
        app = current_app._get_current_object()  # type: ignore[attr-defined] # a proxy
        sent = sending.send_due(app)
        left = outbox.waiting(db.session())
    click.echo(f"{sent} sent, {left} still waiting")
    if left:
        raise SystemExit(1)


@mail.command("list")
@click.option("--held", "held_only", is_flag=True, help="Only those that are held back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_(application: object, held_only: bool, as_json: bool) -> None:
    """List the mails that were not sent yet, the oldest first."""
    from accredit.database import db
    from accredit.identity.held_mail import list_unsent

    with application():  # type: ignore[operator] # as above
        rows = [
            {
                "number": row.id,
                "state": row.state,
                "kind": row.kind,
                "address": row.address,
                "queued_at": row.queued_at.astimezone(UTC).isoformat(timespec="seconds"),
                "tries": row.tries,
                "problem": row.problem,
            }
            for row in list_unsent(db.session(), held_only=held_only)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        line = "{number:>6}  {state:<8}  {queued_at}  {kind:<18}  {address}".format(**row)
        click.echo(f"{line}  ({row['problem']})" if row["problem"] else line)
    if not rows:
        click.echo("No mail is held back." if held_only else "No mail waits.")


@mail.command("release")
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(1))
@click.option("--all", "everything", is_flag=True, help="All that are held back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def release(application: object, numbers: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Let mails go that are held back since a backup was restored.

    They are sent next; a mail that has run out meanwhile is dropped instead.
    """
    from accredit.identity import held_mail

    done = _with_held(held_mail.release, application, numbers, everything)
    if as_json:
        click.echo(json.dumps({"released": done.released, "dropped": done.dropped}))
        return
    click.echo(f"{len(done.released)} released, {len(done.dropped)} dropped as too old")
    if done.released:
        click.echo("`accredit mail send` sends them now; a running server does with its next mail.")


@mail.command("drop")
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(1))
@click.option("--all", "everything", is_flag=True, help="All that are held back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def drop(application: object, numbers: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Give up mails that are held back since a backup was restored; nobody gets them.

    Whoever waits for a link asks for a new one.
    """
    from accredit.identity import held_mail

    done = _with_held(held_mail.drop, application, numbers, everything)
    if as_json:
        click.echo(json.dumps({"dropped": done.dropped}))
        return
    click.echo(f"{len(done.dropped)} dropped")


def _with_held(
    act: Callable[..., Released], application: object, numbers: tuple[int, ...], everything: bool
) -> Released:
    """Let `act` do what it does with the mails named, or with all that are held back."""
    from accredit import clock
    from accredit.database import db
    from accredit.identity.held_mail import NotHeldError

    if everything == bool(numbers):
        raise click.UsageError("Name mails by their numbers, or all of them by --all.")
    with application():  # type: ignore[operator] # as above
        try:
            return act(db.session(), None if everything else numbers, at=clock.now())
        except NotHeldError as error:
            raise _Failed(str(error)) from error


@click.group()
def account() -> None:
    """What nobody can do for themselves in the browser."""


@account.command("forget-second-factor")
@click.argument("email")
@click.option("--reason", required=True, help="Why, and how it was made sure who asks.")
@click.pass_obj
def forget_second_factor(application: object, email: str, reason: str) -> None:
    """Forget the second factors of EMAIL, where there are no two administrators to agree.

    The person sets up a new one at the next sign-in; their sessions end.
    """
    from sqlalchemy import select

    from accredit import clock
    from accredit.database import db
    from accredit.identity import factor_resets
    from accredit.identity.letters import MailKind
    from accredit.identity.models import Person
    from accredit.identity.sending import post
    from accredit.identity.service import record

    with application():  # type: ignore[operator] # as above
        session, at = db.session(), clock.now()
        person = session.scalar(select(Person).where(Person.email == email.strip().lower()))
        if person is None:
            raise _Failed(f"There is no account {email}.")
        factor_resets.forget(session, person)
        record(session, "person.factors_reset", person.id, None, None, at, reason=reason)
        post(MailKind.FACTORS_RESET, person, at=at)
    click.echo(f"Second factors of {email} forgotten.")
