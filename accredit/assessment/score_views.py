"""Saving the score of one element: by its form, or by the page itself while somebody writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import get_template_attribute, jsonify, request, url_for
from werkzeug.wrappers import Response

from accredit import clock
from accredit.assessment import scoring
from accredit.assessment.blueprint import blueprint, find_assessment, find_underway
from accredit.assessment.confirming import ensure_same_version
from accredit.assessment.domain import ScoreStage, said_reason
from accredit.assessment.element_page import element_page
from accredit.assessment.finding import standing_in
from accredit.assessment.forms import ScoreForm, SentScore, score_form, sent_score
from accredit.assessment.models import Score
from accredit.assessment.scoring import ScoreConflictError
from accredit.assessment.storing import Stored, writer_of
from accredit.assessment.underway import Underway
from accredit.assessment.visible import ShownScore
from accredit.database import db
from accredit.i18n import format_moment, gettext, say
from accredit.identity.domain import ForbiddenError, NotFoundError, Permission, Role
from accredit.identity.sign_in import current_access, current_person
from accredit.standard.domain import Element, Standard
from accredit.text import RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import see_other

Answer = Response | tuple[str, int] | tuple[Response, int]


@dataclass(frozen=True, slots=True)
class NotSaved:
    """Nothing was saved: `conflict` is what somebody else saved, `broken` a rule that forbids it.

    Where it is neither, the form itself says why.
    """

    status: int
    conflict: Score | None = None
    broken: RuleError | None = None


@blueprint.post("/<int:assessment_id>/elements/<code>/score")
@requires(Permission.VIEW_ASSESSMENT)
def score(assessment_id: int, code: str) -> Answer:
    """Save the department's own score, or this assessor's."""
    found = find_underway(assessment_id)
    judges = Role.ASSESSOR in standing_in(found, current_access()).duties
    if judges:
        return _save(found, code, ScoreStage.INDIVIDUAL, scoring.score_element)
    return _save(found, code, ScoreStage.SELF, scoring.score_self)


@blueprint.post("/<int:assessment_id>/elements/<code>/agree")
@requires(Permission.MODERATE)
def agree(assessment_id: int, code: str) -> Answer:
    """Save the moderator's level."""
    found = find_underway(assessment_id, Permission.MODERATE)
    return _save(found, code, ScoreStage.AGREED, scoring.agree)


def _save(assessment: Underway, code: str, kind: ScoreStage, save: Callable[..., Stored]) -> Answer:
    """Save a score as the form has it; whatever is wrong, what was typed stays in the form.

    The page itself asks for JSON: it goes on as it is, and only tells what became of the score.
    """
    standard = assessment.standard
    element = standard.find_element(code)
    if element is None:
        raise NotFoundError
    sent = sent_score(standard, element, request.form)
    outcome = NotSaved(422) if sent is None else _try_to_save(assessment, element, sent, save)
    asks_for_words = request.accept_mimetypes.best == "application/json"
    if isinstance(outcome, Stored):
        if asks_for_words:
            return jsonify(said=_saved_words(outcome), version=outcome.version), 200
        go = request.form.get("go", "")
        target = go if standard.find_element(go) is not None else code
        # The address says what was saved: a message in the session would be one more cookie.
        return see_other(url_for(".element", assessment_id=assessment.id, code=target, saved=code))
    form = _form_with_errors(outcome, standard, element)
    if asks_for_words:
        return _told(outcome, form, standard, element)
    return element_page(
        find_assessment(assessment.id),
        code,
        kind=kind,
        form=form,
        conflict=outcome.conflict,
        status=outcome.status,
    )


def _try_to_save(
    assessment: Underway, element: Element, sent: SentScore, save: Callable[..., Stored]
) -> Stored | NotSaved:
    try:
        ensure_same_version(request.form.get("standard"), assessment.standard.sha256)
        return save(
            db.session(),
            assessment,
            element.code,
            level=sent.level,
            attributes=sent.values,
            reason=sent.reason,
            version=sent.version,
            access=current_access(),
            at=clock.now(),
        )
    except (ForbiddenError, NotFoundError):
        raise
    except ScoreConflictError as error:
        return NotSaved(409, conflict=error.current)
    except RuleError as error:
        return NotSaved(422 if error.field else 409, broken=error)


def _form_with_errors(outcome: NotSaved, standard: Standard, element: Element) -> ScoreForm:
    """What was typed, with what is wrong of it beside its fields."""
    form = score_form(standard, element)
    form.validate()
    if outcome.conflict is not None:
        form.version.data = str(outcome.conflict.version)
    if outcome.broken is not None:
        show_rule_error(form, outcome.broken)
    return form


def _told(
    outcome: NotSaved, form: ScoreForm, standard: Standard, element: Element
) -> tuple[Response, int]:
    """What the page shows beside its buttons, and for a conflict what it puts above its form."""
    if outcome.conflict is None:
        errors = [*form.form_errors, *(said for field in form for said in field.errors)]
        return jsonify(said=" ".join(map(str, errors))), outcome.status
    theirs = ShownScore.of(outcome.conflict)
    write = get_template_attribute("assessment/_conflict.html", "conflict_part")
    part = str(write(theirs, form, standard, element, said_reason))
    told = {"said": gettext("Yours is not saved yet"), "version": theirs.version, "conflict": part}
    return jsonify(told), outcome.status


def _saved_words(score: Stored) -> str:
    """When a score was saved and by whom, in a sentence."""
    me = current_person()
    # The same that somebody else had saved already stays theirs.
    name = me.name if score.person_id == me.id else writer_of(db.session(), score)
    moment = format_moment(score.scored_at)
    return gettext("Saved %(moment)s by %(name)s", moment=moment, name=say(name))
