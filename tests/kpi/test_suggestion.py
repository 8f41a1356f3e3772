"""Which columns are proposed for a file nobody has described."""

from __future__ import annotations

import pytest

from accredit.kpi.cells import DateOrder
from accredit.kpi.importing import Window, preview
from accredit.kpi.spreadsheet import read_table
from accredit.kpi.suggestion import suggest_mapping
from tests.kpi.files import csv_table, kpi, real_file


def test_the_survey_needs_no_help() -> None:
    found = suggest_mapping(read_table(real_file("nps_responses.csv")), kpi("nps"))
    assert dict(found.columns) == {"value": "score"}
    assert (found.date_column, found.date_order) == ("survey_date", DateOrder.DAY_FIRST)
    assert found.window is Window.MONTH


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("csat", "Satisfaction rating"),
        ("csat_mean", "Satisfaction rating"),
        ("fcr", "Resolved"),
        ("response_time", "Speed of answer in seconds"),
    ],
)
def test_the_contact_centres_columns_are_recognised(name: str, column: str) -> None:
    table = read_table(real_file("contact_centre_calls.xlsx"))
    found = suggest_mapping(table, kpi(name))
    assert dict(found.columns) == {"value": column}
    assert found.date_column == "Date"
    assert preview(table, found, kpi(name)).rejected == ()


def test_counts_are_found_where_no_customer_column_is() -> None:
    table = csv_table("month,customers at start,customers at end,new customers", "x,200,220,40")
    found = suggest_mapping(table, kpi("retention"))
    assert dict(found.columns) == {
        "start": "customers at start",
        "end": "customers at end",
        "new": "new customers",
    }
    assert (found.date_column, found.window) == (None, Window.WHOLE)


def test_the_only_column_that_fits_is_proposed_and_of_two_neither() -> None:
    one = csv_table("id,q1", "1000,9", "1001,7")
    assert dict(suggest_mapping(one, kpi("nps")).columns) == {"value": "q1"}
    two = csv_table("q1,q2", "9,1", "7,2")
    assert dict(suggest_mapping(two, kpi("nps")).columns) == {}


def test_a_column_of_the_right_name_with_the_wrong_content_is_not_proposed() -> None:
    assert dict(suggest_mapping(csv_table("score", "good", "bad"), kpi("nps")).columns) == {}


def test_an_order_that_the_dates_do_not_prove_stays_open() -> None:
    assert suggest_mapping(csv_table("score,date", "9,01/02/2026"), kpi("nps")).date_order is None
    month = csv_table("score,date", "9,01/02/2026", "9,01/13/2026")
    assert suggest_mapping(month, kpi("nps")).date_order is DateOrder.MONTH_FIRST
    iso = csv_table("score,date", "9,2026-02-01")
    assert suggest_mapping(iso, kpi("nps")).date_column == "date"


def test_an_arabic_file_is_understood() -> None:
    table = csv_table("درجة الرضا,تاريخ الاستبيان", "٥,٢٠٢٦-٠١-٠٥", "٤,٢٠٢٦-٠٢-٠٥")
    found = suggest_mapping(table, kpi("csat"))
    assert dict(found.columns) == {"value": "درجة الرضا"}
    assert found.date_column == "تاريخ الاستبيان"
    assert preview(table, found, kpi("csat")).accepted == 2


def test_an_empty_table_gets_an_empty_proposal() -> None:
    found = suggest_mapping(csv_table("score"), kpi("nps"))
    assert (dict(found.columns), found.date_column) == ({}, None)
