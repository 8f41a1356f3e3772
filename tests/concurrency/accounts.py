"""Accounts: one person for an address, one use of a link, and rights that end at once."""

from __future__ import annotations

from sqlalchemy import select

from accredit import clock
from accredit.assessment.domain import Stage
from accredit.assessment.models import Score
from accredit.evidence.models import Evidence
from accredit.identity import accounts, service
from accredit.identity.accounts import Purpose
from accredit.identity.domain import Role
from accredit.identity.models import Person, RoleAssignment, SignInLink
from accredit.text import Bilingual
from tests.concurrency.place import Place, scenario, score_form, statuses, the_one
from tests.concurrency.scoring import assessment_at
from tests.people import Actor
from tests.real.client import Client, all_at_once

PASSWORDS = ("the first window chose this one", "the second window chose another")


def newcomer(place: Place, *roles: Role) -> Actor:
    """Somebody new, with these roles in the licensing department."""
    cast, at = place.cast, clock.now()
    email = f"newcomer-{place.number()}@example.org"
    with place.instance.arranging() as session:
        person = service.create_person(
            session, email=email, name=Bilingual("New", "جديد"), language="en", by=None, at=at
        )
        for role in roles:
            service.grant_role(
                session,
                person,
                role,
                organisation_id=cast.organisation,
                department_id=cast.licensing,
                by=None,
                at=at,
            )
        return Actor(person.id, email, "")


@scenario("11 invite same person twice")
def invite_twice(place: Place) -> None:
    """Two who manage people enter the same newcomer: one account, and the other is told."""
    email = f"invited-{place.number()}@example.org"
    form = {
        "name_en": "Salma Idris",
        "name_ar": "سلمى إدريس",
        "email": email,
        "language": "ar",
        "role": Role.CONTRIBUTOR.value,
        "place": f"d{place.cast.licensing}",
    }
    windows = place.window(place.cast.administrator), place.window(place.cast.programme_manager)
    answers = all_at_once(
        [lambda window=window: window.post("/people/new", form) for window in windows]
    )
    # PostgreSQL finds out only when both have written.
    assert statuses(answers) in ([200, 422], [200, 409]), statuses(answers)
    with place.instance.looking() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        roles = session.scalars(
            select(RoleAssignment).where(RoleAssignment.person_id == person.id)
        ).all()
        links = session.scalars(select(SignInLink).where(SignInLink.person_id == person.id)).all()
    assert (len(roles), len(links)) == (1, 1)
    actions = [action for _, action, _ in place.events("person", person.id)]
    assert actions.count("person.created") == 1


@scenario("12 accept invitation twice")
def accept_twice(place: Place) -> None:
    """An invitation opened in two windows sets one password: that of whom it was told."""
    use_link_twice(place, Purpose.INVITATION, "/welcome")


@scenario("13 reset used twice")
def reset_twice(place: Place) -> None:
    """So does a link for a forgotten password."""
    use_link_twice(place, Purpose.RESET, "/reset")


def use_link_twice(place: Place, purpose: Purpose, path: str) -> None:
    person = newcomer(place, Role.CONTRIBUTOR)
    with place.instance.arranging() as session:
        token = accounts.make_sign_in_link(
            session, session.get_one(Person, person.id), by=None, at=clock.now(), purpose=purpose
        )
    number = place.number()
    origin = f"10.{number // 65_536 % 256}.{number // 256 % 256}.{number % 256}"
    windows = [Client(place.server.port, patient=True) for _ in PASSWORDS]
    for window in windows:
        assert window.get(f"{path}/{token}").location == path
        window.ready(path).renew()
    answers = all_at_once(
        [
            lambda window=window, password=password: window.post(
                path, {"password": password, "again": password}, X_Forwarded_For=origin
            )
            for window, password in zip(windows, PASSWORDS, strict=True)
        ]
    )
    accepted = the_one(answers, 303)
    the_one(answers, 404)
    actions = [action for _, action, _ in place.events("person", person.id)]
    assert actions.count("person.password_set") == 1
    opens = [
        signs_in(window, person.email, password, origin)
        for window, password in zip(windows, PASSWORDS, strict=True)
    ]
    assert opens == [answer is accepted for answer in answers]
    for window in windows:
        window.close()


def signs_in(window: Client, email: str, password: str, origin: str) -> bool:
    form = {"email": email, "password": password}
    answer = window.post("/sign-in", form, X_Forwarded_For=origin)
    assert answer.status in (302, 422), answer.status
    return answer.status == 302


@scenario("16 role removed during request")
def role_removed(place: Place) -> None:
    """Once a role has ended, nothing that its person still sends counts."""
    person = newcomer(place, Role.CONTRIBUTOR)
    assessment = assessment_at(place, Stage.SELF_ASSESSMENT)
    with place.instance.looking() as session:
        role = session.scalars(
            select(RoleAssignment.id).where(RoleAssignment.person_id == person.id)
        ).one()
    scores, uploads = place.window(person), place.window(person, 1)
    manager = place.window(place.cast.administrator)
    upload = {"department": str(place.cast.licensing), "title": "Sent at the last moment"}
    file = {"files": (f"late-{person.id}.txt", f"late {person.id}".encode() * 5_000)}
    scored, stored, ended = all_at_once(
        [
            lambda: scores.post(
                f"/assessments/{assessment}/elements/1.1/score",
                score_form("good", "Written just before the role ended.", None),
            ),
            lambda: uploads.post("/evidence/new", upload, file),
            lambda: manager.post(f"/people/{person.id}/roles/{role}/end"),
        ]
    )
    afterwards = scores.post(f"/assessments/{assessment}/elements/1.2/score", {})
    assert afterwards.status in (403, 404), afterwards.status
    place.forget(person)
    assert ended.status == 303, ended.status
    assert scored.status in (303, 403, 404), scored.status
    assert stored.status in (303, 403), stored.status
    (last,) = [
        number for number, action, _ in place.events("person", person.id)
        if action == "role.ended"
    ]  # fmt: skip
    done = place.events_by(person.id, "score.set", "evidence.added")
    if place.has_one_writer:
        # PostgreSQL lets a request finish that began before the end of the role was kept.
        assert [action for number, action in done if number > last] == []
    assert sorted(action for _, action in done) == sorted(
        ["score.set"] * (scored.status == 303) + ["evidence.added"] * (stored.status == 303)
    )
    with place.instance.looking() as session:
        found = session.scalars(select(Score).where(Score.assessment_id == assessment)).all()
        assert len(found) == (scored.status == 303)
        kept = session.scalars(select(Evidence).where(Evidence.created_by_id == person.id)).all()
        assert len(kept) == (stored.status == 303)
