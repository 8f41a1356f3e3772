"""Finding people: for those who manage them, within what they manage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.identity.domain import Access, NotFoundError, Permission, Reach, Role
from accredit.identity.models import Organisation, Person, RoleAssignment
from accredit.text import Bilingual

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role somebody holds or held (`ended_at`), with its place in words (None: everywhere)."""

    id: int
    role: Role
    organisation: Bilingual | None
    department: Bilingual | None
    granted_at: datetime
    ended_at: datetime | None
    organisation_id: int | None
    department_id: int | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the asker may see them: roles out of the asker's reach are only counted."""

    person: Person
    roles: tuple[HeldRole, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of people; `number` and `last` count from 1."""

    rows: tuple[PersonRow, ...]
    number: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a role can be held: everywhere, an organisation or one of its departments."""

    organisation_id: int | None
    department_id: int | None
    organisation: Bilingual | None
    department: Bilingual | None

    @property
    def key(self) -> str:
        """The place as a form sends it: "everywhere", "o3" or "d7"."""
        if self.department_id is not None:
            return f"d{self.department_id}"
        return "everywhere" if self.organisation_id is None else f"o{self.organisation_id}"


def list_people(
    session: Session, access: Access, *, search: str = "", number: int = 1
) -> PeoplePage:
    """A page of the people the asker manages, by name, with the roles they hold now."""
    condition = managed(access.reach(Permission.MANAGE_PEOPLE)) & _matching(search)
    total = session.scalar(select(func.count()).select_from(Person).where(condition)) or 0
    last = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, number), last)
    people = session.scalars(
        select(Person)
        .where(condition)
        .order_by(func.lower(Person.name_en), Person.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
        .options(_WITH_ROLES)
    )
    rows = tuple(_row(person, access, ended=False) for person in people)
    return PeoplePage(rows, number, last, total)


def get_person(session: Session, person_id: int, access: Access) -> PersonRow:
    """A person the asker manages, with the roles of past and present; else `NotFoundError`."""
    condition = managed(access.reach(Permission.MANAGE_PEOPLE))
    person = session.scalar(
        select(Person).where(Person.id == person_id, condition).options(_WITH_ROLES)
    )
    if person is None:
        raise NotFoundError
    return _row(person, access, ended=True)


def get_role(row: PersonRow, assignment_id: int, session: Session) -> RoleAssignment:
    """One of the roles the asker sees of a person, to end it; else `NotFoundError`."""
    assignment = session.get(RoleAssignment, assignment_id)
    if assignment is None or assignment_id not in {role.id for role in row.roles}:
        raise NotFoundError
    return assignment


def list_places(session: Session, access: Access) -> list[Place]:
    """The places where the asker may give roles, each organisation before its departments."""
    reach = access.reach(Permission.MANAGE_PEOPLE)
    query = (
        select(Organisation)
        .options(selectinload(Organisation.departments))
        .order_by(Organisation.name_en, Organisation.id)
    )
    places = [Place(None, None, None, None)] if reach.everywhere else []
    for organisation in session.scalars(query):
        if access.may_at(Permission.MANAGE_PEOPLE, organisation.id):
            places.append(Place(organisation.id, None, organisation.name, None))
        places += [
            Place(organisation.id, department.id, organisation.name, department.name)
            for department in organisation.departments
            if access.may_at(Permission.MANAGE_PEOPLE, organisation.id, department.id)
        ]
    return places


def own_roles(session: Session, person_id: int) -> tuple[HeldRole, ...]:
    """The roles a person holds now, wherever they are."""
    return _held(session.scalars(_OWN_ROLES, {"person_id": person_id}), ended=False)


_OWN_ROLES = (
    select(RoleAssignment)
    .where(RoleAssignment.person_id == bindparam("person_id"))
    .order_by(RoleAssignment.id)
    .options(joinedload(RoleAssignment.organisation), joinedload(RoleAssignment.department))
)


def list_demo_people(session: Session) -> list[PersonRow]:
    """The people of the demonstration, in the order in which they were made."""
    return [
        PersonRow(person, _held(person.role_assignments, ended=False), 0)
        for person in session.scalars(_DEMO_PEOPLE)
    ]


def find_demo_person(session: Session, person_id: int) -> Person | None:
    """A person of the demonstration whose account is enabled."""
    person = session.get(Person, person_id)
    return person if person is not None and person.is_demo and person.active else None


_WITH_ROLES = selectinload(Person.role_assignments).options(
    joinedload(RoleAssignment.organisation), joinedload(RoleAssignment.department)
)
_DEMO_PEOPLE = (
    select(Person).where(Person.is_demo, Person.active).order_by(Person.id).options(_WITH_ROLES)
)


def managed(reach: Reach) -> ColumnElement[bool]:
    """People who hold, or held, a role within the reach."""
    if reach.everywhere:
        return true()
    there = select(RoleAssignment.person_id).where(
        or_(
            RoleAssignment.organisation_id.in_(reach.organisation_ids),
            RoleAssignment.department_id.in_(reach.department_ids),
        )
    )
    return Person.id.in_(there)


def _matching(search: str) -> ColumnElement[bool]:
    words = search.split()
    if not words:
        return true()
    condition: ColumnElement[bool] = true()
    for word in words:
        condition &= or_(
            Person.name_en.icontains(word, autoescape=True),
            Person.name_ar.icontains(word, autoescape=True),
            Person.email.icontains(word, autoescape=True),
        )
    return condition


def _row(person: Person, access: Access, *, ended: bool) -> PersonRow:
    roles = _held(person.role_assignments, ended=ended)
    seen = tuple(
        role
        for role in roles
        if access.may_at(Permission.MANAGE_PEOPLE, role.organisation_id, role.department_id)
    )
    hidden = sum(1 for role in roles if role.ended_at is None) - sum(
        1 for role in seen if role.ended_at is None
    )
    return PersonRow(person, seen, hidden)


def _held(assignments: Iterable[RoleAssignment], *, ended: bool) -> tuple[HeldRole, ...]:
    return tuple(
        HeldRole(
            id=row.id,
            role=Role(row.role),
            organisation=row.organisation.name if row.organisation else None,
            department=row.department.name if row.department else None,
            granted_at=row.granted_at,
            ended_at=row.ended_at,
            organisation_id=row.organisation_id,
            department_id=row.department_id,
        )
        for row in assignments
        if ended or row.ended_at is None
    )
