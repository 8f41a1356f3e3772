"""Two people who score the same element at the same moment, whichever way they work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conflict import (
    FIRST,
    SAVE,
    SECOND,
    meet,
    prepare_assessments,
    side_by_side,
    stored,
    two_who_have_it_open,
)
from tests.browser.conftest import Installation, prepare_installation, served
from tests.browser.person_at_browser import PersonAtBrowser
from tests.browser.ways import WAYS

pytestmark = pytest.mark.browser

#: By turns: `make journeys` asks each way in each language.
TURNS = tuple(zip(WAYS, ("en", "ar", "en", "ar", "ar"), strict=True))


@pytest.fixture(scope="module")
def scored_by_two(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Installation, list[int]]]:
    place = prepare_installation(tmp_path_factory.mktemp("conflict"))
    numbers = prepare_assessments(place, len(TURNS) + 1)
    with served(place):
        yield place, numbers


@pytest.mark.parametrize(("way", "language"), TURNS)
def test_two_people_in_conflict_see_both_texts_and_lose_neither(
    scored_by_two: tuple[Installation, list[int]], chromium: Any, way: str, language: str
) -> None:
    place, numbers = scored_by_two
    meet(place, chromium, WAYS[way], language, numbers[TURNS.index((way, language))])


def test_whoever_presses_save_before_the_page_has_its_answer_sees_it_first(
    scored_by_two: tuple[Installation, list[int]], chromium: Any
) -> None:
    place, numbers = scored_by_two
    contributor, leader = two_who_have_it_open(place, chromium, PersonAtBrowser, "en", numbers[-1])
    waiting: list[Any] = []
    leader.page.route(
        "**/elements/1.1/score",
        lambda route: (
            waiting.append(route)
            if route.request.headers["accept"] == "application/json"
            else route.continue_()
        ),
    )
    leader.mark(leader.level("partial"))
    leader.fill(reason=SECOND)
    # Leaving the reason saves it; the button asks for the same while that is on its way.
    leader.press(leader.find(SAVE))
    leader.page.wait_for_timeout(100)
    waiting.pop().continue_()
    side_by_side(leader).wait_for()
    # Time enough for a page that would go on by itself.
    leader.page.wait_for_load_state("networkidle")

    assert stored(place, numbers[-1]) == FIRST
    assert leader.find("[name=reason]").input_value() == SECOND
    leader.submit("/score")
    assert stored(place, numbers[-1]) == SECOND
    contributor.close()
    leader.close()
