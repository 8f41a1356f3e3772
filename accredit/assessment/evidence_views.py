"""The evidence of a whole assessment: what is enough and fresh, a search, a pack to take away."""

from __future__ import annotations

import tempfile
from itertools import groupby
from typing import BinaryIO, cast

from flask import Response, current_app, g, request, send_file, url_for

from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.domain import Act, Stage, may
from accredit.assessment.finding import duties_of, standing_in
from accredit.assessment.forms import SearchForm
from accredit.assessment.models import Assessment
from accredit.assessment.overview import today
from accredit.assessment.searching import judged_assessments, search_evidence
from accredit.assessment.shown_evidence import evidence_by_element, pack_evidence
from accredit.database import db
from accredit.evidence.delivery import file_store
from accredit.evidence.pack import LostFilesError
from accredit.evidence.service import kinds_of_evidence
from accredit.evidence.sufficiency import Standing
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access
from accredit.standard.service import read_standard
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page


@blueprint.get("/<int:assessment_id>/evidence")
@requires(Permission.VIEW_EVIDENCE)
def evidence(assessment_id: int) -> tuple[str, int]:
    """Every element with what is expected of it and what is there."""
    assessment = find_assessment(assessment_id, Permission.VIEW_EVIDENCE)
    elements = evidence_by_element(db.session(), assessment, today=today())
    standings = [one.standing for one in elements]
    standard = read_standard(assessment.standard_version)
    below = groupby(elements, lambda one: standard.criterion_of(one.element.code))
    return page(
        "assessment/evidence.html",
        assessment=assessment,
        groups=[(criterion, list(group)) for criterion, group in below],
        elements=elements,
        kinds=kinds_of_evidence(db.session()),
        Standing=Standing,
        searches=bool(duties_of(assessment, current_access())),
        may_link=may(
            Act.LINK_EVIDENCE, Stage(assessment.stage), standing_in(assessment, current_access())
        ),
        counts={standing: standings.count(standing) for standing in Standing},
    )


@blueprint.get("/evidence")
@requires(Permission.VIEW_EVIDENCE)
def find_evidence() -> tuple[str, int]:
    """Search the evidence of the assessments a person judges in."""
    session = db.session()
    judged = judged_assessments(session, current_access())
    form = SearchForm(request.args)
    form.offer(judged)
    query, chosen = form.wanted()
    found = search_evidence(
        session,
        [one for one in judged if chosen in (None, one.id)],
        query,
        page=request.args.get("page", 1, type=asked_number),
    )

    def url_of(number: int) -> str:
        return url_for(".find_evidence", q=query, assessment=chosen, page=number)

    return page(
        "assessment/find_evidence.html",
        form=form,
        judged=judged,
        query=query,
        found=found,
        standards={
            one.assessment.id: read_standard(one.assessment.standard_version) for one in found.items
        },
        kinds=kinds_of_evidence(session),
        url_of=url_of,
    )


@blueprint.get("/<int:assessment_id>/evidence-pack.zip")
@requires(Permission.VIEW_EVIDENCE)
def evidence_pack(assessment_id: int) -> Response | tuple[str, int]:
    """All files that count, with a manifest and hashes that anybody can check."""
    assessment = find_assessment(assessment_id, Permission.VIEW_EVIDENCE)
    standard = read_standard(assessment.standard_version)
    department = assessment.department
    target = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - sent, then closed
    try:
        pack_evidence(
            db.session(),
            assessment,
            file_store(),
            target,
            about={
                "assessment": assessment.id,
                "cycle": assessment.cycle,
                "department": {"en": department.name.en, "ar": department.name.ar},
                "organisation": {
                    "en": department.organisation.name.en,
                    "ar": department.organisation.name.ar,
                },
                "standard": f"{standard.id} {standard.version}",
                "standard_sha256": standard.sha256,
            },
        )
        size = target.tell()
        target.seek(0)
    except LostFilesError as error:
        target.close()
        return _lost_files(assessment, error)
    except BaseException:
        target.close()
        raise
    response = send_file(
        target,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"evidence-{department.code}-{assessment.cycle}.zip",
    )
    response.content_length = size
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lost_files(assessment: Assessment, error: LostFilesError) -> tuple[str, int]:
    """Say which files keep the pack from being made, and what brings them back."""
    for lost in error.files:
        current_app.logger.critical(
            "no pack of assessment %s: the store no longer holds evidence %s version %s: %s %s",
            assessment.id,
            lost.file.evidence,
            lost.file.version,
            lost.file.sha256,
            "is altered" if lost.altered else "is missing",
        )
    # The trail notes it with the answer.
    g.lost_files = [lost.file.file_name for lost in error.files]
    return page("assessment/lost_files.html", 503, assessment=assessment, lost=error.files)
