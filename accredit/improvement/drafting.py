"""Drafting a plan from the gaps of an assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accredit.assessment.models import Assessment
from accredit.gap.domain import GapReport
from accredit.gap.service import load_report
from accredit.identity.domain import Access, ForbiddenError, Permission
from accredit.improvement.domain import DONE, OPEN, ActionStatus, shorten
from accredit.improvement.models import ImprovementAction
from accredit.improvement.proposal import Proposal, propose
from accredit.improvement.service import add, copy_promise, latest_readings
from accredit.kpi import service as kpis
from accredit.kpi.loader import service_kpis
from accredit.standard.models import StandardVersion
from accredit.text import N_, RuleError


class NothingChosenError(RuleError):
    """A draft without a single gap."""

    def __init__(self) -> None:
        super().__init__(N_("Tick at least one gap."), field="codes")


class AlreadyPlannedError(RuleError):
    """A gap was planned by somebody else meanwhile, or is no gap any more."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The plan or the report changed while you were choosing. "
                "Look at the gaps again, then draft."
            ),
            field="codes",
        )


def preview(
    session: Session, assessment: Assessment, access: Access, *, today: date
) -> tuple[GapReport, tuple[Proposal, ...]]:
    """The gap report and an action proposed for each of its gaps; nothing is stored.

    The assessment comes from `get_assessment(…, Permission.VIEW_GAP_REPORT)`. Raises
    `ForbiddenError` for whoever does not own the department's plan.
    """
    department = assessment.department
    if not access.may_at(Permission.MANAGE_PLAN, department.organisation_id, department.id):
        raise ForbiddenError
    report = load_report(session, assessment, access, today)
    proposals = propose(
        report,
        readings=latest_readings(session, department.id),
        targets=kpis.targets(session, department.id),
        planned=_planned(session, assessment),
        catalogue=service_kpis(),
        today=today,
    )
    return report, proposals


def draft(
    session: Session,
    assessment: Assessment,
    proposals: Sequence[Proposal],
    codes: Sequence[str],
    *,
    titles: Mapping[str, str],
    by: int,
    at: datetime,
) -> list[ImprovementAction]:
    """Put the proposed actions for the chosen elements into the plan, without owners yet.

    `proposals` are those of `preview` in the same transaction, `titles` their titles in
    the drafter's language. Raises `NothingChosenError` or `AlreadyPlannedError`.
    """
    if not codes:
        raise NothingChosenError
    wanted = set(codes)
    free = {item.code for item in proposals if item.planned_id is None}
    if not wanted <= free:
        raise AlreadyPlannedError
    chosen = [proposal for proposal in proposals if proposal.code in wanted]
    return [_draft(session, assessment, item, titles[item.code], by, at) for item in chosen]


def _draft(
    session: Session,
    assessment: Assessment,
    proposal: Proposal,
    title: str,
    by: int,
    at: datetime,
) -> ImprovementAction:
    action = ImprovementAction(
        department=assessment.department,
        assessment=assessment,
        element_code=proposal.code,
        title=shorten(title),
        description="",
        due_on=proposal.due_on,
        status=ActionStatus.PLANNED.value,
        progress_note="",
        created_by_id=by,
        created_at=at,
    )
    copy_promise(action, proposal.kpi, proposal.baseline, proposal.target)
    return add(session, action, "improvement.drafted", by=by, at=at)


def _planned(session: Session, assessment: Assessment) -> dict[str, int]:
    """The actions that close a gap of this department by element code.

    One that is open does, from whichever assessment of the same standard it came; one that
    is done does only for its own assessment: a gap found again later needs a new action.
    """
    query = (
        select(ImprovementAction.element_code, ImprovementAction.id)
        .join(Assessment, Assessment.id == ImprovementAction.assessment_id)
        .join(StandardVersion, StandardVersion.id == Assessment.standard_version_id)
        .where(
            ImprovementAction.department_id == assessment.department_id,
            ImprovementAction.element_code.is_not(None),
            StandardVersion.standard_id == assessment.standard_version.standard_id,
            or_(
                ImprovementAction.status.in_([status.value for status in OPEN]),
                ImprovementAction.status.in_([status.value for status in DONE])
                & (ImprovementAction.assessment_id == assessment.id),
            ),
        )
        .order_by(ImprovementAction.id)
    )
    return {str(code): id_ for code, id_ in session.execute(query)}
