"""Finding assessments within what a person may see, and what they are in each."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accredit.assessment.domain import Stage, Standing
from accredit.assessment.models import Assessment, Assignment
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


def roles_in(assessment: Assessment, access: Access) -> frozenset[Role]:
    """What the person is in this assessment: roles at its department and duties in it.

    Belonging to a pool opens nothing; a duty opens nothing once its holder left the pool.
    """
    department = assessment.department
    return access.roles_at(department.organisation_id, department.id) | duties_of(
        assessment, access
    )


def duties_of(assessment: Assessment, access: Access) -> frozenset[Role]:
    """The person's duties in the assessment, as far as they still belong to the pool."""
    given = frozenset(
        Role(item.role) for item in assessment.assignments if item.person_id == access.person_id
    )
    return given & access.pool_roles_at(assessment.department.organisation_id)


def standing_in(assessment: Assessment, access: Access) -> Standing:
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
    session: Session, assessment_id: int, access: Access, permission: Permission
) -> Assessment:
    """The assessment with its department, organisation, standard version and assignments.

    One query. Raises `NotFoundError` if the person may not see it, `ForbiddenError` if
    they see it but none of their roles in it carries the permission.
    """
    query = (
        select(Assessment)
        .where(Assessment.id == assessment_id)
        .options(
            joinedload(Assessment.department).joinedload(Department.organisation),
            joinedload(Assessment.standard_version),
            joinedload(Assessment.assignments).joinedload(Assignment.person),
        )
    )
    assessment = session.scalars(query).unique().one_or_none()
    if assessment is None:
        raise NotFoundError
    roles = roles_in(assessment, access)
    if not allows(roles, Permission.VIEW_ASSESSMENT):
        raise NotFoundError
    if not allows(roles, permission):
        raise ForbiddenError
    return assessment


def list_assessments(
    session: Session, access: Access, *, stage: Stage | None = None
) -> list[Assessment]:
    """Every assessment the person may see, the newest first; a constant number of queries."""
    mine = select(Assignment.assessment_id).where(
        Assignment.person_id == access.person_id,
        Assignment.role.in_(
            [grant.role.value for grant in access.grants if grant.role in POOL_ROLES]
        ),
    )
    query = (
        select(Assessment)
        .where(
            or_(
                within(
                    access.reach(Permission.VIEW_ASSESSMENT), Assessment.department_id.expression
                ),
                Assessment.id.in_(mine),
            )
        )
        .options(
            joinedload(Assessment.department).joinedload(Department.organisation),
            joinedload(Assessment.standard_version),
            selectinload(Assessment.assignments).joinedload(Assignment.person),
        )
        .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
    )
    if stage is not None:
        query = query.where(Assessment.stage == stage.value)
    return [
        found
        for found in session.scalars(query)
        if allows(roles_in(found, access), Permission.VIEW_ASSESSMENT)
    ]


def previous_assessment(session: Session, assessment: Assessment) -> Assessment | None:
    """The last closed assessment of the same department and standard, opened before this one."""
    query = (
        select(Assessment)
        .join(StandardVersion, StandardVersion.id == Assessment.standard_version_id)
        .where(
            Assessment.department_id == assessment.department_id,
            StandardVersion.standard_id == assessment.standard_version.standard_id,
            Assessment.stage == Stage.CLOSED.value,
            Assessment.id != assessment.id,
            Assessment.opened_at <= assessment.opened_at,
        )
        .options(joinedload(Assessment.department), joinedload(Assessment.standard_version))
        .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
        .limit(1)
    )
    return session.scalars(query).unique().one_or_none()
