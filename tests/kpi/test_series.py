"""Windows of one kind make a line; windows of different lengths never do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.kpi.importing import Window, window_of
from accredit.kpi.series import alike, in_order, kind_of

CALENDAR = [Window.MONTH, Window.QUARTER, Window.YEAR]


@dataclass(frozen=True)
class Row:
    start_on: date
    end_on: date


@settings(deadline=None)
@given(day=st.dates(), window=st.sampled_from(CALENDAR))
def test_a_calendar_window_is_known_by_its_days(day, window):
    assert kind_of(*window_of(day, window)) is window


def test_any_other_stretch_is_a_period_of_its_own():
    assert kind_of(date(2026, 1, 1), date(2026, 1, 30)) is Window.WHOLE
    assert kind_of(date(2026, 2, 1), date(2026, 4, 30)) is Window.WHOLE
    assert kind_of(date(2025, 4, 1), date(2026, 3, 31)) is Window.WHOLE


ROWS = st.lists(
    st.builds(
        lambda day, window: Row(*window_of(day, window)),
        st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        st.sampled_from(CALENDAR),
    ),
    unique=True,
)


@settings(deadline=None)
@given(rows=ROWS)
def test_a_line_holds_all_windows_of_its_kind_in_order(rows):
    line = alike(rows)
    kinds = {kind_of(row.start_on, row.end_on) for row in line}
    assert len(kinds) == (1 if rows else 0)
    assert line == sorted(line, key=lambda row: row.start_on)
    for kind in kinds:
        assert set(line) == {row for row in rows if kind_of(row.start_on, row.end_on) is kind}
        assert in_order(rows)[-1] in line, "the latest is never left out"


def test_the_kind_can_be_asked_for():
    month, year = (Row(*window_of(date(2025, 12, 1), kind)) for kind in (CALENDAR[0], CALENDAR[2]))
    assert alike([year, month]) == [month], "of two that end together, the shorter"
    assert alike([year, month], Window.YEAR) == [year]
    assert alike([year, month], Window.QUARTER) == []
