"""Whoever moderates sees how far the assessors agree; whoever scores does not."""

from __future__ import annotations

from accredit.assessment.overview import agreement_in
from tests.assessments import small_standard

STANDARD = small_standard()
CODES = [element.code for element in STANDARD.elements]


def test_the_figures_rest_on_the_places_of_levels_on_the_scale():
    low, high = STANDARD.levels[0].id, STANDARD.levels[-1].id

    same = agreement_in(STANDARD, {CODES[0]: (low, low), CODES[1]: (high, high)})
    apart = agreement_in(STANDARD, {CODES[0]: (low, high), CODES[1]: (high, low)})

    assert (same.elements, same.alike, same.alpha, same.reading) == (2, 1, 1, "dependable")
    assert apart.alike == 0
    assert apart.alpha < 0
    assert apart.reading == "not dependable"


def test_one_assessor_alone_agrees_with_nobody():
    alone = agreement_in(STANDARD, {CODES[0]: (STANDARD.levels[0].id,)})
    assert (alone.elements, alone.alike, alone.alpha, alone.reading) == (0, None, None, "")
