"""/assessments/<id>/people: who judges."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assignment
from tests.assessments import CODES, open_small, score_all, walk_to
from tests.queries import count_queries, writes


@pytest.fixture
def opened(arrange, cast):
    with arrange() as session:
        return open_small(session, cast).id


def holders(arrange, id_):
    with arrange() as session:
        rows = session.scalars(select(Assignment).where(Assignment.assessment_id == id_))
        return [(row.role, row.person_id) for row in rows]


def test_the_manager_gives_and_takes_a_duty(browse, cast, arrange, opened):
    manager = browse(cast.programme_manager)
    url = f"/assessments/{opened}/people"
    assert "Sami Aziz" in manager.get(url).text
    answer = manager.post(url, {"role": "assessor", "person_id": cast.assessor.id})
    assert (answer.status, answer.location) == (303, url)
    assert holders(arrange, opened) == [("assessor", cast.assessor.id)]
    with arrange() as session:
        assignment = session.scalars(select(Assignment)).one().id
    assert manager.post(f"{url}/{assignment}/remove").status == 303
    assert holders(arrange, opened) == []
    with arrange() as session:
        query = select(audit.Event.action).where(audit.Event.action.startswith("assignment."))
        assert session.scalars(query).all() == ["assignment.added", "assignment.removed"]


def test_it_offers_only_people_who_may_take_the_duty(browse, cast, opened):
    page = browse(cast.programme_manager).get(f"/assessments/{opened}/people")
    offered = set(page.tree.xpath("//select/option/@value"))
    assert offered == {
        str(getattr(cast, who).id)
        for who in ("assessor", "second_assessor", "moderator", "decision_maker")
    }


@pytest.mark.parametrize(
    ("role", "who"),
    [
        ("assessor", "leader"),
        ("assessor", "moderator"),
        ("assessor", "programme_manager"),
        ("moderator", "stranger_leader"),
    ],
)
def test_a_person_who_must_not_judge_is_refused_with_the_reason(
    browse, cast, arrange, opened, role, who
):
    page = browse(cast.programme_manager).post(
        f"/assessments/{opened}/people", {"role": role, "person_id": getattr(cast, who).id}
    )
    assert page.status == 422
    assert page.error_texts()
    assert holders(arrange, opened) == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"role": "assessor"},
        {"role": "leader", "person_id": 5},
        {"role": "assessor", "person_id": "x"},
        {"role": "assessor", "person_id": 999},
    ],
)
def test_nonsense_is_refused(browse, cast, opened, data):
    assert browse(cast.programme_manager).post(f"/assessments/{opened}/people", data).status == 422


def test_an_assessor_who_submitted_stays(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, dict.fromkeys(CODES, "good"))
        id_ = assessment.id
        assignment = assessment.assignments[0].id
    answer = browse(cast.programme_manager).post(f"/assessments/{id_}/people/{assignment}/remove")
    assert answer.status == 409
    assert "can no longer be removed" in answer.text
    assert ("assessor", cast.assessor.id) in holders(arrange, id_)


def test_an_assignment_of_another_assessment_is_not_found(browse, cast, arrange, opened):
    with arrange() as session:
        other = walk_to(session, cast, Stage.SELF_ASSESSMENT).assignments[0].id
    answer = browse(cast.programme_manager).post(f"/assessments/{opened}/people/{other}/remove")
    assert answer.status == 404


def test_it_is_for_the_programme_manager_alone(browse, cast, opened):
    for who in ("leader", "observer", "assessor"):
        person = browse(getattr(cast, who))
        assert person.get(f"/assessments/{opened}/people").status == 403
        assert person.post(f"/assessments/{opened}/people", {}).status == 403
    stranger = browse(cast.stranger_manager)
    assert stranger.get(f"/assessments/{opened}/people").status == 404
    data = {"role": "assessor", "person_id": cast.assessor.id}
    assert stranger.post(f"/assessments/{opened}/people", data).status == 404


def test_the_page_in_arabic(browse, cast, opened):
    page = browse(cast.programme_manager, "ar").get(f"/assessments/{opened}/people")
    assert page.lang == ("ar", "rtl")
    assert "سامي عزيز" in page.text
    assert "Assign" not in page.text


def test_it_only_reads(app, browse, cast, opened):
    manager = browse(cast.programme_manager)
    with count_queries(app) as statements:
        assert manager.get(f"/assessments/{opened}/people").status == 200
    assert writes(statements) == []
    assert len(statements) <= 10


def test_who_tries_to_let_somebody_judge_their_own_department_is_in_the_log(
    browse, cast, opened, caplog
):
    manager = browse(cast.programme_manager)
    url = f"/assessments/{opened}/people"
    sent = {"role": "assessor", "person_id": cast.leader.id}
    with caplog.at_level("WARNING"):
        assert manager.post(url, sent).status == 422
        assert manager.post(url, {**sent, "person_id": "0"}).status == 422
    told = [record.getMessage() for record in caplog.records if record.name == "accredit"]
    assert told == ["refused, to keep parts apart: SeparationError"], "and no other mistake is"
