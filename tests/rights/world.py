"""Two organisations in which the same things happened, the second full of canary strings.

Everything is written by the services of the product. What is marked in the second organisation
must not reach anybody of the first.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import audit, clock
from accredit.assessment import declaring, staffing
from accredit.assessment.declaring import Declaration
from accredit.assessment.domain import Stage
from accredit.assessment.interests import InterestKind
from accredit.assessment.models import Assessment, Assignment
from accredit.certificate.models import Certificate
from accredit.database import db
from accredit.evidence import service as evidence_service
from accredit.evidence import uploading
from accredit.evidence.domain import Details, Upload
from accredit.evidence.models import EvidenceLink
from accredit.identity.domain import Role
from accredit.identity.models import (
    Department,
    Organisation,
    Person,
    RoleAssignment,
    SecondFactor,
    SignInSession,
)
from accredit.identity.people import Place
from accredit.identity.service import load_access
from accredit.improvement import service as improvement
from accredit.improvement.domain import ActionDetails, ActionStatus
from accredit.improvement.models import ImprovementAction
from accredit.kpi import imports
from accredit.kpi.choices import Choices, figures
from accredit.kpi.importing import Mapping as Columns
from accredit.kpi.importing import Window
from accredit.kpi.staging import About, Staging
from accredit.standard import drafts
from accredit.standard.drafts import SourceFile
from accredit.standard.file.loader import load
from accredit.standard.models import StandardDraft, StandardVersion
from accredit.text import Bilingual
from tests import assessments
from tests.assessments import walk_to
from tests.certificates import decide, store
from tests.conftest import World
from tests.kpi.files import csv_table, kpi
from tests.making_versions import text_of
from tests.people import START, Actor, Cast, give_app, make_person, open_session
from tests.rights.kinds import Kind

NAME = "rights"
STAGES = tuple(Stage)
TODAY = date(2026, 3, 2)
FUTURE = date(2199, 12, 31)


@dataclass
class Canaries:
    """Marked texts, each planted once. `public` are those that a certificate tells everybody,
    `people` those of accounts, which administrators see."""

    active: bool
    texts: dict[str, str] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)

    def plant(self, where: str, *, public: bool = False, people: bool = False) -> str:
        """A text for this place; marked only in the organisation that must stay hidden."""
        if not self.active:
            return f"An ordinary {where}"
        text = f"Kanari{len(self.texts):02d}vogel"
        assert where not in self.texts
        self.texts[where] = text
        if public:
            self.public.add(text)
        if people:
            self.people.add(text)
        return text


@dataclass
class Side:
    """One organisation: its people, and the ids of everything that happened there."""

    cast: Cast
    canaries: Canaries
    assessments: dict[Stage, int] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    links: dict[Stage, int] = field(default_factory=dict)
    assignments: dict[Stage, int] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)


@dataclass
class Rights:
    """The prepared world: whose side is one's own, and how each kind of person comes in."""

    world: World
    own: Side
    other: Side
    sessions: dict[Kind, str]
    people: dict[Kind, int]
    theirs: dict[str, str]
    own_ids: dict[Kind, dict[str, int]]

    def client(self, kind: Kind) -> FlaskClient:
        client = self.world.app.test_client()
        client.set_cookie("language", "en")
        if kind is not Kind.ANONYMOUS:
            with client.session_transaction() as session:
                session["_user_id"] = self.sessions[kind]
        return client

    def seen_from_inside(self) -> bytes:
        """What the people of the other organisation read on their pages, in small letters."""
        ids, stages = self.other.ids, self.other.assessments
        closed, decision = stages[Stage.CLOSED], stages[Stage.DECISION]
        element = f"/assessments/{closed}/elements/1.1"
        pages = {
            "leader": [
                "/account", f"/assessments/{closed}", element,
                f"/evidence/{ids['evidence_id']}", f"/evidence/{ids['evidence_id']}/edit",
                f"/evidence/{ids['evidence_id']}/versions/1/file",
                f"/evidence/{ids['withdrawn_id']}",
                f"/improvement-actions/{ids['action_id']}",
                f"/improvement-actions/{ids['given_up_id']}",
                f"/kpis/imports/{ids['import_id']}", f"/certificates/{ids['number']}/history",
            ],
            "contributor": ["/account", f"/kpis/import/{ids['token']}"],
            "decision_maker": [
                f"/assessments/{decision}", f"/assessments/{decision}/decision",
                f"/assessments/{decision}/elements/1.1", element,
                f"/certificates/{ids['number']}/history",
            ],
            "programme_manager": [
                "/account", "/assessments/interests/of-people", "/people",
                f"/people/{ids['person_id']}",
            ],
            "assessor": ["/account"],
            "observer": ["/account"],
        }  # fmt: skip
        read = bytearray()
        for who, paths in pages.items():
            client = self.world.app.test_client()
            with client.session_transaction() as session:
                session["_user_id"] = self.theirs[who]
            for path in paths:
                for language in ("en", "ar"):
                    response = client.get(path, query_string={"lang": language})
                    assert response.status_code == 200, (who, path, response.status_code)
                    read += response.get_data().lower()
                    response.close()
        return bytes(read)

    def renew(self) -> None:
        """Everything as it was prepared."""
        with self.world.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.world.databases.renew(NAME)
        data = self.world.settings.data_dir
        for name in ("trail", "evidence", "staging", "arriving"):
            kept = data / f"{NAME}-{name}"
            shutil.rmtree(data / name, ignore_errors=True)
            if kept.exists():
                shutil.copytree(kept, data / name)
        self.world.app.extensions["recent_requests"].forget()


