"""The page of one action: its promise, the verdict, progress reports and history."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.improvement import service
from accredit.improvement.domain import ActionStatus
from accredit.improvement.models import ImprovementAction
from tests.improvement.making import NOW, TODAY, measure, promise
from tests.queries import count_queries, writes


def path(action_id: int, step: str = "") -> str:
    return f"/improvement-actions/{action_id}{step}"


@pytest.fixture
def action_id(cast, arrange) -> int:
    """An action of the contributor's that promises CSAT from 60 % to 75 %."""
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
        action = promise(session, cast, owner_id=cast.contributor.id, kpi="csat", target=75.0)
        return action.id


def test_it_shows_the_promise_and_what_the_measurements_say(browse, cast, arrange, action_id):
    with arrange() as session:
        measure(session, cast, "csat", (670, 1000), month_number=2)
    page = browse(cast.leader).get(path(action_id))
    assert page.status == 200
    assert "Improved" in page.text
    # Newcombe's interval of 670/1000 − 600/1000, recomputed apart: 2.78 to 11.18 points.
    assert "+7.0 percentage points since the baseline" in page.text.replace("\u200e", "")
    assert "+2.8 to +11.2" in page.text.replace("\u200e", "")
    assert page.tree.xpath("//main//progress/@value") == ["46.7"]
    assert "January 2026" in page.text
    assert "February 2026" in page.text


def test_the_chart_carries_baseline_and_target_and_no_control_limits(
    browse, cast, arrange, action_id
):
    with arrange() as session:
        for number in range(2, 10):
            measure(session, cast, "csat", (600 + 5 * number, 1000), month_number=number)
    page = browse(cast.leader).get(path(action_id))
    svg = page.tree.xpath("//*[local-name()='svg' and @id='promise-chart']")[0]
    words = " ".join(svg.itertext())
    assert "Baseline 60.0%" in words
    assert "Target 75%" in words
    assert "Ordinary variation" not in words


def test_before_anything_is_measured_again_it_says_so(browse, cast, action_id):
    page = browse(cast.leader).get(path(action_id))
    assert "Not measured since" in page.text
    assert not page.tree.xpath("//main//progress")


def test_a_finished_action_that_is_not_confirmed_says_so(browse, cast, arrange, action_id):
    browse(cast.leader).post(
        path(action_id, "/status"), {"status": "done", "note": "", "version": "1"}
    )
    with arrange() as session:
        measure(session, cast, "csat", (605, 1000), month_number=2)
    page = browse(cast.leader).get(path(action_id))
    assert "Done, but the measurements do not confirm it" in page.text
    assert "no greater than chance can explain" in page.text


