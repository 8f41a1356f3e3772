"""Verifying on the page of an action: who sees the form, what it takes, what is shown then."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.improvement.domain import ActionStatus
from accredit.improvement.models import ImprovementAction
from tests.improvement.making import measure, promise
from tests.improvement.test_verification import report


def path(action_id: int, step: str = "") -> str:
    return f"/improvement-actions/{action_id}{step}"


@pytest.fixture
def done(cast, arrange) -> int:
    """An action of the contributor's, marked done by the contributor: CSAT from 60 % to 75 %."""
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
        action = promise(session, cast, owner_id=cast.contributor.id, kpi="csat", target=75.0)
        report(session, action, ActionStatus.DONE, by=cast.contributor.id)
        return action.id


def finding(outcome: str = "verified", words: str = "Seen at the counter.", version: int = 2):
    return {"outcome": outcome, "finding": words, "version": str(version)}


def test_a_done_action_says_who_must_act_next(browse, cast, done):
    page = browse(cast.contributor).get(path(done))
    assert "Who must act next" in page.text
    assert "To be verified" in page.text
    assert "Layla Hassan" in page.text
    assert "Huda Saleh" in page.text
    assert not page.has_field("finding")


def test_an_open_action_says_so_too(browse, cast, arrange):
    with arrange() as session:
        owned = promise(session, cast, owner_id=cast.contributor.id).id
        unowned = promise(session, cast).id
    leader = browse(cast.leader)
    assert "The owner does what was promised" in leader.get(path(owned)).text
    assert "The leader names an owner" in leader.get(path(unowned)).text


def test_the_form_is_there_for_those_who_had_no_part(browse, cast, arrange, done):
    for actor in (cast.leader, cast.programme_manager):
        page = browse(actor).get(path(done))
        assert page.has_field("finding")
        assert page.has_field("outcome")
    assert not browse(cast.observer).get(path(done)).has_field("finding")
    with arrange() as session:
        own = promise(session, cast, owner_id=cast.leader.id)
        report(session, own, ActionStatus.DONE, by=cast.leader.id)
        own_id = own.id
    assert not browse(cast.leader).get(path(own_id)).has_field("finding")


def test_nobody_is_left_to_verify_where_the_only_others_had_a_part(browse, cast, arrange):
    with arrange() as session:
        action = promise(session, cast, owner_id=cast.leader.id)
        report(session, action, ActionStatus.DONE, by=cast.programme_manager.id)
        action_id = action.id
    assert "Nobody may verify it yet" in browse(cast.observer).get(path(action_id)).text


def test_verifying_is_shown_with_who_when_and_what_was_seen(browse, cast, arrange, done):
    with arrange() as session:
        measure(session, cast, "csat", (670, 1000), month_number=2)
    answer = browse(cast.leader).post(path(done, "/verification"), finding())
    assert (answer.status, answer.location) == (303, path(done))
    page = browse(cast.contributor).get(path(done))
    assert "Verified by" in page.text
    assert "Seen at the counter." in page.text
    assert "What the measurements said then" in page.text
    assert "The measurements said: Improved" in page.text
    assert "Who must act next" not in page.text
    assert "To be verified" not in page.text
    with arrange() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert (event.action, event.person_id) == ("improvement.verified", cast.leader.id)
        assert event.role == "leader"


def test_sending_back_needs_a_reason_and_is_shown(browse, cast, arrange, done):
    page = browse(cast.leader).post(path(done, "/verification"), finding("sent_back", " "))
    assert page.status == 422
    assert "Say what is still to be done" in page.error_texts()
    answer = browse(cast.leader).post(
        path(done, "/verification"), finding("sent_back", "Two counters lack it.")
    )
    assert answer.status == 303
    page = browse(cast.contributor).get(path(done))
    assert "Sent back" in page.text
    assert "Two counters lack it." in page.text
    assert "The owner does what was promised" in page.text
    with arrange() as session:
        assert session.get(ImprovementAction, done).status == "in_progress"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (finding(words=""), "Say what you looked at"),
        (finding(outcome="nonsense"), "Invalid Choice"),
        ({"finding": "Seen.", "version": "2"}, ""),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    browse, cast, arrange, done, data, says
):
    page = browse(cast.leader).post(path(done, "/verification"), data)
    assert page.status == 422
    assert page.error_texts()
    assert says in page.error_texts()
    assert page.tree.xpath("//textarea[@name='finding']")[0].value.strip() == data["finding"]
    with arrange() as session:
        assert session.get(ImprovementAction, done).status == "done"


def test_what_got_worse_cannot_be_verified(browse, cast, arrange, done):
    with arrange() as session:
        measure(session, cast, "csat", (500, 1000), month_number=2)
    page = browse(cast.leader).post(path(done, "/verification"), finding())
    assert page.status == 422
    assert "cannot be verified" in page.error_texts()


