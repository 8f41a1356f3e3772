"""Finding words the way people write them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.evidence.search import MOST_WORDS, fold, stems, words

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


def test_people_who_search_at_the_same_moment_get_their_own_words():
    written = "measuring satisfaction complaints permits licences تراخيص الشكاوى المؤسسات قياس"
    alone = {word: stems(word) for word in words(written)}
    start = Barrier(8)

    def many(_number):
        start.wait()
        return [(word, stems(word)) for _ in range(150) for word in alone]

    swap = sys.getswitchinterval()
    # Threads change places within every word, as they do now and then on a busy server.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as people:
            found = [pair for pairs in people.map(many, range(8)) for pair in pairs]
    finally:
        sys.setswitchinterval(swap)

    assert all(alone[word] == of_it for word, of_it in found)
