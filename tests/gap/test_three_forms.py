"""Page, PDF and workbook say the same, in both languages."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from flask import Flask

from accredit import clock
from accredit.assessment.domain import Stage
from accredit.assessment.service import get_assessment
from accredit.database import db
from accredit.gap.content import build_content, frame_of
from accredit.gap.document import ReportContent
from accredit.gap.others import load_surroundings
from accredit.gap.service import load_report
from accredit.identity.domain import Permission
from accredit.identity.service import load_access
from tests.assessments import OPENED, walk_to
from tests.gap import workbook
from tests.gap.making import measure
from tests.gap.neighbours import walk_beside
from tests.pdf.reading import texts, texts_in_browser

LANGUAGES = ("en", "ar")
_INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def plain(text: str) -> str:
    """A text without marks of direction and with white space folded."""
    return " ".join(text.translate(_INVISIBLE).split())


def tokens(text: str) -> set[str]:
    """Its figures and words, without the marks around them and without vowel signs.

    Readers of PDF files set marks of punctuation apart from their words.
    """
    letters = "".join(one for one in plain(text) if unicodedata.category(one) != "Mn")
    return set(re.findall(r"\d+(?:[.,:]\d+)*|[^\W\d_]+", letters))


def cell_texts(content: ReportContent) -> set[str]:
    """Every text of every table and of the figures behind every chart."""
    found = set()
    for section in content.sections:
        for table in section.tables:
            found |= {column.title for column in table.columns}
            found |= {cell.text for row in table.rows for cell in row}
        for drawing in section.charts:
            found |= set(drawing.table.header)
            found |= {text for row in drawing.table.rows for text in row}
    return found


def other_texts(content: ReportContent) -> set[str]:
    """Verdict, key figures, facts, headings and paragraphs."""
    found = {content.title, content.verdict.title, content.verdict.text, content.verdict.label}
    for name, value in content.facts:
        found |= {name, value}
    for figure in content.figures:
        found |= {figure.label, figure.value, figure.note}
    for section in content.sections:
        found |= {section.title, *section.paragraphs}
    return found


def today(app: Flask) -> date:
    """The day the pages show."""
    return clock.today(app.config["TIME_ZONE"])


@pytest.fixture
def report(arrange, cast):
    """A closed assessment with gaps, an earlier one, another department's, KPIs; its number."""
    with arrange() as session:
        walk_to(
            session,
            cast,
            Stage.CLOSED,
            {"2.1": "absent"},
            cycle="2025",
            at=OPENED.replace(year=2025),
        )
        for month, hits in enumerate((22, 25, 27, 30, 26, 28), start=1):
            measure(session, cast, "csat", hits, 50, month=month)
        assessment = walk_to(
            session,
            cast,
            Stage.CLOSED,
            {"1.1": "started", "2.1": "partial", "2.2": "started"},
            self_levels={"1.1": "good"},
        )
        walk_beside(session, cast, {"1.2": "exceptional", "2.1": "partial"})
        return assessment.id


