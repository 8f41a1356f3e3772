from __future__ import annotations

import threading
from typing import Any

import fontpkg
import pytest
from fontTools.ttLib import TTFont

from accredit.pdf.fonts import AMIRI, PLEX, get_font
from accredit.pdf.shaping import _MOST_DISTINCT_TEXTS, ShapedFont

from .reading import one_page, texts, texts_in_browser

WORDS = (
    "تشهد لجنة الاعتماد أن الجهة استوفت متطلبات معيار التميز في خدمة المتعاملين "
    "بمستوى ذهبي وفق مؤشر الأداء الأخير لا غير إلا بشروط ميدانية"
)
VOWELLED = "السَّلامُ عليكم ورحمةُ اللهِ يُلائمُ الاحتياجاتِ عنصراً بأنّ"


def draw_words(text: str, font: str) -> bytes:
    from accredit.pdf.onepage import draw_wrapped

    return one_page(lambda c: draw_wrapped(c, 60, 500, text, 700, font=font, size=16, rtl=True))


def glyph_ids(font: ShapedFont, text: str) -> list[int]:
    return [font.face.charToGlyph[glyph.code] for glyph in font.shape(text, True).glyphs]


def test_letters_take_their_joined_forms() -> None:
    alone, joined = glyph_ids(get_font(PLEX), "ب"), glyph_ids(get_font(PLEX), "ببب")
    assert len(set(joined)) == 3
    assert alone[0] not in joined


def test_lam_and_alef_become_one_glyph() -> None:
    lam_alef = get_font(PLEX).shape("لا", True)
    apart = get_font(PLEX).shape("ل", True).width + get_font(PLEX).shape("ا", True).width
    assert lam_alef.width < apart


def test_a_mark_is_lifted_and_the_letters_stay_on_the_baseline() -> None:
    rises: list[float] = []

    def draw(canvas: Any) -> None:
        rises.extend(s.rise for s in get_font(PLEX).segments("خدمةُ", True, canvas._doc))

    one_page(draw)
    assert rises.count(0) == 1
    assert len(rises) == 2
    assert max(rises) > 200


def test_brackets_are_mirrored_in_arabic() -> None:
    font = get_font(PLEX)
    assert glyph_ids(font, "(") == [font.face.charToGlyph[ord(")")]]


def test_a_width_is_the_sum_of_the_advances_of_the_font_file() -> None:
    advances = TTFont(fontpkg.path("IBM Plex Sans Arabic"))
    cmap, metrics = advances.getBestCmap(), advances["hmtx"]
    expected = sum(metrics[cmap[ord(letter)]][0] for letter in "nominal 2026")
    assert get_font(PLEX).stringWidth("nominal 2026", 10) == pytest.approx(expected / 100)


def test_the_width_of_a_mixed_line_is_that_of_its_words() -> None:
    font = get_font(PLEX)
    parts = ("جهة", " ", "ABC")
    expected = sum(font.stringWidth(part, 12) for part in parts)
    assert font.stringWidth("جهة ABC", 12) == pytest.approx(expected)


@pytest.mark.parametrize("font", [PLEX, AMIRI])
def test_every_word_can_be_found_again(font: str) -> None:
    (text,) = texts(draw_words(f"{WORDS} {VOWELLED}", font))
    assert [word for word in f"{WORDS} {VOWELLED}".split() if word not in text] == []


def test_every_word_can_be_found_in_the_browser() -> None:
    (text,) = texts_in_browser(draw_words(WORDS, PLEX))
    assert [word for word in WORDS.split() if word not in text.split()] == []


def test_a_character_without_a_glyph_is_drawn_as_a_box_and_still_copied() -> None:
    assert get_font(PLEX).shape("😀", False).width > 0
    (text,) = texts(draw_words("مرحبا 😀 漢字", PLEX))
    assert "😀" in text
    assert "漢字" in text


def test_a_private_character_of_a_user_reads_as_a_replacement() -> None:
    (text,) = texts(draw_words("كود \U000f0000 \ue000 نهاية", PLEX))
    assert "نهاية" in text
    assert "\ufffd" in text


def test_a_font_used_up_by_strange_combinations_still_draws() -> None:
    font = ShapedFont("Tried", fontpkg.path("IBM Plex Sans Arabic"), ligatures=False)
    font._private_codes = {(-1, str(n)): n for n in range(_MOST_DISTINCT_TEXTS)}
    before = len(font._private_codes)
    for letters in ("بب", "ببب", "بببب"):
        assert font.shape(letters, True).width > 0
    assert len(font._private_codes) - before <= 3
    assert glyph_ids(font, "ببب") == glyph_ids(get_font(PLEX), "ببب")


def test_threads_shape_at_the_same_time_without_mixing_codes() -> None:
    font = ShapedFont("Threads", fontpkg.path("IBM Plex Sans Arabic"), ligatures=False)
    words = (WORDS + " " + VOWELLED).split()
    threads = [
        threading.Thread(target=lambda: [font.shape(word, True) for word in words])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = list(font._private_codes.values())
    assert len(codes) == len(set(codes))
    for word in words:
        assert glyph_ids(font, word) == glyph_ids(get_font(PLEX), word)


def test_an_unknown_font_is_refused() -> None:
    with pytest.raises(KeyError):
        get_font("Helvetica")
