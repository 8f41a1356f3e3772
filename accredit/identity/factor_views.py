"""Pages of one's own second factors: whose they are is said by the session and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, current_app, jsonify, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock, i18n
from accredit.config import Settings
from accredit.database import db
from accredit.identity import factors, qr, security_keys, sessions, totp, trying
from accredit.identity.accounts import get_person
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Access, NotFoundError, Permission
from accredit.identity.factors import FactorKind, NewCodes
from accredit.identity.forms import AppForm, KeyForm, PresentForm, own_path
from accredit.identity.letters import MailKind
from accredit.identity.models import SignedIn
from accredit.identity.proving import is_proved, prove_present
from accredit.identity.sealing import UnsealedError, seal, unseal
from accredit.identity.security_keys import KeyRefusedError
from accredit.identity.sending import post
from accredit.identity.sessions import Found
from accredit.identity.sign_in import (
    confirm_sign_in,
    current_access,
    current_person,
    half_signed_in,
    hash_secret,
    idle_and_length,
    must_have_factor,
    renew_session,
    time_left,
)
from accredit.identity.site import seal_key, site
from accredit.identity.trying import FACTOR, TooManyTriesError
from accredit.text import N_, RuleError
from accredit.web.access import public, requires
from accredit.web.forms import hide, show_rule_error
from accredit.web.pages import page, see_other, tell

Answer = BaseResponse | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sets up a factor: somebody signed in, or `half` way in and led here first."""

    person: SignedIn
    access: Access
    half: Found | None


def _owner() -> Owner:
    """Whoever may add a factor to their own account now; everybody else signs in first."""
    if current_user.is_authenticated:
        return Owner(current_person(), current_access(), None)
    found = half_signed_in()
    # Who has a factor shows it: adding another one is no way round it.
    if found is None or found.has_factor:
        abort(see_other(url_for("security.login")))
    return Owner(found.person, found.access, found)


@blueprint.get("/account/security")
@requires(Permission.USE)
def security() -> Answer:
    """One's own second factors, recovery codes and sessions."""
    return _security_page(PresentForm(formdata=None))


@blueprint.get("/account/second-factor/app")
@public
def new_app() -> Answer:
    """A new authenticator app: its key, shown this once, and the form for its first code."""
    owner = _owner()
    form = AppForm(formdata=None, next=own_path(request.args.get("next")))
    return _app_page(owner, form, totp.new_key())


@blueprint.post("/account/second-factor/app")
@public
def add_app() -> Answer:
    """Keep the app whose code shows that it holds the key of the page."""
    owner, form = _owner(), AppForm()
    form.proof_needed = owner.half is None
    try:
        key = unseal(seal_key(), form.sealed.data or "", _purpose(owner))
    except UnsealedError:
        tell(N_("This page was open too long. Start again."), "error")
        return see_other(url_for("identity.new_app"))
    if not form.validate():
        return _app_page(owner, form, key, 422)
    session, at = db.session(), clock.now()
    try:
        _prove(owner, form.present.data or "")
        trying.begin_try(FACTOR, owner.person.id)
        step = factors.check_app_code(key, form.code.data or "", at=at)
        name, codes = _named(form.name.data, FactorKind.APP), _codes_if_none(owner.person.id)
        factors.add_app(
            session, owner.person.id, key=key, step=step, name=name, seal_key=seal_key(), at=at
        )
    except RuleError as error:
        show_rule_error(form, error)
        return _app_page(owner, form, key, 422)
    trying.try_was_right(FACTOR, owner.person.id)
    return _added(owner, codes, form.next.data)


@blueprint.get("/account/second-factor/key")
@public
def new_key() -> Answer:
    """A new security key: the browser asks for it when the form is sent."""
    owner = _owner()
    _need_keys()
    return _key_page(owner, KeyForm(formdata=None, next=own_path(request.args.get("next"))))


@blueprint.post("/account/second-factor/key/options")
@public
def new_key_options() -> Answer:
    """What the browser needs to make a key for this account."""
    owner, session = _owner(), db.session()
    _need_keys()
    known = factors.key_credentials(session, owner.person.id)
    options, challenge = security_keys.options_to_add(
        site(),
        person_id=owner.person.id,
        email=owner.person.email,
        name=i18n.say(owner.person.name),
        known=known,
    )
    sessions.set_challenge(session, owner.person.session_id, challenge)
    return Response(options, mimetype="application/json")


