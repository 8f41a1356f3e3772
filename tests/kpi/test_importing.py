"""From a table to values: what counts, what does not, and what is said about each row."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.kpi.cells import AmbiguousDateError, DateOrder
from accredit.kpi.domain import Status
from accredit.kpi.hours import parse_hours
from accredit.kpi.importing import (
    Mapping,
    MissingDateColumnError,
    MissingInputError,
    UnknownColumnError,
    Window,
    preview,
    window_of,
)
from accredit.kpi.spreadsheet import Table, read_table
from tests.kpi.files import csv_table, kpi, preview_of, real_file


def test_blanks_are_no_answers_and_no_errors() -> None:
    found = preview_of("csat", 5, "", " ", None, 1)
    assert (found.accepted, found.blanks, found.rejected) == (2, 3, ())
    assert found.windows[0].value.value == 50.0


def test_an_impossible_answer_is_left_out_counted_and_explained() -> None:
    found = preview_of("nps", 10, 11, "9", 7.5, "-1", "n/a", "1e1", True)
    assert found.accepted == 2
    assert found.windows[0].value.value == 100.0
    assert [(error.row, error.value) for error in found.rejected] == [
        *((3, "11"), (5, "7.5"), (6, "-1"), (7, "n/a"), (8, "1e1"), (9, "TRUE"))
    ]
    assert str(found.rejected[0].reason) == "“11” is outside the scale from 0 to 10."
    assert found.rejected[0].column == "answer"


def test_a_zero_is_no_answer_on_the_scale_from_one() -> None:
    assert preview_of("nps_1_10", 0, 10).rejected[0].value == "0"
    assert preview_of("nps", 0, 10).accepted == 2


def test_the_same_rows_in_another_order_give_the_same_figure() -> None:
    forward, backward = (preview_of("ces", *order) for order in ([1, 4, 7, 7], [7, 7, 4, 1]))
    assert forward.windows == backward.windows


@given(st.lists(st.one_of(st.integers(-3, 14), st.sampled_from(["", "x", "9.0", "٧", None]))))
def test_every_row_is_accepted_blank_or_rejected(cells: list[object]) -> None:
    found = preview_of("nps", *cells)
    assert found.accepted + found.blanks + len(found.rejected) == len(cells)
    assert found.windows[0].value.n == found.accepted


def test_nothing_usable_is_no_value() -> None:
    found = preview_of("nps", "x", "")
    assert found.windows[0].value.status is Status.NO_VALUE


@pytest.mark.parametrize("word", ["Y", "yes", " YES ", "نعم", "1", 1.0, True, "١", "Resolved"])
def test_yes_is_understood_in_both_languages(word: object) -> None:
    assert preview_of("fcr", word).windows[0].value.value == 100.0


@pytest.mark.parametrize("word", ["N", "no", "لا", 0, False, "not-resolved"])
def test_no_is_understood_in_both_languages(word: object) -> None:
    assert preview_of("fcr", word).windows[0].value.value == 0.0


def test_perhaps_is_neither_yes_nor_no() -> None:
    assert "neither yes nor no" in str(preview_of("fcr", "perhaps").rejected[0].reason)


def test_net_resolution_leaves_out_what_the_front_line_cannot_solve() -> None:
    table = csv_table("solved,beyond us", "y,n", "n,n", "n,y", "y,y", ",y", "y,")
    mapping = Mapping("first_contact_resolution_net", {"value": "solved", "excluded": "beyond us"})
    found = preview(table, mapping, kpi("fcr net"))
    assert (found.accepted, found.left_out, found.blanks) == (2, 1, 1)
    assert found.windows[0].value.value == 50.0
    assert [(error.row, error.column) for error in found.rejected] == [
        *((5, "beyond us"), (7, "beyond us"))
    ]


def test_retention_is_the_same_from_counts_and_from_single_customers() -> None:
    counts = csv_table("at start,at end,new", "200,220,40")
    mapping = Mapping("retention", {"start": "at start", "end": "at end", "new": "new"})
    from_counts = preview(counts, mapping, kpi("retention")).windows[0].value
    single = csv_table("kept", *["yes"] * 180, *["no"] * 20)
    from_single = preview(single, Mapping("retention", {"retained": "kept"}), kpi("retention"))
    assert from_counts == from_single.windows[0].value
    assert (from_counts.value, from_counts.n) == (90.0, 200)


def test_contradictory_counts_are_rejected_with_their_row() -> None:
    table = csv_table("s,e,n", "200,30,40", "200,260,40", "200,,40", "200,220.5,40", "200,220,40")
    mapping = Mapping("retention", {"start": "s", "end": "e", "new": "n"})
    found = preview(table, mapping, kpi("retention"))
    assert [error.row for error in found.rejected] == [2, 3, 4, 5]
    assert "returning customers" in str(found.rejected[1].reason)
    assert "blank" in str(found.rejected[2].reason)
    assert found.windows[0].value.value == 90.0


def test_churn_takes_counts_too() -> None:
    table = csv_table("s,l", "10000,500", "10,11")
    found = preview(table, Mapping("churn", {"start": "s", "lost": "l"}), kpi("churn"))
    assert (found.windows[0].value.value, len(found.rejected)) == (5.0, 1)


def test_a_wait_is_the_time_between_two_moments_and_open_requests_are_counted_apart() -> None:
    table = csv_table(
        "in,out",
        "2026-01-05 08:30,2026-01-05 09:15",
        "2026-01-05 08:30,",
        "2026-01-05 08:30,2026-01-05 08:00",
        "2026-01-05T08:30:00Z,2026-01-05T12:31:00+04:00",
        "2026-01-05T08:30:00Z,2026-01-05 12:31",
    )
    mapping = Mapping("response_time_mean", {"opened": "in", "closed": "out"})
    found = preview(table, mapping, kpi("response_time_mean"))
    assert found.windows[0].value.value == (45 * 60 + 60) / 2
    assert (found.accepted, found.blanks) == (2, 1)
    assert [error.row for error in found.rejected] == [4, 6]


def test_a_wait_can_count_working_hours_only() -> None:
    # timetoreply's published case: in at 08:30, answered 09:15, open from nine to five.
    table = csv_table("in,out", "2026-01-05 08:30,2026-01-05 09:15")
    mapping = Mapping(
        "response_time",
        {"opened": "in", "closed": "out"},
        hours=parse_hours("mon-fri 09:00-17:00"),
    )
    assert preview(table, mapping, kpi("response_time")).windows[0].value.value == 15 * 60


def test_answers_are_grouped_by_the_month_in_which_they_were_given() -> None:
    table = csv_table("score,on", "9,31/01/2026", "0,01/02/2026", "9,28/02/2026", "9,", "9,x")
    mapping = Mapping("nps", {"value": "score"}, "on", DateOrder.DAY_FIRST, Window.MONTH)
    found = preview(table, mapping, kpi("nps"))
    assert [(item.start_on, item.end_on, item.value.value) for item in found.windows] == [
        (date(2026, 1, 1), date(2026, 1, 31), 100.0),
        (date(2026, 2, 1), date(2026, 2, 28), 0.0),
    ]
    assert [(error.row, error.column) for error in found.rejected] == [(5, "on"), (6, "on")]
    assert found.accepted == 3


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_window_holds_its_day_and_the_next_begins_the_day_after(day: date) -> None:
    for window, longest in ((Window.MONTH, 31), (Window.QUARTER, 92), (Window.YEAR, 366)):
        found = window_of(day, window)
        assert found is not None
        start, end = found
        assert start <= day <= end
        assert (end - start).days + 1 <= longest
        assert start.day == 1
        assert window_of(start, window) == window_of(end, window) == found
    assert window_of(day, Window.WHOLE) is None


def test_the_whole_file_runs_from_its_first_to_its_last_day() -> None:
    table = csv_table("score,on", "9,2026-03-01", "9,2026-01-05")
    found = preview(table, Mapping("nps", {"value": "score"}, "on"), kpi("nps"))
    assert (found.windows[0].start_on, found.windows[0].end_on) == (
        *(date(2026, 1, 5), date(2026, 3, 1)),
    )


def test_the_order_of_day_and_month_is_asked_for_and_never_guessed() -> None:
    table = csv_table("score,on", "9,13/01/2026", "9,03/04/2026")
    with pytest.raises(AmbiguousDateError):
        preview(table, Mapping("nps", {"value": "score"}, "on", None, Window.MONTH), kpi("nps"))


def test_only_the_rows_asked_for_are_used() -> None:
    table = csv_table("score,market,year", "9,US,2026", "0,MEX,2026", "9, us ,2026", "9,US,2025")
    where = (("market", "us"), ("year", "2026"))
    found = preview(table, Mapping("nps", {"value": "score"}, where=where), kpi("nps"))
    assert (found.accepted, found.left_out) == (2, 2)


def test_a_row_with_more_cells_than_the_header_is_rejected() -> None:
    found = preview(
        csv_table("score,note", "9,a", "9,a,b"), Mapping("nps", {"value": "score"}), kpi("nps")
    )
    assert (found.accepted, found.rejected[0].row) == (1, 3)


def test_columns_that_are_missing_or_called_alike_are_refused() -> None:
    table = Table(("a", "a", "b"), ((1, 2, 3),), (2,))
    with pytest.raises(UnknownColumnError, match="Several columns"):
        preview(table, Mapping("nps", {"value": "a"}), kpi("nps"))
    with pytest.raises(UnknownColumnError, match="The columns are"):
        preview(table, Mapping("nps", {"value": "c"}), kpi("nps"))
    with pytest.raises(UnknownColumnError):
        preview(table, Mapping("nps", {"value": "b"}, where=(("c", "1"),)), kpi("nps"))
    assert preview(table, Mapping("nps", {"value": " B "}), kpi("nps")).accepted == 1


def test_the_inputs_must_be_a_set_the_kpi_is_computed_from() -> None:
    table = csv_table("a,b", "1,2")
    for columns in ({}, {"start": "a"}, {"retained": "a", "start": "b"}, {"value": "a"}):
        with pytest.raises(MissingInputError, match="retained / start"):
            preview(table, Mapping("retention", columns), kpi("retention"))


def test_months_need_a_date_column() -> None:
    mapping = Mapping("nps", {"value": "a"}, window=Window.MONTH)
    with pytest.raises(MissingDateColumnError):
        preview(csv_table("a", "1"), mapping, kpi("nps"))


def test_a_mapping_is_only_used_for_its_own_kpi() -> None:
    with pytest.raises(ValueError, match="nps"):
        preview(csv_table("a", "1"), Mapping("nps", {"value": "a"}), kpi("csat"))


def test_the_published_survey_gives_its_published_nps_in_twelve_months() -> None:
    table = read_table(real_file("nps_responses.csv"))
    mapping = Mapping("nps", {"value": "score"}, "survey_date", DateOrder.DAY_FIRST, Window.MONTH)
    found = preview(table, mapping, kpi("nps"))
    assert (found.accepted, found.blanks, found.rejected) == (5000, 0, ())
    assert sum(item.value.n for item in found.windows) == 5000
    pooled = sum((item.value.value or 0) * item.value.n for item in found.windows) / 5000
    assert pooled == pytest.approx(11.8)
    assert all(item.start_on and item.start_on.year == 2021 for item in found.windows)
