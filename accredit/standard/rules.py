"""The rules a standard may use, and the ladder of awards they decide.

The list of kinds is closed: a standard is data, and no free code is ever evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from accredit.text import Bilingual

REQUIRED = "required"
"""In a predicate: the level that the element itself requires; no level may have this id."""


class RuleKind(StrEnum):
    """The closed list of rules a standard may use."""

    VETO = "veto"
    COUNT_LIMIT = "count_limit"
    SHARE_LIMIT = "share_limit"
    MINIMUM = "minimum"
    KPI_CONDITION = "kpi_condition"


class ScopeKind(StrEnum):
    """Where a rule looks."""

    ALL = "all"
    TOTAL = "total"
    EACH_CRITERION = "each_criterion"
    NODE = "node"


class PredicateKind(StrEnum):
    """Which elements a rule counts."""

    LEVEL = "level"
    BELOW = "below"
    AT_LEAST = "at_least"


class KpiField(StrEnum):
    """Which figure of a KPI reading a rule compares."""

    VALUE = "value"
    LOW = "low"
    HIGH = "high"
    N = "n"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule looks: everywhere, the overall total, each criterion, or one node's `code`."""

    kind: ScopeKind
    code: str = ""


@dataclass(frozen=True, slots=True)
class Predicate:
    """Which elements a rule counts: at, below or at least `level` (or the required level)."""

    kind: PredicateKind
    level: str


@dataclass(frozen=True, slots=True)
class Veto:
    """No element in the scope may match."""

    id: str
    text: Bilingual
    scope: Scope
    where: Predicate
    kind: RuleKind = field(default=RuleKind.VETO, init=False)


@dataclass(frozen=True, slots=True)
class CountLimit:
    """The number of matching elements lies between `min` and `max` (a bound may be absent)."""

    id: str
    text: Bilingual
    scope: Scope
    where: Predicate
    min: int | None
    max: int | None
    kind: RuleKind = field(default=RuleKind.COUNT_LIMIT, init=False)


@dataclass(frozen=True, slots=True)
class ShareLimit:
    """The share (0 to 1) of matching elements lies between `min` and `max`; never rounded."""

    id: str
    text: Bilingual
    scope: Scope
    where: Predicate
    min: Decimal | None
    max: Decimal | None
    kind: RuleKind = field(default=RuleKind.SHARE_LIMIT, init=False)


@dataclass(frozen=True, slots=True)
class Minimum:
    """A total, rounded as the standard says, is at least `value` percent."""

    id: str
    text: Bilingual
    scope: Scope
    value: Decimal
    kind: RuleKind = field(default=RuleKind.MINIMUM, init=False)


@dataclass(frozen=True, slots=True)
class KpiCondition:
    """A measured figure lies between `min` and `max`; below `min_n` answers nothing is known."""

    id: str
    text: Bilingual
    kpi: str
    figure: KpiField
    min: Decimal | None
    max: Decimal | None
    min_n: int
    kind: RuleKind = field(default=RuleKind.KPI_CONDITION, init=False)


Rule = Veto | CountLimit | ShareLimit | Minimum | KpiCondition


@dataclass(frozen=True, slots=True)
class Award:
    """A rung of the ladder, reached when its rules and those of every lower rung pass."""

    id: str
    name: Bilingual
    rules: tuple[str, ...]
    valid_years: int
