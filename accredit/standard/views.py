"""Pages under /standards."""

from __future__ import annotations

from flask import Blueprint

from accredit.identity.domain import Permission
from accredit.web.access import requires

blueprint = Blueprint("standard", __name__)


@blueprint.get("/")
@requires(Permission.USE)
def index() -> str:
    """Placeholder until the feature's pages land."""
    return "standard"
