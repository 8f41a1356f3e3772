"""Certificates: pages for the organisation's people, and what anybody may check."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from io import BytesIO

from flask import (
    Blueprint,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from accredit import clock
from accredit.certificate import deciding, explaining, service
from accredit.certificate.domain import (
    CHANGES,
    CertificateState,
    DecisionKind,
    StaleDecisionError,
)
from accredit.certificate.finding import PublicCertificate
from accredit.certificate.forms import ChangeForm, FileForm, NumberForm, whole_number
from accredit.certificate.models import Certificate
from accredit.certificate.number import parse_number
from accredit.config import Settings
from accredit.database import begin_reading, db, glance
from accredit.evidence.bucket import store_for
from accredit.evidence.store import DamagedBlobError, MissingBlobError
from accredit.i18n import language
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, Language, RuleError
from accredit.web.access import public, requires
from accredit.web.appearance import chosen_theme
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell
from accredit.web.themes import Theme

blueprint = Blueprint("certificate", __name__)

blueprint.get("/assessments/<int:assessment_id>/decision", endpoint="decision")(deciding.show)
blueprint.post("/assessments/<int:assessment_id>/decision", endpoint="decide")(deciding.decide)
blueprint.get("/assessments/<int:assessment_id>/result", endpoint="result")(explaining.show)

TONES = {
    CertificateState.VALID: "good",
    CertificateState.SUSPENDED: "warn",
    CertificateState.WITHDRAWN: "bad",
    CertificateState.EXPIRED: "neutral",
}
_CHANGED = {
    DecisionKind.SUSPEND: N_("The certificate is suspended."),
    DecisionKind.RESTORE: N_("The certificate is valid again."),
    DecisionKind.WITHDRAW: N_("The certificate is withdrawn."),
}


@blueprint.get("/certificates/")
@requires(Permission.VIEW_CERTIFICATE)
def index() -> ResponseReturnValue:
    """The certificates of the person's organisations, with their downloads."""
    return page(
        "certificate/index.html",
        certificates=service.list_certificates(db.session(), current_access()),
        today=_today(),
        zone=_settings().time_zone,
        tones=TONES,
    )


