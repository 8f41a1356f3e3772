"""Pages of ties to who is assessed: one's own, and those of the people of an organisation."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import declaring
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.interest_forms import EndForm, InterestForm, SetAsideForm
from accredit.assessment.interests import INTEREST_NAMES, INTEREST_WORDS
from accredit.assessment.overview import overview_page, today
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell

Answer = Response | tuple[str, int]


@blueprint.get("/interests")
@requires(Permission.USE)
def interests() -> Answer:
    """One's own declarations, and a form for another one."""
    return _own_page()


@blueprint.post("/interests")
@requires(Permission.USE)
def declare_interest() -> Answer:
    """Declare a tie of one's own; duties that it forbids are lost at once."""
    form = InterestForm()
    form.offer(declaring.places_of(db.session(), current_access()))
    if not form.validate():
        return _own_page(422, form=form)
    try:
        stood = declaring.declare(
            db.session(), form.declaration, today=today(), by=current_person().id, at=clock.now()
        )
    except RuleError as error:
        show_rule_error(form, error)
        return _own_page(422, form=form)
    tell(N_("Your declaration is kept. Thank you for saying so."))
    if stood:
        tell(
            ngettext(
                "You stand aside in %(num)s assessment. The programme manager sees it.",
                "You stand aside in %(num)s assessments. The programme managers see it.",
                len(stood),
            )
        )
    return see_other(url_for(".interests"))


@blueprint.post("/interests/<int:interest_id>/end")
@requires(Permission.USE)
def end_interest(interest_id: int) -> Answer:
    """Say when one's own tie ended."""
    session, person_id = db.session(), current_person().id
    interest = declaring.get_own(session, interest_id, person_id)
    form = EndForm()
    if not form.validate() or form.ended_on.data is None:
        return _own_page(422, ending=form, of=interest_id)
    try:
        declaring.end(
            session, interest, form.ended_on.data, today=today(), by=person_id, at=clock.now()
        )
    except RuleError as error:
        show_rule_error(form, error)
        return _own_page(422, ending=form, of=interest_id)
    tell(N_("The end of the tie is kept. It goes on to count for two years from that day."))
    return see_other(url_for(".interests"))


@blueprint.get("/interests/of-people")
@requires(Permission.OPEN_ASSESSMENT)
def declared_interests() -> Answer:
    """What people declared in the organisations whose assessments this person manages."""
    return _managed_page()


@blueprint.post("/interests/<int:interest_id>/set-aside")
@requires(Permission.OPEN_ASSESSMENT)
def set_aside_interest(interest_id: int) -> Answer:
    """Let a mistaken declaration of somebody else count no more."""
    session, access = db.session(), current_access()
    interest = declaring.get_managed(session, interest_id, access)
    form = SetAsideForm()
    try:
        declaring.set_aside(
            session, interest, reason=form.reason.data or "", by=access.person_id, at=clock.now()
        )
    except RuleError as error:
        show_rule_error(form, error)
        return _managed_page(422, form=form, of=interest_id)
    tell(N_("The declaration counts no more. It stays on record."))
    return see_other(url_for(".declared_interests"))


@blueprint.post("/<int:assessment_id>/impartiality")
@requires(Permission.VIEW_ASSESSMENT)
def say_impartial(assessment_id: int) -> Answer:
    """Declare to have no tie to the department one is to judge."""
    assessment = find_assessment(assessment_id, with_people=True)
    try:
        declaring.say_impartial(db.session(), assessment, by=current_person().id, at=clock.now())
    except RuleError as error:
        return overview_page(assessment, error=error)
    tell(N_("You declared that you have no tie to this department."))
    return see_other(url_for(".show", assessment_id=assessment.id))


def _own_page(
    status: int = 200,
    *,
    form: InterestForm | None = None,
    ending: EndForm | None = None,
    of: int | None = None,
) -> Answer:
    session, access = db.session(), current_access()
    if form is None:
        form = InterestForm(formdata=None)
        form.offer(declaring.places_of(session, access), request.args.get("place", ""))
    return page(
        "assessment/interests.html",
        status,
        person=current_person(),
        form=form,
        ending=ending or EndForm(formdata=None),
        of=of,
        interests=declaring.own_interests(session, access.person_id),
        kinds=INTEREST_NAMES,
        today=today(),
    )


def _managed_page(
    status: int = 200, *, form: SetAsideForm | None = None, of: int | None = None
) -> Answer:
    access = current_access()
    return page(
        "assessment/declared_interests.html",
        status,
        form=form or SetAsideForm(formdata=None),
        of=of,
        interests=declaring.interests_within(db.session(), access),
        kinds=INTEREST_WORDS,
        own_id=access.person_id,
        today=today(),
    )
