"""Measurements and rejected rows as CSV files that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from accredit.i18n import gettext, translate
from accredit.kpi.display import STATUS_WORDS
from accredit.kpi.domain import KpiDefinition, Status, display_value
from accredit.kpi.importing import RowError
from accredit.kpi.models import Measurement

PLACES = 6
#: A spreadsheet takes a text that begins so for a formula, and runs it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Spreadsheets know by this mark that the file is UTF-8.
_MARK = "\ufeff"


def measurements_csv(definition: KpiDefinition, rows: Iterable[Measurement]) -> str:
    """The measurements in the KPI's unit, in full precision, with where each came from.

    Each row's `source` has to be loaded.
    """
    header = [
        gettext("KPI"),
        gettext("From"),
        gettext("To"),
        gettext("Value"),
        gettext("n"),
        gettext("95% interval: low"),
        gettext("95% interval: high"),
        gettext("Status"),
        gettext("File"),
        gettext("SHA-256"),
        gettext("Measured at (UTC)"),
    ]
    lines = (
        [
            definition.id,
            row.start_on.isoformat(),
            row.end_on.isoformat(),
            _number(row.value),
            str(row.n),
            _number(row.low),
            _number(row.high),
            translate(STATUS_WORDS[Status(row.status)]),
            _safe(row.source.file_name),
            row.source.sha256,
            row.measured_at.isoformat(),
        ]
        for row in rows
    )
    return _csv(header, lines)


def rejected_csv(rows: Iterable[RowError]) -> str:
    """The rows an import would not use, with the reason in the reader's language."""
    header = [gettext("Row"), gettext("Column"), gettext("Value"), gettext("Reason")]
    lines = (
        [str(row.row), _safe(row.column), _safe(row.value), _safe(translate(row.reason))]
        for row in rows
    )
    return _csv(header, lines)


def _csv(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    buffer = StringIO()
    buffer.write(_MARK)
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows(lines)
    return buffer.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{display_value(value, PLACES).normalize():f}"


def _safe(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
