"""The blueprint that all pages of this feature join."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("standard", __name__)