@blueprint.get("/certificates/<number>")
@public
def show(number: str) -> ResponseReturnValue:
    """What a certificate is worth today, for anybody who has its number."""
    # Printed codes can draw crowds: without a unit of work the answer takes half the time.
    with glance() as connection:
        certificate = service.find_public(connection, number)
    if certificate is None:
        return _unknown(number)
    if certificate.number != number:
        return redirect(url_for("certificate.show", number=certificate.number))
    seen = _Seen(language(), chosen_theme(), request.root_path)
    return _public_page(certificate, _today(), _settings(), seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a visitor sees a page, and under which root: what makes it another page."""

    language: Language
    theme: Theme | None
    root: str


@lru_cache(maxsize=512)
def _public_page(shown: PublicCertificate, today: date, settings: Settings, seen: _Seen) -> str:
    """The page for one answer of the register, on one day, as all see it who see it alike.

    Printed codes can draw crowds, and the words follow from these values alone. The register
    itself is asked for every visitor, so a change of state shows at once.
    """
    state = shown.state_on(today)
    same_page = partial(url_for, "certificate.show", number=shown.number)
    return render_template(
        "certificate/public.html",
        shown=shown,
        state=state,
        tone=TONES[state],
        today=today,
        zone=settings.time_zone,
        # Without the visitor's own query, which must not reach the next visitor.
        same_page=same_page,
        other_language_url=same_page(lang="en" if seen.language == "ar" else "ar"),
    )


@blueprint.get("/certificates/check")
@public
def check() -> ResponseReturnValue:
    """Type a number, or choose a file."""
    form = NumberForm(request.args)
    if "number" in request.args and form.validate():
        typed = form.number.data or ""
        number = parse_number(typed)
        if number is None:
            return _unknown(typed)
        return see_other(url_for("certificate.show", number=number))
    status = 422 if form.errors else 200
    return page("certificate/check.html", status, form=form, file_form=FileForm())


@blueprint.post("/certificates/check")
@public
def check_file() -> ResponseReturnValue:
    """Whether a PDF is exactly, to the last bit, one that was issued."""
    # Nothing is changed here: strangers must not hold the lock that writers wait for.
    begin_reading()
    file_form = FileForm()
    if not file_form.validate():
        return page("certificate/check.html", 422, form=NumberForm(None), file_form=file_form)
    digest = hashlib.file_digest(file_form.file.data.stream, "sha256").hexdigest()
    document = service.verify_file(db.session(), digest)
    state = None if document is None else document.certificate.state_on(_today())
    return page(
        "certificate/check.html",
        form=NumberForm(None),
        file_form=FileForm(None),
        checked=document,
        checked_name=file_form.file.data.filename,
        state=state,
        zone=_settings().time_zone,
    )


@blueprint.get("/certificates/<number>/documents/<any(en, ar, both):sheet>.pdf")
@requires(Permission.VIEW_CERTIFICATE)
def document(number: str, sheet: str) -> ResponseReturnValue:
    """The PDF as it was issued, bit for bit."""
    certificate = _get(number, Permission.VIEW_CERTIFICATE)
    found = service.find_document(certificate, sheet)
    if found is None:
        abort(404)
    try:
        with store_for(_settings()).open_checked(found.sha256) as stored:
            content = BytesIO(stored.read())
    except MissingBlobError:
        abort(404)
    except DamagedBlobError:
        current_app.logger.critical(
            "the store no longer holds certificate %s as it was issued: %s", number, found.sha256
        )
        raise
    response = send_file(
        content,
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{certificate.number}-{sheet}.pdf",
        etag=found.sha256,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/certificates/<number>/history")
@requires(Permission.VIEW_CERTIFICATE)
def history(number: str) -> ResponseReturnValue:
    """What was decided over a certificate, and what may be decided next."""
    return _history(_get(number, Permission.VIEW_CERTIFICATE))


@blueprint.post("/certificates/<number>/<any(suspend, restore, withdraw):kind>")
@requires(Permission.CHANGE_CERTIFICATE)
def change(number: str, kind: str) -> ResponseReturnValue:
    """Suspend, restore or withdraw, with the reason."""
    certificate = _get(number, Permission.CHANGE_CERTIFICATE)
    decided = DecisionKind(kind)
    form = ChangeForm(prefix=f"{kind}-")
    if not form.validate():
        return _history(certificate, decided, form, 422)
    try:
        service.change_state(
            db.session(),
            certificate,
            kind=decided,
            reason=form.reason.data or "",
            version=whole_number(form.version.data),
            by=current_person().id,
            at=clock.now(),
            today=_today(),
        )
    except (ForbiddenError, NotFoundError):
        raise
    except RuleError as error:
        show_rule_error(form, error)
        status = 409 if isinstance(error, StaleDecisionError) else 422
        return _history(certificate, decided, form, status)
    tell(_CHANGED[decided])
    return see_other(url_for("certificate.history", number=certificate.number))


def _history(
    certificate: Certificate,
    kind: DecisionKind | None = None,
    form: ChangeForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    state = certificate.state_on(_today())
    forms: dict[DecisionKind, ChangeForm] = {}
    for change_kind in CHANGES[state] if _may_change(certificate) else ():
        shown = form if form and change_kind is kind else ChangeForm(None, prefix=f"{change_kind}-")
        # The next sending is about what the person sees now.
        shown.version.data = str(certificate.version)
        forms[change_kind] = shown
    return page(
        "certificate/history.html",
        status,
        certificate=certificate,
        state=state,
        tone=TONES[state],
        decisions=service.decisions_of(db.session(), certificate),
        forms=forms,
        refused=form,
        refused_kind=kind,
        zone=_settings().time_zone,
    )


def _may_change(certificate: Certificate) -> bool:
    try:
        service.ensure_may_change(db.session(), certificate, current_access(), clock.now().date())
    except RuleError:
        return False
    return True


def _unknown(number: str) -> ResponseReturnValue:
    form = NumberForm(None, number=number)
    readable = parse_number(number) is not None
    return page("certificate/unknown.html", 404, form=form, readable=readable)


def _get(number: str, permission: Permission) -> Certificate:
    return service.get_certificate(db.session(), number, current_access(), permission)


def _today() -> date:
    return clock.today(_settings().time_zone)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
