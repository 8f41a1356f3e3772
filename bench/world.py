"""The demonstration as a place to measure in, and many more assessments beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from lxml import html as lxml_html
from sqlalchemy import func, select, text

from bench.measure import Timing, time_calls


@dataclass(frozen=True)
class Places:
    """Addresses to measure, and the cookies of two people."""

    certificate: str
    element: str
    score: str
    gap_report: str
    gap_pdf: str
    assessor_cookie: str
    leader_cookie: str
    report_pages: int
    finished: int
    assessments: int


@contextmanager
def application(environ: Mapping[str, str]) -> Iterator[Flask]:
    """The application over the measured database, in this process."""
    from accredit.app import create_app
    from accredit.config import load_settings
    from accredit.database import db, writing

    app = create_app(load_settings({**os.environ, **environ}))
    with app.app_context(), writing():
        try:
            yield app
            db.session.commit()
        finally:
            db.session.remove()
            db.engine.dispose()


def find_places(environ: Mapping[str, str]) -> Places:
    """An assessment being scored, one with a gap report, a certificate, and their people."""
    from accredit.assessment.domain import Stage
    from accredit.assessment.models import Assessment, Assignment
    from accredit.certificate.models import Certificate
    from accredit.database import db
    from accredit.identity.domain import Role
    from accredit.identity.models import Person, RoleAssignment
    from accredit.standard.service import read_standard

    with application(environ) as app:
        session = db.session()
        scoring = session.scalars(
            select(Assessment).where(Assessment.stage == Stage.SCORING).limit(1)
        ).one()
        assessor = session.scalars(
            select(Person)
            .join(Assignment, Assignment.person_id == Person.id)
            .where(
                Assignment.assessment_id == scoring.id,
                Assignment.role == Role.ASSESSOR,
                Assignment.submitted_at.is_(None),
            )
            .limit(1)
        ).one()
        certificate = session.scalars(select(Certificate).order_by(Certificate.id).limit(1)).one()
        finished = certificate.assessment
        leader = session.scalars(
            select(Person)
            .join(RoleAssignment, RoleAssignment.person_id == Person.id)
            .where(
                RoleAssignment.role == Role.LEADER,
                RoleAssignment.department_id == finished.department_id,
                RoleAssignment.ended_at.is_(None),
            )
            .limit(1)
        ).one()
        code = read_standard(scoring.standard_version).elements[0].code
        report = f"/gap-reports/{finished.id}"
        cookie = cookie_of(app, leader)
        return Places(
            certificate=f"/certificates/{certificate.number}",
            element=f"/assessments/{scoring.id}/elements/{code}",
            score=f"/assessments/{scoring.id}/elements/{code}/score",
            gap_report=report,
            gap_pdf=f"{report}/report.pdf",
            assessor_cookie=cookie_of(app, assessor),
            leader_cookie=cookie,
            report_pages=_pages_of(app, f"{report}/report.pdf", cookie),
            finished=finished.id,
            assessments=session.scalar(select(func.count(Assessment.id))) or 0,
        )


def cookie_of(app: Flask, person: object) -> str:
    from accredit import clock
    from accredit.database import db
    from accredit.identity import sessions
    from accredit.identity.service import record

    session, person_id = db.session(), person.id  # type: ignore[attr-defined] # a Person
    token = sessions.begin(
        session, person_id, confirmed=True, address=None, agent="", at=clock.now()
    )
    record(session, "person.signed_in", person_id, None, person_id, clock.now())
    session.commit()
    # The application's own: cookies signed in another way are nobody's.
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # a cookie
    assert signer is not None, "the application has a secret key"
    content = {"_user_id": token}
    return f"session={signer.dumps(content)}; language=en"


def _pages_of(app: Flask, path: str, cookie: str) -> int:
    import io

    from pypdf import PdfReader

    answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
    return len(PdfReader(io.BytesIO(answer.data)).pages)


def score_form(page: bytes) -> dict[str, str]:
    """What the scoring form would send untouched, token and version included."""
    tree = lxml_html.fromstring(page.decode())
    for form in tree.xpath("//form"):
        if (form.get("action") or "").endswith("/score"):
            return {key: value for key, value in form.form_values() if key != "next"}
    raise RuntimeError("the scoring page has no score form")


def add_assessments(environ: Mapping[str, str], source: int, count: int) -> list[int]:
    """Copy a finished assessment with its scores, duties and links `count` times; the new ids.

    One agreed score of each copy is another one, so that no two have the same gap report.
    Each copy was submitted as the original was, so that its evidence is as old for good.
    """
    from accredit.audit import Event, Subject, guards, record
    from accredit.database import db

    new_ids = []
    with application(environ):
        session = db.session()
        # Copies of what was settled: the database would refuse to change them, and rightly.
        guards.take_down(session.connection())
        scored = "SELECT DISTINCT element_code, level FROM score WHERE assessment_id = :source"
        drawn = session.execute(text(scored), {"source": source}).all()
        codes = sorted({code for code, _ in drawn})
        levels = sorted({level for _, level in drawn})
        tables = {
            "assessment": _columns("assessment"),
            "score": _columns("score"),
            "assignment": _columns("assignment"),
            "evidence_link": _columns("evidence_link"),
        }
        submitted = session.scalars(
            select(Event).where(
                Event.action == "assessment.self_assessment_submitted",
                Event.subject_id == str(source),
            )
        ).one()
        for number in range(count):
            new = session.execute(
                text(
                    f"INSERT INTO assessment ({tables['assessment']}) "
                    f"SELECT {tables['assessment']} FROM assessment WHERE id = :source RETURNING id"
                ),
                {"source": source},
            ).scalar_one()
            for table in ("score", "assignment", "evidence_link"):
                columns = tables[table]
                session.execute(
                    text(
                        f"INSERT INTO {table} (assessment_id, {columns}) "
                        f"SELECT :new, {columns} FROM {table} WHERE assessment_id = :source"
                    ),
                    {"new": new, "source": source},
                )
            session.execute(
                text(
                    "UPDATE score SET level = :level WHERE assessment_id = :new "
                    "AND element_code = :code AND stage = 'agreed'"
                ),
                {
                    "new": new,
                    "code": codes[number % len(codes)],
                    "level": levels[number // len(codes) % len(levels)],
                },
            )
            place = (submitted.organisation_id, submitted.department_id)
            record(
                session,
                submitted.action,
                Subject("assessment", str(new), *place),
                by=submitted.person_id,
                at=submitted.at,
            )
            new_ids.append(new)
        guards.set_up(session.connection())
    return new_ids


def _columns(table: str) -> str:
    from accredit.database import db

    names = [column.name for column in db.metadata.tables[table].columns]
    return ", ".join(name for name in names if name not in ("id", "assessment_id"))


def time_certificate_pdf(environ: Mapping[str, str]) -> Timing:
    """One bilingual certificate drawn, as the decision does it."""
    from accredit.certificate.models import Certificate
    from accredit.certificate.pdf import CertificateText, render_certificate
    from accredit.database import db
    from accredit.text import Bilingual

    with application(environ):
        certificate = db.session().scalars(select(Certificate).limit(1)).one()
        content = CertificateText(
            number=certificate.number,
            organisation=certificate.organisation_name,
            department=certificate.department_name,
            scope=certificate.scope,
            standard=certificate.standard_title,
            edition=certificate.standard_edition,
            award=certificate.award_name,
            issued_on=certificate.issued_on,
            expires_on=certificate.expires_on,
            decided_by=Bilingual("Mona Jaber", "منى جابر"),
            verify_url=f"https://accredit.example.org/certificates/{certificate.number}",
            check_url="https://accredit.example.org/certificates/check",
        )
        return time_calls(lambda _n: render_certificate(content, "both"), rounds=20, warm_up=3)
