"""The page of a plan: whose it is, what it counts, its filters and its words."""

from __future__ import annotations

from typing import Any

from accredit.improvement import service
from accredit.improvement.domain import ActionStatus
from tests.improvement.making import FUTURE, NOW, PAST, TODAY, measure, promise
from tests.queries import count_queries, writes

URL = "/improvement-actions/"


def plan_of_four(session: Any, cast: Any) -> dict[str, int]:
    """One overdue without an owner, one on time, one done and confirmed, one cancelled."""
    measure(session, cast, "csat", (600, 1000), month_number=1)
    late = promise(session, cast, title="Late", due_on=PAST, kpi="csat", target=75.0)
    on_time = promise(session, cast, title="On time", owner_id=cast.contributor.id)
    done = promise(session, cast, title="Finished", kpi="csat", target=70.0)
    dropped = promise(session, cast, title="Dropped")
    for action, status in ((done, ActionStatus.DONE), (dropped, ActionStatus.CANCELLED)):
        service.change_status(
            session,
            action,
            status,
            note="So it is.",
            version=1,
            by=cast.leader.id,
            at=NOW,
            today=TODAY,
        )
    measure(session, cast, "csat", (670, 1000), month_number=2)
    return {"late": late.id, "on_time": on_time.id, "done": done.id, "dropped": dropped.id}


def titles(page: Any) -> list[str]:
    return [
        " ".join(cell.text_content().split())
        for cell in page.tree.xpath("//table[@id='plan']/tbody/tr/th/a")
    ]


def tiles(page: Any) -> list[str]:
    return [
        " ".join(tile.text_content().split())
        for tile in page.tree.xpath("//dd[contains(@class,'stat__value')]")
    ]


def test_it_shows_the_plan_with_what_is_open_overdue_unowned_and_confirmed(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader).get(URL)
    assert page.status == 200
    # Open actions first, the earliest due date first; what is over comes after.
    assert titles(page) == ["Late", "On time", "Finished", "Dropped"]
    assert tiles(page) == ["2", "1", "1", "0 / 1", "1 / 1"]


def test_it_shows_how_far_a_promise_has_come(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    rows = browse(cast.leader).get(URL).tree.xpath("//table[@id='plan']/tbody/tr")
    late = " ".join(rows[0].text_content().split())
    # From 60 % to 75 %; now 67 %: 7 of 15 points are 46.7 % of the way.
    assert "Baseline 60.0%" in late
    assert "latest 67.0%" in late
    assert "target 75.0%" in late
    assert "47%" in late
    assert rows[0].xpath(".//progress/@value") == ["46.7"]
    assert "Improved" in late
    assert "Overdue" in late


def test_it_marks_a_finished_action_that_the_measurements_do_not_confirm(browse, cast, arrange):
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
        action = promise(session, cast, kpi="csat", target=75.0)
        service.change_status(
            session,
            action,
            ActionStatus.DONE,
            note="",
            version=1,
            by=cast.leader.id,
            at=NOW,
            today=TODAY,
        )
        measure(session, cast, "csat", (605, 1000), month_number=2)
    page = browse(cast.leader).get(URL + "?show=unproven")
    assert titles(page) == ["Answer within a day"]
    assert "Not confirmed" in page.text
    assert tiles(page)[4] == "0 / 1"


def test_it_filters_by_status_owner_and_lateness(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    leader = browse(cast.leader)
    assert titles(leader.get(URL + "?show=open")) == ["Late", "On time"]
    assert titles(leader.get(URL + "?show=cancelled")) == ["Dropped"]
    assert titles(leader.get(URL + "?overdue=1")) == ["Late"]
    assert titles(leader.get(URL + f"?owner={cast.contributor.id}")) == ["On time"]
    assert titles(leader.get(URL + "?owner=0&show=open")) == ["Late"]
    nothing = leader.get(URL + f"?owner={cast.contributor.id}&overdue=1")
    assert "No action found" in nothing.text


def test_a_filter_that_is_no_choice_counts_as_any(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader).get(URL + "?show=nonsense&owner=x&department=y&page=z")
    assert page.status == 200
    assert len(titles(page)) == 4


def test_a_plan_without_actions_points_at_the_gap_reports(browse, cast):
    page = browse(cast.leader).get(URL)
    assert "No plan yet" in page.text
    assert any(link.startswith("/gap-reports") for link in page.links())


def test_other_organisations_and_departments_see_nothing_of_it(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    for actor in (cast.stranger_leader, cast.stranger_manager, cast.contact_leader):
        page = browse(actor).get(URL + f"?department={cast.licensing}")
        assert page.status == 200
        assert "Late" not in page.text.split()
        assert titles(page) == []


def test_readers_see_the_plans_of_their_organisation_but_cannot_add(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
        promise(
            session,
            cast,
            title="Elsewhere",
            department_id=cast.contact_centre,
            by=cast.contact_leader.id,
        )
    for actor in (cast.programme_manager, cast.observer):
        page = browse(actor).get(URL)
        assert "Elsewhere" in titles(page)
        assert len(page.tree.xpath("//table[@id='departments']/tbody/tr")) == 2
        assert not [link for link in page.links() if "/new" in link]
        one = browse(actor).get(URL + f"?department={cast.contact_centre}")
        assert titles(one) == ["Elsewhere"]


def test_roles_without_a_plan_are_refused(browse, cast):
    for actor in (cast.assessor, cast.moderator, cast.decision_maker, cast.administrator):
        assert browse(actor).get(URL).status == 403


def test_it_is_arabic_from_right_to_left(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader, "ar").get(URL)
    assert page.lang == ("ar", "rtl")
    assert "خطة التحسين" in page.text
    assert "متأخر" in page.text
    for word in ("Overdue", "Baseline", "Improved", "Filter", "Status", "Owner", "Done"):
        assert word not in page.text


def test_the_number_of_queries_does_not_grow_with_the_plan(app, browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    leader = browse(cast.leader)
    leader.get(URL)
    with count_queries(app) as few:
        leader.get(URL)
    with arrange() as session:
        for number in range(30):
            promise(session, cast, title=f"More {number}", kpi="csat", target=90.0)
    with count_queries(app) as many:
        page = leader.get(URL)
    assert len(titles(page)) == 34
    assert len(many) == len(few)
    assert writes(many) == []


def test_a_long_plan_has_pages(browse, cast, arrange):
    with arrange() as session:
        for number in range(51):
            promise(session, cast, title=f"Action {number}", due_on=FUTURE)
    leader = browse(cast.leader)
    assert len(titles(leader.get(URL))) == 50
    assert titles(leader.get(URL + "?page=2")) == ["Action 50"]
    assert titles(leader.get(URL + "?page=99")) == ["Action 50"]


def test_what_people_typed_cannot_become_markup(browse, cast, arrange):
    with arrange() as session:
        promise(session, cast, title="<script>alert(1)</script>")
    page = browse(cast.leader).get(URL)
    assert titles(page) == ["<script>alert(1)</script>"]
    assert b"<script>alert" not in page.body
