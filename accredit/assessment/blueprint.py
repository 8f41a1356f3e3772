"""The blueprint that all pages of this feature join, and what all of them ask."""

from __future__ import annotations

from flask import Blueprint

from accredit.assessment.finding import get_underway
from accredit.assessment.models import Assessment
from accredit.assessment.service import get_assessment
from accredit.assessment.underway import Underway
from accredit.database import db
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access

blueprint = Blueprint("assessment", __name__)


def find_assessment(
    assessment_id: int,
    permission: Permission = Permission.VIEW_ASSESSMENT,
    *,
    with_people: bool = False,
) -> Assessment:
    """The assessment of a page's address, if this person may do `permission` in it."""
    return get_assessment(
        db.session(), assessment_id, current_access(), permission, with_people=with_people
    )


def find_underway(
    assessment_id: int, permission: Permission = Permission.VIEW_ASSESSMENT
) -> Underway:
    """The same as far as saving a score asks."""
    return get_underway(db.session(), assessment_id, current_access(), permission)
