"""Pages under /evidence: the library, uploading, and one piece of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.database import db
from accredit.evidence import library, service, uploading
from accredit.evidence.delivery import file_store, send_version
from accredit.evidence.domain import (
    NoFileError,
    Upload,
    UploadError,
    UploadsRefusedError,
    WithdrawnError,
)
from accredit.evidence.forms import EditForm, LibraryForm, UploadForm, VersionForm, WithdrawForm
from accredit.evidence.library import Shown
from accredit.evidence.models import Evidence
from accredit.evidence.service import StaleEvidenceError
from accredit.evidence.store import StoreUnavailableError
from accredit.evidence.uploading import Taken
from accredit.i18n import format_number, gettext, translate
from accredit.identity.domain import ForbiddenError, Permission
from accredit.identity.models import Department
from accredit.identity.service import list_departments
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, Message, RuleError
from accredit.web.access import requires
from accredit.web.forms import Form, show_rule_error
from accredit.web.numbers import asked_number, hidden_number
from accredit.web.pages import error_page, page, see_other, tell, write_afterwards

blueprint = Blueprint("evidence", __name__)

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


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.UPLOAD_EVIDENCE)
def new() -> tuple[str, int] | BaseResponse:
    """Upload one file or several; all are stored, or none is."""
    session, access = db.session(), current_access()
    form = UploadForm(data=request.args.to_dict() if request.method == "GET" else None)
    departments = list_departments(session, access, Permission.UPLOAD_EVIDENCE)
    if not departments:
        raise ForbiddenError
    form.offer_departments(departments)
    form.offer_kinds(service.kinds_of_evidence(session))
    one = len(departments) == 1
    if request.method == "GET":
        return _upload_page(form, one_department=one)
    if not form.validate():
        return _upload_page(form, 422, one_department=one)
    department = next(place for place in departments if place.id == form.department.data)
    try:
        with _looked_into(form.uploads()) as taken:
            added = uploading.add_taken(
                session,
                file_store(),
                department,
                taken,
                details=form.details(),
                limit=_limit(),
                by=current_person().id,
                at=clock.now(),
            )
    except RuleError as error:
        _tell_trail(department, error)
        _show(form, error)
        return _upload_page(form, 422, one_department=one)
    count = len(added)
    tell(
        ngettext(
            "%(num)s piece of evidence was stored.",
            "%(num)s pieces of evidence were stored.",
            count,
        )
    )
    alone = url_for(".show", evidence_id=added[0].id)
    return see_other(_element_url(form, added) or (alone if count == 1 else url_for(".index")))


@blueprint.get("/<int:evidence_id>")
@requires(Permission.VIEW_EVIDENCE)
def show(evidence_id: int) -> tuple[str, int]:
    """One piece of evidence with its files and what it supports."""
    return _evidence_page(service.get_evidence(db.session(), evidence_id, current_access()))


@blueprint.route("/<int:evidence_id>/edit", methods=["GET", "POST"])
@requires(Permission.UPLOAD_EVIDENCE)
def edit(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """Change what is said about evidence."""
    session = db.session()
    evidence = _own_evidence(evidence_id)
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


@blueprint.post("/<int:evidence_id>/versions")
@requires(Permission.UPLOAD_EVIDENCE)
def add_version(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """A newer file; the older ones stay."""
    evidence = _own_evidence(evidence_id)
    form = VersionForm()
    upload = form.upload()
    if upload is None:
        show_rule_error(form, NoFileError())
        return _evidence_page(evidence, 422, files_form=form)
    service.ensure_in_use(evidence)
    try:
        with _looked_into([upload]) as (taken,):
            version = uploading.add_taken_version(
                db.session(),
                file_store(),
                evidence,
                taken,
                limit=_limit(),
                by=current_person().id,
                at=clock.now(),
            )
    except WithdrawnError:
        raise
    except RuleError as error:
        _tell_trail(evidence.department, error)
        show_rule_error(form, error)
        return _evidence_page(evidence, 422, files_form=form)
    tell(N_("Version %(number)s was stored."), number=version.number)
    return see_other(url_for(".show", evidence_id=evidence_id))


@blueprint.post("/<int:evidence_id>/withdraw")
@requires(Permission.UPLOAD_EVIDENCE)
def withdraw(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """The department no longer stands by the evidence."""
    evidence = _own_evidence(evidence_id)
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
        return _evidence_page(evidence, 422, withdraw_form=form)
    tell(N_("The evidence was withdrawn. Its record stays."))
    return see_other(url_for(".show", evidence_id=evidence_id))


@blueprint.get("/<int:evidence_id>/versions/<int:number>/file")
@requires(Permission.VIEW_EVIDENCE)
def file(evidence_id: int, number: int) -> Response:
    """A stored file, under the name its person gave it."""
    evidence = service.get_evidence(db.session(), evidence_id, current_access())
    return send_version(service.get_version(evidence, number))


def _own_evidence(evidence_id: int) -> Evidence:
    return service.get_evidence(
        db.session(), evidence_id, current_access(), Permission.UPLOAD_EVIDENCE
    )


def _element_url(form: UploadForm, added: list[Evidence] | None = None) -> str | None:
    """Back to the element somebody was looking at when they went to upload."""
    assessment, code = hidden_number(form.assessment.data), form.element.data or ""
    if assessment is None or not code:
        return None
    return url_for(
        "assessment.element",
        assessment_id=assessment,
        code=code,
        evidence=[evidence.id for evidence in added or []] or None,
    )


def _limit() -> int:
    return cast("int", current_app.config["SETTINGS"].upload_limit)


def _looked_into(uploads: Sequence[Upload]) -> AbstractContextManager[list[Taken]]:
    """The files after a look into them, during which everybody else may write."""
    # Nothing was changed yet: this only gives the write lock back. What is needed of the
    # database afterwards is read again, under a lock of its own.
    db.session.rollback()
    scanner = current_app.config["SETTINGS"].scanner
    return uploading.looked_into(uploads, limit=_limit(), scanner=scanner)


def _tell_trail(department: Department, error: RuleError) -> None:
    if not isinstance(error, (UploadError, UploadsRefusedError)):
        return
    by, at = current_person().id, clock.now()

    write_afterwards(
        lambda session: uploading.record_refusal(session, department, error, by=by, at=at)
    )


@blueprint.app_errorhandler(StoreUnavailableError)
def store_unavailable(error: StoreUnavailableError) -> tuple[str, int]:
    """The store does not answer: nothing was changed, and trying again later is right."""
    current_app.logger.error("evidence store: %s", error)
    return error_page(503)


def _show(form: Form, error: RuleError) -> None:
    show_rule_error(form, error)
    if isinstance(error, UploadsRefusedError):
        for refusal in error.refusals:
            show_rule_error(form, refusal)


def _upload_page(form: UploadForm, status: int = 200, *, one_department: bool) -> tuple[str, int]:
    return page(
        "evidence/new.html",
        status,
        form=form,
        limit=_limit(),
        one_department=one_department,
        back=_element_url(form) or url_for(".index"),
    )


def _evidence_page(
    evidence: Evidence,
    status: int = 200,
    *,
    files_form: VersionForm | None = None,
    withdraw_form: WithdrawForm | None = None,
) -> tuple[str, int]:
    department = evidence.department
    mine = current_access().may_at(
        Permission.UPLOAD_EVIDENCE, department.organisation_id, department.id
    )
    return page(
        "evidence/show.html",
        status,
        evidence=evidence,
        kinds=service.kinds_of_evidence(db.session()),
        may_change=mine and not evidence.is_withdrawn,
        files_form=files_form or VersionForm(formdata=None),
        withdraw_form=withdraw_form or WithdrawForm(formdata=None),
        limit=_limit(),
    )
