"""Who judges: the page where the programme manager gives duties and takes them back."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import service
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.domain import Stage
from accredit.assessment.duties import DUTY_STAGES
from accredit.assessment.forms import AssignForm
from accredit.assessment.models import Assessment
from accredit.assessment.stages import stands_alone, vacant_duties
from accredit.database import db
from accredit.i18n import gettext, say
from accredit.identity.domain import ROLE_NAMES, ForbiddenError, NotFoundError, Permission, Role
from accredit.identity.models import Person
from accredit.identity.sign_in import current_person
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import hide, show_rule_error
from accredit.web.pages import page, see_other, tell


@blueprint.get("/<int:assessment_id>/people")
@requires(Permission.OPEN_ASSESSMENT)
def people(assessment_id: int) -> tuple[str, int]:
    """The duties, their holders, and whom to ask."""
    return _people_page(
        find_assessment(assessment_id, Permission.OPEN_ASSESSMENT, with_people=True)
    )


@blueprint.post("/<int:assessment_id>/people")
@requires(Permission.OPEN_ASSESSMENT)
def assign(assessment_id: int) -> Response | tuple[str, int]:
    """Give somebody a duty."""
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT, with_people=True)
    form = AssignForm()
    person = db.session().get(Person, form.person_id.data or 0)
    if form.duty is None or person is None:
        form.person_id.errors = [gettext("Choose a person.")]
        if form.duty is None:
            hide(form.person_id)
        return _people_page(assessment, form, 422)
    try:
        service.assign(
            db.session(),
            assessment,
            person,
            form.duty,
            by=current_person().id,
            at=clock.now(),
        )
    except (ForbiddenError, NotFoundError):
        raise
    except RuleError as error:
        show_rule_error(form, error)
        return _people_page(assessment, form, 422)
    tell(N_("%(name)s was assigned."), name=say(person.name))
    return see_other(url_for(".people", assessment_id=assessment.id))


@blueprint.post("/<int:assessment_id>/people/<int:assignment_id>/remove")
@requires(Permission.OPEN_ASSESSMENT)
def unassign(assessment_id: int, assignment_id: int) -> Response | tuple[str, int]:
    """Take a duty back."""
    assessment = find_assessment(assessment_id, Permission.OPEN_ASSESSMENT, with_people=True)
    assignment = service.get_assignment(assessment, assignment_id)
    name = say(assignment.person.name)
    try:
        service.unassign(
            db.session(), assessment, assignment, by=current_person().id, at=clock.now()
        )
    except RuleError as error:
        form = AssignForm(formdata=None)
        show_rule_error(form, error)
        return _people_page(assessment, form, 409)
    tell(N_("%(name)s no longer has a duty in this assessment."), name=name)
    return see_other(url_for(".people", assessment_id=assessment.id))


def _people_page(
    assessment: Assessment, form: AssignForm | None = None, status: int = 200
) -> tuple[str, int]:
    stage = Stage(assessment.stage)
    return page(
        "assessment/people.html",
        status,
        assessment=assessment,
        stage=stage,
        Stage=Stage,
        Role=Role,
        form=form or AssignForm(formdata=None),
        duties=DUTY_STAGES,
        vacant=vacant_duties(assessment),
        alone=stands_alone(assessment),
        candidates=service.candidates(db.session(), assessment, clock.now().date()),
        role_names=ROLE_NAMES,
    )
