"""Pages under /trail."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, current_app, request, url_for

from accredit import clock
from accredit.database import db
from accredit.identity.domain import Permission, Reach
from accredit.identity.sign_in import current_access
from accredit.trail import sealing, service
from accredit.trail.export import to_csv
from accredit.trail.forms import TrailForm
from accredit.trail.service import Filters
from accredit.trail.telling import tell
from accredit.web.access import requires
from accredit.web.pages import page

blueprint = Blueprint("trail", __name__)


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
    rows = [tell(event, names, sealed=event.id in sealed) for event in shown.events]
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
