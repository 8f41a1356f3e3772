"""Who may verify an action, and what it takes: the rules, and what the service keeps."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.identity.models import RoleAssignment
from accredit.identity.service import load_access
from accredit.improvement import service
from accredit.improvement.domain import ActionStatus, MissingNoteError
from accredit.improvement.models import ImprovementAction
from accredit.improvement.promise import PromiseVerdict
from accredit.improvement.verification import (
    ContradictedError,
    NotDoneError,
    Outcome,
    OwnVerificationError,
    Parts,
    clean_finding,
    ensure_may_verify,
    ensure_not_contradicted,
)
from accredit.improvement.verifying import list_verifiers, may_verify, verify_action
from accredit.improvement.work import open_actions_for
from tests.improvement.making import NOW, TODAY, measure, promise

OWNER, FINISHER, OTHER = 1, 2, 3


def test_neither_the_owner_nor_who_marked_it_done_may_verify() -> None:
    parts = Parts(owner_id=OWNER, finished_by_id=FINISHER)
    for person in (OWNER, FINISHER):
        with pytest.raises(OwnVerificationError):
            ensure_may_verify(ActionStatus.DONE, parts, person)
    ensure_may_verify(ActionStatus.DONE, parts, OTHER)
    ensure_may_verify(ActionStatus.DONE, Parts(None, None), OTHER)


@pytest.mark.parametrize("status", [one for one in ActionStatus if one is not ActionStatus.DONE])
def test_only_what_is_done_and_not_verified_yet_is_verified(status: ActionStatus) -> None:
    with pytest.raises(NotDoneError):
        ensure_may_verify(status, Parts(OWNER, FINISHER), OTHER)


def test_what_got_worse_cannot_be_verified_but_sent_back() -> None:
    with pytest.raises(ContradictedError) as caught:
        ensure_not_contradicted(Outcome.VERIFIED, PromiseVerdict.WORSE)
    assert caught.value.field == "outcome"
    ensure_not_contradicted(Outcome.SENT_BACK, PromiseVerdict.WORSE)
    for verdict in (*(one for one in PromiseVerdict if one is not PromiseVerdict.WORSE), None):
        ensure_not_contradicted(Outcome.VERIFIED, verdict)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_finding_is_said_in_words(outcome: Outcome) -> None:
    assert clean_finding(outcome, "  Seen on site. ") == "Seen on site."
    for wrong in ("", " \n", "x" * 4001):
        with pytest.raises(MissingNoteError) as caught:
            clean_finding(outcome, wrong)
        assert caught.value.field == "finding"


@pytest.fixture
def done(cast, arrange) -> int:
    """An action of the contributor's, marked done by the contributor: CSAT from 60 % to 75 %."""
    with arrange() as session:
        measure(session, cast, "csat", (600, 1000), month_number=1)
        action = promise(session, cast, owner_id=cast.contributor.id, kpi="csat", target=75.0)
        report(session, action, ActionStatus.DONE, by=cast.contributor.id)
        return action.id


def report(session, action, status, *, by, note="So it is."):
    service.change_status(
        session, action, status, note=note, version=action.version, by=by, at=NOW, today=TODAY
    )


def say(session, action, outcome, *, by, finding="Looked at twenty cases."):
    verify_action(
        session,
        action,
        outcome,
        finding=finding,
        version=action.version,
        by=by,
        at=NOW,
        today=TODAY,
    )


def last_event(session) -> Event:
    return session.scalars(select(Event).order_by(Event.id.desc())).first()


def test_verifying_keeps_who_when_the_words_and_what_the_measurements_said(cast, arrange, done):
    with arrange() as session:
        measure(session, cast, "csat", (670, 1000), month_number=2)
        action = session.get(ImprovementAction, done)
        assert action.finished_by_id == cast.contributor.id
        say(session, action, Outcome.VERIFIED, by=cast.leader.id)
    with arrange() as session:
        action = session.get(ImprovementAction, done)
        assert (action.status, action.verified_by_id) == ("verified", cast.leader.id)
        assert (action.verified_on, action.verified_note) == (TODAY, "Looked at twenty cases.")
        assert action.verified_verdict == "improved"
        assert action.finished_on == TODAY
        event = last_event(session)
        assert (event.action, event.person_id) == ("improvement.verified", cast.leader.id)
        assert (event.organisation_id, event.department_id) == (cast.organisation, cast.licensing)
        assert json.loads(event.details) == {
            "status": ["done", "verified"],
            "note": "Looked at twenty cases.",
            "measured": "improved",
        }


def test_what_is_sent_back_is_in_progress_again_and_nobody_finished_it(cast, arrange, done):
    with arrange() as session:
        action = session.get(ImprovementAction, done)
        say(session, action, Outcome.SENT_BACK, by=cast.leader.id, finding="Two counters lack it.")
        assert (action.status, action.finished_on) == ("in_progress", None)
        assert (action.finished_by_id, action.verified_by_id) == (None, None)
        assert action.progress_note == "Two counters lack it."
        assert last_event(session).action == "improvement.sent_back"


