"""/kpis/<department>/<kpi>: one figure in full, with its target."""

from __future__ import annotations

import csv
import io

import pytest

from tests.arabic import english_words
from tests.kpi.conftest import csat_lines
from tests.queries import count_queries


def url(cast, kpi: str = "csat", more: str = "") -> str:
    return f"/kpis/{cast.licensing}/{kpi}{more}"


def target_form(page) -> dict[str, str]:
    """What the form beside the page would send untouched."""
    (form,) = page.tree.xpath("//aside//form")
    return dict(form.form_values())


@pytest.fixture
def year(measure) -> int:
    """Ten ordinary months, and one that is not."""
    lines = [
        line
        for month in range(1, 11)
        for line in csat_lines(f"2025-{month:02}", 60 + month % 2, 40 - month % 2)
    ]
    return measure("csat", lines + csat_lines("2025-11", 90, 10), file_name="استبانة 2025.csv")


def test_it_shows_value_interval_answers_target_and_standing(browse, cast, year):
    page = browse(cast.observer).get(url(cast))
    assert page.status == 200
    assert "November 2025 90.0% 95% interval: 82.6% to 94.5%" in page.text
    assert "Number of answers (n) 100 Enough answers" in page.text
    assert "Target met" in page.text
    assert "Compared with October 2025: better" in page.text


def test_it_says_which_windows_are_news(browse, cast, year):
    page = browse(cast.leader).get(url(cast))
    assert "Outside ordinary variation: November 2025." in page.text
    assert "Ordinary variation" in page.text


def test_the_chart_holds_every_figure_of_the_table(browse, cast, year):
    page = browse(cast.leader).get(url(cast))
    rows = page.tree.xpath("//table[@id='measurements']/tbody/tr")
    assert len(rows) == 11
    assert rows[0].xpath("string(th)").strip() == "November 2025", "the newest first"
    chart = " ".join(page.tree.xpath("string(//figure//table)").split())
    for row in rows:
        assert " ".join(row.xpath("string(td[1])").split()) in chart


def test_windows_of_other_lengths_have_their_own_line(browse, cast, measure):
    from accredit.kpi.importing import Window

    lines = csat_lines("2025-10", 60, 40) + csat_lines("2025-11", 90, 10)
    measure("csat", lines)
    measure("csat", lines, window=Window.QUARTER)
    page = browse(cast.leader).get(url(cast))
    assert len(page.tree.xpath("//table[@id='measurements']/tbody/tr")) == 1
    other = browse(cast.leader).get(url(cast, more="?window=month"))
    assert len(other.tree.xpath("//table[@id='measurements']/tbody/tr")) == 2
    assert "Quarter 4 of 2025" in page.text
    assert browse(cast.leader).get(url(cast, more="?window=nonsense")).text == page.text


def test_a_kpi_never_measured_is_explained(browse, cast):
    page = browse(cast.leader).get(url(cast, "churn"))
    assert "Not measured yet" in page.text
    assert "Customers lost divided by customers at the start" in page.text


@pytest.mark.parametrize("kpi", ["CSAT", "nonsense", "customer satisfaction"])
def test_an_unknown_kpi_is_not_found(browse, cast, kpi):
    assert browse(cast.leader).get(url(cast, kpi)).status == 404


def test_strangers_find_nothing(browse, cast, year):
    stranger = browse(cast.stranger_leader)
    assert stranger.get(url(cast)).status == 404
    assert stranger.get(url(cast, more="/measurements.csv")).status == 404
    assert stranger.post(url(cast, more="/target"), {"value": "1"}).status == 404
    assert browse(cast.assessor).get(url(cast)).status == 403


