"""Pages under /trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from threading import Lock

from flask import (
    Blueprint,
    Response,
    current_app,
    render_template,
    request,
    stream_with_context,
    url_for,
)

from accredit import clock
from accredit.audit.findings import KIND_NAMES
from accredit.audit.verifying import UnreadableError
from accredit.config import Settings
from accredit.database import db
from accredit.identity.domain import Access, Permission, Reach
from accredit.identity.sign_in import current_access
from accredit.trail import checking, sealing, service
from accredit.trail.export import Bundle, csv_parts, json_lines
from accredit.trail.forms import TrailForm
from accredit.trail.service import Filters, Place
from accredit.trail.telling import tell as told
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page

blueprint = Blueprint("trail", __name__)

_one_check = Lock()
#: The program an auditor runs over the exported lines; it is shown on the page and tested.
CHECKING_SCRIPT = "trail/_check_lines.py.txt"


@blueprint.get("/")
@requires(Permission.VIEW_TRAIL)
def index() -> tuple[str, int]:
    """The events within reach, newest first, with filters."""
    form, reach = _asked()
    if not form.validate():
        return _refused(form)
    place = Place(
        request.args.get("before", None, asked_number),
        request.args.get("after", None, asked_number),
    )
    shown = service.find_events(db.session(), reach, _filters(form), place)
    names = service.name_all(db.session(), shown.events)
    sealed = sealing.find_sealed(db.session(), current_access(), shown.events)
    rows = [told(event, names, sealed=event.id in sealed) for event in shown.events]
    return page(
        "trail/index.html",
        form=form,
        shown=shown,
        rows=rows,
        asked=_arguments(),
        last=checking.last_check(_settings()),
        page_size=service.PAGE_SIZE,
        url_of=partial(_page_url, _arguments()),
    )


@blueprint.get("/trail.csv")
@requires(Permission.VIEW_TRAIL)
def export() -> Response | tuple[str, int]:
    """All such events as a file for a spreadsheet, newest first."""
    return _file("csv", "text/csv", csv_parts, oldest_first=False)


@blueprint.get("/trail.jsonl")
@requires(Permission.VIEW_TRAIL)
def export_lines() -> Response | tuple[str, int]:
    """All such events with what they are hashed over, oldest first: to be checked elsewhere."""
    return _file("jsonl", "application/jsonl", json_lines, oldest_first=True)


@blueprint.get("/check")
@requires(Permission.VIEW_TRAIL)
def check() -> tuple[str, int]:
    """What the last check of the whole trail said, or one made now; and how to check it oneself."""
    possible = checking.may_check_on_page(db.engine)
    shown, damaged = checking.last_check(_settings()), False
    if possible and "now" in request.args:
        # One at a time: a check reads everything there is.
        with _one_check:
            try:
                shown = checking.said_by(checking.check_all(db.engine, _settings(), files=False))
            except UnreadableError as error:
                current_app.logger.critical("the database is damaged: %s", error)
                shown, damaged = None, True
    return page(
        "trail/check.html",
        shown=shown,
        damaged=damaged,
        kinds=KIND_NAMES,
        possible=possible,
        script=render_template(CHECKING_SCRIPT),
    )


def _file(
    ending: str,
    media_type: str,
    write: Callable[[Iterator[Bundle]], Iterator[str]],
    *,
    oldest_first: bool,
) -> Response | tuple[str, int]:
    form, reach = _asked()
    if not form.validate():
        return _refused(form)
    bundles = _bundles(reach, _filters(form), current_access(), oldest_first=oldest_first)
    response = Response(stream_with_context(write(bundles)), mimetype=media_type)
    day = clock.today(current_app.config["TIME_ZONE"])
    response.headers.set("Content-Disposition", "attachment", filename=f"trail-{day}.{ending}")
    return response


def _bundles(
    reach: Reach, filters: Filters, access: Access, *, oldest_first: bool
) -> Iterator[Bundle]:
    session = db.session()
    for events in service.read_events(session, reach, filters, oldest_first=oldest_first):
        sealed = sealing.find_sealed(session, access, events)
        yield Bundle(events, service.name_all(session, events), sealed)


def _asked() -> tuple[TrailForm, Reach]:
    reach = current_access().reach(Permission.VIEW_TRAIL)
    form = TrailForm(request.args)
    form.offer(service.list_actors(db.session(), reach))
    return form, reach


def _refused(form: TrailForm) -> tuple[str, int]:
    return page(
        "trail/index.html", 422, form=form, shown=None, rows=[], asked=_arguments(), last=None
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _filters(form: TrailForm) -> Filters:
    return form.filters(current_app.config["TIME_ZONE"])


def _arguments() -> dict[str, str]:
    names = ("person", "action", "subject", "subject_id", "since", "until")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _page_url(asked: dict[str, str], *, before: int | None = None, after: int | None = None) -> str:
    return url_for("trail.index", **asked, before=before, after=after)  # type: ignore[arg-type] # filters are strings, places numbers
