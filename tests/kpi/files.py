"""Small files and definitions the KPI tests are made of."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from accredit.kpi.domain import KpiDefinition
from accredit.kpi.importing import Mapping, Preview, preview
from accredit.kpi.loader import service_kpis
from accredit.kpi.spreadsheet import Table, read_table

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"


def real_file(name: str) -> bytes:
    """One of the published data sets kept beside the repository; skips where it is not."""
    path = SHARED_DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout")
    return path.read_bytes()


def kpi(name: str) -> KpiDefinition:
    return service_kpis().get(name)


def csv_table(*lines: str) -> Table:
    return read_table("\n".join(lines).encode())


def column_table(*values: object) -> Table:
    return Table(("answer",), tuple((value,) for value in values), tuple(range(2, len(values) + 2)))


def preview_of(name: str, *values: object) -> Preview:
    """A preview of one column of answers to the KPI called `name`."""
    definition = kpi(name)
    mapping = Mapping(definition.id, {definition.inputs[0][0]: "answer"})
    return preview(column_table(*values), mapping, definition)


def workbook(rows: Sequence[Sequence[object]], sheet: str = "Data") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return out.getvalue()


def altered(book: bytes, name_ends: str, pattern: bytes, new: bytes) -> bytes:
    """The workbook with `pattern` replaced in the parts whose names end so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.endswith(name_ends):
                part, count = re.subn(pattern, lambda _: new, part, flags=re.DOTALL)
                assert count, "the pattern must be there to be replaced"
            target.writestr(entry.filename, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def workbook_with_cells(cells: bytes) -> bytes:
    """A workbook whose only sheet has exactly this XML as its rows."""
    return altered(
        workbook([["x"]]),
        "sheet1.xml",
        rb"<sheetData>.*</sheetData>",
        b"<sheetData>" + cells + b"</sheetData>",
    )
