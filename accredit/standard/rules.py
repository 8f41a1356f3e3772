"""The rules a standard may use, and the ladder of awards they decide.

The list of kinds is closed: a standard is data, and no free code is ever evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from accredit.standard.figures import Figure, Measured
from accredit.standard.scales import LevelFlag, Rounding
from accredit.text import Bilingual

REQUIRED = "required"
"""In a predicate: the level that the element itself requires; no level may have this id."""


class RuleKind(StrEnum):
    """The closed list of rules a standard may use."""

    VETO = "veto"
    COUNT_LIMIT = "count_limit"
    SHARE_LIMIT = "share_limit"
    MINIMUM = "minimum"
    CAP = "cap"
    KPI_CONDITION = "kpi_condition"
    EVIDENCE_CONDITION = "evidence_condition"
    APPLICABILITY = "applicability"
    WEIGHT_BOUNDS = "weight_bounds"
    BAND_TABLE = "band_table"
    BLEND = "blend"
    LADDER = "ladder"


class EffectKind(StrEnum):
    """What follows when a rule does not hold."""

    FAIL = "fail"
    WARN = "warn"
    LIMIT_LEVEL_TO = "limit_level_to"
    CAP_TO = "cap_to"


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows: no award, a word only, at most `award`, or at most `percent`."""

    kind: EffectKind = EffectKind.FAIL
    award: str = ""
    percent: Decimal | None = None


FAIL = Effect()


class ScopeKind(StrEnum):
    """Where a rule looks."""

    ALL = "all"
    TOTAL = "total"
    EACH_CRITERION = "each_criterion"
    NODE = "node"
    NODES = "nodes"


class PredicateKind(StrEnum):
    """Which elements a rule counts."""

    LEVEL = "level"
    BELOW = "below"
    AT_LEAST = "at_least"
    FLAG = "flag"
    NOT_APPLICABLE = "not_applicable"


class Unit(StrEnum):
    """What a threshold is written in."""

    PERCENT = "percent"
    POINTS = "points"


class ShareRounding(StrEnum):
    """How a share of the elements becomes a number of them: 20 % of 13 is 2.6."""

    EXACT = "exact"
    DOWN = "down"
    HALF_UP = "half_up"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule looks: everywhere, each criterion, one node's `code` or several `codes`."""

    kind: ScopeKind
    code: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Predicate:
    """Which elements a rule counts: at, below or at least `level` (or the required level).

    For FLAG `level` is the flag; for NOT_APPLICABLE it is empty.
    """

    kind: PredicateKind
    level: str = ""

    @property
    def flag(self) -> LevelFlag:
        """The flag a FLAG predicate looks for."""
        return LevelFlag(self.level)


@dataclass(frozen=True, slots=True)
class Veto:
    """No element in the scope may match."""

    id: str
    text: Bilingual
    scope: Scope
    where: Predicate
    effect: Effect = FAIL
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
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.COUNT_LIMIT, init=False)


@dataclass(frozen=True, slots=True)
class ShareLimit:
    """The share (0 to 1) of matching elements lies between `min` and `max`."""

    id: str
    text: Bilingual
    scope: Scope
    where: Predicate
    min: Decimal | None
    max: Decimal | None
    round: ShareRounding = ShareRounding.EXACT
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.SHARE_LIMIT, init=False)


@dataclass(frozen=True, slots=True)
class Minimum:
    """A total, rounded as the standard says, is at least `value` percent (or points)."""

    id: str
    text: Bilingual
    scope: Scope
    value: Decimal
    unit: Unit = Unit.PERCENT
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.MINIMUM, init=False)


@dataclass(frozen=True, slots=True)
class Cap:
    """A value never above another: an element's above its `attribute`'s, a node's above `node`'s.

    Just one of `attribute` and `node` is given. `is_soft` when the excess is told, not cut.
    """

    id: str
    text: Bilingual
    scope: Scope
    attribute: str
    node: str
    is_soft: bool
    kind: RuleKind = field(default=RuleKind.CAP, init=False)

    @property
    def effect(self) -> Effect:
        """A cap is no condition of an award: it changes the figures instead."""
        return Effect(EffectKind.WARN)


