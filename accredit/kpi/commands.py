"""`accredit kpi …` on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from accredit.kpi.cells import AmbiguousDateError, DateOrder
from accredit.kpi.domain import (
    KpiDefinition,
    KpiValue,
    Status,
    Unit,
    UnknownKpiError,
    display_value,
)
from accredit.kpi.hours import WorkingHoursError, parse_hours
from accredit.kpi.importing import (
    Mapping,
    MissingInputError,
    Preview,
    UnknownColumnError,
    find_column,
    preview,
)
from accredit.kpi.loader import service_kpis
from accredit.kpi.spreadsheet import MAX_BYTES, Table, read_table
from accredit.web.workbook import UnknownSheetError, UnusableFileError

PLACES = 6
_MANY_REJECTED = 0.05
_UNITS = {
    Unit.POINTS: " points",
    Unit.PERCENT: "%",
    Unit.SCORE: "",
    Unit.SECONDS: " s",
}


@click.group()
def kpi() -> None:
    """Key performance indicators: compute them from raw answers."""


@kpi.command()
@click.argument("name", metavar="KPI")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--column",
    "columns",
    multiple=True,
    required=True,
    metavar="[INPUT=]NAME",
    help="The column with the answers. Name the input where a KPI needs several: "
    "--column start=Opening --column end=Closing --column new=New.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Use only rows with this value; repeat for several conditions, which must all hold.",
)
@click.option("--sheet", help="The sheet of a workbook; otherwise its first visible one.")
@click.option(
    "--date-order",
    type=click.Choice([order.value for order in DateOrder]),
    help="How dates such as 03/04/2026 are meant, where columns hold dates.",
)
@click.option(
    "--hours",
    help="Count only working time between the inputs opened and closed, "
    "such as: mon-thu 08:00-15:30, fri 08:00-12:00.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compute(
    name: str,
    file: Path,
    columns: tuple[str, ...],
    where: tuple[str, ...],
    sheet: str | None,
    date_order: str | None,
    hours: str | None,
    as_json: bool,
) -> None:
    """Compute KPI from the raw answers in FILE (CSV or XLSX), without a database.

    Prints the value on its usual scale (percent and points up to 100), the number of
    answers n, the 95 % interval and a status: ok, insufficient (fewer answers than the
    KPI's minimum) or no_value.

    Blank cells are not answers. Answers that cannot be right (outside the scale, not a
    number, contradictory counts) are excluded, counted and listed on standard error with
    their row numbers; the value is computed from the others.

    Exit status: 0 with a value, even an insufficient one; 1 without a value, or where the
    file cannot be read as a table; 2 where the KPI, a column, a sheet or the file does
    not exist.
    """
    try:
        definition = service_kpis().get(name)
        table = read_table(file_content(file), sheet)
        mapping = Mapping(
            kpi=definition.id,
            columns=column_inputs(table, definition, columns),
            date_order=DateOrder(date_order) if date_order else None,
            where=tuple(row_condition(table, text) for text in where),
            hours=parse_hours(hours) if hours else None,
        )
        found = preview(table, mapping, definition)
    except (
        UnknownKpiError,
        UnknownColumnError,
        UnknownSheetError,
        MissingInputError,
        AmbiguousDateError,
        WorkingHoursError,
    ) as error:
        raise click.UsageError(str(error)) from error
    except (UnusableFileError, OSError) as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    value = found.windows[0].value
    list_rejected(found)
    click.echo(_as_json(value) if as_json else _as_line(definition, value, found))
    if value.status is Status.NO_VALUE:
        raise click.exceptions.Exit(1)


def file_content(file: Path) -> bytes:
    """The file's bytes, and one more than allowed of a larger one, which is then refused."""
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def column_inputs(
    table: Table, definition: KpiDefinition, columns: Sequence[str]
) -> dict[str, str]:
    """Each input's column; a name that is a column is taken whole, even with `=` in it."""
    known = {name for inputs in definition.inputs for name in inputs}
    chosen: dict[str, str] = {}
    for text in columns:
        before, equals, after = text.partition("=")
        if equals and before.strip() in known and find_column(table, text) is None:
            name, column = before.strip(), after
        else:
            name, column = definition.inputs[0][0], text
        if name in chosen:
            raise click.UsageError(f"Two columns are given for “{name}”.")
        chosen[name] = column
    return chosen


def row_condition(table: Table, text: str) -> tuple[str, str]:
    """Column and value of a condition, cut at the first `=` that leaves a known column."""
    cuts = [place for place, letter in enumerate(text) if letter == "="]
    if not cuts:
        raise click.UsageError(f"--where needs COLUMN=VALUE, not “{text}”.")
    for place in cuts:
        if find_column(table, text[:place]) is not None:
            return text[:place], text[place + 1 :]
    return text[: cuts[0]], text[cuts[0] + 1 :]


def list_rejected(found: Preview) -> None:
    """Print each row that is not in the value, on standard error."""
    for error in found.rejected:
        place = f"row {error.row}" + (f", {error.column}" if error.column else "")
        click.echo(f"{place}: {error.reason}", err=True)
    if found.rejected:
        click.echo(f"{len(found.rejected)} rows were rejected and are not in the value.", err=True)
    if len(found.rejected) > _MANY_REJECTED * (found.accepted + len(found.rejected)):
        click.echo("So many rejected rows suggest another column or another scale.", err=True)


def _as_json(value: KpiValue) -> str:
    return json.dumps(
        {
            "kpi": value.kpi,
            "value": rounded(value.value),
            "n": value.n,
            "low": rounded(value.low),
            "high": rounded(value.high),
            "status": value.status.value,
        },
        ensure_ascii=False,
    )


def rounded(number: float | None) -> float | None:
    """A figure with as many places as any use of it needs."""
    return None if number is None else float(display_value(number, PLACES))


def _as_line(definition: KpiDefinition, value: KpiValue, found: Preview) -> str:
    counts = f"{value.n} answers, {found.blanks} blank, {len(found.rejected)} rejected"
    if found.left_out:
        counts += f", {found.left_out} left out"
    if value.value is None:
        return f"{value.kpi}: no value ({counts})"
    unit = _UNITS[definition.unit]
    text = f"{value.kpi}: {display_value(value.value, definition.decimals)}{unit}"
    if value.low is not None and value.high is not None:
        low, high = (display_value(end, definition.decimals) for end in (value.low, value.high))
        text += f", 95% interval {low} to {high}"
    if value.status is Status.INSUFFICIENT:
        text += f", insufficient data (fewer than {definition.minimum_n})"
    return f"{text} ({counts})"
