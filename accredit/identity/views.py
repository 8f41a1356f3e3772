"""Pages under /people: who is here, what they may do, and how they get in."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.database import db
from accredit.identity import (
    account_views,
    accounts,
    address_views,
    factor_reset_views,
    factor_resets,
    factor_views,
    factors,
    organisation_views,
    people,
    service,
    sign_in_views,
)
from accredit.identity.blueprint import blueprint
from accredit.identity.delegation import roles_given_by
from accredit.identity.domain import Permission
from accredit.identity.forms import PersonForm, ReasonForm, RoleForm, SearchForm
from accredit.identity.letters import MailKind
from accredit.identity.models import Person
from accredit.identity.people import PersonRow
from accredit.identity.sending import post, sends_mail
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.numbers import asked_number
from accredit.web.pages import page, see_other, tell

__all__ = [
    "account_views",
    "address_views",
    "blueprint",
    "factor_reset_views",
    "factor_views",
    "organisation_views",
    "sign_in_views",
]

AnyRoleForm = TypeVar("AnyRoleForm", bound=RoleForm)


@blueprint.get("/people", endpoint="people")
@requires(Permission.MANAGE_PEOPLE)
def people_list() -> tuple[str, int]:
    """Everybody whom the person manages, with a search."""
    form = SearchForm(request.args)
    search = (form.q.data or "") if form.validate() else ""
    shown = people.list_people(
        db.session(),
        current_access(),
        search=search,
        number=request.args.get("page", 1, asked_number),
    )
    return page(
        "identity/people.html",
        form=form,
        shown=shown,
        search=search,
        url_of=partial(_list_url, search),
    )


def _list_url(search: str, number: int) -> str:
    return url_for("identity.people", q=search or None, page=number if number > 1 else None)


@blueprint.get("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def new_person() -> tuple[str, int]:
    """The form for a new person with a first role."""
    return page("identity/new_person.html", form=_offered(PersonForm()), sends_mail=sends_mail())


@blueprint.post("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def create_person() -> Response | tuple[str, int]:
    """Make the person, give the first role, and send their sign-in link, or show it once."""
    form = _offered(PersonForm())
    if not form.validate():
        return page("identity/new_person.html", 422, form=form, sends_mail=sends_mail())
    session, by, at = db.session(), current_person().id, clock.now()
    try:
        person = service.create_person(
            session,
            email=form.email.data or "",
            name=form.name_given,
            language=form.language_given,
            by=by,
            at=at,
        )
        service.grant_role(
            session,
            person,
            form.role_given,
            organisation_id=form.place_given.organisation_id,
            department_id=form.place_given.department_id,
            by=by,
            at=at,
        )
        if not sends_mail():
            token = accounts.make_sign_in_link(session, person, by=by, at=at)
    except RuleError as error:
        show_rule_error(form, error)
        return page("identity/new_person.html", 422, form=form, sends_mail=sends_mail())
    if sends_mail():
        post(MailKind.INVITATION, person, at=at)
        tell(N_("The person is saved. A link to choose a password is sent to them."))
        return see_other(url_for("identity.person", person_id=person.id))
    return _link_page(person, token, created=True)


@blueprint.get("/people/<int:person_id>")
@requires(Permission.MANAGE_PEOPLE)
def person(person_id: int) -> tuple[str, int]:
    """A person's roles and account."""
    row = _find(person_id)
    return _person_page(row, _offered(RoleForm()))


@blueprint.post("/people/<int:person_id>/roles")
@requires(Permission.MANAGE_PEOPLE)
def give_role(person_id: int) -> Response | tuple[str, int]:
    """Give the person another role."""
    row, form = _find(person_id), _offered(RoleForm())
    if not form.validate():
        return _person_page(row, form, 422)
    try:
        service.grant_role(
            db.session(),
            row.person,
            form.role_given,
            organisation_id=form.place_given.organisation_id,
            department_id=form.place_given.department_id,
            by=current_person().id,
            at=clock.now(),
        )
    except RuleError as error:
        show_rule_error(form, error)
        return _person_page(row, form, 422)
    tell(N_("The role is given and acts from now on."))
    return see_other(url_for("identity.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/roles/<int:role_id>/end")
@requires(Permission.MANAGE_PEOPLE)
def end_role(person_id: int, role_id: int) -> Response:
    """End one of the person's roles."""
    assignment = people.get_role(_find(person_id), role_id, db.session())
    service.end_role(db.session(), assignment, by=current_person().id, at=clock.now())
    tell(N_("The role has ended."))
    return see_other(url_for("identity.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/disable")
@requires(Permission.MANAGE_PEOPLE)
def disable(person_id: int) -> Response:
    """Close the account; the person's sessions end."""
    return _set_active(person_id, False, N_("The account is disabled. All its sessions ended."))


@blueprint.post("/people/<int:person_id>/enable")
@requires(Permission.MANAGE_PEOPLE)
def enable(person_id: int) -> Response:
    """Open the account again."""
    return _set_active(person_id, True, N_("The account is enabled again."))


def _set_active(person_id: int, active: bool, told: str) -> Response:
    row = _find(person_id)
    accounts.set_active(db.session(), row.person, active, by=current_person().id, at=clock.now())
    tell(told)
    return see_other(url_for("identity.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/sign-in-link")
@requires(Permission.MANAGE_PEOPLE)
def make_link(person_id: int) -> tuple[str, int]:
    """A new sign-in link, shown this once."""
    row = _find(person_id)
    token = accounts.make_sign_in_link(
        db.session(), row.person, by=current_person().id, at=clock.now()
    )
    return _link_page(row.person, token, created=False)


def _find(person_id: int) -> PersonRow:
    return people.get_person(db.session(), person_id, current_access())


def _offered(form: AnyRoleForm) -> AnyRoleForm:
    access = current_access()
    form.offer(roles_given_by(access), people.list_places(db.session(), access))
    return form


def _person_page(row: PersonRow, form: RoleForm, status: int = 200) -> tuple[str, int]:
    return page(
        "identity/person.html",
        status,
        row=row,
        form=form,
        givable=roles_given_by(current_access()),
        own=row.person.id == current_person().id,
        may_account=accounts.may_manage(db.session(), row.person, by=current_person().id),
        sends_mail=sends_mail(),
        held_factors=factors.list_factors(db.session(), row.person.id),
        is_administrator=current_access().is_administrator,
        reset_asked=factor_resets.find_open(db.session(), row.person.id, at=clock.now()),
        reason_form=ReasonForm(formdata=None),
        asking=current_person().id,
    )


def _link_page(person: Person, token: str, *, created: bool) -> tuple[str, int]:
    base = current_app.config["SETTINGS"].base_url
    link = base + url_for("identity.welcome", token=token)
    days = accounts.LINK_LIFETIME.days
    return page("identity/link.html", person_shown=person, link=link, days=days, created=created)
