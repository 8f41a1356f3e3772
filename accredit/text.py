"""Text in two languages, and messages that are translated only at the edge.

Everything here is standard library, so that a domain module that imports it stays
pure: it may say *what* is wrong, and never needs to know in which language the
person reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

Language = Literal["en", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "ar")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The same text in English and in Arabic, written side by side."""

    en: str
    ar: str

    def in_language(self, language: str) -> str:
        """The text in `language` ("en" or "ar"); Arabic for "ar", English otherwise."""
        return self.ar if language == "ar" else self.en


def N_(message: str) -> str:  # noqa: N802 - the name gettext extraction looks for
    """Mark `message` for translation without translating it yet."""
    return message


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be translated later: a marked text and the values that go into it.

    `text` uses gettext's named placeholders (`%(name)s`). Values may be strings,
    numbers, dates, `Bilingual`s or further `Message`s; the edge renders each in the
    reader's language.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English sentence, for the command line and for logs."""
        if not self.values:
            return self.text
        return self.text % {key: _english(value) for key, value in self.values.items()}


def _english(value: object) -> object:
    return value.en if isinstance(value, Bilingual) else value


class RuleError(Exception):
    """A rule of the field was broken; subclasses name the rule.

    `message` says in one sentence what is wrong and what to do; `field` names the form
    field it belongs to, if there is one.
    """

    #: Whether the rule keeps apart what one person must not do twice. No page offers to break
    #: such a rule, so that whoever does is worth a line of the log.
    keeps_apart: ClassVar[bool] = False

    def __init__(self, text: str, *, field: str | None = None, **values: object) -> None:
        self.message = Message(text, values)
        self.field = field
        super().__init__(str(self.message))
