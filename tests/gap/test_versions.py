"""What may be compared between two versions of a standard."""

from __future__ import annotations

from dataclasses import replace

from accredit.gap.versions import comparable_levels
from accredit.standard.domain import Standard
from accredit.text import Bilingual
from tests.assessments import small_standard
from tests.gap.making import GOOD

STANDARD = small_standard()


def with_element(changed: str, **changes) -> Standard:
    """The small standard in a new version in which one element differs."""
    criteria = tuple(
        replace(
            criterion,
            children=tuple(
                replace(element, **changes) if element.code == changed else element
                for element in criterion.elements
            ),
        )
        for criterion in STANDARD.criteria
    )
    return replace(STANDARD, version="2.0", criteria=criteria)


def test_all_levels_count_within_the_same_version():
    assert comparable_levels(STANDARD, STANDARD, GOOD) == GOOD


def test_a_new_weight_does_not_change_what_a_level_means():
    assert comparable_levels(STANDARD, with_element("1.1", weight=9), GOOD) == GOOD


def test_an_element_that_says_something_else_is_not_compared():
    changed = with_element("1.1", statement=Bilingual("Another promise.", "تعهد آخر."))
    assert "1.1" not in comparable_levels(STANDARD, changed, GOOD)
    assert set(comparable_levels(STANDARD, changed, GOOD)) == {"1.2", "2.1", "2.2"}


def test_a_code_that_went_to_another_element_is_not_compared():
    renamed = with_element("1.1", code="1.9")
    assert set(comparable_levels(STANDARD, renamed, GOOD)) == {"1.2", "2.1", "2.2"}


def test_another_scale_makes_nothing_comparable():
    scale = replace(STANDARD.scale, levels=STANDARD.scale.levels[1:])
    other = replace(STANDARD, version="2.0", scales=(scale,))
    assert comparable_levels(other, STANDARD, GOOD) == {}
