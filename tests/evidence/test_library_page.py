"""The library: what one's departments have, found the way people write."""

from __future__ import annotations

import pytest

from accredit.evidence.library import PAGE_SIZE
from accredit.evidence.models import Evidence
from accredit.evidence.service import link_evidence
from tests.assessments import open_small, publish_small
from tests.evidence.conftest import AT, pdf
from tests.evidence.words import latin_words
from tests.queries import count_queries, writes

LIBRARY = "/evidence/"


def titles(page) -> list[str]:
    return [" ".join(node.text_content().split()) for node in page.tree.xpath("//article//p[1]//a")]


def test_it_shows_the_newest_first_with_kind_file_and_people(browse, cast, put):
    put("Service charter.pdf", note="shown at the counter")
    put("تقرير.pdf", content=pdf(2), period_from_on=None)
    page = browse(cast.leader).get(LIBRARY)
    assert titles(page) == ["تقرير", "Service charter"]
    for said in ("Service charter.pdf", "Omar Rashid", "PDF", "2 March 2026"):
        assert said in page.text


def test_each_sees_the_departments_of_their_own_place_only(browse, cast, put):
    put("ours.pdf")
    put("calls.pdf", department=cast.contact_centre, by=cast.contact_leader.id)
    put("theirs.pdf", department=cast.other_department, by=cast.stranger_leader.id)
    seen = {
        who: set(titles(browse(getattr(cast, who)).get(LIBRARY)))
        for who in ("contributor", "contact_leader", "observer", "programme_manager")
    }
    assert seen == {
        "contributor": {"ours"},
        "contact_leader": {"calls"},
        "observer": {"ours", "calls"},
        "programme_manager": {"ours", "calls"},
    }
    stranger = browse(cast.stranger_manager).get(f"{LIBRARY}?department={cast.licensing}&q=ours")
    assert titles(stranger) == []


@pytest.mark.parametrize(
    "query",
    [
        "الجوده",
        "تقرير 2025",
        "٢٠٢٥",
        "CHARTER",
        "إستطلاع",
        "نتائج",
        "quality.pdf",
    ],
)
def test_it_finds_words_of_title_note_and_file_name_however_they_are_written(
    browse, cast, put, query
):
    put("quality.pdf", title="تقرير الجودةِ ٢٠٢٥", note="نتائج استطلاع؛ Service Charter")
    put("other.pdf", content=pdf(2), title="شكاوى")
    page = browse(cast.leader).get(LIBRARY, query_string={"q": query})
    assert titles(page) == ["تقرير الجودةِ ٢٠٢٥"]


@pytest.mark.parametrize(
    "query",
    [
        "%",
        "_",
        "\\",
        "' OR 1=1 --",
        "x" * 5000,
        "\u202e",
        "quality absent",
        "\ud7ff",
        "\U0010ffff",
    ],
)
def test_it_takes_every_query_for_words(browse, cast, put, query):
    put("quality.pdf", title="quality")
    page = browse(cast.leader).get(LIBRARY, query_string={"q": query})
    assert page.status == 200
    assert titles(page) == (["quality"] if query == "\u202e" else [])


def test_it_filters_by_kind_and_by_department(browse, cast, put, arrange):
    with arrange() as session:
        publish_small(session)
    kind = first_kind(browse, cast)
    put("a.pdf", title="of the kind", kind=kind)
    put("b.pdf", content=pdf(2), title="of no kind")
    put("c.pdf", content=pdf(3), title="elsewhere", department=cast.contact_centre)
    browser = browse(cast.observer)
    assert titles(browser.get(f"{LIBRARY}?kind={kind}")) == ["of the kind"]
    assert titles(browser.get(f"{LIBRARY}?department={cast.contact_centre}")) == ["elsewhere"]
    assert len(titles(browser.get(f"{LIBRARY}?kind=nonsense&department=x&show=y&page=z"))) == 3


def first_kind(browse, cast) -> str:
    page = browse(cast.leader).get(LIBRARY)
    return page.tree.xpath("//select[@name='kind']/option/@value")[1]


