"""Handing out CSV files."""

from __future__ import annotations

from flask import Response


def as_csv(text: str, name: str) -> Response:
    """A CSV file to keep; `name` is plain Latin letters."""
    return Response(
        text,
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
