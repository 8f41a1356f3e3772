"""What was chosen is kept so exactly that the figures can be computed again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.kpi.cells import DateOrder
from accredit.kpi.choices import (
    Choices,
    FutureAnswersError,
    NothingToImportError,
    PeriodError,
    figures,
    from_json,
    hours_text,
    to_json,
)
from accredit.kpi.hours import parse_hours
from accredit.kpi.importing import Mapping, Window
from tests.kpi.files import csv_table, kpi

TODAY = date(2026, 3, 2)
HOURS = "mon-thu 08:00-15:30, fri 08:00-12:00"
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(deadline=None)
@given(
    columns=st.dictionaries(NAMES, NAMES, min_size=1, max_size=3),
    date_column=st.none() | NAMES,
    order=st.none() | st.sampled_from(DateOrder),
    window=st.sampled_from(Window),
    where=st.lists(st.tuples(NAMES, NAMES), max_size=3),
    hours=st.none() | st.sampled_from([HOURS, "sun 00:00-23:59", "sat-mon 09:00-10:00"]),
    sheet=st.none() | NAMES,
    period=st.none() | st.tuples(st.dates(), st.dates()),
)
def test_choices_come_back_as_they_were(
    columns, date_column, order, window, where, hours, sheet, period
):
    mapping = Mapping(
        "csat",
        columns,
        date_column,
        order,
        window,
        tuple(where),
        parse_hours(hours) if hours else None,
    )
    choices = Choices(mapping, sheet, period)
    assert from_json(to_json(choices)) == choices
    assert to_json(from_json(to_json(choices))) == to_json(choices)


def test_they_are_kept_in_words_that_people_can_read():
    data = json.loads(to_json(Choices(Mapping("csat", {"value": "الرضا"}, window=Window.YEAR))))
    assert (data["window"], data["columns"]) == ("year", {"value": "الرضا"})
    assert "الرضا" in to_json(Choices(Mapping("csat", {"value": "الرضا"})))


def test_working_hours_are_written_as_they_are_read():
    assert hours_text(parse_hours(HOURS)).startswith("mon 08:00-15:30, tue 08:00-15:30")
    assert parse_hours(hours_text(parse_hours(HOURS))) == parse_hours(HOURS)


def of(lines: list[str], *, period=None, window: Window = Window.WHOLE, dated: bool = True):
    mapping = Mapping("csat", {"value": "answer"}, "date" if dated else None, window=window)
    return figures(
        csv_table("date,answer", *lines), Choices(mapping, None, period), kpi("csat"), TODAY
    )


class TestThePeriodOfOneValue:
    def test_it_is_that_of_the_answers(self):
        ((start, end, window),) = of(["2026-01-05,5", "2026-02-07,4"]).windows
        assert (start, end, window.value.n) == (date(2026, 1, 5), date(2026, 2, 7), 2)

    def test_it_is_the_one_stated(self):
        stated = (date(2026, 1, 1), date(2026, 2, 28))
        ((start, end, _),) = of(["2026-01-05,5"], period=stated).windows
        assert (start, end) == stated

    def test_it_must_be_stated_where_the_file_has_no_dates(self):
        with pytest.raises(PeriodError) as refused:
            of(["2026-01-05,5"], dated=False)
        assert refused.value.field == "period_from_on"
        ((start, _, _),) = of(
            [",5"], dated=False, period=(date(2026, 1, 1), date(2026, 1, 31))
        ).windows
        assert start == date(2026, 1, 1)

    def test_it_may_have_begun_but_not_lie_ahead(self):
        begun = (date(2026, 3, 1), date(2026, 3, 31))
        assert of([",5"], dated=False, period=begun).windows[0][:2] == begun
        with pytest.raises(PeriodError) as refused:
            of([",5"], dated=False, period=(date(2026, 4, 1), date(2026, 4, 30)))
        assert refused.value.field == "period_from_on"

    def test_it_must_hold_the_answers_and_run_forwards(self):
        with pytest.raises(PeriodError) as refused:
            of(["2026-01-05,5"], period=(date(2026, 1, 6), date(2026, 1, 31)))
        assert refused.value.message.values["first"] == date(2026, 1, 5)
        with pytest.raises(PeriodError) as refused:
            of(["2026-01-05,5"], period=(date(2026, 2, 1), date(2026, 1, 1)))
        assert refused.value.field == "period_to_on"


def test_a_file_without_a_usable_answer_is_refused_with_every_reason():
    with pytest.raises(NothingToImportError) as refused:
        of(["2026-01-05,9", "2026-01-05,"])
    assert (len(refused.value.found.rejected), refused.value.found.blanks) == (1, 1)


@pytest.mark.parametrize("window", Window)
def test_answers_from_the_future_are_refused(window):
    with pytest.raises(FutureAnswersError):
        of(["2026-01-05,5", "2026-11-05,5"], window=window)


def test_the_month_that_has_begun_is_no_future():
    assert of(["2026-03-02,5"], window=Window.MONTH).windows[0][1] == date(2026, 3, 31)


def test_the_whole_value_joins_all_windows():
    found = of(["2026-01-05,5", "2026-02-05,2", "2026-02-06,1"], window=Window.MONTH)
    assert [window.value.n for _, _, window in found.windows] == [1, 2]
    assert (found.whole.n, round(found.whole.value or 0, 4)) == (3, 33.3333)
