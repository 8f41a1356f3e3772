"""Levels awarded with reasons: by the department, by each assessor, by the moderator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accredit.assessment.domain import (
    CONFIRMED,
    Act,
    IncompleteError,
    Missing,
    ScoreStage,
    Stage,
    agreed_reason,
    agreement_holds,
    clean_reason,
    ensure_may,
    missing_in_self_assessment,
    unanimous,
)
from accredit.assessment.duties import ensure_complete
from accredit.assessment.finding import standing_in
from accredit.assessment.models import Assessment, Score
from accredit.assessment.reading import (
    assessor_ids,
    individual_scores,
    own_levels,
    self_levels,
    shared_scores,
    standing_agreements,
)
from accredit.assessment.stages import held, move_on, record
from accredit.evidence.service import count_links
from accredit.identity.domain import Access, Role
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError


@dataclass(frozen=True, slots=True)
class Draft:
    """A score as somebody wants it saved; `version` is the one they saw (None: there was none)."""

    element_code: str
    stage: ScoreStage
    level: str
    reason: str
    version: int | None


class ScoreConflictError(RuleError):
    """The score was saved since the page was loaded; `current` is what is stored now."""

    def __init__(self, current: Score) -> None:
        super().__init__(
            N_(
                "This score was changed while you were working. Compare both texts, "
                "then save again if yours should stand."
            )
        )
        self.current = current


def score_self(
    session: Session,
    assessment: Assessment,
    element_code: str,
    *,
    level: str,
    reason: str,
    version: int | None,
    access: Access,
    at: datetime,
) -> Score:
    """The department's own level of an element. `version` is the one the form was loaded with.

    Raises `ScoreConflictError` if the stored score is another version, `ReasonError`,
    `UnknownElementError` or `UnknownLevelError` for bad input, and the errors of
    `ensure_may`. Saving the same again changes nothing.
    """
    ensure_may(Act.SELF_SCORE, Stage(assessment.stage), standing_in(assessment, access))
    _ensure_known(assessment, element_code, level)
    text = clean_reason(reason)
    current = _find(session, assessment, element_code, ScoreStage.SELF)
    draft = Draft(element_code, ScoreStage.SELF, level, text, version)
    return _save(session, assessment, draft, current, access, at)


def score_element(
    session: Session,
    assessment: Assessment,
    element_code: str,
    *,
    level: str,
    reason: str,
    version: int | None,
    access: Access,
    at: datetime,
) -> Score:
    """One assessor's own level of an element; errors as in `score_self`."""
    ensure_may(Act.SCORE, Stage(assessment.stage), standing_in(assessment, access))
    _ensure_known(assessment, element_code, level)
    text = clean_reason(reason)
    kind = ScoreStage.INDIVIDUAL
    current = _find(session, assessment, element_code, kind, access.person_id)
    draft = Draft(element_code, kind, level, text, version)
    return _save(session, assessment, draft, current, access, at)


def agree(
    session: Session,
    assessment: Assessment,
    element_code: str,
    *,
    level: str,
    reason: str,
    version: int | None,
    access: Access,
    at: datetime,
) -> Score:
    """The moderator's level of an element; errors as in `score_self`.

    Without a reason only where the level is the one every assessor awarded.
    """
    ensure_may(Act.AGREE, Stage(assessment.stage), standing_in(assessment, access))
    _ensure_known(assessment, element_code, level)
    query = select(Score.level, Score.scored_at).where(
        Score.assessment_id == assessment.id,
        Score.element_code == element_code,
        Score.stage == ScoreStage.INDIVIDUAL.value,
        Score.person_id.in_(assessor_ids(assessment)),
    )
    basis = session.execute(query).all()
    text = agreed_reason(reason, level=level, assessors=(awarded for awarded, _ in basis))
    kind = ScoreStage.AGREED
    current = _find(session, assessment, element_code, kind)
    outdated = current is not None and not agreement_holds(
        current.scored_at, (moment for _, moment in basis)
    )
    draft = Draft(element_code, kind, level, text, version)
    return _save(session, assessment, draft, current, access, at, renew=outdated)


def confirm_all(
    session: Session, assessment: Assessment, *, access: Access, at: datetime
) -> list[Score]:
    """Agree every open element on which all assessors awarded the same level."""
    ensure_may(Act.AGREE, Stage(assessment.stage), standing_in(assessment, access))
    agreed = shared_scores(session, assessment, ScoreStage.AGREED)
    saved = []
    for code, level in confirmable(session, assessment).items():
        current = agreed.get(code)
        version = None if current is None else current.version
        draft = Draft(code, ScoreStage.AGREED, level, CONFIRMED, version)
        saved.append(_save(session, assessment, draft, current, access, at, renew=True))
    return saved


def confirmable(session: Session, assessment: Assessment) -> dict[str, str]:
    """The open elements on which all assessors agree, with their level, in order."""
    individual = individual_scores(session, assessment)
    agreed = standing_agreements(shared_scores(session, assessment, ScoreStage.AGREED), individual)
    found = {
        element.code: unanimous(score.level for score in individual.get(element.code, ()))
        for element in read_standard(assessment.standard_version).elements
        if element.code not in agreed
    }
    return {code: level for code, level in found.items() if level is not None}


