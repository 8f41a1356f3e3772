"""What was submitted is what is judged: a file added later does not slip into the assessment."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from accredit.assessment import scoring, service
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from accredit.identity.service import load_access
from tests.assessments import OPENED, self_assess, staff, walk_to
from tests.queries import count_queries

BEFORE, AFTER = OPENED + timedelta(hours=2), OPENED + timedelta(days=5)
CAME_LATER = "A newer file was added after the submission; it does not count here."
JUDGES = ["assessor", "moderator", "decision_maker", "observer", "leader"]


def add_file(session, cast, name, at):
    """One more file for the evidence of every link; returns what is in it."""
    evidence = session.scalars(select(Evidence)).one()
    newest = session.scalars(
        select(EvidenceVersion).order_by(EvidenceVersion.number.desc())
    ).first()
    version = EvidenceVersion(
        evidence_id=evidence.id,
        number=newest.number + 1,
        sha256=sha256(name.encode()).hexdigest(),
        file_name=name,
        media_type="application/pdf",
        size=len(name),
        uploaded_by_id=cast.contributor.id,
        uploaded_at=at,
    )
    session.add(version)
    session.flush()
    return version


@pytest.fixture
def stored(world):
    """Puts the content of a file into the store: its own name."""

    def put(name):
        digest = sha256(name.encode()).hexdigest()
        folder = world.settings.evidence_dir / digest[:2]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / digest[2:]).write_bytes(name.encode())

    return put


def link_of(arrange):
    with arrange() as session:
        return session.scalars(select(EvidenceLink.id).order_by(EvidenceLink.id)).first()


@pytest.mark.parametrize("who", JUDGES)
@pytest.mark.parametrize("stage", [Stage.SCORING, Stage.MODERATION, Stage.DECISION, Stage.CLOSED])
def test_a_file_added_after_the_submission_is_neither_shown_nor_handed_out(
    browse, cast, arrange, stored, stage, who
):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        id_ = assessment.id
        self_assess(session, cast, assessment, dict.fromkeys(("1.1", "1.2", "2.1", "2.2"), "good"))
        add_file(session, cast, "in-time.pdf", BEFORE)
        add_file(session, cast, "too-late.pdf", AFTER)
        assessment.stage = stage.value
    for name in ("in-time.pdf", "too-late.pdf"):
        stored(name)
    person = browse(getattr(cast, who))
    page = person.get(f"/assessments/{id_}/elements/1.1")
    assert "in-time.pdf" in page.text
    assert "too-late.pdf" not in page.text
    assert CAME_LATER in page.text
    answer = person.get(f"/assessments/{id_}/evidence/{link_of(arrange)}/file")
    assert answer.body == b"in-time.pdf"


def test_while_the_department_assesses_itself_the_newest_file_counts(browse, cast, arrange, stored):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        id_ = assessment.id
        self_assess(session, cast, assessment, {"1.1": "good"}, submit=False)
        add_file(session, cast, "newest.pdf", AFTER)
    stored("newest.pdf")
    person = browse(cast.contributor)
    page = person.get(f"/assessments/{id_}/elements/1.1")
    assert "newest.pdf" in page.text
    assert CAME_LATER not in page.text
    answer = person.get(f"/assessments/{id_}/evidence/{link_of(arrange)}/file")
    assert answer.body == b"newest.pdf"


def test_a_returned_self_assessment_takes_the_file_of_its_second_submission(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        id_ = assessment.id
        service.return_to_previous(
            session,
            assessment,
            reason="The register is missing.",
            by=cast.programme_manager.id,
            at=OPENED + timedelta(days=3),
        )
        add_file(session, cast, "mended.pdf", OPENED + timedelta(days=4))
    leader = browse(cast.leader)
    url = f"/assessments/{id_}/elements/1.1"
    assert "mended.pdf" in leader.get(url).text
    with arrange() as session:
        scoring.submit_self_assessment(
            session,
            session.get(Assessment, id_),
            access=load_access(session, cast.leader.id),
            at=AFTER,
        )
        add_file(session, cast, "again-too-late.pdf", AFTER + timedelta(seconds=1))
    page = browse(cast.assessor).get(url)
    assert "mended.pdf" in page.text
    assert "again-too-late.pdf" not in page.text


def test_the_submission_of_one_assessment_says_nothing_of_another(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING, cycle="2025")
        add_file(session, cast, "for-the-next-year.pdf", AFTER)
        second = walk_to(session, cast, Stage.SET_UP, at=AFTER)
        staff(session, cast, second, at=AFTER)
        service.start(session, second, by=cast.programme_manager.id, at=AFTER)
        first_link = session.scalars(select(EvidenceLink)).first()
        session.add(
            EvidenceLink(
                assessment_id=second.id,
                element_code="1.1",
                evidence_id=first_link.evidence_id,
                linked_by_id=cast.leader.id,
                linked_at=AFTER,
            )
        )
        id_ = second.id
    assert (
        "for-the-next-year.pdf" in browse(cast.leader).get(f"/assessments/{id_}/elements/1.1").text
    )


def test_the_arabic_page_says_so_in_arabic(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SCORING).id
        add_file(session, cast, "too-late.pdf", AFTER)
    page = browse(cast.assessor, "ar").get(f"/assessments/{id_}/elements/1.1")
    assert "أُضيف ملف أحدث بعد تقديم التقييم الذاتي، ولا يُحتسب هنا." in page.text


def test_more_files_ask_the_database_no_more_often(app, browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SCORING).id
    assessor = browse(cast.assessor)
    with count_queries(app) as few:
        assessor.get(f"/assessments/{id_}/elements/1.1")
    with arrange() as session:
        for number in range(5):
            add_file(session, cast, f"{number}.pdf", AFTER)
    with count_queries(app) as many:
        assessor.get(f"/assessments/{id_}/elements/1.1")
    assert len(many) == len(few)
