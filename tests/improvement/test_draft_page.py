"""Drafting a plan from the gaps of an assessment."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from accredit import clock
from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.identity.domain import Role
from accredit.identity.models import Person
from accredit.identity.service import grant_role
from accredit.improvement import service
from accredit.improvement.domain import ActionStatus
from accredit.improvement.models import ImprovementAction
from tests.assessments import OPENED, walk_to
from tests.improvement.making import NOW, TODAY, measure
from tests.people import START
from tests.queries import count_queries, writes

LEVELS = {"1.1": "partial", "1.2": "started", "2.2": "started"}


def path(assessment_id: int) -> str:
    return f"/improvement-actions/draft/{assessment_id}"


@pytest.fixture
def assessment_id(cast, arrange) -> int:
    """A closed assessment with three gaps, and CSAT measured at 60 % of 80 %."""
    with arrange() as session:
        measure(session, cast, "csat", (48, 80), month_number=1)
        return walk_to(session, cast, Stage.CLOSED, LEVELS).id


def codes(page) -> list[str]:
    return [str(value) for value in page.tree.xpath("//input[@name='codes']/@value")]


def rows(page) -> list[str]:
    return [
        " ".join(row.text_content().split())
        for row in page.tree.xpath("//table[@id='codes']/tbody/tr")
    ]


def test_it_proposes_an_action_for_each_gap_the_most_urgent_first(browse, cast, assessment_id):
    page = browse(cast.leader).get(path(assessment_id))
    assert page.status == 200
    # 1.1: 3 × 1 × 3/2, its CSAT misses the target; 1.2: 2 × 2; 2.2: 2 × 1.
    assert codes(page) == ["1.1", "1.2", "2.2"]
    assert len(page.tree.xpath("//input[@name='codes'][@checked]")) == 3
    first, second, third = rows(page)
    assert "4.5" in first
    assert "Baseline 60.0%" in first
    assert "target 80.0%" in first
    assert "Baseline" not in second
    assert "Not measured yet · target 60 seconds" in second
    assert "No KPI" in third


def test_looking_stores_nothing(app, browse, cast, arrange, assessment_id):
    with count_queries(app) as statements:
        browse(cast.leader).get(path(assessment_id))
    assert writes(statements) == []
    with arrange() as session:
        assert session.scalars(select(ImprovementAction)).all() == []


def test_it_drafts_only_what_was_ticked(browse, cast, arrange, assessment_id):
    answer = browse(cast.leader).post(path(assessment_id), {"codes": ["1.1", "2.2"]})
    assert answer.status == 303
    assert answer.location == f"/improvement-actions/?department={cast.licensing}"
    today = clock.today(ZoneInfo("Asia/Riyadh"))
    with arrange() as session:
        first, second = session.scalars(select(ImprovementAction).order_by(ImprovementAction.id))
        assert (first.element_code, second.element_code) == ("1.1", "2.2")
        assert first.title == "Raise “Published promise” from “Partial” to “Good”"
        assert (first.kpi, first.baseline_value, first.target_value) == ("csat", 60.0, 80.0)
        assert (first.baseline_n, first.status, first.owner_id) == (80, "planned", None)
        # Highest priority 4.5: 4.5 gets 90 days, 2 (between a third and two thirds) 180.
        assert first.due_on == today + timedelta(days=90)
        assert second.due_on == today + timedelta(days=180)
        assert (second.kpi, second.target_value) == (None, None)
        events = session.scalars(
            select(Event).where(Event.action == "improvement.drafted").order_by(Event.id)
        ).all()
        assert [event.subject_id for event in events] == [str(first.id), str(second.id)]
        details = json.loads(events[0].details)
        assert (details["assessment"], details["element"]) == (assessment_id, "1.1")
        assert (details["baseline"], details["target"]) == (60.0, 80.0)


def test_titles_are_in_the_language_of_whoever_drafts(browse, cast, arrange, assessment_id):
    browse(cast.leader, "ar").post(path(assessment_id), {"codes": ["1.1"]})
    with arrange() as session:
        title = session.scalars(select(ImprovementAction.title)).one()
    assert "تعهد منشور" in title
    assert "جيد" in title
    assert "Raise" not in title


def test_gaps_already_planned_are_not_drafted_twice(browse, cast, arrange, assessment_id):
    leader = browse(cast.leader)
    leader.post(path(assessment_id), {"codes": ["1.1"]})
    page = leader.get(path(assessment_id))
    assert codes(page) == ["1.2", "2.2"]
    assert "Already planned" in rows(page)[0]
    again = leader.post(path(assessment_id), {"codes": ["1.1", "1.2"]})
    assert again.status == 409
    assert "changed while you were choosing" in again.error_texts()
    # What was ticked stays ticked; nothing was stored.
    assert again.tree.xpath("//input[@name='codes'][@checked]/@value") == ["1.2"]
    with arrange() as session:
        assert len(session.scalars(select(ImprovementAction)).all()) == 1


def test_a_cancelled_action_leaves_its_gap_open_to_be_planned_again(
    browse, cast, arrange, assessment_id
):
    leader = browse(cast.leader)
    leader.post(path(assessment_id), {"codes": ["1.1"]})
    with arrange() as session:
        finish(session, cast, ActionStatus.CANCELLED)
    assert "1.1" in codes(leader.get(path(assessment_id)))


def test_a_gap_found_again_after_the_action_was_done_is_planned_anew(
    browse, cast, arrange, assessment_id
):
    leader = browse(cast.leader)
    leader.post(path(assessment_id), {"codes": ["1.1", "1.2"]})
    with arrange() as session:
        finish(session, cast, ActionStatus.DONE)
        later = walk_to(
            session,
            cast,
            Stage.CLOSED,
            LEVELS,
            cycle="2027",
            at=OPENED + timedelta(days=365),
        ).id
    # Done for this assessment; 1.2 is still open and holds for the next one too.
    assert codes(leader.get(path(assessment_id))) == ["2.2"]
    assert codes(leader.get(path(later))) == ["1.1", "2.2"]


def finish(session, cast, status: ActionStatus) -> None:
    """Put the action for element 1.1 into the state."""
    action = session.scalars(
        select(ImprovementAction).where(ImprovementAction.element_code == "1.1")
    ).one()
    service.change_status(
        session,
        action,
        status,
        note="So it is.",
        version=action.version,
        by=cast.leader.id,
        at=NOW,
        today=TODAY,
    )


def test_nothing_ticked_is_said_and_a_code_that_is_no_gap_is_a_conflict(
    browse, cast, arrange, assessment_id
):
    leader = browse(cast.leader)
    nothing = leader.post(path(assessment_id), {})
    assert nothing.status == 422
    assert "Tick at least one gap." in nothing.error_texts()
    assert leader.post(path(assessment_id), {"codes": ["2.1"]}).status == 409
    assert leader.post(path(assessment_id), {"codes": ["9.9"]}).status == 409
    with arrange() as session:
        assert session.scalars(select(ImprovementAction)).all() == []


def test_before_the_end_it_stands_on_the_departments_own_scores(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.MODERATION, LEVELS, self_levels={"1.1": "good"}).id
    page = browse(cast.leader).get(path(id_))
    # The assessors found a gap in 1.1; the department did not, and must not learn it here.
    assert codes(page) == ["1.2", "2.2"]
    assert "From the department’s own scores" in page.text


def test_an_assessment_without_gaps_has_nothing_to_draft(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.CLOSED).id
    assert "No gap to plan for" in browse(cast.leader).get(path(id_)).text


def test_only_the_departments_leader_drafts(browse, cast, arrange, assessment_id):
    for actor in (cast.contributor, cast.programme_manager, cast.observer, cast.moderator):
        assert browse(actor).get(path(assessment_id)).status == 403
        assert browse(actor).post(path(assessment_id), {"codes": ["1.1"]}).status == 403
    for actor in (cast.stranger_leader, cast.contact_leader):
        assert browse(actor).get(path(assessment_id)).status == 404
        assert browse(actor).post(path(assessment_id), {"codes": ["1.1"]}).status == 404
    with arrange() as session:
        assert session.scalars(select(ImprovementAction)).all() == []


def test_a_leader_elsewhere_who_may_read_the_report_drafts_nothing_from_it(
    browse, cast, arrange, assessment_id
):
    with arrange() as session:
        grant_role(
            session,
            session.get(Person, cast.contact_leader.id),
            Role.OBSERVER,
            organisation_id=cast.organisation,
            by=None,
            at=START,
        )
    assert browse(cast.contact_leader).get(path(assessment_id)).status == 403
    answer = browse(cast.contact_leader).post(path(assessment_id), {"codes": ["1.1"]})
    assert answer.status == 403


def test_it_is_arabic_from_right_to_left(browse, cast, assessment_id):
    page = browse(cast.leader, "ar").get(path(assessment_id))
    assert page.lang == ("ar", "rtl")
    for word in ("Priority", "Baseline", "target", "Cancel", "days", "Partial"):
        assert word not in page.text