@blueprint.post("/account/second-factor/key")
@public
def add_key() -> Answer:
    """Keep the key that the browser made."""
    owner, form = _owner(), KeyForm()
    _need_keys()
    form.proof_needed = owner.half is None
    if not form.validate():
        return _key_page(owner, form, 422)
    session, at = db.session(), clock.now()
    try:
        _prove(owner, form.present.data or "")
        challenge = sessions.take_challenge(session, owner.person.session_id)
        session.commit()
        if challenge is None:
            raise KeyRefusedError
        made = security_keys.read_new(site(), form.answer.data or "", challenge)
        name, codes = _named(form.name.data, FactorKind.KEY), _codes_if_none(owner.person.id)
        factors.add_key(session, owner.person.id, key=made, name=name, at=at)
    except RuleError as error:
        show_rule_error(form, error)
        return _key_page(owner, form, 422)
    return _added(owner, codes, form.next.data)


@blueprint.post("/account/second-factor/<int:factor_id>/remove")
@requires(Permission.USE)
def remove_factor(factor_id: int) -> Answer:
    """Forget one of one's own factors."""
    person, form = current_person(), PresentForm()
    form.present.id = f"present-{factor_id}"
    if not form.validate():
        return _security_page(form, 422)
    try:
        prove_present(person.id, form.present.data or "")
        factors.remove(
            db.session(),
            person.id,
            factor_id,
            needed=must_have_factor(current_access()),
            at=clock.now(),
        )
    except NotFoundError:
        raise
    except RuleError as error:
        show_rule_error(form, error)
        return _security_page(form, 422)
    _tell_owner(person.id)
    sessions.end_all(db.session(), person.id, but=person.session_id)
    renew_session(person.session_id)
    tell(N_("The second factor is removed. Your other sessions have ended."))
    return see_other(url_for("identity.security"))


@blueprint.post("/account/recovery-codes")
@requires(Permission.USE)
def make_recovery_codes() -> Answer:
    """New recovery codes instead of the old ones, shown this once."""
    person, form = current_person(), PresentForm()
    form.present.id = "present-codes"
    if not form.validate():
        return _security_page(form, 422)
    try:
        prove_present(person.id, form.present.data or "")
    except RuleError as error:
        show_rule_error(form, error)
        return _security_page(form, 422)
    if not factors.list_factors(db.session(), person.id):
        return see_other(url_for("identity.security"))
    return _codes_page(person.id, _new_codes(), url_for("identity.security"))


@blueprint.get("/account/session")
@requires(Permission.USE)
def session_left() -> Response:
    """How long one's session goes on, now that it has been used by asking.

    With the token of its forms: a page left open past the end of the session before sends what
    was typed into it under this one.
    """
    person, left = current_person(), time_left()
    return jsonify(
        person=person.id,
        session=left.began,
        idle=left.idle,
        last=left.last,
        token=generate_csrf(),
    )


@blueprint.post("/account/sessions/<int:session_id>/end")
@requires(Permission.USE)
def end_session(session_id: int) -> Answer:
    """End one of one's own sessions."""

    def end(person: SignedIn) -> bool:
        return sessions.end_own(db.session(), person.id, session_id, at=clock.now())

    return _end(end, N_("The session has ended."), field=f"present-session-{session_id}")


@blueprint.post("/account/sessions/end-others")
@requires(Permission.USE)
def end_other_sessions() -> Answer:
    """End all of one's own sessions but this one."""

    def end(person: SignedIn) -> bool:
        return sessions.end_others(db.session(), person.id, but=person.session_id, at=clock.now())

    return _end(end, N_("Your other sessions have ended."), field="present-others")


