"""The blueprint that all pages of this feature join, and what several of them ask."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app

from accredit.config import Settings
from accredit.database import db
from accredit.evidence import service
from accredit.evidence.models import Evidence
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access

blueprint = Blueprint("evidence", __name__)


def settings() -> Settings:
    """The settings of this installation."""
    return cast("Settings", current_app.config["SETTINGS"])


def own_evidence(evidence_id: int) -> Evidence:
    """The evidence of a page's address, if this person may change it."""
    return service.get_evidence(
        db.session(), evidence_id, current_access(), Permission.UPLOAD_EVIDENCE
    )
