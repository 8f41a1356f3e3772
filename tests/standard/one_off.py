"""One figure of a standard's document one step off: do its own check and tests notice it?

Every number of the document, and every level that stands for a threshold, is changed by one
permitted step, up and down, one at a time. Four things are left out, because no result of an
example can differ by them. `_ELSEWHERE` is what no evaluation looks at: how long an award is valid,
what a step takes of effort, what evidence is expected beside an element. The level an element
requires draws gaps only, unless a rule or a scale of names asks for it. Where a rule asks for the
number of answers itself, it needs no smallest number of them. And a wider bound for the weights
people may choose changes nothing for the weights that were allowed before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

from accredit.standard.domain import Standard
from accredit.standard.file.canonical import as_tree
from accredit.standard.file.loader import get_standard, read_tree
from accredit.standard.scoring.examining import failures_of

_ELSEWHERE = frozenset({"code", "version", "effort", "evidence", "valid_years", "tests", "visits"})
_WORDS = frozenset({"level", "below", "at_least", "required", "pass_from"})
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class OneOff:
    """One figure of a document, and what it is changed to."""

    place: Place
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place))}: {self.was} → {self.becomes}"


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get_standard(path).canonical)
    return found


def one_offs(data: dict[str, Any]) -> list[OneOff]:
    """Every figure that decides a result, with one step up and one step down."""
    is_asked_for = _asks_for_required(data)
    return [
        OneOff(place, str(value), becomes)
        for place, value in _figures(data, ())
        if is_asked_for or place[-1] not in ("required", "pass_from")
        if place[-1] != "min_n" or at(data, place[:-1]).get("field") != "n"
        for becomes in _steps(data, place, str(value))
        if not _only_widens(place, str(value), becomes)
    ]


def notices(data: dict[str, Any], change: OneOff) -> bool:
    """Whether the loader refuses the changed document, or one of its examples fails."""
    owner = at(data, change.place[:-1])
    kept = owner[change.place[-1]]
    owner[change.place[-1]] = change.becomes
    try:
        found = read_tree(as_tree(data), file="f", issues=[])
    finally:
        owner[change.place[-1]] = kept
    return not isinstance(found, Standard) or bool(failures_of(found))


def at(data: dict[str, Any], place: Place) -> Any:
    found: Any = data
    for step in place:
        found = found[step]
    return found


def _figures(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in _ELSEWHERE:
                yield from _figures(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _figures(item, (*place, number))
    elif _is_number(value) or place[-1] in _WORDS:
        yield place, value


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


def _steps(data: dict[str, Any], place: Place, value: str) -> list[str]:
    if place[-1] in _WORDS and (place[0] != "rules" or not _is_number(value)):
        return _neighbours(data, place, value)
    step = _step(data, place)
    return [format(Decimal(value) + step, "f"), format(Decimal(value) - step, "f")]


def _neighbours(data: dict[str, Any], place: Place, value: str) -> list[str]:
    """The levels beside this one, on every scale that has it."""
    found: dict[str, None] = {}
    for order in _orders(data, place):
        if value in order:
            here = order.index(value)
            found.update(dict.fromkeys(order[max(here - 1, 0) : here] + order[here + 1 : here + 2]))
    return list(found)


def _orders(data: dict[str, Any], place: Place) -> Iterator[list[str]]:
    owner = at(data, place[:-1])
    if "bands" in owner:
        yield [band["id"] for band in owner["bands"]]
        return
    for scale in _scales(data):
        if "levels" in scale:
            yield [level["id"] for level in scale["levels"]]
        else:
            step = Decimal(scale["step"])
            low, high = Decimal(scale.get("min", 0)), Decimal(scale.get("max", 100))
            yield [
                format(low + step * number, "f") for number in range(int((high - low) / step) + 1)
            ]


def _scales(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [data["scale"]] if "scale" in data else list(data["scales"])


def _asks_for_required(data: Mapping[str, Any]) -> bool:
    """Whether a result can hang on the levels that elements require."""
    wheres = [rule.get("where", {}) for rule in data["rules"]]
    has_names = any(
        "value" not in level for one in _scales(data) for level in one.get("levels", ())
    )
    return has_names or any("required" in where.values() for where in wheres)


def _only_widens(place: Place, was: str, becomes: str) -> bool:
    if place[-2:-1] != ("weight",):
        return False
    is_more = Decimal(becomes) > Decimal(was)
    return (place[-1] == "max" and is_more) or (place[-1] == "min" and not is_more)


def _step(data: dict[str, Any], place: Place) -> Decimal:
    """One step of a figure: of its scale, of what its rule looks at, otherwise one unit."""
    if place[0] in ("scale", "scales") and place[-1] in ("from", "to", "min", "max"):
        scale = data["scale"] if place[0] == "scale" else at(data, place[:2])
        return Decimal(scale["step"])
    if place[0] != "rules":
        return Decimal(1)
    rule = at(data, place[:2])
    if rule["kind"] == "share_limit":
        return Decimal(ceil(100 / min(map(_count, _nodes(data, rule["scope"]))))) / 100
    if rule["kind"] in ("minimum", "band_table", "ladder") and place[-1] in ("value", "from"):
        return _step_of_total(data, rule)
    return Decimal(1)


def _step_of_total(data: dict[str, Any], rule: Mapping[str, Any]) -> Decimal:
    """One percent, or what one level of one element makes where that is more."""
    is_blended = any(
        one["kind"] == "blend" and one["scope"] == rule["scope"] for one in data["rules"]
    )
    scale = _scales(data)[0]
    if rule.get("unit") == "points" or is_blended or "levels" not in scale:
        return Decimal(1)
    most = len(scale["levels"]) - 1
    return Decimal(
        min(ceil(100 / (most * _weight(group))) for group in _nodes(data, rule["scope"]))
    )


_Group = list[dict[str, Any]]


def _nodes(data: Mapping[str, Any], scope: Any) -> list[_Group]:
    """What a rule looks at: the nodes of each group that it looks at together."""
    if scope in ("all", "total"):
        return [data["criteria"]]
    if scope == "each_criterion":
        return [[one] for one in data["criteria"]]
    codes = [scope] if isinstance(scope, str) else scope
    return [[one for one in _walk(data["criteria"]) if one["code"] in codes]]


def _walk(nodes: _Group) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _walk(_children(node))


def _count(nodes: _Group) -> int:
    return len([one for one in _walk(nodes) if not _children(one)])


def _weight(nodes: _Group) -> int:
    return sum(int(one["weight"]) for one in _walk(nodes) if not _children(one))


def _children(node: Mapping[str, Any]) -> _Group:
    return [*node.get("elements", ()), *node.get("criteria", ())]
