"""Organisations, people and roles: what changes them, and who may see them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accredit import audit
from accredit.identity.domain import (
    Access,
    Grant,
    NotFoundError,
    Permission,
    Reach,
    Role,
    ensure_not_own,
    ensure_role_fits,
)
from accredit.identity.models import Department, Organisation, Person, RoleAssignment, SignInLink
from accredit.text import Bilingual, N_, RuleError

LINK_LIFETIME = timedelta(days=7)


class TakenError(RuleError):
    """A code or address that must be unique is already used."""


class UsedLinkError(RuleError):
    """A one-time link was used before, has run out or never existed."""

    def __init__(self) -> None:
        super().__init__(
            N_("This link has been used or has run out. Ask an administrator for a new one.")
        )


def load_access(session: Session, person_id: int) -> Access:
    """All roles the person holds at this moment."""
    rows = session.execute(
        select(
            RoleAssignment.role, RoleAssignment.organisation_id, RoleAssignment.department_id
        ).where(RoleAssignment.person_id == person_id, RoleAssignment.ended_at.is_(None))
    )
    return Access(person_id, tuple(Grant(Role(role), org, dep) for role, org, dep in rows))


def within(
    reach: Reach, department_id: InstrumentedAttribute[int] | ColumnElement[int]
) -> ColumnElement[bool]:
    """A condition that keeps the rows whose department lies within the reach."""
    if reach.everywhere:
        return true()
    return or_(
        department_id.in_(reach.department_ids),
        department_id.in_(
            select(Department.id).where(Department.organisation_id.in_(reach.organisation_ids))
        ),
    )


def get_department(
    session: Session, department_id: int, access: Access, permission: Permission
) -> Department:
    """The department, if the person may do `permission` there; else `NotFoundError`."""
    department = session.get(Department, department_id)
    if department is None or not access.may_at(
        permission, department.organisation_id, department.id
    ):
        raise NotFoundError
    return department


def list_departments(session: Session, access: Access, permission: Permission) -> list[Department]:
    """The departments where the person may do `permission`, by organisation and name."""
    condition = within(access.reach(permission), Department.id)
    query = select(Department).where(condition).order_by(Department.organisation_id, Department.id)
    return list(session.scalars(query))


def create_organisation(
    session: Session, *, code: str, name: Bilingual, by: int | None, at: datetime
) -> Organisation:
    """A new organisation; `code` is short, unique and part of certificate numbers."""
    code = code.strip().upper()
    if session.scalar(select(Organisation.id).where(Organisation.code == code)):
        raise TakenError(N_("Another organisation has this code."), field="code")
    organisation = Organisation(code=code, name_en=name.en, name_ar=name.ar, created_at=at)
    session.add(organisation)
    session.flush()
    _record(session, "organisation.created", organisation.id, organisation.id, by, at, code=code)
    return organisation


def create_department(
    session: Session,
    organisation: Organisation,
    *,
    code: str,
    name: Bilingual,
    by: int | None,
    at: datetime,
) -> Department:
    """A new department of the organisation; `code` is unique within it."""
    code = code.strip().upper()
    taken = select(Department.id).where(
        Department.organisation_id == organisation.id, Department.code == code
    )
    if session.scalar(taken):
        raise TakenError(N_("Another department of this organisation has this code."), field="code")
    department = Department(
        organisation_id=organisation.id, code=code, name_en=name.en, name_ar=name.ar, created_at=at
    )
    session.add(department)
    session.flush()
    _record(session, "department.created", department.id, organisation.id, by, at, code=code)
    return department


def create_person(
    session: Session,
    *,
    email: str,
    name: Bilingual,
    language: str,
    by: int | None,
    at: datetime,
    is_demo: bool = False,
) -> Person:
    """A new person without a password: they choose one by a sign-in link."""
    email = email.strip().lower()
    if session.scalar(select(Person.id).where(func.lower(Person.email) == email)):
        raise TakenError(N_("Somebody with this e-mail address is already here."), field="email")
    person = Person(
        email=email,
        name_en=name.en,
        name_ar=name.ar,
        language=language,
        is_demo=is_demo,
        fs_uniquifier=uuid.uuid4().hex,
        created_at=at,
    )
    session.add(person)
    session.flush()
    _record(session, "person.created", person.id, None, by, at, email=email)
    return person


def grant_role(
    session: Session,
    person: Person,
    role: Role,
    *,
    organisation_id: int | None,
    department_id: int | None = None,
    by: int | None,
    at: datetime,
) -> RoleAssignment:
    """Give a person a role at a place; `by` None is the command line alone."""
    if by is not None:
        ensure_not_own(person.id, by)
    ensure_role_fits(role, organisation_id, department_id)
    assignment = RoleAssignment(
        person_id=person.id,
        role=role.value,
        organisation_id=organisation_id,
        department_id=department_id,
        granted_by_id=by,
        granted_at=at,
    )
    session.add(assignment)
    session.flush()
    _record(
        session,
        "role.granted",
        person.id,
        organisation_id,
        by,
        at,
        role=role.value,
        department=department_id,
    )
    return assignment


def end_role(session: Session, assignment: RoleAssignment, *, by: int, at: datetime) -> None:
    """End a role; it acts no more from the person's next request on."""
    ensure_not_own(assignment.person_id, by)
    if assignment.ended_at is not None:
        return
    assignment.ended_at = at
    session.flush()
    _record(
        session,
        "role.ended",
        assignment.person_id,
        assignment.organisation_id,
        by,
        at,
        role=assignment.role,
        department=assignment.department_id,
    )


def people_with_role(session: Session, role: Role, organisation_id: int) -> list[Person]:
    """The active people who hold a role for an organisation, by their English name."""
    query = (
        select(Person)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            Person.active,
            RoleAssignment.role == role.value,
            RoleAssignment.ended_at.is_(None),
            or_(
                RoleAssignment.organisation_id.is_(None),
                RoleAssignment.organisation_id == organisation_id,
            ),
        )
        .distinct()
        .order_by(Person.name_en)
    )
    return list(session.scalars(query))


def make_sign_in_link(session: Session, person: Person, *, by: int | None, at: datetime) -> str:
    """A one-time token with which the person sets a password within seven days."""
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
    _record(session, "person.link_made", person.id, None, by, at)
    return token


def find_sign_in_link(session: Session, token: str, *, at: datetime) -> SignInLink | None:
    """The unused, unexpired link for a token."""
    link = session.scalar(select(SignInLink).where(SignInLink.token_hash == hash_token(token)))
    if link is None or link.used_at is not None or link.expires_at <= at:
        return None
    return link


def use_sign_in_link(session: Session, token: str, *, password_hash: str, at: datetime) -> Person:
    """Set the password the link allows; raises `UsedLinkError` if it allows none."""
    link = find_sign_in_link(session, token, at=at)
    if link is None:
        raise UsedLinkError
    link.used_at = at
    link.person.password = password_hash
    # A new identity for the session: whoever was signed in with the old one no longer is.
    link.person.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    _record(session, "person.password_set", link.person.id, None, link.person.id, at)
    return link.person


def hash_token(token: str) -> str:
    """What is stored of a one-time token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _record(
    session: Session,
    action: str,
    subject_id: int,
    organisation_id: int | None,
    by: int | None,
    at: datetime,
    **details: object,
) -> None:
    kind = "person" if action.startswith(("person.", "role.")) else action.partition(".")[0]
    audit.record(
        session,
        action,
        audit.Subject(kind, str(subject_id), organisation_id),
        by=by,
        at=at,
        details=details,
    )
