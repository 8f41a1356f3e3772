"""Pages under /trail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, current_app, request, url_for

from accredit import clock, i18n
from accredit.audit import Event
from accredit.database import db
from accredit.identity.domain import Permission, Reach
from accredit.identity.sign_in import current_access
from accredit.trail import sealing, service
from accredit.trail.export import to_csv
from accredit.trail.forms import TrailForm
from accredit.trail.service import Filters, Names
from accredit.trail.wording import ACTIONS, PARTS, SUBJECTS, Part, parts_of
from accredit.web.access import requires
from accredit.web.pages import page

blueprint = Blueprint("trail", __name__)


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
    `sealed` says that what was awarded is left out.
    """

    event: Event
    action: str
    known: bool
    actor: str | None
    kind: str
    name: str | None
    place: str | None
    parts: tuple[ShownPart, ...]
    sealed: bool


@blueprint.get("/")
@requires(Permission.VIEW_TRAIL)
def index() -> tuple[str, int]:
    """The events within reach, newest first, with filters."""
    form, reach = _asked()
    if not form.validate():
        return page("trail/index.html", 422, form=form, shown=None, rows=[], asked=_arguments())
    number = request.args.get("page", 1, int)
    shown = service.find_events(db.session(), reach, _filters(form), number=number)
    names = service.name_all(db.session(), shown.events)
    sealed = sealing.find_sealed(db.session(), current_access(), shown.events)
    rows = [_shown(event, names, sealed=event.id in sealed) for event in shown.events]
    return page(
        "trail/index.html",
        form=form,
        shown=shown,
        rows=rows,
        asked=_arguments(),
        url_of=partial(_page_url, _arguments()),
    )


@blueprint.get("/trail.csv")
@requires(Permission.VIEW_TRAIL)
def export() -> Response | tuple[str, int]:
    """The same events as a file."""
    form, reach = _asked()
    if not form.validate():
        return page("trail/index.html", 422, form=form, shown=None, rows=[], asked=_arguments())
    events = service.list_events(db.session(), reach, _filters(form))
    sealed = sealing.find_sealed(db.session(), current_access(), events)
    content = to_csv(events, service.name_all(db.session(), events), sealed)
    response = Response(content, mimetype="text/csv")
    day = clock.today(current_app.config["TIME_ZONE"])
    response.headers.set("Content-Disposition", "attachment", filename=f"trail-{day}.csv")
    return response


@blueprint.get("/check")
@requires(Permission.VIEW_TRAIL)
def check() -> tuple[str, int]:
    """The whole chain, checked now."""
    return page("trail/check.html", check=service.check_chain(db.session()), at=clock.now())


def _asked() -> tuple[TrailForm, Reach]:
    reach = current_access().reach(Permission.VIEW_TRAIL)
    form = TrailForm(request.args)
    form.offer(service.list_actors(db.session(), reach))
    return form, reach


def _filters(form: TrailForm) -> Filters:
    return form.filters(current_app.config["TIME_ZONE"])


def _arguments() -> dict[str, str]:
    names = ("person", "action", "subject", "subject_id", "since", "until")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _page_url(asked: dict[str, str], number: int) -> str:
    return url_for("trail.index", **asked, page=number if number > 1 else None)  # type: ignore[arg-type] # filters are strings, the page a number


def _shown(event: Event, names: Names, *, sealed: bool) -> ShownEvent:
    details = sealing.open_details(event.details) if sealed else event.details
    name = names.subjects.get((event.subject_type, event.subject_id))
    actor = names.people.get(event.person_id or 0)
    return ShownEvent(
        event=event,
        action=i18n.translate(ACTIONS.get(event.action, event.action)),
        known=event.action in ACTIONS,
        actor=i18n.say(actor) if actor else None,
        kind=i18n.translate(SUBJECTS.get(event.subject_type, event.subject_type)),
        name=i18n.say(name) if name else None,
        place=_place(event, names),
        parts=tuple(_shown_part(part, names) for part in parts_of(details)),
        sealed=sealed,
    )


def _place(event: Event, names: Names) -> str | None:
    for kind, key in (
        ("department", event.department_id),
        ("organisation", event.organisation_id),
    ):
        name = names.subjects.get((kind, str(key)))
        if name is not None and (event.subject_type, event.subject_id) != (kind, str(key)):
            return i18n.say(name)
    return None


def _shown_part(part: Part, names: Names) -> ShownPart:
    label = i18n.translate(PARTS[part.key]) if part.key in PARTS else part.key
    before = None if part.before is None else _value(part, part.before, names)
    return ShownPart(label, before, _value(part, part.after, names))


def _value(part: Part, text: str, names: Names) -> str:
    if part.worded:
        return i18n.translate(text)
    if part.key == "kpi" and ("kpi", text) in names.subjects:
        return i18n.say(names.subjects["kpi", text])
    if part.person and text.isdecimal() and int(text) in names.people:
        return i18n.say(names.people[int(text)])
    return text
