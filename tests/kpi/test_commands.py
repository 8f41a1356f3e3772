"""`accredit kpi compute`: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.kpi.commands import compute, kpi
from tests.kpi.files import real_file, workbook


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(kpi, ["compute", *map(str, arguments)])


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    path.write_text("score,market,a=b\n10,US,9\n9,US,9\n8,MEX,8\n3,US,0\n,US,7\n", encoding="utf-8")
    return path


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    path = tmp_path / "calls.xlsx"
    path.write_bytes(real_file("contact_centre_calls.xlsx"))
    return path


def test_it_prints_exactly_six_fields(survey: Path) -> None:
    result = run("nps", survey, "--column", "score", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found) == ["kpi", "value", "n", "low", "high", "status"]
    assert (found["kpi"], found["value"], found["n"]) == ("nps", 25.0, 4)
    assert found["status"] == "insufficient"
    assert result.stderr == ""


def test_figures_have_at_most_six_decimals(survey: Path) -> None:
    result = run("NPS", survey, "--column", "score", "--where", "market=us", "--json")
    assert json.loads(result.stdout)["value"] == 33.333333


def test_the_published_survey_has_its_published_nps(tmp_path: Path) -> None:
    path = tmp_path / "nps.csv"
    path.write_bytes(real_file("nps_responses.csv"))
    found = json.loads(run("nps", path, "--column", "score", "--json").stdout)
    assert (found["value"], found["n"], found["status"]) == (11.8, 5000, "ok")


@pytest.mark.parametrize(
    ("name", "column", "where", "value", "n"),
    [
        ("csat", "Satisfaction rating", (), 49.901332, 4054),
        ("csat_mean", "Satisfaction rating", (), 3.403552, 4054),
        ("first_contact_resolution", "Resolved", (), 72.92, 5000),
        ("fcr", "Resolved", ("--where", "Answered (Y/N)=Y"), 89.935866, 4054),
        ("response_time_mean", "Speed of answer in seconds", (), 67.52072, 4054),
        ("Response-Time", "Speed of answer in seconds", (), 68.0, 4054),
        ("resolution_time_mean", "AvgTalkDuration", (), 224.922792, 4054),
    ],
)
def test_the_published_calls_have_their_published_figures(
    calls: Path, name: str, column: str, where: tuple[str, ...], value: float, n: int
) -> None:
    result = run(name, calls, "--column", column, *where, "--json")
    found = json.loads(result.stdout)
    assert (found["value"], found["n"], found["status"]) == (value, n, "ok")
    assert found["low"] <= value <= found["high"]


def test_equivalent_calls_have_the_same_figures(tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    rows: list[list[object]] = [["Resolved", "Satisfaction rating"]]
    rows += [["Y" if i < 3646 else "N", (5 if i < 2023 else 3)] for i in range(4054)]
    path.write_bytes(workbook([*rows, *[["N", None]] * 946]))
    found = [
        json.loads(run(name, path, "--column", column, "--json").stdout)
        for name, column in (("csat", "Satisfaction rating"), ("fcr", "Resolved"))
    ]
    assert [(item["value"], item["n"]) for item in found] == [(49.901332, 4054), (72.92, 5000)]


def test_a_readable_line_names_what_was_not_used(survey: Path) -> None:
    result = run("nps", survey, "--column", "score")
    assert result.stdout.startswith("nps: 25.0 points, 95% interval ")
    assert "(4 answers, 1 blank, 0 rejected)" in result.stdout


def test_impossible_answers_are_listed_and_the_value_is_still_computed(survey: Path) -> None:
    survey.write_text("score\n10\n11\nx\n9\n", encoding="utf-8")
    result = run("nps", survey, "--column", "score", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["n"] == 2
    assert "row 3, score: “11” is outside the scale" in result.stderr
    assert "row 4, score: “x” is not a number" in result.stderr
    assert "2 rows were rejected" in result.stderr
    assert "another scale" in result.stderr


def test_nothing_left_is_no_value_and_status_one(survey: Path) -> None:
    survey.write_text("score\n11\n\n", encoding="utf-8")
    result = run("nps", survey, "--column", "score", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "kpi": "nps",
        "value": None,
        "n": 0,
        "low": None,
        "high": None,
        "status": "no_value",
    }
    assert "row 2" in result.stderr
    assert "no value" in run("nps", survey, "--column", "score").stdout


def test_contradictory_counts_are_bad_data(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("start;end;new\n200;30;40\n", encoding="utf-8")
    columns = [f"--column={name}={name}" for name in ("start", "end", "new")]
    result = run("retention", path, *columns, "--json")
    assert result.exit_code == 1
    assert "row 2, start: 40 new customers are more than the 30 at the end." in result.stderr


def test_counts_are_named_by_input(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("s;e;n\n200;220;40\n", encoding="utf-8")
    result = run(
        "retention", path, "--column=start=s", "--column=end=e", "--column=new=n", "--json"
    )
    assert json.loads(result.stdout)["value"] == 90.0


@pytest.mark.parametrize("column", ["a=b", "value=a=b", "value= a=b"])
def test_a_column_may_have_an_equals_sign_in_its_name(survey: Path, column: str) -> None:
    result = run("nps", survey, "--column", column, "--json")
    assert json.loads(result.stdout)["n"] == 5
    result = run("nps", survey, "--column", column, "--where", "a=b=9", "--json")
    assert json.loads(result.stdout)["n"] == 2


def test_waits_are_computed_from_two_moments_within_working_hours(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("in,out\n05/01/2026 08:30,05/01/2026 09:15\n", encoding="utf-8")
    arguments = ("response_time", path, "--column=opened=in", "--column=closed=out", "--json")
    assert run(*arguments).exit_code == 2
    day_first = run(*arguments, "--date-order", "day_first")
    assert json.loads(day_first.stdout)["value"] == 2700.0
    open_hours = run(*arguments, "--date-order", "day_first", "--hours", "mon-fri 09:00-17:00")
    assert json.loads(open_hours.stdout)["value"] == 900.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("loyalty", "FILE", "--column", "score"), "There is no KPI “loyalty”"),
        (("nps", "FILE", "--column", "points"), "There is no column “points”"),
        (("nps", "FILE", "--column", "score", "--where", "town=Dubai"), "no column “town”"),
        (("nps", "FILE", "--column", "score", "--where", "market"), "COLUMN=VALUE"),
        (("nps", "FILE", "--column", "score", "--column", "score"), "Two columns"),
        (("nps", "FILE", "--column", "start=score"), "There is no column “start=score”"),
        (("retention", "FILE", "--column", "start=score"), "needs the columns"),
        (("nps", "FILE"), "Missing option"),
        (("nps", "none.csv", "--column", "score"), "does not exist"),
        (("nps", "FILE", "--column", "score", "--hours", "always"), "Working hours"),
    ],
)
def test_wrong_usage_is_status_two(survey: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(*(survey if text == "FILE" else text for text in arguments))
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_an_unknown_sheet_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([["score"], [9]]))
    assert run("nps", path, "--column", "score", "--sheet", "Data").exit_code == 0
    result = run("nps", path, "--column", "score", "--sheet", "Other")
    assert (result.exit_code, "Data" in result.stderr) == (2, True)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"\x00\x01", b'score\n"9'])
def test_a_file_that_is_no_table_is_bad_data(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    result = run("nps", path, "--column", "score", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.csv" in result.stderr


def test_the_help_says_what_happens_to_bad_answers() -> None:
    said = " ".join(run("--help").stdout.split())
    assert "excluded, counted and listed on standard error" in said
    assert compute.name == "compute"


def test_it_needs_neither_the_web_nor_a_database() -> None:
    code = (
        "import sys; import accredit.kpi.commands; "
        "print([n for n in ('flask', 'sqlalchemy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
