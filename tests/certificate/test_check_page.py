"""The page on which anybody checks a number or a file."""

from __future__ import annotations

from io import BytesIO

import pytest

from accredit.certificate.domain import DecisionKind
from tests.certificate.words import latin_words
from tests.certificates import change, grant, store
from tests.queries import count_queries, writes


@pytest.fixture
def certificate(arrange, cast, world):
    """The number of a certificate and its three files."""
    files = store(world.settings)
    with arrange() as session:
        granted = grant(session, cast, files)
        sheets = {item.language: files.path(item.sha256).read_bytes() for item in granted.documents}
        return granted.number, sheets


def send(browser, content, name="certificate.pdf"):
    return browser.post(
        "/certificates/check",
        {"file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def test_anybody_may_open_it(browse):
    page = browse().get("/certificates/check")
    assert page.status == 200
    assert page.has_field("number")
    assert page.has_field("file")


def test_a_number_leads_to_its_page_however_it_is_typed(browse, certificate):
    number, _ = certificate
    typed = number.lower().replace("-", " ")
    answer = browse().get("/certificates/check", query_string={"number": typed})
    assert answer.status == 303
    assert answer.location.endswith(f"/certificates/{number}")


def test_no_number_asks_for_one(browse):
    page = browse().get("/certificates/check?number=")
    assert page.status == 422
    assert "Type the number of the certificate." in page.error_texts()


def test_a_mistyped_number_is_shown_again(browse):
    page = browse().get("/certificates/check?number=SE-2026-oops")
    assert page.status == 404
    assert page.values("check")["number"] == "SE-2026-oops"


@pytest.mark.parametrize("sheet", ["en", "ar", "both"])
def test_each_issued_file_is_recognised(browse, certificate, sheet):
    number, sheets = certificate
    page = send(browse(), sheets[sheet], "أي اسم.pdf")
    assert page.status == 200
    assert "Exactly the file that was issued" in page.text
    assert "أي اسم" in page.text
    assert page.tree.xpath("//bdi[@class='ending']/text()") == [".pdf"]
    assert any(url.endswith(f"/certificates/{number}") for url in page.links())


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_a_file_with_one_changed_byte_is_altered(browse, certificate, place):
    _, sheets = certificate
    content = bytearray(sheets["en"])
    content[place] ^= 1
    page = send(browse(), bytes(content))
    assert page.status == 200
    assert "Altered or unknown" in page.text
    assert "Exactly the file" not in page.text


@pytest.mark.parametrize("content", [b"x", b"%PDF-1.7 nothing", b"\x00" * 100_000])
def test_any_other_file_is_unknown(browse, certificate, content):
    assert "Altered or unknown" in send(browse(), content).text


def test_no_file_asks_for_one(browse):
    page = browse().post("/certificates/check", {}, content_type="multipart/form-data")
    assert page.status == 422
    assert "Choose the PDF of a certificate." in page.error_texts()


def test_a_genuine_file_of_a_suspended_certificate_says_both(browse, arrange, cast, world):
    files = store(world.settings)
    with arrange() as session:
        granted = grant(session, cast, files)
        change(session, cast, granted, DecisionKind.SUSPEND)
        content = files.path(granted.documents[0].sha256).read_bytes()
    page = send(browse(), content)
    assert "This file is genuine, but its certificate is" in page.text
    (large,) = page.tree.xpath("//*[@class='verdict__title']")
    assert large.text == "Suspended"
    assert "Do not rely on it" in page.text


def test_the_chosen_file_is_named_in_the_readers_language(browse):
    page = browse().get("/certificates/check")
    (script,) = page.tree.xpath("//script/@src")
    assert "js/upload" in script


def test_a_check_writes_nothing_and_takes_no_lock(app, browse, certificate):
    _, sheets = certificate
    browser = browse()
    with count_queries(app) as statements:
        send(browser, sheets["en"])
    assert writes(statements) == []
    from accredit.database import db, writing

    with app.app_context(), writing():
        db.session.connection()  # somebody else is writing
        assert send(browser, sheets["en"]).status == 200
        db.session.remove()


def test_a_script_as_file_name_stays_text(browse):
    page = send(browse(), b"x", '"><script>alert(1)</script>.pdf')
    assert b"<script>alert" not in page.body


def test_the_arabic_page_is_arabic(browse, certificate):
    _, sheets = certificate
    browser = browse(None, "ar")
    example = "SE-2026-7K4M9-QTX2H-B5R38"
    page = browser.get("/certificates/check")
    assert page.lang == ("ar", "rtl")
    assert latin_words(page, example, "PDF") == []
    assert latin_words(send(browser, b"x"), example, "PDF", "certificate.pdf") == []
    assert latin_words(send(browser, sheets["ar"]), example, "PDF", "certificate.pdf") == []


def test_the_form_for_files_needs_a_page_token(app, browse):
    browser = browse()
    app.config["WTF_CSRF_ENABLED"] = True
    assert send(browser, b"x").status == 400
