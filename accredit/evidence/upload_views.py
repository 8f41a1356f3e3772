"""Uploading: new evidence, a newer version, and files that arrive in pieces before the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from flask import Response, jsonify, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.database import db
from accredit.evidence import service, uploading
from accredit.evidence.arriving import LARGEST_PIECE, Arriving, OutOfStepError, Piece, PieceError
from accredit.evidence.blueprint import blueprint, offered_in, own_evidence, settings, uses
from accredit.evidence.delivery import file_store
from accredit.evidence.domain import (
    NoFileError,
    Upload,
    UploadError,
    UploadsRefusedError,
    WithdrawnError,
)
from accredit.evidence.evidence_page import evidence_page
from accredit.evidence.forms import Arrived, PieceForm, UploadForm, VersionForm
from accredit.evidence.models import Evidence
from accredit.evidence.uploading import Taken
from accredit.evidence.uses import OpenAssessment, Use, chosen_of
from accredit.i18n import translate
from accredit.identity.domain import ForbiddenError, Permission
from accredit.identity.models import Department
from accredit.identity.service import list_departments
from accredit.identity.sign_in import current_access, current_person, read_access_again
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.numbers import hidden_number
from accredit.web.pages import page, see_other, tell, write_afterwards


@blueprint.get("/pieces")
@requires(Permission.UPLOAD_EVIDENCE)
def arrived() -> tuple[Response, int]:
    """How much of a file of this person has arrived, so that sending goes on there."""
    try:
        count = _arriving().arrived(current_person().id, request.args.get("sha256", ""))
    except ValueError:
        return _told(PieceError(), 422)
    return jsonify(arrived=count), 200


@blueprint.post("/pieces")
@requires(Permission.UPLOAD_EVIDENCE)
def add_piece() -> tuple[Response, int]:
    """One more piece of a file. It is evidence only when the form that names it is sent."""
    form, person_id = PieceForm(), current_person().id
    # Nothing of the database is needed from here on: everybody else may write.
    db.session.rollback()
    try:
        count = _arriving().add(
            person_id, _piece(form), limit=settings().upload_limit, now=clock.now()
        )
    except OutOfStepError as error:
        return jsonify(arrived=error.arrived, said=translate(error.message)), 409
    except RuleError as error:
        return _told(error, 422)
    return jsonify(arrived=count), 200


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.UPLOAD_EVIDENCE)
def new() -> tuple[str, int] | BaseResponse:
    """Upload one file or several; all are stored, or none is."""
    session, access = db.session(), current_access()
    form = UploadForm(data=_asked() if request.method == "GET" else None)
    departments = list_departments(session, access, Permission.UPLOAD_EVIDENCE)
    if not departments:
        raise ForbiddenError
    form.offer_departments(departments)
    form.offer_kinds(service.kinds_of_evidence(session))
    offered = offered_in([place.id for place in departments])
    if request.method == "GET":
        return _upload_page(form, departments, offered)
    if not form.validate():
        return _upload_page(form, departments, offered, 422)
    department = next(place for place in departments if place.id == form.department.data)
    try:
        chosen = chosen_of(
            [one for one in offered if one.department_id == department.id], form.uses.data
        )
        with _looked_into(form.uploads(), form.arrived.data, department) as taken:
            added = uploading.add_taken(
                session,
                file_store(),
                department,
                taken,
                details=form.details(),
                limit=settings().upload_limit,
                by=current_person().id,
                at=clock.now(),
            )
            _link(added, chosen)
    except ForbiddenError:
        raise
    except RuleError as error:
        _tell_trail(department, error)
        _show(form, error)
        return _upload_page(form, departments, offered, 422)
    count = len(added)
    tell(
        ngettext(
            "%(num)s piece of evidence was stored.",
            "%(num)s pieces of evidence were stored.",
            count,
        )
    )
    if chosen:
        tell(ngettext("Linked to %(num)s element.", "Linked to %(num)s elements.", len(chosen)))
    alone = url_for(".show", evidence_id=added[0].id)
    back = _element_url(form, added, chosen) or (alone if count == 1 else url_for(".index"))
    return _and_forget(form.arrived.data, see_other(back))


@blueprint.post("/<int:evidence_id>/versions")
@requires(Permission.UPLOAD_EVIDENCE)
def add_version(evidence_id: int) -> tuple[str, int] | BaseResponse:
    """A newer file; the older ones stay."""
    evidence = own_evidence(evidence_id)
    form = VersionForm()
    uploads, waiting = form.uploads(), form.arrived.data
    if len(uploads) + len(waiting) != 1:
        show_rule_error(form, NoFileError())
        return evidence_page(evidence, 422, files_form=form)
    service.ensure_in_use(evidence)
    try:
        with _looked_into(uploads, waiting, evidence.department) as (taken,):
            version = uploading.add_taken_version(
                db.session(),
                file_store(),
                evidence,
                taken,
                limit=settings().upload_limit,
                by=current_person().id,
                at=clock.now(),
            )
    except (ForbiddenError, WithdrawnError):
        raise
    except RuleError as error:
        _tell_trail(evidence.department, error)
        _show(form, error)
        return evidence_page(evidence, 422, files_form=form)
    tell(N_("Version %(number)s was stored."), number=version.number)
    return _and_forget(waiting, see_other(url_for(".show", evidence_id=evidence_id)))


def _piece(form: PieceForm) -> Piece:
    sha256, size, offset = form.sha256.data, form.size.data, form.offset.data
    if not form.validate() or sha256 is None or size is None or offset is None:
        raise PieceError
    # One byte more than is taken, so that a longer piece is refused and not cut.
    return Piece(sha256, size, offset, form.piece.data.read(LARGEST_PIECE + 1))


def _told(error: RuleError, status: int) -> tuple[Response, int]:
    return jsonify(said=translate(error.message)), status


def _arriving() -> Arriving:
    return Arriving(settings().arriving_dir)


@contextmanager
def _looked_into(
    uploads: Sequence[Upload], waiting: Sequence[Arrived], department: Department
) -> Iterator[list[Taken]]:
    """The files after a look into them, during which everybody else may write."""
    person_id = current_person().id
    # Nothing was changed yet: this only gives the write lock back. What is needed of the
    # database afterwards is read again, under a lock of its own.
    db.session.rollback()
    with ExitStack() as files:
        arrived = [
            Upload(one.name, files.enter_context(_arriving().open(person_id, one.sha256, one.name)))
            for one in waiting
        ]
        taken = files.enter_context(
            uploading.looked_into(
                [*uploads, *arrived], limit=settings().upload_limit, scanner=settings().scanner
            )
        )
        read_access_again()
        if not current_access().may_at(
            Permission.UPLOAD_EVIDENCE, department.organisation_id, department.id
        ):
            # The right ended during the look.
            raise ForbiddenError
        yield taken


def _and_forget(waiting: Sequence[Arrived], response: BaseResponse) -> BaseResponse:
    """Throw away what arrived in pieces once it is stored: after the transaction, not before."""
    person_id, arriving = current_person().id, _arriving()

    @response.call_on_close
    def forget() -> None:
        for one in waiting:
            arriving.drop(person_id, one.sha256)

    return response


def _asked() -> dict[str, str]:
    """What the address says; whoever comes from an element finds it ticked."""
    asked = request.args.to_dict()
    asked.pop("uses", None)
    if asked.get("assessment") and asked.get("element"):
        asked["uses"] = f"{asked['assessment']}:{asked['element']}"
    return asked


def _link(added: Sequence[Evidence], chosen: Sequence[Use]) -> None:
    for evidence in added:
        for use in chosen:
            uses().link(db.session(), current_access(), use, evidence, place="", at=clock.now())


def _element_url(
    form: UploadForm, added: Sequence[Evidence] = (), chosen: Sequence[Use] = ()
) -> str | None:
    """Back to the element somebody was looking at when they went to upload.

    What was not linked to it yet is named, so that it can be linked there with one press.
    """
    assessment, code = hidden_number(form.assessment.data), form.element.data or ""
    if assessment is None or not code:
        return None
    linked = Use(assessment, code) in chosen
    return url_for(
        "assessment.element",
        assessment_id=assessment,
        code=code,
        evidence=None if linked else [evidence.id for evidence in added] or None,
    )


def _tell_trail(department: Department, error: RuleError) -> None:
    if not isinstance(error, (UploadError, UploadsRefusedError)):
        return
    by, at = current_person().id, clock.now()

    write_afterwards(
        lambda session: uploading.record_refusal(session, department, error, by=by, at=at)
    )


def _show(form: UploadForm | VersionForm, error: RuleError) -> None:
    """Say what was refused, and keep what arrived and was not, so that it is not sent again."""
    show_rule_error(form, error)
    refusals: Sequence[RuleError] = (error,)
    if isinstance(error, UploadsRefusedError):
        refusals = error.refusals
        for refusal in refusals:
            show_rule_error(form, refusal)
    form.arrived.leave_out({one.name for one in refusals if isinstance(one, UploadError)})


def _upload_page(
    form: UploadForm,
    departments: Sequence[Department],
    offered: Sequence[OpenAssessment],
    status: int = 200,
) -> tuple[str, int]:
    return page(
        "evidence/new.html",
        status,
        form=form,
        limit=settings().upload_limit,
        one_department=len(departments) == 1,
        offered=offered,
        links_at_once=any(form.uses.data[:1] == [use.value] for use in _all_uses(offered)),
        back=_element_url(form) or url_for(".index"),
    )


def _all_uses(offered: Sequence[OpenAssessment]) -> list[Use]:
    return [
        element.use
        for assessment in offered
        for group in assessment.groups
        for element in group.elements
    ]
