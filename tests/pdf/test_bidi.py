from __future__ import annotations

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.pdf import bidi


def shown(text: str, rtl: bool) -> list[str]:
    """The words of a line as they stand on paper, from left to right."""
    tokens = bidi.tokens(text, rtl)
    return [tokens[n].text for n in bidi.visual_order([t.level for t in tokens])]


def test_a_latin_text_is_at_level_nought() -> None:
    assert bidi.levels("car 12", rtl=False) == (0, 0, 0, 0, 0, 0)


def test_a_number_in_arabic_text_runs_left_to_right_at_level_two() -> None:
    assert bidi.levels("مع 12", rtl=True) == (1, 1, 1, 2, 2)


def test_it_reverses_from_the_highest_level_down() -> None:
    # UAX #9, rule L2: level 2 inside level 1 is turned round twice.
    assert bidi.visual_order([0, 1, 1, 2, 2, 1, 0]) == [0, 5, 3, 4, 2, 1, 6]


@given(st.lists(st.integers(min_value=0, max_value=6)))
def test_an_order_loses_no_word_and_repeats_none(levels: list[int]) -> None:
    assert sorted(bidi.visual_order(levels)) == list(range(len(levels)))


@given(st.lists(st.integers(min_value=0, max_value=4), max_size=12))
def test_it_agrees_with_a_second_way_of_reordering(levels: list[int]) -> None:
    def reorder(items: list[int], level: int) -> list[int]:
        """Recursively: runs above `level` are ordered first, then an odd level is reversed."""
        result: list[list[int]] = []
        for item in items:
            if levels[item] > level:
                if result and levels[result[-1][0]] > level:
                    result[-1].append(item)
                else:
                    result.append([item])
            else:
                result.append([item])
        ordered = [reorder(run, level + 1) if levels[run[0]] > level else run for run in result]
        if level % 2:
            ordered.reverse()
        return [item for run in ordered for item in run]

    assert bidi.visual_order(levels) == reorder(list(range(len(levels))), 0)


def test_brackets_close_on_the_left_in_arabic() -> None:
    assert shown("جهة (ABC)", rtl=True) == [")", "ABC", "(", " ", "جهة"]


def test_a_date_keeps_its_order_after_arabic_words() -> None:
    text = bidi.isolate_codes("بتاريخ 2026-11-21 و 2026-12")
    assert "2026-11-21" in shown(text, rtl=True)
    assert "2026-12" in shown(text, rtl=True)


def test_a_sign_stays_before_its_number() -> None:
    assert shown(bidi.isolate_codes("صافي -12 ثم +3.5"), rtl=True)[::2] == [
        "+3.5",
        "ثم",
        "-12",
        "صافي",
    ]


def test_a_phone_number_keeps_its_order() -> None:
    assert shown(bidi.isolate_codes("هاتف +971 4 123 4567"), rtl=True)[:-2] == [
        *("+971", " ", "4", " ", "123", " ", "4567"),
    ]


def test_a_span_of_years_is_read_from_right_to_left() -> None:
    assert bidi.isolate_codes("الفترة 2024-2025") == "الفترة 2024-2025"


def test_an_isolated_name_runs_its_own_way() -> None:
    assert shown(bidi.isolate("النور (ABC)"), rtl=False) == [")", "ABC", "(", " ", "النور"]


def test_each_line_is_isolated_on_its_own() -> None:
    assert bidi.isolate("a\nب").split("\n") == ["\u2068a\u2069", "\u2068ب\u2069"]


def test_the_first_strong_letter_decides_the_direction() -> None:
    assert bidi.runs_right_to_left("12. النور ABC")
    assert not bidi.runs_right_to_left("12. ABC النور")
    assert bidi.runs_right_to_left("12", default=True)


def test_invisible_controls_are_not_drawn_and_joiners_are_kept() -> None:
    assert [t.text for t in bidi.tokens("\u200fab\u2067\u2069\ufeff", False)] == ["ab"]
    assert bidi.tokens("می\u200cشود", True)[0].text == "می\u200cشود"


def test_a_no_break_space_stays_inside_its_word() -> None:
    assert [t.text for t in bidi.tokens("95\u00a0%", False)] == ["95\u00a0%"]


def test_cleaning_leaves_only_what_paper_can_show() -> None:
    assert bidi.clean("a\x00\x07\tb\r\nc\u2028d\ud800\ue000") == "a b\nc\nd\ufffd\ufffd"


def test_a_thousand_dots_between_arabic_words_are_no_obstacle() -> None:
    text = "المحور" + "." * 3000 + "7 abc"
    levels = bidi.levels(text, rtl=True)
    assert len(levels) == len(text)
    assert levels[0] == 1
    assert levels[-1] == levels[-5] == 2


@given(st.sampled_from(".-% ,"), st.integers(41, 70), st.booleans())
@settings(deadline=None)
def test_long_rows_of_signs_get_the_levels_of_the_whole_algorithm(
    sign: str, count: int, rtl: bool
) -> None:
    text = f"من 7{sign * count}x {sign * 45}ب"
    direction = TextDirection.RTL if rtl else TextDirection.LTR
    whole = BidiParagraph(text=text, base_direction=direction).characters
    assert bidi.levels(text, rtl) == tuple(character.embedding_level for character in whole)


def test_isolates_in_their_hundreds_are_no_obstacle() -> None:
    assert len(bidi.levels("ب" + "\u2067\u2069" * 2000 + "7", rtl=True)) == 4002


@given(st.text(max_size=60), st.booleans())
def test_any_text_gets_a_level_for_each_character(text: str, rtl: bool) -> None:
    clean = bidi.clean(text).replace("\n", " ")
    assert len(bidi.levels(clean, rtl)) == len(clean)
    assert all(token.text for token in bidi.tokens(clean, rtl))
