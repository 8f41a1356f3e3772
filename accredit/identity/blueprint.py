"""The blueprint that all pages of this feature join, and how templates name a role."""

from __future__ import annotations

import re

from flask import Blueprint

from accredit.i18n import translate
from accredit.identity.domain import ROLE_NAMES, Role

blueprint = Blueprint("identity", __name__)


@blueprint.app_template_filter("role_name")
def role_name(role: str) -> str:
    """The name of a role in the reader's language."""
    return translate(ROLE_NAMES[Role(role)])


#: Browsers and systems by the word that gives them away; the more special ones first.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@blueprint.app_template_filter("device")
def device(agent: str) -> str:
    """A browser and its system in short, by what the browser says of itself."""
    known = [
        next((name for word, name in names if word in agent), None)
        for names in (_BROWSERS, _SYSTEMS)
    ]
    found = [name for name in known if name]
    plain = re.sub(r"[^\x20-\x7e]", "", agent)[:40]
    return " · ".join(found) or plain or "?"