def missing_for_submission(session: Session, assessment: Assessment) -> Missing:
    """What the self-assessment lacks before it can be submitted; two queries."""
    standard = read_standard(assessment.standard_version)
    return missing_in_self_assessment(
        (element.code for element in standard.elements),
        self_levels(session, assessment),
        lowest=standard.levels[0].id,
        evidence=count_links(session, assessment.id),
    )


def submit_self_assessment(
    session: Session, assessment: Assessment, *, access: Access, at: datetime
) -> None:
    """The leader hands the self-assessment to the assessors; `IncompleteError` if it lacks."""
    act = Act.SUBMIT_SELF_ASSESSMENT
    ensure_may(act, Stage(assessment.stage), standing_in(assessment, access))
    if missing_for_submission(session, assessment):
        raise IncompleteError(
            N_("The self-assessment is not complete: score every element and link evidence.")
        )
    action = "assessment.self_assessment_submitted"
    move_on(session, assessment, act, action, by=access.person_id, at=at)


def submit_scores(
    session: Session, assessment: Assessment, *, access: Access, at: datetime
) -> None:
    """An assessor freezes their scores; with the last one, moderation begins."""
    act = Act.SUBMIT_SCORES
    ensure_may(act, Stage(assessment.stage), standing_in(assessment, access))
    scored = own_levels(session, assessment, access.person_id)
    elements = read_standard(assessment.standard_version).elements
    if any(element.code not in scored for element in elements):
        raise IncompleteError(N_("Score every element before you submit."))
    own = [item for item in assessment.assignments if item.person_id == access.person_id]
    last = not any(
        item.role == Role.ASSESSOR and item.submitted_at is None and item not in own
        for item in assessment.assignments
    )
    if last:
        ensure_complete(held(assessment))
    for assignment in own:
        assignment.submitted_at = at
    action = "assessment.scores_submitted"
    if last:
        move_on(session, assessment, act, action, by=access.person_id, at=at)
    else:
        session.flush()
        record(session, assessment, action, by=access.person_id, at=at)


def submit_moderation(
    session: Session, assessment: Assessment, *, access: Access, at: datetime
) -> None:
    """The moderator hands the agreed levels to the decision maker."""
    act = Act.SUBMIT_MODERATION
    ensure_may(act, Stage(assessment.stage), standing_in(assessment, access))
    agreed = standing_agreements(
        shared_scores(session, assessment, ScoreStage.AGREED),
        individual_scores(session, assessment),
    )
    elements = read_standard(assessment.standard_version).elements
    if any(element.code not in agreed for element in elements):
        raise IncompleteError(N_("Agree a level for every element before you submit."))
    ensure_complete(held(assessment))
    action = "assessment.moderation_submitted"
    for assignment in assessment.assignments:
        if assignment.person_id == access.person_id:
            assignment.submitted_at = at
    move_on(session, assessment, act, action, by=access.person_id, at=at)


def _ensure_known(assessment: Assessment, element_code: str, level: str) -> None:
    standard = read_standard(assessment.standard_version)
    standard.element(element_code)
    standard.level(level)


def _find(
    session: Session,
    assessment: Assessment,
    element_code: str,
    stage: ScoreStage,
    person_id: int | None = None,
) -> Score | None:
    asked = {"assessment_id": assessment.id, "code": element_code, "stage": stage.value}
    if person_id is None:
        return session.scalars(_SHARED, asked).one_or_none()
    return session.scalars(_OWN, {**asked, "person_id": person_id}).one_or_none()


# Built once: asked whenever somebody saves.
_SHARED = select(Score).where(
    Score.assessment_id == bindparam("assessment_id"),
    Score.element_code == bindparam("code"),
    Score.stage == bindparam("stage"),
)
_OWN = _SHARED.where(Score.person_id == bindparam("person_id"))


def _save(
    session: Session,
    assessment: Assessment,
    draft: Draft,
    current: Score | None,
    access: Access,
    at: datetime,
    *,
    renew: bool = False,
) -> Score:
    """Insert or update the one score, and write its event.

    The same again is no change and no conflict (a button pressed twice). `renew` writes it
    all the same: an agreement must be dated after the scores it rests on.
    """
    before = None
    is_first = current is None
    if current is None:
        current = Score(
            assessment_id=assessment.id,
            element_code=draft.element_code,
            stage=draft.stage.value,
        )
        session.add(current)
    else:
        before = {"level": current.level, "reason": current.reason}
        if not renew and (current.level, current.reason) == (draft.level, draft.reason):
            return current
        if current.version != draft.version:
            raise ScoreConflictError(current)
    current.person_id = access.person_id
    current.level = draft.level
    current.reason = draft.reason
    current.scored_at = at
    details = {
        "element": draft.element_code,
        "stage": draft.stage.value,
        "before": before,
        "after": {"level": draft.level, "reason": draft.reason},
    }
    try:
        # Recording flushes the score and its event together.
        record(session, assessment, "score.set", by=access.person_id, at=at, details=details)
    except IntegrityError:
        # Two first scores at the same moment, each unseen by the other: the database keeps
        # the one that came first. Nothing of this request stands; the other's is shown.
        session.rollback()
        own = access.person_id if draft.stage is ScoreStage.INDIVIDUAL else None
        first = _find(session, assessment, draft.element_code, draft.stage, own)
        if not is_first or first is None:
            raise
        raise ScoreConflictError(first) from None
    return current
