"""What each form would send, so that a refusal is about the right and not about a missing field."""

from __future__ import annotations

import json
from hashlib import sha256
from io import BytesIO
from typing import Any

from accredit.assessment.domain import Stage
from tests.people import PASSWORD
from tests.rights.world import Side

REASON = "Seen in the register, page 14, and on the wall."

#: The stage in which an address is tried, where it depends on one; otherwise while scoring.
STAGE_OF = {
    "assessment.assign": Stage.SET_UP,
    "assessment.choose": Stage.SET_UP,
    "assessment.start": Stage.SET_UP,
    "assessment.link": Stage.SELF_ASSESSMENT,
    "assessment.unlink": Stage.SELF_ASSESSMENT,
    "assessment.submit_self_assessment": Stage.SELF_ASSESSMENT,
    "assessment.agree": Stage.MODERATION,
    "assessment.confirm_all": Stage.MODERATION,
    "assessment.submit_moderation": Stage.MODERATION,
    "certificate.decision": Stage.DECISION,
    "certificate.decide": Stage.DECISION,
    "certificate.result": Stage.DECISION,
    "gap.index": Stage.CLOSED,
    "gap.show": Stage.CLOSED,
    "gap.path": Stage.CLOSED,
    "gap.pdf": Stage.CLOSED,
    "gap.xlsx": Stage.CLOSED,
    "improvement.draft": Stage.CLOSED,
}


def stage_of(endpoint: str) -> Stage:
    return STAGE_OF.get(endpoint, Stage.SCORING)


def body_of(endpoint: str, side: Side, *, version: int = 1) -> dict[str, Any]:
    """A form that would be taken from somebody who may send it."""
    return _bodies(side, version).get(endpoint, {})


def _bodies(side: Side, version: int) -> dict[str, dict[str, Any]]:
    cast = side.cast
    score = {"level": "good", "reason": REASON, "version": ""}
    details = {"title": "A title", "kind": "", "note": "", "version": str(version)}
    action = {
        "title": "Answer faster", "description": "", "owner_id": "0", "due_on": "2199-12-31",
        "kpi": "", "target": "", "version": "2", "department": str(cast.licensing),
    }  # fmt: skip
    person = {
        "name_en": "New Person", "name_ar": "شخص جديد", "language": "en",
        "email": "new.person@example.org", "role": "observer", "place": f"o{cast.organisation}",
    }  # fmt: skip
    named = {"name_en": "Name", "name_ar": "اسم", "version": "1", "code": "NEW"}
    text = b"Register of promises, 2026."
    csv = b"date,answer\n2026-01-10,5\n"
    return {
        "assessment.assign": {"role": "assessor", "person_id": str(cast.assessor.id)},
        "assessment.choose": {"version": "1"},
        "assessment.open_new": {
            "department_id": str(cast.licensing),
            "standard_version_id": str(side.ids["version_id"]),
            "cycle": "2040",
            "scope_en": "Licences",
            "scope_ar": "التراخيص",
        },
        "assessment.score": score,
        "assessment.agree": score,
        "assessment.link": {"evidence_id": str(side.ids["evidence_id"]), "place": "p. 3"},
        "assessment.declare_interest": {
            "place": f"d{cast.licensing}", "kind": "family", "words": "My sister works there.",
        },
        "assessment.end_interest": {"ended_on": "2026-01-31"},
        "assessment.set_aside_interest": {"reason": REASON},
        "assessment.confirm_move": {"to_version": "1", "assessment_version": "1"},
        "assessment.send_back": {"reason": REASON},
        "certificate.decide": {"award": "-", "reason": REASON, "sure": "y", "version": "5"},
        "certificate.change": {
            **{f"{kind}-reason": REASON for kind in ("suspend", "restore", "withdraw")},
            **{f"{kind}-version": "1" for kind in ("suspend", "restore", "withdraw")},
        },
        "certificate.check_file": {"file": (BytesIO(text), "x.pdf")},
        "evidence.new": {
            **details,
            "department": str(cast.licensing),
            "files": (BytesIO(text), "promises.txt"),
        },
        "evidence.add_piece": {
            "sha256": sha256(text).hexdigest(),
            "size": str(len(text)),
            "offset": "0",
            "piece": (BytesIO(text), "blob"),
        },
        "evidence.edit": details,
        "evidence.add_version": {"files": (BytesIO(text), "promises.txt")},
        "evidence.link": {"uses": f"{side.assessments[Stage.SELF_ASSESSMENT]}:1.1"},
        "evidence.withdraw": {"reason": REASON},
        "improvement.new": action,
        "improvement.edit": action,
        "improvement.report": {"status": "planned", "note": REASON, "version": "2"},
        "improvement.verify": {"outcome": "verified", "finding": REASON, "version": "2"},
        "improvement.draft": {"codes": "1.1"},
        "kpi.set_target": {"value": "75", "seen": ""},
        "kpi.upload": {
            "department": str(cast.licensing), "kpi": "csat", "file": (BytesIO(csv), "a.csv"),
        },
        "kpi.confirm": {"window": "month", "value": "answer", "date_column": "date"},
        "kpi.withdraw": {"reason": REASON},
        "identity.change_details": {"name_en": "Me", "name_ar": "أنا", "language": "en"},
        "identity.change_address": {"email": "other@example.org", "present": PASSWORD},
        "identity.change_password": {"present": "wrong", "password": PASSWORD, "again": PASSWORD},
        "identity.end_session": {"present": PASSWORD},
        "identity.end_other_sessions": {"present": PASSWORD},
        "identity.remove_factor": {"present": PASSWORD},
        "identity.choose_password": {"password": PASSWORD, "again": PASSWORD},
        "identity.choose_new_password": {"password": PASSWORD, "again": PASSWORD},
        "identity.create_person": person,
        "identity.give_role": {"role": "observer", "place": f"o{cast.organisation}"},
        "identity.create_organisation": named,
        "identity.create_department": named,
        "identity.rename_department": named,
        "identity.rename_organisation": named,
        "identity.ask_factor_reset": {"reason": REASON},
        "identity.ask_for_link": {"email": "nobody.here@example.org"},
        "identity.show_code": {"code": "000000"},
        "identity.show_key": {"answer": json.dumps({})},
        "security.login": {"email": "nobody.here@example.org", "password": "wrong"},
        "standard.new": {"file": (BytesIO(b"id: x"), "x.yaml")},
        "standard.replace": {"file": (BytesIO(b"id: x"), "x.yaml"), "revision": "1"},
        "standard.publish": {"sha256": "0" * 64, "compared_with": ""},
    }  # fmt: skip


