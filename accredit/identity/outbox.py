"""The outbox: mails wait in the database until the mail server has taken them.

A link is made when its mail is sent, so that the outbox never holds anything that opens an
account; and whether an address belongs to anybody is found out then, so that asking for a new
password takes the same time for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from accredit.identity.accounts import Purpose, make_sign_in_link
from accredit.identity.letters import Letter, MailKind, compose
from accredit.identity.models import Mail, Person
from accredit.identity.service import record
from accredit.text import Bilingual, Language

#: A mail that was being sent when its process ended is tried again after this.
_LEASE = timedelta(minutes=10)
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)
#: Who asked for a new password longer ago asks again; other mails are tried for a week.
_KEPT = {MailKind.RESET: timedelta(hours=2)}
_KEPT_USUALLY = timedelta(days=7)
_PATHS = {MailKind.INVITATION: "/welcome/", MailKind.RESET: "/reset/"}
_PURPOSES = {MailKind.INVITATION: Purpose.INVITATION, MailKind.RESET: Purpose.RESET}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail that is to be sent now."""

    mail_id: int
    address: str
    letter: Letter


def put(
    session: Session, kind: MailKind, address: str, *, person_id: int | None, at: datetime
) -> None:
    """Have a mail sent after the transaction, which must record why."""
    session.add(
        Mail(
            kind=kind.value, address=address, person_id=person_id, queued_at=at, due_at=at, tries=0
        )
    )
    session.flush()


def claim(session: Session, *, at: datetime) -> int | None:
    """Take the next mail that is due, for nobody else to send; None if there is none."""
    due = (
        select(Mail.id)
        .where(Mail.state.in_(("waiting", "sending")), Mail.due_at <= at)
        .order_by(Mail.due_at, Mail.id)
        .limit(1)
    )
    mail_id = session.scalar(due)
    if mail_id is None:
        return None
    taken = session.connection().execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.state.in_(("waiting", "sending")), Mail.due_at <= at)
        .values(state="sending", due_at=at + _LEASE, tries=Mail.tries + 1)
    )
    return mail_id if taken.rowcount else claim(session, at=at)


def prepare(
    session: Session, mail_id: int, *, base_url: str, product: Bilingual, at: datetime
) -> Outgoing | None:
    """Write the mail, with a fresh link if it has one; None if it is to be sent to nobody."""
    mail = session.get_one(Mail, mail_id, populate_existing=True)
    kind = MailKind(mail.kind)
    person = _reader(session, mail)
    if person is None or has_run_out(kind, mail.queued_at, at):
        _move(session, mail_id, state="dropped")
        return None
    link = None
    if kind in _PURPOSES:
        token = make_sign_in_link(session, person, by=None, at=at, purpose=_PURPOSES[kind])
        link = f"{base_url}{_PATHS[kind]}{token}"
    language = cast("Language", person.language)
    called = product.in_language(language)
    letter = compose(kind, name=person.name, language=language, product=called, link=link)
    return Outgoing(mail.id, mail.address, letter)


def has_run_out(kind: MailKind, queued_at: datetime, at: datetime) -> bool:
    """Whether a mail waited for so long that nobody is to get it any more."""
    return at - queued_at > _KEPT.get(kind, _KEPT_USUALLY)


def _reader(session: Session, mail: Mail) -> Person | None:
    """Whose mail it is: an enabled account, under the address it was written to."""
    query = select(Person).where(Person.active, func.lower(Person.email) == mail.address.lower())
    if mail.person_id is not None:
        query = query.where(Person.id == mail.person_id)
    return session.scalar(query)


def sent(session: Session, outgoing: Outgoing, *, at: datetime) -> None:
    """The mail server has taken it."""
    mail = session.get_one(Mail, outgoing.mail_id)
    _move(session, mail.id, state="sent", problem=None)
    person = _reader(session, mail)
    if person is not None:
        _forget_old(session, at)
        record(session, "person.mail_sent", person.id, None, None, at, kind=mail.kind)


def failed(
    session: Session, outgoing: Outgoing, problem: str, *, final: bool, at: datetime
) -> None:
    """The mail server has not: try later, or never where it refuses this mail for good."""
    mail = session.get_one(Mail, outgoing.mail_id)
    if final:
        _move(session, mail.id, state="dropped", problem=problem[:200])
        return
    wait = min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(mail.tries - 1, 10))
    _move(session, mail.id, state="waiting", problem=problem[:200], due_at=at + wait)


def _move(session: Session, mail_id: int, **values: object) -> None:
    """How far a mail got; the trail follows only that it was sent."""
    session.connection().execute(update(Mail).where(Mail.id == mail_id).values(**values))


def _forget_old(session: Session, at: datetime) -> None:
    """What was sent or dropped longer ago; that it was sent stays in the trail."""
    session.execute(
        delete(Mail).where(
            Mail.state.in_(("sent", "dropped")), Mail.queued_at < at - timedelta(days=30)
        )
    )


def waiting(session: Session) -> int:
    """How many mails are still to be sent."""
    query = select(func.count(Mail.id)).where(Mail.state.in_(("waiting", "sending")))
    return session.scalar(query) or 0
