"""The page on which an assessment is decided. Its address is given in `views`."""

from __future__ import annotations

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from accredit import clock
from accredit.assessment.domain import Stage, WrongStageError
from accredit.assessment.models import Assessment, DeclaredInterest
from accredit.assessment.recusing import ties_to
from accredit.assessment.service import (
    ensure_may_decide,
    get_assessment,
    roles_in,
    waiting_for,
)
from accredit.assessment.sight import sight
from accredit.certificate import service
from accredit.certificate.domain import DecisionKind, StaleDecisionError
from accredit.certificate.forms import REFUSE, DecisionForm, whole_number
from accredit.certificate.judging import Judgement
from accredit.certificate.summary import summarise
from accredit.database import db
from accredit.evidence.bucket import store_for
from accredit.identity.domain import (
    ROLE_NAMES,
    ForbiddenError,
    NotFoundError,
    Permission,
    allows,
)
from accredit.identity.sign_in import current_access, current_person
from accredit.standard.scoring.explain import exact_text
from accredit.standard.service import read_standard
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell


@requires(Permission.VIEW_ASSESSMENT)
def show(assessment_id: int) -> ResponseReturnValue:
    """What the decision rests on, the form for it, and afterwards the decision itself."""
    return _show(_get(assessment_id, Permission.VIEW_ASSESSMENT))


@requires(Permission.DECIDE)
def decide(assessment_id: int) -> ResponseReturnValue:
    """Grant or refuse."""
    assessment = _get(assessment_id, Permission.DECIDE)
    ensure_may_decide(db.session(), assessment, current_access())
    form = DecisionForm()
    settings = current_app.config["SETTINGS"]
    today = clock.today(settings.time_zone)
    judgement = service.judge(db.session(), assessment, today=today)
    _offer(form, judgement)
    if not form.validate():
        return _show(assessment, form, 422)
    refuse = form.award.data == REFUSE
    try:
        taken = service.decide(
            db.session(),
            assessment,
            kind=DecisionKind.REFUSE if refuse else DecisionKind.GRANT,
            award=None if refuse else form.award.data,
            reason=form.reason.data or "",
            version=whole_number(form.version.data),
            by=current_person().id,
            at=clock.now(),
            today=today,
            base_url=settings.base_url,
            store=store_for(settings),
        )
    except (ForbiddenError, NotFoundError):
        raise
    except RuleError as error:
        show_rule_error(form, error)
        conflict = isinstance(error, StaleDecisionError | WrongStageError)
        if conflict:
            # What they had read has changed since.
            form.sure.data = False
        return _show(assessment, form, 409 if conflict else 422)
    if judgement.standard.is_self_check:
        tell(N_("The self-check is closed, without a certificate."))
    elif taken.certificate is None:
        tell(N_("The decision is recorded: refused."))
    else:
        tell(
            N_("The decision is recorded and certificate %(number)s is issued."),
            number=taken.certificate.number,
        )
    return see_other(url_for("certificate.decision", assessment_id=assessment.id))


def _show(
    assessment: Assessment, form: DecisionForm | None = None, status: int = 200
) -> ResponseReturnValue:
    session = db.session()
    stage = Stage(assessment.stage)
    seen = sight(roles_in(assessment, current_access()), stage).agreed
    context = {
        # Its address and its way back are those of the assessment.
        "here": "assessment",
        "assessment": assessment,
        "stage": stage,
        "role_names": ROLE_NAMES,
    }
    if stage.position < Stage.DECISION.position or not seen:
        waiting = waiting_for(session, assessment)
        standard = read_standard(assessment.standard_version)
        return page(
            "certificate/decision_waits.html", status, waiting=waiting, standard=standard, **context
        )
    taken = service.find_decision(session, assessment)
    today = clock.today(current_app.config["SETTINGS"].time_zone)
    judgement = service.judge(session, assessment, taken, today=today)
    if stage is Stage.DECISION:
        form = form or _fresh_form(assessment)
    if form is not None:
        _offer(form, judgement)
        # The next sending is about what the person sees now.
        form.version.data = str(assessment.version)
    return page(
        "certificate/decision.html",
        status,
        form=form,
        taken=taken,
        state=taken.certificate.state_on(today) if taken and taken.certificate else None,
        judgement=judgement,
        summary=summarise(judgement),
        exact_text=exact_text,
        ties=_ties(session, assessment) if stage is Stage.DECISION else {},
        reads_gaps=allows(roles_in(assessment, current_access()), Permission.VIEW_GAP_REPORT),
        **context,
    )


def _ties(session: Session, assessment: Assessment) -> dict[int, DeclaredInterest]:
    """The ties that those who judged have declared; who decides weighs what they mean."""
    return ties_to(
        session, assessment.department, [item.person_id for item in assessment.assignments]
    )


def _offer(form: DecisionForm, judgement: Judgement) -> None:
    standard = judgement.standard
    awards = [standard.award(award) for award in judgement.grantable]
    form.offer(awards, is_self_check=standard.is_self_check)


def _fresh_form(assessment: Assessment) -> DecisionForm | None:
    """The form, for whoever may decide now."""
    try:
        ensure_may_decide(db.session(), assessment, current_access())
    except RuleError:
        return None
    return DecisionForm(None)


def _get(assessment_id: int, permission: Permission) -> Assessment:
    return get_assessment(db.session(), assessment_id, current_access(), permission)
