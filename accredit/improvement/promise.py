"""What an action promises of a KPI, and what the measurements say about it.

Pure. An action never proves itself: only measurements of windows that begin after the
baseline's window can, and only by more than chance explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from accredit.improvement.domain import ActionStatus, is_better
from accredit.kpi.comparison import Change, Comparison, Standing, compare, standing
from accredit.kpi.domain import KpiDefinition, KpiValue, Status
from accredit.kpi.series import in_order, kind_of


class PromiseVerdict(StrEnum):
    """What the measurements say about a promise."""

    TARGET_MET = "target_met"
    IMPROVED = "improved"
    NOT_SHOWN = "not_shown"
    WORSE = "worse"
    NO_BASELINE = "no_baseline"
    NO_MEASUREMENT = "no_measurement"

    @property
    def is_kept(self) -> bool:
        """Whether the measurements confirm that something got better."""
        return self in (PromiseVerdict.TARGET_MET, PromiseVerdict.IMPROVED)


@dataclass(frozen=True, slots=True)
class Reading:
    """A KPI's value in the window from `start_on` to `end_on`, both days included."""

    start_on: date
    end_on: date
    value: KpiValue


@dataclass(frozen=True, slots=True)
class Promise:
    """To move a KPI from the baseline to the target (in its unit), made on a day.

    Without a baseline nobody had measured the KPI when the promise was made.
    """

    definition: KpiDefinition
    baseline: Reading | None
    target: float | None
    made_on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a promise has come by its latest usable measurement.

    `comparison` is the change since the baseline, `standing` where the latest value stands
    to the target, `share` how much of the way from baseline to target is gone: in percent,
    below 0 if it went the wrong way, above 100 beyond the target, None where undefined.
    """

    verdict: PromiseVerdict
    latest: Reading | None
    comparison: Comparison | None
    standing: Standing
    share: float | None

    @property
    def bar(self) -> float:
        """The share as a bar can show it, from 0 to 100."""
        return min(max(self.share or 0.0, 0.0), 100.0)


def judge(promise: Promise, readings: Sequence[Reading]) -> Progress:
    """What the measurements say about the promise.

    Only windows that begin after the baseline's end count, so that no answer is counted on
    both sides; without a baseline those that begin after the promise was made. Windows as
    long as the baseline's go before others, those with enough answers before the rest, and
    of these the latest counts.
    """
    latest = _latest_after(promise, readings)
    if latest is None:
        return Progress(PromiseVerdict.NO_MEASUREMENT, None, None, Standing.UNKNOWN, None)
    against = _standing(promise, latest)
    if promise.baseline is None:
        met = against is Standing.MET
        verdict = PromiseVerdict.TARGET_MET if met else PromiseVerdict.NO_BASELINE
        return Progress(verdict, latest, None, against, None)
    definition = promise.definition
    change = compare(
        promise.baseline.value, latest.value, definition.direction, definition.interval
    )
    return Progress(
        verdict=_verdict(change.change, against),
        latest=latest,
        comparison=change,
        standing=against,
        share=share_of_the_way(promise, latest.value),
    )


def share_of_the_way(promise: Promise, value: KpiValue) -> float | None:
    """100 × (value − baseline) / (target − baseline), in percent.

    None without a baseline, a target better than it, or enough answers on either side: a
    way between figures that say nothing has no length.
    """
    if promise.baseline is None or promise.target is None:
        return None
    before = promise.baseline.value
    if before.value is None or value.value is None:
        return None
    if before.status is not Status.OK or value.status is not Status.OK:
        return None
    if not is_better(promise.target, before.value, promise.definition.direction):
        return None
    start, end, now = (_exact(figure) for figure in (before.value, promise.target, value.value))
    return float(100 * (now - start) / (end - start))


def is_unproven(status: ActionStatus, progress: Progress | None) -> bool:
    """Whether an action was finished although the measurements do not confirm its promise."""
    return status.is_done and progress is not None and not progress.verdict.is_kept


def _latest_after(promise: Promise, readings: Sequence[Reading]) -> Reading | None:
    baseline = promise.baseline
    since = baseline.end_on if baseline else promise.made_on
    later = in_order(
        [row for row in readings if row.start_on > since and row.value.value is not None]
    )
    if baseline is not None:
        kind = kind_of(baseline.start_on, baseline.end_on)
        later = [row for row in later if kind_of(row.start_on, row.end_on) is kind] or later
    later = [row for row in later if row.value.status is Status.OK] or later
    return later[-1] if later else None


def _standing(promise: Promise, latest: Reading) -> Standing:
    if promise.target is None:
        return Standing.UNKNOWN
    return standing(latest.value, promise.target, promise.definition.direction)


def _verdict(change: Change, against: Standing) -> PromiseVerdict:
    if change is Change.WORSE:
        return PromiseVerdict.WORSE
    if against is Standing.MET:
        return PromiseVerdict.TARGET_MET
    return PromiseVerdict.IMPROVED if change is Change.IMPROVED else PromiseVerdict.NOT_SHOWN


def _exact(value: float) -> Fraction:
    return Fraction(repr(value))
