"""What is wrong in a file, and where: one sentence with its place."""

from __future__ import annotations

from dataclasses import dataclass

from accredit.text import Message

DOCUMENT = "document"
"""The path of an error that concerns the file as a whole."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One error in a file: `line` and `col` start at 1, `path` leads to the value.

    `str()` gives the line people and editors read: `file:line:col: path: message`.
    """

    file: str
    line: int
    col: int
    path: str
    message: Message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}: {self.path}: {self.message}"


def shown(value: str) -> str:
    """`value` short enough, and plain enough, to stand inside a message."""
    plain = "".join(character if character.isprintable() else "·" for character in value)
    return plain if len(plain) <= 60 else plain[:59] + "…"
