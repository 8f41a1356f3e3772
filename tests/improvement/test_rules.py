"""The rules of a plan: states, lateness, notes, due dates, targets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.improvement.domain import (
    ActionStatus,
    Counted,
    IncompleteActionError,
    MissingNoteError,
    PastDueDateError,
    TargetError,
    TransitionError,
    clean_note,
    clean_title,
    ensure_due,
    ensure_target,
    ensure_transition,
    figures_of,
    is_overdue,
    shorten,
)
from accredit.kpi.loader import service_kpis

TODAY = date(2026, 3, 2)
PLANNED, IN_PROGRESS, DONE, VERIFIED, CANCELLED = ActionStatus


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PLANNED, IN_PROGRESS),
        (PLANNED, DONE),
        (PLANNED, CANCELLED),
        (IN_PROGRESS, PLANNED),
        (IN_PROGRESS, DONE),
        (IN_PROGRESS, CANCELLED),
        (DONE, IN_PROGRESS),
        (VERIFIED, IN_PROGRESS),
        (CANCELLED, PLANNED),
    ],
)
def test_these_steps_are_possible(before: ActionStatus, after: ActionStatus) -> None:
    ensure_transition(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DONE, PLANNED),
        (DONE, CANCELLED),
        (VERIFIED, PLANNED),
        (VERIFIED, DONE),
        (CANCELLED, DONE),
        (CANCELLED, IN_PROGRESS),
    ],
)
def test_what_is_over_cannot_jump_to_another_end(before: ActionStatus, after: ActionStatus) -> None:
    with pytest.raises(TransitionError):
        ensure_transition(before, after)


@pytest.mark.parametrize("status", [PLANNED, IN_PROGRESS, DONE, CANCELLED])
def test_no_report_makes_an_action_verified(status: ActionStatus) -> None:
    with pytest.raises(TransitionError):
        ensure_transition(status, VERIFIED)


@pytest.mark.parametrize("status", list(ActionStatus))
def test_staying_where_one_is_is_always_possible(status: ActionStatus) -> None:
    ensure_transition(status, status)


@pytest.mark.parametrize(
    ("status", "due_on", "overdue"),
    [
        (PLANNED, TODAY - timedelta(days=1), True),
        (IN_PROGRESS, TODAY - timedelta(days=1), True),
        (PLANNED, TODAY, False),
        (PLANNED, TODAY + timedelta(days=1), False),
        (PLANNED, None, False),
        (DONE, TODAY - timedelta(days=400), False),
        (VERIFIED, TODAY - timedelta(days=400), False),
        (CANCELLED, TODAY - timedelta(days=400), False),
    ],
)
def test_only_open_actions_after_their_day_are_overdue(
    status: ActionStatus, due_on: date | None, overdue: bool
) -> None:
    assert is_overdue(status, due_on, TODAY) is overdue


@pytest.mark.parametrize(
    ("before", "after"),
    [(PLANNED, CANCELLED), (DONE, IN_PROGRESS), (CANCELLED, PLANNED), (PLANNED, PLANNED)],
)
def test_cancelling_taking_up_again_and_saying_nothing_need_a_word(
    before: ActionStatus, after: ActionStatus
) -> None:
    with pytest.raises(MissingNoteError) as caught:
        clean_note(before, after, " \n ")
    assert caught.value.field == "note"
    assert clean_note(before, after, " because ") == "because"


def test_beginning_and_finishing_need_no_word() -> None:
    assert clean_note(PLANNED, IN_PROGRESS, "") == ""
    assert clean_note(IN_PROGRESS, DONE, "") == ""


def test_a_title_is_one_line_and_fits() -> None:
    assert clean_title("  Answer \n faster ") == "Answer faster"
    assert clean_title("س" * 200) == "س" * 200
    for wrong in ("", " \n", "x" * 201):
        with pytest.raises(IncompleteActionError) as caught:
            clean_title(wrong)
        assert caught.value.field == "title"


@given(st.text())
def test_a_shortened_title_always_fits(title: str) -> None:
    assert len(shorten(title)) <= 200
    if len(" ".join(title.split())) <= 200:
        assert shorten(title) == " ".join(title.split())


def test_a_new_action_is_due_today_or_later() -> None:
    assert ensure_due(TODAY, before=None, today=TODAY) == TODAY
    with pytest.raises(PastDueDateError):
        ensure_due(TODAY - timedelta(days=1), before=None, today=TODAY)
    with pytest.raises(IncompleteActionError):
        ensure_due(None, before=None, today=TODAY)


def test_a_due_date_that_passed_may_stay_but_not_move_within_the_past() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert ensure_due(yesterday, before=yesterday, today=TODAY) == yesterday
    with pytest.raises(PastDueDateError):
        ensure_due(yesterday, before=yesterday - timedelta(days=1), today=TODAY)


@pytest.mark.parametrize(
    ("kpi", "target", "baseline", "possible"),
    [
        ("csat", 80.0, 60.0, True),
        ("csat", 100.0, None, True),
        ("csat", 60.0, 60.0, False),  # as good as now is no promise
        ("csat", 59.9, 60.0, False),
        ("csat", 100.1, None, False),
        ("csat", -0.1, None, False),
        ("csat", float("nan"), None, False),
        ("nps", -100.0, None, True),
        ("nps", -100.5, None, False),
        ("response_time", 60.0, 72.0, True),  # lower is better
        ("response_time", 73.0, 72.0, False),
        ("response_time", -1.0, None, False),
        ("response_time", float("inf"), None, False),
    ],
)
def test_a_target_is_possible_and_better_than_the_baseline(
    kpi: str, target: float, baseline: float | None, possible: bool
) -> None:
    definition = service_kpis().get(kpi)
    if possible:
        assert ensure_target(target, definition, baseline) == target
        return
    with pytest.raises(TargetError) as caught:
        ensure_target(target, definition, baseline)
    assert caught.value.field == "target"


def test_the_figures_of_a_plan_leave_cancelled_actions_out() -> None:
    figures = figures_of(
        [
            Counted(PLANNED, overdue=True, owned=False, proven=False),
            Counted(IN_PROGRESS, overdue=False, owned=True, proven=True),
            Counted(DONE, overdue=False, owned=False, proven=True),
            Counted(DONE, overdue=False, owned=True, proven=False),
            Counted(VERIFIED, overdue=False, owned=True, proven=False),
            Counted(VERIFIED, overdue=False, owned=True, proven=True),
            Counted(CANCELLED, overdue=False, owned=False, proven=True),
        ]
    )
    assert (figures.open, figures.overdue, figures.unowned) == (2, 1, 1)
    # Done is what its own people say; verified and proven are counted beside it.
    assert (figures.done, figures.verified, figures.proven) == (4, 2, 2)
