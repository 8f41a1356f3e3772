"""The blueprint that all pages of this feature join, and what several of them ask."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast

from flask import Blueprint, current_app

from accredit import clock
from accredit.config import Settings
from accredit.database import db
from accredit.evidence import service
from accredit.evidence.models import Evidence
from accredit.evidence.uses import OpenAssessment, Uses
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


def uses() -> Uses:
    """What the feature above says of the elements that evidence may support."""
    return cast("Uses", current_app.config["EVIDENCE_USES"])


def offered_in(department_ids: Collection[int]) -> list[OpenAssessment]:
    """The self-assessments to whose elements this person may link evidence of the departments."""
    return uses().open_to(db.session(), current_access(), department_ids, today=_today())


def _today() -> date:
    return clock.today(current_app.config["TIME_ZONE"])
