"""Organisations, people and roles: what changes them, and who may see them."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from accredit import audit
from accredit.identity.delegation import ensure_may_change_role
from accredit.identity.domain import (
    Access,
    Grant,
    NotFoundError,
    Permission,
    Reach,
    Role,
    RolePlaceError,
    ensure_not_own,
    ensure_role_fits,
)
from accredit.identity.models import Department, Organisation, Person, RoleAssignment
from accredit.text import N_, Bilingual, RuleError


class TakenError(RuleError):
    """A code or address that must be unique is already used."""


class RoleHeldError(RuleError):
    """The person holds this role at this place already."""

    def __init__(self) -> None:
        super().__init__(N_("This person holds this role there already."), field="role")


def load_access(session: Session, person_id: int) -> Access:
    """All roles the person holds at this moment."""
    rows = session.execute(
        select(
            RoleAssignment.role, RoleAssignment.organisation_id, RoleAssignment.department_id
        ).where(RoleAssignment.person_id == person_id, RoleAssignment.ended_at.is_(None))
    )
    return Access(person_id, tuple(Grant(Role(role), org, dep) for role, org, dep in rows))


@lru_cache(maxsize=256)
def within(
    reach: Reach, department_id: InstrumentedAttribute[int] | ColumnElement[int]
) -> ColumnElement[bool]:
    """A condition that keeps the rows whose department lies within the reach.

    Built once for each: it says only where to look, and takes longer to write than to ask.
    """
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
    """The departments where the person may do `permission`, with their organisations.

    By organisation and department as they were created; one query.
    """
    return list(session.scalars(_departments_within(access.reach(permission))))


@lru_cache(maxsize=32)
def _departments_within(reach: Reach) -> Select[Department]:
    return (
        select(Department)
        .where(within(reach, Department.id))
        .options(joinedload(Department.organisation))
        .order_by(Department.organisation_id, Department.id)
    )


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
    record(session, "organisation.created", organisation.id, organisation.id, by, at, code=code)
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
    record(
        session,
        "department.created",
        department.id,
        organisation.id,
        by,
        at,
        department_id=department.id,
        code=code,
    )
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
    record(session, "person.created", person.id, None, by, at, email=email)
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
    """Give a person a role at a place; `by` None is the command line alone.

    Raises `OwnRoleError`, `ReservedRoleError`, `RolePlaceError` or `RoleHeldError`, and
    `NotFoundError` for a place that whoever gives the role does not manage.
    """
    if by is not None:
        ensure_not_own(person.id, by)
        ensure_may_change_role(load_access(session, by), role, organisation_id, department_id)
    ensure_role_fits(role, organisation_id, department_id)
    _ensure_department_of(session, department_id, organisation_id)
    if Grant(role, organisation_id, department_id) in load_access(session, person.id).grants:
        raise RoleHeldError
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
    record(
        session,
        "role.granted",
        person.id,
        organisation_id,
        by,
        at,
        department_id=department_id,
        role=role.value,
    )
    return assignment


def _ensure_department_of(
    session: Session, department_id: int | None, organisation_id: int | None
) -> None:
    if department_id is None:
        return
    department = session.get(Department, department_id)
    if department is None or department.organisation_id != organisation_id:
        raise RolePlaceError(
            N_("This department does not belong to the organisation."), field="place"
        )


def end_role(session: Session, assignment: RoleAssignment, *, by: int, at: datetime) -> None:
    """End a role; it acts no more from the person's next request on."""
    ensure_not_own(assignment.person_id, by)
    ensure_may_change_role(
        load_access(session, by),
        Role(assignment.role),
        assignment.organisation_id,
        assignment.department_id,
    )
    if assignment.ended_at is not None:
        return
    assignment.ended_at = at
    session.flush()
    record(
        session,
        "role.ended",
        assignment.person_id,
        assignment.organisation_id,
        by,
        at,
        department_id=assignment.department_id,
        role=assignment.role,
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


def record(
    session: Session,
    action: str,
    subject_id: int,
    organisation_id: int | None,
    by: int | None,
    at: datetime,
    department_id: int | None = None,
    **details: object,
) -> None:
    """Write an event of this feature into the trail; what it is about follows from its name."""
    kind = "person" if action.startswith(("person.", "role.")) else action.partition(".")[0]
    audit.record(
        session,
        action,
        audit.Subject(kind, str(subject_id), organisation_id, department_id),
        by=by,
        at=at,
        details=details,
    )
