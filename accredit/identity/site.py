"""The site as security keys and sealed secrets know it: from the settings alone."""

from __future__ import annotations

from flask import current_app

from accredit.config import Settings
from accredit.identity.security_keys import Site


def site() -> Site:
    """The site a security key is made for."""
    settings: Settings = current_app.config["SETTINGS"]
    return Site(settings.base_url, settings.product_name)


def seal_key() -> str:
    """What secrets of apps are sealed with; it stays when the key of sessions is changed."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.password_salt
