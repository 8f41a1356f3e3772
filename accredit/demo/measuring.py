"""The measured side of the story: eighteen months of answers for each department's KPIs.

Licensing gets clearly better after its improvement actions begin, the contact centre gets
worse as its load grows, the digital services stay where they are: good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO

from accredit.demo.answers import LAYOUTS, Month, Row, order_of
from accredit.demo.chance import seeded
from accredit.demo.files import make_csv, make_xlsx
from accredit.demo.scene import Scene
from accredit.kpi import imports
from accredit.kpi import service as kpis
from accredit.kpi.choices import Choices, figures
from accredit.kpi.importing import Mapping as ColumnMapping
from accredit.kpi.importing import Window
from accredit.kpi.loader import service_kpis
from accredit.kpi.spreadsheet import read_table
from accredit.text import Language

MONTHS = 18

#: When somebody exports and imports what has come in since the last time, in days ago.
_IMPORTS = (428, 366, 210, 33, 1)

Course = Callable[[int], float]


@dataclass(frozen=True)
class Series:
    """One KPI of one department: its course over the months 0 to 17 and the rows each month.

    `thin` names months with fewer rows, `target` the department's own target if it set one.
    """

    department: str
    kpi: str
    course: Course
    rows: int
    language: Language
    by: str
    target: float | None = None
    thin: Mapping[int, int] = field(default_factory=dict)
    first_month: int = 0
    ending: str = "csv"


def _steady(level: float) -> Course:
    return lambda _month: level


def _moving(before: float, after: float, *, begins: int, takes: int) -> Course:
    """`before` until the month it begins, then evenly to `after` within `takes` months."""

    def level(month: int) -> float:
        share = min(1.0, max(0.0, (month - begins) / takes))
        return before + (after - before) * share

    return level


_HOUR, _DAY = 3600.0, 86400.0


_BETTER = partial(_moving, begins=8, takes=6)
_WORSE = partial(_moving, begins=8, takes=8)

SERIES = (
    Series("LIC", "csat", _BETTER(63, 86), 330, "ar", "noor", target=80),
    Series("LIC", "ces", _BETTER(4.5, 5.5), 180, "ar", "noor", target=5.1),
    Series(
        "LIC",
        "resolution_time",
        _BETTER(5.2 * _DAY, 2.3 * _DAY),
        120,
        "ar",
        "noor",
        target=3 * _DAY,
    ),
    Series("LIC", "response_time", _BETTER(52 * 60, 20 * 60), 130, "ar", "noor", target=30 * 60),
    Series("LIC", "nps", _steady(14), 90, "ar", "noor", target=25, thin={6: 24, 17: 19}),
    Series("LIC", "visitor_intent", _steady(74), 100, "ar", "noor"),
    Series("CC", "csat", _WORSE(81, 65), 170, "en", "tariq", target=80),
    Series("CC", "first_contact_resolution", _WORSE(69, 60), 210, "en", "tariq"),
    Series("CC", "response_time", _WORSE(41, 88), 240, "en", "tariq", target=45),
    Series("CC", "nps", _steady(24), 120, "en", "tariq"),
    Series("CC", "ces", _steady(5.3), 110, "en", "tariq", ending="xlsx"),
    Series("CC", "resolution_time", _steady(20 * _HOUR), 130, "en", "tariq"),
    Series("DIG", "csat", _steady(90), 260, "ar", "rania", target=85),
    Series("DIG", "nps", _steady(46), 130, "ar", "rania", target=40),
    Series("DIG", "ces", _steady(5.9), 120, "ar", "rania"),
    Series("DIG", "visitor_intent", _moving(82, 87, begins=3, takes=10), 180, "en", "rania"),
    Series("DIG", "response_time", _steady(37), 160, "en", "rania"),
    Series(
        "DIG", "retention", _moving(91.5, 94, begins=2, takes=12), 4200, "en", "rania", target=93
    ),
    Series("DIG", "churn", _moving(8.5, 6, begins=2, takes=12), 4200, "en", "rania", target=6),
    Series("BIL", "csat", _steady(73), 90, "ar", "salem", first_month=12),
    Series("BIL", "response_time", _steady(75), 100, "ar", "salem", first_month=12),
)


def note_measurements(scene: Scene) -> None:
    """Note every import: each brings the months that ended since the one before."""
    leaders = {"LIC": "khalid", "CC": "maryam", "DIG": "yousef"}
    own = [(series, series.target) for series in SERIES if series.target is not None]
    for (series, target), moment in zip(own, scene.diary.spread(436, 431, len(own)), strict=True):
        leader = leaders[series.department]
        scene.diary.note(moment, partial(_set_target, scene, series, target, leader))
    months = last_months(scene.diary.today)
    done = 0
    for days_ago in _IMPORTS:
        day = scene.diary.day(days_ago)
        ended = sum(_end_of(month) < day for month in months)
        for number, series in enumerate(SERIES):
            start = max(done, series.first_month)
            if start < ended:
                moment = scene.diary.moment(days_ago, 10 + number // 12, 5 * (number % 12))
                scene.diary.note(
                    moment, partial(_import, scene, series, months[start:ended], start)
                )
        done = ended


def last_months(today: date) -> list[date]:
    """The first days of the last eighteen months that ended five days ago or earlier."""
    last = (today - timedelta(days=5)).replace(day=1)
    return [_months_before(last, back) for back in range(MONTHS, 0, -1)]


def _months_before(first: date, count: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - count, 12)
    return date(year, month + 1, 1)


def _end_of(first: date) -> date:
    return _months_before(first, -1) - timedelta(days=1)


def _set_target(scene: Scene, series: Series, target: float, by: str, at: datetime) -> None:
    kpis.set_target(
        scene.session,
        scene.departments[series.department],
        service_kpis().get(series.kpi),
        target,
        by=scene.person_id(by),
        at=at,
    )


def _import(scene: Scene, series: Series, months: list[date], start: int, at: datetime) -> None:
    """Make the file, read it, choose its columns and store the figures, as its page would."""
    definition = service_kpis().get(series.kpi)
    layout = LAYOUTS[series.kpi]
    content = _file(series, months, start)
    mapping = ColumnMapping(
        kpi=series.kpi,
        columns=layout.mapping(series.language),
        date_column=layout.columns[series.language][layout.dates],
        date_order=order_of(series.language),
        window=Window.MONTH,
    )
    choices = Choices(mapping)
    found = figures(read_table(content), choices, definition, at.date())
    blob = scene.store.put(BytesIO(content), limit=scene.settings.upload_limit)
    name = definition.name.in_language(series.language)
    imports.import_measurements(
        scene.session,
        scene.departments[series.department],
        definition,
        found,
        file_name=f"{name} {months[0]:%Y-%m} – {months[-1]:%Y-%m}.{series.ending}",
        sha256=blob.sha256,
        choices=choices,
        by=scene.person_id(series.by),
        at=at,
    )


def _file(series: Series, months: list[date], start: int) -> bytes:
    layout = LAYOUTS[series.kpi]
    rows: list[Row] = [layout.columns[series.language]]
    for number, first in enumerate(months, start=start):
        # Customers kept and customers lost are told of the same customers.
        asked = "customers" if series.kpi in ("retention", "churn") else series.kpi
        draw = seeded(series.department, asked, number)
        count = series.thin.get(number, series.rows)
        rows += layout.make(Month(first, count, series.course(number)), draw, series.language)
    if series.ending == "xlsx":
        name = "Export" if series.language == "en" else "تصدير"
        return make_xlsx(((name, rows),), language=series.language, made_on=_end_of(months[-1]))
    return make_csv(rows)
