"""The blueprint that the view modules of this feature share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("kpi", __name__)
