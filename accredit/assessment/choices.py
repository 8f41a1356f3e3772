"""What is agreed for one assessment before it is scored: weights, and what does not apply. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from accredit.standard.domain import Element, Node, NotApplicable, Standard
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import RuleKind
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.inputs import Inputs, Problem, problems_of
from accredit.standard.scoring.results import Verdict
from accredit.text import N_, Message, RuleError

MINIMUM_REASON = 10
MAXIMUM_REASON = 1000
_SUMS = (RuleKind.WEIGHT_BOUNDS, RuleKind.APPLICABILITY)


class ChoicesError(RuleError):
    """Weights or marks were chosen that the standard does not permit; each problem has a place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(N_("The standard does not permit what was chosen. Nothing was saved."))


class FrozenChoicesError(RuleError):
    """Somebody has scored: what applies and what it weighs changes no more."""

    def __init__(self) -> None:
        super().__init__(
            N_("Assessors have begun to score, so weights and what applies can no longer change.")
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """Weights by code, where they differ from the standard's, and reasons by code left out."""

    weights: Mapping[str, Decimal] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> frozenset[str]:
        """The codes that do not apply."""
        return frozenset(self.reasons)

    def __bool__(self) -> bool:
        return bool(self.weights or self.reasons)


@lru_cache(maxsize=512)
def read_choices(weights: str, not_applicable: str) -> Choices:
    """The choices as two JSON texts keep them."""
    return Choices(
        {code: Decimal(weight) for code, weight in json.loads(weights).items()},
        json.loads(not_applicable),
    )


def write_choices(choices: Choices) -> tuple[str, str]:
    """The two JSON texts `read_choices` reads."""
    weights = {code: decimal_text(weight) for code, weight in choices.weights.items()}
    return (
        json.dumps(weights, sort_keys=True),
        json.dumps(dict(choices.reasons), sort_keys=True, ensure_ascii=False),
    )


def weighable(standard: Standard) -> tuple[Node, ...]:
    """The nodes whose weight an assessment may choose, in the order of the standard."""
    return tuple(node for node in standard.nodes.values() if node.weight_range is not None)


def markable(standard: Standard) -> tuple[Node, ...]:
    """The nodes an assessment may leave out, in the order of the standard."""
    return tuple(node for node in standard.nodes.values() if node.na is NotApplicable.ALLOWED)


def has_choices(standard: Standard) -> bool:
    """Whether there is anything to agree before scoring."""
    return bool(weighable(standard) or markable(standard))


def usual_weight(node: Node) -> Decimal:
    """The weight the standard gives where none is chosen."""
    return Decimal(node.weight) if node.points is None else node.points


def read_weight(text: str) -> Decimal | None:
    """A weight as somebody typed it, or None."""
    try:
        weight = Decimal(text.strip())
    except InvalidOperation:
        return None
    return weight if weight.is_finite() else None


def ensure_permitted(standard: Standard, choices: Choices) -> Choices:
    """The choices with only what differs from the standard; raises `ChoicesError` with all
    problems."""
    found = tuple(_problems(standard, choices))
    if found:
        raise ChoicesError(found)
    return Choices(
        {
            code: weight
            for code, weight in choices.weights.items()
            if weight != usual_weight(standard.nodes[code])
        },
        {code: reason.strip() for code, reason in choices.reasons.items()},
    )


def _problems(standard: Standard, choices: Choices) -> Iterator[Problem]:
    permitted = {node.code for node in markable(standard)}
    found = list(
        problems_of(standard, Inputs({}, weights=choices.weights, not_applicable=choices.left_out))
    )
    for code in sorted(choices.left_out & standard.nodes.keys() - permitted):
        if standard.nodes[code].na is NotApplicable.BY_RULE:
            text = N_("Whether “%(code)s” applies follows from a rule and cannot be chosen.")
            found.append(Problem(("not_applicable", code), Message(text, {"code": code})))
    yield from found
    for code, reason in choices.reasons.items():
        if not MINIMUM_REASON <= len(reason.strip()) <= MAXIMUM_REASON:
            text = N_("Say why %(code)s does not apply, in %(min)s to %(max)s characters.")
            values = {"code": code, "min": MINIMUM_REASON, "max": MAXIMUM_REASON}
            yield Problem(("not_applicable", code), Message(text, values))
    if found:
        return
    result = evaluate(standard, {}, weights=choices.weights, applicability=choices.left_out)
    for rule in result.rules:
        if rule.kind in _SUMS and rule.verdict is Verdict.FAIL:
            yield Problem(("rules", rule.id), rule.detail)
    if not result.total.is_applicable:
        yield Problem(("rules", ""), Message(N_("Something must be left to assess.")))


def elements_below(standard: Standard, codes: frozenset[str]) -> frozenset[str]:
    """The codes of the elements that these codes name or hold."""
    found: set[str] = set()
    for code in codes:
        node = standard.nodes.get(code)
        if isinstance(node, Element):
            found.add(code)
        elif node is not None:
            found.update(element.code for element in node.elements)
    return frozenset(found)