def _end(end: Callable[[SignedIn], bool], said: str, *, field: str) -> Answer:
    """Let `end` do so, once the password is right or was given a moment ago.

    `field` is where the page asks for it.

    Whoever finds a screen unlocked is not to sign its owner out everywhere else.
    """
    form, person = PresentForm(), current_person()
    form.present.id, form.proof_needed = field, not is_proved()
    if not form.validate():
        return _security_page(form, 422)
    try:
        if form.proof_needed:
            prove_present(person.id, form.present.data or "")
    except RuleError as error:
        show_rule_error(form, error)
        return _security_page(form, 429 if isinstance(error, TooManyTriesError) else 422)
    if end(person) and form.proof_needed:
        renew_session(person.session_id)
    tell(said)
    return see_other(url_for("identity.security"))


def _codes_if_none(person_id: int) -> NewCodes | None:
    """New recovery codes for somebody who has none, made while nothing is locked."""
    if factors.recovery_left(db.session(), person_id):
        return None
    return _new_codes()


def _new_codes() -> NewCodes:
    db.session.commit()
    return factors.new_codes(hash_secret)


def _added(owner: Owner, codes: NewCodes | None, asked: str | None) -> Answer:
    """A factor was added: other sessions end, this one goes on under a new token."""
    session, person_id = db.session(), owner.person.id
    _tell_owner(person_id)
    sessions.end_all(session, person_id, but=owner.person.session_id)
    if owner.half is None:
        renew_session(owner.person.session_id)
    elif not confirm_sign_in(owner.half):
        return see_other(url_for("security.login"))
    # Who was led here while signing in goes on to their work.
    onward = own_path(asked) or url_for("identity.security" if owner.half is None else "home.index")
    if codes is not None:
        return _codes_page(person_id, codes, onward, first=True)
    tell(N_("The second factor is added. Your other sessions have ended."))
    return see_other(onward)


def _codes_page(
    person_id: int, codes: NewCodes, onward: str | None, *, first: bool = False
) -> Answer:
    factors.keep_codes(db.session(), person_id, codes, at=clock.now())
    return page("identity/recovery_codes.html", codes=codes.shown, onward=onward, first=first)


def _tell_owner(person_id: int) -> None:
    post(MailKind.FACTOR_CHANGED, get_person(db.session(), person_id), at=clock.now())


def _prove(owner: Owner, present: str) -> None:
    if owner.half is None:
        prove_present(owner.person.id, present)


def _need_keys() -> None:
    if not site().takes_keys:
        abort(404)


def _named(name: str | None, kind: FactorKind) -> str:
    given = (name or "").strip()
    return given or ("Authenticator app" if kind is FactorKind.APP else "Security key")


def _purpose(owner: Owner) -> str:
    """A key that was shown is for this person in this session alone."""
    return f"new app of person {owner.person.id} in session {owner.person.session_id}"


def _app_page(owner: Owner, form: AppForm, key: bytes, status: int = 200) -> Answer:
    settings: Settings = current_app.config["SETTINGS"]
    form.sealed.data = seal(seal_key(), key, _purpose(owner))
    address = totp.address(key, issuer=settings.product_name, account=owner.person.email)
    return page(
        "identity/new_app.html",
        status,
        form=form,
        half=owner.half is not None,
        key_text=totp.base32(key),
        key_address=address,
        code=qr.drawn(address),
        takes_keys=site().takes_keys,
    )


def _key_page(owner: Owner, form: KeyForm, status: int = 200) -> Answer:
    return page("identity/new_key.html", status, form=form, half=owner.half is not None)


def _security_page(form: PresentForm, status: int = 200) -> Answer:
    session, person = db.session(), current_person()
    idle, length = idle_and_length()
    open_now = sessions.list_own(session, person.id, at=clock.now(), idle=idle, length=length)
    held = factors.list_factors(session, person.id)
    asked_for = {
        *(f"present-{one.id}" for one in held),
        *(f"present-session-{one.id}" for one in open_now if one.id != person.session_id),
        *(["present-codes"] if held else []),
        *(["present-others"] if len(open_now) > 1 else []),
    }
    if form.present.id not in asked_for:
        hide(form.present)
    return page(
        "identity/security.html",
        status,
        form=form,
        held=held,
        recovery_left=factors.recovery_left(session, person.id),
        needed=must_have_factor(current_access()),
        takes_keys=site().takes_keys,
        sessions=open_now,
        idle=idle,
        length=length,
        proved=is_proved(),
        FactorKind=FactorKind,
    )
