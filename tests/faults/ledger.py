"""Outside the installation: what was tried, and what its people were told had been done.

A line is written before a request is sent, and another once it was answered with 2xx or 3xx.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Deed:
    """Something somebody does: its kind, and what tells it from all others."""

    kind: str
    key: str
    #: What must be found of it, by name.
    about: dict[str, Any]


class Ledger:
    """A file of lines; the last may be broken off with the process that wrote it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def tried(self, deed: Deed) -> None:
        self._write("tried", deed)

    def acknowledged(self, deed: Deed) -> None:
        self._write("acknowledged", deed)

    def _write(self, word: str, deed: Deed) -> None:
        line = {"said": word, "kind": deed.kind, "key": deed.key, "about": deed.about}
        self._file.write(json.dumps(line) + "\n")

    def close(self) -> None:
        self._file.close()

    def all_acknowledged(self) -> list[Deed]:
        return self._read("acknowledged")

    def all_tried(self) -> list[Deed]:
        return self._read("tried")

    def _read(self, word: str) -> list[Deed]:
        lines = map(json.loads, self.path.read_text("utf-8").splitlines())
        return [Deed(one["kind"], one["key"], one["about"]) for one in lines if one["said"] == word]
