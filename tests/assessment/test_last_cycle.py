"""The level agreed in the last cycle: beside the rubric, and only where it may be known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accredit.assessment import service
from accredit.assessment.domain import Stage
from accredit.identity.models import Department
from accredit.standard import service as standards
from tests.assessments import OPENED, SCOPE, open_small, self_assess, staff, walk_to
from tests.making_versions import REWORDED, newer

NEXT = OPENED + timedelta(days=300)
LEVELS = {"1.1": "partial"}


def told(page) -> str:
    """What the page says of the last cycle; "" if nothing."""
    return page.tree.xpath("normalize-space(//main//p[contains(., 'Agreed in cycle')])")


@pytest.fixture
def two_cycles(arrange, cast):
    """`two_cycles(Stage.SCORING)`: the page of an element in 2026, after a closed cycle 2025."""

    def make(stage, *, last=("assessor", "second_assessor"), now=None):
        with arrange() as session:
            walk_to(session, cast, Stage.CLOSED, LEVELS, cycle="2025", assessors=last)
            found = walk_to(session, cast, stage, cycle="2026", at=NEXT, assessors=now or last)
            return f"/assessments/{found.id}/elements/1.1"

    return make


@pytest.mark.parametrize("who", ["leader", "contributor", "programme_manager", "observer"])
def test_the_department_and_those_who_read_see_it_and_where_it_is(browse, cast, two_cycles, who):
    page = browse(getattr(cast, who)).get(two_cycles(Stage.SELF_ASSESSMENT))
    assert told(page) == "Agreed in cycle 2025: Partial"
    (link,) = page.tree.xpath("//main//p/a[contains(@href, '/elements/1.1')]/@href")
    assert "Partial" in browse(getattr(cast, who)).get(link).text
    if who in ("leader", "contributor"):
        card = page.tree.xpath("//*[@class='rubric-card'][.//input[@value='partial']]")[0]
        assert "Agreed 2025" in card.text_content()


def test_an_assessor_of_both_cycles_sees_it_only_after_their_own_score(browse, cast, two_cycles):
    url, assessor = two_cycles(Stage.SCORING), browse(cast.assessor)
    page = assessor.get(url)
    assert told(page) == ""
    assert "2025" not in page.text
    assessor.post(f"{url}/score", {"level": "good", "reason": "Seen in the register, page 4."})
    assert told(assessor.get(url)) == "Agreed in cycle 2025: Partial"


def test_an_assessor_who_did_not_judge_then_does_not_see_it_at_all(browse, cast, two_cycles):
    url = two_cycles(Stage.SCORING, last=("second_assessor",), now=("assessor",))
    assessor = browse(cast.assessor)
    assessor.post(f"{url}/score", {"level": "good", "reason": "Seen in the register, page 4."})
    page = assessor.get(url)
    assert "Good" in page.text
    assert told(page) == ""


def test_a_cycle_that_is_not_closed_is_no_last_cycle(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.DECISION, LEVELS, cycle="2025")
        found = walk_to(session, cast, Stage.SELF_ASSESSMENT, cycle="2026", at=NEXT)
        url = f"/assessments/{found.id}/elements/1.1"
    assert told(browse(cast.programme_manager).get(url)) == ""


@pytest.mark.parametrize(("code", "is_told"), [("1.1", False), ("1.2", True)])
def test_by_another_version_it_is_told_only_where_the_element_asks_the_same(
    browse, cast, arrange, code, is_told
):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED, LEVELS, cycle="2025")
        version = standards.publish(session, newer(REWORDED), by=None, at=NEXT)
        assessment = service.open_assessment(
            session,
            session.get(Department, cast.licensing),
            version,
            cycle="2026",
            scope=SCOPE,
            due_on=None,
            by=cast.programme_manager.id,
            at=NEXT,
        )
        staff(session, cast, assessment, at=NEXT)
        service.start(session, assessment, by=cast.programme_manager.id, at=NEXT)
        url = f"/assessments/{assessment.id}/elements/{code}"
    assert bool(told(browse(cast.leader).get(url))) is is_told


def test_of_several_cycles_it_is_the_last(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED, {"1.1": "absent"}, cycle="2024")
        at = OPENED + timedelta(days=100)
        walk_to(session, cast, Stage.CLOSED, LEVELS, cycle="2025", at=at)
        found = open_small(session, cast, cycle="2026", at=NEXT)
        staff(session, cast, found, at=NEXT)
        service.start(session, found, by=cast.programme_manager.id, at=NEXT)
        self_assess(session, cast, found, {"1.1": "good"}, submit=False, at=NEXT)
        url = f"/assessments/{found.id}/elements/1.1"
    assert told(browse(cast.leader).get(url)) == "Agreed in cycle 2025: Partial"
