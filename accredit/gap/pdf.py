"""The gap report on paper."""

from __future__ import annotations

from collections.abc import Callable

from reportlab.platypus import Flowable

from accredit.gap.document import Cell, Column, ReportContent, Section, Table
from accredit.pdf import table as paper
from accredit.pdf.blocks import KeyFigure, KeyFigures, Notice, SideBySide, heading
from accredit.pdf.contents import Contents
from accredit.pdf.drawing import Chart
from accredit.pdf.page import BODY_HEIGHT, BODY_WIDTH, build_report
from accredit.pdf.paragraph import Paragraph

_SMALLEST, _SMALL, _TEXT = 7.5, 8, 9.5
_FEW_COLUMNS, _MANY_COLUMNS = 5, 7
_ABREAST = 2
_HEADING, _PART = 30.0, 50.0  # points: what a heading of level 3 and one of level 1 take


def render_pdf(
    content: ReportContent, *, author: str, page_label: Callable[[int, int], str]
) -> bytes:
    """The report as PDF; `page_label` gives the words for page x of y."""
    rtl = content.rtl
    story: list[Flowable] = [
        Notice(
            content.verdict.text,
            title=f"{content.verdict.label}: {content.verdict.title}",
            tone=content.verdict.tone,
            rtl=rtl,
            size=11,
        )
    ]
    if content.notice:
        story.append(Notice(content.notice, tone="warn", rtl=rtl))
    story.append(
        KeyFigures(
            [KeyFigure(one.value, one.label, one.note, one.tone) for one in content.figures],
            rtl=rtl,
            per_row=2,
        )
    )
    appendix = _appendix(content)
    parts = [
        *(section.title for section in content.sections),
        *([content.appendix] * bool(appendix)),
    ]
    story.append(Contents(content.contents, parts, rtl=rtl))
    story.append(paper.facts(content.facts, rtl=rtl, size=9))
    for section in content.sections:
        story += _section(section, rtl)
    story += appendix
    return build_report(
        story,
        title=content.title,
        subtitle=content.subtitle,
        language=content.language,
        footer=content.footer,
        author=author,
        page_label=page_label,
    )


def _section(section: Section, rtl: bool) -> list[Flowable]:
    charts = _charts(section, rtl)
    # A heading stays with what follows it: a chart is high, a line of text is not.
    first = charts if len(section.charts) == 1 else charts[:1]
    follows = sum(_height(one, BODY_WIDTH) for one in first) if first else 100
    story = heading(section.title, rtl=rtl, keep=_PART + follows)
    story += [Paragraph(text, size=_TEXT, rtl=rtl) for text in section.paragraphs]
    story += charts
    for table in section.tables:
        if table.cards:
            story += _cards(table, rtl)
        else:
            story += heading(table.caption, level=3, rtl=rtl, keep=90)
            story.append(_table(table, rtl))
    return story


def _charts(section: Section, rtl: bool) -> list[Flowable]:
    """One chart in the whole width, several side by side."""
    titled = [
        [heading(drawing.title, level=3, rtl=rtl)[-1], Chart(drawing)] for drawing in section.charts
    ]
    if len(titled) == 1:
        return titled[0]
    return [
        SideBySide(titled[first : first + _ABREAST], count=_ABREAST, rtl=rtl)
        for first in range(0, len(titled), _ABREAST)
    ]


def _height(flowable: Flowable, width: float) -> float:
    """How much of a page it takes, with the room around it."""
    _, height = flowable.wrap(width, BODY_HEIGHT)
    return float(height + flowable.getSpaceBefore() + flowable.getSpaceAfter())


def _appendix(content: ReportContent) -> list[Flowable]:
    """The figures of charts that stand in no table, which a page shows on request."""
    drawings = [
        drawing for section in content.sections if not section.told for drawing in section.charts
    ]
    if not drawings:
        return []
    story: list[Flowable] = []
    for drawing in drawings:
        first, *others = drawing.table.header
        # A value and its interval are figures, what happened is words.
        columns = [paper.Column(first, 30), *(paper.Column(one, 30, "end") for one in others[:2])]
        columns += [paper.Column(one, 60) for one in others[2:]]
        rows = drawing.table.rows
        table = paper.Table(columns, rows, rtl=content.rtl, size=_SMALL, tight=True)
        keep = _HEADING + _height(table, BODY_WIDTH)
        if not story:
            story += heading(content.appendix, rtl=content.rtl, keep=_PART + keep)
        story += heading(drawing.title, level=3, rtl=content.rtl, keep=min(keep, BODY_HEIGHT))
        story.append(table)
    return story


def _cards(table: Table, rtl: bool) -> list[Flowable]:
    """Each row with a heading of its own and its facts below."""
    story: list[Flowable] = []
    for row in table.rows:
        code, title, *rest = row
        named = zip(table.columns[2:], rest, strict=True)
        facts = paper.facts([(one.title, cell.text) for one, cell in named], rtl=rtl, size=9)
        keep = _HEADING + _height(facts, BODY_WIDTH)
        story += heading(f"{code.text} {title.text}", level=3, rtl=rtl, keep=keep)
        story.append(facts)
    return story


def _table(table: Table, rtl: bool) -> Flowable:
    many = len(table.columns)
    size = _TEXT - 0.5 if many <= _FEW_COLUMNS else _SMALL if many <= _MANY_COLUMNS else _SMALLEST
    return paper.Table(
        [_column(column) for column in table.columns],
        [[_cell(cell) for cell in row] for row in table.rows],
        rtl=rtl,
        size=size,
    )


def _column(column: Column) -> paper.Column:
    return paper.Column(column.title, column.share, "end" if column.kind == "number" else "start")


def _cell(cell: Cell) -> str | paper.Cell:
    if cell.tone is None and not cell.bold:
        return cell.text
    return paper.Cell(cell.text, cell.tone, cell.bold)
