"""What the scoring engine answers: totals with their derivation, verdicts, the award."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from accredit.standard.rules import RuleKind
from accredit.text import Message

TOTAL = "total"
"""The code under which the overall total stands; no criterion or element can have it."""


class Verdict(StrEnum):
    """What a rule says. Unknown is neither: a score or a figure that matters is missing."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KpiReading:
    """A measured figure: its value, the 95 % interval around it, and the number of answers."""

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int


@dataclass(frozen=True, slots=True)
class Term:
    """What one element adds to a total; `level` and `value` are None until it is scored."""

    code: str
    weight: int
    level: str | None
    value: int | None
    min_value: int
    max_value: int


@dataclass(frozen=True, slots=True)
class NodeTotal:
    """The total of one element, one criterion or everything, with its derivation.

    `percent` is 100 × weighted_sum ÷ weighted_max, rounded as the standard says; `exact` is
    the same before rounding. Both are None while an element is unscored; then `low` and
    `high` (rounded) are what the total will be at least and at most.
    """

    code: str
    terms: tuple[Term, ...]
    weighted_sum: int
    weighted_max: int
    exact: Fraction | None
    percent: Decimal | None
    low: Decimal
    high: Decimal

    @property
    def unscored(self) -> tuple[str, ...]:
        """The codes of the elements that have no score yet."""
        return tuple(term.code for term in self.terms if term.value is None)


@dataclass(frozen=True, slots=True)
class RulePart:
    """A rule's verdict in one place: `code` is a criterion's or element's, or TOTAL."""

    code: str
    verdict: Verdict
    detail: Message
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule's verdict, why, and the codes of the elements or criteria that caused it.

    A rule that looks at each criterion has one part for each; any other has one part.
    """

    id: str
    kind: RuleKind
    verdict: Verdict
    detail: Message
    codes: tuple[str, ...]
    parts: tuple[RulePart, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One award of the ladder: whether it is reached, and which rules stand in the way.

    `failed` and `unknown` name the rules of this rung and of the lower ones.
    """

    award: str
    verdict: Verdict
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """The evaluation of one set of scores against one version of a standard."""

    standard: str
    version: str
    sha256: str
    total: NodeTotal
    criteria: tuple[NodeTotal, ...]
    elements: tuple[NodeTotal, ...]
    rules: tuple[RuleResult, ...]
    rungs: tuple[Rung, ...]
    award: str | None

    @property
    def unscored(self) -> tuple[str, ...]:
        """The codes of the elements that have no score yet."""
        return self.total.unscored

    @property
    def is_complete(self) -> bool:
        """Whether every element is scored."""
        return not self.unscored

    def nodes(self) -> tuple[NodeTotal, ...]:
        """Every total: criteria, elements, and the overall one last."""
        return (*self.criteria, *self.elements, self.total)

    def find_total(self, code: str) -> NodeTotal | None:
        """The total of a criterion, an element or TOTAL, or None."""
        return next((node for node in self.nodes() if node.code == code), None)

    def find_rule(self, rule_id: str) -> RuleResult | None:
        """The result of one rule, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