def keep(world: World) -> None:
    """Remember the database and the folders as they are now."""
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    world.databases.keep(NAME)
    data = world.settings.data_dir
    for name in ("trail", "evidence", "staging", "arriving"):
        kept = data / f"{NAME}-{name}"
        shutil.rmtree(kept, ignore_errors=True)
        if (data / name).exists():
            shutil.copytree(data / name, kept)


def prepare(world: World, arrange: Callable[[], Any], cast: Cast) -> Rights:
    """Let everything happen in both organisations."""
    with arrange() as session:
        own = Side(cast, Canaries(active=False))
        other = Side(_their_people(session, cast), Canaries(active=True))
        other.cast = _named(session, other)
        unassigned = make_person(
            session, "pool@example.org", "Pool", "مجمع", (Role.ASSESSOR, cast.organisation, None)
        )
        unassigned.password = session.get(Person, cast.nobody.id).password
        disabled = make_person(
            session, "gone@example.org", "Gone", "غائب",
            (Role.LEADER, cast.organisation, cast.licensing),
        )  # fmt: skip
        for side in (own, other):
            _live(session, world, side)
        tied = make_person(
            session, "tied@example.org", "Tied", "مرتبط", (Role.ASSESSOR, cast.organisation, None)
        )
        tied.password = unassigned.password
        own.ids["interest_id"] = _tie(session, own, tied)
        their_observer = session.get(Person, other.cast.observer.id)
        other.ids["interest_id"] = _tie(session, other, their_observer)
        people = {
            Kind.DISABLED: disabled.id,
            Kind.HALF_SIGNED_IN: cast.programme_manager.id,
            Kind.NOBODY: cast.nobody.id,
            Kind.CONTRIBUTOR: cast.contributor.id,
            Kind.LEADER: cast.leader.id,
            Kind.NEIGHBOUR: cast.contact_leader.id,
            Kind.ASSESSOR: cast.assessor.id,
            Kind.UNASSIGNED: unassigned.id,
            Kind.TIED: tied.id,
            Kind.MODERATOR: cast.moderator.id,
            Kind.DECISION_MAKER: cast.decision_maker.id,
            Kind.MANAGER: cast.programme_manager.id,
            Kind.OBSERVER: cast.observer.id,
            Kind.ADMINISTRATOR: cast.administrator.id,
        }
        sessions, own_ids = {}, {}
        for kind, person_id in people.items():
            if not session.scalar(select(SecondFactor.id).filter_by(person_id=person_id)):
                give_app(session, person_id, f"app {person_id}".encode())
            sessions[kind] = open_session(
                session, person_id, confirmed=kind is not Kind.HALF_SIGNED_IN
            )
            # A second device, so that ending "one's own session" leaves the one that asks.
            open_session(session, person_id)
            own_ids[kind] = {
                "session_id": session.scalars(
                    select(SignInSession.id)
                    .filter_by(person_id=person_id)
                    .order_by(SignInSession.id.desc())
                ).first(),
                "factor_id": session.scalar(select(SecondFactor.id).filter_by(person_id=person_id)),
            }
        give_app(session, other.cast.decision_maker.id, b"theirs")
        give_app(session, other.cast.programme_manager.id, b"theirs")
        theirs = {
            who: open_session(session, getattr(other.cast, who).id)
            for who in (
                "leader", "contributor", "decision_maker", "programme_manager", "assessor",
                "observer",
            )
        }  # fmt: skip
        own_ids[Kind.ANONYMOUS] = {"session_id": 1, "factor_id": 1}
        person = session.get(Person, disabled.id)
        person.active = False
    keep(world)
    return Rights(world, own, other, sessions, people, theirs, own_ids)