@pytest.mark.parametrize(
    ("hits", "words"),
    [
        (820, "Target met"),
        (670, "Improved"),
        (605, "No improvement shown"),
        (500, "Worse than the baseline"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_verdict_is_told_in_both_languages(
    browse, cast, arrange, action_id, hits, words, language
):
    with arrange() as session:
        measure(session, cast, "csat", (hits, 1000), month_number=2)
    page = browse(cast.leader, language).get(path(action_id))
    assert page.status == 200
    assert (words in page.text) is (language == "en")


def test_too_few_answers_are_named(browse, cast, arrange, action_id):
    with arrange() as session:
        measure(session, cast, "csat", (20, 20), month_number=2)
    page = browse(cast.leader).get(path(action_id))
    assert "Too few answers" in page.text
    assert "No improvement shown" in page.text


def test_a_later_import_does_not_move_the_baseline(browse, cast, arrange, action_id):
    with arrange() as session:
        # The same January again, corrected upwards: the promise keeps what it was made on.
        measure(session, cast, "csat", (900, 1000), month_number=1)
        action = session.get(ImprovementAction, action_id)
        assert (action.baseline_value, action.baseline_n) == (60.0, 1000)


def test_the_owner_reports_progress(browse, cast, arrange, action_id):
    answer = browse(cast.contributor).post(
        path(action_id, "/status"),
        {"status": "in_progress", "note": "Two people hired.", "version": "1"},
    )
    assert (answer.status, answer.location) == (303, path(action_id))
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        assert action.status == "in_progress"
        assert action.progress_note == "Two people hired."
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert event.action == "improvement.changed"
        assert (event.subject_type, event.subject_id) == ("improvement_action", str(action_id))
        assert (event.organisation_id, event.department_id) == (cast.organisation, cast.licensing)
        assert json.loads(event.details) == {
            "status": ["planned", "in_progress"],
            "note": "Two people hired.",
        }
    page = browse(cast.contributor).get(path(action_id))
    assert "Status: In progress (before: Planned)" in page.text
    assert "Two people hired." in page.text


def test_finishing_is_an_event_and_keeps_the_day(browse, cast, arrange, action_id):
    browse(cast.leader).post(path(action_id, "/status"), {"status": "done", "version": "1"})
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        assert action.finished_on is not None
        assert "improvement.finished" in session.scalars(select(Event.action)).all()
    browse(cast.leader).post(
        path(action_id, "/status"),
        {"status": "in_progress", "note": "Not yet after all.", "version": "2"},
    )
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).finished_on is None


def test_a_note_alone_is_a_report(browse, cast, arrange, action_id):
    answer = browse(cast.contributor).post(
        path(action_id, "/status"), {"status": "planned", "note": "Waits.", "version": "1"}
    )
    assert answer.status == 303
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        assert (action.status, action.progress_note) == ("planned", "Waits.")


@pytest.mark.parametrize(
    "data",
    [
        {"status": "cancelled", "note": "  ", "version": "1"},
        {"status": "planned", "note": "", "version": "1"},
        {"status": "nonsense", "note": "Words stay.", "version": "1"},
        {"status": "done", "note": "y" * 4001, "version": "1"},
    ],
)
def test_a_report_that_says_too_little_or_nonsense_is_shown_again(
    browse, cast, arrange, action_id, data
):
    page = browse(cast.leader).post(path(action_id, "/status"), data)
    assert page.status == 422
    assert page.error_texts()
    assert page.tree.xpath("//textarea[@name='note']")[0].value.strip() == data["note"].strip()
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).status == "planned"


def test_a_report_on_top_of_somebody_elses_is_a_conflict_and_nothing_is_lost(
    browse, cast, arrange, action_id
):
    browse(cast.leader).post(path(action_id, "/status"), {"status": "in_progress", "version": "1"})
    page = browse(cast.contributor).post(
        path(action_id, "/status"), {"status": "done", "note": "All done.", "version": "1"}
    )
    assert page.status == 409
    assert "Somebody else changed this action" in page.error_texts()
    assert page.tree.xpath("//textarea[@name='note']")[0].value.strip() == "All done."
    again = browse(cast.contributor).post(
        path(action_id, "/status"), page.values("/status") | {"status": "done"}
    )
    assert again.status == 303
    with arrange() as session:
        assert session.get(ImprovementAction, action_id).status == "done"


def test_only_the_owner_and_the_leader_report(browse, cast, arrange, action_id):
    data = {"status": "done", "version": "1"}
    for actor in (cast.programme_manager, cast.observer):
        page = browse(actor).get(path(action_id))
        assert page.status == 200
        assert not page.has_field("note")
        assert browse(actor).post(path(action_id, "/status"), data).status == 403
    with arrange() as session:
        other = promise(session, cast, title="The leader's own").id
    assert browse(cast.contributor).post(path(other, "/status"), data).status == 403


def test_nobody_elsewhere_finds_it(browse, cast, action_id):
    for actor in (cast.stranger_leader, cast.stranger_manager, cast.contact_leader):
        assert browse(actor).get(path(action_id)).status == 404
        assert browse(actor).post(path(action_id, "/status"), {}).status == 404
    assert browse(cast.assessor).get(path(action_id)).status == 403
    assert browse(cast.leader).get(path(99999)).status == 404


def test_a_kpi_that_is_defined_no_more_is_named_and_breaks_nothing(
    browse, cast, arrange, action_id
):
    with arrange() as session:
        session.get(ImprovementAction, action_id).kpi = "old_index"
    page = browse(cast.leader).get(path(action_id))
    assert page.status == 200
    assert "old_index" in page.text
    assert "old_index" in browse(cast.leader).get("/improvement-actions/").text


def test_an_action_without_a_kpi_says_that_nothing_can_show_it(browse, cast, arrange):
    with arrange() as session:
        other = promise(session, cast).id
    assert "promises no KPI" in browse(cast.leader).get(path(other)).text


def test_it_is_arabic_from_right_to_left(browse, cast, arrange, action_id):
    browse(cast.leader).post(path(action_id, "/status"), {"status": "in_progress", "version": "1"})
    with arrange() as session:
        measure(session, cast, "csat", (670, 1000), month_number=2)
    page = browse(cast.leader, "ar").get(path(action_id))
    assert page.lang == ("ar", "rtl")
    assert "7.0 نقاط مئوية" in page.text
    assert "خط الأساس" in page.text
    for word in ("Improved", "Baseline", "Target", "History", "Note", "Owner", "Planned", "Added"):
        assert word not in page.text


def test_looking_reads_only_and_asks_the_database_the_same_however_long_the_story(
    app, browse, cast, arrange, action_id
):
    leader = browse(cast.leader)
    leader.get(path(action_id))
    with count_queries(app) as few:
        leader.get(path(action_id))
    with arrange() as session:
        action = session.get(ImprovementAction, action_id)
        for number in range(2, 12):
            measure(session, cast, "csat", (650, 1000), month_number=number)
            service.change_status(
                session,
                action,
                ActionStatus.PLANNED,
                note=f"Month {number}.",
                version=action.version,
                by=cast.contributor.id,
                at=NOW,
                today=TODAY,
            )
    with count_queries(app) as many:
        page = leader.get(path(action_id))
    assert "Month 11." in page.text
    assert len(many) == len(few)
    assert writes(many) == []
