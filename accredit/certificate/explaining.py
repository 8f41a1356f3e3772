"""The page that explains a result to a person with a pencil. Its address is given in `views`."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from accredit import clock
from accredit.assessment.domain import ScoreStage
from accredit.assessment.evaluating import evaluate_with
from accredit.assessment.facts import facts_of
from accredit.assessment.models import Assessment
from accredit.assessment.reading import shared_awards
from accredit.assessment.service import get_assessment, roles_in
from accredit.certificate import service
from accredit.certificate.explanation import explanation_of
from accredit.database import db
from accredit.gap.domain import Basis
from accredit.gap.service import bases_of
from accredit.gap.wording import basis_words, self_check_notice
from accredit.identity.domain import ForbiddenError, Permission, allows
from accredit.identity.sign_in import current_access
from accredit.kpi.service import readings_for
from accredit.standard.domain import Standard
from accredit.standard.scoring.explain import exact_text, rounding_words
from accredit.standard.scoring.results import Result
from accredit.standard.service import read_standard
from accredit.web.access import requires
from accredit.web.pages import page


@requires(Permission.VIEW_ASSESSMENT)
def show(assessment_id: int) -> ResponseReturnValue:
    """How the result came about, what each rule says of it, and what would change it."""
    session = db.session()
    assessment = get_assessment(
        session, assessment_id, current_access(), Permission.VIEW_ASSESSMENT
    )
    standard = read_standard(assessment.standard_version)
    basis = _basis(assessment, standard)
    result = _result(assessment, standard, basis)
    return page(
        "certificate/result.html",
        # Its address and its way back are those of the assessment.
        here="assessment",
        assessment=assessment,
        standard=standard,
        basis=basis,
        stands_on=self_check_notice(basis) if standard.is_self_check else None,
        basis_words=basis_words(basis, scored=result is not None),
        shown=None if result is None else explanation_of(standard, result),
        reasons=assessment.choices.reasons,
        rounding=rounding_words(standard.rounding),
        exact_text=exact_text,
        reads_gaps=allows(roles_in(assessment, current_access()), Permission.VIEW_GAP_REPORT),
    )


def _basis(assessment: Assessment, standard: Standard) -> Basis:
    """The scores this person may see as a result, the best there are.

    Raises `ForbiddenError` for whoever may see neither the gap report nor, by now, the decision.
    """
    roles = roles_in(assessment, current_access())
    seen = bases_of(assessment, standard, current_access())
    if allows(roles, Permission.VIEW_GAP_REPORT):
        return seen[0] if seen else Basis.NONE
    if not seen or not seen[0].is_final:
        raise ForbiddenError
    return seen[0]


def _result(assessment: Assessment, standard: Standard, basis: Basis) -> Result | None:
    """The result as it was decided, as it stands, or as the department sees itself."""
    session = db.session()
    today = clock.today(current_app.config["SETTINGS"].time_zone)
    if basis is Basis.NONE:
        return None
    if basis.is_final:
        decision = service.find_decision(session, assessment)
        return service.judge(session, assessment, decision, today=today).result
    own = shared_awards(session, assessment, ScoreStage.SELF)
    if not own:
        return None
    return evaluate_with(
        standard,
        {code: awarded.score for code, awarded in own.items()},
        facts_of(session, assessment, today),
        readings_for(session, assessment.department_id, today) if standard.figures_used else {},
    )
