"""The pages under /organisations: administrators keep organisations and departments."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.identity.models import Department, Organisation
from tests.arabic import english_words
from tests.queries import count_queries

WATER = {"name_en": "Eastern Water", "name_ar": "مياه الشرق", "code": "ewa"}


def test_the_list_shows_every_organisation_with_its_departments(browse, cast):
    page = browse(cast.administrator).get("/organisations")
    for name in ("Northern Services Authority", "Licensing", "Southern Water Board", "Billing"):
        assert name in page.text


def test_an_organisation_is_made_and_then_its_departments(browse, cast, arrange):
    browser = browse(cast.administrator)
    answer = browser.post("/organisations/new", WATER)
    assert answer.status == 303
    page = browser.get(answer.location)
    assert "Eastern Water" in page.text
    assert "No department yet" in page.text
    added = browser.post(
        f"{answer.location}/departments",
        {"name_en": "Connections", "name_ar": "التوصيلات", "code": "CON"},
    )
    assert added.status == 303
    assert "Connections" in browser.get(answer.location).text
    with arrange() as session:
        department = session.scalar(select(Department).where(Department.code == "CON"))
        assert department.organisation.code == "EWA"
        event = session.scalar(select(Event).order_by(Event.id.desc()))
        assert (event.action, event.department_id) == ("department.created", department.id)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name_en": ""}, "Write the name in both languages."),
        ({"name_en": "x" * 201}, "200"),
        ({"code": ""}, "Give a short code."),
        ({"code": "1AB"}, "a letter first"),
        ({"code": "مياه"}, "Use 2 to 8 Latin letters and digits"),
        ({"code": "TOOLONGCODE"}, "Use 2 to 8 Latin letters and digits"),
        ({"code": "nsa"}, "Another organisation has this code."),
    ],
)
def test_a_mistake_keeps_what_was_typed(browse, cast, changes, problem):
    page = browse(cast.administrator).post("/organisations/new", {**WATER, **changes})
    assert page.status == 422
    assert problem in page.error_texts()
    assert page.values("/organisations/new")["name_ar"] == WATER["name_ar"]


def test_a_department_code_is_unique_within_its_organisation_only(browse, cast):
    browser = browse(cast.administrator)
    data = {"name_en": "Other", "name_ar": "أخرى", "code": "lic"}
    taken = browser.post(f"/organisations/{cast.organisation}/departments", data)
    assert taken.status == 422
    assert "Another department of this organisation has this code." in taken.error_texts()
    url = f"/organisations/{cast.other_organisation}/departments"
    assert browser.post(url, data).status == 303


@pytest.mark.parametrize("what", ["organisation", "department"])
def test_a_name_is_changed_and_both_names_are_in_the_trail(browse, cast, arrange, what):
    url = f"/organisations/{cast.organisation}/"
    url += "name" if what == "organisation" else f"departments/{cast.licensing}"
    browser = browse(cast.administrator)
    form = browser.get(url).values(url)
    answer = browser.post(url, {**form, "name_en": "Renamed body"})
    assert (answer.status, answer.location) == (303, f"/organisations/{cast.organisation}")
    assert "Renamed body" in browser.get(answer.location).text
    with arrange() as session:
        event = session.scalar(select(Event).where(Event.action == f"{what}.renamed"))
        assert json.loads(event.details)["changes"]["name_en"][1] == "Renamed body"


def test_two_people_who_rename_at_once_lose_neither_text(browse, cast, arrange):
    url = f"/organisations/{cast.organisation}/departments/{cast.licensing}"
    browser = browse(cast.administrator)
    mine = browser.get(url).values(url)
    theirs = browser.get(url).values(url)
    assert browser.post(url, {**theirs, "name_en": "Permits"}).status == 303
    conflict = browser.post(url, {**mine, "name_en": "Licences"})
    assert conflict.status == 409
    assert "It is now “Permits”" in conflict.error_texts()
    kept = conflict.values(url)
    assert kept["name_en"] == "Licences"
    assert browser.post(url, kept).status == 303
    with arrange() as session:
        assert session.get(Department, cast.licensing).name_en == "Licences"


@pytest.mark.parametrize("version", ["", "x", "-1", "99"])
def test_a_tampered_version_is_a_conflict_and_no_crash(browse, cast, version):
    url = f"/organisations/{cast.organisation}/name"
    data = {"name_en": "A", "name_ar": "أ", "version": version}
    assert browse(cast.administrator).post(url, data).status == 409


def test_a_department_is_found_only_under_its_own_organisation(browse, cast):
    url = f"/organisations/{cast.organisation}/departments/{cast.other_department}"
    browser = browse(cast.administrator)
    assert browser.get(url).status == 404
    assert browser.post(url, {"name_en": "A", "name_ar": "أ", "version": "1"}).status == 404
    assert browser.get("/organisations/999").status == 404


@pytest.mark.parametrize("who", ["programme_manager", "leader", "observer", "nobody"])
def test_only_administrators_open_the_pages(browse, cast, who):
    browser = browse(getattr(cast, who))
    for url in ("/organisations", "/organisations/new", f"/organisations/{cast.organisation}"):
        assert browser.get(url).status == 403
    assert browser.post("/organisations/new", WATER).status == 403
    assert "/organisations" not in browser.get("/").links()


def test_the_list_needs_the_same_number_of_queries_for_more(browse, cast, app, arrange):
    browser = browse(cast.administrator)
    with count_queries(app) as few:
        browser.get("/organisations")
    with arrange() as session:
        for number in range(20):
            session.add(
                Organisation(
                    code=f"X{number}",
                    name_en=f"Body {number}",
                    name_ar="جهة",
                    created_at=session.get(Organisation, cast.organisation).created_at,
                )
            )
    with count_queries(app) as many:
        browser.get("/organisations")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "url", ["/organisations", "/organisations/new", "/organisations/1", "/organisations/1/name"]
)
def test_the_arabic_pages_are_arabic_all_through(browse, cast, url):
    page = browse(cast.administrator, "ar").get(url)
    assert page.status == 200
    assert page.lang == ("ar", "rtl")
    assert english_words(page) <= {"NSA", "LIC"}, "codes given as examples may stay"
