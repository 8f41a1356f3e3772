"""What is set up already, within what the reader manages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from accredit.assessment.models import Assessment
from accredit.database import Base
from accredit.first_steps.domain import Facts, FirstStep, steps_of
from accredit.identity.domain import Access, Permission, Reach, Role
from accredit.identity.models import Department, Organisation, Person, RoleAssignment
from accredit.identity.service import within
from accredit.standard.models import StandardVersion


def first_steps(session: Session, access: Access) -> tuple[FirstStep, ...]:
    """The steps for whoever manages people; none once an assessment was opened there.

    One query then, three before; nobody else is asked about at all.
    """
    reach = access.reach(Permission.MANAGE_PEOPLE)
    if not (reach.everywhere or reach.organisation_ids) or _has_assessment(session, reach):
        return ()
    return steps_of(_facts(session, reach))


def _has_assessment(session: Session, reach: Reach) -> bool:
    return session.scalar(_opened_within(reach)) is not None


@lru_cache(maxsize=32)
def _opened_within(reach: Reach) -> Select[int]:
    inside = within(reach, Assessment.department_id.expression)
    return select(Assessment.id).where(inside).limit(1)


def _facts(session: Session, reach: Reach) -> Facts:
    organisations, departments, standards = session.execute(
        select(
            _count(Organisation, _inside(reach, Organisation.id.expression)),
            _count(Department, within(reach, Department.id.expression)),
            _count(StandardVersion, true()),
        )
    ).one()
    held = session.execute(
        select(RoleAssignment.role, RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.ended_at.is_(None),
            Person.active.is_(True),
            or_(
                RoleAssignment.organisation_id.is_(None),
                _inside(reach, RoleAssignment.organisation_id.expression),
            ),
        )
    )
    holders: dict[Role, set[int]] = {}
    for role, person_id in held:
        holders.setdefault(Role(role), set()).add(person_id)
    return Facts(
        organisations=organisations,
        departments=departments,
        standards=standards,
        holders={role: frozenset(people) for role, people in holders.items()},
    )


def _count(rows: type[Base], where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(rows).where(where).scalar_subquery()


def _inside(reach: Reach, organisation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return true() if reach.everywhere else organisation_id.in_(reach.organisation_ids)
