"""The cast: the people the tests act as, each with a part to play.

Two organisations that must never see each other, with the same roles in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from accredit import clock
from accredit.identity import factors, service, sessions
from accredit.identity.domain import SECOND_FACTOR_ROLES, Role
from accredit.identity.models import Department, Organisation, Person
from accredit.text import Bilingual

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
#: The salt of the tests' settings, with which secrets of apps are sealed.
SEAL_KEY = "tests"


@dataclass(frozen=True)
class Actor:
    """One person of the cast; `session_id` is the token of a session that is open."""

    id: int
    email: str
    session_id: str
    app: bytes | None = None


@dataclass(frozen=True)
class Cast:
    """Everybody, and the places they belong to.

    `licensing` and `contact_centre` are departments of the first organisation, `stranger_*`
    belong to the second.
    """

    organisation: int
    licensing: int
    contact_centre: int
    other_organisation: int
    other_department: int
    administrator: Actor
    programme_manager: Actor
    contributor: Actor
    leader: Actor
    assessor: Actor
    second_assessor: Actor
    moderator: Actor
    decision_maker: Actor
    observer: Actor
    contact_leader: Actor
    stranger_leader: Actor
    stranger_manager: Actor
    nobody: Actor


def make_organisation(session: Session, code: str, en: str, ar: str) -> Organisation:
    return service.create_organisation(
        session, code=code, name=Bilingual(en, ar), by=None, at=START
    )


def make_department(session: Session, org: Organisation, code: str, en: str, ar: str) -> Department:
    return service.create_department(
        session, org, code=code, name=Bilingual(en, ar), by=None, at=START
    )


def make_person(
    session: Session,
    email: str,
    en: str,
    ar: str,
    *roles: tuple[Role, int | None, int | None],
    password: str | None = None,
    language: str = "en",
) -> Person:
    person = service.create_person(
        session, email=email, name=Bilingual(en, ar), language=language, by=None, at=START
    )
    person.password = password
    for role, organisation_id, department_id in roles:
        service.grant_role(
            session,
            person,
            role,
            organisation_id=organisation_id,
            department_id=department_id,
            by=None,
            at=START,
        )
    session.flush()
    return person


def give_app(session: Session, person_id: int, key: bytes) -> None:
    """An authenticator app that holds this key, as if it had been set up long ago."""
    factors.add_app(session, person_id, key=key, step=0, name="", seal_key=SEAL_KEY, at=START)


def open_session(
    session: Session, person_id: int, *, confirmed: bool = True, at: datetime | None = None
) -> str:
    """The token of a new session of the person."""
    began = at or clock.now()
    token = sessions.begin(
        session, person_id, confirmed=confirmed, address=None, agent="", at=began
    )
    service.record(session, "person.signed_in", person_id, None, person_id, began)
    return token


def make_cast(session: Session, password: str) -> Cast:
    """Create the whole cast; `password` is the hash of `PASSWORD`."""
    org = make_organisation(session, "NSA", "Northern Services Authority", "هيئة خدمات الشمال")
    licensing = make_department(session, org, "LIC", "Licensing", "إدارة التراخيص")
    contact = make_department(session, org, "CC", "Contact centre", "إدارة مركز الاتصال")
    other = make_organisation(session, "SWB", "Southern Water Board", "مجلس مياه الجنوب")
    other_dep = make_department(session, other, "BIL", "Billing", "إدارة الفوترة")

    def actor(email: str, en: str, ar: str, *roles: tuple[Role, int | None, int | None]) -> Actor:
        person = make_person(session, f"{email}@example.org", en, ar, *roles, password=password)
        app = None
        if any(role in SECOND_FACTOR_ROLES for role, _organisation, _department in roles):
            app = f"app of {email}".encode()
            give_app(session, person.id, app)
        return Actor(person.id, person.email, open_session(session, person.id, at=START), app)

    return Cast(
        organisation=org.id,
        licensing=licensing.id,
        contact_centre=contact.id,
        other_organisation=other.id,
        other_department=other_dep.id,
        administrator=actor(
            "amal.admin", "Amal Nasser", "أمل ناصر", (Role.ADMINISTRATOR, None, None)
        ),
        programme_manager=actor(
            "huda.manager", "Huda Saleh", "هدى صالح", (Role.PROGRAMME_MANAGER, org.id, None)
        ),
        contributor=actor(
            "omar.contributor", "Omar Rashid", "عمر راشد", (Role.CONTRIBUTOR, org.id, licensing.id)
        ),
        leader=actor(
            "layla.leader", "Layla Hassan", "ليلى حسن", (Role.LEADER, org.id, licensing.id)
        ),
        assessor=actor("sami.assessor", "Sami Aziz", "سامي عزيز", (Role.ASSESSOR, org.id, None)),
        second_assessor=actor(
            "noura.assessor", "Noura Fahad", "نورة فهد", (Role.ASSESSOR, org.id, None)
        ),
        moderator=actor(
            "karim.moderator", "Karim Adel", "كريم عادل", (Role.MODERATOR, org.id, None)
        ),
        decision_maker=actor(
            "mona.decides", "Mona Jaber", "منى جابر", (Role.DECISION_MAKER, org.id, None)
        ),
        observer=actor("ziad.observer", "Ziad Omar", "زياد عمر", (Role.OBSERVER, org.id, None)),
        contact_leader=actor(
            "rana.leader", "Rana Khalil", "رنا خليل", (Role.LEADER, org.id, contact.id)
        ),
        stranger_leader=actor(
            "yusuf.stranger", "Yusuf Malik", "يوسف مالك", (Role.LEADER, other.id, other_dep.id)
        ),
        stranger_manager=actor(
            "dina.stranger", "Dina Samir", "دينا سمير", (Role.PROGRAMME_MANAGER, other.id, None)
        ),
        nobody=actor("fadi.nobody", "Fadi Amin", "فادي أمين"),
    )
