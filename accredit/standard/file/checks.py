"""What can be wrong between the rules of a standard, when each is sound by itself."""

from __future__ import annotations

from collections.abc import Sequence

from accredit.standard.domain import Criterion, Element
from accredit.standard.file.reading import Field
from accredit.standard.rules import Applicability, Blend, Cap, Ladder, Rule, Scope, ScopeKind
from accredit.standard.scoring.applicability import waits_for
from accredit.standard.scoring.results import TOTAL
from accredit.text import N_

MAX_APPLICABILITY = 6
"""Each may be open while its element is unscored, and every combination is then looked at."""


def check_rules(field: Field, rules: Sequence[Rule], criteria: Sequence[Criterion]) -> None:
    """One ladder that names rules of the file, one blend a node, caps that do not go in circles."""
    places = {item.peek("id").path: item for item in field.items()}
    by_id = {rule.id: item for rule, item in zip(rules, places.values(), strict=False)}
    if len(by_id) != len(rules) or len(places) != len(rules):
        return  # an id that could not be read is reported already
    _check_ladders(by_id, [rule for rule in rules if isinstance(rule, Ladder)])
    _check_blends(by_id, [rule for rule in rules if isinstance(rule, Blend)])
    _check_caps(by_id, [rule for rule in rules if isinstance(rule, Cap) and rule.node], criteria)
    marks = [rule for rule in rules if isinstance(rule, Applicability)]
    _check_applicability(by_id, marks)
    for rule in marks[MAX_APPLICABILITY:]:
        by_id[rule.id].refuse(
            N_("a standard has at most %(max)s rules of this kind"), max=MAX_APPLICABILITY
        )


def _check_ladders(by_id: dict[str, Field], ladders: list[Ladder]) -> None:
    for number, ladder in enumerate(ladders):
        known = [name for name in by_id if name != ladder.id]
        if number:
            by_id[ladder.id].refuse(N_("a standard has one ladder at most"))
        for step in ladder.steps:
            for name in step.rules:
                if name not in known:
                    by_id[ladder.id].refuse(
                        N_("“%(value)s” is unknown; known: %(known)s"),
                        value=name,
                        known=", ".join(known[:12]) or "–",
                    )


def _check_blends(by_id: dict[str, Field], blends: list[Blend]) -> None:
    seen: set[str] = set()
    for rule in blends:
        code = rule.scope.code or TOTAL
        if code in seen:
            by_id[rule.id].refuse(N_("there is a blend for “%(code)s” already"), code=code)
        seen.add(code)


def _check_caps(by_id: dict[str, Field], caps: list[Cap], criteria: Sequence[Criterion]) -> None:
    """A node's total must not depend on itself by way of the caps."""
    below: dict[str, list[str]] = {TOTAL: [one.code for one in criteria]}
    for top in criteria:
        for node in top.walk():
            if not isinstance(node, Element):
                below[node.code] = [child.code for child in node.children]
    for cap in caps:
        for code in _capped(cap.scope, criteria):
            below.setdefault(code, []).append(cap.node)
        if any(_reaches(cap.node, code, below) for code in _capped(cap.scope, criteria)):
            by_id[cap.id].refuse(
                N_("the cap goes in a circle: “%(node)s” depends on what it caps"), node=cap.node
            )
            for code in _capped(cap.scope, criteria):
                below[code].remove(cap.node)


def _check_applicability(by_id: dict[str, Field], rules: list[Applicability]) -> None:
    """What applies must not depend on itself by way of several rules."""
    waits: dict[str, list[str]] = {}
    for rule in rules:
        waits[rule.id] = [
            other.id for other in rules if other is not rule and waits_for(rule, other)
        ]
    for rule in rules:
        if any(_reaches(name, rule.id, waits) for name in waits[rule.id]):
            by_id[rule.id].refuse(
                N_("the rules go in a circle: what this one looks at waits for what it leaves out")
            )
            waits[rule.id] = []


def _capped(scope: Scope, criteria: Sequence[Criterion]) -> list[str]:
    if scope.kind is ScopeKind.EACH_CRITERION:
        return [criterion.code for criterion in criteria]
    return list(scope.codes) or [scope.code or TOTAL]


def _reaches(start: str, goal: str, below: dict[str, list[str]]) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        code = waiting.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            waiting.extend(below.get(code, ()))
    return False
