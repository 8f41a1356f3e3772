"""Levels awarded with reasons: by the department, by each assessor, by the moderator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from accredit.assessment import storing
from accredit.assessment.awarded import Awarded, NotScoredByPeopleError, award
from accredit.assessment.choices import elements_below
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
    applicable,
    assessor_ids,
    individual_scores,
    own_awards,
    shared_awards,
    shared_scores,
    standing_agreements,
)
from accredit.assessment.stages import held, in_force, move_on, record
from accredit.assessment.storing import Draft, Stored
from accredit.assessment.underway import Underway
from accredit.evidence.service import count_links
from accredit.identity.domain import Access, Role
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError


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
    assessment: Assessment | Underway,
    element_code: str,
    *,
    level: str,
    attributes: Mapping[str, str] | None = None,
    reason: str,
    version: int | None,
    access: Access,
    at: datetime,
) -> Stored:
    """The department's own level of an element. `version` is the one the form was loaded with.

    `attributes` are the values where the element has attributes; see `awarded.award`, whose
    errors it raises, `ReasonError`, `ScoreConflictError` if the stored score is another
    version, and the errors of `ensure_may`. Saving the same again changes nothing.
    """
    found = Underway.of(assessment)
    ensure_may(Act.SELF_SCORE, found.at, standing_in(found, access))
    awarded = _awarded(found, element_code, level, attributes)
    text = clean_reason(reason)
    current = storing.find(session, found.id, element_code, ScoreStage.SELF)
    draft = Draft(element_code, ScoreStage.SELF, awarded, text, version)
    return _save(session, found, draft, current, access, at)


def score_element(
    session: Session,
    assessment: Assessment | Underway,
    element_code: str,
    *,
    level: str,
    attributes: Mapping[str, str] | None = None,
    reason: str,
    version: int | None,
    access: Access,
    at: datetime,
) -> Stored:
    """One assessor's own level of an element; errors as in `score_self`."""
    found = Underway.of(assessment)
    ensure_may(Act.SCORE, found.at, standing_in(found, access))
    awarded = _awarded(found, element_code, level, attributes)
    text = clean_reason(reason)
    kind = ScoreStage.INDIVIDUAL
    current = storing.find(session, found.id, element_code, kind, access.person_id)
    draft = Draft(element_code, kind, awarded, text, version)
    return _save(session, found, draft, current, access, at)


def agree(
    session: Session,
    assessment: Assessment | Underway,
    element_code: str,
    *,
    level: str,
    attributes: Mapping[str, str] | None = None,
    reason: str,
    version: int | None,
    access: Access,
    at: datetime,
) -> Stored:
    """The moderator's level of an element; errors as in `score_self`.

    Without a reason only where it is what every assessor awarded, attributes included.
    """
    found = Underway.of(assessment)
    ensure_may(Act.AGREE, found.at, standing_in(found, access))
    awarded = _awarded(found, element_code, level, attributes)
    query = select(Score.level, Score.attributes, Score.scored_at).where(
        Score.assessment_id == found.id,
        Score.element_code == element_code,
        Score.stage == ScoreStage.INDIVIDUAL.value,
        Score.person_id.in_(assessor_ids(found)),
    )
    basis = session.execute(query).all()
    given = [Awarded(level, values) for level, values, _ in basis]
    text = agreed_reason(reason, level=awarded, assessors=given)
    kind = ScoreStage.AGREED
    current = storing.find(session, found.id, element_code, kind)
    outdated = current is not None and not agreement_holds(
        current.scored_at, (moment for *_, moment in basis)
    )
    draft = Draft(element_code, kind, awarded, text, version)
    return _save(session, found, draft, current, access, at, renew=outdated)


def confirm_all(
    session: Session, assessment: Assessment, *, access: Access, at: datetime
) -> list[Stored]:
    """Agree every open element on which all assessors awarded the same."""
    ensure_may(Act.AGREE, Stage(assessment.stage), standing_in(assessment, access))
    found = Underway.of(assessment)
    agreed = storing.find_shared(session, found.id, ScoreStage.AGREED)
    saved = []
    for code, awarded in confirmable(session, assessment).items():
        current = agreed.get(code)
        version = None if current is None else current.version
        draft = Draft(code, ScoreStage.AGREED, awarded, CONFIRMED, version)
        saved.append(_save(session, found, draft, current, access, at, renew=True))
    return saved


