"""What the measurements say about a promise: verdicts and the share of the way."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.improvement.domain import ActionStatus
from accredit.improvement.promise import (
    Promise,
    PromiseVerdict,
    Reading,
    is_unproven,
    judge,
    share_of_the_way,
)
from accredit.kpi.comparison import Standing
from accredit.kpi.domain import KpiValue, Status
from accredit.kpi.loader import service_kpis
from tests.improvement.making import figure, month, share

CSAT = service_kpis().get("csat")
CES = service_kpis().get("ces")
RESPONSE = service_kpis().get("response_time")
MADE = date(2026, 2, 3)


def csat(baseline: Reading | None, target: float | None = 80.0) -> Promise:
    return Promise(CSAT, baseline, target, MADE)


def test_newcombes_published_case_is_an_improvement() -> None:
    # Newcombe 1998, method 10: 56/70 against 48/80 differ by 0.20, interval 0.0524 to 0.3339.
    progress = judge(csat(month(1, share("csat", 48, 80))), [month(2, share("csat", 56, 70))])
    assert progress.verdict is PromiseVerdict.IMPROVED
    assert progress.comparison is not None
    assert progress.comparison.difference == pytest.approx(20.0)
    assert progress.comparison.low == pytest.approx(5.24, abs=0.005)
    assert progress.comparison.high == pytest.approx(33.39, abs=0.005)
    # 80 % lies at the target, but its interval reaches below it.
    assert progress.standing is Standing.UNCLEAR
    assert progress.share == pytest.approx(100.0)


def test_a_small_rise_from_few_answers_shows_nothing() -> None:
    progress = judge(csat(month(1, share("csat", 48, 80))), [month(2, share("csat", 50, 80))])
    assert progress.verdict is PromiseVerdict.NOT_SHOWN
    assert progress.share == pytest.approx(100 * 2.5 / 20)


def test_a_clear_fall_is_worse_and_the_share_negative() -> None:
    progress = judge(csat(month(1, share("csat", 600, 1000))), [month(2, share("csat", 500, 1000))])
    assert progress.verdict is PromiseVerdict.WORSE
    assert progress.share == pytest.approx(-50.0)
    assert progress.bar == 0.0


def test_a_whole_interval_beyond_the_target_meets_it() -> None:
    progress = judge(csat(month(1, share("csat", 600, 1000))), [month(2, share("csat", 880, 1000))])
    assert progress.verdict is PromiseVerdict.TARGET_MET
    assert progress.share == pytest.approx(140.0)
    assert progress.bar == 100.0


def test_lower_is_better_for_waiting_times() -> None:
    # Medians: no interval of the difference, the two intervals must lie apart.
    promise = Promise(RESPONSE, month(1, figure("response_time", 72, 70, 75)), 60, MADE)
    faster = judge(promise, [month(2, figure("response_time", 66, 64, 68))])
    assert faster.verdict is PromiseVerdict.IMPROVED
    assert faster.share == pytest.approx(50.0)
    slower = judge(promise, [month(2, figure("response_time", 78, 76, 80))])
    assert (slower.verdict, slower.share) == (PromiseVerdict.WORSE, pytest.approx(-50.0))
    touching = judge(promise, [month(2, figure("response_time", 69, 67, 71))])
    assert touching.verdict is PromiseVerdict.NOT_SHOWN


def test_means_are_compared_by_welchs_interval() -> None:
    # Half widths 0.1 each, n large: half of the difference about 0.141; 0.4 is far beyond.
    promise = Promise(CES, month(1, figure("ces", 5.0, 4.9, 5.1)), 5.5, MADE)
    progress = judge(promise, [month(2, figure("ces", 5.4, 5.3, 5.5))])
    assert progress.verdict is PromiseVerdict.IMPROVED
    assert progress.share == pytest.approx(80.0)
    assert progress.comparison is not None
    assert progress.comparison.low == pytest.approx(0.4 - 0.1414, abs=0.001)


def test_only_windows_that_begin_after_the_baseline_count() -> None:
    baseline = month(2, share("csat", 600, 1000))
    overlapping = Reading(date(2026, 2, 28), date(2026, 3, 30), share("csat", 900, 1000))
    before = month(1, share("csat", 900, 1000))
    progress = judge(csat(baseline), [before, baseline, overlapping])
    assert progress.verdict is PromiseVerdict.NO_MEASUREMENT
    assert (progress.latest, progress.share) == (None, None)


def test_the_latest_window_of_the_same_length_counts() -> None:
    april = month(4, share("csat", 700, 1000))
    quarter = Reading(date(2026, 4, 1), date(2026, 6, 30), share("csat", 400, 1000))
    progress = judge(
        csat(month(1, share("csat", 600, 1000))),
        [april, month(3, share("csat", 650, 1000)), quarter],
    )
    assert progress.latest == april


def test_another_window_counts_where_there_is_none_of_the_same_length() -> None:
    quarter = Reading(date(2026, 4, 1), date(2026, 6, 30), share("csat", 700, 1000))
    assert judge(csat(month(1, share("csat", 600, 1000))), [quarter]).latest == quarter


def test_too_few_answers_prove_nothing_and_give_way_to_enough() -> None:
    baseline = month(1, share("csat", 600, 1000))
    few = month(3, share("csat", 20, 20))
    alone = judge(csat(baseline), [few])
    assert (alone.verdict, alone.share) == (PromiseVerdict.NOT_SHOWN, None)
    assert alone.standing is Standing.UNKNOWN
    enough = month(2, share("csat", 700, 1000))
    assert judge(csat(baseline), [few, enough]).latest == enough


def test_a_window_without_a_value_is_no_measurement() -> None:
    empty = month(2, KpiValue("csat", None, 0, None, None, Status.NO_VALUE))
    progress = judge(csat(month(1, share("csat", 600, 1000))), [empty])
    assert progress.verdict is PromiseVerdict.NO_MEASUREMENT


def test_without_a_baseline_only_the_target_can_be_judged() -> None:
    short = month(3, share("csat", 700, 1000))
    assert judge(csat(None), [short]).verdict is PromiseVerdict.NO_BASELINE
    beyond = month(3, share("csat", 900, 1000))
    assert judge(csat(None), [beyond]).verdict is PromiseVerdict.TARGET_MET
    assert judge(csat(None), [beyond]).share is None


def test_without_a_baseline_windows_before_the_promise_do_not_count() -> None:
    january = month(1, share("csat", 900, 1000))
    assert judge(csat(None), [january]).verdict is PromiseVerdict.NO_MEASUREMENT


def test_without_a_target_a_change_can_still_be_shown() -> None:
    progress = judge(
        csat(month(1, share("csat", 600, 1000)), None), [month(2, share("csat", 700, 1000))]
    )
    assert (progress.verdict, progress.share) == (PromiseVerdict.IMPROVED, None)
    assert progress.standing is Standing.UNKNOWN


def test_a_target_on_the_wrong_side_has_no_way() -> None:
    promise = csat(month(1, share("csat", 600, 1000)), 50.0)
    assert share_of_the_way(promise, share("csat", 550, 1000)) is None
    assert share_of_the_way(csat(month(1, share("csat", 800, 1000))), share("csat", 9, 10)) is None


def test_a_fall_is_worse_even_where_the_target_lies_below() -> None:
    promise = csat(month(1, share("csat", 600, 1000)), 40.0)
    progress = judge(promise, [month(2, share("csat", 500, 1000))])
    assert progress.standing is Standing.MET
    assert progress.verdict is PromiseVerdict.WORSE


@pytest.mark.parametrize(
    ("latest", "unproven"),
    [((700, 1000), False), ((610, 1000), True), ((500, 1000), True), ((880, 1000), False)],
)
def test_a_finished_action_must_be_confirmed_by_the_measurements(
    latest: tuple[int, int], unproven: bool
) -> None:
    progress = judge(csat(month(1, share("csat", 600, 1000))), [month(2, share("csat", *latest))])
    assert is_unproven(ActionStatus.DONE, progress) is unproven
    assert is_unproven(ActionStatus.IN_PROGRESS, progress) is False


def test_a_finished_action_without_a_measurement_since_is_not_confirmed() -> None:
    assert is_unproven(ActionStatus.DONE, judge(csat(month(1, share("csat", 6, 9))), []))
    assert not is_unproven(ActionStatus.DONE, None)


shares = st.integers(min_value=0, max_value=400)


@given(before=shares, after=shares, target=st.integers(min_value=0, max_value=400))
def test_the_share_is_zero_at_the_baseline_a_hundred_at_the_target_and_never_mixed_up(
    before: int, after: int, target: int
) -> None:
    baseline = month(1, share("csat", before, 400))
    promise = csat(baseline, 100 * target / 400)
    found = share_of_the_way(promise, share("csat", after, 400))
    if target <= before:
        assert found is None
        return
    assert found == pytest.approx(100 * (after - before) / (target - before))
    assert share_of_the_way(promise, baseline.value) == 0
    assert share_of_the_way(promise, share("csat", target, 400)) == 100
    progress = judge(promise, [month(2, share("csat", after, 400))])
    assert 0 <= progress.bar <= 100
    if progress.verdict is PromiseVerdict.IMPROVED:
        assert found > 0
    if progress.verdict is PromiseVerdict.WORSE:
        assert found < 0


@given(before=shares, after=shares)
def test_an_answer_never_counts_twice_and_the_order_of_readings_does_not_matter(
    before: int, after: int
) -> None:
    promise = csat(month(2, share("csat", before, 400)))
    rows = [month(number, share("csat", after, 400)) for number in (1, 2, 3, 4)]
    forwards, backwards = judge(promise, rows), judge(promise, rows[::-1])
    assert forwards == backwards
    assert forwards.latest == rows[-1]
