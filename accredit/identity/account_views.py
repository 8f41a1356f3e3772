"""Pages of one's own account: the first password, own details, signing in and out."""

from __future__ import annotations

from flask import abort, url_for
from flask_security.utils import logout_user
from werkzeug.wrappers import Response

from accredit import clock
from accredit.database import db
from accredit.identity import accounts
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Permission
from accredit.identity.forms import ChangePasswordForm, OwnDetailsForm, PasswordForm
from accredit.identity.sign_in import (
    current_person,
    ensure_present_password,
    enter_as,
    find_demo,
    hashed,
)
from accredit.text import N_, RuleError
from accredit.web.access import public, requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell


@blueprint.post("/sign-out")
@requires(Permission.USE)
def sign_out() -> Response:
    """End this session."""
    logout_user()
    return see_other(url_for("security.login"))


@blueprint.post("/demo-sign-in/<int:person_id>")
@public
def demo_sign_in(person_id: int) -> Response:
    """Enter as a person of the demonstration; there is no such page anywhere else."""
    person = find_demo(person_id)
    if person is None:
        abort(404)
    enter_as(person)
    return see_other(url_for("home.index"))


@blueprint.get("/welcome/<token>")
@public
def welcome(token: str) -> tuple[str, int]:
    """Where a one-time link leads: choose a password."""
    link = accounts.find_sign_in_link(db.session(), token, at=clock.now())
    if link is None:
        return page("identity/link_used.html", 404)
    return page("identity/welcome.html", form=PasswordForm(), newcomer=link.person, token=token)


@blueprint.post("/welcome/<token>")
@public
def choose_password(token: str) -> Response | tuple[str, int]:
    """Set the password the link allows; the link is used up."""
    session, at = db.session(), clock.now()
    link = accounts.find_sign_in_link(session, token, at=at)
    if link is None:
        return page("identity/link_used.html", 404)
    form = PasswordForm()
    context = {"form": form, "newcomer": link.person, "token": token}
    if not form.validate():
        return page("identity/welcome.html", 422, **context)
    try:
        password_hash = hashed(form.password.data or "", link.person.email)
    except RuleError as error:
        show_rule_error(form, error)
        return page("identity/welcome.html", 422, **context)
    accounts.use_sign_in_link(session, token, password_hash=password_hash, at=at)
    # Whoever was signed in on this device is somebody else, or an older session.
    logout_user()
    tell(N_("Your password is saved. Sign in with it."))
    return see_other(url_for("security.login"))


@blueprint.get("/account")
@requires(Permission.USE)
def account() -> tuple[str, int]:
    """One's own name, language and password."""
    return _account_page(_own_details(), ChangePasswordForm(formdata=None))


@blueprint.post("/account")
@requires(Permission.USE)
def change_details() -> Response | tuple[str, int]:
    """Save one's own name and language."""
    form = OwnDetailsForm()
    if not form.validate():
        return _account_page(form, ChangePasswordForm(formdata=None), 422)
    accounts.change_own_details(
        db.session(),
        current_person().id,
        name=form.name_given,
        language=form.language_given,
        at=clock.now(),
    )
    tell(N_("Your details are saved."))
    # The page's language follows the choice just made, here and from now on.
    return see_other(url_for("identity.account", lang=form.language_given))


@blueprint.post("/account/password")
@requires(Permission.USE)
def change_password() -> Response | tuple[str, int]:
    """Change one's own password; this session goes on, all others end."""
    form = ChangePasswordForm()
    if not form.validate():
        return _account_page(_own_details(), form, 422)
    person = accounts.get_person(db.session(), current_person().id)
    try:
        ensure_present_password(person, form.present.data or "")
        password_hash = hashed(form.password.data or "", person.email)
    except RuleError as error:
        show_rule_error(form, error)
        return _account_page(_own_details(), form, 422)
    accounts.change_password(db.session(), person, password_hash=password_hash, at=clock.now())
    enter_as(person)
    tell(N_("Your password is changed. Your other sessions have ended."))
    return see_other(url_for("identity.account"))


def _own_details() -> OwnDetailsForm:
    person = current_person()
    return OwnDetailsForm(
        formdata=None, name_en=person.name.en, name_ar=person.name.ar, language=person.language
    )


def _account_page(
    details: OwnDetailsForm, password: ChangePasswordForm, status: int = 200
) -> tuple[str, int]:
    return page("identity/account.html", status, details=details, password=password)
