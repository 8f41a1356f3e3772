"""Organisations and departments: finding and renaming them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accredit.identity.domain import Access, NotFoundError, Permission
from accredit.identity.models import Department, Organisation
from accredit.identity.service import record
from accredit.text import N_, Bilingual, RuleError


class RenamedError(RuleError):
    """Somebody else changed the name after the form was opened."""

    def __init__(self, name: Bilingual) -> None:
        super().__init__(
            N_(
                "Somebody else changed this name while you were working. It is now “%(name)s”. "
                "Yours is kept below: save again to replace it."
            ),
            name=name,
        )


def list_organisations(session: Session, access: Access) -> list[Organisation]:
    """The organisations the asker manages, with their departments, by English name."""
    query = (
        select(Organisation)
        .options(selectinload(Organisation.departments))
        .order_by(Organisation.name_en, Organisation.id)
    )
    reach = access.reach(Permission.MANAGE_ORGANISATIONS)
    if not reach.everywhere:
        query = query.where(Organisation.id.in_(reach.organisation_ids))
    return list(session.scalars(query))


def get_organisation(session: Session, organisation_id: int, access: Access) -> Organisation:
    """An organisation the asker manages; else `NotFoundError`."""
    organisation = session.get(
        Organisation, organisation_id, options=[selectinload(Organisation.departments)]
    )
    if organisation is None or not access.may_at(Permission.MANAGE_ORGANISATIONS, organisation_id):
        raise NotFoundError
    return organisation


def get_own_department(organisation: Organisation, department_id: int) -> Department:
    """A department of the organisation; else `NotFoundError`."""
    for department in organisation.departments:
        if department.id == department_id:
            return department
    raise NotFoundError


def rename_organisation(
    session: Session,
    organisation: Organisation,
    *,
    name: Bilingual,
    version: int,
    by: int,
    at: datetime,
) -> None:
    """Give the organisation a new name; documents already issued keep the old one.

    `version` is the one the form showed; raises `RenamedError` if it is not the present one.
    """
    change = _rename(organisation, name, version)
    if change:
        session.flush()
        record(
            session,
            "organisation.renamed",
            organisation.id,
            organisation.id,
            by,
            at,
            changes=change,
        )


def rename_department(
    session: Session,
    department: Department,
    *,
    name: Bilingual,
    version: int,
    by: int,
    at: datetime,
) -> None:
    """Give the department a new name; as `rename_organisation`."""
    change = _rename(department, name, version)
    if change:
        session.flush()
        record(
            session,
            "department.renamed",
            department.id,
            department.organisation_id,
            by,
            at,
            department_id=department.id,
            changes=change,
        )


def _rename(
    renamed: Organisation | Department, name: Bilingual, version: int
) -> dict[str, list[str]]:
    """Set the names and answer what changed: key → [before, after]."""
    if renamed.version != version:
        raise RenamedError(renamed.name)
    pairs = {"name_en": [renamed.name_en, name.en], "name_ar": [renamed.name_ar, name.ar]}
    renamed.name_en, renamed.name_ar = name.en, name.ar
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
