"""Pages under /organisations: the bodies that are served, and their departments."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.database import db
from accredit.identity import organisations, service
from accredit.identity.blueprint import blueprint
from accredit.identity.domain import Permission
from accredit.identity.forms import OrganisationForm, RenameForm
from accredit.identity.models import Department, Organisation
from accredit.identity.organisations import RenamedError
from accredit.identity.sign_in import current_access, current_person
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell


@blueprint.get("/organisations", endpoint="organisations")
@requires(Permission.MANAGE_ORGANISATIONS)
def organisation_list() -> tuple[str, int]:
    """All organisations with their departments."""
    found = organisations.list_organisations(db.session(), current_access())
    return page("identity/organisations.html", organisations=found)


@blueprint.get("/organisations/new")
@requires(Permission.MANAGE_ORGANISATIONS)
def new_organisation() -> tuple[str, int]:
    """The form for a new organisation."""
    return page("identity/new_organisation.html", form=OrganisationForm())


@blueprint.post("/organisations/new")
@requires(Permission.MANAGE_ORGANISATIONS)
def create_organisation() -> Response | tuple[str, int]:
    """Make the organisation."""
    form = OrganisationForm()
    if not form.validate():
        return page("identity/new_organisation.html", 422, form=form)
    try:
        made = service.create_organisation(
            db.session(),
            code=form.code.data or "",
            name=form.name_given,
            by=current_person().id,
            at=clock.now(),
        )
    except RuleError as error:
        show_rule_error(form, error)
        return page("identity/new_organisation.html", 422, form=form)
    tell(N_("The organisation is saved. Add its departments now."))
    return see_other(url_for("identity.organisation", organisation_id=made.id))


@blueprint.get("/organisations/<int:organisation_id>")
@requires(Permission.MANAGE_ORGANISATIONS)
def organisation(organisation_id: int) -> tuple[str, int]:
    """An organisation and its departments."""
    return _organisation_page(_find(organisation_id), OrganisationForm())


@blueprint.post("/organisations/<int:organisation_id>/departments")
@requires(Permission.MANAGE_ORGANISATIONS)
def create_department(organisation_id: int) -> Response | tuple[str, int]:
    """Add a department."""
    found, form = _find(organisation_id), OrganisationForm()
    if not form.validate():
        return _organisation_page(found, form, 422)
    try:
        service.create_department(
            db.session(),
            found,
            code=form.code.data or "",
            name=form.name_given,
            by=current_person().id,
            at=clock.now(),
        )
    except RuleError as error:
        show_rule_error(form, error)
        return _organisation_page(found, form, 422)
    tell(N_("The department is added."))
    return see_other(url_for("identity.organisation", organisation_id=organisation_id))


@blueprint.get("/organisations/<int:organisation_id>/name")
@requires(Permission.MANAGE_ORGANISATIONS)
def organisation_name(organisation_id: int) -> tuple[str, int]:
    """The form for an organisation's new name."""
    found = _find(organisation_id)
    return _rename_page(found, found, _rename_form(found))


@blueprint.post("/organisations/<int:organisation_id>/name")
@requires(Permission.MANAGE_ORGANISATIONS)
def rename_organisation(organisation_id: int) -> Response | tuple[str, int]:
    """Save an organisation's new name."""
    found = _find(organisation_id)
    return _rename(found, found)


@blueprint.get("/organisations/<int:organisation_id>/departments/<int:department_id>")
@requires(Permission.MANAGE_ORGANISATIONS)
def department_name(organisation_id: int, department_id: int) -> tuple[str, int]:
    """The form for a department's new name."""
    found = _find(organisation_id)
    department = organisations.get_own_department(found, department_id)
    return _rename_page(found, department, _rename_form(department))


@blueprint.post("/organisations/<int:organisation_id>/departments/<int:department_id>")
@requires(Permission.MANAGE_ORGANISATIONS)
def rename_department(organisation_id: int, department_id: int) -> Response | tuple[str, int]:
    """Save a department's new name."""
    found = _find(organisation_id)
    return _rename(found, organisations.get_own_department(found, department_id))


def _find(organisation_id: int) -> Organisation:
    return organisations.get_organisation(db.session(), organisation_id, current_access())


def _organisation_page(
    found: Organisation, form: OrganisationForm, status: int = 200
) -> tuple[str, int]:
    return page("identity/organisation.html", status, organisation=found, form=form)


def _rename_form(named: Organisation | Department) -> RenameForm:
    return RenameForm(
        formdata=None, name_en=named.name_en, name_ar=named.name_ar, version=named.version
    )


def _rename_page(
    found: Organisation, named: Organisation | Department, form: RenameForm, status: int = 200
) -> tuple[str, int]:
    return page("identity/rename.html", status, organisation=found, named=named, form=form)


def _rename(found: Organisation, named: Organisation | Department) -> Response | tuple[str, int]:
    form = RenameForm()
    if not form.validate():
        return _rename_page(found, named, form, 422)
    name, version = form.name_given, form.version_given
    by, at = current_person().id, clock.now()
    try:
        if isinstance(named, Department):
            organisations.rename_department(
                db.session(), named, name=name, version=version, by=by, at=at
            )
        else:
            organisations.rename_organisation(
                db.session(), named, name=name, version=version, by=by, at=at
            )
    except RenamedError as error:
        show_rule_error(form, error)
        # Saving once more, after having read the other name, is then on purpose.
        form.version.data = str(named.version)
        return _rename_page(found, named, form, 409)
    tell(N_("The new name is saved. Certificates already issued keep the old one."))
    return see_other(url_for("identity.organisation", organisation_id=found.id))
