"""What happened to an action, from the event trail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit
from accredit.identity.models import Person
from accredit.improvement.models import ImprovementAction
from accredit.text import N_, Bilingual

EVENT_NAMES = {
    "improvement.drafted": N_("Drafted from the gap report"),
    "improvement.created": N_("Added to the plan"),
    "improvement.changed": N_("Changed"),
    "improvement.finished": N_("Finished"),
    "improvement.verified": N_("Verified"),
    "improvement.sent_back": N_("Sent back"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value of an action before and after; people already by name.

    `kpi` is the KPI the action promised to move after this change, `kpi_before` the one
    before it: each figure is in the unit of its own.
    """

    key: str
    before: object
    after: object
    kpi_before: str | None
    kpi: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event in an action's life; `note` is what a person wrote, `measured` what the
    measurements said when somebody verified it or sent it back."""

    event: str
    at: datetime
    by: Bilingual | None
    note: str | None
    measured: str | None
    changes: tuple[Change, ...]

    @property
    def is_report(self) -> bool:
        """Whether somebody said how far the action is."""
        return self.note is not None or any(change.key == "status" for change in self.changes)


def history_of(session: Session, action: ImprovementAction) -> list[Happening]:
    """What happened, the newest first. Two queries."""
    query = (
        select(audit.Event)
        .where(
            audit.Event.subject_type == "improvement_action",
            audit.Event.subject_id == str(action.id),
        )
        .order_by(audit.Event.id)
    )
    events = [(event, json.loads(event.details)) for event in session.scalars(query)]
    names = _names(session, events)
    kpi: str | None = None
    found: list[Happening] = []
    for event, details in events:
        changed = {key: value for key, value in details.items() if isinstance(value, list)}
        kpi_before, kpi = changed.get("kpi") or (kpi, details.get("kpi", kpi))
        found.append(
            Happening(
                event=event.action,
                at=event.at,
                by=names.get(event.person_id or 0),
                note=details.get("note"),
                measured=details.get("measured"),
                changes=tuple(
                    _change(key, value, (kpi_before, kpi), names)
                    for key, value in sorted(changed.items())
                ),
            )
        )
    return found[::-1]


def _change(
    key: str,
    pair: list[object],
    kpis: tuple[str | None, str | None],
    names: Mapping[int, Bilingual],
) -> Change:
    before, after = pair
    if key == "owner":
        before, after = (
            names.get(who) if isinstance(who, int) else None for who in (before, after)
        )
    return Change(key, before, after, *kpis)


def _names(
    session: Session, events: Iterable[tuple[audit.Event, Mapping[str, object]]]
) -> dict[int, Bilingual]:
    ids: set[int] = set()
    for event, details in events:
        owners = details.get("owner")
        people = owners if isinstance(owners, list) else [owners]
        ids |= {id_ for id_ in (event.person_id, *people) if isinstance(id_, int)}
    return {
        person.id: person.name
        for person in session.scalars(select(Person).where(Person.id.in_(ids)))
    }
