"""An assessment moves to a newer version of its standard only on confirmation, losing nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from accredit.assessment import moving, scoring
from accredit.assessment.domain import IncompleteError, ScoreStage, Stage, WrongStageError
from accredit.assessment.models import Assessment, Score, ScoreSetAside
from accredit.assessment.moving import MovedMeanwhileError, NoNewerVersionError, Seen
from accredit.audit import Event
from accredit.identity.service import load_access
from accredit.standard import service as standards
from tests.assessment.steps import LATER, save_self
from tests.assessments import REASONS, SELF_REASON, publish_small, walk_to
from tests.making_versions import (
    EXCHANGED,
    RELEVELLED,
    REWEIGHTED,
    REWORDED,
    REWORDED_IN_ARABIC,
    newer,
)
from tests.people import START

PUBLISHED = START + timedelta(days=35)
MOVED = LATER + timedelta(days=20)
AFTERWARDS = MOVED + timedelta(days=1)


def publish(session, *changes, version="2.0"):
    return standards.publish(session, newer(*changes, version=version), by=None, at=PUBLISHED)


def seen_now(assessment, version):
    return Seen(assessment.standard_version.sha256, version.sha256, assessment.version)


def move(session, cast, assessment, version, *, by=None):
    return moving.move(
        session,
        assessment,
        version,
        seen=seen_now(assessment, version),
        by=(by or cast.programme_manager).id,
        at=MOVED,
    )


@pytest.fixture
def moderated(arrange, cast):
    """At moderation, everything good; and a newer version that changes, adds and removes."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        version = publish(session, REWORDED, REWEIGHTED, EXCHANGED)
        return assessment.id, version.id


def both(session, moderated):
    assessment = session.get(Assessment, moderated[0])
    return assessment, standards.get_version(session, moderated[1])


def scores_of(session, assessment):
    rows = session.scalars(select(Score).where(Score.assessment_id == assessment.id))
    return {(row.element_code, row.stage, row.person_id) for row in rows}


