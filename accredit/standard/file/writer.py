"""A standard as the text of its file: one standard has one text, made to be read and compared.

Texts of two languages stand side by side while they are short; longer ones have a line for each
language, and are folded where that line would be too wide. Codes and numbers that are names stand
in quotes, numbers without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from accredit.standard.domain import OVERALL, Standard
from accredit.standard.examples import EVERYTHING
from accredit.standard.file.document import as_document
from accredit.standard.file.names import WORD
from accredit.standard.file.spelling import decimal_text
from accredit.standard.scoring.results import TOTAL
from accredit.text import LANGUAGES

WIDTH = 100
"""Lines are no wider, but for words that are."""

_BLOCK = frozenset({"scale", "levels", "evidence"})
"""Keys whose value, when it has parts with keys, always has lines of its own."""

_SPELLED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Words that other readers of YAML take for something else."""

_SWITCHES = frozenset({"cumulative", "not_applicable", "scores"})
"""Keys whose value may be true or false, and then is no text."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_DEEPEST = 2


def write(standard: Standard, *, head: str = "") -> str:
    """The text of the standard's file; `head` is the comment it begins with, or empty.

    Reading it gives an equal standard, and equal standards have the same text.
    """
    lines: list[str] = []
    for key, value in _in_order(standard).items():
        lines += _entry(key, value, 0)
    return head + "\n".join(lines) + "\n"


def flow(value: object, key: str = "") -> str:
    """Plain data on one line."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(name)}: {flow(one, name)}" for name, one in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(flow(one, key) for one in value)}]"
    if isinstance(value, str):
        return _quoted(value) if key in LANGUAGES else _word(value, key)
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def _entry(key: str, value: object, indent: int) -> list[str]:
    """The lines of one key with its value."""
    start = f"{' ' * indent}{_key(key)}:"
    if isinstance(value, str) and key in LANGUAGES:
        return _text(start, value, indent)
    line = f"{start} {flow(value, key)}"
    if not isinstance(value, Mapping | list) or not value or _may_flow(key, value, line):
        return [line]
    if isinstance(value, list):
        return [start, *(line for one in value for line in _item(key, one, indent + 2))]
    return [start, *_entries(value, indent + 2)]


def _entries(value: Mapping[str, object], indent: int) -> list[str]:
    return [line for key, one in value.items() for line in _entry(key, one, indent)]


def _item(key: str, value: object, indent: int) -> list[str]:
    """The lines of one item of a list."""
    line = f"{' ' * indent}- {flow(value, key)}"
    if not isinstance(value, Mapping) or not value or _may_flow("", value, line):
        return [line]
    first, *rest = _entries(value, indent + 2)
    return [f"{' ' * indent}- {first.lstrip(' ')}", *rest]


def _may_flow(key: str, value: object, line: str) -> bool:
    """Whether a value reads well on one line: it fits, and holds at most pairs of texts."""
    if len(line) > WIDTH or "\\n" in line or _is_structure(key, value):
        return False
    if isinstance(value, Mapping):
        return _depth(value) <= _DEEPEST and not any(map(_is_structure, value, value.values()))
    return True


def _is_structure(key: str, value: object) -> bool:
    if isinstance(value, Mapping):
        return key in _BLOCK and any(isinstance(one, Mapping | list) for one in value.values())
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def _depth(value: object) -> int:
    if isinstance(value, Mapping):
        return 1 + max((_depth(one) for one in value.values()), default=0)
    return 0


def _key(key: str) -> str:
    # The format itself has a key “n”; no reader of today takes a letter for a word.
    is_plain = WORD.pattern.fullmatch(key) and (len(key) == 1 or key not in _SPELLED)
    return key if is_plain else _quoted(key)


def _word(value: str, key: str) -> str:
    """A name: plain unless something else would be read into it."""
    if value in ("true", "false") and key in _SWITCHES:
        return value
    is_plain = (
        value.isascii()
        and value[:1].isalpha()
        and all(character.isalnum() or character in "._/-" for character in value)
        and value.lower() not in _SPELLED
        and key != "code"
    )
    return value if is_plain else _quoted(value)


def _quoted(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'


def _text(start: str, value: str, indent: int) -> list[str]:
    """The lines of one language: quoted, folded when too wide, as it stands when it has lines."""
    line = f"{start} {_quoted(value)}"
    space = " " * (indent + 2)
    if "\t" in value or "\r" in value:
        return [line]
    if "\n" in value:
        own = value.split("\n")
        # Space at the ends of a line is seen by nobody, and at its start tells an indentation.
        if any(one != one.strip() for one in own):
            return [line]
        return [f"{start} |-", *(space + one if one else "" for one in own)]
    if len(line) <= WIDTH:
        return [line]
    folded = _folded(value, WIDTH - len(space))
    if len(folded) == 1 and len(space + value) > WIDTH:
        return [line]  # one long word is no wider here than in a line below
    return [f"{start} >-", *(space + one for one in folded)]


def _folded(value: str, width: int) -> list[str]:
    """The text in lines, broken at single spaces only: those are what folding gives back."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(value):
        if line and len(line) + 1 + len(piece) > width:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, line]


def _pieces(value: str) -> list[str]:
    pieces: list[str] = []
    joined = ""
    for word in value.split(" "):
        # An empty word stands between two spaces: what is around it stays together.
        if pieces and (not word or joined == ""):
            pieces[-1] = f"{pieces[-1]} {word}"
        else:
            pieces.append(word)
        joined = word
    return pieces


def _in_order(standard: Standard) -> dict[str, object]:
    """The document with its examples' names in the order of the standard, as nothing else has.

    A mapping that was kept in another order says the same and is written the same.
    """
    document = as_document(standard)
    codes = _places([EVERYTHING, TOTAL, *standard.nodes])
    kpis = _places(standard.kpis)
    rules = _places(rule.id for rule in standard.rules)
    by_key = {"scores": codes, "weights": codes, "evidence": codes, "kpis": kpis}
    expected = {"totals": codes, "points": codes, "rules": rules, "bands": rules}
    examples = document.get("tests")
    for example in examples if isinstance(examples, list) else ():
        _sort(example, by_key)
        _sort(example["expect"], expected)
        scores = example["scores"]
        for code, score in scores.items():
            if isinstance(score, dict):
                scores[code] = dict(sorted(score.items(), key=_sides(standard, score)))
    return document


def _sides(standard: Standard, score: Mapping[str, object]) -> _Place:
    """The order of the attributes in the set they are of."""
    wanted = set(score) - {OVERALL}
    ids = next((one.ids for one in standard.attribute_sets if wanted <= set(one.ids)), ())
    return _places([*ids, OVERALL])


_Place = Callable[[tuple[str, object]], tuple[int, str]]


def _places(names: Iterable[str]) -> _Place:
    order: dict[str, int] = {}
    for name in names:
        order.setdefault(name, len(order))
    return lambda item: (order.get(item[0], len(order)), item[0])


def _sort(data: dict[str, object], by_key: Mapping[str, _Place]) -> None:
    for key, place in by_key.items():
        value = data.get(key)
        if isinstance(value, dict):
            data[key] = dict(sorted(value.items(), key=place))
