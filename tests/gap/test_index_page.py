"""The list of gap reports."""

from __future__ import annotations

from datetime import timedelta

from accredit.assessment.domain import Stage
from tests.arabic import english_words
from tests.assessments import OPENED, walk_to
from tests.queries import count_queries


def rows(page) -> list[list[str]]:
    found = page.tree.xpath("//table[@id='reports']/tbody/tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row[1:]] for row in found]


def test_it_gives_the_headline_of_each_report_one_may_read(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED, {"1.1": "started"}, at=OPENED)
        later = OPENED + timedelta(days=20)
        walk_to(session, cast, Stage.DECISION, {"1.1": "absent"}, cycle="2027", at=later)
        later += timedelta(days=20)
        walk_to(session, cast, Stage.SELF_ASSESSMENT, cycle="2028", at=later)
    assert rows(browse(cast.observer).get("/gap-reports/")) == [
        ["—", "—", "—", "4", "No scores yet", "2028", "Self-assessment"],
        ["52.5%", "1", "3", "0", "Agreed", "2027", "Decision"],
        ["60.0%", "1", "3", "0", "Agreed", "2026", "Closed"],
    ]


def test_the_department_sees_its_own_view_until_the_assessment_is_closed(browse, cast, arrange):
    with arrange() as session:
        own = {"1.1": "good"}
        walk_to(session, cast, Stage.DECISION, {"1.1": "absent"}, self_levels=own)
    assert rows(browse(cast.leader).get("/gap-reports/")) == [
        ["75.0%", "0", "0", "0", "The department's own (provisional)", "2026", "Decision"]
    ]


def test_two_assessments_of_one_department_and_cycle_are_told_apart_by_their_scope(
    browse, cast, arrange
):
    with arrange() as session:
        for number, scope in enumerate(("Renewals", "New licences")):
            at = OPENED + timedelta(days=number)
            walk_to(session, cast, Stage.CLOSED, at=at).scope_en = scope
    names = browse(cast.leader).get("/gap-reports/").tree.xpath("//table[@id='reports']//th/div")
    assert ["".join(name.itertext()).strip() for name in names] == ["New licences", "Renewals"]


def test_it_lists_nothing_of_others(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED)
    for person in (cast.stranger_leader, cast.stranger_manager, cast.contact_leader):
        page = browse(person).get("/gap-reports/")
        assert page.status == 200
        assert "There is no gap report yet" in page.text
    assert browse(cast.contributor).get("/gap-reports/").status == 403
    assert browse(None).get("/gap-reports/").status == 303


def test_the_arabic_page_is_arabic(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED)
    page = browse(cast.leader, "ar").get("/gap-reports/")
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()


def test_many_reports_come_in_pages_with_the_same_number_of_queries(app, browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.SELF_ASSESSMENT, cycle="C0")
    observer = browse(cast.observer)
    observer.get("/gap-reports/")
    with count_queries(app) as few:
        assert len(rows(observer.get("/gap-reports/"))) == 1
    with arrange() as session:
        for number in range(1, 23):
            at = OPENED + timedelta(minutes=number)
            walk_to(session, cast, Stage.SET_UP, cycle=f"C{number}", at=at)
    with count_queries(app) as many:
        first = observer.get("/gap-reports/")
    assert len(many) == len(few)
    assert [row[5] for row in rows(first)] == [f"C{number}" for number in range(22, 2, -1)]
    last = observer.get("/gap-reports/?page=2")
    assert [row[5] for row in rows(last)] == ["C2", "C1", "C0"]
    assert rows(observer.get("/gap-reports/?page=99")) == rows(last)
    assert rows(observer.get("/gap-reports/?page=x")) == rows(first)
