"""Drafting a plan from the gaps of an assessment: choosing, then storing."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from accredit import clock, i18n
from accredit.assessment.service import get_assessment
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access, current_person
from accredit.improvement import display, drafting
from accredit.improvement.blueprint import blueprint, today
from accredit.improvement.drafting import AlreadyPlannedError
from accredit.improvement.forms import DraftForm
from accredit.improvement.proposal import DEADLINES
from accredit.kpi.loader import service_kpis
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell


@blueprint.route("/draft/<int:assessment_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLAN)
def draft(assessment_id: int) -> tuple[str, int] | Response:
    """The gaps with the action each would get; nothing is stored before the person sends it."""
    session, access = db.session(), current_access()
    assessment = get_assessment(session, assessment_id, access, Permission.VIEW_GAP_REPORT)
    report, proposals = drafting.preview(session, assessment, access, today=today())
    free = [item.code for item in proposals if item.planned_id is None]
    form = DraftForm(data={"codes": free} if request.method == "GET" else None)
    context = {
        "assessment": assessment,
        "report": report,
        "proposals": proposals,
        "free": free,
        "form": form,
        "catalogue": service_kpis(),
        "deadlines": [days for _, days in DEADLINES],
        "words": display,
    }
    if request.method == "GET":
        return page("improvement/draft.html", **context)
    try:
        added = drafting.draft(
            session,
            assessment,
            proposals,
            form.codes.data or [],
            titles={item.code: i18n.translate(item.title) for item in proposals},
            by=current_person().id,
            at=clock.now(),
        )
    except AlreadyPlannedError as error:
        show_rule_error(form, error)
        return page("improvement/draft.html", 409, **context)
    except RuleError as error:
        show_rule_error(form, error)
        return page("improvement/draft.html", 422, **context)
    tell(N_("Actions added to the plan: %(count)s. Give each an owner."), count=len(added))
    return see_other(url_for(".index", department=assessment.department_id))
