"""A promise as a curve, large and small, and the days of actions as bars."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from accredit.charts.geometry import Drawing
from accredit.charts.spark import spark
from accredit.charts.time_bar import Scale, time_axis, time_bar
from accredit.i18n import direction, format_day, gettext, say
from accredit.improvement.board import stretches_of
from accredit.improvement.plan import PlanRow
from accredit.improvement.promise import Promise, Reading
from accredit.kpi.charts import baseline_chart
from accredit.kpi.display import short_window_text, value_text
from accredit.kpi.series import alike, kind_of
from accredit.web.svg import to_svg

#: A small curve shows a year of months and the month it is compared with.
_MOST_POINTS = 13


def promise_chart(promise: Promise, readings: Sequence[Reading]) -> Drawing | None:
    """The windows as long as the baseline's (else as the latest's) in order; None without any."""
    baseline = promise.baseline
    rows = _alike(baseline, readings)
    if not rows:
        return None
    return baseline_chart(
        promise.definition,
        rows,
        target=promise.target,
        baseline=baseline.value.value if baseline else None,
    )


def promise_spark(row: PlanRow) -> Markup | None:
    """The same as a small curve beside the figures; None where there is nothing to show."""
    definition = row.definition
    if definition is None:
        return None
    values = [
        (reading, reading.value.value)
        for reading in _alike(row.baseline, row.readings)[-_MOST_POINTS:]
        if reading.value.value is not None
    ]
    if len(values) < 2:
        return None
    (first, begun_at), (last, now_at) = values[0], values[-1]
    title = gettext(
        "%(kpi)s from %(first)s in %(since)s to %(last)s in %(until)s",
        kpi=say(definition.name),
        first=value_text(definition, begun_at),
        since=short_window_text(first.start_on, first.end_on),
        last=value_text(definition, now_at),
        until=short_window_text(last.start_on, last.end_on),
    )
    baseline = row.baseline
    drawing = spark(
        [value for _reading, value in values],
        baseline=baseline.value.value if baseline else None,
        target=row.action.target_value,
        rtl=_rtl(),
        title=str(title),
    )
    return to_svg(drawing, id=f"spark-{row.action.id}")


def row_bar(row: PlanRow, scale: Scale) -> Markup:
    """The days of an action, from when it was added to its end, with its due date as a mark."""
    stretches = stretches_of(row, scale.today)
    title = gettext(
        "%(start)s to %(end)s",
        start=format_day(stretches[0].start_on),
        end=format_day(stretches[-1].end_on),
    )
    drawing = time_bar(stretches, scale, mark_on=row.action.due_on, title=str(title))
    return to_svg(drawing, id=f"bar-{row.action.id}")


def axis(scale: Scale) -> Markup:
    """The months above the bars."""

    def month(day: date) -> str:
        return short_window_text(day, day.replace(day=monthrange(day.year, day.month)[1]))

    title = gettext(
        "%(start)s to %(end)s", start=format_day(scale.first), end=format_day(scale.last)
    )
    return to_svg(time_axis(scale, month, title=str(title)), id="time-axis")


def _alike(baseline: Reading | None, readings: Sequence[Reading]) -> list[Reading]:
    kind = kind_of(baseline.start_on, baseline.end_on) if baseline else None
    return alike(readings, kind) or alike(readings)


def _rtl() -> bool:
    return direction() == "rtl"
