"""Handing out a stored file: always as a file to keep, never as a page to open."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from accredit.evidence.bucket import store_for
from accredit.evidence.domain import ScanState, WithheldError
from accredit.evidence.models import EvidenceVersion
from accredit.evidence.store import DamagedBlobError, FileStore, MissingBlobError

# RFC 8187 `attr-char`: what may stand in `filename*` as it is.
_UNQUOTED = "!#$&+-.^_`|~"


def file_store() -> FileStore:
    """The store of this installation."""
    return store_for(current_app.config["SETTINGS"])


def send_version(version: EvidenceVersion) -> Response:
    """The file under its own name. Whether the person may have it was decided before.

    It passes through the application each time, whatever the store, so that an address works
    for nobody else. Raises `WithheldError`, and `MissingBlobError` or `DamagedBlobError` where
    the store lost it or something else lies there: that is a fault, not an answer.
    """
    if version.scan is not None and version.is_withheld:
        raise WithheldError(ScanState(version.scan.state))
    try:
        content = file_store().open_checked(version.sha256)
    except (DamagedBlobError, MissingBlobError):
        current_app.logger.critical(
            "the store no longer holds evidence %s version %s as it was uploaded: %s",
            version.evidence_id,
            version.number,
            version.sha256,
        )
        raise
    response = send_file(content, mimetype=version.media_type, etag=version.sha256)
    response.content_length = version.size
    # When the server wrote the file says nothing about the file.
    response.headers.pop("Last-Modified", None)
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
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=version.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def disposition(version: EvidenceVersion) -> str:
    """RFC 6266: the person's own file name in full, and a plain one for old programs."""
    _stem, _dot, ending = version.file_name.rpartition(".")
    plain = f"evidence-{version.evidence_id}-{version.number}.{ending.lower()}"
    own = quote(version.file_name, safe=_UNQUOTED)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{own}"
