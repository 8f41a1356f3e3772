"""Accounts: one-time links, passwords, own details, and closing an account."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from accredit.identity.delegation import ensure_may_change_account
from accredit.identity.domain import Grant, Role
from accredit.identity.models import Person, RoleAssignment, SignInLink
from accredit.identity.service import load_access, record
from accredit.text import N_, Bilingual, Language, RuleError

LINK_LIFETIME = timedelta(days=7)


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


def make_sign_in_link(session: Session, person: Person, *, by: int | None, at: datetime) -> str:
    """A one-time token with which the person sets a password within seven days.

    It replaces earlier links of the person: only the newest opens anything.
    """
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person.id, SignInLink.used_at.is_(None))
        .where(SignInLink.expires_at > at)
        .values(expires_at=at)
    )
    if by is not None:
        ensure_may_manage(session, person, by=by)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(
            person_id=person.id,
            token_hash=hash_token(token),
            created_at=at,
            expires_at=at + LINK_LIFETIME,
        )
    )
    session.flush()
    record(session, "person.link_made", person.id, None, by, at)
    return token


def find_sign_in_link(session: Session, token: str, *, at: datetime) -> SignInLink | None:
    """The unused, unexpired link for a token of a person whose account is enabled."""
    link = session.scalar(
        select(SignInLink)
        .where(SignInLink.token_hash == hash_token(token))
        .options(joinedload(SignInLink.person))
    )
    if link is None or link.used_at is not None or link.expires_at <= at:
        return None
    return link if link.person.active else None


def use_sign_in_link(session: Session, token: str, *, password_hash: str, at: datetime) -> Person:
    """Set the password the link allows; raises `UsedLinkError` if it allows none."""
    link = find_sign_in_link(session, token, at=at)
    if link is None:
        raise UsedLinkError
    link.used_at = at
    link.person.password = password_hash
    end_sessions(link.person)
    session.flush()
    record(session, "person.password_set", link.person.id, None, link.person.id, at)
    return link.person


def end_sessions(person: Person) -> None:
    """Whoever is signed in as the person no longer is: sessions know the old identity."""
    person.fs_uniquifier = uuid.uuid4().hex


def hash_token(token: str) -> str:
    """What is stored of a one-time token."""
    return hashlib.sha256(token.encode()).hexdigest()


def change_password(session: Session, person: Person, *, password_hash: str, at: datetime) -> None:
    """Give the person the new password they chose; every session of theirs ends."""
    person.password = password_hash
    end_sessions(person)
    session.flush()
    record(session, "person.password_set", person.id, None, person.id, at)


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
        end_sessions(person)
    session.flush()
    action = "person.enabled" if active else "person.disabled"
    record(session, action, person.id, None, by, at)