@dataclass(frozen=True, slots=True)
class KpiCondition:
    """A measured figure lies between `min` and `max`; what is not sure enough is not known."""

    id: str
    text: Bilingual
    figure: Figure
    min: Decimal | None
    max: Decimal | None
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.KPI_CONDITION, init=False)

    @property
    def kpi(self) -> str:
        """The KPI that is looked at."""
        return self.figure.kpi


@dataclass(frozen=True, slots=True)
class EvidenceCondition:
    """Each matching element has at least `minimum` pieces of evidence of these kinds.

    None older than `max_age_months`; from the oldest to the newest at least `span_months`.
    """

    id: str
    text: Bilingual
    scope: Scope
    where: Predicate
    kinds: tuple[str, ...]
    minimum: int
    max_age_months: int | None
    span_months: int | None
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.EVIDENCE_CONDITION, init=False)


@dataclass(frozen=True, slots=True)
class Applicability:
    """These nodes are not applicable just when `node` is not, or when it matches `where`."""

    id: str
    text: Bilingual
    nodes: tuple[str, ...]
    node: str
    where: Predicate
    kind: RuleKind = field(default=RuleKind.APPLICABILITY, init=False)

    @property
    def effect(self) -> Effect:
        """It is a condition of every award that the marks of an assessment agree with it."""
        return FAIL


@dataclass(frozen=True, slots=True)
class WeightBounds:
    """The weights chosen for the children of the scope sum to `sum_to`."""

    id: str
    text: Bilingual
    scope: Scope
    sum_to: Decimal
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.WEIGHT_BOUNDS, init=False)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a total, from `start` up to where the next band starts."""

    id: str
    name: Bilingual
    start: Decimal


@dataclass(frozen=True, slots=True)
class BandTable:
    """Which band a total lies in; with `at_least` it must be that band or a higher one."""

    id: str
    text: Bilingual
    scope: Scope
    unit: Unit
    rounding: Rounding | None
    bands: tuple[Band, ...]
    at_least: str
    effect: Effect = FAIL
    kind: RuleKind = field(default=RuleKind.BAND_TABLE, init=False)

    def band_at(self, figure: Decimal) -> Band:
        """The band `figure` lies in; a figure on an edge belongs to the band that starts there."""
        return [band for band in self.bands if band.start <= figure][-1]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One input of a blend with its share in percent; without `measured` it is the scores."""

    id: str
    name: Bilingual
    share: Decimal
    measured: Measured | None


@dataclass(frozen=True, slots=True)
class Blend:
    """The total of a node mixed from scores and measured instruments."""

    id: str
    text: Bilingual
    scope: Scope
    parts: tuple[Instrument, ...]
    kind: RuleKind = field(default=RuleKind.BLEND, init=False)

    @property
    def effect(self) -> Effect:
        """A blend is no condition of an award: it makes a figure."""
        return Effect(EffectKind.WARN)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of a ladder: its award, the total it starts from, and its own rules."""

    award: str
    start: Decimal | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The award is that of the highest rung that holds; `is_cumulative`: with all below it."""

    id: str
    text: Bilingual
    scope: Scope
    unit: Unit
    is_cumulative: bool
    steps: tuple[Step, ...]
    kind: RuleKind = field(default=RuleKind.LADDER, init=False)

    @property
    def effect(self) -> Effect:
        """The ladder is no condition: it gives the award."""
        return Effect(EffectKind.WARN)


Counting = Veto | CountLimit | ShareLimit
Rule = (
    Veto
    | CountLimit
    | ShareLimit
    | Minimum
    | Cap
    | KpiCondition
    | EvidenceCondition
    | Applicability
    | WeightBounds
    | BandTable
    | Blend
    | Ladder
)


@dataclass(frozen=True, slots=True)
class Award:
    """A rung of the ladder, reached when its rules and those of every lower rung pass."""

    id: str
    name: Bilingual
    rules: tuple[str, ...]
    valid_years: int
