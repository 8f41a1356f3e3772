"""One score: saved, changed, in conflict, and what the trail keeps of it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from accredit import audit
from accredit.assessment import scoring, storing
from accredit.assessment.domain import CONFIRMED, ReasonError, Stage, SubmittedError
from accredit.assessment.models import Assessment, Score
from accredit.assessment.scoring import ScoreConflictError
from accredit.identity.service import load_access
from accredit.standard.domain import UnknownElementError, UnknownLevelError
from tests.assessment.steps import LATER, own_levels, self_levels
from tests.assessments import CODES, score_all, staff, walk_to
from tests.databases import to_refuse_every_update


def save(session, assessment, access, level="good", reason="Seen in sheet 3.", version=None,
         code="1.1", how=scoring.score_self):  # fmt: skip
    return how(
        session, assessment, code, level=level, reason=reason, version=version, access=access,
        at=LATER,
    )  # fmt: skip


def events(session):
    query = select(audit.Event).where(audit.Event.action == "score.set")
    return list(session.scalars(query.order_by(audit.Event.id)))


@pytest.fixture
def self_assessing(arrange, cast):
    """A session, an assessment in self-assessment, and two people of the department."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        yield (
            session,
            assessment,
            load_access(session, cast.contributor.id),
            load_access(session, cast.leader.id),
        )


def test_a_score_keeps_level_reason_person_and_moment(self_assessing):
    session, assessment, contributor, _ = self_assessing
    score = save(session, assessment, contributor, "partial", "  رأيت السجل في الورقة 3.  ")
    assert (score.awarded.level, score.reason) == ("partial", "رأيت السجل في الورقة 3.")
    assert (score.person_id, score.scored_at) == (contributor.person_id, LATER)
    assert self_levels(session, assessment) == {"1.1": "partial"}


def test_each_change_is_an_event_with_before_and_after(self_assessing):
    session, assessment, contributor, leader = self_assessing
    score = save(session, assessment, contributor)
    save(session, assessment, leader, "partial", "Only two of three.", score.version)
    first, second = events(session)
    assert json.loads(first.details) == {
        "element": "1.1",
        "stage": "self",
        "before": None,
        "after": {"level": "good", "reason": "Seen in sheet 3."},
    }
    assert json.loads(second.details)["before"] == {"level": "good", "reason": "Seen in sheet 3."}
    assert json.loads(second.details)["after"]["level"] == "partial"
    assert (second.person_id, second.subject_id) == (leader.person_id, str(assessment.id))
    assert second.department_id == assessment.department_id


def test_two_people_who_loaded_the_same_score_get_a_conflict_and_nothing_is_lost(self_assessing):
    session, assessment, contributor, leader = self_assessing
    loaded = save(session, assessment, contributor).version
    save(session, assessment, leader, "partial", "The leader saw two of three.", loaded)
    with pytest.raises(ScoreConflictError) as caught:
        save(session, assessment, contributor, "absent", "I saw none of them.", loaded)
    assert caught.value.current.reason == "The leader saw two of three."
    assert self_levels(session, assessment) == {"1.1": "partial"}
    assert len(events(session)) == 2


def test_two_first_scores_are_a_conflict_too(self_assessing):
    session, assessment, contributor, leader = self_assessing
    save(session, assessment, contributor)
    with pytest.raises(ScoreConflictError):
        save(session, assessment, leader, "partial", "I did not see that one.", None)


def test_a_button_pressed_twice_is_neither_a_change_nor_a_conflict(self_assessing):
    session, assessment, contributor, _ = self_assessing
    first = save(session, assessment, contributor)
    assert save(session, assessment, contributor) == first
    assert (first.version, len(events(session))) == (1, 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": "short"}, ReasonError),
        ({"level": "splendid"}, UnknownLevelError),
        ({"code": "9.9"}, UnknownElementError),
    ],
)
def test_what_the_standard_does_not_know_is_refused_and_nothing_is_written(
    self_assessing, change, error
):
    session, assessment, contributor, _ = self_assessing
    with pytest.raises(error):
        save(session, assessment, contributor, **change)
    assert session.scalars(select(Score)).all() == []


def test_assessors_score_side_by_side_without_conflict(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        for who, level in (("assessor", "good"), ("second_assessor", "absent")):
            access = load_access(session, getattr(cast, who).id)
            save(session, assessment, access, level, how=scoring.score_element)
        assert own_levels(session, assessment, cast.assessor.id) == {"1.1": "good"}
        assert own_levels(session, assessment, cast.second_assessor.id) == {"1.1": "absent"}


def test_submitted_scores_are_frozen(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, dict.fromkeys(CODES, "good"), at=LATER)
        with pytest.raises(SubmittedError):
            save(
                session,
                assessment,
                load_access(session, cast.assessor.id),
                "absent",
                how=scoring.score_element,
            )


def test_a_moderator_confirms_without_words_and_departs_with_a_reason(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION, second_levels={"1.2": "absent"})
        moderator = load_access(session, cast.moderator.id)
        agree = scoring.agree
        confirmed = save(session, assessment, moderator, "good", "", how=agree)
        assert confirmed.reason == CONFIRMED
        for code, level in (("2.1", "absent"), ("1.2", "good")):
            with pytest.raises(ReasonError):
                save(session, assessment, moderator, level, "", code=code, how=agree)
        decided = save(
            session, assessment, moderator, "partial", "Half is shown.", code="1.2", how=agree
        )
        assert decided.reason == "Half is shown."


def overtake(monkeypatch):
    """The next look for a score finds none: another's first score is not committed yet."""
    find, looks = storing.find, []

    def find_too_early(*asked):
        looks.append(asked)
        return None if len(looks) == 1 else find(*asked)

    monkeypatch.setattr(storing, "find", find_too_early)


def test_of_two_first_scores_at_the_same_moment_the_second_is_a_conflict(
    arrange, cast, monkeypatch
):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SELF_ASSESSMENT).id
        contributor = load_access(session, cast.contributor.id)
        leader = load_access(session, cast.leader.id)
        save(session, session.get(Assessment, id_), contributor)
    with arrange() as session:
        overtake(monkeypatch)
        with pytest.raises(ScoreConflictError) as conflict:
            save(session, session.get(Assessment, id_), leader, "partial", "Only two of three.")
        assert conflict.value.current.person_id == contributor.person_id
        assert [event.person_id for event in events(session)] == [contributor.person_id]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_the_second_shows_both_texts(browse, cast, arrange, monkeypatch, language):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SELF_ASSESSMENT).id
        contributor = load_access(session, cast.contributor.id)
        save(session, session.get(Assessment, id_), contributor, reason="The first of both texts.")
    overtake(monkeypatch)
    sent = {"level": "partial", "reason": "The second of both texts.", "version": ""}
    page = browse(cast.leader, language).post(f"/assessments/{id_}/elements/1.1/score", sent)
    assert page.status == 409
    assert "The first of both texts." in page.text
    form = page.values("/score")
    assert (form["reason"].strip(), form["version"]) == ("The second of both texts.", "1")
    assert browse(cast.leader).post(f"/assessments/{id_}/elements/1.1/score", form).status == 303


def test_what_only_the_database_can_refuse_is_a_conflict_too(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SET_UP).id
        session.execute(text(to_refuse_every_update("assessment")))
        staff(session, cast, session.get(Assessment, id_))
    page = browse(cast.programme_manager).post(f"/assessments/{id_}/start")
    assert page.status == 409
    assert "Somebody else changed this" in page.text
