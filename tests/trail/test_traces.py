"""What leaves a trace without changing anything: signing in, being refused, taking files away."""

from __future__ import annotations

import json
import logging
import time

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.audit.bounds import Bounds, Rate
from accredit.evidence.models import Evidence
from accredit.trail import noting
from tests.assessments import walk_to
from tests.databases import somebody_writing
from tests.people import PASSWORD


@pytest.fixture
def happened(arrange):
    """The events of some actions, in order."""

    def find(*actions):
        with arrange() as session:
            query = select(Event).where(Event.action.in_(actions)).order_by(Event.id)
            return list(session.scalars(query))

    return find


def test_signing_in_and_out_leaves_two_events(browse, cast, happened):
    person = browse()
    person.post("/sign-in", {"email": cast.leader.email, "password": PASSWORD})
    person.post("/sign-out")
    signed_in, signed_out = (
        event
        for event in happened("person.signed_in", "person.signed_out")
        if event.request_id is not None
    )
    assert signed_in.action == "person.signed_in"
    assert (signed_in.person_id, signed_in.subject_id) == (cast.leader.id, str(cast.leader.id))
    assert signed_in.request_id != signed_out.request_id


def test_a_failed_sign_in_names_the_account_and_never_what_was_typed(browse, cast, happened):
    browse().post("/sign-in", {"email": cast.leader.email.upper(), "password": "wrong wrong"})
    browse().post("/sign-in", {"email": "my secret password", "password": "x"})
    known, unknown = happened("person.sign_in_failed")
    assert (known.subject_id, known.person_id) == (str(cast.leader.id), None)
    assert unknown.subject_id == "-"
    for event in (known, unknown):
        assert "secret" not in event.details
        assert "wrong" not in event.details


def test_a_sign_in_too_long_to_be_read_is_refused_as_such_and_names_nobody(browse, happened):
    announced = {"CONTENT_LENGTH": str(10**9)}
    answer = browse().post("/sign-in", {"email": "x"}, environ_overrides=announced)
    assert answer.status == 413
    assert happened("person.sign_in_failed") == []


def test_a_refused_page_leaves_one_event_that_says_what_was_refused(browse, cast, happened):
    assert browse(cast.contributor).get("/people").status == 403
    (event,) = happened("access.denied")
    assert (event.person_id, event.role) == (cast.contributor.id, "contributor")
    assert json.loads(event.details) == {
        "answer": 403,
        "method": "GET",
        "page": "identity.people",
        "permission": "manage_people",
    }


def test_a_refused_change_leaves_one_event_and_no_change(browse, cast, arrange, happened):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SCORING).id
    answer = browse(cast.observer).post(f"/assessments/{id_}/start")
    assert answer.status == 403
    (event,) = happened("access.denied")
    assert (event.subject_type, event.subject_id) == ("assessment", str(id_))
    assert event.organisation_id == cast.organisation


def test_what_is_not_theirs_answers_404_and_leaves_the_same_trace(browse, cast, arrange, happened):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SCORING).id
    assert browse(cast.stranger_manager).get(f"/assessments/{id_}").status == 404
    (event,) = happened("access.denied")
    assert json.loads(event.details)["answer"] == 404
    assert event.person_id == cast.stranger_manager.id


def test_a_page_that_does_not_exist_is_no_refusal(browse, cast, happened):
    browse(cast.leader).get("/nowhere")
    browse().get("/people")
    assert happened("access.denied") == []


def test_a_form_of_no_page_of_ours_leaves_a_trace(app, browse, cast, happened):
    browser = browse(cast.leader)
    app.config["WTF_CSRF_ENABLED"] = True
    body = {"name_en": "x", "name_ar": "س", "language": "en", "csrf_token": "invented"}
    assert browser.post("/account", body).status == 400
    app.config["WTF_CSRF_ENABLED"] = False
    (event,) = happened("access.denied")
    told = json.loads(event.details)
    assert (told["page"], told["method"], told["answer"]) == (
        "identity.change_details",
        "POST",
        400,
    )
    assert event.person_id == cast.leader.id


def test_who_asks_too_often_leaves_a_trace(browse, cast, happened):
    browser = browse(cast.observer)
    statuses = [browser.get("/improvement-actions/plan.csv").status for _ in range(160)]
    assert statuses[-1] == 429
    events = happened("access.denied")
    assert {json.loads(event.details)["answer"] for event in events} == {429}
    assert 1 <= len(events) <= noting.REFUSALS[0].burst + 1


def test_nobody_fills_the_disk_by_being_refused(browse, cast, happened):
    person = browse(cast.contributor)
    for _ in range(80):
        person.get("/people")
    assert len(happened("access.denied")) <= noting.REFUSALS[0].burst + 1


def test_what_was_held_back_is_told_with_the_next_one():
    bounds = Bounds(Rate(2, 10.0), Rate(100, 1.0))
    assert [bounds.admit("a", 0.0) for _ in range(5)] == [0, 0, None, None, None]
    assert bounds.admit("b", 0.0) == 0
    assert bounds.admit("a", 10.0) == 3
    assert bounds.admit("a", 10.0) is None


def test_all_together_are_bounded_too_and_nothing_grows_without_end():
    bounds = Bounds(Rate(2, 10.0), Rate(50, 1.0), keys=20)
    admitted = [bounds.admit(number, 0.0) for number in range(500)]
    assert len([one for one in admitted if one is not None]) == 50
    assert len(bounds._levels) <= 20


def test_no_answer_fails_or_waits_long_because_its_event_cannot_be_written(
    browse, cast, world, happened, caplog
):
    with somebody_writing(world.settings.database_url):
        started = time.monotonic()
        with caplog.at_level(logging.ERROR):
            assert browse(cast.contributor).get("/people").status == 403
        assert time.monotonic() - started < 5
    assert "not in the trail: access.denied" in caplog.text
    assert happened("access.denied") == []


def test_whoever_reads_evidence_leaves_a_trace_once(browse, cast, arrange, happened, world):
    from tests.assessments import FILE
    from tests.certificates import store

    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
        from io import BytesIO

        store(world.settings).put(BytesIO(FILE), limit=10_000)
        evidence = session.scalars(select(Evidence).limit(1)).one()
    leader = browse(cast.leader)
    for _ in range(3):
        answer = leader.get(f"/evidence/{evidence.id}/versions/1/file")
        assert answer.status == 200
    (event,) = happened("evidence.read")
    assert (event.person_id, event.subject_id) == (cast.leader.id, str(evidence.id))
    assert event.department_id == cast.licensing
    assert event.role == "leader"


def test_a_file_taken_away_leaves_a_trace_and_a_page_does_not(browse, cast, happened):
    observer = browse(cast.observer)
    observer.get("/trail/")
    observer.get("/trail/trail.csv?subject=person")
    (event,) = happened("export.taken", "evidence.read")
    assert event.action == "export.taken"
    assert json.loads(event.details) == {"page": "trail.export"}
    assert event.role == "observer"
