"""The page of certificates for an organisation's people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accredit.certificate.domain import DecisionKind
from tests.assessments import OPENED
from tests.certificate.words import latin_words
from tests.certificates import DECIDED, ISSUED, change, grant, store
from tests.queries import count_queries, writes


@pytest.fixture
def number(arrange, cast, world):
    with arrange() as session:
        return grant(session, cast, store(world.settings)).number


@pytest.mark.parametrize(
    "who", ["contributor", "leader", "programme_manager", "observer", "decision_maker"]
)
def test_it_lists_the_certificates_of_the_persons_organisation(browse, cast, number, who):
    page = browse(getattr(cast, who)).get("/certificates/")
    assert page.status == 200
    assert number in page.text
    assert "Licensing" in page.text
    assert "Accredited" in page.text


@pytest.mark.parametrize("who", ["stranger_leader", "stranger_manager", "contact_leader"])
def test_it_shows_nothing_of_other_organisations_and_departments(browse, cast, number, who):
    page = browse(getattr(cast, who)).get("/certificates/")
    assert page.status == 200
    assert number not in page.text
    assert "No certificate yet" in page.text


@pytest.mark.parametrize("who", ["assessor", "moderator", "administrator", "nobody"])
def test_it_is_closed_to_people_without_the_role(browse, cast, number, who):
    assert browse(getattr(cast, who)).get("/certificates/").status == 403


def test_a_person_who_is_not_signed_in_is_asked_to_sign_in(browse, number):
    assert browse().get("/certificates/").status == 303


def test_each_card_offers_the_three_files_in_one_click(browse, cast, number):
    browser = browse(cast.leader)
    links = browser.get("/certificates/").links()
    for sheet in ("ar", "en", "both"):
        (link,) = [url for url in links if url.endswith(f"{number}/documents/{sheet}.pdf")]
        answer = browser.get(link)
        assert answer.status == 200
        assert answer.body.startswith(b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert f"filename={number}-{sheet}.pdf" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader", 200),
        ("observer", 200),
        ("decision_maker", 200),
        ("stranger_leader", 404),
        ("contact_leader", 404),
        ("assessor", 403),
        ("nobody", 403),
    ],
)
def test_a_file_is_given_to_people_who_may_see_the_certificate(browse, cast, number, who, status):
    answer = browse(getattr(cast, who)).get(f"/certificates/{number}/documents/ar.pdf")
    assert answer.status == status


@pytest.mark.parametrize("sheet", ["fr", "AR", "..%2f..%2fsecret", ""])
def test_there_are_no_other_files(browse, cast, number, sheet):
    url = f"/certificates/{number}/documents/{sheet}.pdf"
    assert browse(cast.leader).get(url).status == 404


def test_a_file_that_is_missing_from_the_store_is_not_found(browse, cast, number, world):
    for path in world.settings.evidence_dir.glob("??/*"):
        path.unlink()
    assert browse(cast.leader).get(f"/certificates/{number}/documents/ar.pdf").status == 404


def test_a_file_that_is_not_as_it_was_issued_is_handed_to_nobody(
    app, browse, cast, number, world, caplog
):
    for path in world.settings.evidence_dir.glob("??/*"):
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"%PDF-1", b"%PDF-2"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        page = browse(cast.leader).get(f"/certificates/{number}/documents/ar.pdf")
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert page.status == 500
    assert b"%PDF" not in page.body
    assert f"certificate {number}" in caplog.text


def test_a_certificate_that_is_not_valid_says_so(browse, cast, arrange, world):
    with arrange() as session:
        certificate = grant(session, cast, store(world.settings))
        change(session, cast, certificate, DecisionKind.SUSPEND)
    page = browse(cast.leader).get("/certificates/")
    assert "Suspended" in page.text
    assert "Do not rely on it unless it is restored." in page.text


def test_the_arabic_page_is_arabic(browse, cast, number):
    page = browse(cast.leader, "ar").get("/certificates/")
    assert page.lang == ("ar", "rtl")
    assert "هيئة خدمات الشمال" in page.text
    assert "سارية" in page.text or "منتهية" in page.text
    assert latin_words(page, number) == []


def test_the_number_of_queries_does_not_grow_and_nothing_is_written(
    app, browse, cast, arrange, world
):
    counts = []
    for batch in (1, 6):
        with arrange() as session:
            for year in range(batch):
                grant(
                    session,
                    cast,
                    store(world.settings),
                    cycle=f"{batch}-{year}",
                    opened=OPENED + timedelta(days=year),
                    at=DECIDED + timedelta(days=year),
                    today=ISSUED + timedelta(days=year),
                )
        browser = browse(cast.leader)
        browser.get("/certificates/")
        with count_queries(app) as statements:
            assert browser.get("/certificates/").status == 200
        assert writes(statements) == []
        counts.append(len(statements))
    assert counts[0] == counts[1]