class TestTheTarget:
    def test_the_leader_sets_it(self, browse, cast, year, events):
        leader = browse(cast.leader)
        form = target_form(leader.get(url(cast)))
        assert form["value"] == "80"
        answer = leader.post(url(cast, more="/target"), {**form, "value": "٩٥٫٥"})
        assert (answer.status, answer.location) == (303, url(cast))
        page = leader.get(url(cast))
        assert "Target missed" in page.text, "94.5 is the upper end of the interval"
        assert "Set by Layla Hassan" in page.text
        assert events("kpi.target_set") == [(cast.leader.id, {"from": 80.0, "to": 95.5})]

    def test_a_wait_may_be_written_as_a_clock_shows_it(self, browse, cast, events):
        leader = browse(cast.leader)
        address = url(cast, "resolution_time", "/target")
        assert leader.post(address, {"value": "48:00:00", "seen": "0"}).status == 303
        assert events("kpi.target_set")[0][1]["to"] == 172800

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Enter the target."),
            ("many", "“many” is not a number."),
            ("101", "A target for Customer satisfaction (CSAT) lies between 0 and 100."),
            ("1e400", "is not a number"),
        ],
    )
    def test_what_cannot_be_a_target_is_refused_and_kept(self, browse, cast, typed, said, events):
        page = browse(cast.leader).post(url(cast, more="/target"), {"value": typed, "seen": "0"})
        assert page.status == 422
        assert said in page.error_texts()
        assert target_form(page)["value"] == typed
        assert events("kpi.target_set") == []

    def test_nobody_overwrites_what_they_have_not_seen(self, browse, cast, events):
        leader = browse(cast.leader)
        form = target_form(leader.get(url(cast)))
        leader.post(url(cast, more="/target"), {**form, "value": "85"})
        page = leader.post(url(cast, more="/target"), {**form, "value": "70"})
        assert page.status == 409
        assert "Somebody else set this target" in page.error_texts()
        assert "85.0%" in page.text, "what the other one set is shown"
        assert target_form(page)["value"] == "70", "what was typed is kept"
        again = leader.post(url(cast, more="/target"), target_form(page))
        assert again.status == 303
        assert [details["to"] for _, details in events("kpi.target_set")] == [85, 70]

    def test_only_the_leader_may(self, browse, cast, events):
        for who in (cast.contributor, cast.observer, cast.programme_manager):
            assert browse(who).post(url(cast, more="/target"), {"value": "1"}).status == 403
            assert not browse(who).get(url(cast)).has_field("value")
        assert events("kpi.target_set") == []


class TestTheExport:
    def rows(self, browse, cast, who) -> list[dict[str, str]]:
        answer = browse(who).get(url(cast, more="/measurements.csv"))
        assert answer.status == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.body.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))

    def test_it_has_every_measurement_in_full(self, browse, cast, year):
        rows = self.rows(browse, cast, cast.observer)
        assert len(rows) == 11
        last = rows[-1]
        assert (last["From"], last["To"]) == ("2025-11-01", "2025-11-30")
        assert (last["Value"], last["n"], last["Status"]) == ("90", "100", "Enough answers")
        assert last["95% interval: low"] == "82.563434"
        assert last["File"] == "استبانة 2025.csv"

    def test_a_file_name_never_becomes_a_formula(self, browse, cast, measure):
        measure("csat", csat_lines("2025-11", 90, 10), file_name='=HYPERLINK("x").csv')
        assert self.rows(browse, cast, cast.leader)[0]["File"].startswith("'=")

    def test_a_negative_value_stays_a_number(self, browse, cast, measure):
        measure("nps", ["2025-11-02,0"] * 40)
        answer = browse(cast.leader).get(url(cast, "nps", "/measurements.csv"))
        assert b",-100," in answer.body


def test_in_arabic_it_is_arabic(browse, cast, year):
    page = browse(cast.leader, "ar").get(url(cast))
    assert page.lang == ("ar", "rtl")
    assert english_words(page) <= {"csv"}, "the ending of the file's name"
    assert "نوفمبر 2025" in page.text


def test_the_number_of_queries_does_not_grow(browse, cast, app, measure):
    def queries() -> int:
        with count_queries(app) as statements:
            assert browse(cast.leader).get(url(cast)).status == 200
        return len(statements)

    measure("csat", csat_lines("2025-01", 80, 20))
    before = queries()
    for month in range(2, 9):
        measure("csat", csat_lines(f"2025-{month:02}", 80, 20), by=cast.leader.id)
    assert queries() <= before + 1, "one for the other person who imported"
