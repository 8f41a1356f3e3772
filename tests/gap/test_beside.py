"""Departments and cycles compared: what stands there, for whom, and at what cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assignment
from tests.assessments import OPENED, walk_to
from tests.gap.neighbours import new_department, walk_beside
from tests.pdf.reading import texts
from tests.queries import count_queries, writes

#: (3×1 + 2×3 + 3×2 + 2×3) of 40, and (3×4 + 2×4 + 3×3 + 2×3) of 40.
OWN, OWN_TOTAL = {"1.1": "started", "2.1": "partial"}, "52.5%"
THEIRS, THEIR_TOTAL = {"1.1": "exceptional", "1.2": "exceptional"}, "87.5%"


def rows(page, table: str) -> list[list[str]]:
    """The texts of a table's rows."""
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row.xpath("./th | ./td")]
        for row in page.tree.xpath(f"//table[@id='{table}-table']/tbody/tr")
    ]


@pytest.fixture
def own(arrange, cast):
    with arrange() as session:
        return f"/gap-reports/{walk_to(session, cast, Stage.CLOSED, OWN).id}"


@pytest.fixture
def beside(arrange, cast):
    with arrange() as session:
        return walk_beside(session, cast, THEIRS).id


def test_departments_stand_side_by_side_the_best_first(browse, cast, own, beside):
    page = browse(cast.observer).get(own)
    assert rows(page, "departments") == [
        ["Contact centre", "2026", THEIR_TOTAL, "\u200e+35.0", "0"],
        ["Licensing", "2026", OWN_TOTAL, "—", "2"],
    ]
    titles = page.tree.xpath("//figcaption/text()")
    assert "Criteria by department" in titles
    assert "Totals by department" in titles


def test_every_criterion_of_every_department_has_a_cell(browse, cast, own, beside):
    page = browse(cast.observer).get(own)
    (heat,) = page.tree.xpath("//figure[figcaption='Criteria by department']")
    head = [cell.text for cell in heat.xpath(".//thead//th")]
    assert head == ["Criterion", "Licensing", "Contact centre"]
    figures = [row.xpath("string(.)").split("%") for row in heat.xpath(".//tbody/tr/td")]
    assert len(figures) == 2 * 2
    # The first criterion of Licensing: (3×1 + 2×3) of 20; of the contact centre all of it.
    assert [cell.xpath("string(.)") for cell in heat.xpath(".//tbody/tr[1]/td")] == [
        "45.0%",
        "100.0%",
    ]


@pytest.mark.parametrize("form", ["", "/report.pdf", "/report.xlsx"])
def test_a_leader_never_sees_another_department(browse, cast, own, beside, form):
    page = browse(cast.leader).get(own + form)
    assert page.status == 200
    text = " ".join(texts(page.body)) if form.endswith("pdf") else str(page.body)
    if not form:
        text = page.text
        assert rows(page, "departments") == []
    for secret in ("Contact centre", "87.5", "Departments compared"):
        assert secret not in text


def test_who_leads_both_departments_sees_both(browse, cast, own, beside, arrange):
    from accredit.identity.domain import Role
    from accredit.identity.models import Person
    from accredit.identity.service import grant_role

    with arrange() as session:
        leader = session.get(Person, cast.leader.id)
        grant_role(
            session,
            leader,
            Role.LEADER,
            organisation_id=cast.organisation,
            department_id=cast.contact_centre,
            by=None,
            at=OPENED,
        )
    page = browse(cast.leader).get(own)
    assert [row[0] for row in rows(page, "departments")] == ["Contact centre", "Licensing"]


def test_whoever_judges_sees_only_what_they_judged(browse, cast, own, beside, arrange):
    page = browse(cast.decision_maker).get(own)
    assert [row[0] for row in rows(page, "departments")] == ["Contact centre", "Licensing"]
    with arrange() as session:
        session.execute(
            delete(Assignment).where(
                Assignment.person_id == cast.decision_maker.id, Assignment.assessment_id == beside
            )
        )
    page = browse(cast.decision_maker).get(own)
    assert page.status == 200
    assert rows(page, "departments") == []
    assert "Contact centre" not in page.text


def test_what_is_not_closed_is_compared_with_nothing(browse, cast, own, arrange):
    with arrange() as session:
        walk_beside(session, cast, THEIRS, stage=Stage.DECISION)
    for reader in (cast.observer, cast.programme_manager, cast.decision_maker):
        page = browse(reader).get(own)
        assert page.status == 200
        assert rows(page, "departments") == []
        assert "Contact centre" not in page.text


