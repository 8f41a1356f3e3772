"""Scales: the values a score may have, named levels or steps of a number, and how totals round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from accredit.text import N_, Bilingual, RuleError


class UnknownLevelError(RuleError):
    """A level was used that the standard's scale does not have."""


class RoundingMode(StrEnum):
    """What happens to the digits that are cut off."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a figure is rounded before it is shown or compared with a threshold."""

    places: int
    mode: RoundingMode

    def apply(self, value: Fraction) -> Decimal:
        """`value` (not negative) rounded exactly; 65.25 to one place half up is 65.3."""
        scaled = value * 10**self.places
        whole, rest = divmod(scaled.numerator, scaled.denominator)
        doubled = 2 * rest
        if self.mode is RoundingMode.HALF_UP:
            up = doubled >= scaled.denominator
        elif self.mode is RoundingMode.HALF_EVEN:
            up = doubled > scaled.denominator or (doubled == scaled.denominator and whole % 2 == 1)
        else:
            up = False
        return Decimal(whole + up).scaleb(-self.places)


class ScaleKind(StrEnum):
    """Named levels, or steps of a percentage or of another number."""

    ORDINAL = "ordinal"
    PERCENT = "percent"
    NUMERIC = "numeric"


class LevelFlag(StrEnum):
    """What a level brings with it."""

    PASSES = "passes"
    RAISES_FINDING = "raises_finding"
    NEEDS_JUSTIFICATION = "needs_justification"
    NEEDS_EXEMPLAR = "needs_exemplar"


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a scale; `value` is what it adds to a total, times the element's weight.

    On a scale without numbers `value` is only the place of the level.
    """

    id: str
    value: Decimal
    name: Bilingual
    meaning: Bilingual
    flags: tuple[LevelFlag, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """A named stretch of a scale of numbers, both ends included."""

    id: str
    start: Decimal
    end: Decimal
    name: Bilingual
    meaning: Bilingual


@dataclass(frozen=True, slots=True)
class Steps:
    """How a scale of numbers is written down: its ends, its step and its named ranges."""

    min: Decimal
    max: Decimal
    step: Decimal
    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class Scale:
    """The values an element may be scored at, lowest first, strictly rising.

    `is_numbered` is False for named levels without values; `has_own_descriptors` when every
    element describes each level itself; `pass_from` is the level that is enough where an
    element does not say otherwise, or "".
    """

    levels: tuple[Level, ...]
    id: str = "levels"
    kind: ScaleKind = ScaleKind.ORDINAL
    is_numbered: bool = True
    has_own_descriptors: bool = True
    pass_from: str = ""
    steps: Steps | None = None

    @property
    def max_value(self) -> Decimal:
        """The value of the highest level."""
        return self.levels[-1].value

    @property
    def min_value(self) -> Decimal:
        """The value of the lowest level."""
        return self.levels[0].value

    @cached_property
    def level_ids(self) -> tuple[str, ...]:
        """The ids of the levels, lowest first."""
        return tuple(level.id for level in self.levels)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each level on the scale: 0 is the lowest."""
        return {level.id: place for place, level in enumerate(self.levels)}

    @cached_property
    def shares(self) -> tuple[Fraction, ...]:
        """What each level is of the highest one, by place."""
        most = Fraction(self.max_value)
        return tuple(Fraction(level.value) / most for level in self.levels)

    def find_level(self, level_id: str) -> Level | None:
        """The level with this id, or None."""
        place = self.positions.get(level_id)
        return None if place is None else self.levels[place]

    def level(self, level_id: str) -> Level:
        """The level with this id; raises UnknownLevelError."""
        return self.levels[self.position(level_id)]

    def position(self, level_id: str) -> int:
        """The place of the level on the scale: 0 is the lowest; raises UnknownLevelError."""
        place = self.positions.get(level_id)
        if place is None:
            raise UnknownLevelError(
                N_("There is no level “%(level)s” in this standard."), level=level_id
            )
        return place

    def is_below(self, level_id: str, other_id: str) -> bool:
        """Whether the first level is lower than the second."""
        return self.position(level_id) < self.position(other_id)

    def place_of(self, share: Fraction) -> int:
        """The place of the highest level whose share is not above `share` (at least the lowest)."""
        return max(
            (place for place, one in enumerate(self.shares) if one <= share),
            default=0,
        )

    def range_of(self, level_id: str) -> Range | None:
        """The named range this value lies in, or None where the scale has none."""
        value = self.level(level_id).value
        ranges = self.steps.ranges if self.steps else ()
        return next((one for one in ranges if one.start <= value <= one.end), None)
