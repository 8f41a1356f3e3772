"""Pages under /assessments: the list, a new one, and the overview of one."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import (
    choice_views,
    element_views,
    evidence_views,
    interest_views,
    move_views,
    people_views,
    score_views,
    service,
    stage_views,
    standard_use,
)
from accredit.assessment.blueprint import blueprint, find_assessment
from accredit.assessment.domain import STAGE_NAMES, Stage
from accredit.assessment.forms import OpenForm
from accredit.assessment.overview import STAGE_TONES, overview_page, today
from accredit.assessment.reading import progress_in
from accredit.database import db
from accredit.i18n import gettext, say
from accredit.identity.domain import POOL_ROLES, ROLE_NAMES, Permission
from accredit.identity.forms import department_choices
from accredit.identity.service import get_department, list_departments
from accredit.identity.sign_in import current_access, current_person
from accredit.standard.service import get_version, list_versions, superseded_ids
from accredit.text import N_, Bilingual
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page, see_other, tell

#: Importing these modules adds their pages to the blueprint.
__all__ = [
    "blueprint",
    "choice_views",
    "element_views",
    "evidence_views",
    "interest_views",
    "move_views",
    "people_views",
    "score_views",
    "stage_views",
    "standard_use",
]

PAGE_SIZE = 25


@blueprint.get("/")
@requires(Permission.VIEW_ASSESSMENT)
def index() -> tuple[str, int]:
    """Every assessment a person may see, by stage."""
    session, access = db.session(), current_access()
    asked = request.args.get("stage")
    stage = Stage(asked) if asked in set(Stage) else None
    counts = service.count_by_stage(session, access)
    found = sum(counts.values()) if stage is None else counts.get(stage, 0)
    last = max(1, -(-found // PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=asked_number), 1), last)
    assessments = service.list_assessments(
        session, access, stage=stage, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )

    def url_of(to: int) -> str:
        return url_for(".index", stage=stage.value if stage else None, page=to)

    stages = [{"label": gettext("All"), "url": url_for(".index"), "active": stage is None}]
    stages += [
        {
            "label": gettext(STAGE_NAMES[item]),
            "url": url_for(".index", stage=item.value),
            "active": item is stage,
            "count": counts.get(item, 0),
        }
        for item in Stage
    ]
    return page(
        "assessment/index.html",
        assessments=assessments,
        total=found,
        judges=any(grant.role in POOL_ROLES for grant in access.grants),
        stages=stages,
        stage_names=STAGE_NAMES,
        stage_tones=STAGE_TONES,
        role_names=ROLE_NAMES,
        progress=progress_in(session, assessments),
        waiting=service.waiting_in(session, assessments),
        today=today(),
        number=number,
        last=last,
        url_of=url_of,
    )


@blueprint.get("/new")
@requires(Permission.OPEN_ASSESSMENT)
def new() -> tuple[str, int]:
    """Ask what is to be assessed."""
    form = OpenForm()
    _offer_places(form)
    return page("assessment/new.html", form=form)


@blueprint.post("/new")
@requires(Permission.OPEN_ASSESSMENT)
def open_new() -> Response | tuple[str, int]:
    """Open the assessment and go on to the people."""
    session, form = db.session(), OpenForm()
    _offer_places(form)
    if not form.validate_on_submit():
        return page("assessment/new.html", 422, form=form)
    department = get_department(
        session, form.department_id.data, current_access(), Permission.OPEN_ASSESSMENT
    )
    standard_version = get_version(session, form.standard_version_id.data)
    cycle = form.cycle.data or ""
    scope = Bilingual(form.scope_en.data or "", form.scope_ar.data or "")
    by = current_person().id
    sent_before = service.find_just_opened(
        session,
        department,
        standard_version,
        cycle=cycle,
        scope=scope,
        due_on=form.due_on.data,
        by=by,
    )
    if sent_before is not None:
        tell(N_("This assessment is open already. Assign the people who judge in it."))
        return see_other(url_for(".people", assessment_id=sent_before))
    assessment = service.open_assessment(
        session,
        department,
        standard_version,
        cycle=cycle,
        scope=scope,
        due_on=form.due_on.data,
        by=by,
        at=clock.now(),
    )
    tell(N_("The assessment is open. Now assign the people who judge in it."))
    return see_other(url_for(".people", assessment_id=assessment.id))


def _offer_places(form: OpenForm) -> None:
    session = db.session()
    departments = list_departments(session, current_access(), Permission.OPEN_ASSESSMENT)
    rows = list_versions(session)
    superseded = superseded_ids(rows)
    versions = [
        (row.id, f"{say(row.title)} {row.version}") for row in rows if row.id not in superseded
    ]
    form.offer(department_choices(departments), versions)


@blueprint.get("/<int:assessment_id>")
@requires(Permission.VIEW_ASSESSMENT)
def show(assessment_id: int) -> tuple[str, int]:
    """Where the assessment stands, who must act, and what this person can do."""
    return overview_page(find_assessment(assessment_id, with_people=True))