def _their_people(session: Session, cast: Cast) -> Cast:
    """The other organisation with everybody it needs to live through an assessment."""
    place = cast.other_organisation

    def actor(role: Role, number: int = 1) -> Actor:
        department = cast.other_department if role is Role.CONTRIBUTOR else None
        person = make_person(
            session, f"{role}{number}.theirs@example.org", "T", "ت", (role, place, department)
        )
        return Actor(person.id, person.email, "", None)

    return replace(
        cast,
        organisation=place,
        licensing=cast.other_department,
        other_organisation=cast.organisation,
        other_department=cast.licensing,
        programme_manager=cast.stranger_manager,
        leader=cast.stranger_leader,
        contributor=actor(Role.CONTRIBUTOR),
        assessor=actor(Role.ASSESSOR),
        second_assessor=actor(Role.ASSESSOR, 2),
        moderator=actor(Role.MODERATOR),
        decision_maker=actor(Role.DECISION_MAKER),
        observer=actor(Role.OBSERVER),
    )


def _named(session: Session, side: Side) -> Cast:
    """Their names and addresses are canaries."""
    cast, plant = side.cast, side.canaries.plant
    organisation = session.get(Organisation, cast.organisation)
    department = session.get(Department, cast.licensing)
    organisation.name_en = plant("organisation", public=True, people=True)
    organisation.name_ar = plant("organisation ar", public=True, people=True)
    department.name_en = plant("department", public=True, people=True)
    department.name_ar = plant("department ar", public=True, people=True)
    for name in ("contributor", "leader", "programme_manager", "assessor", "observer"):
        person = session.get(Person, getattr(cast, name).id)
        person.name_en = plant(f"{name} name", people=True)
        person.name_ar = plant(f"{name} name ar", people=True)
        person.email = plant(f"{name} address", people=True).lower() + "@example.org"
    _bind(session)
    return cast


def _bind(session: Session) -> None:
    """What was changed here is told in the trail, as every change of a row is."""
    session.flush()
    audit.record(session, "test.prepared", audit.Subject("test", "1"), by=None, at=START)


@contextmanager
def _words(side: Side) -> Iterator[None]:
    """The texts that walking an assessment writes, marked."""
    plant = side.canaries.plant
    reasons = {who: plant(f"reason of {who}") for who in assessments.REASONS}
    scope = Bilingual(plant("scope", public=True), plant("scope ar", public=True))
    with (
        patch.dict(assessments.REASONS, reasons),
        patch.object(assessments, "SELF_REASON", plant("self reason")),
        patch.object(assessments, "SCOPE", scope),
    ):
        yield


