from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.pdf import bidi
from accredit.pdf.fonts import PLEX
from accredit.pdf.lines import aligned_x, break_lines, one_line, text_width

TEXT = "بلغت نسبة رضا المتعاملين (CSAT) 87.5% وفق استبيان أُجري بتاريخ 2026-11-21 في 12 مركزاً."


def written(lines: object) -> list[str]:
    return ["".join(w.text for w in line.words) for line in lines]  # type: ignore[attr-defined]  # test reads any layout


def test_words_are_broken_into_lines_in_reading_order() -> None:
    layout = break_lines(TEXT, PLEX, 11, 150)
    assert len(layout.lines) > 2
    assert " ".join(written(layout.lines)) == TEXT
    assert layout.rtl


@given(st.text(alphabet=st.sampled_from("اب تx1-( \n"), max_size=80), st.floats(20, 300))
@settings(max_examples=60, deadline=None)
def test_no_line_is_wider_than_its_column(text: str, width: float) -> None:
    layout = break_lines(text, PLEX, 10, width)
    for line in layout.lines:
        assert line.width <= width + 1e-6
        assert line.width == pytest.approx(sum(word.width for word in line.words))


@given(st.text(max_size=50), st.floats(15, 200))
@settings(max_examples=60, deadline=None)
def test_no_letter_is_lost(text: str, width: float) -> None:
    layout = break_lines(text, PLEX, 10, width)
    expected = [
        "".join(t.text for t in bidi.tokens(line, layout.rtl) if not t.is_space)
        for line in bidi.clean(text).split("\n")
    ]
    found = "".join("".join(written(layout.lines)).split(" "))
    assert found == "".join(expected)


def test_line_ends_in_the_text_are_kept() -> None:
    assert written(break_lines("one\ntwo\r\n\nthree", PLEX, 10, 300).lines) == [
        *("one", "two", "", "three"),
    ]


def test_an_empty_text_keeps_its_place_with_one_empty_line() -> None:
    assert written(break_lines("", PLEX, 10, 100).lines) == [""]


def test_spaces_at_the_ends_of_lines_take_no_room() -> None:
    spaced, plain = break_lines("  abc   ", PLEX, 10, 100), break_lines("abc", PLEX, 10, 100)
    assert spaced.lines == plain.lines


@pytest.mark.parametrize("word", ["w" * 300, "كلمةطويلة" * 40, "ABCكلمة" * 40])
def test_a_very_long_word_is_broken_inside(word: str) -> None:
    layout = break_lines(f"a {word} b", PLEX, 10, 120)
    assert "".join(written(layout.lines)).replace(" ", "") == f"a{word}b"
    assert all(line.width <= 120 for line in layout.lines)


def test_a_column_narrower_than_a_letter_still_ends() -> None:
    assert written(break_lines("abc", PLEX, 10, 1).lines) == ["a", "b", "c"]


def test_a_line_of_its_own_is_never_broken() -> None:
    assert one_line("a\nb", PLEX, 10, False).width == text_width("a b", PLEX, 10, False)


def test_the_start_of_arabic_text_is_on_the_right() -> None:
    assert aligned_x(10, 100, 30, "start", rtl=True) == 80
    assert aligned_x(10, 100, 30, "end", rtl=True) == 10
    assert aligned_x(10, 100, 30, "start", rtl=False) == 10
    assert aligned_x(10, 100, 30, "center", rtl=True) == 45


def test_a_text_made_to_be_slow_is_broken_in_time() -> None:
    hostile = ("م" + "." * 900) * 10 + "\u2067" * 200 + "(" * 500
    started = time.process_time()
    break_lines(hostile, PLEX, 10, 300)
    assert time.process_time() - started < 2