@pytest.fixture
def contents(app, cast, report):
    """The content in both languages, as an observer of the organisation sees it."""
    found = {}
    for language in LANGUAGES:
        with app.test_request_context(f"/?lang={language}"):
            session = db.session()
            access = load_access(session, cast.observer.id)
            assessment = get_assessment(session, report, access, Permission.VIEW_GAP_REPORT)
            loaded = load_report(session, assessment, access, date(2026, 6, 1))
            beside = load_surroundings(session, assessment, access, date(2026, 6, 1))
            found[language] = build_content(loaded, frame_of(assessment, today(app)), beside)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_table_stands_on_the_page(browse, cast, report, contents, language):
    page = browse(cast.observer, language).get(f"/gap-reports/{report}")
    assert page.status == 200
    assert page.tree is not None
    shown = {
        plain("".join(node.itertext()))
        for node in page.tree.xpath(
            "//main//td | //main//th | //main//dd | //main//dt | //main//h3"
        )
    }
    titles = {
        f"{row[0].text} {row[1].text}"
        for section in contents[language].sections
        for table in section.tables
        if table.cards
        for row in table.rows
    }
    assert {plain(title) for title in titles} <= shown
    in_cards = {part for title in titles for part in (title.split(" ", 1))}
    # Cards name their first two columns by nothing but their place.
    missing = {plain(one) for one in cell_texts(contents[language]) - in_cards} - shown
    assert missing == set()
    text = plain(page.text)
    assert {one for one in other_texts(contents[language]) if plain(one) not in text} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_table_stands_in_the_workbook(browse, cast, report, contents, language):
    page = browse(cast.observer, language).get(f"/gap-reports/{report}/report.xlsx")
    sheets = workbook.read(page.body)
    # Figures are kept as figures there, without marks of direction.
    shown = {plain(text) for sheet in sheets for text in sheet.texts}
    assert set(map(plain, cell_texts(contents[language]))) - shown == set()
    assert set(map(plain, other_texts(contents[language]))) - shown - {""} == set()
    assert len(sheets) == 1 + len(contents[language].sections)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_every_table_stands_in_the_pdf(browse, cast, report, contents, language):
    page = browse(cast.observer, language).get(f"/gap-reports/{report}/report.pdf")
    assert page.body.startswith(b"%PDF")
    read = set().union(*map(tokens, (*texts(page.body), *texts_in_browser(page.body))))
    wanted = set().union(*map(tokens, cell_texts(contents[language])))
    wanted |= set().union(*map(tokens, other_texts(contents[language])))
    assert wanted - read == set()
    assert len(wanted) > 200


def test_departments_and_cycles_are_among_what_is_compared(contents):
    for content in contents.values():
        ids = [section.id for section in content.sections]
        assert ids[:5] == ["criteria", "departments", "first", "kpis", "cycles"]
        assert ids[5:] == ["gaps", "awards", "how"]


def test_changing_the_language_changes_no_number(contents):
    def numbers(content: ReportContent) -> list[object]:
        return [
            cell.number.value
            for section in content.sections
            for table in section.tables
            for row in table.rows
            for cell in row
            if cell.number
        ]

    english, arabic = (contents[language] for language in LANGUAGES)
    assert numbers(english) == numbers(arabic)
    assert len(numbers(english)) > 30
    shapes = [
        [
            (
                section.id,
                [(table.id, len(table.rows)) for table in section.tables],
                len(section.charts),
            )
            for section in content.sections
        ]
        for content in (english, arabic)
    ]
    assert shapes[0] == shapes[1]
    digits = re.compile(r"\d+(?:[.,:]\d+)*")
    for one, other in zip(
        *(
            [
                text
                for section in content.sections
                for table in section.tables
                for row in table.rows
                for text in (cell.text for cell in row[:1] + row[2:])
                if table.id in ("criteria", "gaps", "kpis")
            ]
            for content in (english, arabic)
        ),
        strict=True,
    ):
        assert sorted(digits.findall(one)) == sorted(digits.findall(other))


def test_no_figure_in_either_language_has_digits_of_another_script(contents):
    for content in contents.values():
        for text in cell_texts(content) | other_texts(content):
            assert not re.search("[٠-٩۰-۹]", text)


def test_the_same_report_is_built_only_once(contents, app, cast, report):
    with app.test_request_context("/?lang=en"):
        session = db.session()
        access = load_access(session, cast.observer.id)
        assessment = get_assessment(session, report, access, Permission.VIEW_GAP_REPORT)
        loaded = load_report(session, assessment, access, date(2026, 6, 1))
        beside = load_surroundings(session, assessment, access, date(2026, 6, 1))
        again = build_content(loaded, frame_of(assessment, today(app)), beside)
        assert again is contents["en"]
