"""`accredit certificate verify`."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from accredit.certificate.commands import certificate
from accredit.certificate.domain import DecisionKind
from accredit.database import db
from tests.certificates import change, grant, store

START = "from accredit.cli import main; main()"


@pytest.fixture
def issued(arrange, cast, world, tmp_path):
    """Number and file of a certificate issued today, and what a process needs to find it."""
    from accredit import clock

    files = store(world.settings)
    with arrange() as session:
        today = clock.today(world.settings.time_zone)
        granted = grant(session, cast, files, today=today)
        content = files.path(granted.documents[0].sha256).read_bytes()
        number = granted.number
    pdf = tmp_path / "شهادة.pdf"
    pdf.write_bytes(content)
    return number, pdf


@pytest.fixture
def verify(app, world):
    """The command, handed the application of the tests instead of one of its own."""

    @contextmanager
    def open_application():
        with app.app_context():
            yield world.settings
            db.session.remove()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(certificate, ["verify", *arguments], obj=open_application)

    return run


def test_a_valid_number_and_a_valid_file_answer_0(verify, issued):
    number, pdf = issued
    answer = verify(number.lower(), "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert (told["state"], told["number"]) == ("valid", number)
    assert told["organisation"] == {"en": "Northern Services Authority", "ar": "هيئة خدمات الشمال"}
    answer = verify(str(pdf), "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert (told["state"], told["number"], told["file"]) == ("valid", number, "exactly as issued")


def test_everything_else_answers_1_and_says_why(verify, issued, arrange, cast, world):
    _, pdf = issued
    altered = pdf.with_name("altered.pdf")
    altered.write_bytes(pdf.read_bytes() + b" ")
    answer = verify(str(altered), "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["state"]) == (1, "unknown")
    answer = verify("SE-2026-NOTHING")
    assert answer.exit_code == 1
    assert "unknown" in answer.stdout
    with arrange() as session:
        from accredit.certificate.models import Certificate

        granted = session.query(Certificate).one()
        change(session, cast, granted, DecisionKind.SUSPEND, today=granted.issued_on)
    answer = verify(str(pdf), "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["state"]) == (1, "suspended")


def test_wrong_usage_answers_2(verify):
    for arguments in ([], ["/nowhere/certificate.pdf"], ["a", "b"]):
        assert verify(*arguments).exit_code == 2


def test_it_works_as_a_process(issued, world):
    number, _ = issued
    answer = subprocess.run(
        [sys.executable, "-c", START, "certificate", "verify", number],
        env={
            "ACCREDIT_MODE": "test",
            "ACCREDIT_DATA_DIR": str(world.settings.data_dir),
            "DATABASE_URL": world.settings.database_url,
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "هيئة خدمات الشمال" in answer.stdout
