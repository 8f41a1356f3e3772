"""The commands as an administrator runs them: real processes on a real data folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import make_url

from accredit.config import DEMO_SECRET
from tests.databases import IS_POSTGRESQL
from tests.raw import Raw

SECRET = "k3Y-with-8-or-more-different-signs-0123456789"
ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-c", "from accredit.cli import main; main()")


#: The database of each data folder, where it is known.
_addresses: dict[Path, str] = {}


def environment(folder: Path, **changes: str | None) -> dict[str, str]:
    """Only what the command needs, so that no setting of the machine leaks in."""
    values: dict[str, str | None] = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "ACCREDIT_DATA_DIR": str(folder),
        "ACCREDIT_SECRET_KEY": SECRET,
        # On SQLite the data folder has it, and nothing need be said.
        "DATABASE_URL": _addresses.get(folder) if IS_POSTGRESQL else None,
        **changes,
    }
    return {key: value for key, value in values.items() if value is not None}


def accredit(folder: Path, *arguments: str, stdin: str | None = None, **changes: str | None):
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(folder, **changes),
        cwd=folder.parent,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def prepared(databases, tmp_path_factory):
    """A production database, prepared once, with its administrator; and what `init` said."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    _addresses[folder] = databases.new(folder)
    answer = accredit(
        folder, "init", "--admin", "Amal.Admin@Example.org", ACCREDIT_BASE_URL="https://a.example"
    )
    return folder, answer


@pytest.fixture
def folder(databases, prepared, tmp_path) -> Path:
    """A copy of the prepared folder that a test may damage."""
    folder = Path(shutil.copytree(prepared[0], tmp_path / "data"))
    _addresses[folder] = databases.again(_addresses[prepared[0]], folder)
    return folder


@pytest.fixture
def empty(databases, tmp_path) -> Path:
    """A data folder whose database has no table."""
    folder = tmp_path / "empty"
    _addresses[folder] = databases.new(folder)
    return folder


def opened(folder: Path) -> closing[Raw]:
    return closing(Raw(_addresses[folder]))


def change(folder: Path, statement: str) -> None:
    with opened(folder) as connection:
        connection.execute(statement)


def refused(answer, reason: str) -> None:
    """One sentence that says why, and no traceback."""
    assert answer.returncode == 1, answer.stderr
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr


def test_init_prepares_everything_and_makes_the_first_administrator(prepared):
    folder, answer = prepared
    assert answer.returncode == 0, answer.stderr
    assert make_url(_addresses[folder]).render_as_string() in answer.stdout
    assert "Published: service-excellence" in answer.stdout
    assert re.search(r"https://a\.example/welcome/[\w-]{43}\n", answer.stdout)
    with opened(folder) as connection:
        people = connection.execute("SELECT email, password FROM person").fetchall()
        roles = connection.execute("SELECT role FROM role_assignment").fetchall()
    assert people == [("amal.admin@example.org", None)]
    assert roles == [("administrator",)]


def test_init_may_be_run_again_at_any_time(folder):
    answer = accredit(folder, "init")
    assert answer.returncode == 0, answer.stderr
    assert "Published" not in answer.stdout


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("amal.admin@example.org", "Somebody with this e-mail address is already here."),
        ("no address", "is no e-mail address"),
    ],
)
def test_init_refuses_an_administrator_it_cannot_make(folder, email, reason):
    answer = accredit(folder, "init", "--admin", email)
    refused(answer, reason)
    assert "Administrator:" not in answer.stdout


def test_init_asks_for_a_password_and_refuses_a_weak_one(folder):
    weak = accredit(folder, "init", "--admin", "b@example.org", "--prompt", stdin="short\nshort\n")
    refused(weak, "Choose a password of at least 8 characters.")
    strong = "a password that is long\n"
    good = accredit(folder, "init", "--admin", "b@example.org", "--prompt", stdin=strong * 2)
    assert good.returncode == 0, good.stderr
    assert "welcome" not in good.stdout
    assert "a password that is long" not in good.stdout + good.stderr


def test_audit_list_tells_events_as_text_and_as_data(folder):
    told = accredit(folder, "audit", "list")
    assert told.returncode == 0, told.stderr
    assert "role.granted" in told.stdout
    data = accredit(folder, "audit", "list", "--json", "--last", "2", "--subject", "person:1")
    events = json.loads(data.stdout)
    assert [event["action"] for event in events] == ["role.granted", "person.link_made"]
    assert events[0]["details"] == {"role": "administrator"}
    assert set(events[0]) >= {"id", "at", "person", "action", "subject", "details", "hash"}


