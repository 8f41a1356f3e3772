"""Plain text and CSV: words in an encoding that can be told, and no bytes of another kind."""

from __future__ import annotations

import codecs
import re

from accredit.evidence.content import File

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_DOCUMENTS = (b"%PDF-", b"{\\rtf")


def check_text(file: File) -> None:
    """Raise an `UploadError` for what is no text.

    Text in an older encoding (Excel still writes Arabic CSV in Windows-1256) is taken as it
    is: which one it is cannot be told for sure.
    """
    data = file.read_all()
    if data.startswith(_DOCUMENTS):
        raise file.other()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decoded(file, data, "utf-16")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if _CONTROL.search(text):
        raise file.other()


def _decoded(file: File, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise file.other() from None