def test_measurements_that_say_worse_stand_against_it(cast, arrange, done):
    with arrange() as session:
        measure(session, cast, "csat", (500, 1000), month_number=2)
        action = session.get(ImprovementAction, done)
        with pytest.raises(ContradictedError):
            say(session, action, Outcome.VERIFIED, by=cast.leader.id)
        assert action.status == "done"


def test_neither_part_passes_the_service_in_whatever_role(cast, arrange, done):
    with arrange() as session:
        other = promise(session, cast, owner_id=cast.leader.id)
        report(session, other, ActionStatus.DONE, by=cast.contributor.id)
        for action, by in (
            (session.get(ImprovementAction, done), cast.contributor.id),
            (other, cast.contributor.id),
            (other, cast.leader.id),
        ):
            with pytest.raises(OwnVerificationError):
                say(session, action, Outcome.VERIFIED, by=by)
            with pytest.raises(OwnVerificationError):
                say(session, action, Outcome.SENT_BACK, by=by)


def test_whoever_finished_an_earlier_time_may_verify_a_later_one(cast, arrange, done):
    """The parts are those of the time that is verified."""
    with arrange() as session:
        action = session.get(ImprovementAction, done)
        report(session, action, ActionStatus.IN_PROGRESS, by=cast.contributor.id)
        report(session, action, ActionStatus.DONE, by=cast.leader.id)
        assert action.finished_by_id == cast.leader.id
        say(session, action, Outcome.VERIFIED, by=cast.programme_manager.id)


def test_taking_it_up_again_takes_the_verification_back(cast, arrange, done):
    with arrange() as session:
        action = session.get(ImprovementAction, done)
        say(session, action, Outcome.VERIFIED, by=cast.leader.id)
        report(session, action, ActionStatus.VERIFIED, by=cast.contributor.id, note="Still so.")
        assert (action.verified_by_id, action.finished_by_id) == (
            cast.leader.id,
            cast.contributor.id,
        )
        report(session, action, ActionStatus.IN_PROGRESS, by=cast.contributor.id)
        assert (action.verified_by_id, action.verified_on, action.verified_note) == (None, None, "")
        assert (action.finished_by_id, action.verified_verdict) == (None, None)


def test_those_who_may_verify_are_named_and_no_others(cast, arrange, done):
    with arrange() as session:
        action = session.get(ImprovementAction, done)
        assert [person.id for person in list_verifiers(session, action)] == [
            cast.programme_manager.id,
            cast.leader.id,
        ]
        own = promise(session, cast, owner_id=cast.leader.id)
        report(session, own, ActionStatus.DONE, by=cast.leader.id)
        assert [person.id for person in list_verifiers(session, own)] == [cast.programme_manager.id]
        role = session.scalars(
            select(RoleAssignment).filter_by(person_id=cast.programme_manager.id)
        ).one()
        role.ended_at = NOW
        session.flush()
        assert list_verifiers(session, own) == []
        session.rollback()


def test_what_the_names_say_is_what_the_rights_say(cast, arrange, done):
    people = [
        value for value in vars(cast).values() if hasattr(value, "session_id")
    ]  # everybody of the cast
    with arrange() as session:
        action = session.get(ImprovementAction, done)
        named = {person.id for person in list_verifiers(session, action)}
        may = {one.id for one in people if may_verify(load_access(session, one.id), action)}
        assert may == named
        say(session, action, Outcome.VERIFIED, by=cast.leader.id)
        assert not may_verify(load_access(session, cast.programme_manager.id), action)


def test_it_waits_on_the_first_page_of_those_who_may_verify(cast, arrange, done):
    def told(actor) -> list[str]:
        access = load_access(session, actor.id)
        return [str(task.message) for task in open_actions_for(session, access, today=TODAY)]

    with arrange() as session:
        assert told(cast.leader) == ["Verify that it worked: Answer within a day"]
        assert told(cast.programme_manager) == ["Verify that it worked: Answer within a day"]
        for actor in (cast.contributor, cast.observer, cast.contact_leader, cast.stranger_manager):
            assert told(actor) == []
        mine = promise(session, cast, title="The leader's", owner_id=cast.leader.id)
        report(session, mine, ActionStatus.DONE, by=cast.leader.id)
        assert told(cast.leader) == ["Verify that it worked: Answer within a day"]
        assert told(cast.programme_manager) == ["Improvement actions to verify in Licensing: 2"]
        (task,) = open_actions_for(
            session, load_access(session, cast.programme_manager.id), today=TODAY
        )
        assert task.values == {"department": cast.licensing, "show": "done"}
