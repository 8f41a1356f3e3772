"""Accounts and their mail from the command line."""

from __future__ import annotations

import click

_Failed = click.ClickException


@click.group()
def mail() -> None:
    """Mails that wait to be sent."""


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
