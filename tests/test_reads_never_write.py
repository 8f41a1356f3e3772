"""Looking changes nothing: every page, as many people, without one writing statement.

Only the trail grows, and only where somebody was refused or took a file away.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from tests.assessments import FILE, walk_to
from tests.certificates import grant, store
from tests.queries import count_queries, writes
from tests.routes import addresses

PEOPLE = (
    "administrator",
    "programme_manager",
    "contributor",
    "leader",
    "assessor",
    "moderator",
    "decision_maker",
    "observer",
    "stranger_manager",
    "nobody",
    None,
)


@pytest.fixture
def ids(arrange, cast, world):
    """The ids of an assessment that is judged, and of all that hangs on it."""
    with arrange() as session:
        files = store(world.settings)
        number = grant(session, cast, files).number
        assessment = walk_to(session, cast, Stage.SCORING, cycle="2027")
        for version in session.scalars(select(EvidenceVersion)):
            files.path(version.sha256).parent.mkdir(parents=True, exist_ok=True)
            files.path(version.sha256).write_bytes(FILE)
        return {
            "assessment_id": assessment.id,
            "number": number,
            "code": "1.1",
            "person_id": cast.leader.id,
            "organisation_id": cast.organisation,
            "department_id": cast.licensing,
            "version_id": assessment.standard_version_id,
            "evidence_id": session.scalar(select(Evidence.id)),
            "link_id": session.scalar(
                select(EvidenceLink.id).where(EvidenceLink.assessment_id == assessment.id)
            ),
            "evidence_version_id": session.scalar(select(EvidenceVersion.id)),
            "kpi": "csat",
            "kpi_id": "csat",
            "filename": "mark.svg",
        }


def leaves_a_trace(answer) -> bool:
    """Whether the person was refused, or took a file away."""
    return answer.status_code in (403, 404) or answer.mimetype != "text/html"


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_writes(browse, cast, app, arrange, ids, who):
    browser = browse(getattr(cast, who) if who else None)
    opened = 0
    for endpoint, path in addresses(app, "GET", ids):
        with count_queries(app) as statements:
            answer = browser.client.get(path)
        answer.close()
        assert answer.status_code < 500, (endpoint, path)
        written = writes(statements)
        if leaves_a_trace(answer):
            written = [one for one in written if not one.startswith("INSERT INTO event ")]
        assert written == [], (endpoint, path)
        opened += answer.status_code == 200
    assert opened >= (3 if who is None else 6), "hardly any page was really opened"
    with arrange() as session:
        changes = Event.action.not_in(("access.denied", "evidence.read", "export.taken"))
        last = session.scalar(select(Event.action).where(changes).order_by(Event.id.desc()))
        assert last == "assessment.self_assessment_submitted"


def test_a_head_request_and_an_unknown_page_write_nothing_either(browse, cast, app):
    with count_queries(app) as statements:
        assert browse(cast.leader).client.head("/").status_code == 200
        assert browse(cast.leader).get("/nowhere").status == 404
    assert writes(statements) == []
