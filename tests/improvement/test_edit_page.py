"""Changing an action: what may change, what stays, and two people at once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.identity.models import RoleAssignment
from accredit.identity.service import end_role
from accredit.improvement.models import ImprovementAction
from tests.improvement.making import PAST, measure, promise
from tests.people import START


def path(action_id: int, step: str = "/edit") -> str:
    return f"/improvement-actions/{action_id}{step}"


@pytest.fixture
def action_id(cast, arrange) -> int:
    """An action that promises CSAT from 60 % to 75 %."""
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
        return promise(session, cast, kpi="csat", target=75.0).id


def test_it_changes_what_was_typed_and_records_before_and_after(browse, cast, arrange, action_id):
    leader = browse(cast.leader)
    page = leader.get(path(action_id))
    data = page.values("/edit")
    assert data["target"] == "75"
    data |= {"title": "Answer in an hour", "owner_id": str(cast.contributor.id), "target": "78.5"}
    answer = leader.post(path(action_id), data)
    assert (answer.status, answer.location) == (303, path(action_id, ""))
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        assert (action.title, action.owner_id) == ("Answer in an hour", cast.contributor.id)
        assert (action.target_value, action.baseline_value) == (78.5, 60.0)
        event = session.scalars(select(Event).where(Event.action == "improvement.changed")).one()
        assert json.loads(event.details) == {
            "title": ["Answer within a day", "Answer in an hour"],
            "owner": [None, cast.contributor.id],
            "target": [75.0, 78.5],
        }
    shown = leader.get(path(action_id, "")).text
    assert "Target: 78.5% (before: 75.0%)" in shown
    assert "Owner: Omar Rashid (before: —)" in shown


def test_saving_without_a_change_records_nothing(browse, cast, arrange, action_id):
    leader = browse(cast.leader)
    assert leader.post(path(action_id), leader.get(path(action_id)).values("/edit")).status == 303
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).version == 1
        assert "improvement.changed" not in session.scalars(select(Event.action)).all()


def test_the_baseline_stays_when_newer_measurements_exist(browse, cast, arrange, action_id):
    with arrange() as session:
        measure(session, cast, "csat", (500, 1000), month_number=2)
    leader = browse(cast.leader)
    data = leader.get(path(action_id)).values("/edit") | {"target": "70"}
    assert leader.post(path(action_id), data).status == 303
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).baseline_value == 60.0


def test_another_kpi_gets_its_own_baseline(browse, cast, arrange, action_id):
    with arrange() as session:
        measure(session, cast, "retention", (700, 1000), month_number=2)
    leader = browse(cast.leader)
    data = leader.get(path(action_id)).values("/edit") | {"kpi": "retention", "target": ""}
    assert leader.post(path(action_id), data).status == 303
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        assert (action.kpi, action.baseline_value, action.target_value) == ("retention", 70.0, 85.0)


def test_without_a_kpi_there_is_no_promise_left(browse, cast, arrange, action_id):
    leader = browse(cast.leader)
    data = leader.get(path(action_id)).values("/edit") | {"kpi": ""}
    assert leader.post(path(action_id), data).status == 303
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        assert (action.kpi, action.baseline_value, action.target_value) == (None, None, None)


def test_a_missing_baseline_is_taken_at_the_next_change(browse, cast, arrange):
    with arrange() as session:
        id_ = promise(session, cast, kpi="retention", target=90.0).id
        assert session.get(ImprovementAction, id_).baseline_value is None
        measure(session, cast, "retention", (700, 1000), month_number=2)
    leader = browse(cast.leader)
    assert leader.post(path(id_), leader.get(path(id_)).values("/edit")).status == 303
    with arrange() as session:
        assert session.get(ImprovementAction, id_).baseline_value == 70.0


def test_an_overdue_action_can_be_changed_without_moving_its_date(browse, cast, arrange):
    with arrange() as session:
        id_ = promise(session, cast, due_on=PAST).id
    leader = browse(cast.leader)
    data = leader.get(path(id_)).values("/edit")
    assert leader.post(path(id_), data | {"title": "Still this"}).status == 303
    moved = leader.get(path(id_)).values("/edit") | {"due_on": "2020-02-01"}
    page = leader.post(path(id_), moved)
    assert page.status == 422
    assert "Choose today or a later day." in page.error_texts()


def test_two_people_at_once_are_both_shown_and_nothing_is_lost(browse, cast, arrange, action_id):
    leader = browse(cast.leader)
    mine = leader.get(path(action_id)).values("/edit")
    theirs = mine | {"title": "Their words"}
    assert leader.post(path(action_id), theirs).status == 303
    page = leader.post(path(action_id), mine | {"title": "My words"})
    assert page.status == 409
    assert "Their words" in page.text
    assert page.values("/edit")["title"] == "My words"
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).title == "Their words"
    assert leader.post(path(action_id), page.values("/edit")).status == 303
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).title == "My words"


def test_wrong_input_is_named_and_nothing_typed_is_lost(browse, cast, action_id):
    leader = browse(cast.leader)
    data = leader.get(path(action_id)).values("/edit") | {"title": "New", "target": "50"}
    page = leader.post(path(action_id), data)
    assert page.status == 422
    assert "must be better than the baseline" in page.error_texts()
    assert page.values("/edit")["title"] == "New"
    assert page.values("/edit")["target"] == "50"


def test_an_action_that_is_over_keeps_its_promise(browse, cast, arrange, action_id):
    leader = browse(cast.leader)
    data = leader.get(path(action_id)).values("/edit") | {"target": "61"}
    leader.post(path(action_id, "/status"), {"status": "done", "version": "1"})
    assert leader.get(path(action_id)).status == 409
    assert leader.post(path(action_id), data | {"version": "2"}).status == 409
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).target_value == 75.0


def test_an_owner_who_left_may_stay_but_nobody_else_from_outside_comes(browse, cast, arrange):
    with arrange() as session:
        id_ = promise(session, cast, owner_id=cast.contributor.id).id
        role = session.scalars(
            select(RoleAssignment).where(RoleAssignment.person_id == cast.contributor.id)
        ).one()
        end_role(session, role, by=cast.administrator.id, at=START)
    leader = browse(cast.leader)
    data = leader.get(path(id_)).values("/edit") | {"title": "Same owner"}
    assert leader.post(path(id_), data).status == 303
    gone = data | {"owner_id": str(cast.stranger_leader.id), "version": "2"}
    assert leader.post(path(id_), gone).status == 422


def test_only_the_leader_edits(browse, cast, arrange):
    with arrange() as session:
        id_ = promise(session, cast, owner_id=cast.contributor.id).id
    for actor in (cast.contributor, cast.programme_manager, cast.observer):
        assert browse(actor).get(path(id_)).status == 403
        assert browse(actor).post(path(id_), {}).status == 403
    for actor in (cast.stranger_leader, cast.contact_leader):
        assert browse(actor).get(path(id_)).status == 404
        assert browse(actor).post(path(id_), {}).status == 404


def test_it_is_arabic_from_right_to_left(browse, cast, action_id):
    page = browse(cast.leader, "ar").get(path(action_id))
    assert page.lang == ("ar", "rtl")
    for word in ("Edit", "Baseline", "January", "Save", "KPI "):
        assert word not in page.text
