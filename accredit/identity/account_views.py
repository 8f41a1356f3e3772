"""Pages of one's own account: the first password, a new one, own details."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from accredit import clock, i18n
from accredit.database import db
from accredit.identity import accounts, opened, trying
from accredit.identity.accounts import Purpose
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Permission
from accredit.identity.forms import AddressForm, ChangePasswordForm, OwnDetailsForm, PasswordForm
from accredit.identity.letters import MailKind
from accredit.identity.models import Person
from accredit.identity.passwords import ADVISED_LENGTH, MINIMUM_LENGTH
from accredit.identity.proving import prove_present
from accredit.identity.sending import post, writes_to_strangers
from accredit.identity.sign_in import (
    current_person,
    enter_as,
    hashed,
    leave,
)
from accredit.identity.trying import LINK_ORIGIN
from accredit.text import N_, RuleError
from accredit.web.access import public, requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import error_page, page, see_other, tell

Answer = Response | tuple[str, int]


@blueprint.get("/welcome/<token>")
@public
def welcome(token: str) -> Answer:
    """Where an invitation leads: on to its page, by an address that tells nothing."""
    return _open_link(token, Purpose.INVITATION, "identity.invited")


@blueprint.get("/welcome")
@public
def invited() -> Answer:
    """The invitation that was opened here: choose a password."""
    return _link_page(Purpose.INVITATION)


@blueprint.post("/welcome")
@public
def choose_password() -> Answer:
    """Set the password the invitation allows; it is used up."""
    return _use_link(Purpose.INVITATION)


@blueprint.get("/reset/<token>")
@public
def reset(token: str) -> Answer:
    """Where the link of a forgotten password leads: on, as an invitation does."""
    return _open_link(token, Purpose.RESET, "identity.new_password")


@blueprint.get("/reset")
@public
def new_password() -> Answer:
    """The link that was opened here: choose a new password."""
    return _link_page(Purpose.RESET)


@blueprint.post("/reset")
@public
def choose_new_password() -> Answer:
    """Set the password the link allows; it is used up."""
    return _use_link(Purpose.RESET)


def _open_link(token: str, purpose: Purpose, page_of_it: str) -> Answer:
    if accounts.find_sign_in_link(db.session(), token, at=clock.now(), purpose=purpose) is None:
        return _used()
    opened.keep(purpose, token, at=clock.now())
    return see_other(url_for(page_of_it))


def _link_page(purpose: Purpose) -> Answer:
    at = clock.now()
    token = opened.kept(purpose, at=at)
    link = accounts.find_sign_in_link(db.session(), token, at=at, purpose=purpose)
    if link is None:
        return _used(left_open=not token)
    return page("identity/welcome.html", **_welcome(link.person, PasswordForm(formdata=None)))


def _used(*, left_open: bool = False) -> Answer:
    """It opens nothing, or its page was left open so long that it is to be opened again."""
    return page("identity/link_used.html", 404, left_open=left_open)


def _welcome(newcomer: Person, form: PasswordForm) -> dict[str, object]:
    return {"form": form, "newcomer": newcomer, "advised": ADVISED_LENGTH, "least": MINIMUM_LENGTH}


def _use_link(purpose: Purpose) -> Answer:
    try:
        trying.spend(LINK_ORIGIN)
    except RuleError as error:
        return error_page(429, i18n.translate(error.message))
    session, at = db.session(), clock.now()
    token = opened.kept(purpose, at=at)
    link = accounts.find_sign_in_link(session, token, at=at, purpose=purpose)
    if link is None:
        return _used(left_open=not token)
    form = PasswordForm()
    context = _welcome(link.person, form)
    if not form.validate():
        return page("identity/welcome.html", 422, **context)
    try:
        password_hash = hashed(
            form.password.data or "",
            link.person.email,
            accounts.names_around(session, link.person_id),
        )
    except RuleError as error:
        show_rule_error(form, error)
        return page("identity/welcome.html", 422, **context)
    # Whoever was signed in on this device is somebody else, or an older session.
    leave()
    try:
        person = accounts.use_sign_in_link(
            session, token, password_hash=password_hash, at=at, purpose=purpose
        )
    except accounts.UsedLinkError:
        # In another tab, between our looking and our using it.
        return _used()
    trying.forgive_account(person.email)
    if purpose is Purpose.RESET:
        post(MailKind.PASSWORD_CHANGED, person, at=at)
    tell(N_("Your password is saved. Sign in with it."))
    return see_other(url_for("security.login"))


@blueprint.get("/account")
@requires(Permission.USE)
def account() -> tuple[str, int]:
    """One's own name, language, address and password."""
    return account_page()


@blueprint.post("/account")
@requires(Permission.USE)
def change_details() -> Response | tuple[str, int]:
    """Save one's own name and language."""
    form = OwnDetailsForm()
    if not form.validate():
        return account_page(422, details=form)
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
        return account_page(422, password=form)
    person = accounts.get_person(db.session(), current_person().id)
    try:
        prove_present(person.id, form.present.data or "")
        password_hash = hashed(
            form.password.data or "",
            person.email,
            accounts.names_around(db.session(), person.id),
        )
    except RuleError as error:
        show_rule_error(form, error)
        return account_page(422, password=form)
    accounts.change_password(db.session(), person, password_hash=password_hash, at=clock.now())
    post(MailKind.PASSWORD_CHANGED, person, at=clock.now())
    enter_as(person)
    tell(N_("Your password is changed. Your other sessions have ended."))
    return see_other(url_for("identity.account"))


def _own_details() -> OwnDetailsForm:
    person = current_person()
    return OwnDetailsForm(
        formdata=None, name_en=person.name.en, name_ar=person.name.ar, language=person.language
    )


def account_page(
    status: int = 200,
    *,
    details: OwnDetailsForm | None = None,
    address: AddressForm | None = None,
    password: ChangePasswordForm | None = None,
) -> tuple[str, int]:
    """The page of one's own account, with the one form that was sent as it was filled in."""
    return page(
        "identity/account.html",
        status,
        details=details or _own_details(),
        address=address or AddressForm(formdata=None),
        password=password or ChangePasswordForm(formdata=None),
        may_move=writes_to_strangers(),
        advised=ADVISED_LENGTH,
        least=MINIMUM_LENGTH,
    )
