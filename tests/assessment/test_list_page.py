"""/assessments: what a person sees of all assessments."""

from __future__ import annotations

import pytest

from accredit.assessment.domain import Stage
from tests.assessments import open_small, walk_to
from tests.queries import count_queries, writes


def test_it_lists_the_departments_assessments_with_stage_and_who_must_act(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
    page = browse(cast.leader).get("/assessments/")
    assert page.status == 200
    for words in ("Licensing 2026", "Scoring", "Sami Aziz", "Noura Fahad", "0 of 8"):
        assert words in page.text


def test_it_speaks_arabic(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.MODERATION)
    page = browse(cast.leader, "ar").get("/assessments/")
    assert page.lang == ("ar", "rtl")
    for words in ("التقييمات", "إدارة التراخيص", "مراجعة التقييم", "كريم عادل"):
        assert words in page.text
    assert "Moderation" not in page.text


@pytest.mark.parametrize("who", ["stranger_leader", "stranger_manager", "contact_leader"])
def test_it_shows_nothing_of_other_places(browse, cast, arrange, who):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
    assert "Licensing" not in browse(getattr(cast, who)).get("/assessments/").text


def test_a_pool_member_sees_only_what_they_are_assigned_to(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING, assessors=("assessor",))
    assert "Licensing" in browse(cast.assessor).get("/assessments/").text
    assert "Licensing" not in browse(cast.second_assessor).get("/assessments/").text


def test_it_filters_by_stage(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING, cycle="1447")
        walk_to(session, cast, Stage.CLOSED, cycle="1446")
    page = browse(cast.observer).get("/assessments/?stage=closed")
    assert "1446" in page.text
    assert "1447" not in page.text


def test_a_stage_that_does_not_exist_is_no_filter(browse, cast, arrange):
    with arrange() as session:
        open_small(session, cast)
    assert "Licensing" in browse(cast.observer).get("/assessments/?stage=bogus&page=999").text


def test_it_goes_on_on_the_next_page(browse, cast, arrange):
    with arrange() as session:
        for number in range(26):
            open_small(session, cast, cycle=f"C{number:02}")
    observer = browse(cast.observer)
    assert "C00" not in observer.get("/assessments/").text
    assert "C00" in observer.get("/assessments/?page=2").text


def test_its_queries_do_not_grow_with_assessments(app, browse, cast, arrange):
    people = {
        who: browse(getattr(cast, who))
        for who in ("programme_manager", "observer", "assessor", "leader")
    }

    def asked():
        found = {}
        for who, person in people.items():
            with count_queries(app) as statements:
                assert person.get("/assessments/").status == 200
            assert writes(statements) == []
            found[who] = len(statements)
        return found

    with arrange() as session:
        for stage in Stage:
            walk_to(session, cast, stage)
    asked()
    few = asked()
    with arrange() as session:
        for stage in list(Stage) * 4:
            walk_to(session, cast, stage)
    assert asked() == few


def test_somebody_without_any_role_is_refused(browse, cast):
    assert browse(cast.nobody).get("/assessments/").status == 403


def test_two_of_one_department_and_cycle_are_told_apart_by_their_scope(browse, cast, arrange):
    with arrange() as session:
        open_small(session, cast)
        open_small(session, cast).scope_en = "Licences of vehicles only"
    heads = browse(cast.observer).get("/assessments/").tree.xpath("//tbody/tr/th//div//text()")
    assert sorted(heads) == ["Issue and renewal of licences", "Licences of vehicles only"]
