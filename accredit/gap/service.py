"""Loading gap reports: what one person may see of an assessment, and the figures beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from accredit.assessment.awarded import Awarded
from accredit.assessment.domain import ScoreStage, Stage
from accredit.assessment.evaluating import NO_FACTS, Facts
from accredit.assessment.facts import facts_in
from accredit.assessment.models import Assessment, Score
from accredit.assessment.service import list_assessments, previous_assessment, roles_in
from accredit.assessment.settled import find_settled, keep_settled
from accredit.assessment.sight import sight
from accredit.database import plain_rows
from accredit.gap.domain import (
    Basis,
    GapReport,
    Headline,
)
from accredit.gap.figures import Row, figures_of, load_rows, load_rows_of, readings_of
from accredit.gap.report import build_headline, build_report
from accredit.gap.versions import comparable_levels
from accredit.identity.domain import Access, Permission, Role, allows
from accredit.kpi.service import targets
from accredit.standard.domain import ResultFrom, Standard
from accredit.standard.examples import Score as Given
from accredit.standard.rules import Blend, EffectKind, KpiCondition
from accredit.standard.service import read_standard

_Levels = Mapping[str, Awarded]
_STAGES = {
    Basis.AGREED: ScoreStage.AGREED,
    Basis.SUBMITTED: ScoreStage.SELF,
    Basis.SELF: ScoreStage.SELF,
}


def load_report(session: Session, assessment: Assessment, access: Access, today: date) -> GapReport:
    """The gap report of an assessment as of today, as far as this person may see its scores.

    The assessment comes from `get_assessment(…, Permission.VIEW_GAP_REPORT)`. The number of
    queries does not depend on how many elements, scores or measurements there are.
    """
    standard = read_standard(assessment.standard_version)
    seen = bases_of(assessment, standard, access)
    basis = seen[0] if seen else Basis.NONE
    previous = _previous(session, assessment, access)
    wanted = [(assessment, seen)] + ([(previous, (_basis_of(previous),))] if previous else [])
    levels = levels_of(session, wanted)
    own = levels.get((assessment.id, ScoreStage.SELF), {}) if basis is Basis.AGREED else {}
    facts = facts_in(session, [one for one in (assessment, previous) if one is not None], today)
    same = previous is not None and previous.standard_version_id == assessment.standard_version_id
    return _report(
        _Inputs(
            standard.sha256,
            basis,
            _frozen(levels_on(levels, assessment, basis)),
            _frozen(own),
            _frozen(_previous_levels(previous, standard, levels)),
            load_rows(session, assessment.department_id),
            tuple(targets(session, assessment.department_id).items()),
            facts[assessment.id],
            # Chosen by another version, weights and marks may speak of what is not here.
            facts[previous.id] if previous is not None and same else NO_FACTS,
            today,
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
    session: Session, assessments: Collection[Assessment], access: Access, today: date
) -> dict[int, Headline]:
    """The headline figures of several reports by assessment.

    One query for all of them; three more where standards ask for evidence or figures.
    """
    seen = {
        one.id: bases_of(one, read_standard(one.standard_version), access)[:1]
        for one in assessments
    }
    levels = levels_of(session, [(one, seen[one.id]) for one in assessments])
    facts = facts_in(session, assessments, today)
    measured = {
        one.department_id
        for one in assessments
        if measures_totals(read_standard(one.standard_version))
    }
    rows = load_rows_of(session, measured) if measured else {}
    found = {}
    for assessment in assessments:
        standard = read_standard(assessment.standard_version)
        basis = seen[assessment.id][0] if seen[assessment.id] else Basis.NONE
        own = _frozen(levels_on(levels, assessment, basis))
        found[assessment.id] = _headline(
            _Inputs(
                standard.sha256,
                basis,
                own,
                measurements=rows.get(assessment.department_id, ()),
                facts=facts[assessment.id],
                today=today,
                standard=standard,
            )
        )
    return found


def measures_totals(standard: Standard) -> bool:
    """Whether measured figures change a total, not only a verdict."""
    return any(element.measured is not None for element in standard.elements) or any(
        isinstance(rule, Blend)
        or (isinstance(rule, KpiCondition) and rule.effect.kind is EffectKind.CAP_TO)
        for rule in standard.rules
    )


def bases_of(assessment: Assessment, standard: Standard, access: Access) -> tuple[Basis, ...]:
    """The scores this person may see as a report of the assessment, the best first."""
    return bases_seen(roles_in(assessment, access), Stage(assessment.stage), standard.result_from)


def bases_seen(
    roles: Collection[Role], stage: Stage, result_from: ResultFrom = ResultFrom.AGREED
) -> tuple[Basis, ...]:
    """The scores somebody with these roles may see as a report, the best first.

    Agreed scores count once moderation is complete; before that, and for the department
    until the assessment is closed, there is only the department's own view. Where the standard
    takes the department's word for the result, that is all there ever is.
    """
    view = sight(roles, stage)
    if result_from is ResultFrom.SELF:
        is_open = stage.position <= Stage.SELF_ASSESSMENT.position
        own = Basis.SELF if is_open else Basis.SUBMITTED
        return (own,) if view.self_scores else ()
    seen = []
    if view.agreed and stage.position >= Stage.DECISION.position:
        seen.append(Basis.AGREED)
    if view.self_scores:
        seen.append(Basis.SELF)
    return tuple(seen)


def levels_of(
    session: Session, wanted: Iterable[tuple[Assessment, Iterable[Basis]]]
) -> dict[tuple[int, str], dict[str, Awarded]]:
    """What was awarded by code of each assessment and kind of score.

    What is not wanted is never loaded.
    """
    found: dict[tuple[int, str], dict[str, Awarded]] = {}
    asked: list[tuple[Assessment, ScoreStage]] = []
    for assessment, bases in wanted:
        for kind in (_STAGES[basis] for basis in bases):
            kept = find_settled(session, kind.value, assessment)
            if kept is None:
                asked.append((assessment, kind))
            found[assessment.id, kind.value] = kept or {}
    if asked:
        ids = {kind.value: [one.id for one, of in asked if of is kind] for kind in _KINDS}
        for id_, stage, code, level, attributes in plain_rows(session, _LEVELS, ids):
            found[id_, stage][code] = Awarded(level, attributes)
    for assessment, kind in asked:
        keep_settled(session, kind.value, assessment, found[assessment.id, kind.value])
    return found


def levels_on(
    levels: Mapping[tuple[int, str], dict[str, Awarded]], assessment: Assessment, basis: Basis
) -> Mapping[str, Awarded]:
    """What `levels_of` found of one assessment; nothing where that was not wanted."""
    return {} if basis is Basis.NONE else levels.get((assessment.id, _STAGES[basis].value), {})


# Built once: asked for every report. Each kind of score has its own list of assessments.
_KINDS = (ScoreStage.AGREED, ScoreStage.SELF)
_LEVELS = select(
    Score.assessment_id, Score.stage, Score.element_code, Score.level, Score.attributes
).where(
    or_(
        *(
            and_(
                Score.stage == kind.value,
                Score.assessment_id.in_(bindparam(kind.value, expanding=True)),
            )
            for kind in _KINDS
        )
    )
)


def _previous(session: Session, assessment: Assessment, access: Access) -> Assessment | None:
    """The last assessment, if this person may see its result there."""
    previous = previous_assessment(session, assessment)
    if previous is None:
        return None
    department = assessment.department
    at_place = access.roles_at(department.organisation_id, department.id)
    # The duties in it are asked for only where the roles at the department do not suffice.
    last, result_from = _basis_of(previous), read_standard(previous.standard_version).result_from
    if last in bases_seen(at_place, Stage.CLOSED, result_from) or last in bases_seen(
        roles_in(previous, access), Stage.CLOSED, result_from
    ):
        return previous
    return None


def result_basis(standard: Standard) -> Basis:
    """What the result of a closed assessment by this standard stands on."""
    return Basis.SUBMITTED if standard.is_self_check else Basis.AGREED


def _basis_of(closed: Assessment) -> Basis:
    return result_basis(read_standard(closed.standard_version))


def _previous_levels(
    previous: Assessment | None,
    standard: Standard,
    levels: Mapping[tuple[int, str], dict[str, Awarded]],
) -> _Levels:
    if previous is None:
        return {}
    before = read_standard(previous.standard_version)
    return comparable_levels(before, standard, levels_on(levels, previous, result_basis(before)))


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All a report is made of, comparable, so that the same report is computed once.

    The standard is recognised by its hash alone.
    """

    sha256: str
    basis: Basis
    levels: frozenset[tuple[str, Awarded]]
    self_levels: frozenset[tuple[str, Awarded]] = frozenset()
    previous_levels: frozenset[tuple[str, Awarded]] = frozenset()
    measurements: tuple[Row, ...] = ()
    targets: tuple[tuple[str, float], ...] = ()
    facts: Facts = NO_FACTS
    previous_facts: Facts = NO_FACTS
    today: date = date.min
    standard: Standard = field(kw_only=True, compare=False)


def _frozen(levels: _Levels) -> frozenset[tuple[str, Awarded]]:
    return frozenset(levels.items())


def _scores(levels: Iterable[tuple[str, Awarded]]) -> dict[str, Given]:
    return {code: awarded.score for code, awarded in levels}


@lru_cache(maxsize=16)
def _report(inputs: _Inputs) -> GapReport:
    return build_report(
        inputs.standard,
        levels=_scores(inputs.levels),
        basis=inputs.basis,
        self_levels=_scores(inputs.self_levels),
        previous_levels=_scores(inputs.previous_levels),
        kpi_figures=figures_of(inputs.standard.kpis, inputs.measurements, dict(inputs.targets)),
        readings=readings_of(inputs.measurements, inputs.today),
        facts=inputs.facts,
        previous_facts=inputs.previous_facts,
    )


@lru_cache(maxsize=512)
def _headline(inputs: _Inputs) -> Headline:
    return build_headline(
        inputs.standard,
        _scores(inputs.levels),
        inputs.basis,
        readings_of(inputs.measurements, inputs.today),
        inputs.facts,
    )
