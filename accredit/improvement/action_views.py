"""The pages of one action: adding, looking, changing, reporting, verifying."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment.service import get_assessment
from accredit.database import db
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission
from accredit.identity.forms import department_choices
from accredit.identity.models import Department, Person
from accredit.identity.service import get_department, list_departments
from accredit.identity.sign_in import current_access, current_person
from accredit.improvement import display, service
from accredit.improvement.blueprint import blueprint, find_action, today
from accredit.improvement.board import View
from accredit.improvement.charting import promise_chart
from accredit.improvement.domain import ActionStatus, ClosedActionError
from accredit.improvement.forms import ActionForm, ReportForm, VerificationForm, whole
from accredit.improvement.history import history_of
from accredit.improvement.models import ImprovementAction
from accredit.improvement.plan import (
    list_owners,
    load_readings,
    may_manage,
    may_report,
    promise_of,
    row_of,
)
from accredit.improvement.service import Origin, StaleActionError
from accredit.improvement.verification import ensure_may_verify
from accredit.improvement.verifying import list_verifiers, may_verify, parts_of, verify_action
from accredit.kpi import service as kpis
from accredit.standard.domain import Element
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell
from accredit.web.svg import to_svg


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLAN)
def new() -> tuple[str, int] | Response:
    """Add an action: for a department, perhaps for one gap of an assessment of it."""
    session = db.session()
    form = ActionForm(data=request.args.to_dict() if request.method == "GET" else None)
    places = list_departments(session, current_access(), Permission.MANAGE_PLAN)
    origin = _origin(form)
    department = _department(form, origin, places)
    if department is None:
        return page("improvement/choose.html", choices=department_choices(places))
    element = _element(origin)
    _offer(form, department, element)
    context = {"form": form, "department": department, "element": element}
    if request.method == "GET":
        return page("improvement/new.html", **context)
    if not form.validate():
        return page("improvement/new.html", 422, **context)
    try:
        action = service.create_action(
            session,
            department,
            form.details(),
            origin=origin,
            by=current_person().id,
            at=clock.now(),
            today=today(),
        )
    except RuleError as error:
        show_rule_error(form, error)
        return page("improvement/new.html", 422, **context)
    tell(N_("The action is in the plan."))
    return see_other(url_for(".show", action_id=action.id))


@blueprint.get("/<int:action_id>")
@requires(Permission.VIEW_PLAN)
def show(action_id: int) -> tuple[str, int]:
    """One action: what it promises, what the measurements say, what happened."""
    return _action_page(find_action(action_id))


@blueprint.route("/<int:action_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLAN)
def edit(action_id: int) -> tuple[str, int] | Response:
    """Change what an open action says and promises."""
    action = find_action(action_id, Permission.MANAGE_PLAN)
    if not ActionStatus(action.status).is_open:
        raise ClosedActionError
    form = ActionForm.showing(action) if request.method == "GET" else ActionForm()
    _offer(form, action.department, None, owner=action.owner)
    if request.method == "GET":
        return _edit_page(action, form)
    if not form.validate():
        return _edit_page(action, form, 422)
    try:
        service.update_action(
            db.session(),
            action,
            form.details(),
            version=form.loaded_version,
            by=current_person().id,
            at=clock.now(),
            today=today(),
        )
    except StaleActionError as error:
        # The person's text stays in the form; sent again, it goes on top of what is shown.
        form.version.data = str(error.current.version)
        show_rule_error(form, error)
        return _edit_page(action, form, 409, conflict=True)
    except RuleError as error:
        show_rule_error(form, error)
        return _edit_page(action, form, 422)
    tell(N_("Saved."))
    return see_other(url_for(".show", action_id=action_id))


@blueprint.post("/<int:action_id>/status")
@requires(Permission.VIEW_PLAN)
def report(action_id: int) -> tuple[str, int] | Response:
    """Say how far the action is: its owner, or who owns the plan."""
    action = find_action(action_id)
    if not may_report(current_access(), action):
        raise ForbiddenError
    form = ReportForm()
    form.offer(ActionStatus(action.status))
    if not form.validate():
        return _action_page(action, 422, form=form)
    try:
        service.change_status(
            db.session(),
            action,
            form.status.data,
            note=form.note.data or "",
            version=form.loaded_version,
            by=current_person().id,
            at=clock.now(),
            today=today(),
        )
    except StaleActionError as error:
        form.version.data = str(error.current.version)
        show_rule_error(form, error)
        return _action_page(action, 409, form=form)
    except RuleError as error:
        show_rule_error(form, error)
        return _action_page(action, 422, form=form)
    tell(N_("Saved."))
    return see_other(_board_url(action_id) or url_for(".show", action_id=action_id))


@blueprint.post("/<int:action_id>/verification")
@requires(Permission.VERIFY_ACTION)
def verify(action_id: int) -> tuple[str, int] | Response:
    """Say whether an action that is done worked: somebody who had no part in it."""
    action = find_action(action_id, Permission.VERIFY_ACTION)
    form = VerificationForm()
    form.offer()
    ensure_may_verify(ActionStatus(action.status), parts_of(action), current_person().id)
    if not form.validate():
        return _action_page(action, 422, verification=form)
    try:
        verify_action(
            db.session(),
            action,
            form.outcome.data,
            finding=form.finding.data or "",
            version=form.loaded_version,
            by=current_person().id,
            at=clock.now(),
            today=today(),
        )
    except StaleActionError as error:
        form.version.data = str(error.current.version)
        show_rule_error(form, error)
        return _action_page(action, 409, verification=form)
    except RuleError as error:
        show_rule_error(form, error)
        return _action_page(action, 422, verification=form)
    tell(N_("Saved."))
    return see_other(url_for(".show", action_id=action_id))


def _board_url(action_id: int) -> str | None:
    """Back to the board the step was taken on, with its filters, where the action now stands."""
    if request.args.get("view") != View.BOARD.value:
        return None
    asked = {
        name: request.args[name]
        for name in ("department", "show", "owner", "overdue")
        if name in request.args
    }
    place = f"action-{action_id}"
    return url_for(".index", view=View.BOARD.value, **asked, _anchor=place)  # type: ignore[arg-type] # names of filters only


def _action_page(
    action: ImprovementAction,
    status: int = 200,
    *,
    form: ReportForm | None = None,
    verification: VerificationForm | None = None,
) -> tuple[str, int]:
    session, access = db.session(), current_access()
    readings = load_readings(session, [action]).get((action.department_id, action.kpi or ""), [])
    row = row_of(action, readings, today())
    promise = promise_of(action, row.definition) if row.definition else None
    chart = promise_chart(promise, readings) if promise else None
    if form is None:
        form = ReportForm(
            formdata=None, data={"status": row.status, "version": str(action.version)}
        )
        form.offer(row.status)
    if verification is None:
        verification = VerificationForm(formdata=None, data={"version": str(action.version)})
        verification.offer()
    return page(
        "improvement/show.html",
        status,
        action=action,
        row=row,
        element=_element(_origin_of(action)),
        chart=chart,
        chart_svg=to_svg(chart, id="promise-chart") if chart else None,
        history=history_of(session, action),
        form=form,
        verification=verification,
        verifiers=list_verifiers(session, action) if row.status is ActionStatus.DONE else [],
        may_verify=may_verify(access, action),
        may_edit=may_manage(access, action) and row.status.is_open,
        may_report=may_report(access, action),
        words=display,
    )


def _edit_page(
    action: ImprovementAction, form: ActionForm, status: int = 200, *, conflict: bool = False
) -> tuple[str, int]:
    rows = row_of(action, [], today())
    return page(
        "improvement/edit.html",
        status,
        action=action,
        row=rows,
        form=form,
        conflict=conflict,
        words=display,
    )


def _offer(
    form: ActionForm,
    department: Department,
    element: Element | None,
    *,
    owner: Person | None = None,
) -> None:
    """Fill the form's lists; an owner who works elsewhere by now may stay."""
    session = db.session()
    owners = list_owners(session, [department])
    if owner is not None and owner not in owners:
        owners.append(owner)
    form.offer(
        owners,
        service.latest_readings(session, department.id),
        kpis.targets(session, department.id),
        element.kpis if element else (),
    )


def _origin(form: ActionForm) -> Origin | None:
    """The gap the form came from; `NotFoundError` for one the person cannot see."""
    if not form.assessment.data or not form.element.data:
        return None
    assessment = get_assessment(
        db.session(),
        whole(form.assessment.data) or 0,
        current_access(),
        Permission.VIEW_GAP_REPORT,
    )
    if read_standard(assessment.standard_version).find_element(form.element.data) is None:
        raise NotFoundError
    return Origin(assessment, form.element.data)


def _department(
    form: ActionForm, origin: Origin | None, places: list[Department]
) -> Department | None:
    """Whose plan it is; None while one of several has to be chosen."""
    wanted = origin.assessment.department_id if origin else whole(form.department.data)
    if wanted is None:
        return places[0] if len(places) == 1 else None
    return get_department(db.session(), wanted, current_access(), Permission.MANAGE_PLAN)


def _origin_of(action: ImprovementAction) -> Origin | None:
    if action.assessment is None or action.element_code is None:
        return None
    return Origin(action.assessment, action.element_code)


def _element(origin: Origin | None) -> Element | None:
    if origin is None:
        return None
    return read_standard(origin.assessment.standard_version).find_element(origin.element_code)
