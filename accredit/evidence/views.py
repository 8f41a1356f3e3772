"""Pages under /evidence: the library, and one piece of evidence."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.database import db
from accredit.evidence import library, service, upload_views
from accredit.evidence.blueprint import blueprint, offered_in, own_evidence, uses
from accredit.evidence.delivery import send_version
from accredit.evidence.domain import WithdrawnError
from accredit.evidence.evidence_page import evidence_page
from accredit.evidence.forms import EditForm, LibraryForm, LinkForm, WithdrawForm
from accredit.evidence.library import Shown
from accredit.evidence.service import StaleEvidenceError
from accredit.evidence.store import StoreUnavailableError
from accredit.evidence.uses import NoUseError, chosen_of
from accredit.i18n import format_number, gettext, translate
from accredit.identity.domain import Permission
from accredit.identity.service import list_departments
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, Message, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.numbers import asked_number
from accredit.web.pages import error_page, page, see_other, tell

__all__ = ["blueprint", "upload_views"]

PART_NAMES = {
    Shown.IN_USE: N_("In use"),
    Shown.UNLINKED: N_("Not linked yet"),
    Shown.WITHDRAWN: N_("Withdrawn"),
}


@blueprint.app_template_filter("file_size")
def file_size(size: int) -> str:
    """A size in bytes as people say it: 812 bytes, 48 KB, 3.2 MB, 25 MB."""
    if size < 1024:
        text = N_("%(size)s bytes"), str(size)
    elif size < 1024**2:
        text = N_("%(size)s KB"), format_number(size / 1024, 0)
    else:
        whole = size % 1024**2 == 0
        text = N_("%(size)s MB"), format_number(size / 1024**2, 0 if whole else 1)
    return translate(Message(text[0], {"size": text[1]}))


@blueprint.get("/")
@requires(Permission.VIEW_EVIDENCE)
def index() -> tuple[str, int]:
    """The library of the departments a person may look into."""
    session, access = db.session(), current_access()
    departments = list_departments(session, access, Permission.VIEW_EVIDENCE)
    kinds = service.kinds_of_evidence(session)
    form = LibraryForm(request.args)
    form.offer(departments, kinds)
    wanted = form.wanted()
    found = library.list_evidence(
        session, access, wanted, page=request.args.get("page", 1, type=asked_number)
    )
    asked: dict[str, Any] = {
        "q": form.q.data or None,
        "department": wanted.department_id,
        "kind": wanted.kind,
    }

    def url_of(number: int) -> str:
        return url_for(".index", show=wanted.shown.value, page=number, **asked)

    parts = [
        {
            "label": gettext(PART_NAMES[shown]),
            "url": url_for(".index", show=shown.value, **asked),
            "active": shown is wanted.shown,
            "count": found.counts[shown],
        }
        for shown in Shown
    ]
    return page(
        "evidence/index.html",
        form=form,
        found=found,
        hits=library.hits_in(session, found.items, wanted.query),
        kinds=kinds,
        parts=parts,
        wanted=wanted,
        url_of=url_of,
        filtered=bool(wanted.query or wanted.department_id or wanted.kind),
        several_departments=len(departments) > 1,
        nowhere=not departments,
    )


@blueprint.get("/<int:evidence_id>")
@requires(Permission.VIEW_EVIDENCE)
def show(evidence_id: int) -> tuple[str, int]:
    """One piece of evidence with its files and what it supports."""
    return evidence_page(service.get_evidence(db.session(), evidence_id, current_access()))


@blueprint.route("/<int:evidence_id>/edit", methods=["GET", "POST"])
@requires(Permission.UPLOAD_EVIDENCE)
def edit(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """Change what is said about evidence."""
    session = db.session()
    evidence = own_evidence(evidence_id)
    if evidence.is_withdrawn:
        raise WithdrawnError
    form = EditForm.showing(evidence) if request.method == "GET" else EditForm()
    kinds = service.kinds_of_evidence(session)
    form.offer_kinds(kinds)
    context = {"evidence": evidence, "form": form, "kinds": kinds}
    if request.method == "GET":
        return page("evidence/edit.html", current=None, **context)
    if not form.validate():
        return page("evidence/edit.html", 422, current=None, **context)
    try:
        service.update_details(
            session,
            evidence,
            form.details(),
            version=form.version.data,
            by=current_person().id,
            at=clock.now(),
        )
    except StaleEvidenceError as error:
        # The person's text stays in the form; sent again, it goes on top of what is shown.
        form.version.data = error.current.version
        show_rule_error(form, error)
        return page("evidence/edit.html", 409, current=error.current, **context)
    except RuleError as error:
        show_rule_error(form, error)
        return page("evidence/edit.html", 422, current=None, **context)
    tell(N_("Saved."))
    return see_other(url_for(".show", evidence_id=evidence_id))


@blueprint.post("/<int:evidence_id>/links")
@requires(Permission.UPLOAD_EVIDENCE)
def link(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """Use the evidence for elements of an open self-assessment, all of them or none."""
    evidence = own_evidence(evidence_id)
    form = LinkForm()
    try:
        chosen = chosen_of(offered_in([evidence.department_id]), form.uses.data)
        if not chosen:
            raise NoUseError
        for use in chosen:
            uses().link(
                db.session(),
                current_access(),
                use,
                evidence,
                place=form.place.data or "",
                at=clock.now(),
            )
    except WithdrawnError:
        raise
    except RuleError as error:
        db.session.rollback()
        show_rule_error(form, error)
        return evidence_page(own_evidence(evidence_id), 422, link_form=form)
    count = len(chosen)
    tell(ngettext("Linked to %(num)s element.", "Linked to %(num)s elements.", count))
    return see_other(url_for(".show", evidence_id=evidence_id))


@blueprint.post("/<int:evidence_id>/withdraw")
@requires(Permission.UPLOAD_EVIDENCE)
def withdraw(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """The department no longer stands by the evidence."""
    evidence = own_evidence(evidence_id)
    form = WithdrawForm()
    try:
        service.withdraw_evidence(
            db.session(),
            evidence,
            reason=form.reason.data or "",
            by=current_person().id,
            at=clock.now(),
        )
    except WithdrawnError:
        raise
    except RuleError as error:
        show_rule_error(form, error)
        return evidence_page(evidence, 422, withdraw_form=form)
    tell(N_("The evidence was withdrawn. Its record stays."))
    return see_other(url_for(".show", evidence_id=evidence_id))


@blueprint.get("/<int:evidence_id>/versions/<int:number>/file")
@requires(Permission.VIEW_EVIDENCE)
def file(evidence_id: int, number: int) -> Response:
    """A stored file, under the name its person gave it."""
    evidence = service.get_evidence(db.session(), evidence_id, current_access())
    return send_version(service.get_version(evidence, number))


@blueprint.app_errorhandler(StoreUnavailableError)
def store_unavailable(error: StoreUnavailableError) -> tuple[str, int]:
    """The store does not answer: nothing was changed, and trying again later is right."""
    current_app.logger.error("evidence store: %s", error)
    return error_page(503)
