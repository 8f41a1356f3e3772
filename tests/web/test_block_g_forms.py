"""Block G, forged requests: a form works only from the page of whoever sends it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit.audit import Event
from tests.people import PASSWORD
from tests.queries import count_queries, writes
from tests.routes import addresses

#: One writing form of each family: who sends it, where its page is, and what it sends.
FAMILIES = {
    "accounts": ("leader", "/account", "/account", {"name_en": "A", "name_ar": "أ"}),
    "people": ("administrator", "/people/new", "/people/new", {"name_en": "A"}),
    "organisations": ("administrator", "/organisations/new", "/organisations/new", {"code": "X"}),
    "evidence": ("contributor", "/evidence/new", "/evidence/new", {"name_en": "A"}),
    "KPIs": ("contributor", "/kpis/import", "/kpis/import", {}),
    "assessments": ("programme_manager", "/assessments/new", "/assessments/new", {}),
    "standards": ("administrator", "/standards/new", "/standards/new", {}),
    "certificates": ("decision_maker", "/certificates/check", "/certificates/check", {}),
}
PROBLEMS = ("no token", "the token of another session", "the token of another person")
CASES = [(family, problem) for family in FAMILIES for problem in PROBLEMS]


def token_on(page) -> str:
    found = page.tree.xpath("//input[@name='csrf_token']/@value")
    assert found, page.text
    return found[0]


def test_there_are_twenty_four_cases():
    assert len(CASES) == 24


@pytest.mark.parametrize(("family", "problem"), CASES)
def test_a_form_is_refused_without_its_own_token(app, guarded, cast, family, problem, request):
    request.node.user_properties.append(("programme", f"G forms {family}, {problem}"))
    who, page, url, sent = FAMILIES[family]
    actor = getattr(cast, who)
    browser = guarded(actor)
    assert browser.get(page).status == 200
    if problem == "the token of another session":
        sent = {**sent, "csrf_token": token_on(guarded(actor).get(page))}
    elif problem == "the token of another person":
        sent = {**sent, "csrf_token": token_on(guarded(cast.observer).get("/account"))}
    with count_queries(app) as statements:
        answer = browser.post(url, sent)
    assert answer.status == 400, (family, problem)
    assert "reload it and send it again" in answer.text
    changed = [one for one in writes(statements) if "INTO event" not in one]
    assert changed == []


@pytest.mark.block("G", "forms 25 JSON that says it is text")
@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_json_that_says_it_is_text_changes_nothing(guarded, cast, kind, arrange):
    browser = guarded(cast.leader)
    sent = '{"name_en": "Forged", "name_ar": "x", "language": "en", "csrf_token": "x"}'
    answer = browser.client.post("/account", data=sent, content_type=kind)
    assert answer.status_code == 400
    assert "Layla Hassan" in browser.get("/account").text


@pytest.mark.block("G", "forms 26 no method is overridden")
def test_no_method_is_overridden(guarded, cast):
    browser = guarded(cast.leader)
    for headers in ({"X-HTTP-Method-Override": "POST"}, {"X-HTTP-Method": "POST"}):
        answer = browser.get("/account?_method=POST&name_en=Forged", headers=headers)
        assert answer.status == 200
    answer = browser.post("/account", {"_method": "DELETE"}, headers={"X-Method-Override": "GET"})
    assert answer.status == 400
    assert browser.get("/sign-out").status == 405


@pytest.mark.parametrize("asked", ["_method=POST", "_scheme=javascript&_external=1", "_anchor=x"])
def test_what_an_address_asks_for_does_not_steer_the_addresses_of_the_page(browse, cast, asked):
    page = browse(cast.leader).get(f"/account?{asked}")
    assert page.status == 200
    other = page.tree.xpath("//a[@hreflang]/@href")
    assert other == [f"/account?{asked}&lang=ar"]


@pytest.mark.block("G", "forms 27 GET never writes")
def test_no_get_writes_whatever_it_carries(app, guarded, cast):
    browser = guarded(cast.administrator)
    for endpoint, path in addresses(app, "POST", {"person_id": cast.leader.id}):
        with count_queries(app) as statements:
            answer = browser.client.get(path, query_string={"name_en": "Forged", "role": "x"})
            answer.close()
        left = [one for one in writes(statements) if "INTO event" not in one]
        assert left == [], endpoint


@pytest.mark.block("G", "forms 28 signing out needs the page")
def test_failure_39_nobody_is_signed_out_by_another_site(guarded, cast):
    browser = guarded(cast.leader)
    assert browser.get("/sign-out").status == 405
    assert browser.post("/sign-out").status == 400
    assert browser.get("/account").status == 200


@pytest.mark.block("G", "forms 29 nobody is signed in by another site")
def test_nobody_is_signed_in_as_somebody_else_by_another_site(guarded, cast, arrange):
    browser = guarded()
    answer = browser.post("/sign-in", {"email": cast.leader.email, "password": PASSWORD})
    assert answer.status == 400
    assert browser.get("/account").status == 303


def test_failure_38_signing_in_answers_no_token_to_a_get_nor_json(browse, cast, arrange):
    browser = browse()
    sent = {"email": cast.leader.email, "password": PASSWORD}
    for options in (
        {"query_string": {**sent, "include_auth_token": ""}},
        {"query_string": sent, "headers": {"Accept": "application/json"}},
    ):
        answer = browser.get("/sign-in", **options)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert b"authentication_token" not in answer.body
    assert browser.get("/account").status == 303
    with arrange() as session:
        signed_in = select(Event).where(
            Event.action == "person.signed_in", Event.person_id == cast.leader.id
        )
        assert len(session.scalars(signed_in).all()) == 1, "the session the tests begin with"


def test_failure_23_a_question_before_a_step_shows_names_as_text(browse, cast, arrange):
    from accredit import clock
    from accredit.identity.models import Person
    from accredit.identity.service import record

    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        person.name_en = '<img src=x onerror="alert(1)">'
        record(session, "person.changed", person.id, None, person.id, clock.now())
    page = browse(cast.administrator).get(f"/people/{cast.leader.id}")
    assert not page.tree.xpath("//img[@onerror]")
    assert not page.tree.xpath("//*[@*[starts-with(name(), 'on')]]")
