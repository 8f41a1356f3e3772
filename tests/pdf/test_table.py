from __future__ import annotations

from typing import Any

import pytest

from accredit.pdf.table import Cell, Column, Table, facts

from .reading import places, report, texts

COLUMNS = [Column("Code", 0.2), Column("Element", 0.5), Column("Score", 0.3, "center")]
LONG = "Commitment of the leaders to the customer, visible to staff and customers alike. "


def laid(table: Table, width: float = 400) -> Table:
    table.wrap(width, 1000)
    return table


def test_the_heading_is_repeated_on_every_page() -> None:
    rows = [[f"1.{n}", LONG, "good"] for n in range(80)]
    pages = texts(report([Table(COLUMNS, rows, rtl=False)]))
    assert len(pages) > 2
    assert all(page.count("Element") == 1 for page in pages)


def test_every_row_appears_once_and_in_order() -> None:
    rows = [[f"K-{n:03}", LONG, "good"] for n in range(80)]
    whole = "\n".join(texts(report([Table(COLUMNS, rows, rtl=False)])))
    positions = [whole.index(f"K-{n:03}") for n in range(80)]
    assert positions == sorted(positions)
    assert all(whole.count(f"K-{n:03}") == 1 for n in range(80))


def test_the_first_column_is_on_the_right_in_arabic() -> None:
    row = [["FIRST", "SECOND", "THIRD"]]
    left_to_right = places(report([Table(COLUMNS, row, rtl=False)]))
    right_to_left = places(report([Table(COLUMNS, row, rtl=True)], "ar"))
    assert left_to_right["FIRST"] < left_to_right["SECOND"] < left_to_right["THIRD"]
    assert right_to_left["FIRST"] > right_to_left["SECOND"] > right_to_left["THIRD"]


def test_a_row_is_as_high_as_its_highest_cell() -> None:
    low = laid(Table(COLUMNS, [["1", "2", "3"]], rtl=False))
    high = laid(Table(COLUMNS, [["1", LONG * 5, "3"]], rtl=False))
    lines = round((high.height - low.height) / low.leading)
    assert lines >= 4
    assert high.height == pytest.approx(low.height + lines * low.leading)


def test_rows_move_to_the_next_page_whole() -> None:
    table = laid(Table(COLUMNS, [["1", LONG * 2, "x"]] * 6, rtl=False))
    first, second = table.split(400, table.height * 0.55)
    heights = [part.wrap(400, 1000)[1] for part in (first, second)]
    head = table._head_height()
    assert heights[0] <= table.height * 0.55
    assert sum(heights) == pytest.approx(table.height + head)


def test_a_table_without_room_for_a_row_moves_on() -> None:
    table = laid(Table(COLUMNS, [["1", LONG * 2, "x"]] * 3, rtl=False))
    assert table.split(400, 30) == []


def test_a_row_higher_than_a_page_is_broken_between_lines() -> None:
    words = " ".join(f"word{n}" for n in range(1800))
    pages = texts(report([Table(COLUMNS, [["1", words, "end"]], rtl=False)]))
    assert len(pages) >= 3
    joined = " ".join(" ".join(pages).split())
    assert [n for n in range(1800) if f"word{n} " not in joined + " "] == []


def test_a_tone_colours_the_cell_but_its_text_says_it_too() -> None:
    toned = report([Table(COLUMNS, [["1", "Element one", Cell("weak", tone="bad")]], rtl=False)])
    plain = report([Table(COLUMNS, [["1", "Element one", "weak"]], rtl=False)])
    assert toned != plain
    assert "weak" in texts(toned)[0]


def test_the_stripes_go_on_across_pages() -> None:
    table = laid(Table(COLUMNS, [["1", "a", "x"]] * 9, rtl=False, zebra=True))
    row = table._height((table._body or [])[0])
    first, second = table.split(400, table._head_height() + 3 * row + 1)
    assert isinstance(second, Table)
    assert isinstance(first, Table)
    assert (first._first_row_number, second._first_row_number) == (0, 3)


def test_an_empty_table_shows_its_heading() -> None:
    assert "Element" in texts(report([Table(COLUMNS, [], rtl=False)]))[0]


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one cell for each column"):
        Table(COLUMNS, [["1", "2"]], rtl=False)


def test_facts_have_no_heading_row() -> None:
    table: Any = laid(facts([("Organisation", "بلدية المثال"), ("Code", "A-1")], rtl=False))
    assert table._head_height() == 0
    assert "Organisation" in texts(report([table]))[0]
