"""A score saved by its page while somebody writes: the same rules, and an answer for the page."""

from __future__ import annotations

import pytest
from lxml import html
from sqlalchemy import func, select

from accredit.assessment.domain import Stage
from accredit.assessment.models import Score
from accredit.audit import Event
from tests.assessments import walk_to

REASON = "The register shows every promise, sheet 3."
QUIETLY = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def base(arrange, cast):
    with arrange() as session:
        return f"/assessments/{walk_to(session, cast, Stage.SELF_ASSESSMENT).id}/elements/1.1"


@pytest.fixture
def events(arrange):
    def count():
        with arrange() as session:
            asked = select(func.count()).where(Event.action == "score.set")
            return session.scalar(asked)

    return count


def sent(level="good", reason=REASON, version=""):
    return {"level": level, "reason": reason, "version": version}


def saved(browser, base, **changes):
    return browser.post(f"{base}/score", sent(**changes), **QUIETLY).response


def test_it_is_saved_and_the_page_is_told_when_and_by_whom(browse, cast, arrange, base):
    answer = saved(browse(cast.contributor), base)
    assert answer.status_code == 200
    assert answer.json["version"] == 1
    assert answer.json["said"].startswith("Saved ")
    assert answer.json["said"].endswith("by Omar Rashid")
    with arrange() as session:
        score = session.scalars(select(Score)).one()
        assert (score.level, score.reason) == ("good", REASON)


def test_it_is_told_in_arabic_to_whoever_reads_arabic(browse, cast, base):
    said = saved(browse(cast.contributor, "ar"), base).json["said"]
    assert "عمر راشد" in said
    assert "Saved" not in said


def test_the_same_again_is_no_event_and_a_change_is_one(browse, cast, base, events):
    contributor = browse(cast.contributor)
    saved(contributor, base)
    assert saved(contributor, base, version="1").json["version"] == 1
    assert events() == 1
    assert saved(contributor, base, level="partial", version="1").json["version"] == 2
    assert events() == 2
    # The buttons then find nothing left to change.
    form = sent("partial", version="2")
    assert contributor.post(f"{base}/score", form).status == 303
    assert events() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": ""}, "Choose a level."),
        ({"level": "splendid"}, "Choose one of the levels."),
        ({"reason": "short"}, "10"),
        ({"reason": "x" * 4001}, "4"),
    ],
)
def test_what_is_not_taken_is_said_and_nothing_is_saved(browse, cast, base, events, changes, said):
    answer = saved(browse(cast.contributor), base, **changes)
    assert answer.status_code == 422
    assert said in answer.json["said"]
    assert "version" not in answer.json
    assert events() == 0


def test_somebody_elses_score_comes_back_side_by_side_and_stays(
    browse, cast, arrange, base, events
):
    saved(browse(cast.contributor), base)
    mine = "الورقة الثالثة تعرض نصف التعهدات <b>فقط</b>."
    answer = saved(browse(cast.leader), base, level="partial", reason=mine)
    assert answer.status_code == 409
    assert (answer.json["version"], events()) == (1, 1)
    part = html.fragment_fromstring(answer.json["conflict"], create_parent="div")
    words = part.text_content()
    assert REASON in words
    assert mine in words
    assert "Omar Rashid" in words
    assert not part.xpath("//b | //script | //form"), "what was typed is text"
    with arrange() as session:
        assert session.scalars(select(Score)).one().reason == REASON
    # Who has compared may decide that theirs stands.
    assert saved(browse(cast.leader), base, reason=mine, version="1").status_code == 200


def test_a_stage_that_moved_on_is_said(browse, cast, arrange):
    with arrange() as session:
        url = f"/assessments/{walk_to(session, cast, Stage.MODERATION).id}/elements/1.1"
    answer = saved(browse(cast.assessor), url, version="1", level="absent")
    assert answer.status_code == 409
    assert answer.json["said"]
    assert "conflict" not in answer.json


def test_a_moderator_is_saved_too_and_needs_their_reason(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.MODERATION, second_levels={"1.1": "absent"}).id
    url, moderator = f"/assessments/{id_}/elements/1.1/agree", browse(cast.moderator)
    refused = moderator.post(url, sent("partial", ""), **QUIETLY).response
    assert (refused.status_code, bool(refused.json["said"])) == (422, True)
    assert moderator.post(url, sent("partial"), **QUIETLY).response.json["version"] == 1


@pytest.mark.parametrize(("who", "status"), [("observer", 403), ("stranger_leader", 404)])
def test_asking_in_another_way_opens_nothing(browse, cast, base, events, who, status):
    assert saved(browse(getattr(cast, who)), base).status_code == status
    assert events() == 0


@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "*/*", "text/html, application/json"])
def test_a_browser_that_sends_the_form_gets_a_page(browse, cast, base, accept):
    answer = browse(cast.contributor).post(
        f"{base}/score", sent(level=""), headers={"Accept": accept}
    )
    assert answer.status == 422
    assert answer.tree is not None


def test_after_a_conflict_the_page_saves_nothing_by_itself(browse, cast, base):
    contributor, leader = browse(cast.contributor), browse(cast.leader)
    form = "//form[@data-autosave]"
    assert contributor.get(base).tree.xpath(f"{form}[not(@data-conflicting)]")
    contributor.post(f"{base}/score", sent())
    page = leader.post(f"{base}/score", sent("partial"))
    assert page.status == 409
    assert page.tree.xpath(f"{form}[@data-conflicting]")


def test_whoever_may_not_score_has_no_form_that_saves(browse, cast, base):
    page = browse(cast.observer).get(base)
    assert not page.tree.xpath("//form[@data-autosave]")
    assert b"autosave.js" not in page.body
