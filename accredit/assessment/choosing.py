"""Agreeing what applies in an assessment and what it weighs, before anybody scores."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from accredit.assessment.choices import (
    Choices,
    FrozenChoicesError,
    ensure_permitted,
    write_choices,
)
from accredit.assessment.domain import Act, ScoreStage
from accredit.assessment.models import Assessment, Score
from accredit.assessment.stages import ensure_manager, record
from accredit.standard.file.spelling import decimal_text
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError


class StaleChoicesError(RuleError):
    """The assessment changed since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            N_("Something changed after you opened this page. Compare, then save again.")
        )


def set_choices(
    session: Session,
    assessment: Assessment,
    choices: Choices,
    *,
    version: int | None,
    by: int,
    at: datetime,
) -> None:
    """Keep what was agreed, and write its event; the same again changes nothing.

    `version` is the assessment's as the person saw it. Raises `WrongStageError`,
    `FrozenChoicesError` once an assessor has scored, `StaleChoicesError`, or `ChoicesError`
    with every problem.
    """
    ensure_manager(assessment, Act.CHOOSE, by)
    if has_scores(session, assessment):
        raise FrozenChoicesError
    permitted = ensure_permitted(read_standard(assessment.standard_version), choices)
    texts = write_choices(permitted)
    before = assessment.choices
    if texts == write_choices(before):
        return
    if version != assessment.version:
        raise StaleChoicesError
    assessment.weights, assessment.not_applicable = texts
    session.flush()
    details = {"before": _told(before), "after": _told(permitted)}
    record(session, assessment, "assessment.choices_made", by=by, at=at, details=details)


def has_scores(session: Session, assessment: Assessment) -> bool:
    """Whether an assessor has scored anything, even before the assessment was returned."""
    scored = exists().where(
        Score.assessment_id == assessment.id, Score.stage == ScoreStage.INDIVIDUAL.value
    )
    return bool(session.scalar(select(scored)))


def _told(choices: Choices) -> dict[str, str]:
    weights = [f"{code} = {decimal_text(weight)}" for code, weight in choices.weights.items()]
    reasons = [f"{code}: {reason}" for code, reason in choices.reasons.items()]
    return {"weights": "; ".join(weights), "not_applicable": "; ".join(reasons)}
