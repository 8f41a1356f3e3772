"""What the page of one element shows to one person: rubric, evidence, scores, the way on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from accredit.assessment.awarded import field_of
from accredit.assessment.choices import Choices, elements_below
from accredit.assessment.confirming import earlier_score, refill
from accredit.assessment.domain import (
    Act,
    ScoreStage,
    Stage,
    may,
    said_reason,
    writable,
)
from accredit.assessment.element_list import parts_of, rows_of, way_from
from accredit.assessment.finding import standing_in
from accredit.assessment.forms import LinkForm, ScoreForm, score_form
from accredit.assessment.last_cycle import LastCycle, last_cycle
from accredit.assessment.linking import LinkedEvidence, linked_to
from accredit.assessment.models import Assessment, Score
from accredit.assessment.overview import today
from accredit.assessment.sight import sight
from accredit.assessment.visible import ShownScore, VisibleScores, scores_in
from accredit.database import db
from accredit.evidence.library import list_choosable
from accredit.evidence.service import count_links
from accredit.evidence.sufficiency import Answered, answered
from accredit.i18n import format_day, gettext, language, say
from accredit.identity.domain import NotFoundError
from accredit.identity.sign_in import current_access
from accredit.standard.domain import Criterion, Element, Standard
from accredit.standard.scoring.applicability import to_score
from accredit.standard.scoring.explain import exact_text
from accredit.standard.scoring.inputs import permitted_interval
from accredit.standard.service import read_standard
from accredit.web.pages import page


@dataclass(frozen=True, slots=True)
class Worded:
    """An element as its standard words it, which never changes: known by hash and code."""

    sha256: str
    code: str
    standard: Standard = field(compare=False)
    element: Element = field(compare=False)


def element_page(
    assessment: Assessment,
    code: str,
    *,
    kind: ScoreStage | None = None,
    form: ScoreForm | None = None,
    link_form: LinkForm | None = None,
    conflict: Score | None = None,
    uploaded: Sequence[int] = (),
    saved: str | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """The page of an element. `kind` with `form` shows a form again that was refused.

    `conflict` is the score somebody else saved meanwhile, `uploaded` evidence just added,
    to be linked with one press, `saved` the element whose score was just saved.
    """
    standard = read_standard(assessment.standard_version)
    element = standard.find_element(code)
    if element is None:
        raise NotFoundError
    session, access = db.session(), current_access()
    stage, standing = Stage(assessment.stage), standing_in(assessment, access)
    kind = kind or writable(stage, standing)
    seen = sight(standing.roles, stage)
    scores, levels = scores_in(session, assessment, seen, access.person_id, code)
    written = levels.written(kind)
    choices = assessment.choices
    scored = {one.code for one in to_score(standard, choices.left_out, written)}
    if code not in scored:
        kind = form = None
    current = _current(scores, kind)
    # Whoever still scores blind is told of no other level, not even of the last cycle's.
    blind = seen.self_after_own and scores.own is None
    last = None if blind else last_cycle(session, assessment, code, access)
    earlier = None if current else earlier_score(assessment, code, kind)
    may_link = may(Act.LINK_EVIDENCE, stage, standing)
    links = tuple(linked_to(session, assessment, code))
    linked = {link.evidence_id for link in links}
    choosable = (
        [
            item
            for item in list_choosable(session, assessment.department_id)
            if item.id not in linked
        ]
        if may_link
        else []
    )
    criterion = standard.criterion_of(code)
    left_out = elements_below(standard, choices.left_out)
    parts = parts_of(standard, written, scored)
    return page(
        "assessment/element.html",
        status,
        assessment=assessment,
        standard=standard,
        element=element,
        worded=Worded(standard.sha256, code, standard, element),
        groups=groups_above(standard, code),
        scale=standard.scale_of(element),
        attributes=standard.attributes_of(element),
        why_left_out=_why_left_out(choices, code),
        applies=element.measured is not None or code in scored,
        fit=_fit(standard, element, form, current),
        field_of=field_of,
        given=_given(scores, kind),
        kind=kind,
        Kind=ScoreStage,
        form=form
        or (refill(filled(standard, element, scores, current, kind), earlier) if kind else None),
        earlier=earlier,
        link_form=link_form or (LinkForm(formdata=None) if may_link else None),
        conflict=conflict and ShownScore.of(conflict),
        scores=scores,
        notes=_notes(scores, kind, last),
        current=current,
        last=last,
        links=links,
        days=tuple(format_day(link.version.uploaded_at) for link in links),
        answers=_answers(element, links, stage),
        kinds_of_evidence=tuple((kind.id, kind.name) for kind in standard.evidence_kinds),
        choosable=choosable,
        uploaded=[item for item in choosable if item.id in uploaded],
        may_link=may_link,
        saved=saved if saved in written else None,
        said_reason=said_reason,
        way=way_from(standard.elements, code, written, scored),
        parts=parts,
        rows=rows_of(
            standard,
            criterion,
            written,
            levels,
            left_out=left_out,
            evidence=count_links(session, assessment.id) if may_link else None,
        ),
        done=sum(part.done for part in parts),
        total=sum(part.total for part in parts),
    )


def _answers(
    element: Element, links: Sequence[LinkedEvidence], stage: Stage
) -> tuple[Answered, ...]:
    """What is expected of the element against what is shown, as of the submission or of today."""
    submitted = next((link.submitted_at for link in links), None)
    is_open = stage.position <= Stage.SELF_ASSESSMENT.position
    day = today() if is_open or submitted is None else submitted.date()
    return answered(element.evidence, [link.shown for link in links], on=day)


def _why_left_out(choices: Choices, code: str) -> str | None:
    """The reason given for leaving out the element, or a group that holds it."""
    return next(
        (reason for left, reason in choices.reasons.items() if f"{code}.".startswith(f"{left}.")),
        None,
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """What the values of the attributes come to, on the element's scale.

    `mean` is exact; `low` and `high` bound a judgement as a whole.
    """

    mean: str
    low: str
    high: str


def _fit(
    standard: Standard, element: Element, form: ScoreForm | None, current: ShownScore | None
) -> Fit | None:
    """The mean and the permitted interval, once every attribute has a value."""
    attributes, scale = standard.attributes_of(element), standard.scale_of(element)
    values = form.values if form else current.values if current else {}
    if attributes is None or not all(name in values for name in attributes.ids):
        return None
    given = {name: values[name] for name in attributes.ids}
    low, high = permitted_interval(scale, attributes, given)
    worth = [Fraction(scale.level(value).value) for value in given.values()]
    mean = sum(worth, Fraction(0)) / len(worth)
    return Fit(exact_text(mean), exact_text(low), exact_text(high))


def filled(
    standard: Standard,
    element: Element,
    scores: VisibleScores,
    current: ShownScore | None,
    kind: ScoreStage,
) -> ScoreForm:
    """The form as the page first shows it: the stored score, or for a moderator what all agree."""
    form = score_form(standard, element, formdata=None)
    if current is not None:
        form.level.data = current.level
        form.fill(current.values)
        form.reason.data = "" if said_reason(current.reason) else current.reason
        form.version.data = str(current.version)
    elif kind is ScoreStage.AGREED:
        form.fill(scores.unanimous_values)
        if scores.unanimous is not None:
            form.level.data = scores.unanimous.level
    return form


def _notes(
    scores: VisibleScores, kind: ScoreStage | None, last: LastCycle | None
) -> tuple[tuple[str, str], ...]:
    """What stands beside the levels: who awarded each, as far as this person may see it."""
    beside: dict[str, list[str]] = {}
    for score in scores.individual:
        beside.setdefault(score.level, []).append(say(score.name))
    if scores.self_score and kind is not ScoreStage.SELF:
        beside.setdefault(scores.self_score.level, []).append(gettext("Self-score"))
    if last is not None:
        beside.setdefault(last.level, []).append(gettext("Agreed %(cycle)s", cycle=last.cycle))
    comma = "، " if language() == "ar" else ", "
    return tuple((level, comma.join(notes)) for level, notes in beside.items())


def groups_above(standard: Standard, code: str) -> tuple[Criterion, ...]:
    """The groups that hold a node, from the criterion down."""
    parts = code.split(".")
    codes = (".".join(parts[:count]) for count in range(1, len(parts)))
    return tuple(standard.criterion(one) for one in codes)


def _given(scores: VisibleScores, kind: ScoreStage | None) -> list[tuple[str, Mapping[str, str]]]:
    """Who gave each attribute what, as far as this person may see it, beside their own."""
    found = [(say(score.name), score.values) for score in scores.individual]
    if scores.self_score and kind is not ScoreStage.SELF:
        found.append((gettext("Self-score"), scores.self_score.values))
    return found


def _current(scores: VisibleScores, kind: ScoreStage | None) -> ShownScore | None:
    if kind is ScoreStage.SELF:
        return scores.self_score
    if kind is ScoreStage.INDIVIDUAL:
        return scores.own
    return scores.agreed if kind is ScoreStage.AGREED else None
