"""The canonical text: one content, one spelling, one hash, and the quick way back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.standard.file.canonical import DamagedContentError, from_canonical
from accredit.standard.file.document import texts
from accredit.standard.file.loader import get_standard
from accredit.standard.file.spelling import canonical_json, decimal_text
from accredit.text import Bilingual
from tests.costs import costs_less_than
from tests.standard.small import TEXT, changed, standard

SHIPPED = Path(__file__).parents[2] / "criteria" / "service-excellence.yaml"


def test_a_standard_comes_back_from_its_canonical_text_unchanged() -> None:
    small = standard()
    back = from_canonical(small.canonical, sha256=small.sha256)
    assert back == small
    assert (back.canonical, back.sha256) == (small.canonical, small.sha256)


def test_every_kind_of_rule_comes_back_unchanged() -> None:
    text = changed("where: {below: required}, max: 1", "where: {below: required}, min: 0, max: 1")
    text = text.replace("min: 0.25", "min: 0.25, max: 0.75")
    text = text.replace("field: value, min: 70", "field: high, max: -7.5")
    text = text.replace("scope: each_criterion, value", 'scope: "1.2", value')
    loaded = standard(text)
    assert from_canonical(loaded.canonical).rules == loaded.rules


def test_the_hash_is_the_sha256_of_the_canonical_text_in_utf8() -> None:
    small = standard()
    assert small.sha256 == hashlib.sha256(small.canonical.encode()).hexdigest()
    assert json.loads(small.canonical)["title"] == {"en": "A small standard", "ar": "معيار صغير"}
    assert "معيار صغير" in small.canonical


def test_layout_quotes_comments_and_number_spellings_do_not_change_the_hash() -> None:
    other = "# a comment\n" + changed("weight: 3", "weight:   3  # heavy")
    other = other.replace('"Promises"', "Promises").replace("value: 60", "value: 60.0")
    other = other.replace(
        'title: {en: "Listening", ar: "الإصغاء"}',
        "title:\n      ar: الإصغاء\n      en: >-\n        Listening",
    )
    assert standard(other).sha256 == standard().sha256


def test_letters_composed_or_decomposed_are_the_same_text() -> None:
    decomposed = TEXT.replace("أ", "\u0627\u0654").replace("إ", "\u0627\u0655")
    assert decomposed != TEXT
    assert standard(decomposed).sha256 == standard().sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 3", "weight: 4"),
        ("Half.", "Halves."),
        ("لا وعود.", "لا وعد."),
        ("value: 60", "value: 60.1"),
        ("places: 1", "places: 2"),
        ("valid_years: 3", "valid_years: 2"),
        ("sources: [X.3]", "sources: [X.4]"),
    ],
)
def test_any_change_of_content_changes_the_hash(old: str, new: str) -> None:
    assert standard(changed(old, new)).sha256 != standard().sha256


def test_content_that_is_not_what_was_published_is_refused() -> None:
    small = standard()
    edited = small.canonical.replace("Promises", "Premises", 1)
    with pytest.raises(DamagedContentError, match="its content has changed"):
        from_canonical(edited, sha256=small.sha256)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"x"',
        "{",
        "[" * 100_000,
        '{"id": "x"}',
        '{"id": "x", "criteria": 3}',
    ],
)
def test_damaged_content_is_refused_and_does_not_crash(text: str) -> None:
    with pytest.raises(DamagedContentError):
        from_canonical(text)


def test_an_unknown_kind_of_rule_is_refused() -> None:
    with pytest.raises(DamagedContentError):
        from_canonical(standard().canonical.replace('"kind":"veto"', '"kind":"forbid"'))


def test_what_has_no_spelling_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical_json([1.5])


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
    )
)
def test_a_decimal_has_one_spelling_whatever_its_zeros(value: Decimal) -> None:
    assert decimal_text(value) == decimal_text(value.normalize())
    assert Decimal(decimal_text(value)) == value
    assert "E" not in decimal_text(value)


@given(st.text(), st.text())
def test_any_text_survives_the_canonical_form(english: str, arabic: str) -> None:
    data = json.loads(canonical_json(texts(Bilingual(english, arabic))))
    assert data == {"en": english, "ar": arabic}


def test_the_default_standard_loads_in_a_moment_and_from_the_database_in_less() -> None:
    loaded = get_standard(SHIPPED)
    content = replace(loaded).canonical
    assert from_canonical(content) == loaded
    assert costs_less_than(0.4, lambda: get_standard(SHIPPED))
    assert costs_less_than(0.1, lambda: from_canonical(content))
