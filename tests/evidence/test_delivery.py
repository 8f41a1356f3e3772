"""How a stored file is handed out."""

from __future__ import annotations

import hashlib
import re
from email.message import Message
from urllib.parse import unquote_to_bytes

import pytest

from accredit.evidence.delivery import disposition
from accredit.evidence.models import EvidenceVersion
from accredit.evidence.store import FileStore
from tests.evidence.conftest import download, pdf, sent

NAMES = [
    "تقرير الجودة ٢٠٢٥.pdf",
    "محضر «لجنة المتعاملين» – يناير.pdf",
    "cafe\u0301.pdf",
    'say "when"; filename=x.exe.pdf',
    "100% (final).pdf",
    "a'b*c.pdf",
    "\U0001f4c8 نمو.pdf",
    "plain.pdf",
]


def names(header: str) -> tuple[str, str]:
    """The plain and the full name of a Content-Disposition, each by another parser."""
    plain = re.match(r'attachment; filename="([^"\\]*)"; filename\*=UTF-8\'\'', header)
    assert plain is not None
    message = Message()
    message["Content-Disposition"] = header.replace(f'filename="{plain[1]}"; ', "")
    full = message.get_filename()
    assert full == unquote_to_bytes(header.rpartition("UTF-8''")[2]).decode()
    return plain[1], full


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_byte_for_byte(browse, cast, put, name):
    number = put(name)
    answer = download(browse(cast.leader), f"/evidence/{number}/versions/1/file")
    plain, full = names(answer.headers["Content-Disposition"])
    assert full.encode() == name.encode()
    assert plain == f"evidence-{number}-1.pdf"
    assert answer.headers["Content-Disposition"].isascii()


def test_a_file_comes_back_unchanged_and_is_never_a_page(browse, cast, put):
    number = put(content=pdf(7))
    answer = download(browse(cast.contributor), f"/evidence/{number}/versions/1/file?download=0")
    assert answer.status == 200
    assert answer.body == pdf(7)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Last-Modified" not in answer.headers
    assert answer.headers["ETag"] == f'"{hashlib.sha256(pdf(7)).hexdigest()}"'


def test_text_that_is_a_page_is_served_as_text(browse, cast, put):
    number = put("notes.txt", b"<html><script>alert(1)</script></html>")
    answer = download(browse(cast.leader), f"/evidence/{number}/versions/1/file")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_a_part_of_a_file_is_served_by_the_same_rules(browse, cast, put):
    number = put()
    answer = download(
        browse(cast.leader),
        f"/evidence/{number}/versions/1/file",
        headers={"Range": "bytes=0-3"},
    )
    assert (answer.status, answer.body) == (206, b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_each_version_stays_available(browse, cast, put):
    number = put(content=pdf(1))
    browser = browse(cast.contributor)
    browser.post(f"/evidence/{number}/versions", {"files": sent("new.pdf", pdf(2))})
    assert download(browser, f"/evidence/{number}/versions/1/file").body == pdf(1)
    assert download(browser, f"/evidence/{number}/versions/2/file").body == pdf(2)
    assert download(browser, f"/evidence/{number}/versions/3/file").status == 404


def test_withdrawn_evidence_can_still_be_read(browse, cast, put):
    number = put()
    browse(cast.leader).post(f"/evidence/{number}/withdraw", {"reason": "wrong month"})
    assert download(browse(cast.observer), f"/evidence/{number}/versions/1/file").status == 200


@pytest.mark.parametrize(
    "who", ["stranger_leader", "stranger_manager", "contact_leader", "assessor", "moderator"]
)
def test_a_file_does_not_exist_for_people_of_other_places(browse, cast, put, who):
    number = put()
    assert browse(getattr(cast, who)).get(f"/evidence/{number}/versions/1/file").status == 404


def test_a_stranger_must_sign_in_first(browse, put):
    number = put()
    assert browse().get(f"/evidence/{number}/versions/1/file").status == 303


def test_a_file_the_store_has_lost_is_a_fault_and_no_empty_file(app, browse, cast, put, world):
    number = put(content=pdf(1))
    store = FileStore(world.settings.evidence_dir)
    store.path(hashlib.sha256(pdf(1)).hexdigest()).unlink()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        assert download(browse(cast.leader), f"/evidence/{number}/versions/1/file").status == 500
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None


def test_the_plain_name_never_has_a_character_of_the_person_s():
    version = EvidenceVersion(evidence_id=7, number=2, file_name='"\\;تقرير.PDF')
    assert disposition(version).startswith('attachment; filename="evidence-7-2.pdf"; filename*=')
