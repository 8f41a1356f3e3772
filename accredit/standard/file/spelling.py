"""One spelling for one content: the text a standard is kept and recognised by.

Two files that say the same thing (other indentation, other quotes, comments) have the
same canonical text and therefore the same SHA-256; a changed word changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal


def canonical_json(value: object) -> str:
    """The canonical JSON of plain data: sorted keys, no spaces, UTF-8 characters as they are.

    Decimals become the shortest plain text (`"0.25"`, `"60"`), so that no float takes part.
    """
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def sha256_of(text: str) -> str:
    """The SHA-256 of `text` in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"no canonical text for {type(value).__name__}")


def decimal_text(value: Decimal) -> str:
    """`value` in plain digits without trailing zeros: 60.0 is "60", 0.250 is "0.25"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
