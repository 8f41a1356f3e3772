"""Where each element stands: its level and its share, or what they can still become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from accredit.standard.domain import OVERALL, AttributeSet, Combine, Element, Standard
from accredit.standard.rules import Cap
from accredit.standard.scales import Scale
from accredit.standard.scoring.inputs import Inputs, permitted_interval
from accredit.standard.scoring.results import Limited, Method
from accredit.standard.scoring.scopes import elements_in

_NOTHING, _ALL = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Standing:
    """One element: places on its scale and shares, at least and at most; equal when it is known.

    `own` are the shares before a cap; `missing` is what is still to be scored or measured.
    """

    method: Method
    places: tuple[int, int]
    own: tuple[Fraction, Fraction]
    shares: tuple[Fraction, Fraction]
    limits: tuple[Limited, ...]
    missing: str


def standings(
    standard: Standard, inputs: Inputs, left_out: frozenset[str], elements: Sequence[Element]
) -> dict[str, Standing | None]:
    """The standing of each of the elements by code; None for those that are not applicable."""
    caps = _attribute_caps(standard)
    return {
        element.code: None
        if element.code in left_out
        else _standing(standard, element, inputs, caps.get(element.code, ()))
        for element in elements
    }


def exceeds(standard: Standard, rule: Cap, element: Element, inputs: Inputs) -> bool | None:
    """Whether the element's value is above the attribute's; None while it may still be."""
    score = inputs.scores.get(element.code)
    scale = standard.scale_of(element)
    shares = _places(standard, element, scale, score)[2]
    lowest, highest = _attribute_places(scale, score, rule.attribute)
    if shares[0] > scale.shares[highest]:
        return True
    return False if shares[1] <= scale.shares[lowest] else None


def _attribute_caps(standard: Standard) -> dict[str, list[Cap]]:
    found: dict[str, list[Cap]] = {}
    for rule in standard.rules:
        if isinstance(rule, Cap) and rule.attribute and not rule.is_soft:
            for element in elements_in(standard, rule.scope):
                attributes = standard.attributes_of(element)
                if attributes is not None and rule.attribute in attributes.ids:
                    found.setdefault(element.code, []).append(rule)
    return found


def _standing(
    standard: Standard, element: Element, inputs: Inputs, caps: list[Cap] | tuple[()]
) -> Standing:
    scale = standard.scale_of(element)
    if element.measured is not None:
        return _measured(element, scale, inputs)
    score = inputs.scores.get(element.code)
    method, places, shares = _places(standard, element, scale, score)
    is_open = score is None or places[0] != places[1] or shares[0] != shares[1]
    own, limits = shares, []
    for rule in caps:
        limit = _attribute_places(scale, score, rule.attribute)
        places = (min(places[0], limit[0]), min(places[1], limit[1]))
        low, high = (_share(scale, element, place) for place in limit)
        shares = (min(shares[0], low), min(shares[1], high))
        limits.append(Limited(rule.id, low, high))
        is_open = is_open or shares[0] != shares[1]
    return Standing(method, places, own, shares, tuple(limits), element.code if is_open else "")


def _measured(element: Element, scale: Scale, inputs: Inputs) -> Standing:
    measured = element.measured
    assert measured is not None  # noqa: S101 - asked for measured elements only
    figure = measured.figure.of(inputs.kpis.get(measured.figure.kpi))
    if figure is None:
        low, high = measured.worth.bounds
    else:
        low = high = measured.worth.share(figure)
    places = (scale.place_of(low), scale.place_of(high))
    missing = "" if low == high else measured.figure.kpi
    return Standing(Method.MEASURED, places, (low, high), (low, high), (), missing)


def _places(
    standard: Standard, element: Element, scale: Scale, score: str | Mapping[str, str] | None
) -> tuple[Method, tuple[int, int], tuple[Fraction, Fraction]]:
    """How the element is scored, its places on the scale and its shares, before any cap."""
    attributes = standard.attributes_of(element) if element.attributes else None
    if attributes is None or isinstance(score, str):
        method = Method.LEVEL if attributes is None else Method.OVERALL
        places = _scored(scale, score if isinstance(score, str) else None)
    elif attributes.combine is Combine.MEAN:
        method = Method.MEAN
        shares = _mean(scale, attributes, score or {})
        return method, (scale.place_of(shares[0]), scale.place_of(shares[1])), shares
    else:
        method = Method.OVERALL
        places = _scored(scale, (score or {}).get(OVERALL))
        if score and OVERALL not in score and scale.is_numbered:
            low, high = permitted_interval(scale, attributes, score)
            most = Fraction(scale.max_value)
            last = scale.place_of(high / most)
            first = sum(one < low / most for one in scale.shares)
            places = (min(first, last), last)
    low = _share(scale, element, places[0])
    high = low if places[0] == places[1] else _share(scale, element, places[1])
    return method, places, (low, high)


def _scored(scale: Scale, level: str | None) -> tuple[int, int]:
    if level is None:
        return 0, len(scale.levels) - 1
    place = scale.position(level)
    return place, place


def _attribute_places(
    scale: Scale, score: str | Mapping[str, str] | None, attribute: str
) -> tuple[int, int]:
    level = None if score is None or isinstance(score, str) else score.get(attribute)
    return _scored(scale, level)


def _mean(
    scale: Scale, attributes: AttributeSet, score: Mapping[str, str]
) -> tuple[Fraction, Fraction]:
    places = [_attribute_places(scale, score, attribute) for attribute in attributes.ids]
    count = len(places)
    low = sum((scale.shares[place] for place, _ in places), _NOTHING) / count
    return low, sum((scale.shares[place] for _, place in places), _NOTHING) / count


def _share(scale: Scale, element: Element, place: int) -> Fraction:
    """What a level is worth; without numbers: all at the required level or above, else nothing."""
    if scale.is_numbered:
        return scale.shares[place]
    return _ALL if place >= scale.positions[element.required] else _NOTHING
