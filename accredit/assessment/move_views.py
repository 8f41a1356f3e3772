"""The page that moves an assessment to a newer version of its standard, and what was set aside."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import moving
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.domain import STAGE_NAMES, Act, ScoreStage, Stage, may
from accredit.assessment.finding import standing_in
from accredit.assessment.models import Assessment
from accredit.assessment.move_form import MoveForm
from accredit.assessment.moving import EarlierScore, Preview, Seen
from accredit.assessment.sight import sight
from accredit.database import db
from accredit.identity.domain import NotFoundError, Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.standard.book import written_changes
from accredit.standard.domain import Standard
from accredit.standard.models import StandardVersion
from accredit.standard.service import get_version, read_standard
from accredit.text import N_, Message, RuleError
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page, see_other, tell


@blueprint.get("/<int:assessment_id>/move")
@requires(Permission.OPEN_ASSESSMENT)
def move(assessment_id: int) -> tuple[str, int]:
    """What moving would do; nothing is done before it is confirmed."""
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT)
    newer = moving.newer_versions(db.session(), assessment)
    asked = request.args.get("version", type=asked_number)
    version = next((row for row in newer if row.id == asked), newer[0] if newer else None)
    return _move_page(assessment, newer, version)


@blueprint.post("/<int:assessment_id>/move")
@requires(Permission.OPEN_ASSESSMENT)
def confirm_move(assessment_id: int) -> tuple[str, int] | Response:
    """Move just as it was shown."""
    session = db.session()
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT)
    newer = moving.newer_versions(session, assessment)
    form = MoveForm()
    version = get_version(session, form.to_version.data or 0)
    try:
        told = moving.move(
            session,
            assessment,
            version,
            seen=form.seen,
            by=current_person().id,
            at=clock.now(),
        )
    except RuleError as error:
        shown = version if version in newer else None
        return _move_page(assessment, newer, shown, error.message)
    tell(
        N_("The assessment now uses version %(version)s of its standard."),
        version=told.version.version,
    )
    return see_other(url_for(".show", assessment_id=assessment.id))


@blueprint.app_template_global()
def may_move(assessment: Assessment) -> bool:
    """Whether the reader could move the assessment, and there is where to."""
    if not may(Act.ASSIGN, Stage(assessment.stage), standing_in(assessment, current_access())):
        return False
    return bool(moving.newer_versions(db.session(), assessment))


def _move_page(
    assessment: Assessment,
    newer: list[StandardVersion],
    version: StandardVersion | None,
    error: Message | None = None,
) -> tuple[str, int]:
    session = db.session()
    stage, standing = Stage(assessment.stage), standing_in(assessment, current_access())
    told: Preview | None = None
    target: Standard | None = None
    changes = seen = None
    own = read_standard(assessment.standard_version)
    if version is not None:
        told = moving.preview(session, assessment, version)
        target = read_standard(version)
        hashes = (assessment.standard_version.sha256, version.sha256)
        changes = written_changes(hashes, lambda: (own, target))
        seen = Seen(*hashes, assessment.version)
    elif newer and error is None:
        raise NotFoundError
    return page(
        "assessment/move.html",
        409 if error else 200,
        assessment=assessment,
        standard=own,
        newer=newer,
        version=version,
        told=told,
        target=target,
        changes=changes,
        seen=seen,
        error=error,
        may_move=may(Act.ASSIGN, stage, standing),
        stage=stage,
        stage_names=STAGE_NAMES,
        earlier=_visible(assessment, stage),
    )


def _visible(assessment: Assessment, stage: Stage) -> list[EarlierScore]:
    """What was set aside, as far as the manager may see such scores at this stage."""
    seen = sight(standing_in(assessment, current_access()).roles, stage)
    shown = {
        ScoreStage.SELF: seen.self_scores,
        ScoreStage.INDIVIDUAL: seen.individual,
        ScoreStage.AGREED: seen.agreed,
    }
    return [one for one in moving.earlier_scores(db.session(), assessment) if shown[one.stage]]
