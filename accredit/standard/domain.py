"""The standard: a tree of criteria and elements, scales, and what decides over an award.

All values are frozen. Look-ups come in pairs: `find_…` answers None, the plain name raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from accredit.standard.examples import Example
from accredit.standard.figures import Measured
from accredit.standard.rules import Award, Blend, KpiCondition, Ladder, Rule
from accredit.standard.scales import Level, Rounding, RoundingMode, Scale, UnknownLevelError
from accredit.text import N_, Bilingual, RuleError

__all__ = ["Level", "Rounding", "RoundingMode", "Scale", "UnknownLevelError"]

FORMAT = "accredit-standard/1"


class UnknownCriterionError(RuleError):
    """A code was used that no criterion of the standard has."""


class UnknownElementError(RuleError):
    """A code was used that no element of the standard has."""


class UnknownRuleError(RuleError):
    """A rule was asked for that the standard does not have."""


class UnknownAwardError(RuleError):
    """An award was asked for that the standard does not have."""


class NotApplicable(StrEnum):
    """Whether a node may be left out of an assessment."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    BY_RULE = "by_rule"


class NotApplicablePolicy(StrEnum):
    """What happens to the weight of a node that is not applicable."""

    DROP = "drop_from_denominator"
    REDISTRIBUTE = "redistribute_to_siblings"
    FULL = "count_as_full"


class ResultFrom(StrEnum):
    """Whose scores are the result: those agreed after moderation, or the department's own."""

    AGREED = "agreed"
    SELF = "self"


class Combine(StrEnum):
    """How attributes become the value of an element: their mean, or a judgement."""

    MEAN = "mean"
    HOLISTIC = "holistic"


class Interval(StrEnum):
    """Where a holistic value may lie: among the attributes, or around their mean."""

    MIN_MAX = "min_max"
    MEAN = "mean"


