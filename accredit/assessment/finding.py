"""Finding assessments within what a person may see, and what they are in each."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from accredit.assessment.domain import Stage, Standing
from accredit.assessment.models import Assessment, Assignment
from accredit.assessment.underway import Underway, find_underway
from accredit.identity.domain import (
    POOL_ROLES,
    Access,
    ForbiddenError,
    NotFoundError,
    Permission,
    Role,
    allows,
)
from accredit.identity.models import Department
from accredit.identity.service import within
from accredit.standard.models import StandardVersion


def roles_in(assessment: Assessment | Underway, access: Access) -> frozenset[Role]:
    """What the person is in this assessment: roles at its department and duties in it.

    Belonging to a pool opens nothing; a duty opens nothing once its holder left the pool.
    """
    department = assessment.department
    return access.roles_at(department.organisation_id, department.id) | duties_of(
        assessment, access
    )


def duties_of(assessment: Assessment | Underway, access: Access) -> frozenset[Role]:
    """The person's duties in the assessment, as far as they still belong to the pool and do not
    stand aside."""
    given = frozenset(
        Role(item.role)
        for item in assessment.assignments
        if item.person_id == access.person_id and item.recused_at is None
    )
    return given & access.pool_roles_at(assessment.department.organisation_id)


def standing_in(assessment: Assessment | Underway, access: Access) -> Standing:
    """All the rules need to know of the person in this assessment."""
    return Standing(
        roles=roles_in(assessment, access),
        opened=assessment.opened_by_id == access.person_id,
        submitted=any(
            item.person_id == access.person_id and item.submitted_at is not None
            for item in assessment.assignments
        ),
    )


def get_assessment(
    session: Session,
    assessment_id: int,
    access: Access,
    permission: Permission,
    *,
    with_people: bool = False,
) -> Assessment:
    """The assessment with its department, organisation, standard version and assignments.

    One query; `with_people` adds the names of those who are assigned. Raises
    `NotFoundError` if the person may not see it, `ForbiddenError` if they see it but none
    of their roles in it carries the permission.
    """
    query = _WITH_PEOPLE if with_people else _BY_ID
    found = session.scalars(query, {"assessment_id": assessment_id}).unique()
    assessment = found.one_or_none()
    if assessment is None:
        raise NotFoundError
    _ensure_allowed(assessment, access, permission)
    return assessment


def get_underway(
    session: Session, assessment_id: int, access: Access, permission: Permission
) -> Underway:
    """The same as far as saving a score asks, without making objects of it; one query."""
    found = find_underway(session, assessment_id)
    if found is None:
        raise NotFoundError
    _ensure_allowed(found, access, permission)
    return found


def _ensure_allowed(
    assessment: Assessment | Underway, access: Access, permission: Permission
) -> None:
    roles = roles_in(assessment, access)
    if not allows(roles, Permission.VIEW_ASSESSMENT):
        raise NotFoundError
    if not allows(roles, permission):
        raise ForbiddenError


_PLACES = (
    joinedload(Assessment.department).joinedload(Department.organisation),
    joinedload(Assessment.standard_version),
)
# Built once: these two are asked in every request of the feature.
_ASKED = select(Assessment).where(Assessment.id == bindparam("assessment_id"))
_BY_ID = _ASKED.options(*_PLACES, joinedload(Assessment.assignments))
_WITH_PEOPLE = _ASKED.options(
    *_PLACES, joinedload(Assessment.assignments).joinedload(Assignment.person)
)


def list_assessments(
    session: Session,
    access: Access,
    *,
    stage: Stage | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Assessment]:
    """The assessments the person may see, the newest first; two queries, however many."""
    query = _LISTED.where(visible(access)).limit(limit).offset(offset)
    if stage is not None:
        query = query.where(Assessment.stage == stage.value)
    return list(session.scalars(query))


_LISTED = (
    select(Assessment)
    .options(
        joinedload(Assessment.department).joinedload(Department.organisation),
        joinedload(Assessment.standard_version),
        selectinload(Assessment.assignments).joinedload(Assignment.person),
    )
    .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
)


def count_by_stage(session: Session, access: Access) -> dict[Stage, int]:
    """How many assessments the person may see at each stage; one query."""
    query = select(Assessment.stage, func.count()).where(visible(access)).group_by(Assessment.stage)
    return {Stage(stage): count for stage, count in session.execute(query)}


@lru_cache(maxsize=128)
def visible(access: Access) -> ColumnElement[bool]:
    """At a place within reach, or assigned by a role the person still holds there."""
    held = [
        and_(
            Assignment.role == grant.role.value,
            true()
            if grant.organisation_id is None
            else Department.organisation_id == grant.organisation_id,
        )
        for grant in access.grants
        if grant.role in POOL_ROLES
    ]
    mine = (
        select(Assignment.assessment_id)
        .join(Assignment.assessment)
        .join(Assessment.department)
        .where(
            Assignment.person_id == access.person_id,
            Assignment.recused_at.is_(None),
            or_(false(), *held),
        )
    )
    reach = access.reach(Permission.VIEW_ASSESSMENT)
    return or_(within(reach, Assessment.department_id.expression), Assessment.id.in_(mine))


def previous_assessment(session: Session, assessment: Assessment) -> Assessment | None:
    """The last closed assessment of the same department and standard, opened before this one."""
    return session.scalars(_PREVIOUS, asked_for_previous(assessment)).one_or_none()


def asked_for_previous(assessment: Assessment) -> dict[str, object]:
    """What `PREVIOUS_ID` asks for."""
    return {
        "department_id": assessment.department_id,
        "standard_id": assessment.standard_version.standard_id,
        "assessment_id": assessment.id,
        "opened_at": assessment.opened_at,
    }


# Built once, like those above: asked for every gap report. The one that is wanted is found
# among bare numbers; only it is then read.
_EARLIER = aliased(Assessment)
#: The id of the last closed assessment before one, as `asked_for_previous` asks.
PREVIOUS_ID = (
    select(_EARLIER.id)
    .join(_EARLIER.standard_version)
    .where(
        _EARLIER.department_id == bindparam("department_id"),
        StandardVersion.standard_id == bindparam("standard_id"),
        _EARLIER.stage == Stage.CLOSED.value,
        _EARLIER.id != bindparam("assessment_id"),
        _EARLIER.opened_at <= bindparam("opened_at"),
    )
    .order_by(_EARLIER.opened_at.desc(), _EARLIER.id.desc())
    .limit(1)
    .scalar_subquery()
)
_PREVIOUS = (
    select(Assessment)
    .where(Assessment.id == PREVIOUS_ID)
    .options(joinedload(Assessment.department), joinedload(Assessment.standard_version))
)
