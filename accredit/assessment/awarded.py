"""What somebody awarded an element: a level, or values of its attributes that come to one. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from accredit.standard.domain import OVERALL, Combine, Element, Standard
from accredit.standard.examples import Score
from accredit.standard.scoring.inputs import Inputs, problems_of
from accredit.text import N_, RuleError


class NotScoredByPeopleError(RuleError):
    """The element is computed from a measured figure, or does not apply here."""


class AttributeValueError(RuleError):
    """The value of an attribute is missing or none of the scale's."""


class OverallError(RuleError):
    """The overall value does not fit the attributes it rests on."""


@dataclass(frozen=True, slots=True)
class Awarded:
    """A level; `attributes` is JSON of the values it rests on, or empty. Equal means the same."""

    level: str
    attributes: str = ""

    @property
    def score(self) -> Score:
        """The same as the engine reads it."""
        return self.values or self.level

    @property
    def values(self) -> Mapping[str, str]:
        """The values by attribute, and for a judgement as a whole under “overall” that one."""
        return json.loads(self.attributes) if self.attributes else {}


def field_of(attribute: str) -> str:
    """The name an attribute's value has in a form."""
    return f"attribute_{attribute}"


def award(
    standard: Standard, element_code: str, level: str, attributes: Mapping[str, str] | None = None
) -> Awarded:
    """What was awarded, once it is known to be possible.

    `level` is the level, or the overall value of a judgement by attributes; where the mean
    counts it is not looked at. Raises `UnknownElementError`, `UnknownLevelError`,
    `NotScoredByPeopleError`, `AttributeValueError` or `OverallError`, the last two naming a field.
    """
    element = standard.element(element_code)
    if element.measured is not None:
        raise NotScoredByPeopleError(
            N_("Element %(code)s is computed from a KPI and takes no score."), code=element.code
        )
    scale, known = standard.scale_of(element), standard.attributes_of(element)
    if known is None:
        return Awarded(scale.level(level).id)
    values: dict[str, str] = {}
    for attribute in known.ids:
        given = (attributes or {}).get(attribute, "")
        if scale.find_level(given) is None:
            raise AttributeValueError(N_("Choose a value."), field=field_of(attribute))
        values[attribute] = given
    if known.combine is Combine.MEAN:
        return Awarded(mean_level(standard, element, values), _text(values))
    values[OVERALL] = scale.level(level).id
    for problem in problems_of(standard, Inputs({element.code: values})):
        raise OverallError(problem.message.text, field="level", **dict(problem.message.values))
    return Awarded(level, _text(values))


def mean_level(standard: Standard, element: Element, values: Mapping[str, str]) -> str:
    """The highest level that the mean of the attributes reaches."""
    scale = standard.scale_of(element)
    shares = [scale.shares[scale.position(value)] for value in values.values()]
    return scale.levels[scale.place_of(sum(shares, Fraction(0)) / len(shares))].id


def _text(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), sort_keys=True)
