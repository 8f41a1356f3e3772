"""Which actions were finished when: what a KPI's curve is read with."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accredit.database import plain_rows
from accredit.gap.comparing import Happening, Moment
from accredit.improvement.models import ImprovementAction

# Built once: asked for every gap report. What is taken up again is finished no more.
_FINISHED = (
    select(ImprovementAction.finished_on, ImprovementAction.title, ImprovementAction.kpi)
    .where(
        ImprovementAction.department_id == bindparam("department_id"),
        ImprovementAction.finished_on.is_not(None),
        ImprovementAction.kpi.is_not(None),
    )
    .order_by(ImprovementAction.finished_on, ImprovementAction.id)
)


def finished_actions(session: Session, department_id: int) -> list[Moment]:
    """The finished actions of a department that promised to move a KPI, the oldest first."""
    return [
        Moment(finished_on, Happening.ACTION_FINISHED, title, kpi)
        for finished_on, title, kpi in plain_rows(
            session, _FINISHED, {"department_id": department_id}
        )
        if finished_on is not None
    ]
