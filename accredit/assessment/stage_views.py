"""The steps that move an assessment on, or back."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import scoring, service
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.forms import ReturnForm
from accredit.assessment.models import Assessment
from accredit.assessment.overview import overview_page
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import see_other, tell

Answer = Response | tuple[str, int]


@blueprint.post("/<int:assessment_id>/start")
@requires(Permission.OPEN_ASSESSMENT)
def start(assessment_id: int) -> Answer:
    """Begin the self-assessment."""
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT, with_people=True)

    def step() -> str:
        service.start(db.session(), assessment, by=current_person().id, at=clock.now())
        return N_("The self-assessment has started.")

    return _take(assessment, step)


@blueprint.post("/<int:assessment_id>/self-assessment/submit")
@requires(Permission.SUBMIT_SELF_ASSESSMENT)
def submit_self_assessment(assessment_id: int) -> Answer:
    """Hand the self-assessment to the assessors."""
    assessment = find_assessment(assessment_id, Permission.SUBMIT_SELF_ASSESSMENT, with_people=True)

    def step() -> str:
        scoring.submit_self_assessment(
            db.session(), assessment, access=current_access(), at=clock.now()
        )
        return N_("The self-assessment was submitted to the assessors.")

    return _take(assessment, step)


@blueprint.post("/<int:assessment_id>/scores/submit")
@requires(Permission.SCORE)
def submit_scores(assessment_id: int) -> Answer:
    """Freeze this assessor's scores."""
    assessment = find_assessment(assessment_id, Permission.SCORE, with_people=True)

    def step() -> str:
        scoring.submit_scores(db.session(), assessment, access=current_access(), at=clock.now())
        return N_("Your scores were submitted.")

    return _take(assessment, step)


@blueprint.post("/<int:assessment_id>/moderation/confirm-all")
@requires(Permission.MODERATE)
def confirm_all(assessment_id: int) -> Answer:
    """Agree every element on which all assessors agree."""
    assessment = find_assessment(assessment_id, Permission.MODERATE, with_people=True)

    def step() -> str:
        saved = scoring.confirm_all(
            db.session(), assessment, access=current_access(), at=clock.now()
        )
        said: str = ngettext(
            "%(num)s element confirmed.", "%(num)s elements confirmed.", len(saved)
        )
        return said

    return _take(assessment, step)


@blueprint.post("/<int:assessment_id>/moderation/submit")
@requires(Permission.MODERATE)
def submit_moderation(assessment_id: int) -> Answer:
    """Hand the agreed levels to the decision maker."""
    assessment = find_assessment(assessment_id, Permission.MODERATE, with_people=True)

    def step() -> str:
        scoring.submit_moderation(db.session(), assessment, access=current_access(), at=clock.now())
        return N_("The agreed levels were submitted for the decision.")

    return _take(assessment, step)


@blueprint.post("/<int:assessment_id>/return")
@requires(Permission.OPEN_ASSESSMENT)
def send_back(assessment_id: int) -> Answer:
    """Return the assessment to the stage before, with a reason."""
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT, with_people=True)
    form = ReturnForm()

    def step() -> str:
        service.return_to_previous(
            db.session(),
            assessment,
            reason=form.reason.data or "",
            by=current_person().id,
            at=clock.now(),
        )
        return N_("The assessment was returned. All scores were kept.")

    return _take(assessment, step, form)


def _take(
    assessment: Assessment, step: Callable[[], str], form: ReturnForm | None = None
) -> Answer:
    """Take a step and say so; a broken rule is shown on the overview, nothing changed."""
    try:
        message = step()
    except RuleError as error:
        if form is not None and error.field:
            show_rule_error(form, error)
            return overview_page(assessment, form=form, status=422)
        return overview_page(assessment, error=error)
    tell(message)
    return see_other(url_for(".show", assessment_id=assessment.id))
