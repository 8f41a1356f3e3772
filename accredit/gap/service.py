"""Loading gap reports: what one person may see of an assessment, and the figures beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from accredit.assessment.domain import ScoreStage, Stage
from accredit.assessment.models import Assessment, Score
from accredit.assessment.service import list_assessments, previous_assessment, roles_in
from accredit.assessment.sight import sight
from accredit.gap.domain import (
    Basis,
    GapReport,
    Headline,
    KpiFigure,
)
from accredit.gap.figures import load_figures
from accredit.gap.report import build_headline, build_report
from accredit.gap.versions import comparable_levels
from accredit.identity.domain import Access, Permission, Role, allows
from accredit.standard.domain import Standard
from accredit.standard.results import KpiReading
from accredit.standard.service import read_standard

_Levels = Mapping[str, str]
_STAGES = {Basis.AGREED: ScoreStage.AGREED, Basis.SELF: ScoreStage.SELF}


def load_report(session: Session, assessment: Assessment, access: Access) -> GapReport:
    """The gap report of an assessment, as far as this person may see its scores.

    The assessment comes from `get_assessment(…, Permission.VIEW_GAP_REPORT)`. The number of
    queries does not depend on how many elements, scores or measurements there are.
    """
    standard = read_standard(assessment.standard_version)
    seen = bases_seen(roles_in(assessment, access), Stage(assessment.stage))
    levels = _levels(session, {assessment.id: seen})
    basis = seen[0] if seen else Basis.NONE
    figures, readings = load_figures(session, assessment.department_id, standard)
    own = levels.get((assessment.id, Basis.SELF), {}) if basis is Basis.AGREED else {}
    return _report(
        _Inputs(
            standard.sha256,
            basis,
            _frozen(levels.get((assessment.id, basis), {})),
            _frozen(own),
            _frozen(_previous_levels(session, assessment, standard, access)),
            tuple(figures.values()),
            tuple(readings.items()),
            standard=standard,
        )
    )


def list_readable(session: Session, access: Access) -> list[Assessment]:
    """The assessments whose gap report the person may read, the newest first."""
    return [
        assessment
        for assessment in list_assessments(session, access)
        if allows(roles_in(assessment, access), Permission.VIEW_GAP_REPORT)
    ]


def load_headlines(
    session: Session, assessments: Collection[Assessment], access: Access
) -> dict[int, Headline]:
    """The headline figures of several reports by assessment; one query for all of them."""
    seen = {
        assessment.id: bases_seen(roles_in(assessment, access), Stage(assessment.stage))[:1]
        for assessment in assessments
    }
    levels = _levels(session, seen)
    found = {}
    for assessment in assessments:
        standard = read_standard(assessment.standard_version)
        basis = seen[assessment.id][0] if seen[assessment.id] else Basis.NONE
        own = _frozen(levels.get((assessment.id, basis), {}))
        found[assessment.id] = _headline(_Inputs(standard.sha256, basis, own, standard=standard))
    return found


def bases_seen(roles: Collection[Role], stage: Stage) -> tuple[Basis, ...]:
    """The scores somebody with these roles may see as a report, the best first.

    Agreed scores count once moderation is complete; before that, and for the department
    until the assessment is closed, there is only the department's own view.
    """
    view = sight(roles, stage)
    seen = []
    if view.agreed and stage.position >= Stage.DECISION.position:
        seen.append(Basis.AGREED)
    if view.self_scores:
        seen.append(Basis.SELF)
    return tuple(seen)


def _levels(
    session: Session, wanted: Mapping[int, Iterable[Basis]]
) -> dict[tuple[int, Basis], dict[str, str]]:
    """Levels by code of each assessment and basis; what is not wanted is never loaded."""
    conditions = []
    for basis, kind in _STAGES.items():
        ids = [id_ for id_, bases in wanted.items() if basis in bases]
        if ids:
            conditions.append(and_(Score.stage == kind.value, Score.assessment_id.in_(ids)))
    if not conditions:
        return {}
    query = select(Score.assessment_id, Score.stage, Score.element_code, Score.level)
    found: dict[tuple[int, Basis], dict[str, str]] = {}
    for id_, stage, code, level in session.execute(query.where(or_(false(), *conditions))):
        found.setdefault((id_, Basis(stage)), {})[code] = level
    return found


def _previous_levels(
    session: Session, assessment: Assessment, standard: Standard, access: Access
) -> _Levels:
    """The last assessment's agreed levels, if this person may see them there."""
    previous = previous_assessment(session, assessment)
    if previous is None or not sight(roles_in(previous, access), Stage.CLOSED).agreed:
        return {}
    levels = _levels(session, {previous.id: [Basis.AGREED]})
    before = read_standard(previous.standard_version)
    return comparable_levels(before, standard, levels.get((previous.id, Basis.AGREED), {}))


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All a report is made of, comparable, so that the same report is computed once.

    The standard is recognised by its hash alone.
    """

    sha256: str
    basis: Basis
    levels: frozenset[tuple[str, str]]
    self_levels: frozenset[tuple[str, str]] = frozenset()
    previous_levels: frozenset[tuple[str, str]] = frozenset()
    figures: tuple[KpiFigure, ...] = ()
    readings: tuple[tuple[str, KpiReading], ...] = ()
    standard: Standard = field(kw_only=True, compare=False)


def _frozen(levels: _Levels) -> frozenset[tuple[str, str]]:
    return frozenset(levels.items())


@lru_cache(maxsize=64)
def _report(inputs: _Inputs) -> GapReport:
    return build_report(
        inputs.standard,
        levels=dict(inputs.levels),
        basis=inputs.basis,
        self_levels=dict(inputs.self_levels),
        previous_levels=dict(inputs.previous_levels),
        kpi_figures={figure.id: figure for figure in inputs.figures},
        readings=dict(inputs.readings),
    )


@lru_cache(maxsize=512)
def _headline(inputs: _Inputs) -> Headline:
    return build_headline(inputs.standard, dict(inputs.levels), inputs.basis)
