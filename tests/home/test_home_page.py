"""My work: what waits for each person, and what to do where nothing waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accredit import clock
from accredit.assessment.domain import Stage
from tests.arabic import english_words
from tests.assessments import open_small, walk_to
from tests.certificates import grant, store
from tests.improvement.making import promise
from tests.queries import count_queries, writes


def tasks(page) -> list[str]:
    nodes = page.tree.xpath(
        "//ul[@class='tasks']//*[contains(concat(' ', @class, ' '), ' task__title ')]"
    )
    return [" ".join(node.text_content().split()) for node in nodes]


def test_an_assessor_sees_what_to_score_and_goes_there_with_one_click(browse, cast, arrange):
    with arrange() as session:
        assessment_id = walk_to(session, cast, Stage.SCORING).id
    page = browse(cast.assessor).get("/")
    assert tasks(page) == ["Score Licensing: 0 of 4 elements scored"]
    assert f"/assessments/{assessment_id}" in page.links()
    assert browse(cast.assessor).get(f"/assessments/{assessment_id}").status == 200


def test_an_overdue_improvement_action_stands_among_the_work(browse, cast, arrange):
    with arrange() as session:
        action_id = promise(session, cast, owner_id=cast.contributor.id, due_on=date(2026, 2, 1)).id
        walk_to(session, cast, Stage.SELF_ASSESSMENT)
    page = browse(cast.contributor).get("/")
    assert tasks(page) == [
        "Improvement action: Answer within a day",
        "Self-assessment of Licensing: 0 of 4 elements scored",
    ]
    assert f"/improvement-actions/{action_id}" in page.links()
    assert "overdue since 1 February 2026" in page.text


def test_two_assessments_of_one_department_and_cycle_are_told_apart(browse, cast, arrange):
    with arrange() as session:
        for scope in ("Licences of shops", "Licences of vehicles"):
            walk_to(session, cast, Stage.SCORING).scope_en = scope
    page = browse(cast.assessor).get("/")
    notes = page.tree.xpath("//p[@class='task__note']/bdi/text()")
    assert sorted(notes) == ["Licences of shops", "Licences of vehicles"]


def test_a_decision_maker_goes_straight_to_the_decision(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.DECISION).id
    decider = browse(cast.decision_maker)
    assert decider.get("/").tree.xpath("//a[@class='task__title']/@href") == [
        f"/assessments/{id_}/decision"
    ]
    assert decider.get(f"/assessments/{id_}/decision").status == 200


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_people_wrote_keeps_its_direction_to_itself(browse, cast, arrange, language):
    with arrange() as session:
        promise(session, cast, owner_id=cast.contributor.id, title="<b>تعديل</b> (CRM)")
        walk_to(session, cast, Stage.SELF_ASSESSMENT)
    page = browse(cast.contributor, language).get("/")
    isolated = page.tree.xpath("//a[@class='task__title']/bdi")
    assert "<b>تعديل</b> (CRM)" in [node.text_content() for node in isolated]
    assert {"Licensing", "إدارة التراخيص"} & {node.text for node in isolated}


@pytest.mark.parametrize("who", ["stranger_leader", "stranger_manager", "contact_leader"])
def test_nothing_of_others_waits_for_somebody(browse, cast, arrange, who):
    with arrange() as session:
        walk_to(session, cast, Stage.SELF_ASSESSMENT)
    page = browse(getattr(cast, who)).get("/")
    assert tasks(page) == []
    assert "Licensing" not in page.text


def test_the_most_urgent_stands_first_and_says_since_when_it_is_late(browse, cast, arrange):
    today = clock.now().date()
    with arrange() as session:
        for cycle, due_on in (
            ("A", None),
            ("B", today + timedelta(days=40)),
            ("C", today + timedelta(days=3)),
            ("D", date(2026, 1, 2)),
        ):
            open_small(session, cast, cycle=cycle, due_on=due_on)
    page = browse(cast.programme_manager).get("/")
    assert len(tasks(page)) == 4
    tags = page.tree.xpath("//li[@class='task']//span[contains(@class, 'tag')]")
    assert [node.get("class").split("--")[1].split()[0] for node in tags] == [
        "bad",
        "warn",
        "neutral",
    ]
    assert "overdue since 2 January 2026" in page.text


def test_certificates_are_downloaded_with_one_click(browse, cast, arrange, world):
    with arrange() as session:
        number = grant(session, cast, store(world.settings)).number
    page = browse(cast.leader).get("/")
    for language in ("ar", "en", "both"):
        url = f"/certificates/{number}/documents/{language}.pdf"
        assert url in page.links()
        answer = browse(cast.leader).get(url)
        answer.response.close()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")


def test_certificates_of_others_are_not_shown(browse, cast, arrange, world):
    with arrange() as session:
        number = grant(session, cast, store(world.settings)).number
    for actor in (cast.stranger_leader, cast.contact_leader, cast.administrator, cast.nobody):
        assert number not in browse(actor).get("/").text


@pytest.mark.parametrize(
    ("who", "says", "leads_to"),
    [
        ("administrator", "Add people and give them roles", "/people"),
        ("programme_manager", "You can open one for a department.", "/assessments/"),
        ("leader", "No self-assessment is open.", "/evidence/"),
        ("contributor", "No self-assessment is open.", "/evidence/"),
        ("assessor", "When you are assigned to an assessment", None),
        ("observer", "You read along.", None),
        ("nobody", "An administrator or programme manager gives you one", None),
    ],
)
def test_where_nothing_waits_the_page_says_what_to_do_next(
    browse, cast, arrange, who, says, leads_to
):
    if who in ("administrator", "programme_manager"):
        with arrange() as session:
            walk_to(session, cast, Stage.SCORING)
    browser = browse(getattr(cast, who))
    page = browser.get("/")
    assert says in page.text
    buttons = page.tree.xpath("//div[@class='empty__action']//a/@href")
    assert buttons == ([leads_to] if leads_to else [])
    if leads_to:
        assert browser.get(leads_to).status == 200


def test_the_page_shows_the_roles_with_their_places(browse, cast):
    page = browse(cast.leader).get("/")
    assert "Leader Licensing · Northern Services Authority" in page.text


def test_the_account_is_one_click_away(browse, cast):
    assert "/account" in browse(cast.leader).get("/").links()


def test_more_work_asks_the_database_no_more_often(browse, cast, app, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
        open_small(session, cast)
        promise(session, cast, owner_id=cast.leader.id)
    browser = browse(cast.leader)
    with count_queries(app) as few:
        browser.get("/")
    with arrange() as session:
        for number in range(6):
            open_small(session, cast, cycle=f"more {number}")
            promise(session, cast, owner_id=cast.leader.id, title=f"More {number}")
    with count_queries(app) as many:
        browser.get("/")
    assert len(many) == len(few)
    assert writes(many) == []


@pytest.mark.parametrize("who", ["administrator", "programme_manager", "leader", "assessor"])
def test_the_arabic_page_is_arabic_all_through(browse, cast, arrange, who):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
        open_small(session, cast, due_on=date(2026, 1, 2))
    page = browse(getattr(cast, who), "ar").get("/")
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()
