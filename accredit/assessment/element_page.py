"""What the page of one element shows to one person: rubric, evidence, scores, the way on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accredit.assessment.domain import (
    STAGE_NAMES,
    Act,
    ScoreStage,
    Stage,
    may,
    said_reason,
    writable,
)
from accredit.assessment.finding import standing_in
from accredit.assessment.forms import LinkForm, ScoreForm
from accredit.assessment.models import Assessment, Score
from accredit.assessment.sight import sight
from accredit.assessment.visible import VisibleScores, levels_in, scores_of_element
from accredit.database import db
from accredit.evidence.library import list_choosable
from accredit.evidence.service import count_links, links_of_element
from accredit.identity.domain import NotFoundError
from accredit.identity.sign_in import current_access
from accredit.standard.domain import Criterion, Element, Standard
from accredit.standard.service import read_standard
from accredit.web.pages import page


@dataclass(frozen=True, slots=True)
class Way:
    """Where one can go from an element: codes, or None where the list ends."""

    previous: str | None
    next: str | None
    next_open: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A criterion in the list beside the element; `done` of its elements are written."""

    criterion: Criterion
    done: int
    is_current: bool


def element_page(
    assessment: Assessment,
    code: str,
    *,
    kind: ScoreStage | None = None,
    form: ScoreForm | None = None,
    link_form: LinkForm | None = None,
    conflict: Score | None = None,
    uploaded: Sequence[int] = (),
    status: int = 200,
) -> tuple[str, int]:
    """The page of an element. `kind` with `form` shows a form again that was refused.

    `conflict` is the score somebody else saved meanwhile, `uploaded` evidence just added,
    to be linked with one press.
    """
    standard = read_standard(assessment.standard_version)
    element = standard.find_element(code)
    if element is None:
        raise NotFoundError
    session, access = db.session(), current_access()
    stage, standing = Stage(assessment.stage), standing_in(assessment, access)
    kind = kind or writable(stage, standing)
    seen = sight(standing.roles, stage)
    scores = scores_of_element(session, assessment, code, seen, access.person_id)
    levels = levels_in(session, assessment, seen, access.person_id)
    written = levels.written(kind)
    current = _current(scores, kind)
    may_link = may(Act.LINK_EVIDENCE, stage, standing)
    links = links_of_element(session, assessment.id, code)
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
    return page(
        "assessment/element.html",
        status,
        assessment=assessment,
        standard=standard,
        element=element,
        criterion=standard.criterion_of(code),
        stage=stage,
        stage_names=STAGE_NAMES,
        kind=kind,
        Kind=ScoreStage,
        form=form or (filled(standard, scores, current, kind) if kind else None),
        link_form=link_form or LinkForm(formdata=None),
        conflict=conflict,
        scores=scores,
        current=current,
        levels=levels,
        written=written,
        counts=count_links(session, assessment.id) if may_link else {},
        links=links,
        choosable=choosable,
        uploaded=[item for item in choosable if item.id in uploaded],
        may_link=may_link,
        said_reason=said_reason,
        way=way_from(standard.elements, code, written),
        parts=[
            Part(
                item,
                sum(part.code in written for part in item.elements),
                item is standard.criterion_of(code),
            )
            for item in standard.criteria
        ],
        positions={level.id: number for number, level in enumerate(standard.levels, 1)},
    )


def filled(
    standard: Standard, scores: VisibleScores, current: Score | None, kind: ScoreStage
) -> ScoreForm:
    """The form as the page first shows it: the stored score, or for a moderator what all agree."""
    form = ScoreForm(standard.scale.level_ids, formdata=None)
    if current is not None:
        form.level.data = current.level
        form.reason.data = "" if said_reason(current.reason) else current.reason
        form.version.data = str(current.version)
    elif kind is ScoreStage.AGREED:
        form.level.data = scores.unanimous_level
    return form


def way_from(elements: Sequence[Element], code: str, written: Collection[str]) -> Way:
    """The neighbours of an element, and the next one without a score, round the end."""
    codes = [element.code for element in elements]
    here = codes.index(code)
    after = codes[here + 1 :] + codes[:here]
    return Way(
        previous=codes[here - 1] if here else None,
        next=codes[here + 1] if here + 1 < len(codes) else None,
        next_open=next((other for other in after if other not in written), None),
    )


def _current(scores: VisibleScores, kind: ScoreStage | None) -> Score | None:
    return (
        {
            ScoreStage.SELF: scores.self_score,
            ScoreStage.INDIVIDUAL: scores.own,
            ScoreStage.AGREED: scores.agreed,
        }.get(kind)
        if kind
        else None
    )
