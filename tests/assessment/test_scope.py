"""/assessments/<id>/scope: weights and what applies, agreed before anybody scores."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.assessment.service import return_to_previous
from tests.assessment.schemes import POINTS, open_scheme, walk_scheme
from tests.assessments import open_small
from tests.queries import count_queries, writes

WHY = "The department follows the municipality's strategy."
HALF = {"sound": "50", "in_use": "50", "overall": "50"}
SCORES = {"1.1": HALF, "1.2": HALF, "2.1": {"trend": "50", "scope": "50"}}


@pytest.fixture
def opened(arrange, cast):
    with arrange() as session:
        return open_scheme(session, cast, POINTS).id


def sent(first="60", second="40", *, leave=False, why="", version="1"):
    data = {"weight_1_1": first, "weight_1_2": second, "why_1_2": why, "version": version}
    return data | ({"leave_1_2": "y"} if leave else {})


def kept(arrange, number):
    with arrange() as session:
        chosen = session.get(Assessment, number).choices
        return dict(chosen.weights), dict(chosen.reasons)


def test_the_manager_sees_the_weights_with_their_bounds_and_what_may_be_left_out(
    browse, cast, opened
):
    page = browse(cast.programme_manager).get(f"/assessments/{opened}/scope")
    for words in ("From 40 to 80", "usually 60", "The weights in criterion 1 sum to 100.",
                  "1.2 Strategy does not apply"):  # fmt: skip
        assert words in page.text
    assert "1.1 Purpose does not apply" not in page.text
    shown = page.values("/scope")
    assert (shown["weight_1_1"], shown["weight_1_2"], shown["version"]) == ("60", "40", "1")


def test_what_is_agreed_is_kept_told_and_seen_by_all_who_read_the_assessment(
    browse, cast, arrange, opened
):
    address = f"/assessments/{opened}"
    answer = browse(cast.programme_manager).post(f"{address}/scope", sent("70", "٣٠"))
    assert (answer.status, answer.location) == (303, address)
    assert kept(arrange, opened) == ({"1.1": Decimal(70), "1.2": Decimal(30)}, {})
    with arrange() as session:
        query = select(audit.Event).where(audit.Event.action == "assessment.choices_made")
        event = session.scalars(query).one()
        assert event.person_id == cast.programme_manager.id
        assert "1.1 = 70; 1.2 = 30" in event.details
    for who in ("leader", "assessor", "observer"):
        assert "weight 70" in browse(getattr(cast, who)).get(address).text
        page = browse(getattr(cast, who)).get(f"{address}/scope")
        assert "70" in page.text
        assert not page.has_field("weight_1_1")


def test_a_node_is_left_out_with_a_reason_and_no_longer_scored(browse, cast, arrange, opened):
    address = f"/assessments/{opened}"
    manager = browse(cast.programme_manager)
    assert manager.post(f"{address}/scope", sent(leave=True, why=WHY)).status == 303
    assert kept(arrange, opened) == ({}, {"1.2": WHY})
    with arrange() as session:
        walk_scheme(session, cast, session.get(Assessment, opened), Stage.SELF_ASSESSMENT, {})
    contributor = browse(cast.contributor)
    page = contributor.get(f"{address}/elements/1.2")
    assert WHY in page.text
    assert not page.has_field("reason")
    data = {"level": "50", "attribute_sound": "50", "attribute_in_use": "50", "reason": "x" * 20}
    refused = contributor.post(f"{address}/elements/1.2/score", data)
    assert refused.status == 409
    assert "0 of 2" in browse(cast.programme_manager).get("/assessments/").text


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (sent("90", "10"), "weight_1_1", "The weight of 1.1 is 90; it may be from 40 to 80."),
        (sent("50", "40"), None, "Criterion 1: the weights sum to 90; they must sum to 100."),
        (sent("many", "40"), "weight_1_1", "Enter a number."),
        (sent("", "40"), "weight_1_1", "Enter a weight."),
        (sent(leave=True, why="no"), "why_1_2", "Say why 1.2 does not apply"),
    ],
)
def test_what_the_standard_does_not_permit_is_refused_beside_its_field_and_nothing_is_lost(
    browse, cast, arrange, opened, data, field, words
):
    page = browse(cast.programme_manager).post(f"/assessments/{opened}/scope", data)
    assert page.status == 422
    assert words in page.error_texts()
    if field:
        assert words in page.tree.xpath(f"string(//*[@id='{field}-error'])")
    again = page.values("/scope")
    assert (again["weight_1_1"], again["why_1_2"].strip()) == (data["weight_1_1"], data["why_1_2"])
    assert kept(arrange, opened) == ({}, {})


def test_it_is_frozen_once_an_assessor_has_scored_even_when_the_assessment_is_returned(
    browse, cast, arrange, opened
):
    with arrange() as session:
        assessment = session.get(Assessment, opened)
        walk_scheme(session, cast, assessment, Stage.MODERATION, SCORES)
        for _ in range(2):
            return_to_previous(
                session,
                assessment,
                reason="Two reasons contradict the evidence.",
                by=cast.programme_manager.id,
                at=assessment.stage_since_at,
            )
        assert assessment.stage == Stage.SELF_ASSESSMENT
        version = str(assessment.version)
    manager = browse(cast.programme_manager)
    answer = manager.post(f"/assessments/{opened}/scope", sent("70", "30", version=version))
    assert answer.status == 409
    assert "can no longer change" in answer.text
    assert not manager.get(f"/assessments/{opened}/scope").has_field("weight_1_1")
    assert kept(arrange, opened) == ({}, {})


def test_what_somebody_else_agreed_meanwhile_is_not_overwritten(browse, cast, arrange, opened):
    manager = browse(cast.programme_manager)
    assert manager.post(f"/assessments/{opened}/scope", sent("70", "30")).status == 303
    late = manager.post(f"/assessments/{opened}/scope", sent("50", "50"))
    assert late.status == 409
    assert late.values("/scope")["weight_1_1"] == "50"
    assert kept(arrange, opened)[0] == {"1.1": Decimal(70), "1.2": Decimal(30)}


@pytest.mark.parametrize(
    ("who", "status"),
    [("leader", 403), ("assessor", 403), ("observer", 403), ("stranger_manager", 404)],
)
def test_only_the_programme_manager_of_the_place_may_choose(browse, cast, opened, who, status):
    answer = browse(getattr(cast, who)).post(f"/assessments/{opened}/scope", sent("70", "30"))
    assert answer.status == status


def test_a_standard_without_choices_says_so(browse, cast, arrange):
    with arrange() as session:
        number = open_small(session, cast).id
    manager = browse(cast.programme_manager)
    assert "Nothing is to be chosen" in manager.get(f"/assessments/{number}/scope").text
    assert "/scope" not in " ".join(manager.get(f"/assessments/{number}").links())


def test_the_arabic_page_is_arabic(browse, cast, opened):
    page = browse(cast.programme_manager, "ar").get(f"/assessments/{opened}/scope")
    assert page.lang == ("ar", "rtl")
    assert "الغاية" in page.text


def test_looking_changes_nothing(app, browse, cast, opened):
    manager = browse(cast.programme_manager)
    manager.get(f"/assessments/{opened}/scope")
    with count_queries(app) as asked:
        assert manager.get(f"/assessments/{opened}/scope").status == 200
    assert writes(asked) == []
