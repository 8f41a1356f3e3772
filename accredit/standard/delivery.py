"""A standard as a file to download: the text people write by hand."""

from __future__ import annotations

from flask import Response

from accredit.standard.domain import Standard
from accredit.standard.writer import write

ENDINGS = ("yaml",)


def as_file(standard: Standard, ending: str) -> Response:
    """The standard as a file of this kind, named by its id and version."""
    name = f"{standard.id}-{standard.version}.{ending}"
    content = write(standard).encode()
    response = Response(content, mimetype="application/yaml")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
