"""The event trail as a page."""

from __future__ import annotations

from flask import Blueprint

from accredit.identity.domain import Permission
from accredit.web.access import requires

blueprint = Blueprint("trail", __name__)


@blueprint.get("/")
@requires(Permission.VIEW_TRAIL)
def index() -> str:
    """Placeholder until the page lands."""
    return "trail"
