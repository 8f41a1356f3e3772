"""What an evaluation starts from, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accredit.standard.domain import (
    OVERALL,
    AttributeSet,
    Combine,
    Element,
    Interval,
    NotApplicable,
    Standard,
    UnknownElementError,
)
from accredit.standard.examples import EvidenceItem, Score
from accredit.standard.figures import KpiReading
from accredit.standard.file.spelling import decimal_text
from accredit.standard.scales import Scale, UnknownLevelError
from accredit.text import N_, Message, RuleError


class ImpossibleInputError(RuleError):
    """A score, weight or mark was given that the standard does not permit."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Scores by element, KPI readings by id, chosen weights by code, codes not applicable.

    `evidence` is None when nothing is known of it, which is not the same as none. `since` says
    when scores were last confirmed that were carried over from an earlier visit.
    """

    scores: Mapping[str, Score]
    kpis: Mapping[str, KpiReading] = field(default_factory=dict)
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    not_applicable: frozenset[str] = frozenset()
    evidence: Mapping[str, tuple[EvidenceItem, ...]] | None = None
    since: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be: its place in the inputs, and why."""

    path: tuple[str, ...]
    message: Message


def ensure_possible(standard: Standard, inputs: Inputs) -> None:
    """Refuse inputs the standard does not permit.

    Raises UnknownElementError, UnknownLevelError or ImpossibleInputError for the first.
    """
    for problem in problems_of(standard, inputs):
        kind: type[RuleError] = ImpossibleInputError
        if problem.path[0] == "scores":
            if len(problem.path) == 2 and standard.find_element(problem.path[1]) is None:
                kind = UnknownElementError
            elif "level" in problem.message.values:
                kind = UnknownLevelError
        raise kind(problem.message.text, **dict(problem.message.values))  # type: ignore[arg-type]  # no value is named “field”


def problems_of(standard: Standard, inputs: Inputs) -> Iterator[Problem]:
    """Everything in the inputs that cannot be, in their order."""
    for code, score in inputs.scores.items():
        element = standard.find_element(code)
        if element is None:
            text = N_("There is no element “%(code)s” in this standard.")
            yield Problem(("scores", code), Message(text, {"code": code}))
        else:
            yield from _score_problems(standard, element, score)
    for code, weight in inputs.weights.items():
        yield from _weight_problems(standard, code, weight)
    for code in sorted(inputs.not_applicable):
        yield from _mark_problems(standard, code)


def _score_problems(standard: Standard, element: Element, score: Score) -> Iterator[Problem]:
    place = ("scores", element.code)
    if element.measured is not None:
        text = N_("Element %(code)s is computed from a KPI and takes no score.")
        yield Problem(place, Message(text, {"code": element.code}))
        return
    scale = standard.scale_of(element)
    attributes = standard.attributes_of(element)
    if isinstance(score, str):
        if scale.find_level(score) is None:
            yield _unknown_level(place, score)
        elif attributes is not None and attributes.combine is Combine.MEAN:
            text = N_("Element %(code)s is scored by its attributes: %(known)s.")
            values = {"code": element.code, "known": ", ".join(attributes.ids)}
            yield Problem(place, Message(text, values))
        return
    if attributes is None:
        text = N_("Element %(code)s is scored as a whole, not by attributes.")
        yield Problem(place, Message(text, {"code": element.code}))
        return
    known = (*attributes.ids, *([OVERALL] if attributes.combine is Combine.HOLISTIC else []))
    found = list(_attribute_problems(place, scale, known, score))
    yield from found
    if not found and OVERALL in score:
        yield from _overall_problems(place, scale, attributes, score)


def _attribute_problems(
    place: tuple[str, ...], scale: Scale, known: tuple[str, ...], score: Mapping[str, str]
) -> Iterator[Problem]:
    for attribute, level in score.items():
        if attribute not in known:
            text = N_("There is no attribute “%(attribute)s” here; known: %(known)s.")
            values = {"attribute": attribute, "known": ", ".join(known)}
            yield Problem((*place, attribute), Message(text, values))
        elif scale.find_level(level) is None:
            yield _unknown_level((*place, attribute), level)


def _unknown_level(place: tuple[str, ...], level: str) -> Problem:
    text = N_("There is no level “%(level)s” in this standard.")
    return Problem(place, Message(text, {"level": level}))


def _overall_problems(
    place: tuple[str, ...], scale: Scale, attributes: AttributeSet, score: Mapping[str, str]
) -> Iterator[Problem]:
    low, high = permitted_interval(scale, attributes, score)
    value = Fraction(scale.level(score[OVERALL]).value)
    if not low <= value <= high:
        text = N_(
            "The overall value %(value)s does not fit the attributes: from %(low)s to %(high)s."
        )
        values = {"value": score[OVERALL], "low": _plain(low), "high": _plain(high)}
        yield Problem((*place, OVERALL), Message(text, values))


def permitted_interval(
    scale: Scale, attributes: AttributeSet, score: Mapping[str, str]
) -> tuple[Fraction, Fraction]:
    """The least and the most a holistic value may be beside these attributes.

    An attribute without a score may still be anything the scale has.
    """
    lows: list[Fraction] = []
    highs: list[Fraction] = []
    for attribute in attributes.ids:
        level = score.get(attribute)
        lows.append(Fraction(scale.min_value if level is None else scale.level(level).value))
        highs.append(Fraction(scale.max_value if level is None else scale.level(level).value))
    if attributes.interval is Interval.MIN_MAX:
        return min(lows), max(highs)
    margin, count = Fraction(attributes.margin), len(lows)
    low = sum(lows, Fraction(0)) / count - margin
    high = sum(highs, Fraction(0)) / count + margin
    return max(low, Fraction(scale.min_value)), min(high, Fraction(scale.max_value))


def _plain(value: Fraction) -> str:
    return decimal_text(Decimal(value.numerator) / Decimal(value.denominator))


def _weight_problems(standard: Standard, code: str, weight: Decimal) -> Iterator[Problem]:
    node = standard.nodes.get(code)
    bounds = node.weight_range if node else None
    if bounds is None:
        text = N_("The weight of “%(code)s” cannot be chosen in this standard.")
        yield Problem(("weights", code), Message(text, {"code": code}))
    elif not bounds.min <= weight <= bounds.max:
        text = N_("The weight of %(code)s is %(weight)s; it may be from %(min)s to %(max)s.")
        values = {
            "code": code,
            "weight": decimal_text(weight),
            "min": decimal_text(bounds.min),
            "max": decimal_text(bounds.max),
        }
        yield Problem(("weights", code), Message(text, values))


def _mark_problems(standard: Standard, code: str) -> Iterator[Problem]:
    node = standard.nodes.get(code)
    if node is None:
        text = N_("There is no criterion or element “%(code)s” in this standard.")
        yield Problem(("not_applicable", code), Message(text, {"code": code}))
    elif node.na is NotApplicable.FORBIDDEN:
        text = N_("“%(code)s” always applies: the standard does not let it be left out.")
        yield Problem(("not_applicable", code), Message(text, {"code": code}))