def confirmable(session: Session, assessment: Assessment) -> dict[str, Awarded]:
    """The open elements on which all assessors agree, with what they awarded, in order."""
    individual = individual_scores(session, assessment)
    agreed = standing_agreements(shared_scores(session, assessment, ScoreStage.AGREED), individual)
    found = {
        code: unanimous(score.awarded for score in individual.get(code, ()))
        for code in _codes(assessment, {code: score.awarded for code, score in agreed.items()})
        if code not in agreed
    }
    return {code: awarded for code, awarded in found.items() if awarded is not None}


def missing_for_submission(session: Session, assessment: Assessment) -> Missing:
    """What the self-assessment lacks before it can be submitted; two queries."""
    own = shared_awards(session, assessment, ScoreStage.SELF)
    elements = applicable(assessment, own)
    standard = read_standard(assessment.standard_version)
    return missing_in_self_assessment(
        (element.code for element in elements),
        {code: awarded.level for code, awarded in own.items()},
        lowest={one.code: standard.scale_of(one).levels[0].id for one in elements},
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
    scored = own_awards(session, assessment, access.person_id)
    if any(code not in scored for code in _codes(assessment, scored)):
        raise IncompleteError(N_("Score every element before you submit."))
    own = [item for item in assessment.assignments if item.person_id == access.person_id]
    last = not any(
        item.role == Role.ASSESSOR and item.submitted_at is None and item not in own
        for item in in_force(assessment)
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
    awards = {code: score.awarded for code, score in agreed.items()}
    if any(code not in agreed for code in _codes(assessment, awards)):
        raise IncompleteError(N_("Agree a level for every element before you submit."))
    ensure_complete(held(assessment))
    action = "assessment.moderation_submitted"
    for assignment in assessment.assignments:
        if assignment.person_id == access.person_id:
            assignment.submitted_at = at
    move_on(session, assessment, act, action, by=access.person_id, at=at)


def _awarded(
    found: Underway, element_code: str, level: str, attributes: Mapping[str, str] | None
) -> Awarded:
    if element_code in elements_below(found.standard, found.choices.left_out):
        raise NotScoredByPeopleError(
            N_("Element %(code)s does not apply in this assessment."), code=element_code
        )
    return award(found.standard, element_code, level, attributes)


def _codes(assessment: Assessment, scores: Mapping[str, Awarded]) -> list[str]:
    return [element.code for element in applicable(assessment, scores)]


def _save(
    session: Session,
    assessment: Underway,
    draft: Draft,
    current: Stored | None,
    access: Access,
    at: datetime,
    *,
    renew: bool = False,
) -> Stored:
    """Insert or update the one score, and write its event.

    The same again is no change and no conflict (a button pressed twice). `renew` writes it
    all the same: an agreement must be dated after the scores it rests on.
    """
    if current is not None:
        same = (current.awarded, current.reason) == (draft.awarded, draft.reason)
        if not renew and same:
            return current
        if current.version != draft.version:
            raise ScoreConflictError(_object(session, current))
    try:
        saved = storing.write(session, assessment.id, draft, current, by=access.person_id, at=at)
    except (IntegrityError, StaleDataError) as error:
        # Two scores at the same moment, each unseen by the other: the database keeps the one
        # that came first. Nothing of this request stands; the other's is shown.
        session.rollback()
        own = access.person_id if draft.stage is ScoreStage.INDIVIDUAL else None
        first = storing.find(session, assessment.id, draft.element_code, draft.stage, own)
        if first is None or (current is None) == isinstance(error, StaleDataError):
            raise
        raise ScoreConflictError(_object(session, first)) from None
    details = {
        "element": draft.element_code,
        "stage": draft.stage.value,
        "before": None if current is None else _told(current.awarded, current.reason),
        "after": _told(draft.awarded, draft.reason),
    }
    record(session, assessment, "score.set", by=access.person_id, at=at, details=details)
    return saved


def _object(session: Session, stored: Stored) -> Score:
    return session.get_one(Score, stored.id, populate_existing=True)


def _told(awarded: Awarded, reason: str) -> dict[str, object]:
    """What the trail keeps of a score."""
    attributes = {"attributes": awarded.values} if awarded.attributes else {}
    return {"level": awarded.level, **attributes, "reason": reason}
