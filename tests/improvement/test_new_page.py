"""Adding an action by hand."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.identity.domain import Role
from accredit.identity.models import Person
from accredit.identity.service import grant_role
from accredit.improvement.models import ImprovementAction
from tests.assessments import walk_to
from tests.improvement.making import measure
from tests.people import START

URL = "/improvement-actions/new"


def typed(**changes: str) -> dict[str, str]:
    return {
        "title": "Answer within a day",
        "description": "Two more people answer.",
        "owner_id": "0",
        "due_on": "2199-06-30",
        "kpi": "",
        "target": "",
        **changes,
    }


def test_it_adds_an_action_with_the_latest_measurement_as_its_baseline(browse, cast, arrange):
    with arrange() as session:
        measure(session, cast, "csat", (500, 1000), month_number=1)
        measure(session, cast, "csat", (600, 1000), month_number=2)
    data = typed(owner_id=str(cast.contributor.id), kpi="csat", target="75")
    answer = browse(cast.leader).post(URL, data)
    assert answer.status == 303
    with arrange() as session:
        action = session.scalars(select(ImprovementAction)).one()
        assert answer.location == f"/improvement-actions/{action.id}"
        assert (action.department_id, action.owner_id) == (cast.licensing, cast.contributor.id)
        assert (action.title, action.status) == ("Answer within a day", "planned")
        assert (action.kpi, action.baseline_value, action.target_value) == ("csat", 60.0, 75.0)
        assert (action.baseline_start_on, action.baseline_end_on) == (
            date(2026, 2, 1),
            date(2026, 2, 28),
        )
        event = session.scalars(select(Event).where(Event.action == "improvement.created")).one()
        assert event.person_id == cast.leader.id
        assert json.loads(event.details) == {
            "title": "Answer within a day",
            "owner": cast.contributor.id,
            "due_on": "2199-06-30",
            "kpi": "csat",
            "baseline": 60.0,
            "target": 75.0,
        }


def test_the_departments_own_target_is_promised_where_none_is_typed(browse, cast, arrange):
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
    assert browse(cast.leader).post(URL, typed(kpi="csat")).status == 303
    with arrange() as session:
        assert session.scalars(select(ImprovementAction.target_value)).one() == 80.0


def test_the_form_tells_what_each_kpi_is_now(browse, cast, arrange):
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
    page = browse(cast.leader).get(URL)
    assert "Customer satisfaction (CSAT): now 60.0%, target 80.0%" in page.text
    assert "Net Promoter Score (NPS): not measured yet" in page.text


def test_arabic_digits_and_times_are_understood(browse, cast, arrange):
    data = typed(kpi="response_time", target="٠:٠١:٣٠")
    assert browse(cast.leader, "ar").post(URL, data).status == 303
    assert browse(cast.leader, "ar").post(URL, typed(kpi="csat", target="٨٥٫٥")).status == 303
    with arrange() as session:
        found = session.scalars(select(ImprovementAction.target_value)).all()
    assert found == [90.0, 85.5]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "  "}, "Say in a few words what will be done."),
        ({"title": "x" * 201}, "At most 200 characters"),
        ({"due_on": ""}, "Choose a due date."),
        ({"due_on": "2020-01-31"}, "Choose today or a later day."),
        ({"due_on": "31 January"}, "Not a valid date value."),
        ({"owner_id": "999999"}, "Not a valid choice."),
        ({"kpi": "no_such"}, "Not a valid choice."),
        ({"kpi": "csat", "target": "many"}, "number"),
        ({"kpi": "csat", "target": "140"}, "cannot have this value"),
        ({"kpi": "csat", "target": "60"}, "must be better than the baseline"),
        ({"kpi": "csat", "target": "59"}, "must be better than the baseline"),
    ],
)
def test_wrong_input_is_named_and_nothing_typed_is_lost(browse, cast, arrange, changes, words):
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
    data = typed(**changes)
    page = browse(cast.leader).post(URL, data)
    assert page.status == 422
    assert words in page.error_texts()
    kept = page.values("/new")
    assert kept["title"] == data["title"].strip()
    assert kept["description"].strip() == data["description"]
    assert kept["due_on"] == data["due_on"]
    assert kept["target"] == data["target"]
    with arrange() as session:
        assert session.scalars(select(ImprovementAction)).all() == []


def test_an_owner_is_somebody_of_the_department(browse, cast):
    page = browse(cast.leader).get(URL)
    names = page.tree.xpath("//select[@name='owner_id']/option/text()")
    assert names == ["Nobody yet", "Layla Hassan", "Omar Rashid"]
    # The observer and the other department's leader are no choices, even when sent.
    for other in (cast.observer, cast.contact_leader, cast.stranger_leader):
        answer = browse(cast.leader).post(URL, typed(owner_id=str(other.id)))
        assert answer.status == 422


def test_it_can_belong_to_a_gap_of_an_assessment(browse, cast, arrange):
    with arrange() as session:
        assessment_id = walk_to(session, cast, Stage.CLOSED, {"1.2": "started"}).id
    leader = browse(cast.leader)
    page = leader.get(f"{URL}?assessment={assessment_id}&element=1.2")
    assert "Promise kept" in page.text
    # The element's KPIs stand first.
    assert page.tree.xpath("//select[@name='kpi']/option/@value")[:2] == ["", "response_time"]
    assert leader.post(URL, page.values("/new") | typed()).status == 303
    with arrange() as session:
        action = session.scalars(select(ImprovementAction)).one()
        assert (action.assessment_id, action.element_code) == (assessment_id, "1.2")


def test_a_gap_that_does_not_exist_or_is_not_theirs_is_not_found(browse, cast, arrange):
    with arrange() as session:
        assessment_id = walk_to(session, cast, Stage.CLOSED).id
    leader = browse(cast.leader)
    assert leader.get(f"{URL}?assessment={assessment_id}&element=9.9").status == 404
    stranger = browse(cast.stranger_leader)
    assert stranger.get(f"{URL}?assessment={assessment_id}&element=1.2").status == 404
    data = typed(assessment=str(assessment_id), element="1.2")
    assert stranger.post(URL, data).status == 404


def test_nobody_adds_to_another_departments_plan(browse, cast, arrange):
    data = typed(department=str(cast.licensing))
    for actor in (cast.stranger_leader, cast.contact_leader):
        assert browse(actor).post(URL, data).status == 404
    for actor in (cast.contributor, cast.programme_manager, cast.observer):
        assert browse(actor).get(URL).status == 403
        assert browse(actor).post(URL, data).status == 403
    with arrange() as session:
        assert session.scalars(select(ImprovementAction)).all() == []


def test_a_leader_of_several_departments_chooses_one_first(browse, cast, arrange):
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        grant_role(
            session,
            person,
            Role.LEADER,
            organisation_id=cast.organisation,
            department_id=cast.contact_centre,
            by=None,
            at=START,
        )
    leader = browse(cast.leader)
    page = leader.get(URL)
    assert "To the plan of which department?" in page.text
    assert f"{URL}?department={cast.contact_centre}" in page.links()
    answer = leader.post(URL, typed(department=str(cast.contact_centre)))
    assert answer.status == 303
    with arrange() as session:
        action = session.scalars(select(ImprovementAction)).one()
        assert action.department_id == cast.contact_centre


def test_it_is_arabic_from_right_to_left(browse, cast):
    page = browse(cast.leader, "ar").get(URL)
    assert page.lang == ("ar", "rtl")
    for word in ("Owner", "Due date", "Target", "Nobody yet", "Cancel", "measured"):
        assert word not in page.text


def test_it_needs_the_forms_token(app, browse, cast):
    leader = browse(cast.leader)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert leader.post(URL, typed()).status == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
