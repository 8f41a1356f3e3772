"""Accounts: one-time links, passwords, own details, and closing an account."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from accredit.identity import sessions
from accredit.identity.delegation import ensure_may_change_account
from accredit.identity.domain import Grant, Role
from accredit.identity.models import (
    Department,
    Organisation,
    Person,
    RoleAssignment,
    SignInLink,
)
from accredit.identity.service import load_access, record
from accredit.identity.tokens import hash_token, new_token
from accredit.text import N_, Bilingual, Language, RuleError

LINK_LIFETIME = timedelta(days=7)


class Purpose(StrEnum):
    """What a one-time link is for; a link for one opens nothing of the other."""

    INVITATION = "invitation"
    RESET = "reset"


LIFETIMES = {Purpose.INVITATION: LINK_LIFETIME, Purpose.RESET: timedelta(minutes=60)}


class UsedLinkError(RuleError):
    """A one-time link was used before, has run out or never existed."""

    def __init__(self) -> None:
        super().__init__(
            N_("This link has been used or has run out. Ask an administrator for a new one.")
        )


def ensure_may_manage(session: Session, person: Person, *, by: int) -> None:
    """Raise unless `by` may disable, enable or let in `person` (see delegation)."""
    rows = session.execute(
        select(
            RoleAssignment.role,
            RoleAssignment.organisation_id,
            RoleAssignment.department_id,
            RoleAssignment.ended_at,
        ).where(RoleAssignment.person_id == person.id)
    )
    grants = [(Grant(Role(role), org, dep), ended) for role, org, dep, ended in rows]
    held = [grant for grant, ended in grants if ended is None]
    # Of somebody who holds no role now, the account belongs where the roles were held.
    ensure_may_change_account(
        load_access(session, by), person.id, held or [grant for grant, _ended in grants]
    )


def may_manage(session: Session, person: Person, *, by: int) -> bool:
    """Whether `ensure_may_manage` would pass, for showing or hiding what it guards."""
    try:
        ensure_may_manage(session, person, by=by)
    except RuleError:
        return False
    return True


def make_sign_in_link(
    session: Session,
    person: Person,
    *,
    by: int | None,
    at: datetime,
    purpose: Purpose = Purpose.INVITATION,
) -> str:
    """A one-time token with which the person sets a password: seven days, or an hour to reset.

    It replaces earlier links of the person: only the newest opens anything.
    """
    end_links(session, person.id, at=at)
    if by is not None:
        ensure_may_manage(session, person, by=by)
    token = new_token()
    session.add(
        SignInLink(
            person_id=person.id,
            token_hash=hash_token(token),
            purpose=purpose.value,
            bound_to=password_mark(person),
            created_at=at,
            expires_at=at + LIFETIMES[purpose],
        )
    )
    session.flush()
    record(session, "person.link_made", person.id, None, by, at, kind=purpose.value)
    return token


def end_links(session: Session, person_id: int, *, at: datetime) -> None:
    """Whatever links the person was sent to choose a password open nothing any more."""
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None))
        .where(SignInLink.expires_at > at)
        .values(expires_at=at)
    )


def password_mark(person: Person) -> str:
    """Of which password a link is: once another one is chosen, the link opens nothing."""
    return hash_token(f"link of {person.password or ''}")


def find_sign_in_link(
    session: Session, token: str, *, at: datetime, purpose: Purpose = Purpose.INVITATION
) -> SignInLink | None:
    """The unused, unexpired link for a token of a person whose account is enabled."""
    link = session.scalar(
        select(SignInLink)
        .where(SignInLink.token_hash == hash_token(token), SignInLink.purpose == purpose.value)
        .options(joinedload(SignInLink.person))
    )
    if link is None or link.used_at is not None or link.expires_at <= at:
        return None
    # Links of an earlier release are bound to no password.
    if link.bound_to and not hmac.compare_digest(link.bound_to, password_mark(link.person)):
        return None
    return link if link.person.active else None


def use_sign_in_link(
    session: Session,
    token: str,
    *,
    password_hash: str,
    at: datetime,
    purpose: Purpose = Purpose.INVITATION,
) -> Person:
    """Set the password the link allows; raises `UsedLinkError` if it allows none.

    Second factors stay as they are: who forgot a password has not lost a telephone.
    """
    link = find_sign_in_link(session, token, at=at, purpose=purpose)
    if link is None:
        raise UsedLinkError
    taken = session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=at)
    )
    if not taken.rowcount:  # type: ignore[attr-defined] # of an update
        raise UsedLinkError
    _set_password(session, link.person, password_hash, at)
    return link.person


def change_password(session: Session, person: Person, *, password_hash: str, at: datetime) -> None:
    """Give the person the new password they chose; every session of theirs ends."""
    end_links(session, person.id, at=at)
    _set_password(session, person, password_hash, at)


def _set_password(session: Session, person: Person, password_hash: str, at: datetime) -> None:
    person.password = password_hash
    sessions.end_all(session, person.id)
    session.flush()
    record(session, "person.password_set", person.id, None, person.id, at)


def names_around(session: Session, person_id: int) -> list[str]:
    """The names by which a person's password could be guessed: their own and their places'."""
    person = session.get_one(Person, person_id)
    query = (
        select(
            Organisation.name_en,
            Organisation.name_ar,
            Organisation.code,
            Department.name_en,
            Department.name_ar,
        )
        .select_from(RoleAssignment)
        .join(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .outerjoin(Department, Department.id == RoleAssignment.department_id)
        .where(RoleAssignment.person_id == person_id)
    )
    places = [name for row in session.execute(query) for name in row if name]
    return [person.name_en, person.name_ar, *places]


def get_person(session: Session, person_id: int) -> Person:
    """Somebody's own account, to be changed by themselves."""
    return session.get_one(Person, person_id)


def change_own_details(
    session: Session, person_id: int, *, name: Bilingual, language: Language, at: datetime
) -> None:
    """Write a person's own name and language, as they gave them."""
    person = get_person(session, person_id)
    before = {"name_en": person.name_en, "name_ar": person.name_ar, "language": person.language}
    after = {"name_en": name.en, "name_ar": name.ar, "language": language}
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if not changed:
        return
    person.name_en, person.name_ar, person.language = name.en, name.ar, language
    session.flush()
    record(session, "person.changed", person.id, None, person.id, at, changes=changed)


def set_active(session: Session, person: Person, active: bool, *, by: int, at: datetime) -> None:
    """Enable or disable an account; disabling ends the person's sessions at once."""
    ensure_may_manage(session, person, by=by)
    if person.active == active:
        return
    person.active = active
    if not active:
        sessions.end_all(session, person.id)
    session.flush()
    action = "person.enabled" if active else "person.disabled"
    record(session, action, person.id, None, by, at)


def end_all_sessions(session: Session, person: Person, *, by: int, at: datetime) -> None:
    """Sign the person out everywhere, by somebody who manages the account."""
    ensure_may_manage(session, person, by=by)
    sessions.end_all(session, person.id)
    record(session, "person.session_ended", person.id, None, by, at)
