"""Pages under /kpis/import: from a file of raw answers to stored figures, in three steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import cast

from flask import Response, current_app, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.config import Settings
from accredit.database import db, wait_for_turn
from accredit.evidence.delivery import file_store
from accredit.evidence.policy import clean_name
from accredit.identity.domain import Permission
from accredit.identity.models import Department
from accredit.identity.service import get_department, list_departments
from accredit.identity.sign_in import current_access, current_person
from accredit.kpi import display, imports, service
from accredit.kpi.blueprint import blueprint
from accredit.kpi.cells import shown
from accredit.kpi.charts import Windowed, kpi_chart
from accredit.kpi.choices import Figures, NothingToImportError, figures
from accredit.kpi.delivery import as_csv
from accredit.kpi.domain import KpiDefinition
from accredit.kpi.export import rejected_csv
from accredit.kpi.forms import MappingForm, UploadForm, from_mapping
from accredit.kpi.importing import Preview, find_column
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from accredit.kpi.series import alike
from accredit.kpi.spreadsheet import MAX_BYTES, Table, read_table
from accredit.kpi.staging import About, NotWaitingError, Staging, Waiting
from accredit.kpi.suggestion import suggest_mapping
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.numbers import asked_number
from accredit.web.pages import page, see_other, tell
from accredit.web.svg import to_svg
from accredit.web.workbook import UnknownSheetError

SAMPLE_ROWS = 5
REJECTED_SHOWN = 20
MANY_REJECTED = 0.05


@dataclass(frozen=True, slots=True)
class Draft:
    """A file on its way in: what was sent, read, and chosen, and where it belongs."""

    waiting: Waiting
    department: Department
    definition: KpiDefinition
    table: Table
    form: MappingForm


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying the choices: the rows read, and the figures if there are any."""

    preview: Preview | None
    figures: Figures | None


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.IMPORT_KPI)
def upload() -> tuple[str, int] | BaseResponse:
    """First step: whose answers, to which KPI, in which file."""
    departments = list_departments(db.session(), current_access(), Permission.IMPORT_KPI)
    form = UploadForm() if request.method == "POST" else UploadForm(data=request.args)
    form.offer(departments, service_kpis().kpis)
    if request.method == "GET":
        form.department.data = request.args.get("department", type=asked_number)
        return page("kpi/upload.html", form=form, limit=_limit() // 1024**2)
    if not form.validate():
        return page("kpi/upload.html", 422, form=form, limit=_limit() // 1024**2)
    try:
        token = _stage(form)
    except RuleError as error:
        error.field = "file"
        show_rule_error(form, error)
        return page("kpi/upload.html", 422, form=form, limit=_limit() // 1024**2)
    return see_other(url_for(".mapping", token=token))


@blueprint.get("/import/<token>")
@requires(Permission.IMPORT_KPI)
def mapping(token: str) -> tuple[str, int] | BaseResponse:
    """Second step: what the columns mean, with a preview of the figures they give."""
    try:
        draft = _draft(token)
    except NotWaitingError as error:
        return _start_again(error)
    tried = _try(draft)
    if "window" in request.args:
        return _mapping_page(token, draft, tried, 200 if tried.figures else 422)
    # Nothing is chosen yet: what could not be suggested is no mistake of the person's.
    return _mapping_page(token, draft, tried, 200, to_choose=draft.form.take_errors())


@blueprint.post("/import/<token>")
@requires(Permission.IMPORT_KPI)
def confirm(token: str) -> tuple[str, int] | BaseResponse:
    """Last step: store the figures just as they were shown, and the file they came from."""
    # Two windows could both find the file waiting before either has taken it.
    wait_for_turn(db.session.connection())
    try:
        draft = _draft(token)
    except NotWaitingError as error:
        return _start_again(error)
    tried = _try(draft)
    if tried.figures is None:
        return _mapping_page(token, draft, tried, 422)
    about, person = draft.waiting.about, current_person()
    blob = file_store().put(BytesIO(draft.waiting.data), limit=MAX_BYTES)
    row = imports.import_measurements(
        db.session(),
        draft.department,
        draft.definition,
        tried.figures,
        file_name=about.file_name,
        sha256=blob.sha256,
        choices=draft.form.choices_given(),
        by=person.id,
        at=clock.now(),
    )
    _staging().drop(token, person_id=person.id)
    tell(N_("The measurements were stored: %(count)s answers."), count=row.accepted)
    return see_other(url_for(".show", department_id=draft.department.id, kpi=draft.definition.id))


@blueprint.post("/import/<token>/cancel")
@requires(Permission.IMPORT_KPI)
def cancel(token: str) -> BaseResponse:
    """Throw the waiting file away."""
    _staging().drop(token, person_id=current_person().id)
    tell(N_("The file was thrown away. Nothing was stored."), "info")
    return see_other(url_for(".index"))


@blueprint.get("/import/<token>/rejected.csv")
@requires(Permission.IMPORT_KPI)
def rejected(token: str) -> Response | BaseResponse:
    """Every row that would not be used, with its reason, to mend the file by."""
    try:
        draft = _draft(token)
    except NotWaitingError as error:
        return _start_again(error)
    tried = _try(draft)
    if tried.preview is None:
        return see_other(url_for(".mapping", token=token))
    return as_csv(rejected_csv(tried.preview.rejected), f"{draft.definition.id}-rejected.csv")


def _stage(form: UploadForm) -> str:
    """Keep the file until its mapping is confirmed; raises `RuleError` for an unusable one."""
    sent = cast("FileStorage", form.file.data)
    name = clean_name(sent.filename or "")
    # One byte more than allowed is enough to know that a file is too large.
    with sent.stream as stream:
        data = stream.read(_limit() + 1)
    if len(data) > _limit():
        raise RuleError(N_("The file is larger than %(limit)s MB."), limit=_limit() // 1024**2)
    read_table(data)
    person = current_person()
    return _staging().put(
        data,
        About(form.department.data, form.kpi.data, name),
        person_id=person.id,
        now=clock.now(),
    )


def _draft(token: str) -> Draft:
    """The waiting file, with the choices of the request or, without any, those suggested."""
    waiting = _staging().get(token, person_id=current_person().id, now=clock.now())
    department = get_department(
        db.session(), waiting.about.department_id, current_access(), Permission.IMPORT_KPI
    )
    definition = service_kpis().get(waiting.about.kpi)
    given = request.form if request.method == "POST" else request.args
    chosen = MappingForm(given) if "window" in given else None
    sheet = chosen.sheet_given if chosen else None
    sheet_error: UnknownSheetError | None = None
    try:
        table = read_table(waiting.data, sheet)
    except UnknownSheetError as error:
        table, sheet_error = read_table(waiting.data), error
    form = chosen or MappingForm(
        formdata=None, data=from_mapping(suggest_mapping(table, definition), sheet)
    )
    form.offer(table, definition)
    form.sheet_error = sheet_error
    return Draft(waiting, department, definition, table, form)


def _try(draft: Draft) -> Tried:
    """What the choices give; what is wrong with them stands beside the field at fault."""
    if not draft.form.validate():
        return Tried(None, None)
    try:
        found = figures(draft.table, draft.form.choices_given(), draft.definition, _today())
    except NothingToImportError as error:
        show_rule_error(draft.form, error)
        return Tried(error.found, None)
    except RuleError as error:
        show_rule_error(draft.form, error)
        return Tried(None, None)
    return Tried(found.found, found)


def _mapping_page(
    token: str, draft: Draft, tried: Tried, status: int, to_choose: Sequence[str] = ()
) -> tuple[str, int]:
    table, definition, form = draft.table, draft.definition, draft.form
    counting: dict[tuple[date, date], Measurement] = {}
    chart = None
    if tried.figures is not None:
        rows = service.series(db.session(), draft.department.id, definition.id)
        counting = {(row.start_on, row.end_on): row for row in rows}
        line = [Windowed(start, end, window.value) for start, end, window in tried.figures.windows]
        chart = kpi_chart(definition, alike(line)).drawing if len(line) > 1 else None
    used = {find_column(table, name) for name in _columns_used(form)}
    total = len(table.rows)
    return page(
        "kpi/mapping.html",
        status,
        token=token,
        to_choose=to_choose,
        waiting=draft.waiting,
        department=draft.department,
        definition=definition,
        form=form,
        table=table,
        sample=[[shown(cell) for cell in row] for row in table.rows[:SAMPLE_ROWS]],
        used=used,
        total=total,
        found=tried.preview,
        figures=tried.figures,
        counting=counting,
        rejected_shown=REJECTED_SHOWN,
        many_rejected=tried.preview is not None
        and len(tried.preview.rejected) > MANY_REJECTED * total,
        carried=form.carried(),
        chart=chart,
        svg=to_svg(chart, id="preview-chart") if chart else None,
        words=display,
    )


def _columns_used(form: MappingForm) -> list[str]:
    fields = [field for fields in form.input_sets() for field in fields]
    return [field.data for field in [*fields, form.date_column] if field.data]


def _start_again(error: NotWaitingError) -> BaseResponse:
    tell(error.message.text, "error")
    return see_other(url_for(".upload"))


def _settings() -> Settings:
    return cast("Settings", current_app.config["SETTINGS"])


def _staging() -> Staging:
    return Staging(_settings().data_dir / "staging", _settings().secret_key)


def _limit() -> int:
    return min(_settings().upload_limit, MAX_BYTES)


def _today() -> date:
    return clock.today(_settings().time_zone)
