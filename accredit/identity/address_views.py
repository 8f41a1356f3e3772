"""Pages by which people move their account to another e-mail address."""

from __future__ import annotations

from flask import Response, abort, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock, i18n
from accredit.database import db
from accredit.identity import accounts, addresses, opened, trying
from accredit.identity.account_views import account_page
from accredit.identity.accounts import UsedLinkError
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Permission
from accredit.identity.forms import AddressForm
from accredit.identity.letters import MailKind
from accredit.identity.proving import prove_present
from accredit.identity.sending import post, post_to, writes_to_strangers
from accredit.identity.sign_in import current_person, leave, renew_session
from accredit.identity.trying import (
    LINK_ORIGIN,
    NEW_ADDRESS,
    NEW_ADDRESS_ORIGIN,
    NEW_ADDRESS_TO,
    TooManyTriesError,
)
from accredit.text import N_, RuleError
from accredit.web.access import public, requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import error_page, page, see_other, tell

_LINK = "address"

Answer = BaseResponse | Response | tuple[str, int]


@blueprint.post("/account/address")
@requires(Permission.USE)
def change_address() -> Answer:
    """Have a link sent to another address, and a notice to the present one.

    Whether somebody has the address is not looked up here: the sender finds out, so that the
    answer is the same for every address and takes as long.
    """
    if not writes_to_strangers():
        abort(404)
    form = AddressForm()
    if not form.validate():
        return account_page(422, address=form)
    session, person_id, address = db.session(), current_person().id, form.email.data or ""
    try:
        prove_present(person_id, form.present.data or "")
        trying.spend(NEW_ADDRESS_ORIGIN)
        trying.spend(NEW_ADDRESS, str(person_id))
        trying.spend(NEW_ADDRESS_TO, address)
        person = accounts.get_person(session, person_id)
        addresses.ask(session, person, address, at=clock.now())
    except RuleError as error:
        show_rule_error(form, error)
        return account_page(429 if isinstance(error, TooManyTriesError) else 422, address=form)
    post_to(MailKind.ADDRESS_CONFIRM, address, person_id=person_id, at=clock.now())
    post(MailKind.ADDRESS_ASKED, person, at=clock.now())
    tell(
        N_(
            "A mail is on its way to the new address. Open the link in it within an hour; until "
            "then you sign in as before."
        )
    )
    return see_other(url_for("identity.account"))


@blueprint.get("/new-address/<token>")
@public
def new_address(token: str) -> Answer:
    """Where the link leads that was sent to another address: on, by one that tells nothing."""
    if addresses.find_link(db.session(), token, at=clock.now()) is None:
        return _used()
    opened.keep(_LINK, token, at=clock.now())
    return see_other(url_for(".confirm_address"))


@blueprint.get("/new-address")
@public
def confirm_address() -> Answer:
    """What the link does that was opened here, and a button."""
    at = clock.now()
    token = opened.kept(_LINK, at=at)
    change = addresses.find_link(db.session(), token, at=at)
    if change is None:
        return _used(left_open=not token)
    return page("identity/new_address.html", change=change)


@blueprint.post("/new-address")
@public
def use_new_address() -> Answer:
    """Move the account to the address; the session at hand goes on, all others end."""
    try:
        trying.spend(LINK_ORIGIN)
    except RuleError as error:
        return error_page(429, i18n.translate(error.message))
    session, at = db.session(), clock.now()
    token = opened.kept(_LINK, at=at)
    change = addresses.find_link(session, token, at=at)
    if change is None:
        return _used(left_open=not token)
    own = current_user.is_authenticated and current_person().id == change.person_id
    if not own:
        # Whoever is signed in on this device is somebody else.
        leave()
    keep = current_person().session_id if own else None
    try:
        person, former = addresses.use_link(session, token, at=at, keep=keep)
    except UsedLinkError:
        # In another tab, or the address is somebody's since.
        return _used()
    opened.forget(_LINK)
    post_to(MailKind.ADDRESS_CHANGED, former, person_id=person.id, at=at)
    if keep is None:
        tell(N_("The address is changed. Sign in with the new one."))
        return see_other(url_for("security.login"))
    # The link shows who reads the mail, and not who sits here.
    renew_session(keep, proved=False)
    tell(N_("Your address is changed. Your other sessions have ended."))
    return see_other(url_for("identity.account"))


def _used(*, left_open: bool = False) -> Answer:
    return page("identity/address_link_used.html", 404, left_open=left_open)
