"""CSV files: what a spreadsheet reads is what was meant, and nothing in them runs."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.web.csv_file import safe_cell, write_csv


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:], newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_cell_runs_as_a_formula(start):
    assert safe_cell(f"{start}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("plain", ["", "text", "2026-01-05", "a=b", "{}", "أ"])
def test_harmless_cells_stay_as_they_are(plain):
    assert safe_cell(plain) == plain


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        (-5, "-5"),
        (-0.25, "-0.25"),
        (-1e-9, "0"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (2.5e-6, "0.000003"),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 8, tzinfo=UTC), "2026-01-05T08:00:00+00:00"),
        ("-5", "'-5"),
    ],
)
def test_numbers_and_days_are_written_plainly_and_only_texts_are_guarded(cell, written):
    assert read(write_csv(["a"], [[cell, "x"]])) == [["a"], [written, "x"]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_every_text_comes_back_as_it_was_and_begins_no_formula(texts):
    (_, row) = read(write_csv(["a"], [["first", *texts]]))
    assert row[0] == "first"
    assert [cell.removeprefix("'") for cell in row[1:]] == [
        text.removeprefix("'") for text in texts
    ]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t")) for cell in row)
