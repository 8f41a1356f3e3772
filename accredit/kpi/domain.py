"""What a KPI is, and what a measured value of it is.

A definition is data (criteria/kpis/*.yaml): this module checks that a definition makes
sense on its own, and never knows a particular KPI by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)

from accredit.text import N_, Bilingual, RuleError

Item = TypeVar("Item")


class Unit(StrEnum):
    """What the figure counts in; `points` are -100 to 100, `percent` 0 to 100."""

    POINTS = "points"
    PERCENT = "percent"
    SCORE = "score"
    SECONDS = "seconds"


class Direction(StrEnum):
    """Which way is better for the customer."""

    HIGHER = "higher"
    LOWER = "lower"


class IntervalMethod(StrEnum):
    """How the 95 % interval is computed; see accredit/kpi/intervals.py."""

    ADJUSTED_WALD = "adjusted_wald"
    WILSON = "wilson"
    T = "t"
    ORDER_STATISTIC = "order_statistic"


class PercentileMethod(StrEnum):
    """Which of the published definitions of a percentile is meant."""

    LINEAR = "linear"
    WEIBULL = "weibull"
    INVERTED_CDF = "inverted_cdf"


class Status(StrEnum):
    """Whether a value may be used for a judgement."""

    OK = "ok"
    INSUFFICIENT = "insufficient"
    NO_VALUE = "no_value"


class UnknownKpiError(RuleError):
    """No KPI has this id or alias."""


def _both_languages(value: object) -> object:
    """Refuse a text that lacks a language, has a third one, or is blank in one."""
    if isinstance(value, Bilingual):
        return value
    if not isinstance(value, Mapping) or set(value) != {"en", "ar"}:
        raise ValueError("must be a text in both languages: {en: ..., ar: ...}")
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError("must not be blank in either language")
    return Bilingual(en=value["en"].strip(), ar=value["ar"].strip())


def _not_empty(items: tuple[Item, ...]) -> tuple[Item, ...]:
    # Not the type's own minimum length, which also complains where an item was wrong.
    if not items:
        raise ValueError("must not be empty")
    return items


Text = Annotated[Bilingual, BeforeValidator(_both_languages)]
Whole = Annotated[int, Strict()]
Figure = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Word = Annotated[str, Strict(), Field(min_length=1)]
Name = Annotated[str, Strict(), Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Words = Annotated[tuple[Word, ...], AfterValidator(_not_empty)]
Wholes = Annotated[tuple[Whole, ...], AfterValidator(_not_empty)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scale(_Frozen):
    """The answers that exist: from `min` to `max` (or without end), in whole `step`s if given."""

    min: Figure
    max: Figure | None = None
    step: Annotated[Whole, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max is not None and self.max <= self.min:
            raise ValueError("max must be above min")
        return self


class NetPromoter(_Frozen):
    """100 × (promoters − detractors) / all answers."""

    kind: Literal["net_promoter"]
    promoters: Wholes
    detractors: Wholes


class TopBox(_Frozen):
    """The share of answers whose score is one of `counted`."""

    kind: Literal["top_box"]
    counted: Wholes


class Mean(_Frozen):
    """The arithmetic mean of the answers."""

    kind: Literal["mean"]


class Percentile(_Frozen):
    """The value below which `percent` of the answers lie; 50 is the median."""

    kind: Literal["percentile"]
    percent: Annotated[Whole, Field(ge=1, le=99)]
    method: PercentileMethod


class _YesNo(_Frozen):
    yes: Words
    no: Words

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = {plain_word(word) for word in self.yes} & {plain_word(word) for word in self.no}
        if both:
            raise ValueError(f"means both yes and no: {', '.join(sorted(both))}")
        return self


class Share(_YesNo):
    """The share of yes among yes and no.

    With `with_excluded`, a second yes/no column names rows that are no part of the
    denominator.
    """

    kind: Literal["share"]
    with_excluded: Annotated[bool, Strict()] = False


class Retention(_YesNo):
    """(customers at the end − new ones) / customers at the start, or the share of those kept."""

    kind: Literal["retention"]
    denominator: Literal["customers_at_start"]


class Churn(_YesNo):
    """Customers lost / customers at the start, or the share of customers who left."""

    kind: Literal["churn"]
    denominator: Literal["customers_at_start"]


Formula = Annotated[
    NetPromoter | TopBox | Mean | Percentile | Share | Retention | Churn,
    Field(discriminator="kind"),
]

_INTERVALS = {
    "net_promoter": IntervalMethod.ADJUSTED_WALD,
    "mean": IntervalMethod.T,
    "percentile": IntervalMethod.ORDER_STATISTIC,
}


class KpiDefinition(_Frozen):
    """One defined figure: what is asked or recorded, how it is computed, how it is read.

    `default_target` is only a starting point that each programme replaces by its own.
    `decimals` is for display alone. `headers` are column names such a figure often has.
    """

    id: Name
    name: Text
    meaning: Text
    computation: Text
    question: Text | None = None
    unit: Unit
    scale: Scale | None = None
    direction: Direction
    formula: Formula
    minimum_n: Annotated[Whole, Field(ge=1)]
    interval: IntervalMethod
    default_target: Figure
    decimals: Annotated[Whole, Field(ge=0, le=6)]
    aliases: tuple[Word, ...] = ()
    headers: tuple[Word, ...] = ()
    sources: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.interval is not _INTERVALS.get(self.formula.kind, IntervalMethod.WILSON):
            raise ValueError(f"interval {self.interval} does not belong to {self.formula.kind}")
        if self.unit not in _units(self.formula.kind):
            raise ValueError(f"unit {self.unit} does not belong to {self.formula.kind}")
        self._check_scale()
        low, high = self.bounds
        if not (low is None or low <= self.default_target) or not (
            high is None or self.default_target <= high
        ):
            raise ValueError("default_target is no possible value of this KPI")
        return self

    def _check_scale(self) -> None:
        if self.asks_yes_or_no:
            if self.scale is not None:
                raise ValueError(f"a scale does not belong to {self.formula.kind}")
            return
        if self.scale is None:
            raise ValueError(f"{self.formula.kind} needs a scale")
        formula = self.formula
        if isinstance(formula, NetPromoter):
            self._check_scores((*formula.promoters, *formula.detractors), self.scale)
            if min(formula.promoters) <= max(formula.detractors):
                raise ValueError("every promoter must be above every detractor")
        elif isinstance(formula, TopBox):
            self._check_scores(formula.counted, self.scale)

    @staticmethod
    def _check_scores(scores: tuple[int, ...], scale: Scale) -> None:
        if scale.max is None or scale.step is None:
            raise ValueError("needs a scale with max and step")
        if len(set(scores)) != len(scores):
            raise ValueError("names a score twice")
        outside = [score for score in scores if not scale.min <= score <= scale.max]
        if outside:
            raise ValueError(f"outside the scale: {outside}")

    @property
    def asks_yes_or_no(self) -> bool:
        """Whether a row answers yes or no instead of a number."""
        return isinstance(self.formula, Share | Retention | Churn)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The lowest and the highest value this KPI can have, in its unit."""
        if self.unit is Unit.POINTS:
            return -100.0, 100.0
        if self.unit is Unit.PERCENT:
            return 0.0, 100.0
        return self.answers.min, self.answers.max

    @property
    def answers(self) -> Scale:
        """The scale of a numeric answer; raises `ValueError` where answers are yes or no."""
        if self.scale is None:
            raise ValueError(f"{self.id} has no scale: its answers are yes or no")
        return self.scale

    @property
    def inputs(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns this KPI can be computed from; the first is the usual one."""
        match self.formula:
            case Retention():
                return ("retained",), ("start", "end", "new")
            case Churn():
                return ("left",), ("start", "lost")
            case Share(with_excluded=True):
                return (("value", "excluded"),)
        return (("value",), ("opened", "closed")) if self.unit is Unit.SECONDS else (("value",),)


def _units(kind: str) -> tuple[Unit, ...]:
    if kind == "net_promoter":
        return (Unit.POINTS,)
    if kind in ("mean", "percentile"):
        return Unit.SCORE, Unit.SECONDS
    return (Unit.PERCENT,)


def plain_word(text: str) -> str:
    """A name or answer as it is compared: no case, hyphens, underscores or outer spaces."""
    return " ".join(text.replace("-", " ").replace("_", " ").split()).casefold()


@dataclass(frozen=True)
class KpiCatalogue:
    """All KPIs one programme knows, in the file's order."""

    kpis: tuple[KpiDefinition, ...]

    def find(self, name: str) -> KpiDefinition | None:
        """The KPI of this id or alias, forgiving case, hyphens and spaces; or None."""
        return self._by_word.get(plain_word(name))

    @cached_property
    def _by_word(self) -> dict[str, KpiDefinition]:
        # Of two that bear a name, the first is meant.
        return {
            plain_word(known): kpi
            for kpi in reversed(self.kpis)
            for known in (kpi.id, *kpi.aliases)
        }

    def get(self, name: str) -> KpiDefinition:
        """As `find`, but raises `UnknownKpiError`."""
        found = self.find(name)
        if found is None:
            raise UnknownKpiError(
                N_("There is no KPI “%(name)s”. The KPIs are: %(known)s."),
                name=name,
                known=", ".join(kpi.id for kpi in self.kpis),
            )
        return found


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A computed value with its 95 % interval, both in the KPI's unit, from `n` answers.

    Without answers there is no value. `low` and `high` are both None where the method
    gives no interval, such as for a single answer's mean.
    """

    kpi: str
    value: float | None
    n: int
    low: float | None
    high: float | None
    status: Status


def display_value(value: float, decimals: int) -> Decimal:
    """`value` rounded for display, halves away from zero; never minus zero."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
