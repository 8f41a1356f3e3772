"""/kpis/imports: who imported what, and taking it back."""

from __future__ import annotations

import pytest

from tests.arabic import english_words
from tests.kpi.conftest import csat_lines
from tests.queries import count_queries

REASON = "The file of another department was chosen."


def test_the_list_says_who_when_and_from_which_file(browse, cast, measure):
    measure("csat", csat_lines("2026-01", 80, 20), file_name="استبانة يناير.csv")
    page = browse(cast.observer).get("/kpis/imports")
    row = " ".join(page.tree.xpath("string(//table[@id='imports']/tbody/tr)").split())
    assert row == (
        "استبانة يناير.csv Customer satisfaction (CSAT) Licensing 100 0 Omar Rashid "
        "2 March 2026, 12:30"
    )


def test_each_sees_the_imports_of_their_own_departments(browse, cast, measure):
    number = measure("csat", csat_lines("2026-01", 80, 20))
    for who in (cast.stranger_leader, cast.contact_leader):
        assert "No imports yet" in browse(who).get("/kpis/imports").text
        assert browse(who).get(f"/kpis/imports/{number}").status == 404
        withdraw = browse(who).post(f"/kpis/imports/{number}/withdraw", {"reason": REASON})
        assert withdraw.status == 404
    assert browse(cast.assessor).get("/kpis/imports").status == 403
    assert browse(cast.leader).get("/kpis/imports/999").status == 404


def test_an_import_shows_its_figures_and_its_choices(browse, cast, measure):
    number = measure("csat", csat_lines("2026-01", 80, 20))
    page = browse(cast.observer).get(f"/kpis/imports/{number}")
    assert "January 2026 80.0% 71.1% to 86.7% 100 Counts" in page.text
    assert "Column with the answers answer Column with the date date A value for Each month" in (
        page.text
    )
    assert "5" * 64 in page.text.replace(" ", "")
    assert not page.has_field("reason")


def test_figures_that_were_replaced_say_so(browse, cast, measure):
    number = measure("csat", csat_lines("2026-01", 80, 20))
    measure("csat", csat_lines("2026-01", 90, 10))
    assert "Replaced by a later import" in browse(cast.leader).get(f"/kpis/imports/{number}").text


class TestWithdrawing:
    @pytest.fixture
    def number(self, measure) -> int:
        return measure("csat", csat_lines("2026-01", 80, 20))

    def test_the_department_takes_it_back(self, browse, cast, number, events):
        leader = browse(cast.leader)
        answer = leader.post(f"/kpis/imports/{number}/withdraw", {"reason": REASON})
        assert (answer.status, answer.location) == (303, f"/kpis/imports/{number}")
        page = leader.get(answer.location)
        assert "Withdrawn by Layla Hassan" in page.text
        assert REASON in page.text
        assert "Not measured yet" in leader.get(f"/kpis/{cast.licensing}/csat").text
        assert len(events("kpi.withdrawn")) == 1

    def test_it_needs_a_reason_and_keeps_what_was_typed(self, browse, cast, number, events):
        page = browse(cast.leader).post(f"/kpis/imports/{number}/withdraw", {"reason": "wrong"})
        assert page.status == 422
        assert "in 10 characters or more" in page.error_texts()
        assert page.values("/withdraw")["reason"].strip() == "wrong"
        assert events("kpi.withdrawn") == []

    def test_it_happens_once(self, browse, cast, number):
        leader = browse(cast.leader)
        address = f"/kpis/imports/{number}/withdraw"
        assert leader.post(address, {"reason": REASON}).status == 303
        page = leader.post(address, {"reason": REASON})
        assert page.status == 409
        assert "withdrawn already" in page.text

    def test_readers_may_not(self, browse, cast, number, events):
        for who in (cast.observer, cast.programme_manager):
            answer = browse(who).post(f"/kpis/imports/{number}/withdraw", {"reason": REASON})
            assert answer.status == 403
        assert events("kpi.withdrawn") == []


def test_in_arabic_it_is_arabic(browse, cast, measure):
    number = measure("csat", csat_lines("2026-01", 80, 20), file_name="استبانة")
    assert english_words(browse(cast.leader, "ar").get("/kpis/imports")) == set()
    page = browse(cast.leader, "ar").get(f"/kpis/imports/{number}")
    assert page.lang == ("ar", "rtl")
    assert english_words(page) <= {"answer", "date"}, "the file's own columns"


def test_the_list_is_paged_and_asks_no_more_for_more_rows(browse, cast, app, measure):
    def queries() -> int:
        with count_queries(app) as statements:
            assert browse(cast.leader).get("/kpis/imports").status == 200
        return len(statements)

    measure("csat", csat_lines("2025-01", 8, 2))
    before = queries()
    for place in range(26):
        measure("csat", csat_lines(f"19{place + 70}-01", 8, 2), by=cast.contributor.id)
    assert queries() == before
    leader = browse(cast.leader)
    assert len(leader.get("/kpis/imports").tree.xpath("//tbody/tr")) == 25
    assert len(leader.get("/kpis/imports?page=2").tree.xpath("//tbody/tr")) == 2
    assert leader.get("/kpis/imports?page=nonsense").status == 200
