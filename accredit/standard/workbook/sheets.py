"""The sheets of a standard's workbook: what their cells say, and which of them may be edited.

Writing and reading a workbook start from the same picture, so that what nobody edited is known
to be what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from accredit.standard.domain import Criterion, Element, NotApplicable, Standard
from accredit.standard.file.document import as_document
from accredit.standard.file.names import MAX_TITLE
from accredit.standard.file.reading import MAX_TEXT
from accredit.standard.file.spelling import decimal_text
from accredit.standard.file.writer import flow
from accredit.standard.scales import Scale, ScaleKind
from accredit.standard.workbook import words
from accredit.text import LANGUAGES, Bilingual

Value = str | int | Decimal
"""What a cell says; the empty text is a blank cell."""


class Kind(Enum):
    """What a column holds. A note is there to be read and is nowhere in the standard itself."""

    TEXT = "text"
    WORD = "word"
    WORDS = "words"
    NUMBER = "number"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the name it is found by, its heading, and its width in characters."""

    key: str
    label: Bilingual
    kind: Kind
    width: int
    longest: int = MAX_TEXT
    choices: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """The language of its texts, or "" where it has none."""
        ending = self.key.rpartition(".")[2]
        return ending if ending in LANGUAGES else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the name it is found by, its cells, and those that are only for reading."""

    key: str
    cells: Mapping[str, Value]
    locked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of rows; `takes_rows` where rows may be added and removed."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    takes_rows: bool = False


def sheets_of(standard: Standard, language: str = "en") -> tuple[Sheet, Sheet, Sheet, Sheet]:
    """Elements, evidence, criteria and other texts; `language` stands first in each pair."""
    return (
        _elements(standard, language),
        _evidence(standard, language),
        _criteria(standard, language),
        _texts(standard, language),
    )


def level_key(scale: str, level: str) -> str:
    """The name of the columns that describe a level of an element."""
    return f"levels.{scale}.{level}"


def number_keys(key: str) -> tuple[str, str, str]:
    """The names of the columns of a chosen weight: the default and its bounds."""
    return key, f"{key}.min", f"{key}.max"


def has_texts(scale: Scale) -> bool:
    """Whether elements may describe the levels of this scale."""
    return scale.kind is ScaleKind.ORDINAL


def _pair(
    key: str,
    label: Bilingual,
    width: int,
    language: str,
    kind: Kind = Kind.TEXT,
    longest: int = MAX_TEXT,
) -> list[Column]:
    first = ("ar", "en") if language == "ar" else LANGUAGES
    return [
        Column(f"{key}.{one}", words.in_language(label, one), kind, width, longest) for one in first
    ]


def _cells(key: str, text: Bilingual | None) -> dict[str, Value]:
    return {f"{key}.{one}": text.in_language(one) if text else "" for one in LANGUAGES}


def _weights(nodes: tuple[Criterion | Element, ...]) -> list[Column]:
    """Only the columns that some node needs."""
    columns = []
    if any(node.points is None for node in nodes):
        columns.append(Column("weight", words.WEIGHT, Kind.NUMBER, 9))
    if any(node.weight_range for node in nodes):
        columns.append(Column("weight.min", words.LEAST, Kind.NUMBER, 9))
        columns.append(Column("weight.max", words.MOST, Kind.NUMBER, 9))
    if any(node.points is not None for node in nodes):
        columns.append(Column("points", words.POINTS, Kind.NUMBER, 9))
    return columns


def _weight_cells(node: Criterion | Element) -> dict[str, Value]:
    own = node.weight if isinstance(node, Element) else node.own_weight
    bounds = node.weight_range
    return {
        "weight": own if own is not None and node.points is None else "",
        "weight.min": bounds.min if bounds else "",
        "weight.max": bounds.max if bounds else "",
        "points": "" if node.points is None else node.points,
    }


def _na(node: Criterion | Element) -> str:
    return "" if node.na is NotApplicable.FORBIDDEN else node.na.value


def _elements(standard: Standard, language: str) -> Sheet:
    elements = standard.elements
    columns = [
        Column("code", words.CODE, Kind.WORD, 10),
        *_pair("title", words.TITLE, 28, language, longest=MAX_TITLE),
        *_pair("criterion", words.CRITERION, 26, language, Kind.NOTE),
        *_pair("statement", words.STATEMENT, 45, language),
        *_pair("why", words.WHY, 40, language),
    ]
    if len(standard.scales) > 1:
        ids = tuple(scale.id for scale in standard.scales)
        columns.append(Column("scale", words.SCALE, Kind.WORD, 12, choices=ids))
    for scale in standard.scales:
        for level in scale.levels if has_texts(scale) else ():
            label = words.level(level.name, scale.id if len(standard.scales) > 1 else "")
            columns += _pair(level_key(scale.id, level.id), label, 40, language)
    columns += _pair("evidence", words.EVIDENCE_NOTE, 34, language, Kind.NOTE)
    columns.append(Column("kpis", words.KPIS, Kind.WORDS, 20))
    columns += _weights(elements)
    columns.append(Column("required", words.REQUIRED, Kind.WORD, 14))
    columns.append(Column("effort", words.EFFORT, Kind.NUMBER, 9))
    if standard.attribute_sets:
        ids = tuple(one.id for one in standard.attribute_sets)
        columns.append(Column("attributes", words.ATTRIBUTES, Kind.WORD, 14, choices=ids))
    if any(element.measured for element in elements):
        columns.append(Column("measured", words.MEASURED, Kind.NOTE, 14))
    columns.append(Column("na", words.NA, Kind.WORD, 12, choices=tuple(NotApplicable)))
    columns.append(Column("sources", words.SOURCES, Kind.WORDS, 18))
    rows = tuple(_element(standard, element, columns) for element in elements)
    return Sheet(words.ELEMENTS, tuple(columns), rows, takes_rows=True)


def _element(standard: Standard, element: Element, columns: list[Column]) -> Row:
    cells: dict[str, Value] = {
        "code": element.code,
        **_cells("title", element.title),
        **_cells("criterion", _path(standard, element.code)),
        **_cells("statement", element.statement),
        **_cells("why", element.why),
        **_cells("evidence", _evidence_note(standard, element)),
        "scale": element.scale,
        "kpis": ", ".join(element.kpis),
        **_weight_cells(element),
        "required": element.required,
        "effort": element.effort,
        "attributes": element.attributes,
        "measured": element.measured.figure.kpi if element.measured else "",
        "na": _na(element),
        "sources": ", ".join(element.sources),
    }
    if element.rubric.is_own:
        for item in element.rubric.descriptors:
            cells |= _cells(level_key(element.scale, item.level), item.text)
    own = f"levels.{element.scale}."
    locked = {"code", "scale", "attributes"} | {
        column.key
        for column in columns
        if column.kind is Kind.NOTE
        or (column.key.startswith("levels.") and not column.key.startswith(own))
    }
    return Row(element.code, cells, frozenset(locked))


def _path(standard: Standard, code: str) -> Bilingual:
    """The titles of the criteria an element stands under, the widest first."""
    titles: list[Bilingual] = []
    while code := code.rpartition(".")[0]:
        group = standard.find_criterion(code)
        if group is not None:
            titles.insert(0, group.title)
    return Bilingual(" › ".join(one.en for one in titles), " › ".join(one.ar for one in titles))


def _evidence_note(standard: Standard, element: Element) -> Bilingual:
    lines = []
    for item in element.evidence:
        kind = standard.find_evidence_kind(item.kind)
        name = kind.name if kind else Bilingual(item.kind, item.kind)
        lines.append((name, f": {item.minimum} ({item.max_age_months})"))
    return Bilingual(
        "\n".join(name.en + rest for name, rest in lines),
        "\n".join(name.ar + rest for name, rest in lines),
    )


def _evidence(standard: Standard, language: str) -> Sheet:
    kinds = tuple(kind.id for kind in standard.evidence_kinds)
    columns = (
        Column("element", words.ELEMENT, Kind.WORD, 10),
        Column("number", words.NUMBER, Kind.NUMBER, 8),
        *_pair("title", words.TITLE, 30, language, Kind.NOTE),
        Column("kind", words.EVIDENCE_KIND, Kind.WORD, 16, choices=kinds),
        Column("minimum", words.MINIMUM, Kind.NUMBER, 10),
        Column("max_age_months", words.AGE, Kind.NUMBER, 10),
        *_pair("text", words.EVIDENCE_TEXT, 60, language),
    )
    locked = frozenset({"element", "number", "title.en", "title.ar"})
    rows = tuple(
        Row(
            f"{element.code}#{number}",
            {
                "element": element.code,
                "number": number,
                **_cells("title", element.title),
                "kind": item.kind,
                "minimum": item.minimum,
                "max_age_months": item.max_age_months,
                **_cells("text", item.text),
            },
            locked,
        )
        for element in standard.elements
        for number, item in enumerate(element.evidence, start=1)
    )
    return Sheet(words.EVIDENCE, columns, rows, takes_rows=True)


def _criteria(standard: Standard, language: str) -> Sheet:
    columns = (
        Column("code", words.CODE, Kind.WORD, 10),
        *_pair("title", words.TITLE, 34, language, longest=MAX_TITLE),
        *_pair("intent", words.INTENT, 60, language),
        *_weights(standard.groups),
        Column("na", words.NA, Kind.WORD, 12, choices=tuple(NotApplicable)),
        Column("sources", words.SOURCES, Kind.WORDS, 18),
    )
    rows = tuple(
        Row(
            group.code,
            {
                "code": group.code,
                **_cells("title", group.title),
                **_cells("intent", group.intent),
                **_weight_cells(group),
                "na": _na(group),
                "sources": ", ".join(group.sources),
            },
            frozenset({"code"}),
        )
        for group in standard.groups
    )
    return Sheet(words.CRITERIA, columns, rows)


def _texts(standard: Standard, language: str) -> Sheet:
    columns = (
        Column("path", words.PATH, Kind.NOTE, 36),
        Column("about", words.ABOUT, Kind.NOTE, 40),
        *_pair("text", words.TEXT, 60, language),
    )
    document = as_document(standard)
    del document["criteria"]
    rows = tuple(
        Row(path, {"path": path, "about": about, **_cells("text", text)}, _TEXTS_LOCKED)
        for path, about, text in _walk("", document, "")
    )
    return Sheet(words.TEXTS, columns, rows)


_TEXTS_LOCKED = frozenset({"path", "about"})


def _walk(path: str, value: object, about: str) -> Iterator[tuple[str, str, Bilingual]]:
    """Every text with the path that leads to it, items of lists by their id."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and "id" in item:
                yield from _walk(f"{path}.{item['id']}", item, _said(path, item))
    elif isinstance(value, dict) and value.keys() == set(LANGUAGES):
        yield path.removeprefix("."), about, Bilingual(value["en"], value["ar"])
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(f"{path}.{key}", one, about)


def _said(path: str, item: Mapping[str, object]) -> str:
    """What an item says besides its texts, as its file says it."""
    if path == ".tests":
        return ""
    plain = {
        key: value
        for key, value in item.items()
        if key != "id" and not _holds_texts(value) and value not in ([], {})
    }
    return flow(plain)[1:-1]


def _holds_texts(value: object) -> bool:
    if isinstance(value, dict):
        return value.keys() == set(LANGUAGES) or any(map(_holds_texts, value.values()))
    return isinstance(value, list) and any(map(_holds_texts, value))


def value_text(value: Value) -> str:
    """What a cell says, as text."""
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
