"""What the curves of KPIs are read with: actions that were finished, assessments closed."""

from __future__ import annotations

from datetime import date

import pytest

from accredit.assessment.domain import Stage
from accredit.improvement import service
from accredit.improvement.domain import ActionStatus
from tests.assessments import walk_to
from tests.gap.making import measure
from tests.improvement.making import NOW, promise

GAP = {"1.1": "started", "2.1": "partial"}


def happened(page) -> dict[str, str]:
    """What stands beside each month of the first KPI that looks at it."""
    found = {}
    for row in page.tree.xpath("//figure[contains(figcaption, 'over time')]//tbody/tr"):
        cells = ["".join(cell.itertext()) for cell in row]
        if cells[-1] and len(cells) == 4:
            found[cells[0]] = cells[-1]
    return found


@pytest.fixture
def own(arrange, cast):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.CLOSED, GAP)
        for month in range(1, 5):
            measure(session, cast, "csat", 30 + month, 50, month=month)
        return f"/gap-reports/{assessment.id}"


def finish(session, cast, *, kpi: str, title: str, department_id: int | None = None) -> None:
    action = promise(session, cast, kpi=kpi, target=90.0, title=title, department_id=department_id)
    service.change_status(
        session,
        action,
        ActionStatus.DONE,
        note="It is in use.",
        version=action.version,
        by=cast.leader.id,
        at=NOW,
        today=date(2026, 3, 2),
    )


def test_a_finished_action_is_marked_on_the_curve_it_promised_to_move(browse, cast, own, arrange):
    with arrange() as session:
        finish(session, cast, kpi="csat", title="Shorter forms")
        finish(session, cast, kpi="nps", title="Another promise")
    told = happened(browse(cast.leader).get(own))
    assert told["Mar 2026"] == "Action finished: Shorter forms"
    assert "Another promise" not in str(told)


def test_the_day_it_was_closed_is_marked_on_every_curve(browse, cast, own):
    # OPENED is on 4 February in the tests, and closed four days later.
    assert list(happened(browse(cast.leader).get(own)).values()) == ["Assessment 2026 closed"]


def test_whoever_may_not_see_the_plan_is_told_nothing_of_it(browse, cast, own, arrange):
    with arrange() as session:
        finish(session, cast, kpi="csat", title="Shorter forms")
    assert "Shorter forms" in browse(cast.observer).get(own).text
    for judge in (cast.moderator, cast.decision_maker):
        page = browse(judge).get(own)
        assert page.status == 200
        assert "Shorter forms" not in page.text


def test_the_plan_of_another_department_is_told_nowhere(browse, cast, own, arrange):
    with arrange() as session:
        finish(session, cast, kpi="csat", title="Theirs", department_id=cast.contact_centre)
    assert "Theirs" not in browse(cast.observer).get(own).text
