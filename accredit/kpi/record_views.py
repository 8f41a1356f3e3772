"""Pages under /kpis/imports: who imported what and when, and taking it back."""

from __future__ import annotations

from math import ceil

from flask import request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.kpi import display, imports
from accredit.kpi.blueprint import blueprint
from accredit.kpi.choices import hours_text
from accredit.kpi.forms import WithdrawForm
from accredit.kpi.loader import service_kpis
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.numbers import asked_number
from accredit.web.pages import page, see_other, tell


@blueprint.get("/imports", endpoint="imports")
@requires(Permission.VIEW_KPI)
def import_list() -> tuple[str, int]:
    """Who imported what, when, from which file."""
    number = max(1, request.args.get("page", 1, type=asked_number))
    rows, total = imports.list_imports(db.session(), current_access(), page=number)

    def url_of(other: int) -> str:
        return url_for(".imports", page=other)

    return page(
        "kpi/imports.html",
        rows=rows,
        total=total,
        number=number,
        last=max(1, ceil(total / imports.PAGE_SIZE)),
        url_of=url_of,
        words=display,
    )


@blueprint.get("/imports/<int:import_id>")
@requires(Permission.VIEW_KPI)
def show_import(import_id: int) -> tuple[str, int]:
    """One import: its file, its choices, its figures."""
    return _import_page(import_id, WithdrawForm(formdata=None))


@blueprint.post("/imports/<int:import_id>/withdraw")
@requires(Permission.IMPORT_KPI)
def withdraw(import_id: int) -> tuple[str, int] | BaseResponse:
    """The department takes an import back."""
    session = db.session()
    row = imports.get_import(session, import_id, current_access(), Permission.IMPORT_KPI)
    form = WithdrawForm()
    if not form.validate():
        return _import_page(import_id, form, 422)
    try:
        imports.withdraw_import(
            session,
            row,
            reason=form.reason.data or "",
            by=current_person().id,
            at=clock.now(),
        )
    except imports.ImportWithdrawnError:
        raise
    except RuleError as error:
        show_rule_error(form, error)
        return _import_page(import_id, form, 422)
    tell(N_("The import was withdrawn. Its record stays."))
    return see_other(url_for(".show_import", import_id=import_id))


def _import_page(import_id: int, form: WithdrawForm, status: int = 200) -> tuple[str, int]:
    session, access = db.session(), current_access()
    row = imports.get_import(session, import_id, access)
    choices = imports.choices_of(row)
    return page(
        "kpi/import.html",
        status,
        row=row,
        definition=service_kpis().find(row.kpi),
        choices=choices,
        hours=hours_text(choices.mapping.hours) if choices.mapping.hours else None,
        measurements=imports.measurements_of(session, import_id),
        form=form,
        words=display,
        may_withdraw=not row.is_withdrawn
        and access.may_at(Permission.IMPORT_KPI, row.department.organisation_id, row.department_id),
    )