def test_a_running_assessment_keeps_its_version_when_a_newer_one_is_published(arrange, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        assert assessment.standard_version.version == "1.0"
        assert moving.newer_versions(session, assessment) == [version]


def test_the_preview_says_what_carries_over_and_changes_nothing(arrange, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        before = scores_of(session, assessment)
        told = moving.preview(session, assessment, version)
        assert told.plan.kept == ("1.2", "2.1")
        assert told.plan.to_confirm == ("1.1",)
        assert told.plan.removed == ("2.2",)
        assert told.plan.new == ("2.3",)
        assert told.plan.to_score == ("1.1", "2.3")
        # One self-score and two assessors' for each element.
        assert (told.kept_scores, told.set_aside_scores) == (6, 6)
        assert told.stage is Stage.SELF_ASSESSMENT
        assert scores_of(session, assessment) == before
        assert assessment.standard_version.version == "1.0"


def test_moving_keeps_what_is_unchanged_and_sets_the_rest_aside_on_record(arrange, cast, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        move(session, cast, assessment, version)
        assert assessment.standard_version is version
        assert {code for code, _, _ in scores_of(session, assessment)} == {"1.2", "2.1"}
        rows = session.scalars(select(ScoreSetAside)).all()
        assert {row.element_code for row in rows} == {"1.1", "2.2"}
        told = moving.earlier_scores(session, assessment, "1.1")
        own = next(one for one in told if one.stage is ScoreStage.SELF)
        assert (own.level_name.en, own.reason, own.version) == ("Good", SELF_REASON, "1.0")
        assert {one.reason for one in told} == {
            SELF_REASON,
            REASONS["assessor"],
            REASONS["second_assessor"],
        }


def test_the_department_must_confirm_what_changed_and_score_what_is_new(arrange, cast, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        move(session, cast, assessment, version)
        assert Stage(assessment.stage) is Stage.SELF_ASSESSMENT
        assert all(item.submitted_at is None for item in assessment.assignments)
        assert scoring.missing_for_submission(session, assessment).unscored == ("1.1", "2.3")
        leader = load_access(session, cast.leader.id)
        with pytest.raises(IncompleteError):
            scoring.submit_self_assessment(session, assessment, access=leader, at=AFTERWARDS)
        save_self(session, assessment, leader, "1.1", "good", at=AFTERWARDS)
        save_self(session, assessment, leader, "2.3", "absent", at=AFTERWARDS)
        scoring.submit_self_assessment(session, assessment, access=leader, at=AFTERWARDS)
        assert Stage(assessment.stage) is Stage.SCORING


def test_assessors_confirm_only_what_changed(arrange, cast, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        move(session, cast, assessment, version)
        leader = load_access(session, cast.leader.id)
        for code, level in (("1.1", "good"), ("2.3", "absent")):
            save_self(session, assessment, leader, code, level, at=AFTERWARDS)
        scoring.submit_self_assessment(session, assessment, access=leader, at=AFTERWARDS)
        assessor = load_access(session, cast.assessor.id)
        with pytest.raises(IncompleteError):
            scoring.submit_scores(session, assessment, access=assessor, at=AFTERWARDS)
        for code in ("1.1", "2.3"):
            scoring.score_element(
                session,
                assessment,
                code,
                level="good",
                reason=REASONS["assessor"],
                version=None,
                access=assessor,
                at=AFTERWARDS,
            )
        scoring.submit_scores(session, assessment, access=assessor, at=AFTERWARDS)


def test_a_word_in_arabic_alone_must_be_confirmed_too(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        version = publish(session, REWORDED_IN_ARABIC)
        assert moving.preview(session, assessment, version).plan.to_confirm == ("1.1",)


def test_where_nothing_is_to_be_scored_the_assessment_stays_where_it_is(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        version = publish(session, REWEIGHTED, RELEVELLED)
        told = move(session, cast, assessment, version)
        assert told.plan.to_score == ()
        assert Stage(assessment.stage) is Stage.DECISION
        assert all(item.submitted_at for item in assessment.assignments if item.role == "assessor")


def test_what_is_decided_is_never_moved(arrange, cast, browse):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.CLOSED)
        version = publish(session, REWEIGHTED)
        with pytest.raises(WrongStageError):
            move(session, cast, assessment, version)
        id_ = assessment.id
    page = browse(cast.programme_manager).get(f"/assessments/{id_}/move")
    assert "can no longer be moved" in page.text
    assert not page.has_field("to_version")


def test_only_a_newer_version_of_the_same_standard_is_moved_to(arrange, cast):
    with arrange() as session:
        old = publish_small(session)
        newest = publish(session, REWEIGHTED)
        assessment = walk_to(session, cast, Stage.SCORING)
        assessment.standard_version = newest
        session.flush()
        with pytest.raises(NoNewerVersionError):
            move(session, cast, assessment, old)


def test_the_event_names_both_versions_and_the_elements_but_no_level(arrange, cast, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        move(session, cast, assessment, version)
    with arrange() as session:
        version = standards.get_version(session, moderated[1])
        event = session.scalar(select(Event).where(Event.action == "assessment.moved"))
        said = json.loads(event.details)
        assert said["version"] == ["1.0", "2.0"]
        assert said["sha256"][1] == version.sha256
        assert (said["to_confirm"], said["removed"], said["new"]) == ("1.1", "2.2", "2.3")
        assert said["stage"] == ["moderation", "self_assessment"]
        assert "good" not in event.details


@pytest.mark.parametrize("changed", ["from_sha256", "to_sha256", "assessment_version"])
def test_a_preview_that_is_no_longer_true_is_not_carried_out(arrange, cast, moderated, changed):
    with arrange() as session:
        assessment, version = both(session, moderated)
        seen = seen_now(assessment, version)
        wrong = {
            "from_sha256": Seen("0" * 64, seen.to_sha256, seen.assessment_version),
            "to_sha256": Seen(seen.from_sha256, "0" * 64, seen.assessment_version),
            "assessment_version": Seen(
                seen.from_sha256, seen.to_sha256, seen.assessment_version - 1
            ),
        }[changed]
        with pytest.raises(MovedMeanwhileError):
            moving.move(
                session,
                assessment,
                version,
                seen=wrong,
                by=cast.programme_manager.id,
                at=MOVED,
            )
        assert assessment.standard_version.version == "1.0"


def test_the_manager_reads_the_preview_and_confirms_on_a_page(browse, cast, arrange, moderated):
    manager = browse(cast.programme_manager)
    url = f"/assessments/{moderated[0]}/move"
    page = manager.get(url)
    assert page.status == 200
    for words in ("Carried over (2)", "To be confirmed (1)", "New elements (1)"):
        assert words in page.text
    assert "Left out of the result (1)" in page.text
    assert "from “Moderation” to “Self-assessment”" in page.text
    answer = manager.post(url, page.values("/move"))
    assert (answer.status, answer.location) == (303, f"/assessments/{moderated[0]}")
    assert "Moved to version 2.0 of the standard" in manager.get(answer.location).text
    again = manager.post(url, page.values("/move"))
    assert again.status == 409
    with arrange() as session:
        events = session.scalars(select(Event).where(Event.action == "assessment.moved")).all()
        assert len(events) == 1


def test_a_stage_that_moved_on_meanwhile_makes_the_preview_old(browse, cast, arrange, moderated):
    manager = browse(cast.programme_manager)
    url = f"/assessments/{moderated[0]}/move"
    form = manager.get(url).values("/move")
    with arrange() as session:
        assessment, _ = both(session, moderated)
        access = load_access(session, cast.moderator.id)
        scoring.confirm_all(session, assessment, access=access, at=LATER)
        scoring.submit_moderation(session, assessment, access=access, at=LATER)
    answer = manager.post(url, form)
    assert answer.status == 409
    assert "changed while you were reading" in answer.text
    with arrange() as session:
        assessment, _ = both(session, moderated)
        assert assessment.standard_version.version == "1.0"


@pytest.mark.parametrize("who", ["leader", "assessor", "moderator", "observer", "contributor"])
def test_nobody_else_moves_an_assessment(browse, cast, moderated, who):
    person = browse(getattr(cast, who))
    assert person.get(f"/assessments/{moderated[0]}/move").status == 403
    assert person.post(f"/assessments/{moderated[0]}/move", {}).status == 403


def test_a_stranger_does_not_even_see_that_there_is_an_assessment(browse, cast, moderated):
    assert browse(cast.stranger_manager).get(f"/assessments/{moderated[0]}/move").status == 404


def test_an_assessor_is_shown_their_own_earlier_score_and_no_other(
    browse, cast, arrange, moderated
):
    with arrange() as session:
        assessment, version = both(session, moderated)
        move(session, cast, assessment, version)
        leader = load_access(session, cast.leader.id)
        for code, level in (("1.1", "good"), ("2.3", "absent")):
            save_self(session, assessment, leader, code, level, at=AFTERWARDS)
        scoring.submit_self_assessment(session, assessment, access=leader, at=AFTERWARDS)
    url = f"/assessments/{moderated[0]}/elements/1.1"
    text = browse(cast.assessor).get(url).text
    assert "To be confirmed" in text
    assert REASONS["assessor"] in text
    assert REASONS["second_assessor"] not in text
    assert SELF_REASON not in text
    assert REASONS["assessor"] not in browse(cast.leader).get(url).text


def test_the_earlier_score_is_in_the_form_and_saving_it_confirms(browse, cast, arrange, moderated):
    with arrange() as session:
        assessment, version = both(session, moderated)
        move(session, cast, assessment, version)
    leader = browse(cast.leader)
    url = f"/assessments/{moderated[0]}/elements/1.1"
    form = leader.get(url).values("/score")
    assert (form["level"], form["reason"].strip()) == ("good", SELF_REASON)
    assert leader.post(f"{url}/score", {**form, "go": "1.1"}).status == 303
    assert "To be confirmed" not in leader.get(url).text
    with arrange() as session:
        assessment, _ = both(session, moderated)
        assert scoring.missing_for_submission(session, assessment).unscored == ("2.3",)


def test_a_score_given_on_a_page_of_the_old_version_is_not_taken(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        version = publish(session, REWORDED)
        id_ = assessment.id
    leader = browse(cast.leader)
    url = f"/assessments/{id_}/elements/1.1"
    form = leader.get(url).values("/score")
    with arrange() as session:
        assessment = session.get(Assessment, id_)
        move(session, cast, assessment, standards.get_version(session, version.id))
    answer = leader.post(f"{url}/score", {**form, "level": "partial", "reason": SELF_REASON})
    assert answer.status == 409
    assert "moved to another version of its standard" in answer.text
    assert SELF_REASON in answer.text
    with arrange() as session:
        assert session.scalar(select(Score.id).where(Score.assessment_id == id_)) is None
