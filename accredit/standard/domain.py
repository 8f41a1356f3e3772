"""The standard: a tree of criteria and elements, a scale, and what decides over an award.

All values are frozen. Look-ups come in pairs: `find_…` answers None, the plain name raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from accredit.standard.rules import Award, Rule
from accredit.standard.spelling import canonical_text, sha256_of
from accredit.text import N_, Bilingual, RuleError

FORMAT = "accredit-standard/1"


class UnknownCriterionError(RuleError):
    """A code was used that no criterion of the standard has."""


class UnknownElementError(RuleError):
    """A code was used that no element of the standard has."""


class UnknownLevelError(RuleError):
    """A level was used that the standard's scale does not have."""


class UnknownRuleError(RuleError):
    """A rule was asked for that the standard does not have."""


class UnknownAwardError(RuleError):
    """An award was asked for that the standard does not have."""


class RoundingMode(StrEnum):
    """What happens to the digits that are cut off."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a percentage is rounded before it is shown or compared with a threshold."""

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


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the scale; `value` is what it adds to a total, times the element's weight."""

    id: str
    value: int
    name: Bilingual
    meaning: Bilingual


@dataclass(frozen=True, slots=True)
class Scale:
    """The levels every element is scored on, lowest first, values strictly rising."""

    levels: tuple[Level, ...]

    @property
    def max_value(self) -> int:
        """The value of the highest level."""
        return self.levels[-1].value

    @property
    def min_value(self) -> int:
        """The value of the lowest level."""
        return self.levels[0].value

    @property
    def level_ids(self) -> tuple[str, ...]:
        """The ids of the levels, lowest first."""
        return tuple(level.id for level in self.levels)

    def find_level(self, level_id: str) -> Level | None:
        """The level with this id, or None."""
        return next((level for level in self.levels if level.id == level_id), None)

    def level(self, level_id: str) -> Level:
        """The level with this id; raises UnknownLevelError."""
        found = self.find_level(level_id)
        if found is None:
            raise UnknownLevelError(
                N_("There is no level “%(level)s” in this standard."), level=level_id
            )
        return found

    def position(self, level_id: str) -> int:
        """The place of the level on the scale: 0 is the lowest; raises UnknownLevelError."""
        return self.levels.index(self.level(level_id))

    def is_below(self, level_id: str, other_id: str) -> bool:
        """Whether the first level is lower than the second."""
        return self.level(level_id).value < self.level(other_id).value


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What one level looks like in one element."""

    level: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Rubric:
    """The descriptors of one element, one for each level of the scale, lowest first."""

    descriptors: tuple[Descriptor, ...]

    def descriptor(self, level_id: str) -> Bilingual:
        """What this level looks like; raises UnknownLevelError."""
        for descriptor in self.descriptors:
            if descriptor.level == level_id:
                return descriptor.text
        raise UnknownLevelError(
            N_("There is no level “%(level)s” in this standard."), level=level_id
        )


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of evidence the standard speaks of: a policy, minutes, a survey."""

    id: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class EvidenceExpectation:
    """What should be shown for an element: `minimum` items not older than `max_age_months`."""

    kind: str
    minimum: int
    max_age_months: int
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Element:
    """The smallest thing that is scored: a requirement with its rubric."""

    code: str
    title: Bilingual
    statement: Bilingual
    why: Bilingual
    rubric: Rubric
    evidence: tuple[EvidenceExpectation, ...]
    kpis: tuple[str, ...]
    weight: int
    required: str
    sources: tuple[str, ...]

    def descriptor(self, level_id: str) -> Bilingual:
        """What this level looks like in this element; raises UnknownLevelError."""
        return self.rubric.descriptor(level_id)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A group of elements with one intent."""

    code: str
    title: Bilingual
    intent: Bilingual
    sources: tuple[str, ...]
    elements: tuple[Element, ...]

    @property
    def weight(self) -> int:
        """The sum of its elements' weights."""
        return sum(element.weight for element in self.elements)


@dataclass(frozen=True)
class Standard:
    """One version of a published set of criteria; recognised by the hash of its content."""

    id: str
    version: str
    title: Bilingual
    description: Bilingual
    scale: Scale
    rounding: Rounding
    evidence_kinds: tuple[EvidenceKind, ...]
    kpis: tuple[str, ...]
    sources: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    rules: tuple[Rule, ...]
    awards: tuple[Award, ...]

    @cached_property
    def canonical(self) -> str:
        """The canonical JSON of the content, as the database keeps it."""
        return canonical_text(self)

    @cached_property
    def sha256(self) -> str:
        """The hash of the canonical content, 64 hexadecimal digits."""
        return sha256_of(self.canonical)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Every element, in the order of the file."""
        return tuple(element for criterion in self.criteria for element in criterion.elements)

    @cached_property
    def _elements_by_code(self) -> Mapping[str, Element]:
        return {element.code: element for element in self.elements}

    @cached_property
    def _criteria_by_element(self) -> Mapping[str, Criterion]:
        return {element.code: owner for owner in self.criteria for element in owner.elements}

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of the scale, lowest first."""
        return self.scale.levels

    @property
    def weight(self) -> int:
        """The sum of all elements' weights."""
        return sum(criterion.weight for criterion in self.criteria)

    def find_element(self, code: str) -> Element | None:
        """The element with this code, or None."""
        return self._elements_by_code.get(code)

    def element(self, code: str) -> Element:
        """The element with this code; raises UnknownElementError."""
        found = self.find_element(code)
        if found is None:
            raise UnknownElementError(
                N_("There is no element “%(code)s” in this standard."), code=code
            )
        return found

    def find_criterion(self, code: str) -> Criterion | None:
        """The criterion with this code, or None."""
        return next((criterion for criterion in self.criteria if criterion.code == code), None)

    def criterion(self, code: str) -> Criterion:
        """The criterion with this code; raises UnknownCriterionError."""
        found = self.find_criterion(code)
        if found is None:
            raise UnknownCriterionError(
                N_("There is no criterion “%(code)s” in this standard."), code=code
            )
        return found

    def criterion_of(self, element_code: str) -> Criterion:
        """The criterion the element belongs to; raises UnknownElementError."""
        return self._criteria_by_element[self.element(element_code).code]

    def level(self, level_id: str) -> Level:
        """The level with this id; raises UnknownLevelError."""
        return self.scale.level(level_id)

    def required_level(self, element_code: str) -> Level:
        """The level the element requires; raises UnknownElementError."""
        return self.scale.level(self.element(element_code).required)

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; raises UnknownRuleError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UnknownRuleError(N_("There is no rule “%(rule)s” in this standard."), rule=rule_id)

    def award(self, award_id: str) -> Award:
        """The award with this id; raises UnknownAwardError."""
        for award in self.awards:
            if award.id == award_id:
                return award
        raise UnknownAwardError(
            N_("There is no award “%(award)s” in this standard."), award=award_id
        )

    def find_evidence_kind(self, kind_id: str) -> EvidenceKind | None:
        """The kind of evidence with this id, or None."""
        return next((kind for kind in self.evidence_kinds if kind.id == kind_id), None)