def test_it_tells_linked_unlinked_and_withdrawn_apart(browse, cast, put, arrange):
    linked, _free, gone = put("a.pdf"), put("b.pdf", pdf(2)), put("c.pdf", pdf(3))
    with arrange() as session:
        link_evidence(
            session,
            session.get(Evidence, linked),
            assessment_id=open_small(session, cast).id,
            element_code="1.1",
            by=cast.contributor.id,
            at=AT,
        )
    browser = browse(cast.leader)
    browser.post(f"/evidence/{gone}/withdraw", {"reason": "wrong month"})
    page = browser.get(LIBRARY)
    assert titles(page) == ["b", "a"]
    assert "Supports 1.1" in page.text
    counts = page.tree.xpath("//*[@class='tabs__count']/text()")
    assert counts == ["2", "1", "1"]
    assert titles(browser.get(f"{LIBRARY}?show=unlinked")) == ["b"]
    withdrawn = browser.get(f"{LIBRARY}?show=withdrawn")
    assert titles(withdrawn) == ["c"]
    assert "Withdrawn evidence" in withdrawn.text


def test_it_turns_pages_and_stays_within_them(browse, cast, put):
    for number in range(PAGE_SIZE + 1):
        put(f"{number}.pdf", pdf(number))
    browser = browse(cast.leader)
    assert len(titles(browser.get(LIBRARY))) == PAGE_SIZE
    for asked in ("2", "99"):
        assert titles(browser.get(f"{LIBRARY}?page={asked}")) == ["0"]
    assert len(titles(browser.get(f"{LIBRARY}?page=-3"))) == PAGE_SIZE
    with_query = browser.get(f"{LIBRARY}?q=pdf&show=unlinked")
    assert any("q=pdf" in link and "page=2" in link for link in with_query.links())


def test_it_asks_the_database_the_same_number_of_times_for_one_and_for_twenty(
    app, browse, cast, put
):
    put("first.pdf")
    browser = browse(cast.observer)
    browser.get(LIBRARY)
    with count_queries(app) as few:
        browser.get(LIBRARY)
    for number in range(1, PAGE_SIZE):
        put(
            f"{number}.pdf",
            pdf(number),
            department=(cast.licensing, cast.contact_centre)[number % 2],
        )
    with count_queries(app) as many:
        page = browser.get(LIBRARY)
    assert len(titles(page)) == PAGE_SIZE
    assert len(many) == len(few)
    assert writes(many) == []


def test_an_empty_library_says_what_to_do(browse, cast):
    page = browse(cast.contributor).get(LIBRARY)
    assert "No evidence yet" in page.text
    assert "/evidence/new" in page.links()
    assert "/evidence/new" not in browse(cast.observer).get(LIBRARY).links()


def test_an_assessor_is_told_where_their_evidence_is(browse, cast, put):
    put("ours.pdf")
    page = browse(cast.assessor).get(LIBRARY)
    assert titles(page) == []
    assert "No library is open to you" in page.text


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("contributor", True),
        ("leader", True),
        ("observer", True),
        ("assessor", False),
        ("moderator", False),
        ("decision_maker", False),
    ],
)
def test_the_menu_offers_the_library_to_those_who_see_a_place_in_it(browse, cast, who, offered):
    page = browse(getattr(cast, who)).get("/")
    assert (LIBRARY in page.tree.xpath("//nav[@id='site-nav']//a/@href")) is offered


def test_people_without_a_role_see_no_library(browse, cast):
    assert browse(cast.nobody).get(LIBRARY).status == 403
    assert browse(cast.administrator).get(LIBRARY).status == 403


def test_the_arabic_library_is_arabic(browse, cast, put):
    put("تقرير.pdf")
    browser = browse(cast.programme_manager, "ar")
    for address in (
        LIBRARY,
        f"{LIBRARY}?show=unlinked",
        f"{LIBRARY}?show=withdrawn",
        f"{LIBRARY}?q=x",
    ):
        page = browser.get(address)
        assert page.lang == ("ar", "rtl")
        assert latin_words(page.text) == set()


def test_hostile_words_are_shown_as_words(browse, cast, put):
    hostile = '"><script>alert(1)</script>'
    put('"><img src=x onerror=1>.pdf', title=hostile, note=hostile)
    page = browse(cast.leader).get(LIBRARY, query_string={"q": hostile})
    assert b"<script>alert" not in page.body
    assert b"<img src=x" not in page.body
    assert titles(page) == [hostile]
