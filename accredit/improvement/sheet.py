"""A plan as a file: one table, as CSV and as XLSX, both safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from math import ceil

from accredit.i18n import direction, gettext, say
from accredit.improvement.display import VERDICT_WORDS
from accredit.improvement.domain import STATUS_NAMES
from accredit.improvement.plan import PlanRow
from accredit.improvement.promise import Reading
from accredit.kpi.display import UNIT_WORDS, window_text
from accredit.text import N_
from accredit.web.csv_file import Cell, write_csv

#: Header and width (in characters) of each column, in order.
COLUMNS = (
    (N_("Number"), 9),
    (N_("Organisation"), 28),
    (N_("Department"), 24),
    (N_("Element"), 10),
    (N_("Action"), 48),
    (N_("Description"), 40),
    (N_("Owner"), 22),
    (N_("Status"), 14),
    (N_("Due date"), 13),
    (N_("Overdue"), 10),
    (N_("Finished on"), 13),
    (N_("Verified on"), 13),
    (N_("Verified by"), 22),
    (N_("KPI"), 30),
    (N_("Unit"), 20),
    (N_("Baseline"), 11),
    (N_("Window of the baseline"), 22),
    (N_("Target"), 11),
    (N_("Latest value"), 11),
    (N_("Window of the latest value"), 22),
    (N_("Share of the way (%)"), 12),
    (N_("What the measurements say"), 26),
    (N_("Latest note"), 40),
)

_WIDTHS = tuple(width for _, width in COLUMNS)
_LINE = 15.0  # points


def table_of(rows: Sequence[PlanRow]) -> list[list[Cell]]:
    """The cells of the plan without its header; figures are in the KPI's unit."""
    return [_cells(row) for row in rows]


def to_csv(rows: Sequence[PlanRow]) -> str:
    """The plan as CSV (RFC 4180) in the reader's language."""
    return write_csv([gettext(name) for name, _ in COLUMNS], table_of(rows))


def to_xlsx(rows: Sequence[PlanRow]) -> bytes:
    """The plan as a workbook of one sheet, from right to left in Arabic."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(gettext("Improvement plan"))
    order = {}
    if direction() == "rtl":
        sheet.right_to_left()
        # An Arabic text runs from the right even where it begins with a code or a number.
        order = {"reading_order": 2}
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, **order})
    text = book.add_format({"text_wrap": True, "valign": "top", **order})
    count = book.add_format({"valign": "top"})
    # Shown to one decimal, kept in full.
    figure = book.add_format({"num_format": "#,##0.0", "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    for place, (name, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, gettext(name), head)
    for line, cells in enumerate(table_of(rows), start=1):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                # Always a string: what begins like a formula stays a text.
                sheet.write_string(line, place, cell, text)
            elif isinstance(cell, date):
                sheet.write_datetime(line, place, cell, day)
            elif cell is not None:
                sheet.write_number(line, place, cell, count if isinstance(cell, int) else figure)
        sheet.set_row(line, _LINE * max(map(_lines, cells, _WIDTHS)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return buffer.getvalue()


def _lines(cell: Cell, width: int) -> int:
    """About how many lines a text takes; programs do not all make room by themselves."""
    return ceil(len(cell) * 1.1 / width) if isinstance(cell, str) and len(cell) > width else 1


def _cells(row: PlanRow) -> list[Cell]:
    action, definition, progress = row.action, row.definition, row.progress
    latest = progress.latest if progress else None
    return [
        action.id,
        say(action.department.organisation.name),
        say(action.department.name),
        action.element_code,
        action.title,
        action.description or None,
        say(action.owner.name) if action.owner else None,
        gettext(STATUS_NAMES[row.status]),
        action.due_on,
        gettext("Yes") if row.overdue else None,
        action.finished_on,
        action.verified_on,
        say(action.verified_by.name) if action.verified_by else None,
        say(definition.name) if definition else action.kpi,
        gettext(UNIT_WORDS[definition.unit]) if definition else None,
        action.baseline_value,
        _window(row.baseline),
        action.target_value,
        latest.value.value if latest else None,
        _window(latest),
        None if progress is None or progress.share is None else round(progress.share, 1),
        gettext(VERDICT_WORDS[progress.verdict]) if progress else None,
        action.progress_note or None,
    ]


def _window(reading: Reading | None) -> str | None:
    return window_text(reading.start_on, reading.end_on) if reading else None
