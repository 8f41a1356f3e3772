"""The departments' evidence fits what is said of them: who is strong shows what is asked."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import clock
from accredit.assessment.models import Assessment, Score
from accredit.assessment.shown_evidence import ElementEvidence, evidence_by_element
from accredit.demo.library import Shelf
from accredit.demo.pieces import PIECES, Piece
from accredit.evidence.models import Evidence
from accredit.evidence.sufficiency import Standing
from accredit.identity.models import Department
from accredit.standard.models import StandardVersion
from accredit.text import Language
from tests.demo.conftest import Told

Reading = Callable[[], AbstractContextManager[Session]]

STANDARD = "service-excellence"
ELEMENTS = 48
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _assessment(session: Session, department: str, stage: str, standard: str) -> Assessment:
    return session.scalars(
        select(Assessment)
        .join(Assessment.department)
        .join(Assessment.standard_version)
        .where(
            Department.code == department,
            Assessment.stage == stage,
            StandardVersion.standard_id == standard,
        )
    ).one()


def _shown(session: Session, told: Told, assessment: Assessment) -> list[ElementEvidence]:
    """What the page of the assessment's evidence is built from."""
    today = clock.today(told.settings.time_zone)
    return evidence_by_element(session, assessment, today=today)


@pytest.mark.parametrize(
    ("department", "stage", "least", "most"),
    [
        # Accredited with distinction; a few gaps are told honestly.
        ("DIG", "closed", 44, ELEMENTS - 1),
        # Still strong this year.
        ("DIG", "scoring", 42, ELEMENTS - 1),
        # Accredited last year.
        ("CC", "closed", 34, 42),
        # About to be accredited.
        ("LIC", "decision", 34, 42),
        # Refused last year.
        ("LIC", "closed", 12, 28),
        # Overloaded this year.
        ("CC", "moderation", 12, 31),
        # Half-way through, with what it has already.
        ("CC", "self_assessment", 4, 24),
        # Has just begun.
        ("BIL", "self_assessment", 1, 10),
    ],
)
def test_an_assessment_shows_as_much_as_its_department_is_strong(
    reading: Reading, told: Told, department: str, stage: str, least: int, most: int
) -> None:
    with reading() as session:
        assessment = _assessment(session, department, stage, STANDARD)
        standings = Counter(
            shown.standing for shown in _shown(session, told, assessment) if shown.standing
        )

    assert standings.total() == ELEMENTS
    assert least <= standings[Standing.MET] <= most


@pytest.mark.parametrize(("department", "stage"), [("LIC", "decision"), ("DIG", "scoring")])
def test_some_evidence_is_there_and_too_old(
    reading: Reading, told: Told, department: str, stage: str
) -> None:
    with reading() as session:
        assessment = _assessment(session, department, stage, STANDARD)
        stale = [
            shown for shown in _shown(session, told, assessment) if shown.standing is Standing.STALE
        ]
        uploaded = [piece.evidence.created_at for shown in stale for piece in shown.pieces]

    assert 1 <= len(stale) <= 10
    # What is too old is last year's.
    assert max(uploaded) - min(uploaded) > timedelta(days=300)


@pytest.mark.parametrize(
    ("department", "stage"),
    [("DIG", "closed"), ("CC", "closed"), ("LIC", "closed"), ("LIC", "decision")],
)
def test_levels_and_evidence_fit_one_another(
    reading: Reading, told: Told, department: str, stage: str
) -> None:
    with reading() as session:
        assessment = _assessment(session, department, stage, STANDARD)
        agreed = {
            row.element_code: row.level
            for row in session.scalars(
                select(Score).where(Score.assessment_id == assessment.id, Score.stage == "agreed")
            )
        }
        shown = {one.element.code: one for one in _shown(session, told, assessment)}

    strong = {code for code, level in agreed.items() if level in ("good", "exceptional")}
    lacking = {code for code, one in shown.items() if one.standing is not Standing.MET}
    assert not lacking & {code for code, level in agreed.items() if level == "exceptional"}
    # Only the few gaps that the best department tells of itself.
    assert len(lacking & strong) <= 3
    for code in agreed.keys() - strong:
        assert shown[code].standing is not Standing.MET, code
        if agreed[code] in ("started", "absent"):
            assert len(shown[code].pieces) <= 1, code
        for answer in shown[code].answers:
            assert answer.fresh + answer.stale <= answer.expectation.minimum, code


def test_the_standard_of_points_is_shown_what_it_asks_for_most_elements(
    reading: Reading, told: Told
) -> None:
    with reading() as session:
        assessment = _assessment(session, "DIG", "scoring", "excellence-2025")
        standings = Counter(shown.standing for shown in _shown(session, told, assessment))

    assert standings.total() == 25
    assert 17 <= standings[Standing.MET] < 25


def test_no_two_pieces_of_a_department_have_one_title(reading: Reading) -> None:
    with reading() as session:
        titles = session.execute(select(Evidence.department_id, Evidence.title)).all()
        noted = session.scalars(select(Evidence)).all()

    assert len(set(titles)) == len(titles) > 100
    assert all("{" not in title for _, title in titles)
    assert all(piece.period_from_on is not None for piece in noted)
    # Files end with different months, as real ones do.
    assert len({piece.period_to_on for piece in noted}) >= 8


def _said(piece: Piece, language: Language, day: date = date(2026, 10, 5)) -> set[str]:
    """What somebody reads in a file: its lines, paragraphs, cells of a document or rows."""
    shelf = Shelf("LIC", language, day.year, day)
    content = piece.make(shelf.setting(piece), "")
    if piece.ending == "pdf":
        pages = PdfReader(io.BytesIO(content)).pages
        return {line for page in pages for line in page.extract_text().splitlines()}
    if piece.ending == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = ET.fromstring(archive.read("word/document.xml"))
        return {node.text for node in root.iter(f"{W}t") if node.text}
    if piece.ending == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            str(row)
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
        }
    return set(content.decode("latin-1" if piece.ending == "png" else "utf-8-sig").splitlines())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pieces_of_one_kind_differ_in_what_they_say(language: Language) -> None:
    said = {piece.key: (piece, _said(piece, language)) for piece in PIECES}

    for (one, lines), (other, others) in combinations(said.values(), 2):
        if one.kind == other.kind:
            shared = len(lines & others) / min(len(lines), len(others))
            assert shared < 0.5, (one.key, other.key, lines & others)


def test_a_place_names_the_months_of_its_minutes() -> None:
    piece = next(piece for piece in PIECES if piece.key == "minutes-1")
    setting = Shelf("LIC", "en", 2026, date(2026, 10, 5)).setting(piece)

    said = [setting.say(place.en, place.ar) for place in piece.places]

    assert said == ["meeting of July 2026", "meeting of September 2026"]
    assert {f"Meeting of {month} 2026" for month in ("July", "August", "September")} <= _said(
        piece, "en"
    )


@pytest.mark.parametrize("key", ["minutes-1", "minutes-2", "messages", "quarter"])
def test_what_a_department_writes_this_year_is_not_what_it_wrote_last_year(key: str) -> None:
    piece = next(piece for piece in PIECES if piece.key == key)

    before, now = (_said(piece, "en", day) for day in (date(2025, 10, 5), date(2026, 10, 5)))

    sentences = {line for line in before & now if len(line) > 60}
    # Who was present, how figures were counted, and perhaps a message that is sent often.
    assert len(sentences) <= 3
    assert len(before - now) >= 3
