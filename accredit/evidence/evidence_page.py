"""The page of one piece of evidence, which each of its forms shows again when it is refused."""

from __future__ import annotations

from accredit.database import db
from accredit.evidence import service
from accredit.evidence.blueprint import offered_in, settings, uses
from accredit.evidence.forms import LinkForm, VersionForm, WithdrawForm
from accredit.evidence.models import Evidence
from accredit.evidence.uses import Use
from accredit.identity.domain import Permission
from accredit.identity.sign_in import current_access
from accredit.web.pages import page


def evidence_page(
    evidence: Evidence,
    status: int = 200,
    *,
    files_form: VersionForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    link_form: LinkForm | None = None,
) -> tuple[str, int]:
    """The evidence with its files and what it supports; a form given keeps what was typed."""
    department = evidence.department
    mine = current_access().may_at(
        Permission.UPLOAD_EVIDENCE, department.organisation_id, department.id
    )
    supported = [(link, Use(link.assessment_id, link.element_code)) for link in evidence.links]
    named = uses().named(db.session(), [use for _link, use in supported])
    may_change = mine and not evidence.is_withdrawn
    return page(
        "evidence/show.html",
        status,
        evidence=evidence,
        kinds=service.kinds_of_evidence(db.session()),
        may_change=may_change,
        links=[(link, named.get(use)) for link, use in supported],
        offered=offered_in([department.id]) if may_change else [],
        link_form=link_form or LinkForm(formdata=None),
        files_form=files_form or VersionForm(formdata=None),
        withdraw_form=withdraw_form or WithdrawForm(formdata=None),
        limit=settings().upload_limit,
    )
