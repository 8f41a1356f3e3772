"""Mails held back since a backup was restored: looking, letting them go, giving them up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accredit import audit
from accredit.identity.letters import MailKind
from accredit.identity.models import Mail
from accredit.identity.outbox import has_run_out
from accredit.text import N_, RuleError

#: Where a mail is that somebody may still get, or that is kept from them.
UNSENT = ("held", "waiting", "sending")


class NotHeldError(RuleError):
    """There is no mail of this number that is held back."""

    def __init__(self, number: int) -> None:
        super().__init__(N_("No mail %(number)s is held back."), number=number)


@dataclass(frozen=True, slots=True)
class Released:
    """The numbers of the mails that wait to be sent now, and of those too old to be sent."""

    released: tuple[int, ...]
    dropped: tuple[int, ...]


def list_unsent(session: Session, *, held_only: bool = False) -> list[Mail]:
    """The mails that were not sent yet, the oldest first."""
    states = UNSENT[:1] if held_only else UNSENT
    query = select(Mail).where(Mail.state.in_(states)).order_by(Mail.queued_at, Mail.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def release(session: Session, numbers: Collection[int] | None, *, at: datetime) -> Released:
    """Let mails go that are held back; None for all of them.

    One that has run out meanwhile is dropped: nobody waits for it any more. Raises
    `NotHeldError` for a number that is not held back, and then changes nothing.
    """
    held = _held(session, numbers)
    chosen = list(held)
    old = tuple(
        number
        for number in chosen
        if has_run_out(MailKind(held[number].kind), held[number].queued_at, at)
    )
    going = tuple(number for number in chosen if number not in old)
    _mark(session, going, state="waiting", due_at=at, problem=None)
    _mark(session, old, state="dropped")
    if chosen:
        _tell(session, "mail.released", at, released=_listed(going), dropped=_listed(old))
    return Released(going, old)


def drop(session: Session, numbers: Collection[int] | None, *, at: datetime) -> Released:
    """Give up mails that are held back, so that nobody ever gets them; None for all of them.

    Raises `NotHeldError` for a number that is not held back, and then changes nothing.
    """
    chosen = tuple(_held(session, numbers))
    _mark(session, chosen, state="dropped")
    if chosen:
        _tell(session, "mail.dropped", at, given_up=_listed(chosen))
    return Released((), chosen)


def _mark(session: Session, numbers: Collection[int], **values: object) -> None:
    # How far a mail got is nothing the trail follows row by row.
    session.connection().execute(update(Mail).where(Mail.id.in_(numbers)).values(**values))


def _tell(session: Session, action: str, at: datetime, **details: str | None) -> None:
    subject = audit.Subject("mail", "held")
    audit.record(session, action, subject, by=None, at=at, details=details)


def _held(session: Session, numbers: Collection[int] | None) -> dict[int, Mail]:
    """The mails of these numbers, in their order, every one of them held back."""
    held = {mail.id: mail for mail in list_unsent(session, held_only=True)}
    if numbers is None:
        return held
    for number in sorted(set(numbers)):
        if number not in held:
            raise NotHeldError(number)
    return {number: held[number] for number in sorted(set(numbers))}


def _listed(numbers: tuple[int, ...]) -> str | None:
    return ", ".join(map(str, numbers)) or None
