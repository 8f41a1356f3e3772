"""The blueprint that all pages of this feature join, and what all of them ask."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app

from accredit import clock
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access
from accredit.improvement.models import ImprovementAction
from accredit.improvement.plan import get_action

blueprint = Blueprint("improvement", __name__)


def today() -> date:
    """Today where the programme is run."""
    return clock.today(current_app.config["TIME_ZONE"])


def find_action(action_id: int, permission: Permission = Permission.VIEW_PLAN) -> ImprovementAction:
    """The action of a page's address, if this person may do `permission` with it."""
    return get_action(db.session(), action_id, current_access(), permission)
