"""`accredit kpi import`: shows first, stores then."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import time_machine
from click.testing import CliRunner

from accredit.cli import cli
from accredit.evidence.store import FileStore
from tests.databases import somebody_writing
from tests.kpi.files import real_file
from tests.raw import Raw

SURVEY = (
    "day,rating,branch\n" + "2026-01-05,5,N\n" * 30 + "2026-02-05,2,S\n" * 10 + "2026-02-06,9,S\n"
)


@pytest.fixture
def url(world, tmp_path) -> str:
    """The database of the command, which opens it by itself."""
    return world.databases.copy(tmp_path)


@pytest.fixture
def folder(url, tmp_path, monkeypatch) -> Path:
    """A data folder of the command's own."""
    monkeypatch.setenv("ACCREDIT_MODE", "test")
    monkeypatch.setenv("ACCREDIT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", url)
    return tmp_path


@pytest.fixture
def run(folder):
    """`run("--yes", …)` on a survey of the licensing department."""
    file = folder / "استبانة.csv"

    def call(
        *arguments: str,
        content: bytes = SURVEY.encode(),
        department: str = "NSA/LIC",
        kpi: str = "csat",
        answer: str | None = None,
    ):
        file.write_bytes(content)
        place = ["--department", department, "--kpi", kpi]
        command = ["kpi", "import", str(file), *place, *arguments]
        return CliRunner().invoke(cli, command, input=answer)

    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False):
        yield call


@pytest.fixture
def ask(url):
    """The rows a question to the database gives."""

    def rows(question: str) -> list[tuple]:
        with closing(Raw(url)) as connection:
            return [tuple(row.values()) for row in connection.rows(question)]

    return rows


COLUMNS = ("--column", "rating", "--date-column", "day")


def stored(ask) -> list[tuple[str, float | None, int]]:
    return ask(
        "SELECT start_on, value, n FROM measurement WHERE replaced_at IS NULL ORDER BY start_on"
    )


def test_it_shows_the_values_asks_and_stores(run, ask, folder):
    answer = run(*COLUMNS, answer="y\n")
    assert answer.exit_code == 0, answer.output
    assert "csat: 40 answers, 0 blank, 1 rejected, 0 left out" in answer.output
    assert "2026-01-01 to 2026-01-31       100.0  95% 88.6 to 100.0  n 30  ok" in answer.output
    assert "row 42, rating: “9” is outside the scale from 1 to 5." in answer.output
    assert stored(ask) == [("2026-01-01", 100.0, 30), ("2026-02-01", 0.0, 10)]
    ((name, by, sha256),) = ask("SELECT file_name, imported_by_id, sha256 FROM kpi_import")
    assert (name, by) == ("استبانة.csv", None)
    with FileStore(folder / "evidence").open(sha256) as kept:
        assert kept.read() == SURVEY.encode()
    ((who, details),) = ask("SELECT person_id, details FROM event WHERE action = 'kpi.imported'")
    assert (who, json.loads(details)["accepted"]) == (None, 40)


def test_declining_stores_nothing(run, ask):
    assert run(*COLUMNS, answer="n\n").exit_code == 1
    assert run(*COLUMNS, answer="").exit_code == 1
    assert stored(ask) == ask("SELECT 1 FROM event WHERE action = 'kpi.imported'") == []


def test_nobody_else_has_to_wait_for_the_answer(run, ask, url, monkeypatch):
    asked = []

    def think(_question: str, **_options: object) -> bool:
        with somebody_writing(url):
            asked.append(True)
        return True

    monkeypatch.setattr(click, "confirm", think)
    assert run(*COLUMNS).exit_code == 0
    assert asked == [True], "another writer came between question and answer"
    assert len(stored(ask)) == 2


def test_with_json_nothing_is_asked_and_only_yes_stores(run, ask):
    shown = json.loads(run(*COLUMNS, "--json").stdout)
    assert (shown["stored"], shown["import"], shown["rejected"]) == (False, None, 1)
    assert [window["value"] for window in shown["windows"]] == [100.0, 0.0]
    assert stored(ask) == []
    done = json.loads(run(*COLUMNS, "--json", "--yes").stdout)
    assert done["stored"]
    assert done["windows"] == shown["windows"]
    assert len(stored(ask)) == 2


