"""Ties that people declare: how long they count, whom they keep away, and what they take away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from accredit.assessment import declaring, scoring, service, staffing
from accredit.assessment.declaring import Declaration
from accredit.assessment.domain import SeparationError, Stage
from accredit.assessment.duties import recuses
from accredit.assessment.interests import (
    INTEREST_NAMES,
    INTEREST_WORDS,
    InterestError,
    InterestKind,
    OwnInterestError,
    SettledInterestError,
    blocks_until,
    clean_words,
    ensure_past,
)
from accredit.assessment.models import Assignment, DeclaredInterest
from accredit.assessment.reading import assessor_ids, individual_scores
from accredit.assessment.waiting import waiting_for
from accredit.audit import Event
from accredit.certificate import service as certificates
from accredit.certificate.domain import DecisionKind, NotIndependentError
from accredit.certificate.models import Certificate
from accredit.identity import service as identity
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission, Role
from accredit.identity.models import Department, Organisation, Person
from accredit.identity.people import Place
from accredit.identity.service import load_access
from tests.assessments import CODES, OPENED, open_small, score_all, walk_to
from tests.certificates import grant, store
from tests.programme import record

TODAY = date(2026, 3, 2)
LATER = OPENED + timedelta(days=10)
GOOD = dict.fromkeys(CODES, "good")
WORDS = "I advised them on their handbook last year."


def place_of(session, department_id: int | None, organisation_id: int) -> Place:
    organisation = session.get(Organisation, organisation_id)
    department = session.get(Department, department_id) if department_id else None
    return Place(
        organisation.id,
        department.id if department else None,
        organisation.name,
        department.name if department else None,
    )


def declare(session, cast, who, *, whole=False, department=None, ended_on=None, at=LATER):
    place = place_of(session, None if whole else department or cast.licensing, cast.organisation)
    said = Declaration(place, InterestKind.CONSULTANCY, WORDS, ended_on)
    stood = declaring.declare(session, said, today=TODAY, by=who.id, at=at)
    return declaring.own_interests(session, who.id)[0], stood


def assign(session, cast, assessment, who, role, at=LATER):
    person = session.get(Person, who.id)
    return staffing.assign(session, assessment, person, role, by=cast.programme_manager.id, at=at)


# How long a tie counts.


@pytest.mark.parametrize(
    ("ended_on", "until"),
    [
        (None, None),
        (date(2024, 3, 15), date(2026, 3, 15)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2022, 2, 28), date(2024, 2, 28)),
        (date(2025, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_tie_counts_for_two_years_after_it_ended(ended_on, until):
    assert blocks_until(ended_on) == until


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_the_look_back_is_the_same_day_two_years_later_or_the_last_of_its_month(ended_on):
    until = blocks_until(ended_on)
    assert (until.year - ended_on.year, until.month) == (2, ended_on.month)
    assert until.day == ended_on.day or (until + timedelta(days=1)).month != until.month


@pytest.mark.parametrize("kind", InterestKind)
def test_every_kind_has_words(kind):
    assert INTEREST_NAMES[kind]
    assert INTEREST_WORDS[kind]


@pytest.mark.parametrize("words", ["", "   ", "short", "x" * 1001])
def test_what_says_too_little_or_too_much_is_refused(words):
    with pytest.raises(InterestError) as refused:
        clean_words(words)
    assert refused.value.field == "words"


def test_an_end_to_come_is_no_end():
    ensure_past(TODAY, TODAY)
    with pytest.raises(InterestError) as refused:
        ensure_past(TODAY + timedelta(days=1), TODAY)
    assert refused.value.field == "ended_on"


# Whom it keeps away.


def test_whoever_declared_a_tie_is_neither_offered_nor_assigned(arrange, cast):
    with arrange() as session:
        assessment = open_small(session, cast)
        assert cast.assessor.id in {
            person.id for person in staffing.candidates(session, assessment, TODAY)[Role.ASSESSOR]
        }
        declare(session, cast, cast.assessor)
        assert cast.assessor.id not in {
            person.id for person in staffing.candidates(session, assessment, TODAY)[Role.ASSESSOR]
        }
        with pytest.raises(SeparationError, match="declared a tie"):
            assign(session, cast, assessment, cast.assessor, Role.ASSESSOR)
    record("S", "a declared tie keeps somebody from being assigned")


def test_a_tie_to_the_organisation_counts_for_each_of_its_departments(arrange, cast):
    with arrange() as session:
        declare(session, cast, cast.assessor, whole=True)
        assessment = open_small(session, cast)
        with pytest.raises(SeparationError, match="declared a tie"):
            assign(session, cast, assessment, cast.assessor, Role.ASSESSOR)


def test_a_tie_to_another_department_keeps_nobody_away(arrange, cast):
    with arrange() as session:
        declare(session, cast, cast.assessor, department=cast.contact_centre)
        assign(session, cast, open_small(session, cast), cast.assessor, Role.ASSESSOR)
        found = session.scalars(select(Assignment)).one()
        assert (found.person_id, found.recused_at) == (cast.assessor.id, None)


@pytest.mark.parametrize(
    ("months", "is_free"), [(23, False), (24, False), (25, True)], ids=["23", "24", "25"]
)
def test_a_tie_that_ended_counts_24_months_and_no_longer(arrange, cast, months, is_free):
    years, month = divmod(12 * 2026 + LATER.month - 1 - months, 12)
    ended_on = date(years, month + 1, LATER.day)
    with arrange() as session:
        assessment = open_small(session, cast)
        declare(session, cast, cast.assessor, ended_on=ended_on)
        if is_free:
            assert assign(session, cast, assessment, cast.assessor, Role.ASSESSOR).id
        else:
            with pytest.raises(SeparationError, match="declared a tie"):
                assign(session, cast, assessment, cast.assessor, Role.ASSESSOR)
    record("S", f"a tie that ended {months} months ago")


# What it takes away.


@pytest.mark.parametrize(
    ("role", "stage", "loses"),
    [
        (Role.ASSESSOR, Stage.SCORING, True),
        (Role.ASSESSOR, Stage.MODERATION, True),
        (Role.ASSESSOR, Stage.DECISION, False),
        (Role.MODERATOR, Stage.MODERATION, True),
        (Role.MODERATOR, Stage.DECISION, False),
        (Role.DECISION_MAKER, Stage.DECISION, True),
        (Role.LEADER, Stage.SCORING, False),
    ],
)
def test_a_duty_is_lost_until_its_part_cannot_be_done_again(role, stage, loses):
    assert recuses(role, stage) is loses


def test_an_assessor_who_declares_a_tie_can_no_longer_score_and_their_scores_do_not_count(
    arrange, cast
):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(session, cast, assessment, GOOD, who="assessor", at=OPENED + timedelta(days=2))
    with arrange() as session:
        access = load_access(session, cast.assessor.id)
        assessment = service.get_assessment(session, 1, access, Permission.VIEW_ASSESSMENT)
        assert cast.assessor.id in assessor_ids(assessment)
        _tie, stood = declare(session, cast, cast.assessor)
        assert [one.id for one in stood] == [assessment.id]
        assert assessor_ids(assessment) == [cast.second_assessor.id]
        assert individual_scores(session, assessment) == {}
        with pytest.raises(NotFoundError):
            service.get_assessment(session, 1, access, Permission.VIEW_ASSESSMENT)
        with pytest.raises(ForbiddenError):
            scoring.submit_scores(session, assessment, access=access, at=LATER)
    record("S", "a declared tie takes the duty away at once")


def test_where_all_others_have_submitted_it_is_the_managers_turn(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        score_all(
            session, cast, assessment, GOOD, who="second_assessor", at=OPENED + timedelta(days=2)
        )
        assert [one.person_id for one in waiting_for(session, assessment)] == [cast.assessor.id]
        declare(session, cast, cast.assessor)
        waits = waiting_for(session, assessment)
        assert [(one.role, one.person_id) for one in waits] == [
            (Role.PROGRAMME_MANAGER, cast.programme_manager.id)
        ]
        tied = next(one for one in assessment.assignments if one.recused_at is not None)
        staffing.unassign(session, assessment, tied, by=cast.programme_manager.id, at=LATER)
        assert assessment.stage == Stage.MODERATION


def test_somebody_else_moderates_where_the_moderator_declared_a_tie(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        declare(session, cast, cast.moderator)
        access = load_access(session, cast.moderator.id)
        with pytest.raises(ForbiddenError):
            scoring.submit_moderation(session, assessment, access=access, at=LATER)
        other = session.get(Person, cast.observer.id)
        identity.grant_role(
            session, other, Role.MODERATOR, organisation_id=cast.organisation, department_id=None,
            by=cast.administrator.id, at=LATER,
        )  # fmt: skip
        assign(session, cast, assessment, cast.observer, Role.MODERATOR)
        assert [one.person_id for one in waiting_for(session, assessment)] == [cast.observer.id]


def test_whoever_is_tied_does_not_decide(arrange, cast, world):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.DECISION)
        declare(session, cast, cast.decision_maker)
        with pytest.raises(ForbiddenError):
            service.ensure_may_decide(
                session, assessment, load_access(session, cast.decision_maker.id)
            )
    record("S", "whoever declared a tie does not decide")


def test_a_tie_declared_after_the_work_leaves_it_and_is_told_to_whoever_decides(
    arrange, cast, browse
):
    with arrange() as session:
        number = walk_to(session, cast, Stage.DECISION).id
        _tie, stood = declare(session, cast, cast.assessor, at=OPENED + timedelta(days=4))
        assert stood == ()
    seen = browse(cast.decision_maker).get(f"/assessments/{number}/decision")
    assert b"Declared a tie on" in seen.body


def test_whoever_is_tied_changes_no_certificate_of_the_department(arrange, cast, world):
    with arrange() as session:
        grant(session, cast, store(world.settings))
        declare(session, cast, cast.decision_maker)
        certificate = session.scalars(select(Certificate)).one()
        with pytest.raises(NotIndependentError, match="tie"):
            certificates.change_state(
                session,
                certificate,
                kind=DecisionKind.SUSPEND,
                reason="Complaints show that the promise is not kept.",
                version=certificate.version,
                by=cast.decision_maker.id,
                at=LATER,
                today=TODAY,
            )
    record("S", "whoever declared a tie changes no certificate")


# Ending it, and setting a mistake aside.


def test_an_end_is_said_once_and_counts_from_there(arrange, cast):
    with arrange() as session:
        tie, _stood = declare(session, cast, cast.assessor)
        declaring.end(session, tie, date(2025, 6, 1), today=TODAY, by=cast.assessor.id, at=LATER)
        assert tie.blocks_until == date(2027, 6, 1)
        with pytest.raises(SettledInterestError):
            declaring.end(
                session, tie, date(2020, 6, 1), today=TODAY, by=cast.assessor.id, at=LATER
            )


def test_an_end_of_long_ago_gives_the_duty_back(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        tie, _stood = declare(session, cast, cast.assessor)
        declaring.end(session, tie, date(2020, 6, 1), today=TODAY, by=cast.assessor.id, at=LATER)
        assert cast.assessor.id in assessor_ids(assessment)


def test_nobody_sets_their_own_declaration_aside(arrange, cast):
    with arrange() as session:
        tie, _stood = declare(session, cast, cast.programme_manager)
        with pytest.raises(OwnInterestError):
            declaring.set_aside(
                session, tie, reason="It was a mistake.", by=cast.programme_manager.id, at=LATER
            )


def test_a_mistake_set_aside_gives_the_duty_back_and_stays_on_record(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        tie, _stood = declare(session, cast, cast.assessor)
        declaring.set_aside(
            session, tie, reason="The wrong department was chosen.",
            by=cast.programme_manager.id, at=LATER,
        )  # fmt: skip
        assert cast.assessor.id in assessor_ids(assessment)
        actions = session.scalars(select(Event.action).order_by(Event.id.desc()).limit(4)).all()
        assert actions == [
            "assignment.resumed", "interest.set_aside", "assignment.recused", "interest.declared",
        ]  # fmt: skip
        with pytest.raises(SettledInterestError):
            declaring.set_aside(
                session, tie, reason="Once more.....", by=cast.programme_manager.id, at=LATER
            )
    with arrange() as session:
        assert session.scalars(select(DeclaredInterest)).one().words == WORDS


def test_another_tie_that_counts_keeps_the_duty_away(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        tie, _stood = declare(session, cast, cast.assessor)
        declare(session, cast, cast.assessor, whole=True)
        declaring.set_aside(
            session, tie, reason="The wrong department was chosen.",
            by=cast.programme_manager.id, at=LATER,
        )  # fmt: skip
        assert cast.assessor.id not in assessor_ids(assessment)


def test_a_duty_that_somebody_else_holds_by_now_is_not_given_back(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.MODERATION)
        tie, _stood = declare(session, cast, cast.moderator)
        identity.grant_role(
            session, session.get(Person, cast.observer.id), Role.MODERATOR,
            organisation_id=cast.organisation, department_id=None,
            by=cast.administrator.id, at=LATER,
        )  # fmt: skip
        assign(session, cast, assessment, cast.observer, Role.MODERATOR)
        declaring.set_aside(
            session, tie, reason="The wrong department was chosen.",
            by=cast.programme_manager.id, at=LATER,
        )  # fmt: skip
        held = [one.person_id for one in assessment.assignments if one.recused_at is None]
        assert cast.observer.id in held
        assert cast.moderator.id not in held


# Declaring to have none.


def test_a_judge_says_once_to_have_no_tie(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        for _ in range(2):
            declaring.say_impartial(session, assessment, by=cast.assessor.id, at=LATER)
        said = [one for one in assessment.assignments if one.impartial_at is not None]
        assert [one.person_id for one in said] == [cast.assessor.id]
        query = select(Event).where(Event.action == "assignment.impartial")
        assert len(session.scalars(query).all()) == 1
        with pytest.raises(ForbiddenError):
            declaring.say_impartial(session, assessment, by=cast.leader.id, at=LATER)


def test_whoever_stands_aside_cannot_say_to_have_no_tie(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        declare(session, cast, cast.assessor)
        with pytest.raises(ForbiddenError):
            declaring.say_impartial(session, assessment, by=cast.assessor.id, at=LATER)


# Round the services, straight at the database.

NOW = "2026-03-01 08:00:00"
RAW = {
    "a duty": (
        "INSERT INTO assignment (assessment_id, person_id, role, assigned_by_id, assigned_at) "
        f"VALUES (1, :who, 'assessor', :by, '{NOW}')"
    ),
    "a score": (
        "INSERT INTO score (assessment_id, element_code, stage, person_id, level, attributes, "
        f"reason, scored_at, version) VALUES (1, '9.9', 'individual', :who, 'good', '', 'raw', "
        f"'{NOW}', 1)"
    ),
    "a decision": (
        "INSERT INTO decision (assessment_id, kind, award, reached, readings, reason, "
        f"decided_by_id, decided_at) VALUES (1, 'refuse', NULL, NULL, '{{}}', 'raw', :who, "
        f"'{NOW}')"
    ),
}


@pytest.mark.parametrize("case", RAW)
@pytest.mark.parametrize("ended_on", [None, date(2024, 3, 1)], ids=["holds", "last-day"])
def test_the_database_itself_refuses_who_is_tied(arrange, cast, case, ended_on):
    with arrange() as session:
        open_small(session, cast)
        declare(session, cast, cast.assessor, ended_on=ended_on)
    asked = {"who": cast.assessor.id, "by": cast.programme_manager.id}
    with pytest.raises(Exception, match="declared a tie") as refused, arrange() as session:
        session.connection().execute(text(RAW[case]), asked)
    assert isinstance(refused.value, IntegrityError)
    record("S", f"the database refuses {case} of whoever is tied: {ended_on}")


def test_the_database_takes_a_duty_the_day_after_the_look_back(arrange, cast):
    with arrange() as session:
        open_small(session, cast)
        declare(session, cast, cast.assessor, ended_on=date(2024, 2, 28))
    with arrange() as session:
        asked = {"who": cast.assessor.id, "by": cast.programme_manager.id}
        session.connection().execute(text(RAW["a duty"]), asked)
        assert session.scalar(select(Assignment.person_id)) == cast.assessor.id
        # Nothing is kept that no event tells of.
        session.rollback()


CHANGES = {
    "another person": "UPDATE declared_interest SET person_id = :other",
    "another place": "UPDATE declared_interest SET department_id = NULL",
    "other words": "UPDATE declared_interest SET words = 'nothing at all'",
    "another end": "UPDATE declared_interest SET ended_on = '2001-01-01'",
    "another last day": "UPDATE declared_interest SET blocks_until = '2001-01-01'",
    "none at all": "DELETE FROM declared_interest",
    "set aside by oneself": "UPDATE declared_interest SET set_aside_by_id = person_id",
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_declaration_stays_as_it_was_made(arrange, cast, case):
    with arrange() as session:
        declare(session, cast, cast.assessor, ended_on=date(2025, 1, 1))
    statement = text(CHANGES[case].replace(":other", str(cast.leader.id)))
    with arrange() as session, pytest.raises(IntegrityError):
        session.connection().execute(statement)


def test_the_trail_keeps_the_words_to_itself(arrange, cast):
    with arrange() as session:
        declare(session, cast, cast.assessor)
        event = session.scalars(select(Event).where(Event.action == "interest.declared")).one()
        assert WORDS not in event.details
        assert (event.organisation_id, event.department_id) == (cast.organisation, cast.licensing)
