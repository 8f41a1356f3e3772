"""Pages on the way in and out: password, second factor, forgotten password, demonstration."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from accredit import audit, clock, i18n
from accredit.database import begin_reading, begin_writing, db
from accredit.identity import factors, sessions, trying
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Permission
from accredit.identity.factors import FactorKind
from accredit.identity.forms import AnswerForm, CodeForm, ForgottenForm, SignInForm, own_path
from accredit.identity.letters import MailKind
from accredit.identity.models import Person
from accredit.identity.passwords import DEMO_PASSWORD
from accredit.identity.people import PersonRow, list_demo_people
from accredit.identity.security_keys import KeyRefusedError
from accredit.identity.sending import post, post_to, sends_mail
from accredit.identity.service import load_access, record
from accredit.identity.sessions import Found
from accredit.identity.sign_in import (
    asks_for_factor,
    confirm_sign_in,
    enter_as,
    find_demo,
    half_signed_in,
    hash_secret,
    is_demonstration,
    leave,
    matches,
    needs_new_hash,
)
from accredit.identity.site import seal_key, site
from accredit.identity.trying import FACTOR, RESET, RESET_ORIGIN, TooManyTriesError
from accredit.text import RuleError
from accredit.web.access import public, requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, write_afterwards

Answer = BaseResponse | Response | tuple[str, int]


@blueprint.record_once
def take_over(state: BlueprintSetupState) -> None:
    """The library's own page of this name knows neither our sessions nor our limits."""
    state.app.view_functions["security.login"] = sign_in


@public
def sign_in() -> Answer:
    """Sign in with e-mail and password."""
    asked = own_path(request.values.get("next"))
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(asked or "/")
        if half_signed_in() is not None:
            return see_other(url_for("identity.second_factor", next=asked or None))
        return _sign_in_page(SignInForm(formdata=None, next=asked))
    form = SignInForm()
    if len(form.email.data or "") > 254:
        return _refused_sign_in(form)
    email = form.email_given
    try:
        trying.begin_sign_in(email)
    except TooManyTriesError as error:
        show_rule_error(form, error)
        return _sign_in_page(form, 429)
    person = _with_password(email, form.password.data or "")
    if person is None:
        return _refused_sign_in(form)
    trying.sign_in_was_right(email)
    confirmed = not asks_for_factor(person, load_access(db.session(), person.id))
    enter_as(person, confirmed=confirmed)
    onward = asked or "/"
    if not confirmed:
        onward = url_for("identity.second_factor", next=asked or None)
    return trying.remember_device(make_response(redirect(onward)), email)


def _with_password(email: str, password: str) -> Person | None:
    """Who has this address and this password; takes as long if nobody has.

    The password is compared outside any transaction: that takes a while on purpose, and
    nobody else should wait for it.
    """
    query = select(Person.id, Person.password).where(Person.email == email)
    begin_reading()
    person_id, kept = db.session.execute(query).one_or_none() or (None, None)
    db.session.commit()
    right = matches(password, kept)
    begin_writing()
    if person_id is None or not right:
        return None
    person = db.session.get(Person, person_id, populate_existing=True)
    if person is None or not person.active or person.password != kept:
        return None
    if needs_new_hash(kept or ""):
        person.password = hash_secret(password)
        record(db.session(), "person.password_rehashed", person.id, None, person.id, clock.now())
    return person


def _refused_sign_in(form: SignInForm) -> Answer:
    form.form_errors.append(i18n.gettext("The e-mail address or the password is wrong. Try again."))
    return _sign_in_page(form, 422)


def _sign_in_page(form: SignInForm, status: int = 200) -> Answer:
    people: list[PersonRow] = list_demo_people(db.session()) if is_demonstration() else []
    return page(
        "security/login_user.html",
        status,
        form=form,
        demo_people=people,
        demo_password=DEMO_PASSWORD,
        sends_mail=sends_mail(),
    )


@blueprint.post("/sign-out")
@requires(Permission.USE)
def sign_out() -> BaseResponse:
    """End this session."""
    leave()
    response = see_other(url_for("security.login"))
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@blueprint.post("/demo-sign-in/<int:person_id>")
@public
def demo_sign_in(person_id: int) -> Answer:
    """Enter as a person of the demonstration; there is no such page anywhere else."""
    person = find_demo(person_id)
    if person is None:
        abort(404)
    enter_as(person)
    return see_other(url_for("home.index"))


@blueprint.get("/sign-in/second-factor")
@public
def second_factor() -> Answer:
    """Ask for the second factor, or lead to setting one up where there is none yet."""
    found = half_signed_in()
    asked = own_path(request.args.get("next"))
    if found is None:
        return see_other(asked or url_for("security.login"))
    if not found.has_factor:
        return see_other(url_for("identity.new_app", next=asked or None))
    return _factor_page(found, CodeForm(formdata=None, next=asked))