def arguments_of(endpoint: str, side: Side) -> dict[str, str]:
    """What is asked for beside the address: filters that name the side's places and things."""
    asked = {
        "assessment.new": {"department_id": str(side.cast.licensing)},
        "assessment.find_evidence": {
            "q": "Kanari content", "assessment": str(side.assessments[Stage.SCORING]),
        },
        "evidence.index": {"department": str(side.cast.licensing), "q": "Kanari"},
        "evidence.new": {
            "department": str(side.cast.licensing),
            "assessment": str(side.assessments[Stage.SELF_ASSESSMENT]),
            "element": "1.1",
        },
        "evidence.arrived": {"sha256": sha256(b"Register of promises, 2026.").hexdigest()},
        "improvement.index": {"department": str(side.cast.licensing)},
        "improvement.export_csv": {"department": str(side.cast.licensing)},
        "improvement.export_xlsx": {"department": str(side.cast.licensing)},
        "improvement.new": {
            "department": str(side.cast.licensing),
            "assessment": str(side.assessments[Stage.CLOSED]),
            "element": "1.1",
        },
        "kpi.upload": {"department": str(side.cast.licensing)},
        "identity.people": {"q": "Kanari"},
        "search.index": {"q": "Kanari"},
        "trail.index": {"organisation": str(side.cast.organisation), "q": "Kanari"},
        "trail.export": {"organisation": str(side.cast.organisation)},
        "trail.export_lines": {"organisation": str(side.cast.organisation)},
        "certificate.check": {"number": str(side.ids["number"])},
        "assessment.element": {"evidence": str(side.ids["evidence_id"])},
        "standard.compare_versions": {
            "before": str(side.ids["version_id"]), "after": str(side.ids["version_id"]),
        },
    }  # fmt: skip
    return asked.get(endpoint, {})
