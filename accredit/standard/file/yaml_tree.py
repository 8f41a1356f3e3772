"""A strict reading of YAML into texts, lists and mappings that know their line and column.

The C parser is fast, but its composer can be made to overflow the stack, so the tree is
built here from the flat stream of events, with depth and size bounded while it flows.
Nothing is converted: `no`, `010` and `1:30` stay texts until a reader wants a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from accredit.standard.file.issues import DOCUMENT, Issue, shown
from accredit.text import N_, Message

MAX_BYTES = 1024 * 1024
"""A bilingual standard of 48 elements takes about 300 kB; three times that is still read."""
MAX_DEPTH = 20
MAX_EVENTS = 50_000

# Characters that no text needs and that hide or reorder what a reader sees: controls,
# other line breaks, bidirectional overrides and isolates, invisible joiners of a file's start.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class TextNode:
    """A scalar, as it is written; `plain` when it has no quotes."""

    value: str
    plain: bool
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    items: list[Node]
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a mapping, with the place of its key."""

    node: Node
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping, in the order of the file."""

    entries: dict[str, Entry]
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class BrokenNode:
    """Something already reported (an alias, say): readers pass over it in silence."""

    line: int
    col: int


Node = TextNode | ListNode | MapNode | BrokenNode


def forbidden_character(text: str) -> str | None:
    """The code of the first character that no file may hold, such as “202E”, or None."""
    found = _FORBIDDEN.search(text)
    return f"{ord(found.group()):04X}" if found else None


def parse(content: bytes, *, file: str) -> tuple[Node | None, list[Issue]]:
    """The root node of the only document in `content`, and every error found on the way.

    The root is None when the file cannot be read at all.
    """
    text, issues = _decode(content, file)
    if text is None:
        return None, issues
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if not builder.take(event):
                break
    except yaml.MarkedYAMLError as error:
        line, col = _line_col(error.problem_mark or error.context_mark)
        builder.refuse(
            line,
            col,
            N_("this is not valid YAML: %(problem)s"),
            problem=shown(error.problem or error.context or "?"),
        )
        return None, builder.issues
    except yaml.YAMLError:
        builder.refuse(1, 1, N_("this is not valid YAML"))
        return None, builder.issues
    if builder.root is None and not builder.issues:
        builder.refuse(1, 1, N_("the file is empty"))
    return builder.root, builder.issues


def _decode(content: bytes, file: str) -> tuple[str | None, list[Issue]]:
    def issue(line: int, col: int, text: str, **values: object) -> Issue:
        return Issue(file, line, col, DOCUMENT, Message(text, values))

    if len(content) > MAX_BYTES:
        return None, [
            issue(
                1,
                1,
                N_("the file is too large: %(size)s bytes; at most %(max)s are read"),
                size=len(content),
                max=MAX_BYTES,
            )
        ]
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, col = _place(content[: error.start].decode("utf-8"), error.start)
        return None, [issue(line, col, N_("the file is not UTF-8; save it as UTF-8"))]
    issues = [
        issue(
            *_place(text, found.start()),
            N_("the character U+%(code)s is not allowed"),
            code=f"{ord(found.group()):04X}",
        )
        for found in _few(_FORBIDDEN.finditer(text))
    ]
    return (None if issues else text), issues


def _few(matches: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The first twenty: a binary file would otherwise name every byte."""
    for _, match in zip(range(20), matches, strict=False):
        yield match


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a position in `text`."""
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _line_col(mark: object) -> tuple[int, int]:
    """Line and column, from 1, of a parser's mark; the parser counts from 0."""
    line, column = getattr(mark, "line", 0), getattr(mark, "column", 0)
    return line + 1, column + 1


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet, and the key that waits for its value."""

    node: ListNode | MapNode
    key: Node | None = None


class _Builder:
    """Takes the parser's events one by one; says False when it is no use to go on."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.issues: list[Issue] = []
        self._open: list[_Open] = []
        self._events = 0
        self._documents = 0

    def refuse(self, line: int, col: int, text: str, **values: object) -> None:
        self.issues.append(Issue(self.file, line, col, DOCUMENT, Message(text, values)))

    def take(self, event: yaml.Event) -> bool:
        line, col = _line_col(event.start_mark)
        self._events += 1
        if self._events > MAX_EVENTS:
            return self._give_up(line, col, N_("the file has too many values"))
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event, line, col)
            self._check_characters(event.value, line, col)
            value = unicodedata.normalize("NFC", event.value)
            self._add(TextNode(value, not event.style, line, col))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_extras(event, line, col)
            if len(self._open) >= MAX_DEPTH:
                return self._give_up(line, col, N_("values are nested too deeply"))
            node: ListNode | MapNode
            if isinstance(event, yaml.MappingStartEvent):
                node = MapNode({}, line, col)
            else:
                node = ListNode([], line, col)
            self._open.append(_Open(node))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._add(self._open.pop().node)
        elif isinstance(event, yaml.AliasEvent):
            self.refuse(line, col, N_("aliases (*) are not allowed; write the value out"))
            self._add(BrokenNode(line, col))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                return self._give_up(line, col, N_("the file has more than one document"))
            if event.version or event.tags:
                self.refuse(
                    line, col, N_("directives such as %(example)s are not allowed"), example="%YAML"
                )
        return True

    def _give_up(self, line: int, col: int, text: str) -> bool:
        self.refuse(line, col, text)
        self.root = None
        return False

    def _refuse_extras(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int, col: int
    ) -> None:
        if event.anchor is not None:
            self.refuse(line, col, N_("anchors (&) are not allowed"))
        if event.tag is not None:
            self.refuse(line, col, N_("tags (!) are not allowed"))

    def _check_characters(self, value: str, line: int, col: int) -> None:
        # The raw text is already clean: what is found here was written as an escape.
        code = forbidden_character(value)
        if code:
            self.refuse(line, col, N_("the character U+%(code)s is not allowed"), code=code)

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent.node, ListNode):
            parent.node.items.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            self._add_entry(parent.node, parent.key, node)
            parent.key = None

    def _add_entry(self, owner: MapNode, key: Node, node: Node) -> None:
        if isinstance(key, BrokenNode):
            return
        if not isinstance(key, TextNode):
            self.refuse(key.line, key.col, N_("a key must be a plain word"))
            return
        earlier = owner.entries.get(key.value)
        if earlier is not None:
            self.refuse(
                key.line,
                key.col,
                N_("the key “%(key)s” is already given on line %(earlier)s"),
                key=shown(key.value),
                earlier=earlier.line,
            )
            return
        owner.entries[key.value] = Entry(node, key.line, key.col)