@blueprint.post("/sign-in/second-factor")
@public
def show_code() -> Answer:
    """Sign in fully by the code of an app, or by a recovery code."""
    found, form = _half(), CodeForm()
    if not form.validate():
        return _factor_page(found, form, 422)
    session, person_id, code = db.session(), found.person.id, form.code.data or ""
    try:
        trying.begin_try(FACTOR, person_id)
        if factors.is_app_code(code):
            factors.use_app_code(session, person_id, code, seal_key=seal_key(), at=clock.now())
        else:
            factors.use_recovery_code(session, person_id, code, matches=matches, at=clock.now())
            post(MailKind.RECOVERY_USED, session.get_one(Person, person_id), at=clock.now())
    except RuleError as error:
        return _refused_factor(found, form, error)
    return _signed_in_fully(found, form.next.data)


@blueprint.post("/sign-in/second-factor/key/options")
@public
def key_options() -> Answer:
    """What the browser needs to have a security key sign."""
    found, session = _half(), db.session()
    options, challenge = factors.key_options(session, found.person.id, site())
    sessions.set_challenge(session, found.person.session_id, challenge)
    return Response(options, mimetype="application/json")


@blueprint.post("/sign-in/second-factor/key")
@public
def show_key() -> Answer:
    """Sign in fully by what a security key signed."""
    found, form = _half(), AnswerForm()
    session, person_id = db.session(), found.person.id
    try:
        trying.begin_try(FACTOR, person_id)
        challenge = sessions.take_challenge(session, found.person.session_id)
        session.commit()
        if challenge is None:
            raise KeyRefusedError
        factors.use_key(
            session, person_id, form.answer.data or "", challenge, site=site(), at=clock.now()
        )
    except RuleError as error:
        asked = CodeForm(formdata=None, next=form.next.data)
        return _refused_factor(found, asked, error)
    return _signed_in_fully(found, form.next.data)


@blueprint.post("/sign-in/start-again")
@public
def start_again() -> Answer:
    """Forget the half of a sign-in that is there."""
    leave()
    return see_other(url_for("security.login"))


def _half() -> Found:
    """Whose password was right; everybody else is sent to where that begins."""
    found = half_signed_in()
    if found is None or not found.has_factor:
        abort(see_other(url_for("security.login")))
    return found


def _signed_in_fully(found: Found, asked: str | None) -> Answer:
    trying.try_was_right(FACTOR, found.person.id)
    if not confirm_sign_in(found):
        return see_other(url_for("security.login"))
    return see_other(own_path(asked) or "/")


def _refused_factor(found: Found, form: CodeForm, error: RuleError) -> Answer:
    person_id, at = found.person.id, clock.now()

    def note(session: Session) -> None:
        record(
            session,
            "person.factor_failed",
            person_id,
            None,
            None,
            at,
            address=request.remote_addr,
        )

    write_afterwards(note)
    show_rule_error(form, error)
    return _factor_page(found, form, 429 if isinstance(error, TooManyTriesError) else 422)


def _factor_page(found: Found, form: CodeForm, status: int = 200) -> Answer:
    kinds = {row.kind for row in factors.list_factors(db.session(), found.person.id)}
    return page(
        "identity/second_factor.html",
        status,
        form=form,
        name=found.person.name,
        has_app=FactorKind.APP in kinds,
        has_key=FactorKind.KEY in kinds and site().takes_keys,
    )


@blueprint.get("/forgotten")
@public
def forgotten() -> Answer:
    """Where somebody who forgot their password asks for a link."""
    _need_mail()
    return page("identity/forgotten.html", form=ForgottenForm(formdata=None), asked=False)


@blueprint.post("/forgotten")
@public
def ask_for_link() -> Answer:
    """Have a link sent if the address is an account's; the answer does not say whether it is.

    Nothing is looked up here: the sender finds out, so the answer takes as long for everybody.
    """
    _need_mail()
    form = ForgottenForm()
    if not form.validate():
        return page("identity/forgotten.html", 422, form=form, asked=False)
    try:
        trying.spend(RESET_ORIGIN)
        trying.spend(RESET, form.email_given)
    except TooManyTriesError as error:
        show_rule_error(form, error)
        return page("identity/forgotten.html", 429, form=form, asked=False)
    at = clock.now()
    post_to(MailKind.RESET, form.email_given, person_id=None, at=at)
    # Whose address it is, if anybody's, is not known yet.
    audit.record(db.session(), "person.link_asked", audit.Subject("person", "-"), by=None, at=at)
    return page("identity/forgotten.html", form=form, asked=True)


def _need_mail() -> None:
    if not sends_mail():
        abort(404)