OVERALL = "overall"
"""In a score by attributes: the holistic value; no attribute may have this id."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What one level looks like in one element."""

    level: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Rubric:
    """The descriptors of one element, one for each level of its scale, lowest first.

    `is_own` is False when they are the meanings of the scale, the same for every element.
    """

    descriptors: tuple[Descriptor, ...]
    is_own: bool = True

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
class Attribute:
    """One side of an element that is scored by itself."""

    id: str
    title: Bilingual
    text: Bilingual


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """The attributes of a kind of element, and how they become its value.

    `margin` is how far a holistic value may lie from the mean, in the unit of the scale.
    """

    id: str
    combine: Combine
    interval: Interval
    margin: Decimal
    attributes: tuple[Attribute, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the attributes, in the order of the file."""
        return tuple(attribute.id for attribute in self.attributes)


@dataclass(frozen=True, slots=True)
class WeightRange:
    """The least and the most an assessment may choose as the weight of a node."""

    min: Decimal
    max: Decimal


@dataclass(frozen=True, slots=True)
class Element:
    """The smallest thing that is scored: a requirement with its rubric.

    `scale` and `attributes` are ids, `attributes` empty when it is scored as a whole;
    `points` is None where weights are used. `effort` is what one level up costs, in the unit
    of the standard's author. A `measured` element is computed and never scored by people.
    """

    code: str
    title: Bilingual
    statement: Bilingual
    why: Bilingual | None
    rubric: Rubric
    evidence: tuple[EvidenceExpectation, ...]
    kpis: tuple[str, ...]
    weight: int
    required: str
    sources: tuple[str, ...]
    points: Decimal | None = None
    weight_range: WeightRange | None = None
    scale: str = "levels"
    attributes: str = ""
    na: NotApplicable = NotApplicable.FORBIDDEN
    na_policy: NotApplicablePolicy | None = None
    effort: int = 1
    measured: Measured | None = None

    def descriptor(self, level_id: str) -> Bilingual:
        """What this level looks like in this element; raises UnknownLevelError."""
        return self.rubric.descriptor(level_id)


@dataclass(frozen=True)
class Criterion:
    """A group of elements, or of smaller groups, with one intent.

    `own_weight` and `points` are None where the children's weights are simply added up.
    """

    code: str
    title: Bilingual
    intent: Bilingual | None
    sources: tuple[str, ...]
    children: tuple[Criterion | Element, ...]
    own_weight: int | None = None
    points: Decimal | None = None
    weight_range: WeightRange | None = None
    na: NotApplicable = NotApplicable.FORBIDDEN
    na_policy: NotApplicablePolicy | None = None

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Every element below, in the order of the file."""
        found: list[Element] = []
        for child in self.children:
            found.extend((child,) if isinstance(child, Element) else child.elements)
        return tuple(found)

    @cached_property
    def groups(self) -> tuple[Criterion, ...]:
        """The smaller groups directly below."""
        return tuple(child for child in self.children if isinstance(child, Criterion))

    @cached_property
    def weight(self) -> int:
        """Its own weight, otherwise the sum of its children's."""
        if self.own_weight is not None:
            return self.own_weight
        return sum(child.weight for child in self.children)

    def walk(self) -> Iterator[Criterion | Element]:
        """This group and everything below it, in the order of the file."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield child
            else:
                yield from child.walk()


Node = Criterion | Element


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit between two full assessments: it looks at `nodes`, and at what stood at `levels`."""

    id: str
    name: Bilingual
    nodes: tuple[str, ...]
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Standard:
    """One version of a published set of criteria; recognised by the hash of its content."""

    id: str
    version: str
    title: Bilingual
    description: Bilingual
    scales: tuple[Scale, ...]
    rounding: Rounding
    evidence_kinds: tuple[EvidenceKind, ...]
    kpis: tuple[str, ...]
    sources: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    rules: tuple[Rule, ...]
    awards: tuple[Award, ...]
    modelled_on: Bilingual | None = None
    points: Decimal | None = None
    na_policy: NotApplicablePolicy = NotApplicablePolicy.DROP
    result_from: ResultFrom = ResultFrom.AGREED
    attribute_sets: tuple[AttributeSet, ...] = ()
    visits: tuple[Visit, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def is_self_check(self) -> bool:
        """Whether the department's own word is the result, and so nothing is certified."""
        return self.result_from is ResultFrom.SELF

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Every element, in the order of the file."""
        return tuple(element for criterion in self.criteria for element in criterion.elements)

    @cached_property
    def judged_elements(self) -> tuple[Element, ...]:
        """The elements people score: all but the measured ones."""
        return tuple(element for element in self.elements if element.measured is None)

    @cached_property
    def figures_used(self) -> frozenset[str]:
        """The KPIs that totals or verdicts look at."""
        used = {one.measured.figure.kpi for one in self.elements if one.measured is not None}
        for rule in self.rules:
            if isinstance(rule, KpiCondition):
                used.add(rule.kpi)
            elif isinstance(rule, Blend):
                used.update(part.measured.figure.kpi for part in rule.parts if part.measured)
        return frozenset(used)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every group and element by its code, in the order of the file."""
        return {node.code: node for criterion in self.criteria for node in criterion.walk()}

    @cached_property
    def groups(self) -> tuple[Criterion, ...]:
        """Every group of any depth, in the order of the file."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Criterion))

    @cached_property
    def _criteria_by_element(self) -> Mapping[str, Criterion]:
        return {element.code: owner for owner in self.criteria for element in owner.elements}

    @cached_property
    def _scales_by_id(self) -> Mapping[str, Scale]:
        return {scale.id: scale for scale in self.scales}

    @property
    def scale(self) -> Scale:
        """The first scale: the one elements use that name no other."""
        return self.scales[0]

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of the first scale, lowest first."""
        return self.scale.levels

    @cached_property
    def weight(self) -> int:
        """The sum of the criteria's weights."""
        return sum(criterion.weight for criterion in self.criteria)

    def scale_of(self, element: Element) -> Scale:
        """The scale the element is scored on."""
        return self._scales_by_id[element.scale]

    def attributes_of(self, element: Element) -> AttributeSet | None:
        """The attributes the element is scored by, or None when it is scored as a whole."""
        return next((one for one in self.attribute_sets if one.id == element.attributes), None)

    def find_element(self, code: str) -> Element | None:
        """The element with this code, or None."""
        node = self.nodes.get(code)
        return node if isinstance(node, Element) else None

    def element(self, code: str) -> Element:
        """The element with this code; raises UnknownElementError."""
        found = self.find_element(code)
        if found is None:
            raise UnknownElementError(
                N_("There is no element “%(code)s” in this standard."), code=code
            )
        return found

    def find_criterion(self, code: str) -> Criterion | None:
        """The group with this code, of any depth, or None."""
        node = self.nodes.get(code)
        return node if isinstance(node, Criterion) else None

    def criterion(self, code: str) -> Criterion:
        """The group with this code, of any depth; raises UnknownCriterionError."""
        found = self.find_criterion(code)
        if found is None:
            raise UnknownCriterionError(
                N_("There is no criterion “%(code)s” in this standard."), code=code
            )
        return found

    def criterion_of(self, element_code: str) -> Criterion:
        """The top-level criterion the element belongs to; raises UnknownElementError."""
        return self._criteria_by_element[self.element(element_code).code]

    def elements_of(self, node: Node) -> tuple[Element, ...]:
        """The elements of a group, or the element itself."""
        return (node,) if isinstance(node, Element) else node.elements

    def level(self, level_id: str) -> Level:
        """The level with this id, of whichever scale has it; raises UnknownLevelError."""
        for scale in self.scales:
            if found := scale.find_level(level_id):
                return found
        return self.scale.level(level_id)

    def required_level(self, element_code: str) -> Level:
        """The level the element requires; raises UnknownElementError."""
        element = self.element(element_code)
        return self.scale_of(element).level(element.required)

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; raises UnknownRuleError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UnknownRuleError(N_("There is no rule “%(rule)s” in this standard."), rule=rule_id)

    @cached_property
    def ladder(self) -> Ladder | None:
        """The rule that gives the award, or None where the awards name their rules."""
        return next((rule for rule in self.rules if isinstance(rule, Ladder)), None)

    def find_visit(self, visit_id: str) -> Visit | None:
        """The visit with this id, or None."""
        return next((visit for visit in self.visits if visit.id == visit_id), None)

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

    @cached_property
    def canonical(self) -> str:
        """The canonical JSON of the content, as the database keeps it."""
        from accredit.standard.file.document import canonical_text

        return canonical_text(self)

    @cached_property
    def sha256(self) -> str:
        """The hash of the canonical content, 64 hexadecimal digits."""
        from accredit.standard.file.spelling import sha256_of

        return sha256_of(self.canonical)
