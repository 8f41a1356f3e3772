"""Handing out a stored file: always as a file to keep, never as a page to open."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, send_file

from accredit.evidence.models import EvidenceVersion
from accredit.evidence.store import FileStore, MissingBlobError

# RFC 8187 `attr-char`: what may stand in `filename*` as it is.
_UNQUOTED = "!#$&+-.^_`|~"


def file_store() -> FileStore:
    """The store of this installation."""
    return FileStore(current_app.config["SETTINGS"].evidence_dir)


def send_version(version: EvidenceVersion) -> Response:
    """The file under its own name. Whether the person may have it was decided before.

    Raises `MissingBlobError` if the store has lost it: that is a fault, not an answer.
    """
    path = file_store().path(version.sha256)
    if not path.is_file():
        raise MissingBlobError(version.sha256)
    response = send_file(path, mimetype=version.media_type, etag=version.sha256, conditional=True)
    # When the server wrote the file says nothing about the file.
    del response.headers["Last-Modified"]
    response.headers.update(
        {
            "Content-Type": version.media_type,
            "Content-Disposition": disposition(version),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )
    return response


def disposition(version: EvidenceVersion) -> str:
    """RFC 6266: the person's own file name in full, and a plain one for old programs."""
    _stem, _dot, ending = version.file_name.rpartition(".")
    plain = f"evidence-{version.evidence_id}-{version.number}.{ending.lower()}"
    own = quote(version.file_name, safe=_UNQUOTED)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{own}"
