"""Certificate numbers: readable, unguessable, and proof against slips of the pen."""

from __future__ import annotations

import random
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.certificate.number import ALPHABET, make_number, parse_number, prefix_of

NUMBERS = st.randoms(use_true_random=False).map(
    lambda chance: make_number("SE", chance.randrange(2000, 2100), chance.choice)
)


def test_a_number_has_initials_year_and_three_groups_of_five():
    prefix, year, *groups = make_number("SE", 2026, secrets.choice).split("-")
    assert (prefix, year, [len(group) for group in groups]) == ("SE", "2026", [5, 5, 5])
    assert set("".join(groups)) <= set(ALPHABET)


def test_a_number_is_drawn_from_more_than_2_to_the_60_possibilities():
    drawn = []

    def choose(alphabet: str) -> str:
        drawn.append(len(alphabet))
        return secrets.choice(alphabet)

    make_number("SE", 2026, choose)
    assert drawn.count(32) >= 14
    assert 32**14 * 32 / 37 > 2**60


def test_the_check_character_is_the_rest_of_dividing_by_37():
    """An independent computation: Python's own base 32, digit by digit."""
    chance = random.Random(7)
    digits = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
    for _ in range(200):
        number = make_number("SE", 2026, chance.choice).replace("-", "")
        value = int(number[:-1].translate(digits), 32)
        assert ALPHABET[value % 37] == number[-1]


@given(NUMBERS)
def test_a_number_reads_back_as_itself(number):
    assert parse_number(number) == number


@settings(max_examples=30)
@given(NUMBERS)
def test_every_single_wrong_character_is_found(number):
    for place, present in enumerate(number):
        if present == "-":
            continue
        for other in ALPHABET:
            if other != present:
                wrong = number[:place] + other + number[place + 1 :]
                assert parse_number(wrong) is None, wrong


@given(NUMBERS)
def test_every_swap_of_neighbours_is_found(number):
    bare = number.replace("-", "")
    for place in range(len(bare) - 1):
        swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
        if swapped != bare:
            assert parse_number(swapped) is None, swapped


@given(NUMBERS, st.data())
def test_what_people_write_is_read_as_they_meant_it(number, data):
    prefix, rest = number[:2], number[3:]
    written = prefix + " " + rest.replace("-", data.draw(st.sampled_from(["", " ", "–", ". "])))
    written = written.replace("0", data.draw(st.sampled_from("0Oo"))).replace(
        "1", data.draw(st.sampled_from("1IiLl"))
    )
    assert parse_number(f"  {written.lower()} ") == number


def test_arabic_digits_and_direction_marks_are_read():
    number = make_number("SE", 2026, random.Random(3).choice)
    arabic = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert parse_number(f"\u2066{arabic}\u2069") == number


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    read = parse_number(text)
    assert read is None or parse_number(read) == read


@pytest.mark.parametrize(
    "text", ["", "-", "SE", "SE-2026", "SE-2026-AAAAA-AAAAA", "2026-AAAAA-AAAAA-AAAAA", "²" * 22]
)
def test_half_a_number_is_none(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("standard", "prefix"),
    [
        ("service-excellence", "SE"),
        ("library-operations", "C"),
        ("health-and-safety-at-work", "HASA"),
        ("iso-quality", "Q"),
        ("2026", "C"),
    ],
)
def test_the_initials_leave_out_letters_that_look_like_digits(standard, prefix):
    assert prefix_of(standard) == prefix
    number = make_number(prefix, 2026, secrets.choice)
    assert parse_number(number) == number
