"""The gaps of a report: the most urgent explained one by one, then all of them."""

from __future__ import annotations

from flask_babel import ngettext

from accredit.gap import cells, charts, wording
from accredit.gap.document import Cell, Column, Section, Table
from accredit.gap.domain import GapReport, GapRow
from accredit.i18n import gettext, say
from accredit.standard.domain import Level

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
    scale = report.standard.scale
    following = scale.levels[scale.position(row.level.id) + 1]
    return (
        cells.text(row.code),
        cells.text(say(row.title)),
        cells.text(_why(report, row)),
        cells.text(_described(row, row.level)),
        cells.text(_described(row, following)),
    )


def _why(report: GapReport, row: GapRow) -> str:
    """Its arithmetic, its KPIs and the rules it counts in."""
    figures = (report.find_kpi(kpi) for kpi in row.kpis)
    parts = [
        gettext("Priority %(arithmetic)s.", arithmetic=wording.arithmetic(row)),
        *(f"{wording.kpi_sentence(figure)}." for figure in figures if figure),
    ]
    rules = [
        say(report.standard.rule(rule.id).text) for rule in report.failed if row.code in rule.codes
    ]
    if rules:
        parts.append(gettext("It counts in a rule that is not met: %(rule)s", rule=" ".join(rules)))
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
    columns = (
        Column(gettext("Code"), 7, "code"),
        Column(gettext("Element"), 30),
        Column(gettext("Weight"), 9, "number"),
        Column(gettext("Level"), 12),
        Column(gettext("Required level"), 12),
        Column(gettext("Levels missing"), 11, "number"),
        Column(gettext("KPIs"), 14),
        Column(gettext("Priority"), 10, "number"),
    )
    rows = tuple(_gap_cells(row) for row in report.rows)
    compared = _compared(report)
    return Section(
        "gaps",
        title,
        short,
        charts=(charts.gap_chart(report, report.rows[: charts.MOST_BARS]),),
        tables=(
            Table("gaps", gettext("Every gap, the most urgent first"), columns, rows),
            *((compared,) if compared else ()),
        ),
    )


def _gap_cells(row: GapRow) -> tuple[Cell, ...]:
    return (
        cells.text(row.code),
        cells.text(say(row.title)),
        cells.whole(row.weight),
        cells.text(say(row.level.name), "bad" if row.steps > 1 else "warn"),
        cells.text(say(row.required.name)),
        cells.whole(row.steps),
        cells.text(
            wording.standing_words(row),
            wording.STANDING_TONES[row.standing] if row.standing else "muted",
        ),
        cells.exact(row.priority),
    )


def _compared(report: GapReport) -> Table | None:
    """The same gaps beside the self-score and the last assessment, as far as there are any."""
    with_self, with_previous = bool(report.self_levels), bool(report.previous_levels)
    if not with_self and not with_previous:
        return None
    columns = [Column(gettext("Code"), 8, "code"), Column(gettext("Element"), 40)]
    columns.append(Column(gettext("Level"), 14))
    if with_self:
        columns.append(Column(gettext("Self-score"), 14))
    if with_previous:
        columns.append(Column(gettext("Last assessment"), 16))
        columns.append(Column(gettext("Change in levels"), 12, "number"))
    rows = [
        (
            cells.text(row.code),
            cells.text(say(row.title)),
            cells.text(say(row.level.name)),
            *((_level(row.self_level),) if with_self else ()),
            *((_level(row.previous_level), cells.change(row.change)) if with_previous else ()),
        )
        for row in report.rows
    ]
    return Table(
        "compared",
        gettext("The same gaps beside the other scores"),
        tuple(columns),
        tuple(rows),
    )


def _level(level: Level | None) -> Cell:
    return cells.text(cells.NOTHING, "muted") if level is None else cells.text(say(level.name))
