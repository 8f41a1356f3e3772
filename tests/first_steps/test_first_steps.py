"""Setting up a programme: what is still missing before the first assessment, and what is next."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from accredit.assessment.domain import Stage
from accredit.first_steps.domain import Facts, State, steps_of
from accredit.first_steps.service import first_steps
from accredit.identity.domain import Access, Grant, Role
from tests.arabic import english_words
from tests.assessments import open_small, walk_to
from tests.people import make_department, make_organisation, make_person
from tests.queries import count_queries

TITLES = [
    "Begin with the organisation",
    "Add its departments",
    "Invite a programme manager",
    "Invite the people of a department",
    "Invite those who judge",
    "Publish a standard",
    "Open the first assessment",
]
JUDGES = (Role.ASSESSOR, Role.MODERATOR, Role.DECISION_MAKER)


def states(facts: Facts) -> dict[str, State]:
    return {step.title: step.state for step in steps_of(facts)}


def shown(page) -> dict[str, str]:
    """The titles of the list on the page, each with the tag at its end."""
    found = {}
    for item in page.tree.xpath("//*[@id='first-steps']/ancestor-or-self::section[1]//li"):
        (title,) = item.xpath(".//a[@class='task__title'] | .//strong")
        tags = item.xpath(".//*[contains(@class, 'tag')]")
        found[title.text_content().strip()] = tags[0].text_content().strip() if tags else ""
    return found


def test_of_an_empty_installation_the_first_step_is_next():
    found = states(Facts())
    assert list(found) == TITLES
    assert [*found.values()] == [State.CURRENT] + [State.TO_DO] * 6


def test_exactly_one_step_is_next_whatever_is_set_up_and_it_is_the_first_open_one():
    roles = [Role.PROGRAMME_MANAGER, Role.LEADER, Role.CONTRIBUTOR, *JUDGES]
    for some in chain.from_iterable(combinations(roles, size) for size in range(len(roles) + 1)):
        for count in (0, 1):
            holders = {role: frozenset({number}) for number, role in enumerate(some)}
            found = steps_of(Facts(count, count, count, holders))
            first = next(step for step in found if step.state is not State.DONE)
            assert [step for step in found if step.state is State.CURRENT] == [first]


@pytest.mark.parametrize("missing", JUDGES)
def test_somebody_for_each_part_of_judging_is_needed(missing):
    holders = {role: frozenset({number}) for number, role in enumerate(JUDGES)}
    assert states(Facts(holders=holders))["Invite those who judge"] is State.DONE
    del holders[missing]
    assert states(Facts(holders=holders))["Invite those who judge"] is not State.DONE


def test_two_people_cannot_do_what_three_must():
    holders = {role: frozenset({1, 2}) for role in JUDGES}
    assert states(Facts(holders=holders))["Invite those who judge"] is not State.DONE


def test_a_leader_without_a_contributor_is_not_enough():
    holders = {Role.LEADER: frozenset({1})}
    assert states(Facts(holders=holders))["Invite the people of a department"] is not State.DONE


def test_a_manager_is_led_to_the_first_assessment_when_all_else_is_there(browse, cast):
    page = browse(cast.programme_manager).get("/")
    found = shown(page)
    assert list(found) == TITLES
    assert set(list(found.values())[:6]) <= {"Already done", "Next step", ""}
    assert "/assessments/new" in page.links()


def test_an_administrator_sees_that_the_assessment_is_opened_by_another_role(browse, cast):
    page = browse(cast.administrator).get("/")
    assert shown(page)["Open the first assessment"] == "Another role does this"
    assert "/assessments/new" not in page.links()


def test_the_list_goes_when_the_first_assessment_was_opened(browse, cast, arrange):
    with arrange() as session:
        open_small(session, cast)
    for actor in (cast.programme_manager, cast.administrator):
        assert not shown(browse(actor).get("/"))


@pytest.mark.parametrize("who", ["leader", "contributor", "assessor", "observer", "nobody"])
def test_who_manages_nobody_is_not_bothered(browse, cast, who):
    assert not shown(browse(getattr(cast, who)).get("/"))


def test_what_another_organisation_has_set_up_does_not_count_for_a_manager(app, arrange, cast):
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
        bare = make_organisation(session, "BARE", "Bare Agency", "هيئة جديدة")
        access = Access(1, (Grant(Role.PROGRAMME_MANAGER, bare.id),))
        found = {step.title: step.state for step in first_steps(session, access)}
        assert found["Begin with the organisation"] is State.DONE
        assert found["Add its departments"] is State.CURRENT
        assert found["Invite those who judge"] is State.TO_DO


def test_somebody_whose_account_is_closed_is_nobody_who_judges(app, arrange, cast):
    with arrange() as session:
        bare = make_organisation(session, "BARE", "Bare Agency", "هيئة جديدة")
        department = make_department(session, bare, "ONE", "One", "الأولى")
        for number, role in enumerate((Role.LEADER, Role.CONTRIBUTOR, *JUDGES)):
            place = department.id if number < 2 else None
            grant = (role, bare.id, place)
            person = make_person(session, f"{role}@bare.example", "Somebody", "أحد", grant)
        access = Access(1, (Grant(Role.PROGRAMME_MANAGER, bare.id),))

        def judging() -> State:
            steps = first_steps(session, access)
            return next(step.state for step in steps if step.title == "Invite those who judge")

        assert judging() is State.DONE
        person.active = False
        session.flush()
        assert judging() is not State.DONE


def test_the_list_is_arabic_on_an_arabic_page(browse, cast):
    page = browse(cast.administrator).get("/?lang=ar")
    assert len(shown(page)) == len(TITLES)
    assert not english_words(page)


def test_the_list_costs_a_fixed_number_of_queries(browse, cast, app, arrange):
    browser = browse(cast.administrator)
    browser.get("/")
    with count_queries(app) as few:
        browser.get("/")
    with arrange() as session:
        for number in range(5):
            org = make_organisation(session, f"MORE{number}", f"More {number}", f"أخرى {number}")
            make_department(session, org, "A", "A", "أ")
    with count_queries(app) as many:
        browser.get("/")
    assert len(many) == len(few)
