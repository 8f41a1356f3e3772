"""What applies here: marks of the assessment, and rules that leave nodes out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from accredit.standard.counting import may_match
from accredit.standard.domain import NotApplicable, Standard
from accredit.standard.inputs import Inputs
from accredit.standard.rules import Applicability
from accredit.standard.standing import standings


@dataclass(frozen=True, slots=True)
class World:
    """One way things may be: the codes left out, and the applicability rules gone against.

    A left-out group stands there with everything below it.
    """

    left_out: frozenset[str]
    broken: frozenset[str]


def worlds(standard: Standard, inputs: Inputs) -> list[World]:
    """The way things are; several while a rule waits for a score it looks at."""
    rules = [rule for rule in standard.rules if isinstance(rule, Applicability)]
    marked = _with_children(standard, inputs.not_applicable)
    if not rules:
        return [World(marked, frozenset())]
    undecided = [rule for rule in rules if _holds(rule, standard, inputs, marked) is None]
    found = []
    for answers in product((True, False), repeat=len(undecided)):
        assumed = {rule.id: answer for rule, answer in zip(undecided, answers, strict=True)}
        world = _world(standard, inputs, rules, marked, assumed)
        if world not in found:
            found.append(world)
    return found


def _world(
    standard: Standard,
    inputs: Inputs,
    rules: list[Applicability],
    marked: frozenset[str],
    assumed: dict[str, bool],
) -> World:
    left_out, broken = marked, set()
    for rule in rules:
        holds = assumed.get(rule.id)
        if holds is None:
            holds = bool(_holds(rule, standard, inputs, left_out))
        if holds:
            left_out = left_out | _with_children(standard, frozenset(rule.nodes))
        elif any(
            code in marked and standard.nodes[code].na is NotApplicable.BY_RULE
            for code in rule.nodes
        ):
            broken.add(rule.id)
    return World(left_out, frozenset(broken))


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
