"""The page /search: a field, and what was found, kind by kind."""

from __future__ import annotations

from flask import Blueprint, current_app, request, url_for

from accredit import clock
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access
from accredit.search.domain import KIND_NAMES, Kind, Line, Sought
from accredit.search.service import Answer, Asking, search_all, search_one
from accredit.web.access import requires
from accredit.web.numbers import asked_number
from accredit.web.pages import page

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@requires(Permission.USE)
def index() -> tuple[str, int]:
    """What the person may see and asks for: the first of every kind, or all of one."""
    sought = Sought.of(request.args.get("q", ""))
    today = clock.today(current_app.config["TIME_ZONE"])
    kind = _kind()
    version_id = request.args.get("standard", type=asked_number) if kind is Kind.STANDARD else None
    asking = Asking(db.session(), current_access(), sought, today, version_id)
    number = request.args.get("page", 1, type=asked_number)
    answer = search_all(asking) if kind is None else search_one(asking, kind, number)

    def url_of(number: int) -> str:
        return url_for(".index", q=sought.typed, kind=kind, standard=version_id, page=number)

    return page(
        "search/index.html",
        sought=sought,
        kind=kind,
        version_id=version_id,
        answer=answer,
        total=_total(answer),
        names=KIND_NAMES,
        address=_address,
        url_of=url_of,
    )


def _kind() -> Kind | None:
    """The one kind that is asked for; what is none is as if nothing was asked."""
    asked = request.args.get("kind", "")
    return Kind(asked) if asked in set(Kind) else None


def _total(answer: Answer) -> int:
    return sum(group.total for group in answer.groups)


def _address(line: Line) -> str:
    values: dict[str, object] = dict(line.values)
    return url_for(line.endpoint, _anchor=line.place or None, **values)  # type: ignore[arg-type] # the values of any endpoint
