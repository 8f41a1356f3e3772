"""`accredit kpi import`: the one KPI command that needs the database.

It joins the group of accredit/kpi/commands.py. The application is loaded only when the
command runs, so that `accredit kpi compute` stays free of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accredit.kpi.cells import AmbiguousDateError, DateOrder
from accredit.kpi.choices import Choices, Figures, figures
from accredit.kpi.commands import (
    column_inputs,
    file_content,
    kpi,
    list_rejected,
    rounded,
    row_condition,
)
from accredit.kpi.domain import KpiDefinition, UnknownKpiError, display_value
from accredit.kpi.hours import WorkingHoursError, parse_hours
from accredit.kpi.importing import (
    Mapping,
    MissingDateColumnError,
    MissingInputError,
    UnknownColumnError,
    Window,
)
from accredit.kpi.loader import service_kpis
from accredit.kpi.spreadsheet import MAX_BYTES, read_table
from accredit.text import RuleError
from accredit.web.workbook import UnknownSheetError

if TYPE_CHECKING:
    from accredit.config import Settings
    from accredit.identity.models import Department

__all__ = ["kpi"]

_ORDERS = {
    "dmy": DateOrder.DAY_FIRST,
    "mdy": DateOrder.MONTH_FIRST,
    # Dates that start with the year can be read in one way only.
    "ymd": None,
    DateOrder.DAY_FIRST.value: DateOrder.DAY_FIRST,
    DateOrder.MONTH_FIRST.value: DateOrder.MONTH_FIRST,
}
_USAGE_ERRORS = (
    UnknownKpiError,
    UnknownColumnError,
    UnknownSheetError,
    MissingInputError,
    MissingDateColumnError,
    AmbiguousDateError,
    WorkingHoursError,
)


@kpi.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--department", required=True, metavar="ORG/DEP", help="Codes, such as NSA/LIC.")
@click.option("--kpi", "name", required=True, metavar="KPI", help="Its id or another name of it.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    required=True,
    metavar="[INPUT=]NAME",
    help="The column with the answers; with several, name the input of each.",
)
@click.option("--date-column", metavar="NAME", help="The column with the date of each answer.")
@click.option(
    "--date-order", type=click.Choice(list(_ORDERS)), help="How 03/04/2026 is meant in the file."
)
@click.option(
    "--window",
    type=click.Choice([window.value for window in Window]),
    help="A value for each of these; by default each month, or the whole file without dates.",
)
@click.option(
    "--period",
    nargs=2,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="FROM TO",
    help="The days one value for the whole file covers, as yyyy-mm-dd.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Use only rows with this value; repeat for several conditions, which must all hold.",
)
@click.option("--sheet", help="The sheet of a workbook; otherwise its first visible one.")
@click.option("--hours", help="Count only working time, such as: mon-thu 08:00-15:30.")
@click.option("--yes", is_flag=True, help="Store without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and do not ask.")
def import_answers(file: Path, department: str, yes: bool, as_json: bool, **options: Any) -> None:
    """Store a KPI's values from the raw answers in FILE (CSV or XLSX) for a department.

    Prints the values that FILE gives and asks before anything is stored. With --json
    nothing is asked: the values are stored only with --yes.

    Exit status: 0 for done, 1 where the file cannot be used or storing was declined, 2
    where the KPI, a column, a sheet, the file or the department does not exist.
    """
    from accredit import clock

    with _application() as settings:
        place = _find_department(department)
        try:
            definition = service_kpis().get(options["name"])
            data = file_content(file)
            table = read_table(data, options["sheet"])
            choices = Choices(
                Mapping(
                    kpi=definition.id,
                    columns=column_inputs(table, definition, options["columns"]),
                    date_column=options["date_column"],
                    date_order=_ORDERS[options["date_order"] or "ymd"],
                    window=_window(options["window"], options["date_column"]),
                    where=tuple(row_condition(table, text) for text in options["where"]),
                    hours=parse_hours(options["hours"]) if options["hours"] else None,
                ),
                options["sheet"],
                _days(options["period"]),
            )
            found = figures(table, choices, definition, clock.today(settings.time_zone))
        except _USAGE_ERRORS as error:
            raise click.UsageError(str(error)) from error
        except (RuleError, OSError) as error:
            raise click.ClickException(f"{file.name}: {error}") from error
        list_rejected(found.found)
        if not as_json:
            _show(definition, found)
            if not yes:
                click.confirm(f"Store these for {place.name.en}?", abort=True)
        number = None
        if yes or not as_json:
            number = _store(settings, place, definition, found, choices, file, data)
    if as_json:
        click.echo(json.dumps(_answer(definition, found, number), ensure_ascii=False))
    else:
        click.echo(f"Stored as import {number}.")


@contextmanager
def _application() -> Iterator[Settings]:
    """The application on a database that is ready for it."""
    from accredit import setup
    from accredit.config import SettingsError, load_settings
    from accredit.starting import SetupError, refuse_demo_accounts

    try:
        settings = load_settings()
        refuse_demo_accounts(settings)
    except (SettingsError, SetupError) as error:
        raise click.ClickException(str(error)) from error
    with setup.application(settings):
        yield settings


def _find_department(codes: str) -> Department:
    from sqlalchemy import select

    from accredit.database import db
    from accredit.identity.models import Department, Organisation

    organisation, _, department = (code.strip().upper() for code in codes.partition("/"))
    found = db.session.scalar(
        select(Department)
        .join(Department.organisation)
        .where(Organisation.code == organisation, Department.code == department)
    )
    if found is None:
        raise click.UsageError(f"There is no department {codes!r}; write it as ORG/DEP.")
    # Whoever is asked may think for a while: the write lock is not held meanwhile.
    db.session.expunge(found)
    db.session.rollback()
    return found


def _store(
    settings: Settings,
    place: Department,
    definition: KpiDefinition,
    found: Figures,
    choices: Choices,
    file: Path,
    data: bytes,
) -> int:
    from accredit import clock
    from accredit.database import db
    from accredit.evidence.bucket import store_for
    from accredit.evidence.policy import clean_name
    from accredit.kpi.imports import import_measurements

    blob = store_for(settings).put(BytesIO(data), limit=MAX_BYTES)
    row = import_measurements(
        db.session(),
        db.session.merge(place),
        definition,
        found,
        file_name=clean_name(file.name),
        sha256=blob.sha256,
        choices=choices,
        by=None,
        at=clock.now(),
    )
    return row.id


def _window(chosen: str | None, date_column: str | None) -> Window:
    if chosen:
        return Window(chosen)
    return Window.MONTH if date_column else Window.WHOLE


def _days(period: tuple[Any, Any] | None) -> Any:
    return None if period is None else (period[0].date(), period[1].date())


def _show(definition: KpiDefinition, found: Figures) -> None:
    counts = found.found
    click.echo(
        f"{definition.id}: {counts.accepted} answers, {counts.blanks} blank, "
        f"{len(counts.rejected)} rejected, {counts.left_out} left out"
    )
    for start_on, end_on, window in found.windows:
        value = window.value
        figure, low, high = (
            "-" if number is None else str(display_value(number, definition.decimals))
            for number in (value.value, value.low, value.high)
        )
        click.echo(
            f"  {start_on} to {end_on}  {figure:>10}  95% {low} to {high}"
            f"  n {value.n}  {value.status.value}"
        )


def _answer(definition: KpiDefinition, found: Figures, number: int | None) -> dict[str, object]:
    return {
        "kpi": definition.id,
        "stored": number is not None,
        "import": number,
        "accepted": found.found.accepted,
        "blank": found.found.blanks,
        "left_out": found.found.left_out,
        "rejected": len(found.found.rejected),
        "windows": [
            {
                "start_on": start_on.isoformat(),
                "end_on": end_on.isoformat(),
                "value": rounded(window.value.value),
                "n": window.value.n,
                "low": rounded(window.value.low),
                "high": rounded(window.value.high),
                "status": window.value.status.value,
            }
            for start_on, end_on, window in found.windows
        ],
    }