def _live(session: Session, world: World, side: Side) -> None:
    cast, plant, files = side.cast, side.canaries.plant, store(world.settings)
    ids = side.ids
    files.put(BytesIO(assessments.FILE), limit=1_000_000)
    with _words(side):
        for number, stage in enumerate(STAGES):
            wanted = Stage.DECISION if stage is Stage.CLOSED else stage
            found = walk_to(session, cast, wanted, cycle=f"20{30 + number}")
            side.assessments[stage] = found.id
            if stage is Stage.CLOSED:
                reason = plant("decision") + ", as was seen on site"
                decide(session, cast, found, files, reason=reason)
            side.links[stage] = session.scalar(
                select(EvidenceLink.id).where(EvidenceLink.assessment_id == found.id)
            ) or _link(session, side, found.id)
            side.assignments[stage] = (
                session.scalar(
                    select(Assignment.id).where(
                        Assignment.assessment_id == found.id,
                        Assignment.person_id == cast.second_assessor.id,
                    )
                )
                or 999_999
            )
    ids["number"] = session.scalar(
        select(Certificate.number).where(Certificate.department_id == cast.licensing)
    )
    ids["evidence_id"] = _evidence(session, side, files)
    ids["action_id"] = _action(session, side)
    ids["import_id"] = _import(session, side, files)
    ids["person_id"] = cast.contributor.id
    ids["role_id"] = session.scalar(
        select(RoleAssignment.id).where(RoleAssignment.person_id == cast.contributor.id)
    )
    give_app(session, cast.contributor.id, b"theirs")
    open_session(session, cast.contributor.id)
    ids["session_id"] = session.scalar(
        select(SignInSession.id)
        .filter_by(person_id=cast.contributor.id)
        .order_by(SignInSession.id.desc())
    )
    ids["factor_id"] = session.scalar(
        select(SecondFactor.id).filter_by(person_id=cast.contributor.id)
    )
    ids["organisation_id"] = cast.organisation
    ids["department_id"] = cast.licensing
    ids["version_id"] = session.scalar(select(StandardVersion.id))
    ids["draft_id"] = _draft(session, side)
    ids["code"] = "1.1"
    ids["kpi"] = "csat"
    staging = Staging(world.settings.data_dir / "staging", world.settings.secret_key)
    about = About(cast.licensing, "csat", plant("staged file") + ".csv")
    ids["token"] = staging.put(
        b"date,answer\n2026-01-10,5\n" * 40,
        about,
        person_id=cast.contributor.id,
        now=clock.now(),
    )


def _tie(session: Session, side: Side, person: Person) -> int:
    """Somebody is assigned wherever that is still possible, and then declares a tie."""
    at = START + timedelta(days=40)
    if Role.ASSESSOR in load_access(session, person.id).pool_roles_at(side.cast.organisation):
        for stage in (Stage.SET_UP, Stage.SELF_ASSESSMENT, Stage.SCORING):
            found = session.get(Assessment, side.assessments[stage])
            staffing.assign(
                session, found, person, Role.ASSESSOR, by=side.cast.programme_manager.id, at=at
            )
    organisation = session.get(Organisation, side.cast.organisation)
    department = session.get(Department, side.cast.licensing)
    place = Place(organisation.id, department.id, organisation.name, department.name)
    words = side.canaries.plant("words of a tie") + " since last year"
    said = Declaration(place, InterestKind.CONSULTANCY, words, None)
    declaring.declare(session, said, today=TODAY, by=person.id, at=at)
    return declaring.own_interests(session, person.id)[0].id


def _link(session: Session, side: Side, assessment_id: int) -> int:
    link = EvidenceLink(
        assessment_id=assessment_id,
        element_code="1.1",
        evidence_id=assessments.add_evidence(session, side.cast).id,
        linked_by_id=side.cast.contributor.id,
        linked_at=START,
    )
    session.add(link)
    _bind(session)
    return link.id


