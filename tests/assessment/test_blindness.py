"""Assessors score blind, and the department is not told half-way: canaries on every page."""

from __future__ import annotations

import pytest

from accredit.assessment import scoring
from accredit.assessment.domain import Stage
from accredit.identity.domain import Role
from accredit.identity.service import load_access
from tests.assessment.steps import LATER, grant
from tests.assessments import CODES, walk_to

OTHER = "CANARY-of-the-other-assessor"
OWN = "CANARY-of-ones-own"
SELF = "The department shows this in its register."


@pytest.fixture
def scored(arrange, cast):
    """Scoring: the second assessor has written everywhere, the first on 1.1 alone."""
    with arrange() as session:
        assessment = walk_to(
            session, cast, Stage.SCORING, self_levels=dict.fromkeys(CODES, "exceptional")
        )
        for who, reason, level, codes in (
            ("second_assessor", OTHER, "absent", CODES),
            ("assessor", OWN, "started", ("1.1",)),
        ):
            for code in codes:
                scoring.score_element(
                    session,
                    assessment,
                    code,
                    level=level,
                    reason=reason,
                    version=None,
                    access=load_access(session, getattr(cast, who).id),
                    at=LATER,
                )
        return assessment.id


def every_page(person, id_):
    urls = ["/assessments/", f"/assessments/{id_}", f"/assessments/{id_}/people"]
    urls += [f"/assessments/{id_}/elements/{code}" for code in CODES]
    return {url: person.get(url) for url in urls}


@pytest.mark.parametrize(
    "who",
    [
        "assessor",
        "leader",
        "contributor",
        "moderator",
        "decision_maker",
        "observer",
        "programme_manager",
    ],
)
def test_nobody_reads_another_assessors_reason_while_scoring_goes_on(browse, cast, scored, who):
    for url, page in every_page(browse(getattr(cast, who)), scored).items():
        assert OTHER.encode() not in page.body, url


def test_no_second_role_helps_an_assessor_to_see(browse, cast, arrange, scored):
    with arrange() as session:
        grant(session, cast.assessor, Role.OBSERVER, cast.organisation)
        grant(session, cast.assessor, Role.MODERATOR, cast.organisation)
    for url, page in every_page(browse(cast.assessor), scored).items():
        assert OTHER.encode() not in page.body, url


def test_the_self_score_is_shown_after_ones_own_and_not_before(browse, cast, scored):
    assessor = browse(cast.assessor)
    after = assessor.get(f"/assessments/{scored}/elements/1.1")
    before = assessor.get(f"/assessments/{scored}/elements/1.2")
    assert SELF in after.text
    assert SELF not in before.text
    assert "Self-score" in after.text
    assert "Self-score" not in before.text


def test_the_overview_of_an_assessor_hides_the_self_level_until_their_own(browse, cast, scored):
    page = browse(cast.assessor).get(f"/assessments/{scored}")
    rows = {
        " ".join(row.xpath("string(th//bdi)").split()): " ".join(row.xpath("string(.)").split())
        for row in page.tree.xpath("//table[@id='elements']//tr[td]")
    }
    assert "Exceptional" in rows["1.1"]
    assert "Started" in rows["1.1"]
    assert all("Exceptional" not in rows[code] for code in ("1.2", "2.1", "2.2"))
    assert "Absent" not in page.text


def test_the_department_never_reads_single_assessors_and_reads_the_agreed_when_closed(
    browse, cast, arrange
):
    with arrange() as session:
        decided = walk_to(session, cast, Stage.DECISION, cycle="2025").id
        closed = walk_to(session, cast, Stage.CLOSED, cycle="2024").id
    leader = browse(cast.leader)
    first = "Seen in the register, page 14, by the first assessor."
    agreed = "Both reasons weighed; the register decides."
    for id_ in (decided, closed):
        for url, page in every_page(leader, id_).items():
            assert first not in page.text, url
    assert agreed not in leader.get(f"/assessments/{decided}/elements/1.1").text
    assert agreed in leader.get(f"/assessments/{closed}/elements/1.1").text


def test_an_assessor_never_reads_the_others_reason_afterwards_either(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.CLOSED).id
    for url, page in every_page(browse(cast.assessor), id_).items():
        assert "the second assessor saw the log" not in page.text, url


def test_the_moderator_and_the_decision_maker_read_all_reasons_when_it_is_their_turn(
    browse, cast, arrange
):
    with arrange() as session:
        moderated = walk_to(session, cast, Stage.MODERATION, cycle="2025").id
        decided = walk_to(session, cast, Stage.DECISION, cycle="2024").id
    for who, id_ in (("moderator", moderated), ("decision_maker", decided)):
        text = browse(getattr(cast, who)).get(f"/assessments/{id_}/elements/1.1").text
        assert "by the first assessor" in text
        assert "the second assessor saw the log" in text
        assert SELF in text
