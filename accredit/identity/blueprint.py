"""The blueprint that all pages of this feature join, and how templates name a role."""

from __future__ import annotations

from flask import Blueprint

from accredit.i18n import translate
from accredit.identity.domain import ROLE_NAMES, Role

blueprint = Blueprint("identity", __name__)


@blueprint.app_template_filter("role_name")
def role_name(role: str) -> str:
    """The name of a role in the reader's language."""
    return translate(ROLE_NAMES[Role(role)])
