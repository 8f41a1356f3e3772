"""Pages under /improvement-actions: the plan, on the page and as a file."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request, url_for

from accredit.database import db
from accredit.i18n import direction, gettext
from accredit.identity.domain import Permission
from accredit.identity.service import list_departments
from accredit.identity.sign_in import current_access
from accredit.improvement import action_views, charting, display, draft_views, sheet
from accredit.improvement.blueprint import blueprint, today
from accredit.improvement.board import (
    STEP_NAMES,
    STEPS,
    VIEW_NAMES,
    View,
    columns_of,
    scale_of,
)
from accredit.improvement.forms import PlanForm
from accredit.improvement.plan import (
    PAGE_SIZE,
    Plan,
    Wanted,
    list_owners,
    list_plan,
    may_report,
)
from accredit.improvement.verifying import may_verify
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page

__all__ = ["action_views", "blueprint", "draft_views"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@requires(Permission.VIEW_PLAN)
def index() -> tuple[str, int]:
    """The plan of the departments a person may look into, in one of three arrangements."""
    form, wanted, plan = _asked()
    view = form.chosen_view
    departments = list_departments(db.session(), current_access(), Permission.VIEW_PLAN)
    managed = list_departments(db.session(), current_access(), Permission.MANAGE_PLAN)
    asked = _arguments(wanted)
    last = max(1, -(-len(plan.rows) // PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=asked_number), 1), last)
    shown: dict[str, Any] = {} if view is View.LIST else {"view": view.value}

    def url_of(wanted_page: int) -> str:
        page_number = wanted_page if wanted_page > 1 else None
        return url_for(".index", **asked, **shown, page=page_number)

    return page(
        "improvement/index.html",
        form=form,
        plan=plan,
        rows=plan.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        wanted=wanted,
        asked=asked,
        view=view,
        layouts=_layouts(view, asked),
        **_laid_out(view, plan),
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
        spark=charting.promise_spark,
        words=display,
    )


def _layouts(view: View, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The tabs: the same actions, arranged another way."""
    return [
        {
            "label": gettext(name),
            "url": url_for(".index", **asked, view=None if one is View.LIST else one.value),
            "active": one is view,
        }
        for one, name in VIEW_NAMES.items()
    ]


def _laid_out(view: View, plan: Plan) -> dict[str, Any]:
    """What a board or a timeline needs besides the rows."""
    if view is View.BOARD:
        access = current_access()
        return {
            "columns": columns_of(plan.rows),
            "STEPS": STEPS,
            "STEP_NAMES": STEP_NAMES,
            "may_report": lambda row: may_report(access, row.action),
            "may_verify": lambda row: may_verify(access, row.action),
        }
    if view is View.TIMELINE:
        scale = scale_of(plan.rows, today=today(), rtl=direction() == "rtl")
        return {"axis": charting.axis(scale), "bar": partial(charting.row_bar, scale=scale)}
    return {}


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
