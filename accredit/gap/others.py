"""Loading what a report may be compared with: results that its reader may see as reports.

Only what is closed is compared: to set what was agreed beside what somebody says of themselves
would wrong the one or the other. It changes no more, so that it is read and counted once
(`accredit.assessment.settled`); from then on one query finds which results there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from accredit.assessment.awarded import Awarded
from accredit.assessment.domain import Stage
from accredit.assessment.evaluating import NO_FACTS, Facts
from accredit.assessment.facts import facts_in
from accredit.assessment.models import Assessment, Assignment
from accredit.assessment.settled import find_settled, keep_settled
from accredit.database import plain_rows
from accredit.gap.comparing import (
    Compared,
    Happening,
    Moment,
    Outcome,
    Surroundings,
    outcome_of,
)
from accredit.gap.figures import Row, load_rows_of, readings_of
from accredit.gap.service import bases_seen, levels_of, levels_on, measures_totals, result_basis
from accredit.gap.versions import comparable_levels
from accredit.identity.domain import Access, Permission, Role, allows
from accredit.identity.models import Department
from accredit.standard.domain import Standard
from accredit.standard.models import StandardVersion
from accredit.standard.service import read_standard
from accredit.text import Bilingual

#: What a feature above this one knows of a department, by its number.
FindMoments = Callable[[Session, int], Sequence[Moment]]

#: So many earlier cycles tell where a department comes from.
MOST_CYCLES = 7


@dataclass(frozen=True, slots=True)
class _Closed:
    """A closed assessment as bare columns; `duty` is what the reader was assigned in it."""

    id: int
    department_id: int
    stage: str
    closed_at: datetime | None
    standard_version_id: int
    cycle: str
    name: Bilingual
    duty: str | None


def load_surroundings(
    session: Session,
    assessment: Assessment,
    access: Access,
    today: date,
    find_moments: FindMoments | None = None,
) -> Surroundings:
    """What stands beside the report of an assessment, as far as this person may see it.

    `find_moments` tells what the plan of the department has to say, to those who may see it.
    One query beside its; where something was never asked for before, three more, or five where the
    standard asks for evidence. None of them depends on how many departments there are.
    """
    standard = read_standard(assessment.standard_version)
    found = _find(session, assessment, standard, access)
    outcomes = _outcomes(session, found, assessment, standard, today)
    own = assessment.department_id
    shown = [(one, outcomes[one.id]) for one in found if outcomes[one.id].is_known]
    return Surroundings(
        departments=tuple(_compared(*pair) for pair in shown if pair[0].department_id != own),
        cycles=tuple(_compared(*pair) for pair in shown if pair[0].department_id == own)[::-1],
        moments=(
            *_closings(assessment, found),
            *(
                find_moments(session, own)
                if find_moments and _may_see_plan(assessment, access)
                else ()
            ),
        ),
    )


def _may_see_plan(assessment: Assessment, access: Access) -> bool:
    return access.may_at(
        Permission.VIEW_PLAN, assessment.department.organisation_id, assessment.department_id
    )


def _closings(assessment: Assessment, found: Collection[_Closed]) -> list[Moment]:
    """When this assessment and those before it were closed."""
    own = [
        (one.closed_at, one.cycle) for one in found if one.department_id == assessment.department_id
    ]
    return [
        Moment(closed_at.date(), Happening.ASSESSMENT_CLOSED, cycle)
        for closed_at, cycle in (*own, (assessment.closed_at, assessment.cycle))
        if closed_at is not None
    ]


def _compared(closed: _Closed, outcome: Outcome) -> Compared:
    day = closed.closed_at.date() if closed.closed_at else date.min
    return Compared(closed.name, closed.cycle, day, outcome)


def _find(
    session: Session, assessment: Assessment, standard: Standard, access: Access
) -> list[_Closed]:
    """The newest result of each other department, and the earlier ones of this, newest first."""
    organisation_id = assessment.department.organisation_id
    reach = access.reach(Permission.VIEW_GAP_REPORT)
    everywhere = (
        reach.everywhere
        or organisation_id in reach.organisation_ids
        or bool(access.pool_roles_at(organisation_id))
    )
    asked = {
        "organisation_id": organisation_id,
        "everywhere": everywhere,
        "department_ids": list(reach.department_ids),
        "department_id": assessment.department_id,
        "standard_id": assessment.standard_version.standard_id,
        "assessment_id": assessment.id,
        "opened_at": assessment.opened_at,
        "person_id": access.person_id,
    }
    found = (
        _Closed(id_, department_id, stage, closed_at, version_id, cycle, Bilingual(en, ar), duty)
        for (
            id_,
            department_id,
            stage,
            closed_at,
            version_id,
            cycle,
            en,
            ar,
            duty,
        ) in plain_rows(session, _FOUND, asked)
    )
    return [one for one in found if _may_read(one, organisation_id, standard, access)]


def _may_read(closed: _Closed, organisation_id: int, standard: Standard, access: Access) -> bool:
    """As `roles_in`, `get_assessment` and `bases_seen` say it of a whole assessment."""
    roles = access.roles_at(organisation_id, closed.department_id)
    if closed.duty is not None:
        roles |= {Role(closed.duty)} & access.pool_roles_at(organisation_id)
    return allows(roles, Permission.VIEW_GAP_REPORT) and result_basis(standard) in bases_seen(
        roles, Stage(closed.stage), standard.result_from
    )


_other, _version = aliased(Assessment), aliased(StandardVersion)
_NEWEST = (
    select(_other.id)
    .join(_version, _version.id == _other.standard_version_id)
    .where(
        _other.department_id == Department.id,
        _other.stage == Stage.CLOSED.value,
        _version.standard_id == bindparam("standard_id"),
    )
    .order_by(_other.opened_at.desc(), _other.id.desc())
    .limit(1)
    .correlate(Department)
    .scalar_subquery()
)
_EARLIER = (
    select(_other.id)
    .join(_version, _version.id == _other.standard_version_id)
    .where(
        _other.department_id == bindparam("department_id"),
        _other.stage == Stage.CLOSED.value,
        _other.id != bindparam("assessment_id"),
        _other.opened_at <= bindparam("opened_at"),
        _version.standard_id == bindparam("standard_id"),
    )
    .order_by(_other.opened_at.desc(), _other.id.desc())
    .limit(MOST_CYCLES)
)
_OTHERS = select(_NEWEST).where(
    Department.organisation_id == bindparam("organisation_id"),
    Department.id != bindparam("department_id"),
    or_(bindparam("everywhere"), Department.id.in_(bindparam("department_ids", expanding=True))),
)
# Built once: asked for every report. What is wanted is found among bare numbers first.
_FOUND = (
    select(
        Assessment.id,
        Assessment.department_id,
        Assessment.stage,
        Assessment.closed_at,
        Assessment.standard_version_id,
        Assessment.cycle,
        Department.name_en,
        Department.name_ar,
        Assignment.role,
    )
    .join(Department, Department.id == Assessment.department_id)
    .outerjoin(
        Assignment,
        and_(
            Assignment.assessment_id == Assessment.id,
            Assignment.person_id == bindparam("person_id"),
            Assignment.recused_at.is_(None),
        ),
    )
    .where(or_(Assessment.id.in_(_OTHERS), Assessment.id.in_(_EARLIER)))
    .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
)


# What is closed changes no more: its objects are read once, with all that is asked of them.
_WHOLE = (
    select(Assessment)
    .where(Assessment.id.in_(bindparam("ids", expanding=True)))
    .options(joinedload(Assessment.standard_version))
)


def _outcomes(
    session: Session,
    found: Collection[_Closed],
    assessment: Assessment,
    standard: Standard,
    today: date,
) -> dict[int, Outcome]:
    """Each result, counted by this version of the standard."""
    # Measured figures may be imported later, so that such a result is never settled.
    measured = measures_totals(standard)
    name = f"outcome {standard.sha256}"
    outcomes: dict[int, Outcome] = {}
    if not measured:
        outcomes = {one.id: kept for one in found if (kept := find_settled(session, name, one))}
    asked = [one.id for one in found if one.id not in outcomes]
    if not asked:
        return outcomes
    # Over the session, so that all that follows finds the same objects.
    loaded = list(session.scalars(_WHOLE, {"ids": asked}))
    basis = result_basis(standard)
    # An earlier version may have taken its result from others: that is not set beside this one.
    alike = [one for one in loaded if result_basis(read_standard(one.standard_version)) is basis]
    levels = levels_of(session, [(one, (basis,)) for one in alike])
    same = [one for one in loaded if one.standard_version_id == assessment.standard_version_id]
    # Chosen by another version, weights and marks may speak of what is not here.
    facts = facts_in(session, same, today)
    # What was measured lately says nothing of an earlier cycle.
    others = [one.department_id for one in loaded if one.department_id != assessment.department_id]
    rows = load_rows_of(session, others) if measured and others else {}
    for one in loaded:
        counted = comparable_levels(
            read_standard(one.standard_version), standard, levels_on(levels, one, basis)
        )
        outcomes[one.id] = outcome = _outcome(
            _Inputs(
                standard.sha256,
                frozenset(counted.items()),
                facts.get(one.id, NO_FACTS),
                rows.get(one.department_id, ()),
                today,
                standard=standard,
            )
        )
        if not measured:
            keep_settled(session, name, one, outcome)
    return outcomes


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All an outcome is made of, comparable; the standard is recognised by its hash alone."""

    sha256: str
    levels: frozenset[tuple[str, Awarded]]
    facts: Facts
    measurements: tuple[Row, ...]
    today: date
    standard: Standard = field(kw_only=True, compare=False)


@lru_cache(maxsize=256)
def _outcome(inputs: _Inputs) -> Outcome:
    levels = {code: awarded.score for code, awarded in inputs.levels}
    readings = readings_of(inputs.measurements, inputs.today)
    return outcome_of(inputs.standard, levels, readings, inputs.facts)
