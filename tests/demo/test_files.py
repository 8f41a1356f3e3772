"""The demonstration's evidence are real files: they open, and the upload policy takes them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.demo.files import (
    Document,
    Section,
    make_code,
    make_csv,
    make_docx,
    make_heat_map,
    make_pdf,
    make_xlsx,
)
from accredit.evidence.domain import Upload
from accredit.evidence.limited import read_upload
from accredit.evidence.models import Evidence, EvidenceVersion
from accredit.evidence.store import FileStore
from accredit.identity.models import Department
from accredit.kpi.models import KpiImport
from accredit.kpi.spreadsheet import read_table
from accredit.text import Language
from tests.demo.conftest import Told

Reading = Callable[[], AbstractContextManager[Session]]

ARABIC = Document(
    "ميثاق الخدمة",
    "بلدية الواحة",
    "ar",
    (
        Section("الالتزامات", ("نص أول.",), table=(("الالتزام", "المدة"), ("الرد", "24 ساعة"))),
        Section("بالأرقام", shares=(("الهاتف", 64.0),)),
    ),
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _opens(name: str, content: bytes) -> bool:
    ending = name.rpartition(".")[2]
    if ending == "pdf":
        return len(PdfReader(io.BytesIO(content)).pages) >= 1
    if ending == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return len(book.get_sheet_by_index(0).to_python()) > 10
    if ending == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = ET.fromstring(archive.read("word/document.xml"))
        return len(list(root.iter(f"{W}t"))) > 5
    if ending == "png":
        return content.startswith(b"\x89PNG") and content.endswith(b"IEND\xaeB`\x82")
    return len(content.decode("utf-8-sig").splitlines()) >= 5


def test_every_file_is_in_the_store_and_opens_as_what_it_is(reading: Reading, told: Told) -> None:
    store = FileStore(told.settings.evidence_dir)
    kinds: Counter[str] = Counter()

    with reading() as session:
        versions = session.scalars(select(EvidenceVersion)).all()
    for version in versions:
        with store.open(version.sha256) as stream:
            content = stream.read()
        kinds[version.file_name.rpartition(".")[2]] += 1

        assert hashlib.sha256(content).hexdigest() == version.sha256
        assert len(content) == version.size
        assert _opens(version.file_name, content), version.file_name

    assert set(kinds) == {"pdf", "docx", "xlsx", "csv", "txt", "png"}
    assert len({version.sha256 for version in versions}) == len(versions)


def test_some_names_are_arabic_and_one_piece_has_two_versions(reading: Reading) -> None:
    with reading() as session:
        names = session.scalars(select(EvidenceVersion.file_name)).all()
        numbers = Counter(session.scalars(select(EvidenceVersion.number)))
        withdrawn = session.scalars(
            select(Evidence).where(Evidence.withdrawn_at.is_not(None))
        ).all()

    arabic = [name for name in names if "ا" in name]
    assert len(arabic) > 20
    assert len(names) - len(arabic) > 20
    assert numbers[2] == 1
    assert len(withdrawn) == 1


def test_every_kind_of_evidence_of_the_standard_is_there_for_each_department(
    reading: Reading, told: Told
) -> None:
    from accredit.evidence.service import kinds_of_evidence

    with reading() as session:
        asked = set(kinds_of_evidence(session))
        for code in ("LIC", "CC", "DIG"):
            shown = set(
                session.scalars(
                    select(Evidence.kind).join(Evidence.department).where(Department.code == code)
                )
            )

            assert shown == asked


def test_the_files_behind_the_figures_can_be_read_again(reading: Reading, told: Told) -> None:
    store = FileStore(told.settings.evidence_dir)

    with reading() as session:
        rows = session.scalars(select(KpiImport)).all()
    for row in rows:
        with store.open(row.sha256) as stream:
            table = read_table(stream.read())

        assert len(table.rows) == row.accepted + row.blank + row.left_out + row.rejected
    assert sum(row.rejected for row in rows) > 0
    assert sum(row.blank for row in rows) > 0
    assert {row.file_name.rpartition(".")[2] for row in rows} == {"csv", "xlsx"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ميثاق.pdf", make_pdf(ARABIC)),
        ("ميثاق.docx", make_docx(ARABIC)),
        (
            "جدول.xlsx",
            make_xlsx([("ورقة", (("أ", "ب"), (1, 2)))], language="ar", made_on=date(2026, 1, 1)),
        ),
        ("جدول.csv", make_csv((("أ", "ب"), (1, 2)))),
        ("صورة.png", make_heat_map(((0.0, 1.0), (0.5, 0.2)))),
        ("رمز.png", make_code("https://survey.waha.example/2026")),
    ],
)
def test_a_made_file_is_taken_by_the_upload_policy(name: str, content: bytes) -> None:
    with read_upload(Upload(name, io.BytesIO(content)), limit=1_000_000) as accepted:
        kept = accepted.content.read()
    assert kept == content

    assert accepted.name == name


@pytest.mark.parametrize("make", [make_pdf, make_docx])
def test_the_same_document_gives_the_same_bytes(make: Callable[[Document], bytes]) -> None:
    assert make(ARABIC) == make(ARABIC)


def test_an_arabic_word_file_runs_from_right_to_left() -> None:
    with zipfile.ZipFile(io.BytesIO(make_docx(ARABIC))) as archive:
        root = ET.fromstring(archive.read("word/document.xml"))

    texts = [node.text for node in root.iter(f"{W}t")]
    assert texts[0] == "ميثاق الخدمة"
    assert "24 ساعة" in texts
    assert len(list(root.iter(f"{W}bidi"))) == len(list(root.iter(f"{W}p"))) - 1
    assert root.find(f".//{W}bidiVisual") is not None


@pytest.mark.parametrize(("language", "word"), [("en", "yes"), ("ar", "نعم")])
def test_a_register_speaks_its_departments_language(language: Language, word: str) -> None:
    from accredit.demo.documents import Setting
    from accredit.demo.periods import quarter
    from accredit.demo.registers import case_register
    from accredit.text import Bilingual

    name = Bilingual("Licensing", "التراخيص")
    period = quarter(1)(date(2026, 7, 9))
    content = case_register(Setting(name, name, language, 2026, period))

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python()
    assert word in {row[4] for row in rows}
    assert len(rows) == 61
    assert {str(row[1])[:7] for row in rows[1:]} == {"2026-04", "2026-05", "2026-06"}
