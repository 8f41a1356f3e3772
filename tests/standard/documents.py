"""Documents of standards built for one test, in the shape of their files."""

from __future__ import annotations

from typing import Any

from accredit.standard.domain import Standard
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import Result
from tests.standard.agreement import as_standard
from tests.standard.random_standards import WORDS

Rule = dict[str, Any]
LEVELS = ("absent", "partial", "good", "exceptional")


def node(code: str, below: list[dict[str, Any]], **keys: Any) -> dict[str, Any]:
    """A group of groups or of elements."""
    kind = "elements" if "statement" in below[0] else "criteria"
    return {"code": code, "title": WORDS, kind: below, **keys}


def element(code: str, **keys: Any) -> dict[str, Any]:
    """An element of weight 1 that requires “good”, unless it says otherwise."""
    own: dict[str, Any] = {"code": code, "title": WORDS, "statement": WORDS}
    if "points" not in keys:
        own["weight"] = 1
    if "scale" not in keys:
        own["required"] = "good"
    return {**own, **keys}


def elements(parent: str, count: int, **keys: Any) -> list[dict[str, Any]]:
    return [element(f"{parent}.{number}", **keys) for number in range(1, count + 1)]


def rule(kind: str, name: str = "", **keys: Any) -> Rule:
    return {"id": name or kind, "kind": kind, "text": WORDS, **keys}


def document(
    criteria: list[dict[str, Any]],
    rules: list[Rule] | None = None,
    rungs: list[list[str]] | None = None,
    **root: Any,
) -> dict[str, Any]:
    """A standard on four levels worth 0 to 3; a rung for each list of names of rules.

    Where no rungs are given, one award asks for the first rule that is a condition.
    """
    rules = list(rules or [])
    ladder = next((one for one in rules if one["kind"] == "ladder"), None)
    awards = ["bronze", "silver", "gold"]
    if ladder is not None:
        awards = [one["award"] for one in ladder["rungs"]]
        rungs = [[] for _ in awards]
    elif rungs is None:
        rules.append(rule("minimum", "nothing_asked", scope="total", value=0))
        rungs = [["nothing_asked"]]
    made = {
        "format": "accredit-standard/1",
        "id": "made",
        "version": "1",
        "title": WORDS,
        "description": WORDS,
        "scale": {
            "descriptors": "shared",
            "levels": [
                {"id": name, "value": value, "name": WORDS, "meaning": WORDS}
                for value, name in enumerate(LEVELS)
            ],
        },
        "rounding": {"places": 1, "mode": "half_up"},
        "evidence_kinds": [{"id": "record", "name": WORDS}],
        "kpis": ["csat"],
        "criteria": criteria,
        "rules": rules,
        "awards": [
            {"id": award, "name": WORDS, "valid_years": 3} | ({"rules": names} if names else {})
            for award, names in zip(awards, rungs, strict=False)
        ],
        **root,
    }
    if "scales" in made:
        del made["scale"]
    return made


def made(*arguments: Any, **keys: Any) -> Standard:
    return as_standard(document(*arguments, **keys))


def levels_of(standard: Standard, level: str, **others: str) -> dict[str, str]:
    """Every element at one level, but those named, with “_” for the points of their codes."""
    found = {one.code: level for one in standard.judged_elements}
    return found | {code.replace("_", ".").lstrip("."): name for code, name in others.items()}


def scored(standard: Standard, level: str, *, out: tuple[str, ...] = (), **others: str) -> Result:
    """The result with every element at one level, but those named."""
    return evaluate(standard, levels_of(standard, level, **others), applicability=out)
