"""A right that was lost opens nothing at the next request, in a tab that was open before."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit import clock
from accredit.assessment import declaring, staffing
from accredit.assessment.declaring import Declaration
from accredit.assessment.duties import recuses
from accredit.assessment.interests import InterestKind
from accredit.assessment.models import Assessment, Assignment
from accredit.identity import accounts, factor_resets, service
from accredit.identity.domain import Permission, Role
from accredit.identity.models import Person, RoleAssignment
from accredit.identity.people import Place
from accredit.text import Bilingual
from tests.people import make_person
from tests.programme import record
from tests.rights.bodies import body_of, stage_of
from tests.rights.kinds import Kind
from tests.rights.policy import ROWS
from tests.rights.walking import OPENS, SIGN_IN, addresses, mark_of, path_of
from tests.rights.world import values_for

ACTIONS = 10
#: What everybody keeps who can sign in.
_KEPT = {Permission.USE, Permission.VIEW_STANDARD}


def end_roles(session, rights, cast, person_id):
    for row in session.scalars(
        select(RoleAssignment).filter_by(person_id=person_id, ended_at=None)
    ):
        service.end_role(session, row, by=_other_administrator(session), at=clock.now())


def lower_role(session, rights, cast, person_id):
    """From leader of the department to observer of nothing they had: contributor elsewhere."""
    end_roles(session, rights, cast, person_id)
    service.grant_role(
        session,
        session.get(Person, person_id),
        Role.CONTRIBUTOR,
        organisation_id=cast.organisation,
        department_id=cast.contact_centre,
        by=cast.administrator.id,
        at=clock.now(),
    )


def disable(session, rights, cast, person_id):
    person = session.get(Person, person_id)
    accounts.set_active(session, person, False, by=_other_administrator(session), at=clock.now())


def end_sessions(session, rights, cast, person_id):
    person = session.get(Person, person_id)
    accounts.end_all_sessions(session, person, by=_other_administrator(session), at=clock.now())


def new_password(session, rights, cast, person_id):
    person = session.get(Person, person_id)
    token = accounts.make_sign_in_link(
        session, person, by=_other_administrator(session), at=clock.now()
    )
    accounts.use_sign_in_link(session, token, password_hash="x", at=clock.now())


def forget_factors(session, rights, cast, person_id):
    person, at = session.get(Person, person_id), clock.now()
    first, second = _other_administrator(session), _other_administrator(session, "third")
    factor_resets.ask(session, person, reason="The telephone is lost.", by=first, at=at)
    factor_resets.agree(session, person, by=second, at=at)


def unassign(session, rights, cast, person_id):
    """Taken off every assessment, by the manager where that is still possible."""
    for row in session.scalars(select(Assignment).filter_by(person_id=person_id)).all():
        assessment = session.get(Assessment, row.assessment_id)
        try:
            staffing.unassign(
                session, assessment, row, by=cast.programme_manager.id, at=clock.now()
            )
        except Exception:
            continue


def _takes_part(kind, address):
    """Whether the address is of an assessment in which the kind still has something to do."""
    role, of = Role(kind.value), "assessment_id" in address.rule.arguments
    return of and recuses(role, stage_of(address.endpoint))


def declare_tie(session, rights, cast, person_id):
    """They say themselves that they are tied to the whole organisation."""
    place = Place(cast.organisation, None, Bilingual("A", "أ"), None)
    said = Declaration(place, InterestKind.FAMILY, "My sister works there.", None)
    declaring.declare(session, said, today=clock.now().date(), by=person_id, at=clock.now())


def _other_administrator(session, name="second"):
    address = f"{name}.administrator@example.org"
    found = session.scalar(select(Person.id).filter_by(email=address))
    return found or make_person(session, address, "A", "أ", (Role.ADMINISTRATOR, None, None)).id


WAYS = [
    *((end_roles, kind) for kind in (
        Kind.CONTRIBUTOR, Kind.LEADER, Kind.ASSESSOR, Kind.MODERATOR, Kind.DECISION_MAKER,
        Kind.MANAGER, Kind.OBSERVER, Kind.ADMINISTRATOR,
    )),
    (lower_role, Kind.LEADER),
    *((declare_tie, kind) for kind in (Kind.ASSESSOR, Kind.MODERATOR, Kind.DECISION_MAKER)),
    *((way, kind) for way in (disable, end_sessions, new_password, forget_factors) for kind in (
        Kind.LEADER, Kind.MANAGER, Kind.DECISION_MAKER,
    )),
]  # fmt: skip


@pytest.mark.parametrize(("way", "kind"), WAYS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_failure_03_what_was_lost_opens_nothing_in_an_old_tab(rights, arrange, cast, way, kind):
    app = rights.world.app
    opens = [
        address
        for address in addresses(app)
        if ROWS[address.key].own[kind] == OPENS
        and getattr(app.view_functions[address.endpoint], "permission", None) not in {*_KEPT, None}
    ]
    # Those that change something first: it is they that must not happen.
    opens.sort(key=lambda address: address.method == "GET")
    if way is declare_tie:
        # A tie takes away what was to be done in assessments; pools and what all read stay.
        opens = [address for address in opens if _takes_part(kind, address)]
    tab = rights.client(kind)
    assert tab.get("/account").status_code == 200
    with arrange() as session:
        person_id = session.scalar(select(Person.id).filter_by(id=rights.people[kind]))
        way(session, rights, cast, person_id)
    for address in opens[:ACTIONS]:
        with app.test_request_context():
            values = values_for(rights, kind, rights.own, stage_of(address.endpoint))
            path = path_of(address, dict(values))
        options = {} if address.method == "GET" else {"data": body_of(address.endpoint, rights.own)}
        response = tab.open(path, method=address.method, **options)
        mark = mark_of(response)
        response.close()
        expected = {"-", "."} if way in (end_roles, lower_role, declare_tie) else {SIGN_IN}
        # Who works in another department now still has a library and a plan of their own.
        if way is lower_role and not address.rule.arguments:
            continue
        assert mark in expected, (address.key, response.status_code)
        record("A", f"A5 {way.__name__} {kind} {address.key}")


def test_an_assessor_who_was_taken_off_sees_the_assessment_no_more(rights, arrange, cast):
    from accredit.assessment.domain import Stage

    number = rights.own.assessments[Stage.SCORING]
    tab = rights.client(Kind.ASSESSOR)
    paths = [
        f"/assessments/{number}",
        f"/assessments/{number}/elements/1.1",
        f"/assessments/{number}/evidence",
        f"/assessments/{number}/evidence-pack.zip",
        f"/assessments/{number}/evidence/{rights.own.links[Stage.SCORING]}/file",
        f"/assessments/{number}/scope",
        f"/assessments/{number}/decision",
    ]
    assert tab.get(paths[0]).status_code == 200
    with arrange() as session:
        unassign(session, rights, cast, cast.assessor.id)
    for path in paths:
        response = tab.get(path)
        assert response.status_code == 404, path
        response.close()
        record("A", f"A5 unassign assessor GET {path.removeprefix(f'/assessments/{number}')}")
    for path in ("elements/1.1/score", "scores/submit"):
        body = {"level": "good", "reason": "Seen in the register, page 14."}
        assert tab.post(f"/assessments/{number}/{path}", data=body).status_code == 404
        record("A", f"A5 unassign assessor POST {path}")
