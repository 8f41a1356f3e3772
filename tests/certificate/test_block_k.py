"""Block K: forged papers. Whatever was done to an issued file, it is not one of ours.

A certificate's file has no signature of its own that could be wrapped, moved or emptied: what
counts is the hash of the whole file, held by the register.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from accredit.assessment.domain import Stage
from accredit.certificate.models import Certificate, CertificateDocument
from tests.assessments import walk_to
from tests.certificate.test_check_page import send
from tests.certificates import REFUSED, decide, grant, store

Sheets = dict[str, bytes]


@pytest.fixture
def issued(arrange, cast, world) -> tuple[str, Sheets, set[str]]:
    """Number and files of a certificate, and every hash the register holds."""
    files = store(world.settings)
    with arrange() as session:
        granted = grant(session, cast, files)
        grant(session, cast, files, cycle="2027")
        sheets = {one.language: files.path(one.sha256).read_bytes() for one in granted.documents}
        known = set(session.scalars(select(CertificateDocument.sha256)))
        return granted.number, sheets, known


@pytest.mark.block("K", "every byte flipped")
def test_whichever_byte_is_changed_the_file_is_none_of_ours(issued):
    """One bit of each byte, and eight values of every hundredth; the page has tests of its own."""
    _number, sheets, known = issued
    content = sheets["en"]
    assert hashlib.sha256(content).hexdigest() in known
    before, tried = hashlib.sha256(), 0
    for place in range(len(content)):
        flips = [1 << bit for bit in range(8)] if place % 100 == 0 else [1 << place % 8]
        for flip in flips:
            altered = before.copy()
            altered.update(bytes([content[place] ^ flip]))
            altered.update(memoryview(content)[place + 1 :])
            assert altered.hexdigest() not in known
            tried += 1
        before.update(content[place : place + 1])
    assert tried > len(content) > 10_000


def rewritten(change: Callable[[PdfWriter], object]) -> Callable[[bytes], bytes]:
    def forge(content: bytes) -> bytes:
        writer = PdfWriter(clone_from=io.BytesIO(content))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return forge


def appended(change: Callable[[PdfWriter], object]) -> Callable[[bytes], bytes]:
    """An incremental update: everything that was issued is still there, and more follows."""

    def forge(content: bytes) -> bytes:
        writer = PdfWriter(io.BytesIO(content), incremental=True)
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        assert out.getvalue().startswith(content[:1_000])
        return out.getvalue()

    return forge


def note(writer: PdfWriter) -> object:
    return writer.add_annotation(0, FreeText(text="Distinction", rect=(50, 50, 300, 100)))


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "a byte after the end": lambda content: content + b"\n",
    "another end": lambda content: content + b"\n%%EOF\n",
    "twice over": lambda content: content + content,
    "something before it": lambda content: b"\n" + content,
    "cut": lambda content: content[:-1],
    "without its end mark": lambda content: content.replace(b"%%EOF", b"     "),
    "a newer version": lambda content: content.replace(b"%PDF-1.", b"%PDF-2.", 1),
    "other line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "saved again": rewritten(lambda _writer: None),
    "another page": rewritten(lambda writer: writer.add_blank_page(100, 100)),
    "another title": rewritten(lambda writer: writer.add_metadata({"/Title": "Distinction"})),
    "a note over it": rewritten(note),
    "turned": rewritten(lambda writer: writer.pages[0].rotate(90)),
    "a place to go to": rewritten(lambda writer: writer.add_named_destination("x", 0)),
    "a file inside": rewritten(lambda writer: writer.add_attachment("x.txt", b"x")),
    "an update with a page": appended(lambda writer: writer.add_blank_page(100, 100)),
    "an update with a note": appended(note),
    "an update with a title": appended(lambda writer: writer.add_metadata({"/Title": "x"})),
}


@pytest.mark.parametrize(
    "forge",
    [pytest.param(forge, id=name, marks=pytest.mark.block("K", name))
     for name, forge in FORGERIES.items()],
)  # fmt: skip
def test_a_forged_file_is_altered_or_unknown(browse, issued, forge):
    _number, sheets, _known = issued
    forged = forge(sheets["both"])
    assert forged != sheets["both"]
    page = send(browse(), forged)
    assert page.status == 200
    assert "Altered or unknown" in page.text
    assert "Exactly the file" not in page.text


#: What a forger with the rights of the program itself would like to change of a certificate.
COLUMNS = {
    "number": "'SE-2026-00000-00000-00000'",
    "award": "'distinction'",
    "award_en": "'Distinction'",
    "organisation_en": "'Another'",
    "scope_en": "'Everything'",
    "issued_on": "'2020-01-01'",
    "expires_on": "'2099-01-01'",
    "assessment_id": "assessment_id + 1",
}


@pytest.mark.parametrize(
    ("column", "value"),
    [pytest.param(*one, id=one[0], marks=pytest.mark.block("K", f"changed: {one[0]}"))
     for one in COLUMNS.items()],
)  # fmt: skip
def test_the_register_says_for_ever_what_it_said(arrange, issued, column, value):
    statement = text(f"UPDATE certificate SET {column} = {value} WHERE number = :number")
    with pytest.raises(DatabaseError), arrange() as session:
        session.connection().execute(statement, {"number": issued[0]})


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            f"DELETE FROM {table}", id=table, marks=pytest.mark.block("K", f"gone: {table}")
        )
        for table in ("certificate", "certificate_document", "decision")
    ],
)
def test_no_number_becomes_free_to_be_given_again(arrange, issued, statement):
    with pytest.raises(DatabaseError), arrange() as session:
        session.connection().execute(text(statement))


@pytest.mark.block("K", "no paper before the decision")
@pytest.mark.block("K", "no paper of a refusal")
def test_there_is_no_paper_before_or_without_a_grant(arrange, cast, world):
    with arrange() as session:
        open_ = walk_to(session, cast, Stage.DECISION)
        refused = walk_to(session, cast, Stage.DECISION, REFUSED, cycle="2027")
        decide(session, cast, refused, store(world.settings), award=None)
        found = session.scalars(
            select(Certificate).where(Certificate.assessment_id.in_([open_.id, refused.id]))
        ).all()
        assert found == []


@pytest.mark.block("K", "both languages say the same")
def test_both_languages_say_the_same_facts(issued):
    number, sheets, _known = issued
    for content in sheets.values():
        said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        for fact in (number, "2026", "2029"):
            assert fact in "".join(said.split()), fact
