"""The pages under /people: finding people, giving and ending roles, letting them in."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import func, select

from accredit.audit import Event
from accredit.identity import accounts, service
from accredit.identity.domain import Role
from accredit.identity.models import Person, RoleAssignment, SignInLink
from tests.arabic import english_words
from tests.identity.steps import open_link
from tests.people import PASSWORD, START, make_person
from tests.queries import count_queries

NEWCOMER = {
    "name_en": "Salma Idris",
    "name_ar": "سلمى إدريس",
    "email": "salma.idris@example.org",
    "language": "ar",
    "role": "contributor",
}


def last_event(session, action):
    return session.scalar(select(Event).where(Event.action == action).order_by(Event.id.desc()))


def active_roles(session, person_id):
    rows = session.scalars(
        select(RoleAssignment).where(
            RoleAssignment.person_id == person_id, RoleAssignment.ended_at.is_(None)
        )
    )
    return {(row.role, row.organisation_id, row.department_id) for row in rows}


def role_id(session, actor, role):
    return session.scalar(
        select(RoleAssignment.id).where(
            RoleAssignment.person_id == actor.id, RoleAssignment.role == role
        )
    )


def test_an_administrator_sees_everybody_with_their_roles(browse, cast):
    page = browse(cast.administrator).get("/people")
    assert page.status == 200
    assert "13 people" in page.text
    for name in ("Layla Hassan", "Dina Samir", "Fadi Amin"):
        assert name in page.text
    assert "Leader Licensing · Northern Services Authority" in page.text


def test_a_programme_manager_sees_only_the_people_of_the_organisation(browse, cast):
    page = browse(cast.programme_manager).get("/people")
    assert "Layla Hassan" in page.text
    for stranger in ("Dina Samir", "Yusuf Malik", "Amal Nasser", "Fadi Amin"):
        assert stranger not in page.text


def test_roles_elsewhere_are_counted_and_not_told(browse, cast, arrange):
    with arrange() as session:
        service.grant_role(
            session,
            session.get(Person, cast.leader.id),
            Role.OBSERVER,
            organisation_id=cast.other_organisation,
            by=None,
            at=START,
        )
    page = browse(cast.programme_manager).get("/people")
    assert "1 role elsewhere" in page.text
    assert "Southern Water Board" not in page.text
    detail = browse(cast.programme_manager).get(f"/people/{cast.leader.id}")
    assert "1 more role is held where you manage nobody." in detail.text
    assert "Southern Water Board" not in detail.text


@pytest.mark.parametrize("words", ["hassan", "ليلى", "LAYLA.LEADER@", "layla hassan"])
def test_a_search_finds_by_either_name_or_address(browse, cast, words):
    page = browse(cast.administrator).get("/people", query_string={"q": words})
    assert "1 person" in page.text
    assert "Layla Hassan" in page.text


@pytest.mark.parametrize("words", ["%", "_", "'; drop table person; --"])
def test_a_search_takes_every_sign_literally(browse, cast, words):
    page = browse(cast.administrator).get("/people", query_string={"q": words})
    assert page.status == 200
    assert "Nobody found" in page.text or "_" in words


def test_the_list_needs_the_same_number_of_queries_for_more_people(browse, cast, app, arrange):
    with count_queries(app) as few:
        browse(cast.administrator).get("/people")
    with arrange() as session:
        for number in range(25):
            make_person(
                session,
                f"more.{number}@example.org",
                f"More {number}",
                f"آخر {number}",
                (Role.CONTRIBUTOR, cast.organisation, cast.contact_centre),
                (Role.ASSESSOR, cast.organisation, None),
            )
    with count_queries(app) as many:
        browse(cast.administrator).get("/people")
    assert len(many) == len(few)


def test_a_long_list_has_pages(browse, cast, arrange):
    with arrange() as session:
        for number in range(60):
            make_person(session, f"p{number}@example.org", f"Person {number:02}", f"شخص {number}")
    browser = browse(cast.administrator)
    first, second = browser.get("/people"), browser.get("/people?page=2")
    assert "/people?page=2" in first.links()
    assert "Person 59" not in first.text
    assert "Person 59" in second.text
    assert "Person 59" in browser.get("/people?page=999").text


def test_a_newcomer_gets_a_role_and_a_link_that_is_shown_once(browse, cast, arrange):
    browser = browse(cast.programme_manager)
    page = browser.post("/people/new", {**NEWCOMER, "place": f"d{cast.licensing}"})
    assert page.status == 200
    link = re.search(r"http://localhost/welcome/(\S+)", page.text)
    assert link is not None
    with arrange() as session:
        person = session.scalar(select(Person).where(Person.email == NEWCOMER["email"]))
        assert (person.name_ar, person.language, person.password) == ("سلمى إدريس", "ar", None)
        assert active_roles(session, person.id) == {
            ("contributor", cast.organisation, cast.licensing)
        }
        stored = session.scalar(select(SignInLink).where(SignInLink.person_id == person.id))
        assert link[1] not in stored.token_hash
        event = last_event(session, "role.granted")
        assert (event.person_id, event.department_id) == (
            cast.programme_manager.id,
            cast.licensing,
        )
        assert not session.scalar(
            select(func.count()).select_from(Event).where(Event.details.contains(link[1]))
        )
        newcomer_id = person.id
    assert link[1] not in browser.get(f"/people/{newcomer_id}").text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name_ar": "  "}, "Write the name in both languages."),
        ({"email": "salma"}, "Enter an e-mail address, for example name@example.org."),
        ({"email": "layla.leader@example.org"}, "Somebody with this e-mail address is already"),
        ({"email": "LAYLA.leader@EXAMPLE.org"}, "Somebody with this e-mail address is already"),
        ({"role": ""}, "Choose a role."),
        ({"place": ""}, "Choose where the role is held."),
        ({"role": "assessor"}, "Choose the organisation."),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_saves_nothing(browse, cast, arrange, changes, problem):
    data = {**NEWCOMER, "place": f"d{cast.licensing}", **changes}
    page = browse(cast.administrator).post("/people/new", data)
    assert page.status == 422
    assert problem in page.error_texts()
    kept = page.values("/people/new")
    assert kept["name_en"] == data["name_en"]
    assert kept["email"].lower() == data["email"].lower()
    with arrange() as session:
        assert not session.scalar(select(Person).where(Person.name_en == "Salma Idris"))


@pytest.mark.parametrize("role", ["administrator", "programme_manager", "emperor"])
def test_a_programme_manager_cannot_give_a_reserved_role(browse, cast, arrange, role):
    browser = browse(cast.programme_manager)
    assert f'value="{role}"' not in browser.get("/people/new").body.decode()
    data = {"role": role, "place": f"o{cast.organisation}"}
    assert browser.post(f"/people/{cast.observer.id}/roles", data).status == 422
    with arrange() as session:
        assert active_roles(session, cast.observer.id) == {("observer", cast.organisation, None)}


@pytest.mark.parametrize("place", ["everywhere", "o{other_organisation}", "d{other_department}"])
def test_a_programme_manager_cannot_give_a_role_elsewhere(browse, cast, arrange, place):
    data = {"role": "observer", "place": place.format(**vars(cast))}
    answer = browse(cast.programme_manager).post(f"/people/{cast.leader.id}/roles", data)
    assert answer.status == 422
    with arrange() as session:
        assert len(active_roles(session, cast.leader.id)) == 1


def test_the_service_itself_refuses_what_the_page_does_not_offer(cast, arrange):
    from accredit.identity.delegation import ReservedRoleError
    from accredit.identity.domain import NotFoundError

    with arrange() as session:
        person = session.get(Person, cast.observer.id)
        manager = {"by": cast.programme_manager.id, "at": START}
        with pytest.raises(ReservedRoleError):
            service.grant_role(
                session,
                person,
                Role.PROGRAMME_MANAGER,
                organisation_id=cast.organisation,
                **manager,
            )
        with pytest.raises(NotFoundError):
            service.grant_role(
                session, person, Role.OBSERVER, organisation_id=cast.other_organisation, **manager
            )


def test_a_role_is_given_and_acts_at_once(browse, cast, arrange):
    tab = browse(cast.nobody)
    assert tab.get("/assessments/").status == 403
    data = {"role": "observer", "place": f"o{cast.organisation}"}
    answer = browse(cast.administrator).post(f"/people/{cast.nobody.id}/roles", data)
    assert (answer.status, answer.location) == (303, f"/people/{cast.nobody.id}")
    assert tab.get("/assessments/").status == 200


def test_the_same_role_is_not_given_twice(browse, cast):
    data = {"role": "leader", "place": f"d{cast.licensing}"}
    answer = browse(cast.administrator).post(f"/people/{cast.leader.id}/roles", data)
    assert answer.status == 422
    assert "This person holds this role there already." in answer.error_texts()


def test_a_role_is_ended_and_stays_in_the_record(browse, cast, arrange):
    with arrange() as session:
        ended = role_id(session, cast.leader, "leader")
    browser = browse(cast.programme_manager)
    answer = browser.post(f"/people/{cast.leader.id}/roles/{ended}/end")
    assert answer.status == 303
    page = browser.get(f"/people/{cast.leader.id}")
    assert "No role now" in page.text
    assert "Roles of the past" in page.text
    with arrange() as session:
        event = last_event(session, "role.ended")
        assert json.loads(event.details) == {"role": "leader"}
        assert (event.subject_id, event.organisation_id) == (
            str(cast.leader.id),
            cast.organisation,
        )


def test_a_programme_manager_ends_no_role_of_an_equal(browse, cast, arrange):
    with arrange() as session:
        peer = make_person(
            session,
            "peer@example.org",
            "Peer Manager",
            "مدير زميل",
            (Role.PROGRAMME_MANAGER, cast.organisation, None),
        )
        peer_id = peer.id
        held = session.scalar(select(RoleAssignment.id).where(RoleAssignment.person_id == peer_id))
    answer = browse(cast.programme_manager).post(f"/people/{peer_id}/roles/{held}/end")
    assert answer.status == 409
    with arrange() as session:
        assert active_roles(session, peer_id)


def test_nobody_changes_their_own_roles(browse, cast, arrange):
    with arrange() as session:
        own = role_id(session, cast.administrator, "administrator")
    browser = browse(cast.administrator)
    assert "This is you." in browser.get(f"/people/{cast.administrator.id}").text
    data = {"role": "observer", "place": f"o{cast.organisation}"}
    given = browser.post(f"/people/{cast.administrator.id}/roles", data)
    assert given.status == 422
    assert "Nobody changes their own roles." in given.error_texts()
    assert browser.post(f"/people/{cast.administrator.id}/roles/{own}/end").status == 409


def test_a_role_of_somebody_else_is_not_ended_through_this_person(browse, cast, arrange):
    with arrange() as session:
        other = role_id(session, cast.contributor, "contributor")
    answer = browse(cast.administrator).post(f"/people/{cast.leader.id}/roles/{other}/end")
    assert answer.status == 404


@pytest.mark.parametrize("act", ["", "/roles", "/disable", "/enable", "/sign-in-link"])
def test_a_stranger_is_not_there(browse, cast, act):
    browser = browse(cast.stranger_manager)
    url = f"/people/{cast.leader.id}{act}"
    assert (browser.post(url) if act else browser.get(url)).status == 404


@pytest.mark.parametrize("who", ["leader", "contributor", "assessor", "observer", "nobody"])
def test_other_roles_may_not_open_the_pages(browse, cast, who):
    browser = browse(getattr(cast, who))
    assert browser.get("/people").status == 403
    assert browser.get(f"/people/{cast.leader.id}").status == 403
    assert browser.post(f"/people/{cast.contributor.id}/disable").status == 403


def test_disabling_ends_every_session_and_enabling_does_not_bring_them_back(browse, cast, arrange):
    tab, manager = browse(cast.leader), browse(cast.programme_manager)
    assert tab.get("/account").status == 200
    assert manager.post(f"/people/{cast.leader.id}/disable").status == 303
    assert tab.get("/account").status == 303
    assert "Disabled" in manager.get(f"/people/{cast.leader.id}").text
    assert manager.post(f"/people/{cast.leader.id}/enable").status == 303
    assert tab.get("/account").status == 303
    again = browse()
    sent = again.post("/sign-in", {"email": cast.leader.email, "password": PASSWORD})
    assert sent.status == 302
    with arrange() as session:
        assert last_event(session, "person.disabled").person_id == cast.programme_manager.id
        assert last_event(session, "person.enabled").subject_id == str(cast.leader.id)


def test_nobody_disables_themselves_or_lets_themselves_in(browse, cast):
    browser = browse(cast.administrator)
    assert browser.post(f"/people/{cast.administrator.id}/disable").status == 409
    assert browser.post(f"/people/{cast.administrator.id}/sign-in-link").status == 409
    assert browser.get("/account").status == 200


def test_a_programme_manager_cannot_take_over_an_account_with_other_rights(browse, cast, arrange):
    with arrange() as session:
        service.grant_role(
            session,
            session.get(Person, cast.administrator.id),
            Role.OBSERVER,
            organisation_id=cast.organisation,
            by=None,
            at=START,
        )
    browser = browse(cast.programme_manager)
    page = browser.get(f"/people/{cast.administrator.id}")
    assert page.status == 200
    assert "sign-in-link" not in page.body.decode()
    assert browser.post(f"/people/{cast.administrator.id}/sign-in-link").status == 409
    assert browser.post(f"/people/{cast.administrator.id}/disable").status == 409
    with arrange() as session:
        assert not session.scalar(select(func.count()).select_from(SignInLink))
        assert session.get(Person, cast.administrator.id).active


def test_a_new_link_replaces_the_earlier_ones(browse, cast, arrange):
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        old = accounts.make_sign_in_link(session, person, by=None, at=START)
    page = browse(cast.programme_manager).post(f"/people/{cast.leader.id}/sign-in-link")
    new = re.search(r"/welcome/(\S+)", page.text)[1]
    stranger = browse()
    assert open_link(stranger, f"/welcome/{old}").status == 404
    assert open_link(stranger, f"/welcome/{new}").status == 200


@pytest.mark.parametrize(
    "url",
    ["/people", "/people/new", "/people/{leader}", "/people?q=zzz", "/people/{administrator}"],
)
def test_the_arabic_pages_are_arabic_all_through(browse, cast, url):
    url = url.format(leader=cast.leader.id, administrator=cast.administrator.id)
    page = browse(cast.administrator, "ar").get(url)
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()


def test_names_are_shown_as_text_whatever_they_contain(browse, cast, arrange):
    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        person.name_en = "<script>alert(1)</script>"
    page = browse(cast.administrator).get(f"/people/{cast.leader.id}")
    assert "<script>alert(1)</script>" in page.text
    assert b"<script>alert(1)" not in page.body


def test_a_new_link_goes_by_mail_on_demand_and_is_told(browse, cast, mailing, arrange):
    answer = browse(cast.administrator).post(f"/people/{cast.nobody.id}/invitation")
    assert answer.status == 303
    assert mailing.send() == 1
    with arrange() as session:
        assert last_event(session, "person.invited").subject_id == str(cast.nobody.id)
