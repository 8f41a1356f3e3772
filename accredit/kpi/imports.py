"""Imports: taking in the figures of a file somebody confirmed, and taking them back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accredit import audit
from accredit.identity.domain import Access, ForbiddenError, NotFoundError, Permission
from accredit.identity.models import Department
from accredit.identity.service import within
from accredit.kpi.choices import Choices, Figures, from_json, to_json
from accredit.kpi.domain import KpiDefinition
from accredit.kpi.models import KpiImport, Measurement
from accredit.text import N_, RuleError

PAGE_SIZE = 25
MINIMUM_REASON = 10


class ImportWithdrawnError(RuleError):
    """The import was taken back already."""

    def __init__(self) -> None:
        super().__init__(N_("This import was withdrawn already."))


class WithdrawalReasonError(RuleError):
    """An import is taken back without saying why."""

    def __init__(self) -> None:
        super().__init__(
            N_("Say why these figures must not count, in %(least)s characters or more."),
            field="reason",
            least=MINIMUM_REASON,
        )


def import_measurements(
    session: Session,
    department: Department,
    definition: KpiDefinition,
    figures: Figures,
    *,
    file_name: str,
    sha256: str,
    choices: Choices,
    by: int | None,
    at: datetime,
) -> KpiImport:
    """Store the figures of a file; `sha256` names the file in the evidence store.

    Where the department has a value of this KPI for the very same days, the new one
    counts from now on and the old one stays as replaced. `by` None is the command line.
    """
    found = figures.found
    row = KpiImport(
        department_id=department.id,
        department=department,
        kpi=definition.id,
        file_name=file_name,
        sha256=sha256,
        mapping=to_json(choices),
        accepted=found.accepted,
        blank=found.blanks,
        left_out=found.left_out,
        rejected=len(found.rejected),
        imported_by_id=by,
        imported_at=at,
    )
    session.add(row)
    session.flush()
    replaced = _replace(session, row, {window[:2] for window in figures.windows})
    for start_on, end_on, window in figures.windows:
        session.add(
            Measurement(
                department_id=department.id,
                kpi=definition.id,
                import_id=row.id,
                start_on=start_on,
                end_on=end_on,
                value=window.value.value,
                n=window.value.n,
                low=window.value.low,
                high=window.value.high,
                status=window.value.status.value,
                measured_at=at,
            )
        )
    session.flush()
    _record(
        session,
        "kpi.imported",
        row,
        by,
        at,
        file=file_name,
        sha256=sha256,
        accepted=row.accepted,
        blank=row.blank,
        left_out=row.left_out,
        rejected=row.rejected,
        windows=len(figures.windows),
        replaced=replaced,
    )
    return row


def withdraw_import(
    session: Session, row: KpiImport, *, reason: str, by: int, at: datetime
) -> None:
    """The department takes an import back and says why: its figures count no more.

    For each of its windows the newest import before it that still stands counts again,
    if there is one. Raises `ImportWithdrawnError` or `WithdrawalReasonError`.
    """
    if row.is_withdrawn:
        raise ImportWithdrawnError
    reason = reason.strip()
    if len(reason) < MINIMUM_REASON:
        raise WithdrawalReasonError
    row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason = at, by, reason
    session.flush()
    standing = session.scalars(
        select(Measurement)
        .join(Measurement.source)
        .where(
            Measurement.department_id == row.department_id,
            Measurement.kpi == row.kpi,
            KpiImport.withdrawn_at.is_(None),
        )
        .order_by(Measurement.id)
    )
    newest = {(other.start_on, other.end_on): other for other in standing}
    counting = [found for found in measurements_of(session, row.id) if found.replaced_at is None]
    for measurement in counting:
        measurement.replaced_at = at
        earlier = newest.get((measurement.start_on, measurement.end_on))
        if earlier is not None:
            earlier.replaced_at = None
    session.flush()
    _record(session, "kpi.withdrawn", row, by, at, reason=reason, windows=len(counting))


def list_imports(
    session: Session, access: Access, *, page: int, size: int = PAGE_SIZE
) -> tuple[list[KpiImport], int]:
    """One page of the imports a person may see, the newest first, and how many there are."""
    condition = within(access.reach(Permission.VIEW_KPI), KpiImport.department_id)
    total = session.scalar(select(func.count()).select_from(KpiImport).where(condition)) or 0
    query = (
        select(KpiImport)
        .where(condition)
        .options(
            joinedload(KpiImport.department).joinedload(Department.organisation),
            joinedload(KpiImport.imported_by),
        )
        .order_by(KpiImport.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return list(session.scalars(query)), total


def get_import(
    session: Session,
    import_id: int,
    access: Access,
    permission: Permission = Permission.VIEW_KPI,
) -> KpiImport:
    """An import with its department and people.

    Raises `NotFoundError` where the person cannot see it, and `ForbiddenError` where they
    see it but do not hold `permission` in its department.
    """
    query = (
        select(KpiImport)
        .where(KpiImport.id == import_id)
        .options(
            joinedload(KpiImport.department).joinedload(Department.organisation),
            joinedload(KpiImport.imported_by),
            joinedload(KpiImport.withdrawn_by),
        )
    )
    row = session.scalar(query)
    if row is None:
        raise NotFoundError
    place = (row.department.organisation_id, row.department_id)
    if not access.may_at(Permission.VIEW_KPI, *place):
        raise NotFoundError
    if not access.may_at(permission, *place):
        raise ForbiddenError
    return row


def measurements_of(session: Session, import_id: int) -> list[Measurement]:
    """The values an import brought, in order of time, whether they still count or not."""
    query = (
        select(Measurement)
        .where(Measurement.import_id == import_id)
        .order_by(Measurement.start_on, Measurement.end_on)
    )
    return list(session.scalars(query))


def with_sources(session: Session, department_id: int, kpi: str) -> list[Measurement]:
    """A KPI's values that count now, with the imports they came from and who made those."""
    query = (
        select(Measurement)
        .where(
            Measurement.department_id == department_id,
            Measurement.kpi == kpi,
            Measurement.replaced_at.is_(None),
        )
        .options(joinedload(Measurement.source).joinedload(KpiImport.imported_by))
        .order_by(Measurement.start_on, Measurement.end_on)
    )
    return list(session.scalars(query))


def choices_of(row: KpiImport) -> Choices:
    """What was chosen when the file was imported."""
    return from_json(row.mapping)


def _replace(session: Session, row: KpiImport, windows: Collection[tuple[date, date]]) -> int:
    """Let the values that counted for these very days count no more; how many there were."""
    counting = session.scalars(
        select(Measurement).where(
            Measurement.department_id == row.department_id,
            Measurement.kpi == row.kpi,
            Measurement.replaced_at.is_(None),
        )
    )
    replaced = [old for old in counting if (old.start_on, old.end_on) in windows]
    for old in replaced:
        old.replaced_at = row.imported_at
    return len(replaced)


def _record(
    session: Session, action: str, row: KpiImport, by: int | None, at: datetime, **details: object
) -> None:
    audit.record(
        session,
        action,
        audit.Subject("kpi_import", str(row.id), row.department.organisation_id, row.department_id),
        by=by,
        at=at,
        details={"kpi": row.kpi, **details},
    )