def _evidence(session: Session, side: Side, files: Any) -> int:
    plant, cast = side.canaries.plant, side.cast
    body = f"{plant('content of a file')}\n".encode()
    (evidence,) = uploading.add_evidence(
        session,
        files,
        session.get(Department, cast.licensing),
        [Upload(plant("file name") + ".txt", BytesIO(body))],
        details=Details(title=plant("evidence"), note=plant("note of evidence")),
        limit=1_000_000,
        by=cast.contributor.id,
        at=START,
    )
    (gone,) = uploading.add_evidence(
        session,
        files,
        session.get(Department, cast.licensing),
        [Upload(plant("name of a withdrawn file") + ".txt", BytesIO(b"old " + body))],
        details=Details(title=plant("withdrawn evidence")),
        limit=1_000_000,
        by=cast.contributor.id,
        at=START,
    )
    evidence_service.withdraw_evidence(
        session, gone, reason=plant("reason of withdrawing"), by=cast.leader.id, at=START
    )
    session.flush()
    side.ids["withdrawn_id"] = gone.id
    return evidence.id


def _action(session: Session, side: Side) -> int:
    given_up = _planned(session, side, "action given up", "its description")
    _report(session, side, given_up, ActionStatus.CANCELLED, "note of giving up")
    side.ids["given_up_id"] = given_up.id
    action = _planned(session, side, "action", "description")
    _report(session, side, action, ActionStatus.IN_PROGRESS, "progress")
    return action.id


def _planned(session: Session, side: Side, title: str, description: str) -> ImprovementAction:
    plant, cast = side.canaries.plant, side.cast
    return improvement.create_action(
        session,
        session.get(Department, cast.licensing),
        ActionDetails(
            plant(title),
            description=plant(description),
            owner_id=cast.contributor.id,
            due_on=FUTURE,
        ),
        by=cast.leader.id,
        at=START,
        today=TODAY,
    )


def _report(
    session: Session, side: Side, action: ImprovementAction, status: ActionStatus, note: str
) -> None:
    improvement.change_status(
        session,
        action,
        status,
        note=side.canaries.plant(note),
        version=action.version,
        by=side.cast.leader.id,
        at=START,
        today=TODAY,
    )


def _import(session: Session, side: Side, files: Any) -> int:
    plant, cast = side.canaries.plant, side.cast
    definition = kpi("csat")
    choices = Choices(
        Columns("csat", {definition.inputs[0][0]: "answer"}, "date", window=Window.MONTH)
    )
    lines = ["2026-01-10,5"] * 40
    found = figures(csv_table("date,answer", *lines), choices, definition, TODAY)
    row = imports.import_measurements(
        session,
        session.get(Department, cast.licensing),
        definition,
        found,
        file_name=plant("file of answers") + ".csv",
        sha256="5" * 64,
        choices=choices,
        by=cast.contributor.id,
        at=START,
    )
    return row.id


def _draft(session: Session, side: Side) -> int:
    """Standards belong to the installation: both organisations share one draft."""
    found = session.scalar(select(StandardDraft.id))
    if found is not None:
        return found
    text = text_of(version="2.0").encode()
    loaded = load(text, file="small.yaml")
    assert not isinstance(loaded, list)
    file = SourceFile("small.yaml", text, loaded)
    return drafts.upload(session, file, by=side.cast.programme_manager.id, at=START).id


def values_for(rights: Rights, kind: Kind, side: Side, stage: Stage) -> Mapping[str, Any]:
    """The ids of one side for every argument of an address."""
    own = rights.own_ids[kind] if side is rights.own else {}
    return {
        **side.ids,
        **own,
        "assessment_id": side.assessments[stage],
        "link_id": side.links[stage],
        "assignment_id": side.assignments[stage],
    }
