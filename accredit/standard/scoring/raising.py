"""Raising the score of an element to a level, as a plan of improvement would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from accredit.standard.domain import OVERALL, Combine, Element, Standard
from accredit.standard.examples import Score
from accredit.standard.scoring.inputs import Inputs, permitted_interval


def filled(standard: Standard, inputs: Inputs) -> Inputs:
    """The same inputs with everything unscored at the lowest level it may have."""
    scores = dict(inputs.scores)
    for element in standard.judged_elements:
        scores[element.code] = raised(standard, element, inputs.scores.get(element.code), 0)
    return replace(inputs, scores=scores)


def place_now(standard: Standard, element: Element, score: Score) -> int:
    """The place of the scale an element is raised from; by attributes, that of the lowest."""
    scale = standard.scale_of(element)
    if isinstance(score, str):
        return scale.position(score)
    return min(scale.position(level) for level in score.values())


def raised(standard: Standard, element: Element, score: Score | None, place: int) -> Score:
    """The score with the element at this place at least; attributes are raised together.

    What stands higher stays; an overall value is moved up to where it fits the attributes.
    """
    scale = standard.scale_of(element)
    attributes = standard.attributes_of(element)
    level = scale.level_ids[place]
    if isinstance(score, str) and scale.position(score) >= place:
        return score
    if attributes is None:
        return level
    before: Mapping[str, str] = {} if score is None or isinstance(score, str) else score
    found = {
        name: max(before.get(name, level), level, key=scale.position) for name in attributes.ids
    }
    if attributes.combine is Combine.HOLISTIC:
        overall = max(before.get(OVERALL, level), level, key=scale.position)
        low, _ = permitted_interval(scale, attributes, found)
        enough = next(one.id for one in scale.levels if Fraction(one.value) >= low)
        found[OVERALL] = max(overall, enough, key=scale.position)
    return found
