"""Stored values in one spelling, whatever database keeps them, so that hashes agree."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

#: Canonical JSON: no spaces, letters as they are, keys in the order in which they are given.
canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_AS_THEY_ARE = frozenset({str, int, float, type(None)})


def stored(value: Any) -> Any:
    """A value as JSON: moments as UTC in microseconds, truth as 0 or 1, bytes as their SHA-256.

    SQLite gives moments as texts and truth as numbers; PostgreSQL has types for them. Here
    both are the same.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        return value.isoformat(" ", "microseconds")
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    if isinstance(value, Decimal):
        return str(value)
    return str(value)
