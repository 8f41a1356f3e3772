"""Finding words the way people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.evidence.search import MOST_WORDS, fold, words

SAME = [
    ("الجَوْدَةُ", "الجوده"),
    ("إدارة", "اداره"),
    ("أدلة", "ادله"),
    ("آراء", "اراء"),
    ("مؤشرات", "موشرات"),
    ("شكاوى", "شكاوي"),
    ("رضـــا", "رضا"),
    ("٢٠٢٥", "2025"),
    ("۲۰۲۵", "2025"),
    ("ﻻ", "لا"),
    ("تقرير\u200fالجودة", "تقريرالجوده"),
    ("Résumé", "resume"),
    ("SERVICE  charter\n", "service charter"),
    ("کیفیت", "كيفيت"),
]


@pytest.mark.parametrize(("written", "searched"), SAME)
def test_two_ways_to_write_it_are_one_word(written, searched):
    assert fold(written) == fold(searched)


@pytest.mark.parametrize(("one", "other"), [("رضا", "رجا"), ("حفظ", "خفض"), ("2025", "2026")])
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_word_is_found_in_any_text_that_has_it(before, after):
    assert fold("الجودة") in fold(f"{before} الجودة {after}")


def test_a_long_query_is_cut_to_some_words():
    assert len(words("a " * 500)) == MOST_WORDS
