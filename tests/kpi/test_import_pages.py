"""From a file to figures: choose, check, confirm; nothing is stored before."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from accredit.evidence.store import FileStore
from accredit.kpi.imports import choices_of
from accredit.kpi.models import KpiImport, Measurement
from accredit.kpi.service import series
from tests.arabic import english_words
from tests.kpi.conftest import csat_lines
from tests.kpi.files import real_file, workbook
from tests.queries import count_queries, writes

SURVEY = "\n".join(
    [
        "date,branch,rating",
        *["05/01/2026,North,5"] * 30,
        *["20/01/2026,South,2"] * 10,
        *["13/02/2026,North,4"] * 3,
        "14/02/2026,North,",
        "15/02/2026,North,9",
        "16/02/2026,North,=1+1",
    ]
).encode()


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), tick=False):
        yield


def send(browser, cast, content: bytes, name: str = "استبانة.csv", kpi: str = "csat"):
    return browser.post(
        "/kpis/import",
        {"department": str(cast.licensing), "kpi": kpi, "file": (io.BytesIO(content), name)},
    )


def stats(page) -> dict[str, str]:
    """The figures above the tables, by their labels."""
    return {
        " ".join(stat.xpath("string(dt)").split()): " ".join(stat.xpath("string(dd[1])").split())
        for stat in page.tree.xpath("//dl[@class='stats']/div")
    }


def windows(page) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.tree.xpath("//table[@id='windows']/tbody/tr")
    ]


def confirm_form(page) -> dict[str, str]:
    """The hidden choices behind the button that stores."""
    (form,) = page.tree.xpath("//form[@method='post'][.//*[contains(., 'Store')]]")
    return dict(form.form_values())


def counts(arrange) -> tuple[int, int]:
    with arrange() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table))
            for table in (KpiImport, Measurement)
        )


def test_a_file_goes_the_whole_way(browse, cast, arrange, events, world):
    browser = browse(cast.contributor)
    assert browser.get("/kpis/import").has_field("file")
    sent = send(browser, cast, SURVEY)
    assert sent.status == 303
    page = browser.get(sent.location)
    assert page.status == 200
    assert windows(page) == [
        ["January 2026", "75.0%", "59.8% to 85.8%", "40", "—"],
        ["February 2026", "100.0%", "43.9% to 100.0%", "3 Too few answers", "—"],
    ]
    assert stats(page) == {
        "Value of the whole file": "76.7%",
        "Answers used": "43",
        "Blank, so no answer": "1",
        "Left out by your choice": "0",
        "Rejected": "2",
    }
    assert "“9” is outside the scale from 1 to 5." in page.text
    assert counts(arrange) == (0, 0), "nothing is stored before it is confirmed"
    assert events("kpi.imported") == []

    stored = browser.post(sent.location, confirm_form(page))
    assert (stored.status, stored.location) == (303, f"/kpis/{cast.licensing}/csat")
    assert counts(arrange) == (1, 2)
    with arrange() as session:
        row = session.scalars(select(KpiImport)).one()
        assert (row.file_name, row.imported_by_id) == ("استبانة.csv", cast.contributor.id)
        assert (row.accepted, row.blank, row.left_out, row.rejected) == (43, 1, 0, 2)
        with FileStore(world.settings.evidence_dir).open(row.sha256) as kept:
            assert kept.read() == SURVEY
        first, _ = series(session, cast.licensing, "csat")
        assert (first.value, first.n, first.import_id) == (75.0, 40, row.id)
    assert len(events("kpi.imported")) == 1


def test_the_figures_can_be_computed_again_from_what_is_kept(browse, cast, arrange, world):
    from accredit.kpi.choices import figures
    from accredit.kpi.spreadsheet import read_table
    from tests.kpi.files import kpi

    browser = browse(cast.contributor)
    sent = send(browser, cast, SURVEY)
    page = browser.get(
        sent.location
        + "?value=rating&date_column=date&date_order=day_first&window=quarter"
        + "&where_column_1=branch&where_value_1=north"
    )
    browser.post(sent.location, confirm_form(page))
    with arrange() as session:
        row = session.scalars(select(KpiImport)).one()
        choices = choices_of(row)
        with FileStore(world.settings.evidence_dir).open(row.sha256) as kept:
            table = read_table(kept.read(), choices.sheet)
        again = figures(table, choices, kpi(row.kpi), row.imported_at.date())
        (measured,) = series(session, cast.licensing, "csat")
        ((start, end, window),) = again.windows
        assert (measured.start_on, measured.end_on) == (start, end)
        assert (measured.value, measured.n, measured.low, measured.high) == (
            window.value.value,
            window.value.n,
            window.value.low,
            window.value.high,
        )
        assert measured.n == 33, "the other branch is left out"


def test_looking_writes_nothing_and_can_be_shared_as_a_link(browse, cast, app):
    browser = browse(cast.contributor)
    sent = send(browser, cast, SURVEY)
    address = sent.location + "?value=rating&date_column=date&date_order=day_first&window=year"
    with count_queries(app) as statements:
        page = browser.get(address)
    assert writes(statements) == []
    assert windows(page)[0][0] == "2026"
    assert browser.get(address).text == page.text


def test_just_what_was_shown_is_stored(browse, cast, arrange):
    """Fields changed after the preview do not count until it is updated."""
    browser = browse(cast.contributor)
    sent = send(browser, cast, SURVEY)
    shown = browser.get(
        sent.location + "?value=rating&date_column=date&date_order=day_first&window=whole"
        "&period_from_on=2026-01-01&period_to_on=2026-02-28"
    )
    assert windows(shown)[0][:2] == ["1 January 2026 to 28 February 2026", "76.7%"]
    browser.post(sent.location, confirm_form(shown))
    with arrange() as session:
        (row,) = series(session, cast.licensing, "csat")
        assert (row.start_on.isoformat(), row.end_on.isoformat()) == ("2026-01-01", "2026-02-28")


def test_values_that_will_be_replaced_are_named(browse, cast, measure):
    measure("csat", csat_lines("2026-01", 50, 50))
    browser = browse(cast.contributor)
    page = browser.get(send(browser, cast, SURVEY).location)
    assert windows(page)[0][-1] == "50.0% Is replaced"
    assert windows(page)[1][-1] == "—"


class TestChoosing:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("value=&window=month&date_column=date", "Choose the column with the answers."),
            ("value=nothing&window=whole", "The table has no such column, or several."),
            ("value=rating&window=month&date_column=", "Choose the column with dates"),
            ("value=branch&window=month&date_column=date", "No row of the file has an answer"),
            ("value=rating&window=whole&date_column=", "The file has no dates."),
            ("value=rating&window=decade&date_column=date", "valid choice"),
            (
                "value=rating&window=month&date_column=date&where_value_1=North",
                "Choose the column of this value.",
            ),
            (
                "value=rating&window=whole&date_column=date&period_from_on=2026-01-01",
                "Give both days of the period, or neither.",
            ),
            (
                "value=rating&window=whole&date_column=date"
                "&period_from_on=2026-02-01&period_to_on=2026-02-02",
                "outside the period",
            ),
        ],
    )
    def test_what_cannot_be_used_is_said_beside_the_choice(
        self, browse, cast, arrange, query, said
    ):
        browser = browse(cast.contributor)
        sent = send(browser, cast, SURVEY)
        page = browser.get(f"{sent.location}?date_order=day_first&{query}")
        assert page.status == 422
        assert said in page.error_texts()
        assert "Store these measurements" not in page.text
        stored = browser.post(sent.location, dict(part.split("=") for part in query.split("&")))
        assert stored.status == 422
        assert counts(arrange) == (0, 0)

    def test_what_was_chosen_stays_chosen(self, browse, cast):
        browser = browse(cast.contributor)
        sent = send(browser, cast, SURVEY)
        page = browser.get(
            sent.location + "?value=branch&date_column=date&date_order=day_first&window=year"
            "&where_column_1=branch&where_value_1=South"
        )
        (form,) = page.tree.xpath("//form[@method='get'][.//select]")
        values = dict(form.form_values())
        assert (values["value"], values["window"]) == ("branch", "year")
        assert (values["where_column_1"], values["where_value_1"]) == ("branch", "South")
        assert page.tree.xpath("//details[@open]"), "a filter in use is not hidden"

    def test_dates_with_two_readings_are_asked_about(self, browse, cast):
        browser = browse(cast.contributor)
        content = "date,rating\n" + "03/01/2026,5\n" * 40
        sent = send(browser, cast, content.encode())
        first = browser.get(sent.location)
        assert (first.status, first.error_texts()) == (200, ""), "nothing was done wrong yet"
        assert "can be read in two ways" in first.text
        asked = sent.location + "?value=rating&date_column=date&window=month&date_order="
        assert browser.get(asked).status == 422
        assert windows(browser.get(asked + "day_first"))[0][0] == "January 2026"
        later = browser.get(asked + "month_first")
        assert later.status == 422 or windows(later)[0][0] == "March 2026"

    def test_a_kpi_of_two_columns_asks_for_both(self, browse, cast):
        browser = browse(cast.contributor)
        rows = "opened,closed\n" + "2026-01-04 09:00,2026-01-04 11:30\n" * 40
        sent = send(browser, cast, rows.encode(), kpi="resolution_time")
        page = browser.get(
            sent.location + "?opened=opened&closed=closed&date_column=opened&date_order="
            "&window=month&value="
        )
        assert windows(page)[0][1] == "2:30 h"
        both = browser.get(
            sent.location + "?opened=opened&closed=closed&value=opened&window=whole&date_order="
        )
        assert "Choose all columns of one way" in both.error_texts()

    def test_working_hours_are_counted_alone_if_wished(self, browse, cast):
        browser = browse(cast.contributor)
        rows = "opened,closed\n" + "2026-01-04 15:00,2026-01-05 09:00\n" * 40
        sent = send(browser, cast, rows.encode(), kpi="resolution_time")
        asked = (
            sent.location + "?opened=opened&closed=closed&date_column=opened&date_order="
            "&window=month&value=&hours="
        )
        assert windows(browser.get(asked))[0][1] == "18:00 h"
        assert windows(browser.get(asked + "sun-thu 08:00-16:00"))[0][1] == "2:00 h"
        assert "Working hours" in browser.get(asked + "always").error_texts()

    def test_another_sheet_can_be_chosen(self, browse, cast):
        browser = browse(cast.contributor)
        book = workbook([["rating"], *[[5]] * 40], sheet="Answers")
        sent = send(browser, cast, book, "book.xlsx")
        asked = (
            sent.location + "?value=rating&window=whole&date_order=&date_column="
            "&period_from_on=2026-01-01&period_to_on=2026-01-31&sheet="
        )
        assert windows(browser.get(asked + "Answers"))[0][:2] == ["January 2026", "100.0%"]
        wrong = browser.get(asked + "Other")
        assert wrong.status == 422
        assert "The sheets are: Answers." in wrong.error_texts()


class TestRejectedRows:
    def test_all_of_them_can_be_taken_home(self, browse, cast):
        browser = browse(cast.contributor)
        content = (
            "date,rating\n" + "2026-01-05,5\n" * 40 + "2026-01-05,77\n" * 60 + "2026-01-05,=A1"
        )
        sent = send(browser, cast, content.encode())
        page = browser.get(
            sent.location + "?value=rating&date_column=date&date_order=&window=month"
        )
        shown = page.tree.xpath("//table[@id='rejected']/tbody/tr")
        assert len(shown) == 20
        assert "Many rows are rejected" in page.text
        (link,) = [href for href in page.links() if "rejected.csv" in href]
        answer = browser.get(link)
        lines = answer.body.decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + 61
        assert lines[1].startswith("42,rating,77,")
        assert ",'=A1," in lines[-1], "and no cell runs as a formula"

    def test_they_are_listed_even_where_nothing_is_left(self, browse, cast):
        browser = browse(cast.contributor)
        content = "date,rating\n" + "2026-01-05,77\n" * 3
        sent = send(browser, cast, content.encode())
        page = browser.get(
            sent.location + "?value=rating&date_column=date&date_order=&window=month"
        )
        assert page.status == 422
        assert len(page.tree.xpath("//table[@id='rejected']/tbody/tr")) == 3


class TestRefusedFiles:
    @pytest.mark.parametrize(
        ("content", "name", "said"),
        [
            (b"", "empty.csv", "The file is empty."),
            (b"%PDF-1.7\x00\x01", "report.pdf", "neither a text table"),
            (b"PK\x03\x04broken", "book.xlsx", "The workbook is broken"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls", "old kind of workbook"),
            (b"a,b\n1,2\n", "fdp.\u202exslx.csv", "hidden characters"),
        ],
    )
    def test_each_is_refused_with_its_reason(self, browse, cast, content, name, said):
        page = send(browse(cast.contributor), cast, content, name)
        assert page.status == 422
        assert said in page.error_texts()
        (kpi,) = page.tree.xpath("//select[@name='kpi']/option[@selected]/@value")
        assert kpi == "csat", "what was chosen is kept"

    def test_one_larger_than_allowed_is_refused(self, browse, cast, app, monkeypatch):
        from dataclasses import replace

        small = replace(app.config["SETTINGS"], upload_limit=1024)
        monkeypatch.setitem(app.config, "SETTINGS", small)
        page = send(browse(cast.contributor), cast, b"rating\n" + b"5\n" * 600)
        assert page.status == 422
        assert "The file is larger than" in page.error_texts()

    def test_no_file_and_no_kpi_are_asked_for(self, browse, cast):
        page = browse(cast.contributor).post(
            "/kpis/import", {"department": str(cast.licensing), "kpi": ""}
        )
        assert page.status == 422
        assert "Choose a KPI." in page.error_texts()
        assert "Choose a CSV or XLSX file." in page.error_texts()


class TestWhoMay:
    def test_only_people_of_the_department_import(self, browse, cast, arrange):
        for who in (cast.observer, cast.programme_manager, cast.assessor, cast.nobody):
            assert browse(who).get("/kpis/import").status == 403
        page = send(browse(cast.stranger_leader), cast, SURVEY)
        assert page.status == 422, "another's department is no choice"
        assert counts(arrange) == (0, 0)

    def test_a_waiting_file_is_its_persons_own(self, browse, cast, arrange):
        sent = send(browse(cast.contributor), cast, SURVEY)
        for who in (cast.leader, cast.stranger_leader):
            other = browse(who)
            assert other.get(sent.location).status == 404
            assert other.post(sent.location, {"window": "month"}).status == 404
            assert other.post(sent.location + "/cancel").status == 404
            assert other.get(sent.location + "/rejected.csv").status == 404
        assert browse(cast.contributor).get(sent.location).status == 200
        assert counts(arrange) == (0, 0)

    def test_a_role_that_ended_meanwhile_stores_nothing(self, browse, cast, arrange):
        from accredit.clock import now
        from accredit.identity.models import RoleAssignment

        browser = browse(cast.contributor)
        sent = send(browser, cast, SURVEY)
        form = confirm_form(browser.get(sent.location))
        with arrange() as session:
            for row in session.query(RoleAssignment).filter_by(person_id=cast.contributor.id):
                row.ended_at = now()
        assert browser.post(sent.location, form).status in (403, 404)
        assert counts(arrange) == (0, 0)


class TestWaiting:
    def test_a_file_stored_once_cannot_be_stored_again(self, browse, cast, arrange):
        browser = browse(cast.contributor)
        sent = send(browser, cast, SURVEY)
        form = confirm_form(browser.get(sent.location))
        assert browser.post(sent.location, form).status == 303
        again = browser.post(sent.location, form)
        assert (again.status, again.location) == (303, "/kpis/import")
        assert "waits no longer" in browser.get("/kpis/import").text
        assert counts(arrange) == (1, 2)

    def test_it_can_be_thrown_away(self, browse, cast, arrange):
        browser = browse(cast.contributor)
        sent = send(browser, cast, SURVEY)
        assert browser.post(sent.location + "/cancel").status == 303
        assert browser.get(sent.location).location == "/kpis/import"
        assert counts(arrange) == (0, 0)

    def test_it_is_gone_after_two_hours(self, browse, cast, arrange):
        browser = browse(cast.contributor)
        sent = send(browser, cast, SURVEY)
        form = confirm_form(browser.get(sent.location))
        later = datetime(2026, 3, 2, 9, 30, tzinfo=UTC) + timedelta(hours=2)
        with time_machine.travel(later, tick=False):
            assert browser.get(sent.location).location == "/kpis/import"
            assert browser.post(sent.location, form).location == "/kpis/import"
        assert counts(arrange) == (0, 0)


def test_in_arabic_every_step_is_arabic(browse, cast):
    browser = browse(cast.contributor, "ar")
    first = browser.get("/kpis/import")
    assert first.lang == ("ar", "rtl")
    assert english_words(first) <= {"XLSX"}
    sent = send(browser, cast, SURVEY)
    page = browser.get(sent.location)
    of_the_file = {"date", "branch", "rating", "North", "South", "csv"}
    codes = {"mon", "thu", "fri"}
    assert english_words(page) <= of_the_file | codes
    assert "«9» خارج المقياس من 1 إلى 5." in page.text
    refused = browser.get(sent.location + "?value=&window=month&date_order=")
    assert "اختر عمود الإجابات." in refused.error_texts()


class TestThePublishedFiles:
    """The figures that are stated for the two published data sets."""

    def preview(self, browse, cast, name: str, kpi: str, query: str):
        browser = browse(cast.contributor)
        sent = send(browser, cast, real_file(name), name, kpi)
        assert sent.status == 303
        return browser.get(f"{sent.location}?date_order=day_first&{query}")

    def test_net_promoter_score(self, browse, cast):
        page = self.preview(
            browse,
            cast,
            "nps_responses.csv",
            "nps",
            "value=score&date_column=survey_date&window=whole",
        )
        assert windows(page) == [
            [
                "1 January 2021 to 30 December 2021",
                "11.8 points",
                "9.3 to 14.3",
                "5,000",
                "—",
            ]
        ]

    def test_customer_satisfaction(self, browse, cast, arrange):
        page = self.preview(
            browse,
            cast,
            "contact_centre_calls.xlsx",
            "csat",
            "value=Satisfaction+rating&date_column=Date&window=month",
        )
        assert stats(page)["Value of the whole file"] == "49.9%"
        assert (stats(page)["Answers used"], stats(page)["Blank, so no answer"]) == ("4,054", "946")

    @pytest.mark.parametrize(
        ("condition", "value", "n", "left_out"),
        [
            ("", "72.9%", "5,000", "0"),
            ("&where_column_1=Answered+(Y/N)&where_value_1=Y", "89.9%", "4,054", "946"),
        ],
    )
    def test_first_contact_resolution(self, browse, cast, condition, value, n, left_out):
        page = self.preview(
            browse,
            cast,
            "contact_centre_calls.xlsx",
            "first_contact_resolution",
            "value=Resolved&date_column=Date&window=whole" + condition,
        )
        assert windows(page)[0][1] == value
        assert (stats(page)["Answers used"], stats(page)["Left out by your choice"]) == (
            n,
            left_out,
        )

    @pytest.mark.parametrize(
        ("kpi", "value"), [("response_time", "68 seconds"), ("response_time_mean", "67.5 seconds")]
    )
    def test_speed_of_answer(self, browse, cast, kpi, value):
        page = self.preview(
            browse,
            cast,
            "contact_centre_calls.xlsx",
            kpi,
            "value=Speed+of+answer+in+seconds&date_column=Date&window=whole",
        )
        assert windows(page)[0][1] == value
