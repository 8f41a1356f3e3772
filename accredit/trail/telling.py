"""One event in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from accredit import i18n
from accredit.audit import Event
from accredit.identity.domain import ROLE_NAMES, Role
from accredit.kpi.display import value_text
from accredit.kpi.domain import KpiDefinition
from accredit.kpi.loader import service_kpis
from accredit.standard.scoring.wording import shortened
from accredit.trail.sealing import open_details
from accredit.trail.service import Names
from accredit.trail.wording import (
    ACTIONS,
    FIGURE_PARTS,
    SUBJECTS,
    Part,
    folded,
    label_of,
    page_words,
    parts_of,
)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part of a change in the reader's words."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One event in the reader's words; `known` says whether its action has words at all.

    `place` is the department or organisation it belongs to, unless that is its subject;
    `parts` are shown at once and `more` when it is unfolded; `sealed` says that what was
    awarded is left out.
    """

    event: Event
    action: str
    known: bool
    actor: str | None
    roles: str
    kind: str
    name: str | None
    place: str | None
    parts: tuple[ShownPart, ...]
    more: tuple[ShownPart, ...]
    sealed: bool


def tell(event: Event, names: Names, *, sealed: bool) -> ShownEvent:
    """The event in the current language; a `sealed` one without what was awarded."""
    name = names.subjects.get((event.subject_type, event.subject_id))
    actor = names.people.get(event.person_id or 0)
    parts = parts_of(open_details(event.details) if sealed else event.details)
    at_once, later = folded(parts, said=() if name is None else (name.en, name.ar))
    teller = _Teller(event, names, parts)
    return ShownEvent(
        event=event,
        action=i18n.translate(ACTIONS.get(event.action, event.action)),
        known=event.action in ACTIONS,
        actor=i18n.say(actor) if actor else None,
        roles=_roles(event),
        kind=i18n.translate(SUBJECTS.get(event.subject_type, event.subject_type)),
        name=i18n.say(name) if name else _page(event),
        place=_place(event, names),
        parts=tuple(teller.tell(part) for part in at_once),
        more=tuple(teller.tell(part) for part in later),
        sealed=sealed,
    )


def _page(event: Event) -> str | None:
    """The words for a page that is itself what an event is about."""
    if event.subject_type != "page":
        return None
    return i18n.translate(page_words(event.subject_id))


def _place(event: Event, names: Names) -> str | None:
    for kind, key in (
        ("department", event.department_id),
        ("organisation", event.organisation_id),
    ):
        name = names.subjects.get((kind, str(key)))
        if name is not None and (event.subject_type, event.subject_id) != (kind, str(key)):
            return i18n.say(name)
    return None


def _roles(event: Event) -> str:
    """The roles in which the person acted, in the reader's words."""
    held = [role for role in (event.role or "").split(",") if role in _ROLES]
    return "، ".join(_words(held)) if i18n.language() == "ar" else ", ".join(_words(held))


_ROLES = frozenset(Role)


def _words(roles: Sequence[str]) -> list[str]:
    return [i18n.translate(ROLE_NAMES[Role(role)]) for role in roles]


class _Teller:
    """Puts the parts of one event into words; figures are those of its KPI, before and after."""

    def __init__(self, event: Event, names: Names, parts: tuple[Part, ...]) -> None:
        named = next((part for part in parts if part.key == "kpi"), None)
        own = event.subject_id if event.subject_type == "kpi" else ""
        find = service_kpis().find
        self._names = names
        self._after = find(named.after if named else own)
        changed = named is not None and named.before is not None
        self._before = find(named.before or "") if named and changed else self._after

    def tell(self, part: Part) -> ShownPart:
        label = i18n.translate(label_of(part.key))
        before = None if part.before is None else self._value(part, part.before, self._before)
        return ShownPart(label, before, self._value(part, part.after, self._after))

    def _value(self, part: Part, text: str, kpi: KpiDefinition | None) -> str:
        if part.worded:
            return i18n.translate(text)
        if part.key == "page":
            return i18n.translate(page_words(text))
        if part.key == "kpi" and ("kpi", text) in self._names.subjects:
            return i18n.say(self._names.subjects["kpi", text])
        if part.key in FIGURE_PARTS:
            return _figure(text, kpi)
        if part.person and text.isdecimal() and int(text) in self._names.people:
            return i18n.say(self._names.people[int(text)])
        return text


def _figure(text: str, kpi: KpiDefinition | None) -> str:
    """A stored figure as people read it; what is no number stays as it is."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return shortened(number, ()) if kpi is None else value_text(kpi, float(number))
