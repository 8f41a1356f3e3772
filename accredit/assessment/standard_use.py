"""Which assessments use a version of a standard, for the list of standards."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from accredit.assessment.blueprint import blueprint
from accredit.assessment.domain import STAGE_NAMES, Stage
from accredit.assessment.models import Assessment
from accredit.assessment.service import list_assessments
from accredit.database import db
from accredit.identity.models import Department
from accredit.identity.sign_in import current_access


@dataclass(frozen=True, slots=True)
class Use:
    """One assessment by a version: of whom, when, and at which stage."""

    id: int
    department: Department
    cycle: str
    stage_name: str


@blueprint.app_template_global()
def assessments_by_standard(version_id: int) -> list[Use]:
    """The assessments by this version that the reader may see, the newest first.

    All are read at the first question of a page.
    """
    found: dict[int, list[Use]] | None = g.get("assessments_by_standard")
    if found is None:
        found = g.assessments_by_standard = {}
        for assessment in list_assessments(db.session(), current_access()):
            found.setdefault(assessment.standard_version_id, []).append(_use(assessment))
    return found.get(version_id, [])


def _use(assessment: Assessment) -> Use:
    name = STAGE_NAMES[Stage(assessment.stage)]
    return Use(assessment.id, assessment.department, assessment.cycle, name)
