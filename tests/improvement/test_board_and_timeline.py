"""The same plan as a board and over time: what stands where, and what can be done from there."""

from __future__ import annotations

from datetime import date

import pytest

from accredit.improvement.models import ImprovementAction
from tests.improvement.making import FUTURE, measure, promise
from tests.improvement.test_plan_page import URL, plan_of_four
from tests.queries import count_queries, writes

BOARD, TIMELINE = f"{URL}?view=board", f"{URL}?view=timeline"


def columns(page) -> dict[str, list[str]]:
    return {
        section.get("aria-labelledby").removeprefix("column-"): [
            " ".join(link.text_content().split()) for link in section.xpath(".//h3/a")
        ]
        for section in page.tree.xpath("//section[starts-with(@aria-labelledby, 'column-')]")
    }


def steps(page, action_id: int) -> list[str]:
    return page.tree.xpath(f"//form[contains(@action, '/{action_id}/status')]//button/@value")


def take(browser, page, action_id: int, step: str):
    (form,) = page.tree.xpath(f"//form[contains(@action, '/{action_id}/status')]")
    return browser.post(form.get("action"), {**dict(form.form_values()), "status": step})


def test_three_tabs_show_the_same_actions(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    leader = browse(cast.leader)
    page = leader.get(f"{URL}?overdue=1")
    tabs = page.tree.xpath("//nav[@aria-label='Arrangements of the plan']//a")
    assert [tab.text_content().strip() for tab in tabs] == ["List", "Board", "Timeline"]
    for tab in tabs:
        shown = leader.get(tab.get("href"))
        assert shown.status == 200
        assert "Late" in shown.text
        assert "On time" not in shown.text
        current = shown.tree.xpath(
            "//nav[@aria-label='Arrangements of the plan']//a[@aria-current]"
        )
        assert [one.get("href") for one in current] == [tab.get("href")]


def test_each_action_stands_in_the_column_of_its_status(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader).get(BOARD)
    assert columns(page) == {
        "planned": ["Late", "On time"],
        "in_progress": [],
        "done": ["Finished"],
        "verified": [],
    }
    assert "overdue since 31 January 2020" in page.text


def test_a_step_is_taken_from_the_board_and_leads_back_to_it(app, browse, cast, arrange):
    with arrange() as session:
        ids = plan_of_four(session, cast)
    leader = browse(cast.leader)
    page = leader.get(f"{BOARD}&department={cast.licensing}")
    assert steps(page, ids["late"]) == ["in_progress"]
    answer = take(leader, page, ids["late"], "in_progress")
    assert answer.status == 303
    assert answer.location == (f"{URL}?view=board&department={cast.licensing}#action-{ids['late']}")
    page = leader.get(BOARD)
    assert columns(page)["in_progress"] == ["Late"]
    assert steps(page, ids["late"]) == ["done", "planned"]
    take(leader, page, ids["late"], "done")
    with arrange() as session:
        assert session.get(ImprovementAction, ids["late"]).status == "done"


def test_a_step_on_top_of_somebody_elses_is_refused_and_says_so(browse, cast, arrange):
    with arrange() as session:
        ids = plan_of_four(session, cast)
    leader = browse(cast.leader)
    page = leader.get(BOARD)
    take(leader, page, ids["late"], "in_progress")
    answer = take(leader, page, ids["late"], "in_progress")
    assert answer.status == 409


def test_who_reads_along_or_owns_another_action_finds_no_button(browse, cast, arrange):
    with arrange() as session:
        ids = plan_of_four(session, cast)
    assert steps(browse(cast.observer).get(BOARD), ids["late"]) == []
    contributor = browse(cast.contributor).get(BOARD)
    assert steps(contributor, ids["late"]) == []
    assert steps(contributor, ids["on_time"]) == ["in_progress"]


def test_who_may_verify_goes_there_from_the_card(browse, cast, arrange):
    with arrange() as session:
        ids = plan_of_four(session, cast)
    link = f"/improvement-actions/{ids['done']}#verification"
    assert link in browse(cast.programme_manager).get(BOARD).links()
    # The leader marked it done.
    assert link not in browse(cast.leader).get(BOARD).links()


def test_a_column_shows_only_so_many_and_leads_to_the_rest(browse, cast, arrange):
    with arrange() as session:
        for number in range(33):
            promise(session, cast, title=f"Action {number}")
    page = browse(cast.leader).get(BOARD)
    assert len(columns(page)["planned"]) == 30
    assert "Show all 33 actions as a list" in page.text
    assert f"{URL}?show=planned" in page.links()


def test_the_promise_has_a_small_curve_that_says_itself_in_words(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    for address in (URL, BOARD):
        page = browse(cast.leader).get(address)
        titles = page.tree.xpath("//svg[starts-with(@id, 'spark-')]/title/text()")
        assert (
            titles[0] == "Customer satisfaction (CSAT) from 60.0% in Jan 2026 to 67.0% in Feb 2026"
        )


def test_time_is_a_table_that_can_be_read_without_the_bars(browse, cast, arrange):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader).get(TIMELINE)
    rows = page.tree.xpath("//table[@id='plan']/tbody/tr")
    assert [row.xpath("string(th/a)") for row in rows] == ["Late", "On time", "Finished", "Dropped"]
    assert "31 January 2020" in rows[0].text_content()
    assert "Overdue" in rows[0].text_content()
    assert len(page.tree.xpath("//td/svg[@role='img']/title")) == 4
    assert page.tree.xpath("//th/svg[@id='time-axis']")


@pytest.mark.parametrize("view", ["board", "timeline"])
def test_the_number_of_queries_does_not_grow_with_the_plan(app, browse, cast, arrange, view):
    with arrange() as session:
        plan_of_four(session, cast)
    leader, url = browse(cast.leader), f"{URL}?view={view}"
    leader.get(url)
    with count_queries(app) as few:
        leader.get(url)
    with arrange() as session:
        for number in range(20):
            promise(session, cast, title=f"More {number}", kpi="csat", target=90.0)
    with count_queries(app) as many:
        leader.get(url)
    assert len(many) == len(few)
    assert writes(many) == []


@pytest.mark.parametrize("view", ["board", "timeline"])
def test_it_runs_from_right_to_left_in_arabic(browse, cast, arrange, view):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader, "ar").get(f"{URL}?view={view}")
    assert page.lang == ("ar", "rtl")
    drawn = page.tree.xpath("//main//svg[contains(@class, 'chart')]/@class")
    assert drawn
    assert all("chart-rtl" in name for name in drawn)


