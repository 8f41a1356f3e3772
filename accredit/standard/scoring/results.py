"""What the scoring engine answers: totals with their derivation, verdicts, the award."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from accredit.standard.figures import KpiReading
from accredit.standard.rules import RuleKind
from accredit.standard.scoring.inputs import Inputs
from accredit.text import Message

__all__ = ["TOTAL", "KpiReading"]

TOTAL = "total"
"""The code under which the overall total stands; no criterion or element can have it."""


class Verdict(StrEnum):
    """What a rule says. Unknown is neither: a score or a figure that matters is missing."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


class Method(StrEnum):
    """How the share of a node came about."""

    LEVEL = "level"
    MEAN = "mean"
    OVERALL = "overall"
    MEASURED = "measured"
    WEIGHTED = "weighted"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Term:
    """What one child adds to a total: its weight and its share; the bounds differ while open."""

    code: str
    weight: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Limited:
    """A cap that was laid on a node: by which rule, and at what share at least and at most."""

    rule: str
    low: Fraction
    high: Fraction

    @classmethod
    def at(cls, rule: str, percent: Decimal, verdict: Verdict) -> Limited:
        """The cap a rule lays on a node: for certain when it is broken, perhaps while unknown."""
        share = Fraction(percent) / 100
        return cls(rule, share, share if verdict is Verdict.FAIL else Fraction(1))


@dataclass(frozen=True, slots=True)
class Blended:
    """What one instrument added to a blend: its share of it, and what it was worth."""

    instrument: str
    share: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class NodeTotal:
    """The total of one element, one group or everything, with its derivation.

    All shares run from 0 to 1. `own` is the share before `blend` and `limits`, `low` and
    `high` (percent, rounded as the standard says) bound what it will be; `exact` is the
    percentage before rounding and `percent` after it, both None while a score or a figure is
    missing (their element codes and KPI ids are `missing`) and where the node is not
    applicable. `weight` is what it weighs in its parent; `points` and `max_points` are None
    in a standard without points. `level` is the highest level an element stands at.
    """

    code: str
    method: Method
    terms: tuple[Term, ...]
    own: tuple[Fraction, Fraction]
    blend: tuple[Blended, ...]
    limits: tuple[Limited, ...]
    bounds: tuple[Fraction, Fraction]
    weight: Fraction
    exact: Fraction | None
    percent: Decimal | None
    low: Decimal
    high: Decimal
    points: Decimal | None
    max_points: Fraction | None
    level: str | None
    is_applicable: bool
    unscored: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def weighted_sum(self) -> Fraction:
        """The sum of weight × share over the children, at least."""
        return sum((term.weight * term.low for term in self.terms), Fraction(0))

    @property
    def weighted_max(self) -> Fraction:
        """The sum of the children's weights."""
        return sum((term.weight for term in self.terms), Fraction(0))


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

    A rule that looks at each criterion has one part for each; any other has one part. `band`
    is the id of the band a band table found.
    """

    id: str
    kind: RuleKind
    verdict: Verdict
    detail: Message
    codes: tuple[str, ...]
    parts: tuple[RulePart, ...]
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One award of the ladder: whether it is reached, and which rules stand in the way.

    `failed` and `unknown` name the rules of this rung and, where the ladder is cumulative, of
    the lower ones; the ladder itself is named where its threshold is missed.
    """

    award: str
    verdict: Verdict
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """The evaluation of one set of scores against one version of a standard.

    With the inputs and the standard it can be explained, and computed anew, by anybody.
    """

    standard: str
    version: str
    sha256: str
    inputs: Inputs
    total: NodeTotal
    by_code: Mapping[str, NodeTotal]
    criteria: tuple[NodeTotal, ...]
    elements: tuple[NodeTotal, ...]
    not_applicable: tuple[str, ...]
    rules: tuple[RuleResult, ...]
    rungs: tuple[Rung, ...]
    award: str | None

    @property
    def unscored(self) -> tuple[str, ...]:
        """The codes of the elements that have no score yet."""
        return self.total.unscored

    @property
    def is_complete(self) -> bool:
        """Whether every element that people score is scored."""
        return not self.unscored

    def nodes(self) -> tuple[NodeTotal, ...]:
        """Every total in the order of the file, the overall one last."""
        return (*self.by_code.values(), self.total)

    def find_total(self, code: str) -> NodeTotal | None:
        """The total of a group, an element or TOTAL, or None."""
        return self.total if code == TOTAL else self.by_code.get(code)

    def find_rule(self, rule_id: str) -> RuleResult | None:
        """The result of one rule, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
