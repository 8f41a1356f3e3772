"""The run chart of a promise: the KPI over time, with its baseline and its target."""

from __future__ import annotations

from collections.abc import Sequence

from accredit.charts.geometry import Drawing
from accredit.improvement.promise import Promise, Reading
from accredit.kpi.charts import baseline_chart
from accredit.kpi.series import alike, kind_of


def promise_chart(promise: Promise, readings: Sequence[Reading]) -> Drawing | None:
    """The windows as long as the baseline's (else as the latest's) in order; None without any."""
    baseline = promise.baseline
    kind = kind_of(baseline.start_on, baseline.end_on) if baseline else None
    rows = alike(readings, kind) or alike(readings)
    if not rows:
        return None
    return baseline_chart(
        promise.definition,
        rows,
        target=promise.target,
        baseline=baseline.value.value if baseline else None,
    )
