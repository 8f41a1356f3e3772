"""Strict reading of a tree of texts: every value has its kind, every error its place.

A reader never stops at the first error. What cannot be read is reported once and replaced
by a harmless value, so that the rest of the file is still checked; whoever reads looks at
`Reader.issues` before using anything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.file.issues import DOCUMENT, Issue, shown
from accredit.standard.file.yaml_tree import BrokenNode, ListNode, MapNode, Node, TextNode
from accredit.text import LANGUAGES, N_, Bilingual, Message

MAX_TEXT = 2_000
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?")
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Form:
    """The form an id or code must have, as a pattern and in words."""

    pattern: re.Pattern[str]
    words: str
    max_length: int = 40


class Reader:
    """Collects the errors of one file.

    Looking for the key that was meant costs time, so that only the first unknown keys get a
    suggestion: a hostile file may hold thousands.
    """

    def __init__(self, file: str, issues: list[Issue]) -> None:
        self.file = file
        self.issues = issues
        self._suggestions = 20

    def suggest(self, word: str, known: Collection[str]) -> str | None:
        """The known word that was probably meant, or None."""
        if self._suggestions == 0:
            return None
        self._suggestions -= 1
        return next(iter(difflib.get_close_matches(word[:60], known, n=1)), None)

    def refuse_at(self, line: int, col: int, path: str, text: str, **values: object) -> None:
        """Report an error at a place of the file."""
        self.issues.append(Issue(self.file, line, col, path or DOCUMENT, Message(text, values)))


class Field:
    """One value of the file, where it stands, and the path that leads to it."""

    def __init__(self, reader: Reader, node: Node, path: str) -> None:
        self.reader = reader
        self.node = node
        self.path = path

    def refuse(self, text: str, **values: object) -> None:
        """Report an error at this value."""
        self.reader.refuse_at(self.node.line, self.node.col, self.path, text, **values)

    @property
    def is_broken(self) -> bool:
        """Whether the value is missing or already reported."""
        return isinstance(self.node, BrokenNode)

    @property
    def is_refused(self) -> bool:
        """Whether this value, or anything in it, was refused."""
        below = (f"{self.path}.", f"{self.path}[")
        return any(
            issue.path == self.path or issue.path.startswith(below) for issue in self.reader.issues
        )

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping, before it is known what is wanted here."""
        return isinstance(self.node, MapNode)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list, before it is known what is wanted here."""
        return isinstance(self.node, ListNode)

    def entries(self) -> list[tuple[str, Field]]:
        """The keys and values of a mapping whose keys are names of the file's own."""
        if not isinstance(self.node, MapNode):
            if not self.is_broken:
                self.refuse(N_("a mapping (key: value) is wanted here"))
            return []
        return [
            (key, Field(self.reader, entry.node, self._below(shown(key))))
            for key, entry in self.node.entries.items()
        ]

    def peek(self, key: str) -> Field:
        """The value of one key, before it is known which keys are wanted here."""
        entry = self.node.entries.get(key) if isinstance(self.node, MapNode) else None
        node = entry.node if entry else BrokenNode(self.node.line, self.node.col)
        return Field(self.reader, node, self._below(key))

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> Fields:
        """The value as a mapping with exactly these keys."""
        if not isinstance(self.node, MapNode):
            if not self.is_broken:
                self.refuse(N_("a mapping (key: value) is wanted here"))
            return Fields(self, {})
        known = [*required, *optional]
        for key, entry in self.node.entries.items():
            if key in known:
                continue
            path = self._below(shown(key))
            close = self.reader.suggest(key, known)
            if close is not None:
                self.reader.refuse_at(
                    entry.line,
                    entry.col,
                    path,
                    N_("unknown key “%(key)s”; did you mean “%(close)s”?"),
                    key=shown(key),
                    close=close,
                )
            else:
                self.reader.refuse_at(
                    entry.line,
                    entry.col,
                    path,
                    N_("unknown key “%(key)s”; known here: %(known)s"),
                    key=shown(key),
                    known=_listed(known),
                )
        for key in required:
            if key not in self.node.entries:
                self.refuse(N_("the key “%(key)s” is missing"), key=key)
        return Fields(
            self,
            {
                key: Field(self.reader, entry.node, self._below(key))
                for key, entry in self.node.entries.items()
                if key in known
            },
        )

    def items(self, *, at_least: int = 0) -> list[Field]:
        """The value as a list with at least so many items."""
        if not isinstance(self.node, ListNode):
            if not self.is_broken:
                self.refuse(N_("a list is wanted here"))
            return []
        if len(self.node.items) < at_least:
            self.refuse(N_("the list is too short: at least %(min)s wanted"), min=at_least)
        return [
            Field(self.reader, item, f"{self.path}[{index}]")
            for index, item in enumerate(self.node.items)
        ]

    def text(self, *, max_length: int = MAX_TEXT) -> str:
        """The value as a text that is not empty, without space around it."""
        if not isinstance(self.node, TextNode):
            if not self.is_broken:
                self.refuse(N_("a text is wanted here"))
            return ""
        value = self.node.value.strip()
        if not value or (self.node.plain and value in _NOTHING):
            self.refuse(N_("the text is empty"))
            return ""
        if len(value) > max_length:
            self.refuse(
                N_("the text is too long: %(length)s characters, at most %(max)s"),
                length=len(value),
                max=max_length,
            )
            return ""
        return value

    def word(self, form: Form) -> str:
        """The value as an id or code of this form."""
        value = self.text(max_length=form.max_length)
        if value and not form.pattern.fullmatch(value):
            self.refuse(
                N_("“%(value)s” is not allowed here; wanted: %(form)s"),
                value=shown(value),
                form=Message(form.words),
            )
            return ""
        return value

    def words(self, form: Form) -> tuple[str, ...]:
        """The value as a list of ids or codes of this form, none twice."""
        seen = Unique()
        read = [(item, item.word(form)) for item in self.items()]
        return tuple(value for item, value in read if seen.take(item, value))

    def choices(self, known: Collection[str] | None, *, at_least: int = 0) -> tuple[str, ...]:
        """The value as a list of known words, none twice."""
        seen = Unique()
        read = [(item, item.choice(known)) for item in self.items(at_least=at_least)]
        return tuple(value for item, value in read if seen.take(item, value))

    def choice(self, known: Collection[str] | None) -> str:
        """The value as one of the known words; any word when the list itself is in error."""
        value = self.text()
        if value and known is not None and value not in known:
            self.refuse(
                N_("“%(value)s” is unknown; known: %(known)s"),
                value=shown(value),
                known=_listed(known),
            )
            return ""
        return value

    def bilingual(self, *, max_length: int = MAX_TEXT) -> Bilingual:
        """The value as the same text in English and in Arabic."""
        fields = self.fields(LANGUAGES)
        return Bilingual(*(fields[language].text(max_length=max_length) for language in LANGUAGES))

    def whole(self, low: int, high: int) -> int:
        """The value as a whole number within bounds, both included."""
        if self._matches(_WHOLE, N_("a whole number is wanted here")):
            value = int(self._written)
            if low <= value <= high:
                return value
            self._refuse_range(low, high)
        return low

    def number(self, low: Decimal, high: Decimal) -> Decimal:
        """The value as an exact number within bounds, both included."""
        if self._matches(_NUMBER, N_("a number is wanted here")):
            value = Decimal(self._written)
            if low <= value <= high:
                return value
            self._refuse_range(low, high)
        return low

    @property
    def _written(self) -> str:
        return self.node.value if isinstance(self.node, TextNode) else ""

    def _matches(self, pattern: re.Pattern[str], text: str) -> bool:
        if self.is_broken:
            return False
        if isinstance(self.node, TextNode) and self.node.plain and pattern.fullmatch(self._written):
            return True
        self.refuse(text)
        return False

    def _refuse_range(self, low: object, high: object) -> None:
        self.refuse(
            N_("%(value)s is out of range: from %(low)s to %(high)s"),
            value=self._written,
            low=low,
            high=high,
        )

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


class Fields:
    """The values of one mapping by key; a missing one is silent, it is already reported."""

    def __init__(self, owner: Field, by_key: dict[str, Field]) -> None:
        self.owner = owner
        self._by_key = by_key

    def __getitem__(self, key: str) -> Field:
        place = self.owner.node
        return self._by_key.get(key) or Field(
            self.owner.reader, BrokenNode(place.line, place.col), f"{self.owner.path}.{key}"
        )

    def __contains__(self, key: str) -> bool:
        return key in self._by_key


def _listed(known: Collection[str]) -> str:
    """The first words of a list, for a message that has to stay one line."""
    words = list(known)
    return ", ".join(words[:12]) + (", …" if len(words) > 12 else "") if words else "–"


class Unique:
    """Values that may appear only once, with the line where each did."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}

    def take(self, field: Field, value: str) -> bool:
        """Remember `value`; a repeated one is refused, an empty one (not read) passed over."""
        if not value:
            return False
        if value in self._lines:
            field.refuse(
                N_("“%(value)s” is already given on line %(earlier)s"),
                value=value,
                earlier=self._lines[value],
            )
            return False
        self._lines[value] = field.node.line
        return True
