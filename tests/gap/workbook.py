"""Reads a workbook back as its readers see it: numbers shown by their number formats."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

from lxml import etree

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_DIGITS = re.compile(r"#,##0(?:\.(0+))?")


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows as shown, which cells are numbers, and how it is laid out."""

    name: str
    rows: list[list[str]]
    numbers: set[str]
    rtl: bool
    frozen: bool
    formulas: int

    @property
    def texts(self) -> set[str]:
        return {text for row in self.rows for text in row}


def read(data: bytes) -> list[Sheet]:
    """The sheets of a workbook in their order."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {
            name: etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".xml")
        }
    strings = [
        "".join(item.itertext()) for item in parts["xl/sharedStrings.xml"].findall("m:si", _NS)
    ]
    styles = parts["xl/styles.xml"]
    patterns = {
        one.get("numFmtId"): one.get("formatCode") for one in styles.iterfind(".//m:numFmt", _NS)
    }
    formats = [patterns.get(xf.get("numFmtId"), "") for xf in styles.find("m:cellXfs", _NS)]
    names = [one.get("name") for one in parts["xl/workbook.xml"].iterfind(".//m:sheet", _NS)]
    return [
        _sheet(name, parts[f"xl/worksheets/sheet{number}.xml"], strings, formats)
        for number, name in enumerate(names, start=1)
    ]


def _sheet(name: str, part: etree._Element, strings: list[str], formats: list[str]) -> Sheet:
    rows, numbers = [], set()
    for row in part.iterfind(".//m:row", _NS):
        shown = []
        for cell in row.iterfind("m:c", _NS):
            value = cell.findtext("m:v", namespaces=_NS)
            if value is None:
                continue
            if cell.get("t") == "s":
                shown.append(strings[int(value)])
            else:
                text = displayed(value, formats[int(cell.get("s", "0"))])
                shown.append(text)
                numbers.add(text)
        rows.append(shown)
    view = part.find(".//m:sheetView", _NS)
    return Sheet(
        name=name,
        rows=rows,
        numbers=numbers,
        rtl=view.get("rightToLeft") == "1",
        frozen=view.find("m:pane", _NS) is not None,
        formulas=len(part.findall(".//m:f", _NS)),
    )


def displayed(value: str, pattern: str) -> str:
    """What a spreadsheet shows for a number: only the few marks our formats use."""
    number = Decimal(value)
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', pattern)
    section = sections[0] if number > 0 else sections[1] if number < 0 else sections[2]
    found = _DIGITS.search(section)
    assert found is not None, pattern
    places = len(found.group(1) or "")
    rounded = abs(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    head, tail = section[: found.start()], section[found.end() :]
    return f"{head.replace(chr(34), '')}{rounded:,f}{tail.replace(chr(34), '')}"
