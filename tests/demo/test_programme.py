"""The demonstration is believable: every feature has something to show, and every rule holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from flask_security.utils import verify_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accredit import audit, clock
from accredit.app import create_app
from accredit.assessment.models import Assessment, Assignment, Score
from accredit.certificate.models import Certificate, Decision
from accredit.config import Mode
from accredit.database import db, writing
from accredit.demo import programme
from accredit.demo.people import PLAYERS, sign_in_table
from accredit.evidence.models import Evidence, EvidenceLink
from accredit.identity.domain import DEPARTMENT_ROLES, Role
from accredit.identity.models import Department, Person, RoleAssignment
from accredit.identity.passwords import DEMO_PASSWORD
from accredit.standard.models import StandardVersion
from accredit.standard.service import read_standard
from tests.conftest import Browser, make_settings
from tests.demo.conftest import Told

Reading = Callable[[], AbstractContextManager[Session]]


def _closed(session: Session) -> dict[str, Assessment]:
    rows = session.scalars(
        select(Assessment).join(Assessment.department).where(Assessment.stage == "closed")
    )
    return {row.department.code: row for row in rows}


def test_it_shows_an_assessment_at_each_stage_and_last_years_three_closed(
    reading: Reading,
) -> None:
    with reading() as session:
        stages = Counter(session.scalars(select(Assessment.stage)))

    assert stages == {
        "set_up": 1,
        "self_assessment": 2,
        # By the service standard, and by one with points and attributes.
        "scoring": 2,
        "moderation": 1,
        "decision": 1,
        "closed": 3,
    }


def test_last_year_ended_with_a_refusal_an_award_and_a_distinction(reading: Reading) -> None:
    with reading() as session:
        ended = {
            code: session.scalars(
                select(Decision).where(
                    Decision.assessment_id == assessment.id,
                    Decision.kind.in_(["grant", "refuse"]),
                )
            ).one()
            for code, assessment in _closed(session).items()
        }

        assert {code: (row.kind, row.award) for code, row in ended.items()} == {
            "LIC": ("refuse", None),
            "CC": ("grant", "accredited"),
            "DIG": ("grant", "distinction"),
        }


def test_one_certificate_is_valid_and_one_suspended(reading: Reading, told: Told) -> None:
    today = clock.today(told.settings.time_zone)

    with reading() as session:
        certificates = session.scalars(select(Certificate)).all()
        states = {row.award: row.state_on(today).value for row in certificates}
        languages = {document.language for row in certificates for document in row.documents}

    assert states == {"distinction": "valid", "accredited": "suspended"}
    assert languages == {"en", "ar", "both"}


def test_scoring_and_moderation_are_half_way(reading: Reading) -> None:
    with reading() as session:
        counts = dict(
            session.execute(
                select(Assessment.stage, func.count(Score.id))
                .join(Score, Score.assessment_id == Assessment.id)
                .where(
                    ((Assessment.stage == "scoring") & (Score.stage == "individual"))
                    | ((Assessment.stage == "moderation") & (Score.stage == "agreed"))
                )
                .group_by(Assessment.stage)
            ).all()
        )

    assert 0 < counts["scoring"] < 2 * 48 + 2 * 25
    assert 0 < counts["moderation"] < 48


def test_one_assessment_is_by_points_and_attributes_with_weights_of_its_own(
    reading: Reading,
) -> None:
    with reading() as session:
        assessment = session.scalars(
            select(Assessment)
            .join(Assessment.standard_version)
            .where(StandardVersion.standard_id == "excellence-2025")
        ).one()
        standard = read_standard(assessment.standard_version)
        chosen = assessment.choices.weights
        scores = session.scalars(select(Score).where(Score.assessment_id == assessment.id)).all()

        assert sum(
            chosen.get(element.code, Decimal(element.weight))
            for element in standard.criterion("3").elements
        ) == Decimal(100)
        assert chosen
        assert {row.element_code for row in scores if row.stage == "self"} == {
            element.code for element in standard.judged_elements
        }
        assert 0 < sum(row.stage == "individual" for row in scores) < 50
        for row in scores:
            element = standard.element(row.element_code)
            assert set(row.awarded.values) == {*standard.attributes_of(element).ids, "overall"}
            assert "{" not in row.reason


def test_every_element_of_a_finished_assessment_has_its_reasons_and_evidence(
    reading: Reading,
) -> None:
    with reading() as session:
        for assessment in _closed(session).values():
            standard = read_standard(assessment.standard_version)
            own = {
                row.element_code: row
                for row in session.scalars(
                    select(Score).where(Score.assessment_id == assessment.id, Score.stage == "self")
                )
            }
            linked = set(
                session.scalars(
                    select(EvidenceLink.element_code).where(
                        EvidenceLink.assessment_id == assessment.id
                    )
                )
            )
            stages = Counter(
                session.scalars(select(Score.stage).where(Score.assessment_id == assessment.id))
            )

            assert stages == {"self": 48, "individual": 96, "agreed": 48}
            assert {code for code, row in own.items() if row.level != "absent"} <= linked
            assert set(own) == {element.code for element in standard.elements}


def test_reasons_are_many_and_in_both_languages(reading: Reading) -> None:
    with reading() as session:
        reasons = session.scalars(select(Score.reason).where(Score.stage == "individual")).all()

    arabic = [text for text in reasons if "ا" in text]
    assert len(set(reasons)) > 0.8 * len(reasons)
    assert len(arabic) > 100
    assert len(reasons) - len(arabic) > 100


def test_assessors_differ_now_and_then_and_the_moderator_says_why(reading: Reading) -> None:
    with reading() as session:
        assessment = _closed(session)["LIC"]
        rows = session.scalars(select(Score).where(Score.assessment_id == assessment.id)).all()

    levels: dict[str, set[str]] = {}
    for row in rows:
        if row.stage == "individual":
            levels.setdefault(row.element_code, set()).add(row.level)
    differing = {code for code, found in levels.items() if len(found) > 1}
    agreed = {row.element_code: row for row in rows if row.stage == "agreed"}
    assert 3 <= len(differing) <= 20
    assert all(agreed[code].level in levels[code] for code in agreed)
    assert all(agreed[code].reason.count("«") for code in differing)


def test_nobody_judges_their_own_department_or_twice(reading: Reading) -> None:
    with reading() as session:
        of_department = {
            (row.person_id, row.department_id)
            for row in session.scalars(
                select(RoleAssignment).where(
                    RoleAssignment.role.in_([role.value for role in DEPARTMENT_ROLES])
                )
            )
        }
        assignments = session.scalars(select(Assignment)).all()
        judges = [(row.person_id, row.assessment.department_id) for row in assignments]
        decided = {
            (row.decided_by_id, row.assessment_id) for row in session.scalars(select(Decision))
        }
        scored = {
            (person, assessment)
            for person, assessment in session.execute(
                select(Score.person_id, Score.assessment_id).distinct()
            )
        }

    assert not set(judges) & of_department
    assert len({(row.person_id, row.assessment_id) for row in assignments}) == len(assignments)
    assert not decided & scored


def test_one_person_holds_different_roles_in_different_places(reading: Reading) -> None:
    with reading() as session:
        rows = session.scalars(
            select(RoleAssignment)
            .join(Person, Person.id == RoleAssignment.person_id)
            .where(Person.email == "rania@waha.example")
        ).all()
        assessed = session.scalars(
            select(Department.code)
            .join(Assessment, Assessment.department_id == Department.id)
            .join(Assignment, Assignment.assessment_id == Assessment.id)
            .join(Person, Person.id == Assignment.person_id)
            .where(Person.email == "rania@waha.example")
        ).all()

    assert {row.role for row in rows} == {Role.CONTRIBUTOR, Role.ASSESSOR}
    assert "DIG" not in assessed
    assert "LIC" in assessed


def test_the_trail_holds_in_the_order_of_time_and_never_runs_ahead(reading: Reading) -> None:
    with reading() as session:
        events = session.scalars(select(audit.Event).order_by(audit.Event.id)).all()

        assert audit.verify(events) == []
    moments = [event.at for event in events]
    assert len(events) > 2000
    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()


def test_every_feature_left_its_events(reading: Reading) -> None:
    with reading() as session:
        kinds = {action.partition(".")[0] for action in session.scalars(select(audit.Event.action))}

    assert kinds >= {
        *("standard", "organisation", "department", "person", "role", "evidence"),
        *("assessment", "assignment", "score", "kpi", "decision", "certificate", "improvement"),
    }


def test_everybody_is_marked_and_has_a_name_in_both_scripts(reading: Reading) -> None:
    with reading() as session:
        people = session.scalars(select(Person)).all()
        codes = set(session.scalars(select(Department.code)))

        assert all(person.is_demo and person.active for person in people)
        assert all(
            person.name_en.isascii() and "\u0621" <= person.name_ar[0] <= "\u064a"
            for person in people
        )
    assert len(people) == len(PLAYERS) == 16
    assert codes == {"LIC", "CC", "DIG", "BIL"}


def test_the_public_password_lets_everybody_in(reading: Reading, told: Told) -> None:
    with reading() as session:
        hashes = set(session.scalars(select(Person.password)))

        assert len(hashes) == 1
        assert verify_password(DEMO_PASSWORD, hashes.pop())
    client = told.app.test_client()
    sent = {"email": PLAYERS[0].email, "password": DEMO_PASSWORD}
    assert client.post("/sign-in", data=sent).status_code in (302, 303)
    assert client.get("/").status_code == 200


def test_the_table_of_people_says_who_they_are_and_the_password(told: Told) -> None:
    table = sign_in_table(told.settings.base_url)

    assert all(player.email in table and player.name.en in table for player in PLAYERS)
    assert DEMO_PASSWORD in table
    assert told.settings.base_url in table
    assert "Leader, Licensing and permits" in table
    assert "Administrator, everywhere" in table


def test_told_twice_it_changes_nothing(reading: Reading, told: Told) -> None:
    with reading() as session:
        before = session.scalar(select(func.count(audit.Event.id)))

        again = programme.load(told.settings)

        assert again is False
        assert session.scalar(select(func.count(audit.Event.id))) == before


def test_production_refuses_it(told: Told, tmp_path: Path) -> None:
    production = make_settings(tmp_path, mode=Mode.PRODUCTION)

    assert not programme.allowed(production)
    assert programme.allowed(told.settings)
    with pytest.raises(programme.DemonstrationRefusedError):
        programme.load(production)


def test_it_can_be_told_on_any_day_and_is_nothing_until_it_is_committed(tmp_path: Path) -> None:
    from accredit.setup import upgrade_database

    settings = make_settings(tmp_path, mode=Mode.DEMO)
    app = create_app(settings)
    with (
        time_machine.travel(datetime(2028, 2, 29, 0, 20, tzinfo=UTC), tick=True),
        app.app_context(),
        writing(),
    ):
        upgrade_database()
        assert programme.load(settings)
        session = db.session()
        opened = session.scalars(select(Assessment.opened_at)).all()
        last = session.scalar(select(func.max(audit.Event.at)))
        cycles = set(session.scalars(select(Assessment.cycle)))
        db.session.rollback()

        left = session.scalar(select(func.count(Person.id)))
        db.session.remove()
        db.engine.dispose()

    assert min(opened).year == 2026
    assert last is not None
    assert last < datetime(2028, 2, 29, 0, 20, tzinfo=UTC)
    assert cycles == {"2027", "2028"}
    assert left == 0


def test_the_other_organisation_sees_nothing_of_the_first(
    visit: Callable[..., Browser], reading: Reading
) -> None:
    stranger = visit("salem", "ar")
    with reading() as session:
        foreign = session.scalars(
            select(Assessment.id).join(Assessment.department).where(Department.code == "LIC")
        ).first()
        evidence = session.scalars(
            select(Evidence.id).join(Evidence.department).where(Department.code == "LIC")
        ).first()

    page = stranger.get("/assessments/")

    assert page.status == 200
    assert "بلدية الواحة" not in page.text
    assert "شركة الروض للمياه" in page.text
    assert stranger.get(f"/assessments/{foreign}").status == 404
    assert stranger.get(f"/evidence/{evidence}").status == 404
