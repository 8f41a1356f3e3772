"""The gaps of a report: the most urgent explained one by one, then all of them."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import ngettext

from accredit.gap import cells, charts, wording
from accredit.gap.document import Cell, Column, Section, Table, Tone
from accredit.gap.domain import GapReport, GapRow
from accredit.i18n import gettext, say
from accredit.kpi.display import listed
from accredit.standard.domain import Level, Scale

#: How many gaps are explained one by one.
TOP_GAPS = 6


def top_gaps(report: GapReport) -> Section | None:
    """The most urgent gaps: why they come first, and what comes next."""
    rows = report.rows[:TOP_GAPS]
    if not rows:
        return None
    columns = (
        Column(gettext("Code"), 6, "code"),
        Column(gettext("Element"), 16),
        Column(gettext("Why it comes first"), 26),
        Column(gettext("Where you are"), 26),
        Column(gettext("Next step"), 26),
    )
    return Section(
        "first",
        gettext("Where to begin"),
        gettext("Where to begin"),
        paragraphs=(
            ngettext(
                "The most urgent gap, with what it takes to reach the next level.",
                "The %(num)s most urgent gaps, with what it takes to reach the next level.",
                len(rows),
            ),
        ),
        tables=(
            Table(
                "first",
                gettext("The most urgent gaps"),
                columns,
                tuple(_top_cells(report, row) for row in rows),
                cards=True,
            ),
        ),
    )


def _top_cells(report: GapReport, row: GapRow) -> tuple[Cell, ...]:
    following = _following(row.scale, row.level)
    return (
        cells.text(row.code),
        cells.text(say(row.title)),
        cells.text(_why(report, row)),
        cells.text(_described(row, row.level)),
        cells.text(_described(row, following)),
    )


def _following(scale: Scale, level: Level) -> Level:
    """The next level; on a scale of numbers the first value of the next range, if there is one."""
    above = scale.levels[scale.position(level.id) + 1 :]
    here = scale.range_of(level.id)
    return next((one for one in above if scale.range_of(one.id) != here), above[0])


def _why(report: GapReport, row: GapRow) -> str:
    """Its KPIs, the rules it counts in, and its arithmetic."""
    figures = (report.find_kpi(kpi) for kpi in row.kpis)
    parts = [f"{wording.kpi_sentence(figure)}." for figure in figures if figure]
    rules = [rule for rule in report.failed if row.code in rule.codes]
    if rules:
        quoted = listed(wording.quoted_rules(report, rules))
        parts.append(
            ngettext(
                "It counts in a rule that is not met: %(rules)s.",
                "It counts in rules that are not met: %(rules)s.",
                len(rules),
                rules=quoted,
            )
        )
    parts.append(
        gettext(
            "Priority: weight × levels missing × KPI factor = %(arithmetic)s.",
            arithmetic=wording.arithmetic(row),
        )
    )
    return " ".join(parts)


def _described(row: GapRow, level: Level) -> str:
    return str(
        gettext(
            "%(level)s: %(descriptor)s",
            level=say(level.name),
            descriptor=say(row.element.descriptor(level.id)),
        )
    )


def all_gaps(report: GapReport) -> Section | None:
    """Every gap in the order of priority, the first of them as bars."""
    if not report.levels:
        return None
    title, short = gettext("All gaps by priority"), gettext("Gaps")
    if not report.rows:
        said = gettext("Every scored element is at its required level or above.")
        return Section("gaps", title, short, paragraphs=(said,))
    with_self, with_previous = bool(report.self_levels), bool(report.previous_levels)
    columns = (
        Column(gettext("Code"), 8, "code"),
        Column(gettext("Element"), 23),
        Column(gettext("Level"), 11),
        Column(gettext("Required level"), 11),
        *([Column(gettext("Self-score"), 11)] if with_self else []),
        *([Column(gettext("Last assessment"), 14)] if with_previous else []),
        Column(gettext("KPIs"), 13),
        Column(gettext("Weight"), 9, "number"),
        Column(gettext("Levels missing"), 10, "number"),
        Column(gettext("Priority"), 9, "number"),
    )
    rows = tuple(_gap_cells(row, with_self, with_previous) for row in report.rows)
    return Section(
        "gaps",
        title,
        short,
        charts=(charts.gap_chart(report.rows[: charts.MOST_BARS]),),
        tables=(Table("gaps", gettext("Every gap, the most urgent first"), columns, rows),),
        told=True,
    )


def _gap_cells(row: GapRow, with_self: bool, with_previous: bool) -> tuple[Cell, ...]:
    return (
        cells.text(row.code),
        cells.text(say(row.title)),
        cells.text(say(row.level.name), "bad" if row.steps > 1 else "warn"),
        cells.text(say(row.required.name)),
        *((_level(row.self_level),) if with_self else ()),
        *((_level(row.previous_level, row.change),) if with_previous else ()),
        cells.text(
            wording.standing_words(row),
            wording.STANDING_TONES[row.standing] if row.standing else "muted",
        ),
        cells.exact(row.weight),
        cells.exact(row.steps),
        cells.exact(row.priority),
    )


def _level(level: Level | None, change: Decimal | int | None = None) -> Cell:
    """A level; behind one of another time how many levels it has moved since."""
    if level is None:
        return cells.text(cells.NOTHING, "muted")
    if not change:
        return cells.text(say(level.name))
    tone: Tone = "good" if change > 0 else "bad"
    return cells.text(f"{say(level.name)} ({cells.change_text(change)})", tone)
