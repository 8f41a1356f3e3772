"""What administrators do for somebody who lost a telephone or a password."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.database import db
from accredit.identity import accounts, factor_resets, people
from accredit.identity.accounts import ensure_may_manage
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Permission
from accredit.identity.forms import ReasonForm
from accredit.identity.letters import MailKind
from accredit.identity.models import Person
from accredit.identity.sending import post, sends_mail
from accredit.identity.service import record
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_
from accredit.web.access import requires
from accredit.web.pages import see_other, tell


@blueprint.post("/people/<int:person_id>/invitation")
@requires(Permission.MANAGE_PEOPLE)
def invite(person_id: int) -> Response:
    """Have a new sign-in link sent to the person."""
    person = _find(person_id)
    ensure_may_manage(db.session(), person, by=current_person().id)
    if sends_mail():
        at = clock.now()
        post(MailKind.INVITATION, person, at=at)
        record(db.session(), "person.invited", person.id, None, current_person().id, at)
        tell(N_("The link is sent to their e-mail address. It works once and for seven days."))
    return see_other(url_for("identity.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/end-sessions")
@requires(Permission.MANAGE_PEOPLE)
def end_sessions(person_id: int) -> Response:
    """Sign the person out everywhere."""
    accounts.end_all_sessions(
        db.session(), _find(person_id), by=current_person().id, at=clock.now()
    )
    tell(N_("All sessions of this person have ended."))
    return see_other(url_for("identity.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/factor-reset")
@requires(Permission.MANAGE_ORGANISATIONS)
def ask_factor_reset(person_id: int) -> Response:
    """Ask that the person's second factors be forgotten, for a reason."""
    person, form = _find(person_id), ReasonForm()
    back = see_other(url_for("identity.person", person_id=person_id))
    if not form.validate():
        tell(N_("Give the reason."), "error")
        return back
    factor_resets.ask(
        db.session(),
        person,
        reason=(form.reason.data or "").strip(),
        by=current_person().id,
        at=clock.now(),
    )
    tell(N_("Another administrator must agree within three days."))
    return back


@blueprint.post("/people/<int:person_id>/factor-reset/agree")
@requires(Permission.MANAGE_ORGANISATIONS)
def agree_factor_reset(person_id: int) -> Response:
    """Agree, as a second administrator; the person sets up anew at their next sign-in."""
    person = _find(person_id)
    back = see_other(url_for("identity.person", person_id=person_id))
    try:
        factor_resets.agree(db.session(), person, by=current_person().id, at=clock.now())
    except factor_resets.NothingAskedError:
        tell(N_("Nobody has asked for this, or the request has run out."), "error")
        return back
    post(MailKind.FACTORS_RESET, person, at=clock.now())
    tell(N_("The second factors are taken away. The person sets up a new one at sign-in."))
    return back


def _find(person_id: int) -> Person:
    return people.get_person(db.session(), person_id, current_access()).person
