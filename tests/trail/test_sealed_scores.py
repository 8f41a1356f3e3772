"""The trail is no way round blind scoring: canaries on its page and in its file."""

from __future__ import annotations

import csv
import io
import json
from itertools import product

import pytest
from sqlalchemy import select

from accredit.assessment import service
from accredit.assessment.domain import ScoreStage, Stage
from accredit.assessment.models import Assessment
from accredit.assessment.sight import Reader, trail_tells
from accredit.audit import Event
from accredit.identity.domain import Role
from tests.assessment.steps import LATER, grant
from tests.assessments import REASONS, SELF_REASON, open_small, self_assess, staff, walk_to
from tests.queries import count_queries

SELF, FIRST, SECOND, AGREED = SELF_REASON, *REASONS.values()
EVERYTHING = {SELF, FIRST, SECOND, AGREED}


def told(person) -> set[str]:
    """The reasons this person finds on the trail's page or in its file."""
    url = "?action=score.set"
    page, file = person.get(f"/trail/{url}").text, person.get(f"/trail/trail.csv{url}")
    read = file.body.decode("utf-8-sig")
    found = {reason for reason in EVERYTHING if reason in page}
    assert {reason for reason in EVERYTHING if reason in read} == found
    return found


def rows(person) -> list[dict[str, str]]:
    answer = person.get("/trail/trail.csv?action=score.set")
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


@pytest.mark.parametrize("who", ["administrator", "programme_manager", "observer"])
@pytest.mark.parametrize("stage", [Stage.SCORING, Stage.MODERATION])
def test_nobody_reads_in_the_trail_what_was_awarded_before_the_decision(
    browse, cast, arrange, who, stage
):
    with arrange() as session:
        walk_to(session, cast, stage, second_levels={"1.1": "exceptional"})
    person = browse(getattr(cast, who))
    assert told(person) == set()
    page = person.get("/trail/?action=score.set")
    assert "Element: 1.1" in page.text
    assert "Level and reason are not shown yet." in page.text
    assert "Exceptional" not in " ".join(page.tree.xpath("//tbody//text()"))
    for row in rows(person):
        assert set(json.loads(row["Details"])) == {"element", "stage"}


def test_a_self_score_is_not_told_while_the_department_writes_it(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        self_assess(session, cast, assessment, {"1.1": "good"}, submit=False)
    assert told(browse(cast.administrator)) == set()
    assert len(rows(browse(cast.administrator))) == 1


@pytest.mark.parametrize("who", ["administrator", "programme_manager", "observer"])
@pytest.mark.parametrize("stage", [Stage.DECISION, Stage.CLOSED])
def test_from_the_decision_on_the_trail_tells_all_of_it(browse, cast, arrange, who, stage):
    with arrange() as session:
        walk_to(session, cast, stage)
    assert told(browse(getattr(cast, who))) == EVERYTHING


@pytest.mark.parametrize("who", ["decision_maker", "moderator", "assessor"])
def test_who_judges_reads_nothing_in_the_trail_before_it_is_closed(browse, cast, arrange, who):
    with arrange() as session:
        grant(session, getattr(cast, who), Role.OBSERVER, cast.organisation)
        walk_to(session, cast, Stage.DECISION)
    assert told(browse(getattr(cast, who))) == set()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("decision_maker", EVERYTHING),
        ("moderator", EVERYTHING),
        ("assessor", {SELF, FIRST, AGREED}),
        ("leader", {SELF, AGREED}),
    ],
)
def test_after_closing_everybody_reads_what_their_own_pages_show(
    browse, cast, arrange, who, expected
):
    with arrange() as session:
        grant(session, getattr(cast, who), Role.OBSERVER, cast.organisation)
        walk_to(session, cast, Stage.CLOSED)
    assert told(browse(getattr(cast, who))) == expected


def test_one_assessment_opens_nothing_of_another(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED, cycle="2025")
        second = open_small(session, cast)
        staff(session, cast, second)
        second_id = second.id
        service.start(session, second, by=cast.programme_manager.id, at=LATER)
        self_assess(session, cast, second, {"1.1": "exceptional"}, submit=False)
    for row in rows(browse(cast.observer)):
        sealed = row["Number of the subject"] == str(second_id)
        assert ("after" in json.loads(row["Details"])) is not sealed


def test_no_number_of_the_request_helps_to_find_the_level_by_trying(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.MODERATION).id
    browse(cast.moderator).post(f"/assessments/{id_}/moderation/confirm-all")
    with arrange() as session:
        events = select(Event).where(Event.action == "score.set").order_by(Event.id.desc())
        assert session.scalars(events).first().request_id
    assert all(row["Request"] == "" for row in rows(browse(cast.observer)))
    with arrange() as session:
        session.get(Assessment, id_).stage = Stage.CLOSED.value
    assert any(row["Request"] for row in rows(browse(cast.observer)))


def test_more_scores_ask_the_database_no_more_often(browse, cast, app, arrange):
    person = browse(cast.observer)
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING, cycle="2025")
    with count_queries(app) as few:
        person.get("/trail/?action=score.set")
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED)
    with count_queries(app) as many:
        person.get("/trail/?action=score.set")
    assert len(many) <= len(few)


@pytest.mark.parametrize(
    ("kind", "role", "judges"), list(product(ScoreStage, [None, *Role], [True, False]))
)
def test_no_role_opens_the_trail_before_the_decision(kind, role, judges):
    reader = Reader(frozenset({role} - {None}), judges=judges, wrote_it=True)
    for stage in (Stage.SET_UP, Stage.SELF_ASSESSMENT, Stage.SCORING, Stage.MODERATION):
        assert not trail_tells(kind, stage, reader)


def test_an_assessor_never_reads_another_assessors_score():
    for stage, judges in product(Stage, (True, False)):
        reader = Reader(frozenset({Role.ASSESSOR, Role.ADMINISTRATOR}), judges=judges)
        assert not trail_tells(ScoreStage.INDIVIDUAL, stage, reader)
