"""Pages under /improvement-actions: the plan, on the page and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.service import list_departments
from accredit.identity.sign_in import current_access
from accredit.improvement import action_views, display, draft_views, sheet
from accredit.improvement.blueprint import blueprint, today
from accredit.improvement.forms import PlanForm
from accredit.improvement.plan import (
    PAGE_SIZE,
    Plan,
    Wanted,
    list_owners,
    list_plan,
)
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page

__all__ = ["action_views", "blueprint", "draft_views"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@requires(Permission.VIEW_PLAN)
def index() -> tuple[str, int]:
    """The plan of the departments a person may look into."""
    form, wanted, plan = _asked()
    departments = list_departments(db.session(), current_access(), Permission.VIEW_PLAN)
    managed = list_departments(db.session(), current_access(), Permission.MANAGE_PLAN)
    asked = _arguments(wanted)
    last = max(1, -(-len(plan.rows) // PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=asked_number), 1), last)

    def url_of(wanted_page: int) -> str:
        return url_for(".index", **asked, page=wanted_page if wanted_page > 1 else None)

    return page(
        "improvement/index.html",
        form=form,
        plan=plan,
        rows=plan.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        wanted=wanted,
        asked=asked,
        filtered=bool(set(asked) - {"department"}),
        departments=departments,
        department=next((d for d in departments if d.id == wanted.department_id), None),
        new_in=next(
            (d.id for d in managed if wanted.department_id in (None, d.id)),
            None,
        ),
        number=number,
        last=last,
        url_of=url_of,
        today=today(),
        words=display,
    )


@blueprint.get("/plan.xlsx")
@requires(Permission.VIEW_PLAN)
def export_xlsx() -> Response:
    """The same actions as a workbook."""
    _, _, plan = _asked()
    return _file(sheet.to_xlsx(plan.rows), XLSX, "xlsx")


@blueprint.get("/plan.csv")
@requires(Permission.VIEW_PLAN)
def export_csv() -> Response:
    """The same actions as plain text."""
    _, _, plan = _asked()
    return _file(sheet.to_csv(plan.rows).encode(), "text/csv", "csv")


def _asked() -> tuple[PlanForm, Wanted, Plan]:
    session, access = db.session(), current_access()
    departments = list_departments(session, access, Permission.VIEW_PLAN)
    form = PlanForm(request.args)
    form.offer(departments, list_owners(session, departments))
    wanted = form.wanted()
    return form, wanted, list_plan(session, access, wanted, today=today())


def _arguments(wanted: Wanted) -> dict[str, Any]:
    asked = {
        "department": wanted.department_id,
        "show": None if wanted.shown == "all" else wanted.shown.value,
        "owner": wanted.owner_id,
        "overdue": "1" if wanted.overdue else None,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _file(content: bytes, media_type: str, ending: str) -> Response:
    response = Response(content, mimetype=media_type)
    name = f"improvement-plan-{today()}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
