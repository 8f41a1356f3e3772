"""My work: each person's first page."""

from __future__ import annotations

from flask import Blueprint

from accredit.identity.domain import Permission
from accredit.web.access import requires
from accredit.web.pages import page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.USE)
def index() -> tuple[str, int]:
    """What waits for this person."""
    return page("home/index.html")
