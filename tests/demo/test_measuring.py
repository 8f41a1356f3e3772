"""The story's figures move as it says, and its promises are kept, missed or late accordingly."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import clock
from accredit.audit import Event
from accredit.demo.diary import Diary
from accredit.demo.measuring import MONTHS, last_months
from accredit.identity.models import Department
from accredit.identity.service import load_access
from accredit.improvement.models import ImprovementAction
from accredit.improvement.plan import Wanted, list_plan
from accredit.improvement.promise import PromiseVerdict
from accredit.kpi import service as kpis
from accredit.kpi.comparison import Change, Standing, compare
from accredit.kpi.loader import service_kpis
from accredit.kpi.models import Measurement
from tests.demo.conftest import Told

Reading = Callable[[], AbstractContextManager[Session]]


def _series(session: Session, code: str, kpi: str) -> list[Measurement]:
    department = session.scalars(select(Department).where(Department.code == code)).one()
    return kpis.series(session, department.id, kpi)


def _following(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _change(rows: list[Measurement]) -> Change:
    usable = [row for row in rows if row.status == "ok"]
    definition = service_kpis().get(rows[0].kpi)
    return compare(
        kpis.value_of(usable[4]),
        kpis.value_of(usable[-1]),
        definition.direction,
        definition.interval,
    ).change


@pytest.mark.parametrize(
    ("code", "kpi", "change"),
    [
        ("LIC", "csat", Change.IMPROVED),
        ("LIC", "ces", Change.IMPROVED),
        ("LIC", "resolution_time", Change.IMPROVED),
        ("LIC", "response_time", Change.IMPROVED),
        ("LIC", "nps", Change.NOT_SHOWN),
        ("CC", "csat", Change.WORSE),
        ("CC", "response_time", Change.WORSE),
        ("CC", "nps", Change.NOT_SHOWN),
        ("DIG", "csat", Change.NOT_SHOWN),
        ("DIG", "churn", Change.IMPROVED),
    ],
)
def test_a_series_of_eighteen_months_moves_as_the_story_says(
    reading: Reading, code: str, kpi: str, change: Change
) -> None:
    with reading() as session:
        rows = _series(session, code, kpi)

        assert len(rows) == MONTHS
        assert _change(rows) is change


def test_one_month_has_too_few_answers(reading: Reading) -> None:
    with reading() as session:
        rows = _series(session, "LIC", "nps")

        assert [row.status for row in rows].count("insufficient") == 2
        assert rows[-1].status == "insufficient"
        assert rows[-1].n < service_kpis().get("nps").minimum_n


def test_kept_and_lost_customers_are_the_same_customers(reading: Reading) -> None:
    with reading() as session:
        kept, lost = _series(session, "DIG", "retention"), _series(session, "DIG", "churn")

        pairs = [(a.value, b.value) for a, b in zip(kept, lost, strict=True)]
    assert all(a is not None and b is not None and abs(a + b - 100) < 1e-9 for a, b in pairs)


def test_targets_are_met_missed_and_unclear(reading: Reading) -> None:
    found = set()
    with reading() as session:
        for department in session.scalars(select(Department)):
            targets = kpis.targets(session, department.id)
            for kpi, row in kpis.latest(session, department.id).items():
                found.add(kpis.standing_of(service_kpis().get(kpi), row, targets[kpi]))

    assert found >= {Standing.MET, Standing.MISSED, Standing.UNCLEAR}


def test_actions_stand_at_every_status_some_are_late_and_some_unproven(
    reading: Reading, told: Told
) -> None:
    today = clock.today(told.settings.time_zone)
    with reading() as session:
        manager = session.scalars(
            select(ImprovementAction.created_by_id).order_by(ImprovementAction.id)
        ).all()
        plans = [
            list_plan(session, load_access(session, person), Wanted(), today=today)
            for person in sorted(set(manager))
        ]
        rows = [row for plan in plans for row in plan.rows]

        assert {row.status.value for row in rows} == {
            *("planned", "in_progress", "done", "verified", "cancelled")
        }
        assert any(row.overdue for row in rows)
        assert any(row.unproven for row in rows)
        assert any(row.action.owner_id is None for row in rows)
        verified = [row.action for row in rows if row.action.verified_by_id]
        assert len(verified) >= 3
        assert all(
            action.verified_by_id not in (action.owner_id, action.finished_by_id)
            for action in verified
        )
        sent_back = select(Event.id).where(Event.action == "improvement.sent_back")
        assert session.scalars(sent_back).all()
        verdicts = {row.progress.verdict for row in rows if row.progress}
    assert verdicts >= {
        *(PromiseVerdict.TARGET_MET, PromiseVerdict.NOT_SHOWN, PromiseVerdict.WORSE)
    }


def test_actions_were_drafted_from_last_years_gaps(reading: Reading) -> None:
    with reading() as session:
        rows = session.scalars(select(ImprovementAction)).all()
        drafted = [row for row in rows if row.element_code]
        stages = {row.assessment.stage for row in drafted if row.assessment}

    assert len(drafted) >= 10
    assert stages == {"closed"}
    assert len(rows) > len(drafted)


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2027, 7, 1), date(2028, 2, 1)])
def test_the_months_end_before_they_are_imported_whatever_day_it_is(start: date) -> None:
    for ahead in range(200):
        today = start + timedelta(days=ahead)
        months = last_months(today)
        diary = Diary(today, ZoneInfo("Asia/Riyadh"))

        assert len(months) == MONTHS
        assert all(_following(a) == b for a, b in pairwise(months))
        # The last import is on the working day before today; the month must be over by then.
        assert _following(months[-1]) <= diary.day(1)
        # The story's decisions rest on a month in which nothing had begun to move.
        decided_on = [month for month in months if _following(month) < diary.day(366)]
        assert 4 <= len(decided_on) <= 7
