"""One element of one assessment: the page where it is scored, agreed and evidenced."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import linking
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.element_page import element_page
from accredit.assessment.finding import standing_in
from accredit.assessment.forms import LinkForm
from accredit.assessment.models import Assessment
from accredit.assessment.reading import first_open
from accredit.database import db
from accredit.evidence.delivery import send_version
from accredit.evidence.preview_page import show_preview
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission
from accredit.identity.sign_in import current_access
from accredit.standard.domain import Standard
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.numbers import asked_number
from accredit.web.pages import see_other, tell

Answer = Response | tuple[str, int]


@blueprint.get("/<int:assessment_id>/elements/<code>")
@requires(Permission.VIEW_ASSESSMENT)
def element(assessment_id: int, code: str) -> tuple[str, int]:
    """The element with its rubric, evidence, and the scores this person may see."""
    assessment = find_assessment(assessment_id)
    return element_page(
        assessment,
        code,
        uploaded=request.args.getlist("evidence", type=asked_number),
        saved=request.args.get("saved"),
    )


@blueprint.get("/<int:assessment_id>/next")
@requires(Permission.VIEW_ASSESSMENT)
def go_on(assessment_id: int) -> Response:
    """To the next element this person has to score; to the overview where none is left."""
    assessment = find_assessment(assessment_id)
    access = current_access()
    code = first_open(db.session(), assessment, standing_in(assessment, access), access.person_id)
    if code is None:
        return see_other(url_for(".show", assessment_id=assessment.id))
    return see_other(url_for(".element", assessment_id=assessment.id, code=code))


@blueprint.post("/<int:assessment_id>/elements/<code>/evidence")
@requires(Permission.UPLOAD_EVIDENCE)
def link(assessment_id: int, code: str) -> Answer:
    """Use one or several pieces of evidence for the element."""
    assessment = find_assessment(assessment_id, Permission.UPLOAD_EVIDENCE)
    _standard_with(assessment, code)
    form = LinkForm()
    if not form.evidence_id.data:
        form.validate()
        return element_page(assessment, code, link_form=form, status=422)
    try:
        for evidence_id in form.evidence_id.data:
            linking.link_to_element(
                db.session(),
                assessment,
                code,
                evidence_id,
                place=form.place.data or "",
                access=current_access(),
                at=clock.now(),
            )
    except (ForbiddenError, NotFoundError):
        raise
    except RuleError as error:
        show_rule_error(form, error)
        return element_page(assessment, code, link_form=form, status=422)
    count = len(form.evidence_id.data)
    tell(ngettext("%(num)s piece of evidence linked.", "%(num)s pieces of evidence linked.", count))
    return see_other(url_for(".element", assessment_id=assessment.id, code=code))


@blueprint.post("/<int:assessment_id>/evidence/<int:link_id>/remove")
@requires(Permission.UPLOAD_EVIDENCE)
def unlink(assessment_id: int, link_id: int) -> Response:
    """Use evidence for an element no more; it stays in the library."""
    assessment = find_assessment(assessment_id, Permission.UPLOAD_EVIDENCE)
    found = linking.get_link(db.session(), assessment, link_id)
    linking.unlink_from_element(
        db.session(), assessment, found, access=current_access(), at=clock.now()
    )
    tell(N_("The link was removed. The evidence stays in the library."))
    return see_other(url_for(".element", assessment_id=assessment.id, code=found.element_code))


@blueprint.get("/<int:assessment_id>/evidence/<int:link_id>/file")
@requires(Permission.VIEW_EVIDENCE)
def evidence_file(assessment_id: int, link_id: int) -> Response:
    """The file that counts for linked evidence, for all who see the assessment's evidence."""
    assessment = find_assessment(assessment_id, Permission.VIEW_EVIDENCE)
    link = linking.get_link(db.session(), assessment, link_id)
    return send_version(linking.file_of(db.session(), assessment, link))


@blueprint.get("/<int:assessment_id>/evidence/<int:link_id>/preview")
@requires(Permission.VIEW_EVIDENCE)
def evidence_preview(assessment_id: int, link_id: int) -> Response:
    """The place of the file that the link cites, or another part of it, to be read in the page."""
    assessment = find_assessment(assessment_id, Permission.VIEW_EVIDENCE)
    found = linking.get_link(db.session(), assessment, link_id)

    def address(part: int) -> str:
        return url_for(
            ".evidence_preview", assessment_id=assessment.id, link_id=found.id, part=part
        )

    return show_preview(
        linking.file_of(db.session(), assessment, found),
        place=found.place,
        part=request.args.get("part", type=asked_number),
        address=address,
        download=url_for(".evidence_file", assessment_id=assessment.id, link_id=found.id),
    )


def _standard_with(assessment: Assessment, code: str) -> Standard:
    standard = read_standard(assessment.standard_version)
    if standard.find_element(code) is None:
        raise NotFoundError
    return standard
