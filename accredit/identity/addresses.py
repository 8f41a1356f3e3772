"""Moving an account to another e-mail address: asked for with the password, confirmed by a link.

Whether somebody has the address already is found out when the mail is sent, and told to nobody
but the owner of the address: whoever asks sees and waits for the same in both cases.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from accredit.identity import sessions
from accredit.identity.accounts import UsedLinkError, end_links, password_mark
from accredit.identity.models import AddressChange, Person
from accredit.identity.service import record
from accredit.identity.tokens import hash_token, new_token
from accredit.text import N_, RuleError

LINK_LIFETIME = timedelta(minutes=60)


class SameAddressError(RuleError):
    """The address asked for is the person's own."""

    def __init__(self) -> None:
        super().__init__(N_("This is your address already. Give another one."), field="email")


def ask(session: Session, person: Person, address: str, *, at: datetime) -> None:
    """Keep that the person, who has just given their password, wants to be at `address`.

    It replaces what they asked for before. Raises `SameAddressError`.
    """
    if address.lower() == person.email.lower():
        raise SameAddressError
    session.execute(
        update(AddressChange)
        .where(AddressChange.person_id == person.id, AddressChange.ended_at.is_(None))
        .values(ended_at=at)
    )
    session.add(
        AddressChange(
            person_id=person.id, address=address, bound_to=password_mark(person), asked_at=at
        )
    )
    session.flush()
    record(session, "person.address_asked", person.id, None, person.id, at)


def find_owner(session: Session, address: str) -> Person | None:
    """Whose account is under an address, disabled ones included."""
    return session.scalar(select(Person).where(func.lower(Person.email) == address.lower()))


def find_asked(session: Session, person_id: int | None, address: str) -> AddressChange | None:
    """What the person asked for last, if it is this address and still stands."""
    query = select(AddressChange).where(
        AddressChange.person_id == person_id, AddressChange.address == address
    )
    return _standing(session.scalar(query.where(AddressChange.ended_at.is_(None))))


def make_link(session: Session, person: Person, address: str, *, at: datetime) -> str:
    """A one-time token that confirms the address for an hour; one made before opens nothing.

    Raises `UsedLinkError` where nobody asks for it any more.
    """
    change = find_asked(session, person.id, address)
    if change is None:
        raise UsedLinkError
    token = new_token()
    change.token_hash = hash_token(token)
    change.expires_at = at + LINK_LIFETIME
    session.flush()
    record(session, "person.link_made", person.id, None, None, at, kind="address")
    return token


def find_link(session: Session, token: str, *, at: datetime) -> AddressChange | None:
    """The change that an unused, unexpired link confirms, of an enabled account."""
    change = session.scalar(
        select(AddressChange)
        .where(AddressChange.token_hash == hash_token(token), AddressChange.ended_at.is_(None))
        .options(joinedload(AddressChange.person))
    )
    if change is None or change.expires_at is None or change.expires_at <= at:
        return None
    return _standing(change)


def use_link(session: Session, token: str, *, at: datetime, keep: int | None) -> tuple[Person, str]:
    """Give the account the address the link confirms; the person, and their former address.

    Every session but `keep` ends, and so does every link that was sent to the former address.
    Raises `UsedLinkError` if the link confirms nothing, or somebody has the address meanwhile.
    """
    change = find_link(session, token, at=at)
    if change is None or find_owner(session, change.address) is not None:
        raise UsedLinkError
    taken = session.execute(
        update(AddressChange)
        .where(AddressChange.id == change.id, AddressChange.ended_at.is_(None))
        .values(ended_at=at)
    )
    if not taken.rowcount:  # type: ignore[attr-defined] # of an update
        raise UsedLinkError
    person, former = change.person, change.person.email
    person.email = change.address
    end_links(session, person.id, at=at)
    sessions.end_all(session, person.id, but=keep)
    session.flush()
    changes = {"email": [former, person.email]}
    record(session, "person.address_changed", person.id, None, person.id, at, changes=changes)
    return person, former


def end_all(session: Session, *, at: datetime) -> int:
    """End everything that was asked for and not confirmed, of everybody; how many there were."""
    ended = session.execute(
        update(AddressChange).where(AddressChange.ended_at.is_(None)).values(ended_at=at)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined] # of an update


def _standing(change: AddressChange | None) -> AddressChange | None:
    """The change, unless its account was disabled or has another password since."""
    if change is None or not change.person.active:
        return None
    return change if hmac.compare_digest(change.bound_to, password_mark(change.person)) else None
