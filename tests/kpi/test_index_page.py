"""/kpis: where the departments stand, for those who may know."""

from __future__ import annotations

import pytest

from accredit.identity.models import Department, Organisation
from tests.arabic import english_words
from tests.kpi.conftest import csat_lines
from tests.queries import count_queries, writes


@pytest.fixture
def some(measure):
    measure("csat", csat_lines("2026-01", 80, 20))
    measure("nps", ["2026-01-05,10"] * 40 + ["2026-01-06,0"] * 40)


def test_a_single_department_is_shown_at_once(browse, cast, some):
    page = browse(cast.leader).get("/kpis/")
    assert page.status == 200
    assert "Customer satisfaction (CSAT)" in page.text
    assert "80.0% Unclear" in page.text, "71 to 87 lies on both sides of 80"
    assert "95% interval: 71.1% to 86.7%" in page.text
    assert "100 answers · Target: 80.0%" in page.text
    assert "0.0 points Target missed" in page.text
    assert f"/kpis/{cast.licensing}/csat" in page.links()


def test_many_departments_stand_below_each_other_with_a_column_for_each_kpi(
    browse, cast, some, arrange
):
    with arrange() as session:
        organisation = session.get_one(Organisation, cast.organisation)
        for number in range(5):
            organisation.departments.append(
                Department(
                    code=f"D{number}",
                    name_en=f"Department {number}",
                    name_ar=f"إدارة {number}",
                    created_at=organisation.created_at,
                )
            )
    page = browse(cast.programme_manager).get("/kpis/")
    heads = page.tree.xpath("//table[@id='departments']/thead//th")
    assert [head.text_content().strip() for head in heads] == [
        "Department",
        "Net Promoter Score (NPS)",
        "Customer satisfaction (CSAT)",
    ]
    row = page.tree.xpath(
        "//table[@id='departments']/tbody/tr[starts-with(normalize-space(th), 'Li')]"
    )
    assert "80.0% Unclear" in " ".join(row[0].text_content().split())


def test_several_departments_stand_side_by_side(browse, cast, some, measure):
    measure("csat", csat_lines("2026-01", 95, 5), department=cast.contact_centre)
    page = browse(cast.programme_manager).get("/kpis/")

    def told(kpi: str, department: str) -> str:
        """What the row of a KPI says of a department."""
        row = f"//table[@id='departments']/tbody/tr[starts-with(normalize-space(th), '{kpi}')]"
        (cell,) = page.tree.xpath(f"{row}/td[@data-label='{department}']")
        return " ".join(cell.text_content().split())

    assert told("Customer satisfaction", "Licensing") == (
        "80.0% Unclear January 2026 · 100 answers"
    )
    assert told("Customer satisfaction", "Contact centre").startswith("95.0% Target met")
    assert told("Net Promoter Score", "Contact centre") == "Not measured"
    assert f"/kpis/{cast.contact_centre}" in page.links()


def test_nobody_sees_another_organisation(browse, cast, some):
    page = browse(cast.stranger_manager).get("/kpis/")
    assert "Nothing is measured yet" in page.text
    assert "80.0%" not in page.text
    assert browse(cast.stranger_leader).get(f"/kpis/{cast.licensing}").status == 404
    assert browse(cast.contact_leader).get(f"/kpis/{cast.licensing}").status == 404
    assert browse(cast.leader).get("/kpis/999").status == 404


def test_assessors_and_people_without_a_role_are_refused(browse, cast):
    for who in (cast.assessor, cast.moderator, cast.nobody, cast.administrator):
        assert browse(who).get("/kpis/").status == 403


def test_only_those_who_import_are_offered_to(browse, cast, some):
    assert "/kpis/import" in " ".join(browse(cast.contributor).get("/kpis/").links())
    assert "/kpis/import?" not in " ".join(browse(cast.observer).get("/kpis/").links())


def test_an_empty_department_says_what_to_do(browse, cast):
    page = browse(cast.leader).get("/kpis/")
    assert "Nothing is measured yet" in page.text
    assert f"/kpis/import?department={cast.licensing}" in page.links()
    assert "Customer churn" in page.text, "what could be measured is listed"


def test_a_newer_value_with_too_few_answers_is_mentioned_not_shown(browse, cast, measure):
    measure("csat", csat_lines("2026-01", 80, 20) + csat_lines("2026-02", 2, 1))
    page = browse(cast.leader).get("/kpis/")
    assert "80.0% Unclear" in page.text
    assert "Newer, but with too few answers: February 2026" in page.text


def test_the_change_is_told_as_far_as_the_answers_show_it(browse, cast, measure):
    measure("csat", csat_lines("2026-01", 40, 60) + csat_lines("2026-02", 80, 20))
    measure("csat_mean", csat_lines("2026-01", 40, 60) + csat_lines("2026-02", 41, 59))
    page = browse(cast.leader).get("/kpis/")
    assert "Compared with January 2026: better" in page.text
    assert "Compared with January 2026: no change shown" in page.text


def test_in_arabic_it_is_arabic(browse, cast, some, measure):
    measure("response_time", ["2026-01-05,70"] * 40)
    page = browse(cast.leader, "ar").get("/kpis/")
    assert page.lang == ("ar", "rtl")
    assert english_words(page) == set()
    assert "70 ثانية" in page.text
    matrix = browse(cast.programme_manager, "ar").get("/kpis/")
    assert english_words(matrix) == set()


def test_the_number_of_queries_does_not_grow(browse, cast, app, measure):
    def queries() -> int:
        counts = []
        for who, url in ((cast.leader, "/kpis/"), (cast.programme_manager, "/kpis/")):
            with count_queries(app) as statements:
                assert browse(who).get(url).status == 200
            assert writes(statements) == []
            counts.append(len(statements))
        return max(counts)

    measure("csat", csat_lines("2026-01", 80, 20))
    before = queries()
    for name in ("csat", "csat_mean", "ces_agree"):
        measure(name, csat_lines("2025-11", 40, 9) + csat_lines("2025-12", 40, 9))
        measure(name, csat_lines("2025-11", 40, 9), department=cast.contact_centre)
    assert queries() == before