def test_audit_verify_passes_a_sound_chain_and_names_a_broken_place(folder):
    sound = accredit(folder, "audit", "verify", "--json")
    assert sound.returncode == 0, sound.stderr
    # The role, the link and the KPI definitions, and the publication of every shipped standard.
    shipped = len(list((ROOT / "criteria").glob("*.yaml")))
    said = json.loads(sound.stdout)
    assert (said["holds"], said["events"], said["findings"]) == (True, 3 + shipped, [])
    change(folder, f"DROP TRIGGER keep_event_update{' ON event' if IS_POSTGRESQL else ''}")
    change(folder, "UPDATE event SET details = '{}' WHERE id = 2")
    broken = accredit(folder, "audit", "verify", "--json")
    assert broken.returncode == 1
    found = [
        (one["table"], one["event"], one["kind"]) for one in json.loads(broken.stdout)["findings"]
    ]
    assert ("event", 2, "altered") in found
    assert ("event", None, "trigger_missing") in found


@pytest.mark.parametrize("command", [("audit", "list"), ("audit", "verify"), ("serve",)])
def test_without_a_database_a_command_says_how_to_make_one(empty, command):
    refused(accredit(empty, *command), "Run: accredit init")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ACCREDIT_SECRET_KEY": None}, "ACCREDIT_SECRET_KEY is not set"),
        ({"ACCREDIT_SECRET_KEY": "short"}, "too short or guessable"),
        ({"ACCREDIT_SECRET_KEY": "a" * 64}, "too short or guessable"),
        ({"ACCREDIT_SECRET_KEY": DEMO_SECRET}, "too short or guessable"),
        ({"ACCREDIT_SECRET_KEY_FILE": "/nowhere/secret"}, "cannot be read"),
        ({"FLASK_DEBUG": "1"}, "production never runs in debug mode"),
        ({"ACCREDIT_MODE": "devel"}, "ACCREDIT_MODE is 'devel'"),
        ({"ACCREDIT_PORT": "eighty"}, "ACCREDIT_PORT"),
        ({"ACCREDIT_TIME_ZONE": "Mars/Olympus"}, "ACCREDIT_TIME_ZONE"),
    ],
)
def test_an_unsafe_or_impossible_setting_stops_the_server(prepared, changes, reason):
    refused(accredit(prepared[0], "serve", **changes), reason)


def test_production_refuses_demonstration_accounts(folder):
    change(folder, "UPDATE person SET is_demo = true")
    refused(accredit(folder, "serve"), "1 demonstration accounts, whose passwords are public")


def test_the_demonstration_is_never_loaded_in_production(folder):
    answer = accredit(folder, "demo")
    refused(answer, "never loaded in production")


@pytest.mark.parametrize(
    "arguments", [(), ("serve",), ("init",), ("demo",), ("audit",), ("audit", "verify")]
)
def test_every_command_explains_itself(tmp_path, arguments):
    answer = accredit(tmp_path, *arguments, "--help", ACCREDIT_SECRET_KEY=None)
    assert answer.returncode == 0, answer.stderr
    assert "Usage: accredit" in answer.stdout


@pytest.mark.parametrize(
    "arguments", [("dance",), ("serve", "--port", "0"), ("audit", "list", "x")]
)
def test_wrong_usage_has_exit_status_two(tmp_path, arguments):
    assert accredit(tmp_path, *arguments).returncode == 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[str]):
    for _ in range(150):
        assert server.poll() is None, "the server ended"
        try:
            return urlopen(url, timeout=5)
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("no answer")


def test_a_prepared_production_serves_and_stops_when_told(folder):
    secret_file = folder / "secret"
    secret_file.write_text(f"{SECRET}\n", encoding="utf-8")
    port = free_port()
    server = subprocess.Popen(
        [
            *COMMAND, "serve", "--port", str(port), "--workers", "1",
        ],
        env=environment(
            folder, ACCREDIT_SECRET_KEY=None, ACCREDIT_SECRET_KEY_FILE=str(secret_file)
        ),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        with wait_for(f"http://127.0.0.1:{port}/sign-in", server) as answer:
            body = answer.read().decode()
            assert answer.status == 200
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "demonstration" not in body
    finally:
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=20)
    assert server.returncode == 0, output
    assert SECRET not in output
