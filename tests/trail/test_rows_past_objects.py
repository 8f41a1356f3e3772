"""What is written past the session's objects is in the trail like everything else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from accredit.assessment import scoring
from accredit.assessment.domain import Stage
from accredit.assessment.models import Score
from accredit.audit import Event, Subject, record
from accredit.identity.service import load_access
from tests.assessment.steps import LATER
from tests.assessments import walk_to
from tests.trail.test_completeness import changes_of

ROBOT = Subject("robot", "1")


@pytest.fixture
def scored(arrange, cast):
    """An assessment with one score of the department, saved in a transaction of its own."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        access = load_access(session, cast.contributor.id)
        saved = save(session, assessment, access, "good", None)
    return assessment, access, saved


def save(session, assessment, access, level, version, reason="Seen in sheet 3."):
    return scoring.score_self(
        session,
        assessment,
        "1.1",
        level=level,
        reason=reason,
        version=version,
        access=access,
        at=LATER,
    )


def of_score(session, saved):
    """What each event since the first said of the score, in their order."""
    events = session.scalars(select(Event).order_by(Event.id))
    told = (changes_of(event).get(("score", str(saved.id))) for event in events)
    return [change for change in told if change is not None]


def test_each_saving_begins_with_the_row_the_one_before_left(arrange, scored, holds):
    assessment, access, first = scored
    with arrange() as session:
        second = save(session, assessment, access, "partial", first.version)
    with arrange() as session:
        assert of_score(session, first) == [(None, first.hash), (first.hash, second.hash)]
        assert session.get_one(Score, first.id).level == "partial"
    assert second.version == first.version + 1
    assert holds() == []


def test_two_savings_in_one_transaction_are_told_by_the_last(arrange, scored, holds):
    assessment, access, first = scored
    with arrange() as session:
        second = save(session, assessment, access, "partial", first.version)
        third = save(session, assessment, access, "absent", second.version)
        assert session.get_one(Score, first.id).level == "absent"
    with arrange() as session:
        assert of_score(session, first) == [(None, first.hash), (first.hash, third.hash)]
    assert holds() == []


@pytest.mark.parametrize("way", ["an object", "a statement"])
def test_a_row_changed_once_more_in_another_way_is_told_as_it_ends(arrange, scored, holds, way):
    assessment, access, first = scored
    with arrange() as session:
        save(session, assessment, access, "partial", first.version)
        if way == "an object":
            session.get_one(Score, first.id).reason = "Seen again in sheet 4."
        else:
            again = update(Score).where(Score.id == first.id).values(reason="Seen in sheet 4.")
            session.execute(again)
        record(session, "robot.danced", ROBOT, by=None, at=LATER)
    assert holds() == []


def test_what_a_savepoint_undoes_is_not_told_as_if_it_were_kept(arrange, scored, holds):
    assessment, access, first = scored
    with arrange() as session:
        with session.begin_nested() as nested:
            save(session, assessment, access, "partial", first.version)
            nested.rollback()
        kept = save(session, assessment, access, "absent", first.version)
    with arrange() as session:
        assert of_score(session, first) == [(None, first.hash), (first.hash, kept.hash)]
    assert holds() == []


def test_an_object_read_before_shows_what_was_saved_past_it(arrange, scored):
    assessment, access, first = scored
    with arrange() as session:
        loaded = session.get_one(Score, first.id)
        assert loaded.level == "good"
        save(session, assessment, access, "partial", first.version)
        assert (loaded.level, loaded.version) == ("partial", 2)
