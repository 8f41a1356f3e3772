"""Pages under /gap-reports: what is missing, as page, PDF and workbook."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from io import BytesIO

from flask import Blueprint, Response, current_app, render_template, request, send_file, url_for
from markupsafe import Markup

from accredit import clock
from accredit.assessment.domain import STAGE_NAMES
from accredit.assessment.models import Assessment
from accredit.assessment.service import get_assessment
from accredit.database import db
from accredit.gap import service
from accredit.gap.cells import percent
from accredit.gap.content import build_content, frame_of
from accredit.gap.document import ReportContent
from accredit.gap.domain import GapReport
from accredit.gap.others import load_surroundings
from accredit.gap.path_page import PREFIX, build_path_page, read_efforts
from accredit.gap.wording import basis_short
from accredit.i18n import gettext
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access
from accredit.standard.path.finding import SECONDS
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page
from accredit.web.svg import to_svg

blueprint = Blueprint("gap", __name__)

PAGE_SIZE = 20
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@requires(Permission.VIEW_GAP_REPORT)
def index() -> tuple[str, int]:
    """The assessments whose report one may read, with headline figures."""
    session, access = db.session(), current_access()
    readable = service.list_readable(session, access)
    last = max(1, -(-len(readable) // PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=asked_number), 1), last)
    shown = readable[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    headlines = service.load_headlines(session, shown, access, _today())
    return page(
        "gap/index.html",
        rows=[(one, headlines[one.id]) for one in shown],
        percent=percent,
        stage_names={stage.value: name for stage, name in STAGE_NAMES.items()},
        basis_short=basis_short,
        organisations=len({one.department.organisation_id for one in readable}),
        number=number,
        last=last,
        url_of=lambda to: url_for("gap.index", page=to),
    )


@blueprint.get("/<int:assessment_id>")
@requires(Permission.VIEW_GAP_REPORT)
def show(assessment_id: int) -> tuple[str, int]:
    """One report: verdict and readiness first, then the detail."""
    assessment, report, content = _load(assessment_id)
    department = assessment.department
    may_plan = bool(report.rows) and current_access().may_at(
        Permission.MANAGE_PLAN, department.organisation_id, department.id
    )
    return page(
        "gap/show.html",
        assessment=assessment,
        content=content,
        body=_body(content, assessment_id, may_plan, request.root_path),
    )


@blueprint.get("/<int:assessment_id>/path")
@requires(Permission.VIEW_GAP_REPORT)
def path(assessment_id: int) -> tuple[str, int]:
    """The least effort to an award: computed when it is asked for, and kept nowhere."""
    session, access = db.session(), current_access()
    assessment = get_assessment(session, assessment_id, access, Permission.VIEW_GAP_REPORT)
    report = service.load_report(session, assessment, access, _today())
    efforts, wrong = read_efforts(report.standard, request.args)
    asked = request.args.get("to")
    award = asked if asked in [one.id for one in report.standard.awards] else None
    return page(
        "gap/path.html",
        422 if wrong else 200,
        assessment=assessment,
        report=report,
        shown=build_path_page(report, award, efforts, clock.after(SECONDS)),
        typed=request.args,
        prefix=PREFIX,
        wrong=wrong,
        percent=percent,
    )


@blueprint.get("/<int:assessment_id>/report.pdf")
@requires(Permission.VIEW_GAP_REPORT)
def pdf(assessment_id: int) -> Response:
    """The report on paper, in the language of the page."""
    # Loaded when the first paper is asked for: drawing brings large libraries.
    from accredit.gap.pdf import render_pdf

    _, _, content = _load(assessment_id)
    data = render_pdf(
        content,
        author=current_app.config["SETTINGS"].product_name,
        page_label=lambda number, pages: gettext(
            "Page %(number)s of %(pages)s", number=number, pages=pages
        ),
    )
    return _download(data, f"{content.file_name}.pdf", "application/pdf")


@blueprint.get("/<int:assessment_id>/report.xlsx")
@requires(Permission.VIEW_GAP_REPORT)
def xlsx(assessment_id: int) -> Response:
    """The report as a workbook, in the language of the page."""
    from accredit.gap.xlsx import render_xlsx

    _, _, content = _load(assessment_id)
    data = render_xlsx(content, overview=gettext("Overview"))
    return _download(data, f"{content.file_name}.xlsx", _XLSX)


def _load(assessment_id: int) -> tuple[Assessment, GapReport, ReportContent]:
    session, access = db.session(), current_access()
    assessment = get_assessment(session, assessment_id, access, Permission.VIEW_GAP_REPORT)
    today = _today()
    report = service.load_report(session, assessment, access, today)
    surroundings = load_surroundings(
        session, assessment, access, today, current_app.config["FIND_MOMENTS"]
    )
    return assessment, report, build_content(report, frame_of(assessment, today), surroundings)


def _today() -> date:
    return clock.today(current_app.config["TIME_ZONE"])


@lru_cache(maxsize=16)
def _body(content: ReportContent, assessment_id: int, may_plan: bool, _root: str) -> Markup:
    """The report as HTML: the same content is rendered only once.

    Nothing in it depends on who reads it, except whether they may plan actions. Its addresses
    begin with the root under which the site is served.
    """
    charts = {
        section.id: [
            (drawing, to_svg(drawing, id=f"{section.id}-{number}"))
            for number, drawing in enumerate(section.charts, start=1)
        ]
        for section in content.sections
    }
    element_url = url_for("assessment.element", assessment_id=assessment_id, code="CODE")
    html = render_template(
        "gap/_report.html",
        content=content,
        charts=charts,
        assessment_id=assessment_id,
        element_url=element_url,
        may_plan=may_plan,
    )
    # The template escaped every text; this only says so to the page it is put into.
    return Markup(html)  # noqa: S704


def _download(data: bytes, name: str, media_type: str) -> Response:
    response = send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response
