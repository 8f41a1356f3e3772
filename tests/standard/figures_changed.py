"""One figure of a standard's document changed: does the standard's own tests notice it?"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from accredit.standard.domain import Standard
from accredit.standard.file.canonical import as_tree
from accredit.standard.file.loader import read_tree
from accredit.standard.scoring.examining import failures_of

_FIGURES = (
    "weight",
    "points",
    "value",
    "min",
    "max",
    "from",
    "share",
    "sum_to",
    "min_n",
    "minimum",
)
Path = tuple[str | int, ...]


def figures(document: dict[str, Any]) -> Iterator[Path]:
    """Where figures decide: in the tree's weights and points, in scales, and in rules."""

    def visit(value: Any, path: Path) -> Iterator[Path]:
        if isinstance(value, dict):
            for key, item in value.items():
                if key in _FIGURES and _is_number(item):
                    yield (*path, key)
                else:
                    yield from visit(item, (*path, key))
        elif isinstance(value, list):
            for at, item in enumerate(value):
                yield from visit(item, (*path, at))

    for key in ("criteria", "rules"):
        yield from visit(document[key], (key,))


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, str | int) and Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


def at(document: dict[str, Any], path: Path) -> Any:
    found: Any = document
    for step in path:
        found = found[step]
    return found


def notices(document: dict[str, Any], path: Path, change: Decimal) -> bool:
    """Whether the loader refuses the changed document, or one of its examples fails."""
    changed = copy.deepcopy(document)
    owner = at(changed, path[:-1])
    owner[path[-1]] = str(Decimal(str(owner[path[-1]])) + change)
    found = read_tree(as_tree(json.loads(json.dumps(changed))), file="f", issues=[])
    return not isinstance(found, Standard) or bool(failures_of(found))


def steps(document: dict[str, Any], path: Path) -> list[Decimal]:
    """By how much a figure is changed: a weight doubled, a threshold by a fifth or by one."""
    figure = Decimal(str(at(document, path)))
    if path[0] == "criteria":
        return [figure]
    change = figure / 5 if 0 < figure < 1 else max(Decimal(1), (figure / 5).to_integral_value())
    return [change, -change]
