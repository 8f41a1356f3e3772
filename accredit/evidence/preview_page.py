"""The page that shows one part of a file inside another page, where nothing of it can act."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Literal

from flask import Response, current_app, g, make_response

from accredit import i18n
from accredit.evidence.delivery import file_store
from accredit.evidence.domain import ScanState, WithheldError
from accredit.evidence.models import EvidenceVersion
from accredit.evidence.preview import SHOWN, Preview
from accredit.evidence.preview_making import preview_of
from accredit.evidence.store import DamagedBlobError, MissingBlobError
from accredit.text import N_, Message
from accredit.web.pages import page

#: No script, no form, no other address; what is drawn comes with the page itself. It stays of
#: this site only for its style sheet and type face, which are handed to no other. Our own pages
#: may frame it.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-downloads"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "private, no-store",
}

_NO_PREVIEW = N_("Files of this kind are not shown here. Download the file to open it.")
_FAILED = N_(
    "This file cannot be shown here: it is too large, or not built as usual. "
    "Download it to open it."
)
_LOST = N_("The file cannot be read at present. Whoever runs this site has been told.")


def show_preview(
    version: EvidenceVersion,
    *,
    place: str,
    part: int | None,
    address: Callable[[int], str],
    download: str,
) -> Response:
    """A part of the file: the one with this number, or else the one that `place` means.

    Whether the person may see it was decided before. `address` gives the address of another
    part. What cannot be shown is said in the same frame, with the download instead.
    """
    shown: Preview | None = None
    why, status = Message(_FAILED), 200
    if version.ending.lower() not in SHOWN:
        why = Message(_NO_PREVIEW)
    elif version.scan is not None and version.is_withheld:
        why = WithheldError(ScanState(version.scan.state)).message
        download = ""
    else:
        try:
            shown = preview_of(version, file_store(), place=place, part=part)
        except (DamagedBlobError, MissingBlobError):
            current_app.logger.critical(
                "no preview: the store no longer holds evidence %s version %s as uploaded: %s",
                version.evidence_id,
                version.number,
                version.sha256,
            )
            why, status, download = Message(_LOST), 500, ""
    if shown is not None:
        # The trail notes it as it notes a download.
        g.file_shown = True
    content = page(
        "evidence/preview.html",
        status,
        file_name=version.file_name,
        shown=shown,
        picture=b64encode(shown.picture).decode() if shown else "",
        sheets=_sheets(shown, address) if shown else [],
        columns=_column_names(len(shown.rows[0])) if shown and shown.rows else [],
        reads=_reads(shown.rows) if shown else "",
        why=i18n.translate(why),
        address=address,
        download=download,
    )
    response = make_response(content)
    response.headers.update(HEADERS)
    return response


def _sheets(shown: Preview, address: Callable[[int], str]) -> list[dict[str, object]]:
    return [
        {"label": name, "url": address(number), "active": number == shown.part}
        for number, name in enumerate(shown.names, 1)
    ]


def _reads(rows: Sequence[Sequence[str]]) -> Literal["ltr", "rtl"]:
    """From which side a sheet is read: as its first word is."""
    signs = (unicodedata.bidirectional(sign) for row in rows for cell in row for sign in cell)
    return "rtl" if next((one for one in signs if one in ("L", "R", "AL")), "L") != "L" else "ltr"


def _column_names(count: int) -> list[str]:
    """A, B, … Z, AA: as sheets call their columns."""
    return [(chr(64 + n // 26) if n >= 26 else "") + chr(65 + n % 26) for n in range(count)]
