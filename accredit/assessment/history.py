"""What happened in an assessment, from the event trail, in words for its page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.assessment.domain import STAGE_NAMES, Stage
from accredit.assessment.models import Assessment
from accredit.identity.domain import ROLE_NAMES, Role
from accredit.identity.models import Person
from accredit.text import N_, Bilingual, Message

_TITLES = {
    "assessment.opened": N_("Assessment opened"),
    "assessment.choices_made": N_("Weights and what applies agreed"),
    "assessment.started": N_("Self-assessment started"),
    "assessment.self_assessment_submitted": N_("Self-assessment submitted"),
    "assessment.scores_submitted": N_("An assessor submitted their scores"),
    "assessment.scoring_ended": N_("Scoring ended"),
    "assessment.moderation_submitted": N_("Moderation submitted"),
    "assessment.returned": N_("Returned to the stage: %(stage)s"),
    "assessment.moved": N_("Moved to version %(version)s of the standard"),
    "assessment.closed": N_("Decision taken, assessment closed"),
    "assignment.added": N_("%(person)s assigned as: %(role)s"),
    "assignment.removed": N_("%(person)s no longer assigned as: %(role)s"),
    "assignment.impartial": N_("%(person)s declared to have no tie to the department"),
    "assignment.recused": N_("%(person)s declared a tie and stands aside as: %(role)s"),
    "assignment.resumed": N_("%(person)s judges again as: %(role)s"),
}

_TONES = {
    "assessment.returned": "warn",
    "assessment.moved": "warn",
    "assessment.closed": "good",
    "assignment.added": "neutral",
    "assignment.removed": "neutral",
    "assignment.impartial": "good",
    "assignment.recused": "warn",
    "assignment.resumed": "neutral",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an assessment's history; `note` is what a person wrote."""

    title: Message
    at: datetime
    by: Bilingual | None
    note: str | None
    tone: str


def history_of(session: Session, assessment: Assessment) -> list[Happening]:
    """What happened, the newest first; single scores are left out. Two queries."""
    rows = session.execute(_HAPPENED, {"subject_id": str(assessment.id)})
    events = [(event, json.loads(event.details)) for event in rows]
    ids = {event.person_id for event, _ in events} | {
        details["person"] for _, details in events if "person" in details
    }
    people = session.execute(_NAMES, {"ids": list(ids - {None})})
    names = {id_: Bilingual(en, ar) for id_, en, ar in people}
    return [_happening(event, details, names) for event, details in events]


# Built once, and read without making objects of what is only shown.
_HAPPENED = (
    select(audit.Event.action, audit.Event.at, audit.Event.person_id, audit.Event.details)
    .where(
        audit.Event.subject_type == "assessment",
        audit.Event.subject_id == bindparam("subject_id"),
        audit.Event.action.in_(_TITLES),
    )
    .order_by(audit.Event.id.desc())
)
_NAMES = select(Person.id, Person.name_en, Person.name_ar).where(
    Person.id.in_(bindparam("ids", expanding=True))
)


def _happening(
    event: Row[str, datetime, int | None, str],
    details: dict[str, object],
    names: dict[int, Bilingual],
) -> Happening:
    values: dict[str, object] = {}
    if event.action.startswith("assignment."):
        values["person"] = names[int(str(details["person"]))]
        values["role"] = Message(ROLE_NAMES[Role(str(details["role"]))])
    if event.action == "assessment.returned":
        values["stage"] = Message(STAGE_NAMES[Stage(str(details["to"]))])
    if event.action == "assessment.moved":
        values["version"] = cast("list[str]", details["version"])[1]
    return Happening(
        title=Message(_TITLES[event.action], values),
        at=event.at,
        by=names.get(event.person_id or 0),
        note=str(details["reason"]) if "reason" in details else None,
        tone=_TONES.get(event.action, "brand"),
    )