@pytest.mark.parametrize("view", ["x", "LIST", "", "board\x01"])
def test_what_is_no_arrangement_is_the_list(browse, cast, arrange, view):
    with arrange() as session:
        plan_of_four(session, cast)
    page = browse(cast.leader).get(URL, query_string={"view": view})
    assert page.tree.xpath("//table[@id='plan']//progress")


def test_a_long_timeline_has_pages_on_one_scale(browse, cast, arrange):
    with arrange() as session:
        for number in range(51):
            promise(session, cast, title=f"Action {number}", due_on=FUTURE)
        measure(session, cast, "csat", (600, 1000), month_number=1)
    leader = browse(cast.leader)
    first, second = leader.get(TIMELINE), leader.get(f"{TIMELINE}&page=2")
    axes = [page.tree.xpath("string(//svg[@id='time-axis']/title)") for page in (first, second)]
    assert axes[0] == axes[1]
    # A little room is left behind the last day.
    assert axes[0].endswith(("2206", "2207"))
    assert len(second.tree.xpath("//table[@id='plan']/tbody/tr")) == 1


def test_a_bar_of_a_plan_without_days_to_come_ends_a_week_after_today():
    from accredit.improvement.board import scale_of

    scale = scale_of([], today=date(2026, 3, 2), rtl=False)
    assert (scale.first, scale.last) == (date(2026, 3, 1), date(2026, 3, 9))
