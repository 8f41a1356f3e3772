"""How well a text answers what is looked for."""

from __future__ import annotations

import pytest

from accredit.search.domain import MOST_LETTERS, Line, Sought, Text, ranked

TITLE, MORE = ("Complaints answered", "الرد على الشكاوى"), ("Every customer gets an answer.",)


@pytest.mark.parametrize(
    ("typed", "rank"),
    [
        ("complaints", 0),
        ("COMPLAINTS الرَّدُ", 0),
        ("compl", 0),
        ("customer", 1),
        ("customers answer", 1),
        ("complaint customers", 1),
        ("شكوى", 1),
        ("complaints never", None),
    ],
)
def test_the_title_answers_better_than_what_is_said_below_it(typed: str, rank: int | None) -> None:
    assert Sought.of(typed).rank(Text.of(TITLE, MORE)) == rank


def test_what_is_pasted_by_mistake_is_cut() -> None:
    sought = Sought.of("a" * 10_000)

    assert sought.words == ("a" * MOST_LETTERS,)


def test_lines_keep_their_order_within_a_rank() -> None:
    lines = [
        (Text.of(["other"], ["promise"]), Line("below", "x")),
        (Text.of(["a promise"]), Line("first", "x")),
        (Text.of(["promise kept"]), Line("second", "x")),
        (Text.of(["nothing"]), Line("none", "x")),
    ]

    assert [line.title for line in ranked(lines, Sought.of("promise"))] == [
        "first",
        "second",
        "below",
    ]
