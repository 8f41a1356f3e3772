"""The overview page of one assessment, as one person sees it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app

from accredit import clock
from accredit.assessment import service
from accredit.assessment.agreement import Agreement, agreement
from accredit.assessment.choices import elements_below, has_choices
from accredit.assessment.domain import STAGE_NAMES, Act, Missing, ScoreStage, Stage, may, writable
from accredit.assessment.duties import DUTY_STAGES
from accredit.assessment.forms import ReturnForm
from accredit.assessment.history import history_of
from accredit.assessment.models import Assessment
from accredit.assessment.reading import progress_in
from accredit.assessment.scoring import confirmable, missing_for_submission
from accredit.assessment.sight import sight
from accredit.assessment.stages import stands_alone, vacant_duties
from accredit.assessment.visible import levels_in
from accredit.database import db
from accredit.evidence.service import count_links
from accredit.i18n import gettext
from accredit.identity.domain import (
    ROLE_NAMES,
    ForbiddenError,
    NotFoundError,
    Permission,
    allows,
)
from accredit.identity.sign_in import current_access
from accredit.standard.domain import Standard
from accredit.standard.scoring.applicability import to_score
from accredit.standard.service import read_standard
from accredit.text import RuleError
from accredit.web.pages import page

STAGE_TONES = {
    Stage.SET_UP: "neutral",
    Stage.SELF_ASSESSMENT: "info",
    Stage.SCORING: "info",
    Stage.MODERATION: "brand",
    Stage.DECISION: "warn",
    Stage.CLOSED: "good",
}


def overview_page(
    assessment: Assessment,
    *,
    error: RuleError | None = None,
    form: ReturnForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """Where it stands, who must act, what this person can do; with a broken rule, 409."""
    if isinstance(error, (ForbiddenError, NotFoundError)):
        raise error
    session, access = db.session(), current_access()
    stage, standing = Stage(assessment.stage), service.standing_in(assessment, access)
    standard = read_standard(assessment.standard_version)
    kind = writable(stage, standing)
    seen = sight(standing.roles, stage)
    levels = levels_in(session, assessment, seen, access.person_id)
    written = levels.written(kind)
    acts = {act for act in Act if may(act, stage, standing)}
    submits = Act.SUBMIT_SELF_ASSESSMENT in acts
    choices = assessment.choices
    scored = [item.code for item in to_score(standard, choices.left_out, written)]
    # A measured element applies although nobody scores it.
    applies = {item.code for item in standard.elements if item.measured is not None}
    applies = {*scored, *applies} - elements_below(standard, choices.left_out)
    waiting = service.waiting_for(session, assessment)
    return page(
        "assessment/show.html",
        409 if error is not None else status,
        assessment=assessment,
        standard=standard,
        stage=stage,
        steps=_steps(stage, alone=stands_alone(assessment)),
        stage_names=STAGE_NAMES,
        stage_tones=STAGE_TONES,
        role_names=ROLE_NAMES,
        acts=acts,
        Act=Act,
        Stage=Stage,
        ScoreStage=ScoreStage,
        kind=kind,
        standing=standing,
        sight=seen,
        reads_gaps=(seen.self_scores or seen.agreed)
        and allows(standing.roles, Permission.VIEW_GAP_REPORT),
        levels=levels,
        agreement=agreement_in(standard, levels.individual) if seen.individual else None,
        written=written,
        applies=applies,
        scored=scored,
        has_choices=has_choices(standard),
        evidence=count_links(session, assessment.id),
        open_codes=[code for code in scored if code not in written],
        missing=missing_for_submission(session, assessment) if submits else Missing(),
        vacant=vacant_duties(assessment),
        alone=stands_alone(assessment),
        confirmable=confirmable(session, assessment) if Act.AGREE in acts else {},
        progress=progress_in(session, [assessment])[assessment.id],
        waiting=waiting,
        my_turn=any(item.person_id == access.person_id for item in waiting),
        undeclared=stage is not Stage.CLOSED and _is_undeclared(assessment, access.person_id),
        duties=DUTY_STAGES,
        history=history_of(session, assessment),
        error=error,
        form=form or ReturnForm(formdata=None),
        today=today(),
    )


def _is_undeclared(assessment: Assessment, person_id: int) -> bool:
    """Whether the person judges here and has not yet said to have no tie."""
    return any(
        item.person_id == person_id and item.impartial_at is None for item in assessment.assignments
    )


def agreement_in(standard: Standard, individual: Mapping[str, Sequence[str]]) -> Agreement:
    """How far the assessors agree; alpha only where all elements are scored on one scale."""
    rows = [
        [standard.scale_of(element).position(level) for level in individual[element.code]]
        for element in standard.elements
        if element.code in individual
    ]
    found = agreement(rows)
    return found if len(standard.scales) == 1 else replace(found, alpha=None)


def today() -> date:
    """The date where the programme is."""
    zone = current_app.config["TIME_ZONE"]
    return clock.now().astimezone(zone).date()


def _steps(stage: Stage, *, alone: bool) -> list[dict[str, Any]]:
    stages = (Stage.SET_UP, Stage.SELF_ASSESSMENT) if alone else tuple(Stage)[:-1]
    return [{"label": gettext(STAGE_NAMES[item]), "state": _state(item, stage)} for item in stages]


def _state(item: Stage, now: Stage) -> str:
    if item is now:
        return "current"
    return "done" if item.position < now.position else "todo"
