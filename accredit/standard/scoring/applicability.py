"""What applies here: marks of the assessment, and rules that leave nodes out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from accredit.standard.domain import Element, NotApplicable, Standard
from accredit.standard.examples import Score
from accredit.standard.rules import Applicability
from accredit.standard.scoring.counting import may_match
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.standing import standings


@dataclass(frozen=True, slots=True)
class World:
    """One way things may be: the codes left out, and the applicability rules gone against.

    A left-out group stands there with everything below it.
    """

    left_out: frozenset[str]
    broken: frozenset[str]


def worlds(standard: Standard, inputs: Inputs) -> list[World]:
    """The way things are; several while a rule waits for a score it looks at."""
    marked = _with_children(standard, inputs.not_applicable)
    rules = [rule for rule in standard.rules if isinstance(rule, Applicability)]
    found = {(marked, frozenset[str]())}
    for rule in in_order(rules):
        following = set()
        for left_out, holding in found:
            answer = _holds(rule, standard, inputs, left_out)
            if answer is not False:
                out = left_out | _with_children(standard, frozenset(rule.nodes))
                following.add((out, holding | {rule.id}))
            if answer is not True:
                following.add((left_out, holding))
        found = following
    return [
        World(left_out, _broken(standard, inputs, rules, holding))
        for left_out, holding in sorted(found, key=lambda one: (sorted(one[0]), sorted(one[1])))
    ]


def in_order(rules: Sequence[Applicability]) -> list[Applicability]:
    """Each rule after those that decide whether what it looks at applies.

    The loader refuses rules that wait for each other in a circle.
    """
    found: list[Applicability] = []
    waiting = list(rules)
    while waiting:
        ready = next(
            (rule for rule in waiting if not any(waits_for(rule, other) for other in waiting)),
            waiting[0],
        )
        waiting.remove(ready)
        found.append(ready)
    return found


def waits_for(rule: Applicability, other: Applicability) -> bool:
    """Whether the other rule may leave out what this one looks at."""
    return any(rule.node == code or rule.node.startswith(f"{code}.") for code in other.nodes)


def to_score(
    standard: Standard, marks: Collection[str], scores: Mapping[str, Score]
) -> tuple[Element, ...]:
    """The elements people score: not measured, and not left out by these marks and scores."""
    inputs = Inputs(scores, not_applicable=frozenset(marks))
    out = frozenset.intersection(*(world.left_out for world in worlds(standard, inputs)))
    return tuple(element for element in standard.judged_elements if element.code not in out)


def _broken(
    standard: Standard, inputs: Inputs, rules: Sequence[Applicability], holding: frozenset[str]
) -> frozenset[str]:
    """The rules whose nodes are marked although no rule leaves them out."""
    out = {code for rule in rules if rule.id in holding for code in rule.nodes}
    against = {
        code
        for code in inputs.not_applicable - out
        if standard.nodes[code].na is NotApplicable.BY_RULE
    }
    return frozenset(rule.id for rule in rules if against.intersection(rule.nodes))


def _holds(
    rule: Applicability, standard: Standard, inputs: Inputs, left_out: frozenset[str]
) -> bool | None:
    """Whether the rule leaves its nodes out; None while the element it looks at is unscored."""
    if rule.node in left_out:
        return may_match(rule.where, standard.elements[0], None, standard)
    element = standard.find_element(rule.node)
    if element is None:
        return False
    standing = standings(standard, inputs, left_out, (element,))[element.code]
    return may_match(rule.where, element, standing, standard)


def _with_children(standard: Standard, codes: frozenset[str]) -> frozenset[str]:
    found = set(codes)
    for code in codes:
        node = standard.criterion(code) if standard.find_criterion(code) else None
        found.update(one.code for one in (node.walk() if node else ()))
    return frozenset(found)
