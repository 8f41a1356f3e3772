"""What is kept for a while: made once, within its bound, the oldest first to go."""

from __future__ import annotations

from accredit.kept import Kept


def test_a_value_is_made_once_for_its_key():
    kept: Kept[str, list[int]] = Kept(2)

    first = kept.get("one", lambda: [1])

    assert kept.get("one", lambda: [2]) is first
    assert kept.get("other", lambda: [2]) == [2]


def test_what_was_asked_for_longest_ago_makes_room():
    kept: Kept[int, int] = Kept(2)
    for number in (1, 2):
        kept.get(number, lambda made=number: made)
    kept.get(1, lambda: 0)

    kept.get(3, lambda: 3)

    assert kept.get(1, lambda: 0) == 1
    assert kept.get(2, lambda: 0) == 0


def test_all_together_weigh_no_more_than_they_may():
    kept: Kept[int, str] = Kept(10, len)

    assert kept.get(1, lambda: "x" * 11) == "x" * 11

    assert kept.get(1, lambda: "small") == "small"
    kept.get(2, lambda: "large")
    assert kept.get(1, lambda: "anew") == "small"
    kept.get(3, lambda: "x")
    assert kept.get(2, lambda: "anew") == "anew"


def test_what_cannot_be_made_is_not_kept():
    kept: Kept[int, float] = Kept(2)
    try:
        kept.get(1, lambda: 1 / 0)
    except ZeroDivisionError:
        assert kept.get(1, lambda: 2.0) == 2.0
    else:
        raise AssertionError("nothing was raised")