def test_another_organisation_is_never_beside(browse, cast, own, beside):
    assert browse(cast.stranger_leader).get(own).status == 404
    assert "Billing" not in browse(cast.observer).get(own).text


def test_only_the_newest_result_of_a_department_counts(browse, cast, own, beside, arrange):
    with arrange() as session:
        walk_beside(session, cast, {}, cycle="2027", at=OPENED + timedelta(days=20))
    page = browse(cast.observer).get(own)
    assert rows(page, "departments")[0][:3] == ["Contact centre", "2027", "75.0%"]


def test_a_provisional_report_says_so_beside_agreed_ones(browse, cast, beside, arrange):
    with arrange() as session:
        url = f"/gap-reports/{walk_to(session, cast, Stage.MODERATION, OWN).id}"
    page = browse(cast.observer).get(url)
    assert len(rows(page, "departments")) == 2
    assert "is provisional; theirs is agreed" in page.text


def test_earlier_cycles_lead_to_this_one(browse, cast, arrange):
    with arrange() as session:
        for year, level in ((2024, "absent"), (2025, "started")):
            walk_to(
                session,
                cast,
                Stage.CLOSED,
                {"1.1": level},
                cycle=str(year),
                at=OPENED.replace(year=year),
            )
        walk_to(
            session,
            cast,
            Stage.CLOSED,
            {},
            cycle="2027",
            at=OPENED + timedelta(days=20),
        )
        url = f"/gap-reports/{walk_to(session, cast, Stage.CLOSED, {'1.1': 'partial'}).id}"
    page = browse(cast.leader).get(url)
    # 3×(0, 1, 2) of 40 beside 21 of 40 for the others; the cycle after it is not told.
    assert rows(page, "cycles") == [
        ["2024", "52.5%", "—", "1"],
        ["2025", "60.0%", "\u200e+7.5", "1"],
        ["2026", "67.5%", "\u200e+7.5", "1"],
    ]
    assert "Total over the cycles" in page.tree.xpath("//figcaption/text()")


def test_earlier_cycles_are_hidden_from_whom_their_scores_are(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED, cycle="2025", at=OPENED - timedelta(days=9))
        for duty in session.query(Assignment).filter_by(person_id=cast.decision_maker.id):
            session.delete(duty)
    with arrange() as session:
        url = f"/gap-reports/{walk_to(session, cast, Stage.DECISION, OWN).id}"
    page = browse(cast.decision_maker).get(url)
    assert page.status == 200
    assert rows(page, "cycles") == []
    assert "75.0%" not in page.text


def test_many_departments_share_several_heat_maps_with_ones_own_in_each(
    browse, cast, own, beside, arrange
):
    with arrange() as session:
        for number in range(1, 7):
            department, leader = new_department(session, cast, number)
            walk_beside(session, cast, {}, department_id=department, leader_id=leader)
    page = browse(cast.observer).get(own)
    heats = page.tree.xpath("//figure[starts-with(figcaption, 'Criteria by department')]")
    assert [heat.xpath("string(figcaption)") for heat in heats] == [
        "Criteria by department (1 of 2)",
        "Criteria by department (2 of 2)",
    ]
    heads = [[cell.text for cell in heat.xpath(".//thead//th")] for heat in heats]
    assert all(head[:2] == ["Criterion", "Licensing"] for head in heads)
    assert len({name for head in heads for name in head[2:]}) == 7
    assert max(map(len, heads)) <= 1 + 6


def test_comparing_costs_one_query_however_many_departments_there_are(
    app, browse, cast, own, arrange
):
    def asked(times: int = 2) -> list[str]:
        for _ in range(times):
            with count_queries(app) as found:
                assert browse(cast.observer).get(own).status == 200
        return found

    alone = asked()
    with arrange() as session:
        walk_beside(session, cast, THEIRS)
    one = asked()
    with arrange() as session:
        for number in range(1, 5):
            department, leader = new_department(session, cast, number)
            walk_beside(session, cast, {}, department_id=department, leader_id=leader)
    first = asked(times=1)
    many = asked(times=1)
    assert len(alone) == len(one) == len(many)
    assert len(first) <= len(many) + 3
    assert writes(first) == writes(many) == []
    beside = [one for one in many if re.search(r"assessment\.cycle, department\.name_en", one)]
    assert len(beside) == 1


def test_names_changed_since_are_shown_as_they_are_now(browse, cast, own, beside, arrange):
    from accredit.identity.models import Department

    assert "Contact centre" in browse(cast.observer).get(own).text
    with arrange() as session:
        session.get(Department, cast.contact_centre).name_en = "Service centre"
    page = browse(cast.observer).get(own)
    assert "Service centre" in page.text
    assert "Contact centre" not in page.text
