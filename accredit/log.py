"""The server's own log: what people send can neither begin a line of it nor hide one.

Every record begins one line with its moment. The lines of a traceback stand behind a mark, and
signs that steer (line breaks, colours of a terminal, turns of direction) are written as escapes.
For a machine that collects it, each record is a JSON object on one line instead.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

#: Before each line that goes on with the record above.
CONTINUED = "    | "


class OneLine(logging.Formatter):
    """Writes a record: its moment in UTC, level, place and message, and what `where` tells."""

    def __init__(self, where: Callable[[], str] | None = None) -> None:
        super().__init__()
        self._where = where

    def format(self, record: logging.LogRecord) -> str:
        """The lines of a record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        where = self._where() if self._where else ""
        first = f"{at} {record.levelname} {record.name}: {record.getMessage()}"
        lines = [visible(f"{first} ({where})" if where else first)]
        told = [self.formatException(record.exc_info)] if record.exc_info else []
        told += [self.formatStack(record.stack_info)] if record.stack_info else []
        lines += [CONTINUED + visible(line) for text in told for line in text.splitlines()]
        return "\n".join(lines)


class JsonLine(logging.Formatter):
    """Writes a record as one JSON object: at, level, place, message, request and traceback."""

    def __init__(self, where: Callable[[], str] | None = None) -> None:
        super().__init__()
        self._where = where

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, in signs of ASCII: nothing in it steers a reader."""
        told = [self.formatException(record.exc_info)] if record.exc_info else []
        told += [self.formatStack(record.stack_info)] if record.stack_info else []
        content = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "place": record.name,
            "message": record.getMessage(),
            "request": (self._where() if self._where else "") or None,
            "traceback": "\n".join(told) or None,
        }
        return json.dumps({name: said for name, said in content.items() if said is not None})


def visible(text: str) -> str:
    """The text with an escape for every sign that is not printed."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def set_up(where: Callable[[], str], *, as_json: bool = False) -> None:
    """Write the log in one of these forms, unless whoever serves has set up one of their own."""
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine(where) if as_json else OneLine(where))
    root.addHandler(handler)
    logging.captureWarnings(True)


def of_server(*, as_json: bool = False) -> dict[str, Any]:
    """The same for the lines of the server that `accredit serve` starts."""
    form = {"()": f"accredit.log.{'JsonLine' if as_json else 'OneLine'}"}
    return {"formatters": {"generic": form, "access": form}}
