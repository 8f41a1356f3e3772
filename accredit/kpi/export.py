"""Measurements and rejected rows as CSV files that are safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accredit.i18n import gettext, translate
from accredit.kpi.display import STATUS_WORDS
from accredit.kpi.domain import KpiDefinition, Status
from accredit.kpi.importing import RowError
from accredit.kpi.models import Measurement
from accredit.web.csv_file import Cell, write_csv


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
    lines: Iterator[list[Cell]] = (
        [
            definition.id,
            row.start_on,
            row.end_on,
            row.value,
            row.n,
            row.low,
            row.high,
            translate(STATUS_WORDS[Status(row.status)]),
            row.source.file_name,
            row.source.sha256,
            row.measured_at,
        ]
        for row in rows
    )
    return write_csv(header, lines)


def rejected_csv(rows: Iterable[RowError]) -> str:
    """The rows an import would not use, with the reason in the reader's language."""
    header = [gettext("Row"), gettext("Column"), gettext("Value"), gettext("Reason")]
    lines: Iterator[list[Cell]] = (
        [row.row, row.column, row.value, translate(row.reason)] for row in rows
    )
    return write_csv(header, lines)
