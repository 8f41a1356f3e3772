"""Pages under /people."""

from __future__ import annotations

from flask import Blueprint

from accredit.identity.domain import Permission
from accredit.web.access import requires

blueprint = Blueprint("identity", __name__)


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def people() -> str:
    """Placeholder until the feature's pages land."""
    return "identity"


@blueprint.post("/sign-out")
@requires(Permission.USE)
def sign_out() -> object:
    """End this session."""
    from flask import redirect
    from flask_security.utils import logout_user

    logout_user()
    return redirect("/sign-in", 303)