@pytest.mark.parametrize(
    ("arguments", "windows"),
    [
        (("--window", "year"), [("2026-01-01", 75.0, 40)]),
        (("--window", "whole"), [("2026-01-05", 75.0, 40)]),
        (
            ("--window", "whole", "--period", "2026-01-01", "2026-03-01"),
            [("2026-01-01", 75.0, 40)],
        ),
        (("--where", "branch=n"), [("2026-01-01", 100.0, 30)]),
        (("--date-order", "dmy"), [("2026-01-01", 100.0, 30), ("2026-02-01", 0.0, 10)]),
    ],
)
def test_windows_periods_and_conditions_are_those_asked_for(run, ask, arguments, windows):
    assert run(*COLUMNS, "--yes", *arguments).exit_code == 0
    assert stored(ask) == windows


def test_the_same_day_reads_differently_by_its_order(run, ask):
    content = b"day,rating\n" + b"02/01/2026,5\n" * 30
    assert run(*COLUMNS, "--yes", "--date-order", "mdy", content=content).exit_code == 0
    assert [row[0] for row in stored(ask)] == ["2026-02-01"]
    assert run(*COLUMNS, "--yes", "--date-order", "dmy", content=content).exit_code == 0
    assert [row[0] for row in stored(ask)] == ["2026-01-01", "2026-02-01"]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"content": b""}, 1, "The file is empty."),
        ({"content": b"%PDF-1.7\x00"}, 1, "neither a text table"),
        ({"content": b"day,rating\n2026-01-05,\n"}, 1, "No row of the file has an answer"),
        ({"content": b"day,rating\n2036-01-05,5\n"}, 1, "dated in the future"),
        ({"content": b"day,rating\n03/04/2026,5\n"}, 2, "can be read in two ways"),
        ({"department": "NSA/NO"}, 2, "There is no department"),
        ({"department": "LIC"}, 2, "There is no department"),
        ({"kpi": "happiness"}, 2, "There is no KPI"),
    ],
)
def test_what_cannot_be_used_is_refused(run, ask, change, status, said):
    answer = run(*COLUMNS, "--yes", **change)
    assert (answer.exit_code, stored(ask)) == (status, [])
    assert said in answer.output


def test_a_file_without_dates_needs_its_period(run, ask):
    answer = run("--column", "rating", "--yes")
    assert answer.exit_code == 1
    assert "The file has no dates" in answer.output
    period = ("--period", "2026-01-01", "2026-01-31")
    assert run("--column", "rating", "--yes", *period).exit_code == 0
    assert stored(ask) == [("2026-01-01", 75.0, 40)]


def test_a_database_that_is_not_there_is_named(run, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    answer = run(*COLUMNS, "--yes")
    assert answer.exit_code == 1
    assert "accredit init" in answer.output


@pytest.mark.parametrize(
    ("name", "kpi", "arguments", "value", "n"),
    [
        ("nps_responses.csv", "nps", ("score", "survey_date"), 11.8, 5000),
        ("contact_centre_calls.xlsx", "csat", ("Satisfaction rating", "Date"), 49.901332, 4054),
        ("contact_centre_calls.xlsx", "fcr", ("Resolved", "Date"), 72.92, 5000),
    ],
)
def test_the_published_files_give_their_figures(run, ask, name, kpi, arguments, value, n):
    column, day = arguments
    answer = run(
        "--column", column, "--date-column", day, "--date-order", "dmy", "--window", "whole",
        "--yes", "--json", content=real_file(name), kpi=kpi,
    )  # fmt: skip
    (window,) = json.loads(answer.stdout)["windows"]
    assert (window["value"], window["n"]) == (value, n)
    ((_, kept, count),) = stored(ask)
    assert (round(kept, 6), count) == (value, n)


def test_the_group_of_commands_loads_neither_flask_nor_the_database():
    program = (
        "import sys; from accredit.cli import cli; cli.get_command(None, 'kpi'); "
        "print([name for name in ('flask', 'sqlalchemy', 'wtforms') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout.strip() == "[]"
