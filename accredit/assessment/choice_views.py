"""What applies in an assessment and what it weighs: for all to see, for the manager to agree."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import choosing
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.choice_forms import (
    ChoicesForm,
    choices_form,
    mark_field,
    reason_field,
    weight_field,
)
from accredit.assessment.choices import ChoicesError, markable, usual_weight, weighable
from accredit.assessment.domain import Act, Stage, may
from accredit.assessment.finding import standing_in
from accredit.assessment.models import Assessment
from accredit.database import db
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.standard.rules import WeightBounds
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell


@blueprint.get("/<int:assessment_id>/scope")
@requires(Permission.VIEW_ASSESSMENT)
def choices(assessment_id: int) -> tuple[str, int]:
    """The chosen weights, what does not apply and why; a form while they may be chosen."""
    return _choices_page(find_assessment(assessment_id))


@blueprint.post("/<int:assessment_id>/scope")
@requires(Permission.OPEN_ASSESSMENT)
def choose(assessment_id: int) -> Response | tuple[str, int]:
    """Keep what was agreed."""
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT)
    form = choices_form(read_standard(assessment.standard_version))
    if not form.validate():
        return _choices_page(assessment, form, 422)
    try:
        choosing.set_choices(
            db.session(),
            assessment,
            form.choices,
            version=form.loaded_version,
            by=current_person().id,
            at=clock.now(),
        )
    except (ForbiddenError, NotFoundError):
        raise
    except ChoicesError as error:
        for problem in error.problems:
            form.show(problem)
        return _choices_page(assessment, form, 422)
    except RuleError as error:
        show_rule_error(form, error)
        # The next sending is about what the person sees now.
        form.version.data = str(assessment.version)
        return _choices_page(assessment, form, 409)
    tell(N_("The weights and what applies are agreed."))
    return see_other(url_for(".show", assessment_id=assessment.id))


def _choices_page(
    assessment: Assessment, form: ChoicesForm | None = None, status: int = 200
) -> tuple[str, int]:
    session, access = db.session(), current_access()
    standard = read_standard(assessment.standard_version)
    stage, standing = Stage(assessment.stage), standing_in(assessment, access)
    may_choose = may(Act.CHOOSE, stage, standing) and not choosing.has_scores(session, assessment)
    if form is None and may_choose:
        form = choices_form(standard, formdata=None)
        form.fill(standard, assessment.choices)
        form.version.data = str(assessment.version)
    return page(
        "assessment/choices.html",
        status,
        assessment=assessment,
        standard=standard,
        form=form,
        may_choose=may_choose,
        chosen=assessment.choices,
        weighable=weighable(standard),
        markable=markable(standard),
        sums=[rule for rule in standard.rules if isinstance(rule, WeightBounds)],
        usual_weight=usual_weight,
        weight_field=weight_field,
        mark_field=mark_field,
        reason_field=reason_field,
    )
