"""Assessments in a running installation: as in `tests.assessments`, and everything now.

The server's clock is the real one, and the trail would name a clock that went back.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from accredit import clock
from accredit.assessment import service
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.evidence.store import FileStore
from tests.assessments import (
    CODES,
    FILE,
    moderate,
    open_small,
    score_all,
    self_assess,
    staff,
)
from tests.people import Cast

REASON = "Seen in the register of promises, on every page."


def keep_file(store: FileStore) -> None:
    """The file that evidence of `tests.assessments` speaks of."""
    store.put(io.BytesIO(FILE), limit=1_000)


def walk_now(
    session: Session,
    cast: Cast,
    stage: Stage,
    *,
    cycle: str = "now",
    levels: Mapping[str, str] | None = None,
    submit: bool = True,
) -> Assessment:
    """A new assessment at `stage`; without `submit` all of the stage is done but its submission.

    `Stage.SELF_ASSESSMENT` without `submit` thus has every self-score, and lacks the last step.
    """
    levels = {code: (levels or {}).get(code, "good") for code in CODES}
    at = clock.now()
    assessment = open_small(session, cast, cycle=cycle, due_on=None, at=at)
    staff(session, cast, assessment, at=at)
    service.start(session, assessment, by=cast.programme_manager.id, at=at)
    last = stage is Stage.SELF_ASSESSMENT
    if last and submit:
        return assessment
    # It dates what it does a day later.
    self_assess(session, cast, assessment, levels, submit=not last, at=at - timedelta(days=1))
    if last or (stage is Stage.SCORING and submit):
        return assessment
    last = stage is Stage.SCORING
    for who in ("assessor", "second_assessor"):
        score_all(session, cast, assessment, levels, who=who, submit=not last, at=at)
    if last or (stage is Stage.MODERATION and submit):
        return assessment
    moderate(session, cast, assessment, levels, submit=stage is not Stage.MODERATION, at=at)
    return assessment