def test_nobody_verifies_their_own_action(browse, cast, arrange):
    with arrange() as session:
        own = promise(session, cast, owner_id=cast.leader.id)
        report(session, own, ActionStatus.DONE, by=cast.contributor.id)
        marked = promise(session, cast, owner_id=cast.contributor.id)
        report(session, marked, ActionStatus.DONE, by=cast.leader.id)
        ids = own.id, marked.id
    for action_id in ids:
        page = browse(cast.leader).post(path(action_id, "/verification"), finding())
        assert page.status == 409
        assert "Nobody verifies their own action" in page.text
        assert browse(cast.contributor).post(path(action_id, "/verification")).status == 403
    with arrange() as session:
        assert {session.get(ImprovementAction, one).status for one in ids} == {"done"}


def test_others_are_refused_or_find_nothing(browse, cast, done):
    for actor, status in (
        (cast.observer, 403),
        (cast.assessor, 403),
        (cast.contact_leader, 404),
        (cast.stranger_leader, 404),
        (cast.stranger_manager, 404),
    ):
        assert browse(actor).post(path(done, "/verification"), finding()).status == status


def test_a_finding_on_top_of_somebody_elses_report_is_a_conflict(browse, cast, done):
    browse(cast.contributor).post(
        path(done, "/status"), {"status": "done", "note": "One more thing.", "version": "2"}
    )
    page = browse(cast.leader).post(path(done, "/verification"), finding())
    assert page.status == 409
    assert page.tree.xpath("//textarea[@name='finding']")[0].value.strip() == "Seen at the counter."
    again = browse(cast.leader).post(
        path(done, "/verification"), page.values("/verification") | {"outcome": "verified"}
    )
    assert again.status == 303


def test_what_is_verified_cannot_be_verified_twice(browse, cast, done):
    browse(cast.leader).post(path(done, "/verification"), finding())
    page = browse(cast.programme_manager).post(path(done, "/verification"), finding(version=3))
    assert page.status == 409
    assert "not verified yet" in page.text


def test_verified_without_measurements_that_confirm_it_says_both(browse, cast, arrange, done):
    with arrange() as session:
        measure(session, cast, "csat", (605, 1000), month_number=2)
    browse(cast.leader).post(path(done, "/verification"), finding())
    page = browse(cast.leader).get(path(done))
    assert "Verified, but the measurements do not confirm it" in page.text
    plan = browse(cast.leader).get("/improvement-actions/?show=unproven")
    assert "Answer within a day" in plan.text


def test_the_plan_counts_done_and_verified_apart(browse, cast, arrange, done):
    with arrange() as session:
        other = promise(session, cast, title="Another", owner_id=cast.contributor.id)
        report(session, other, ActionStatus.DONE, by=cast.contributor.id)
    leader = browse(cast.leader)
    assert "To be verified" in leader.get("/improvement-actions/").text
    leader.post(path(done, "/verification"), finding())
    page = leader.get("/improvement-actions/")
    tiles = [
        " ".join(tile.text_content().split())
        for tile in page.tree.xpath("//dd[contains(@class,'stat__value')]")
    ]
    assert tiles[3] == "1 / 2"
    for shown, title in (("done", "Another"), ("verified", "Answer within a day")):
        rows = leader.get(f"/improvement-actions/?show={shown}").tree.xpath("//tbody/tr/th/a")
        assert [" ".join(row.text_content().split()) for row in rows] == [title]


def test_the_files_say_who_verified_and_when(browse, cast, done):
    browse(cast.leader).post(path(done, "/verification"), finding())
    text = browse(cast.leader).get("/improvement-actions/plan.csv").body.decode("utf-8-sig")
    head, line = text.splitlines()[:2]
    cells = dict(zip(head.split(","), line.split(","), strict=False))
    assert cells["Verified by"] == "Layla Hassan"
    assert cells["Verified on"] > "2026"
    assert cells["Status"] == "Verified"


def test_the_trail_tells_it_in_words(browse, cast, done):
    browse(cast.leader).post(path(done, "/verification"), finding())
    page = browse(cast.programme_manager).get("/trail/")
    assert "Improvement action verified" in page.text
    assert "Not measured since" in page.text
    assert "not_" not in page.text.replace("not_applicable", "")


def test_it_is_arabic_from_right_to_left(browse, cast, done):
    page = browse(cast.leader, "ar").get(path(done))
    assert page.lang == ("ar", "rtl")
    assert "بانتظار التحقق" in page.text
    assert "هل نجح الإجراء؟" in page.text
    browse(cast.leader, "ar").post(path(done, "/verification"), finding())
    page = browse(cast.leader, "ar").get(path(done))
    for word in ("Verified", "Who must", "Seen by", "Your finding", "Send", "Done", "said then"):
        assert word not in page.text
    assert json.dumps("متحقق منه", ensure_ascii=False).strip('"') in page.text
