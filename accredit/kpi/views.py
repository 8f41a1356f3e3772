"""Pages under /kpis: where each department stands, one KPI in full, all KPIs in words."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.database import db
from accredit.i18n import gettext
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission
from accredit.identity.models import Department
from accredit.identity.service import get_department, list_departments
from accredit.identity.sign_in import current_access, current_person
from accredit.kpi import display, import_views, imports, overview, record_views, service
from accredit.kpi.blueprint import blueprint
from accredit.kpi.charts import Windowed, kpi_chart, trend
from accredit.kpi.delivery import as_csv
from accredit.kpi.display import WINDOW_WORDS
from accredit.kpi.domain import KpiDefinition
from accredit.kpi.export import measurements_csv
from accredit.kpi.forms import TargetForm
from accredit.kpi.importing import Window
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from accredit.kpi.series import alike, in_order, kind_of, latest_of
from accredit.kpi.service import StaleTargetError
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell
from accredit.web.svg import to_svg

__all__ = ["blueprint", "import_views", "record_views"]


@blueprint.get("/")
@requires(Permission.VIEW_KPI)
def index() -> tuple[str, int]:
    """The person's departments side by side; of a single one, its KPIs."""
    session, access = db.session(), current_access()
    departments = list_departments(session, access, Permission.VIEW_KPI)
    if len(departments) == 1:
        return _department_page(departments[0])
    rows = overview.compare_departments(session, departments)
    measured = [
        found for found in service_kpis().kpis if any(found.id in row.shown for row in rows)
    ]
    return page("kpi/index.html", rows=rows, measured=measured, words=display)


@blueprint.get("/<int:department_id>")
@requires(Permission.VIEW_KPI)
def department(department_id: int) -> tuple[str, int]:
    """All KPIs of one department."""
    return _department_page(_place(department_id))


@blueprint.get("/<int:department_id>/<kpi>")
@requires(Permission.VIEW_KPI)
def show(department_id: int, kpi: str) -> tuple[str, int]:
    """One KPI of a department: figures, chart, measurements, definition."""
    return _kpi_page(_place(department_id), _definition(kpi))


@blueprint.post("/<int:department_id>/<kpi>/target")
@requires(Permission.MANAGE_PLAN)
def set_target(department_id: int, kpi: str) -> tuple[str, int] | BaseResponse:
    """The department sets itself a target."""
    place, definition = _place(department_id), _definition(kpi)
    if not current_access().may_at(Permission.MANAGE_PLAN, place.organisation_id, place.id):
        raise ForbiddenError
    form = TargetForm()
    form.definition = definition
    if not form.validate():
        return _kpi_page(place, definition, 422, form)
    try:
        service.set_target(
            db.session(),
            place,
            definition,
            form.value_given(),
            seen=form.seen_given(),
            by=current_person().id,
            at=clock.now(),
        )
    except StaleTargetError as error:
        # What was typed stays; sent again, it goes on top of the target now shown.
        form.seen.data = str(error.current.id)
        form.seen.raw_data = None
        show_rule_error(form, error)
        return _kpi_page(place, definition, 409, form)
    except RuleError as error:
        show_rule_error(form, error)
        return _kpi_page(place, definition, 422, form)
    tell(N_("The target was saved."))
    return see_other(url_for(".show", department_id=department_id, kpi=kpi))


@blueprint.get("/<int:department_id>/<kpi>/measurements.csv")
@requires(Permission.VIEW_KPI)
def export(department_id: int, kpi: str) -> Response:
    """The measurements that count, as CSV."""
    place, definition = _place(department_id), _definition(kpi)
    rows = imports.with_sources(db.session(), place.id, definition.id)
    return as_csv(measurements_csv(definition, rows), f"{place.code}-{definition.id}.csv")


@blueprint.get("/catalogue")
@requires(Permission.VIEW_KPI)
def catalogue() -> tuple[str, int]:
    """Every KPI in words: meaning, question, formula, scale."""
    return page("kpi/catalogue.html", definitions=service_kpis().kpis, words=display)


def _place(department_id: int) -> Department:
    return get_department(db.session(), department_id, current_access(), Permission.VIEW_KPI)


def _definition(kpi: str) -> KpiDefinition:
    """The KPI of exactly this id: an address has one spelling."""
    found = next((known for known in service_kpis().kpis if known.id == kpi), None)
    if found is None:
        raise NotFoundError
    return found


def _department_page(place: Department) -> tuple[str, int]:
    access = current_access()
    tiles = overview.tiles(db.session(), place.id)
    trends = {
        tile.definition.id: to_svg(
            trend(tile.definition, windowed(tile.line), tile.target),
            id=f"trend-{tile.definition.id}",
        )
        for tile in tiles
        if len(tile.line) > 1
    }
    return page(
        "kpi/department.html",
        department=place,
        measured=[tile for tile in tiles if tile.shown],
        unmeasured=[tile.definition for tile in tiles if not tile.shown],
        trends=trends,
        words=display,
        may_import=access.may_at(Permission.IMPORT_KPI, place.organisation_id, place.id),
    )


def _kpi_page(
    place: Department, definition: KpiDefinition, status: int = 200, form: TargetForm | None = None
) -> tuple[str, int]:
    session, access = db.session(), current_access()
    rows = imports.with_sources(session, place.id, definition.id)
    kinds = [kind for kind in Window if any(_kind(row) is kind for row in rows)]
    own = service.find_target(session, place.id, definition.id)
    tile = overview.make_tile(
        definition,
        own.value if own else definition.default_target,
        latest_of(rows),
        rows,
    )
    asked = request.args.get("window", "")
    kind = next((found for found in kinds if found == asked), None)
    line = alike(rows, kind) if kind else (alike(rows, _kind(tile.shown)) if tile.shown else [])
    chart = kpi_chart(definition, windowed(line), tile.target) if line else None
    if form is None:
        form = TargetForm(formdata=None, data={"value": f"{tile.target:g}"})
        form.seen.data = str(own.id if own else 0)
    return page(
        "kpi/show.html",
        status,
        department=place,
        definition=definition,
        tile=tile,
        own_target=own,
        rows=in_order(line)[::-1],
        chart=chart,
        svg=to_svg(chart.drawing, id="run-chart") if chart else None,
        tabs_of_kinds=[
            {
                "label": gettext(WINDOW_WORDS[found]),
                "url": url_for(
                    ".show", department_id=place.id, kpi=definition.id, window=found.value
                ),
                "active": bool(line) and _kind(line[0]) is found,
            }
            for found in kinds
        ],
        form=form,
        words=display,
        may_import=access.may_at(Permission.IMPORT_KPI, place.organisation_id, place.id),
        may_set=access.may_at(Permission.MANAGE_PLAN, place.organisation_id, place.id),
    )


def _kind(row: Measurement) -> Window:
    return kind_of(row.start_on, row.end_on)


def windowed(rows: Sequence[Measurement]) -> list[Windowed]:
    """Stored measurements as a chart takes them."""
    return [Windowed(row.start_on, row.end_on, service.value_of(row)) for row in rows]
