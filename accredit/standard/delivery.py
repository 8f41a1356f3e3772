"""A standard as a file to download: the text people write by hand, or a workbook."""

from __future__ import annotations

from flask import Response

from accredit.i18n import language
from accredit.standard.domain import Standard
from accredit.standard.file.writer import write

_TYPES = {
    "yaml": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = tuple(_TYPES)


def as_file(standard: Standard, ending: str) -> Response:
    """The standard as a file of this kind, named by its id and version."""
    name = f"{standard.id}-{standard.version}.{ending}"
    content = _workbook(standard) if ending == "xlsx" else write(standard).encode()
    response = Response(content, mimetype=_TYPES[ending])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _workbook(standard: Standard) -> bytes:
    # What writes workbooks is loaded only where one is asked for.
    from accredit.standard.workbook.exporting import to_workbook

    return to_workbook(standard, language())
