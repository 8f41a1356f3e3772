"""`accredit audit …` as a process: what it prints, and how it exits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from accredit.config import DEMO_SECRET
from tests.databases import IS_POSTGRESQL
from tests.raw import Raw

THEIR_FILES = (
    "the files of PostgreSQL are its server's; what cannot be read there is asked of below"
)
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("ACCREDIT_")}


@pytest.fixture
def audit(copy):
    """Runs `accredit audit …` over the lived copy."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "accredit", "audit", *arguments],
            env={
                **CLEAN,
                "ACCREDIT_MODE": "test",
                "ACCREDIT_SECRET_KEY": DEMO_SECRET,
                "ACCREDIT_DATA_DIR": str(copy.folder),
                "DATABASE_URL": copy.database_url,
                **environ,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_a_trail_that_holds_exits_with_0(audit):
    answer = audit("verify")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 findings" in answer.stdout
    said = json.loads(audit("verify", "--json").stdout)
    assert (said["holds"], said["findings"]) == (True, [])
    assert said["files"] > 3


def test_one_that_does_not_exits_with_1_and_names_table_key_event_and_kind(audit, copy):
    with copy.damaged() as connection:
        connection.execute("UPDATE person SET active = false WHERE id = 4")
    answer = audit("verify", "--quick")
    assert answer.returncode == 1
    assert answer.stdout.startswith("person 4, event ")
    assert ": altered: Altered without an event" in answer.stdout
    (finding,) = json.loads(audit("verify", "--quick", "--json").stdout)["findings"]
    assert (finding["table"], finding["key"], finding["kind"]) == ("person", "4", "altered")
    assert finding["event"] > 0


@pytest.mark.skipif(IS_POSTGRESQL, reason=THEIR_FILES)
@pytest.mark.parametrize("where", ["header", "nothing"])
def test_a_damaged_file_is_said_to_be_one(audit, copy, where):
    content = bytearray(copy.database.read_bytes())
    content[0:100] = bytes(100)
    copy.database.write_bytes(bytes(content) if where == "header" else b"")
    answer = audit("verify")
    assert answer.returncode == (2 if where == "header" else 1)
    assert "Traceback" not in answer.stderr
    said = "file is not a database" if where == "header" else "not prepared"
    assert said in answer.stderr


@pytest.mark.skipif(IS_POSTGRESQL, reason=THEIR_FILES)
def test_a_damaged_middle_exits_with_1_or_2_and_says_so(audit, copy):
    content = bytearray(copy.database.read_bytes())
    for page in range(4096 * 8, len(content), 4096 * 3):
        content[page : page + 2000] = bytes([165]) * 2000
    copy.database.write_bytes(bytes(content))
    answer = audit("verify")
    assert answer.returncode in (1, 2)
    assert "damaged" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no server that does not answer")
def test_a_database_that_is_not_there_or_not_prepared_is_said_to_be_so(audit, copy):
    nowhere = audit("verify", DATABASE_URL=copy.database_url.replace("lived_copy", "nowhere"))
    assert nowhere.returncode == 1
    assert 'database "nowhere" does not exist' in nowhere.stderr
    empty = audit("verify", DATABASE_URL=copy.server.empty("nothing_in_it"))
    assert empty.returncode == 1
    assert "not prepared" in empty.stderr
    assert "Traceback" not in nowhere.stderr + empty.stderr


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite's file is damaged as a file, above")
def test_a_table_that_cannot_be_read_ends_the_check_and_says_so(audit, copy):
    """As when its file is gone from the server's disk: reading it fails, not finding it."""
    copy.ruin()
    answer = audit("verify")
    assert answer.returncode == 2
    assert "The database is damaged: could not open file" in answer.stdout
    assert "Traceback" not in answer.stderr


def test_wrong_usage_exits_with_2(audit):
    assert audit("verify", "--head", "7").returncode == 2
    assert audit("verify", "--everything").returncode == 2


def test_a_head_is_printed_and_compared_later(audit, copy):
    answer = audit("head")
    number, _, digest = answer.stdout.split()[0].partition(":")
    assert int(number) == copy.last_event()
    assert audit("verify", "--quick", "--head", f"{number}:{digest}").returncode == 0
    other = audit("verify", "--quick", "--head", f"{number}:{'0' * 64}")
    assert other.returncode == 1
    assert "not_as_kept" in other.stdout
    line = json.loads(audit("head", "--json").stdout)
    assert {"event", "hash", "signature", "key"} <= set(line)


def test_another_key_does_not_know_the_heads(audit):
    answer = audit("verify", "--quick", ACCREDIT_TRAIL_KEY="another key of at least some length")
    assert answer.returncode == 1
    assert "foreign_key" in answer.stdout


def test_heads_are_kept_where_the_setting_says(audit, copy, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "heads.jsonl"
    assert audit("head", ACCREDIT_TRAIL_HEADS=str(elsewhere)).returncode == 0
    assert len(elsewhere.read_text().splitlines()) == 1


def test_a_step_of_the_clock_can_be_explained(audit, copy):
    answer = audit("explain", "30", "The machine had a wrong date.")
    assert answer.returncode == 0, answer.stderr
    assert audit("explain", "999999", "x").returncode == 2


def test_the_list_says_the_role(audit):
    rows = json.loads(audit("list", "--last", "3", "--json").stdout)
    assert len(rows) == 3
    assert set(rows[0]) >= {"id", "at", "person", "role", "action", "subject", "hash"}


def test_a_server_that_is_stopped_signs_what_it_wrote(tmp_path, no_tables):
    """An ordinary event is signed at the end of the process at the latest."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **CLEAN,
        "ACCREDIT_MODE": "demo",
        "ACCREDIT_DATA_DIR": str(tmp_path),
        "DATABASE_URL": no_tables,
        "ACCREDIT_TRAIL_MINUTES": "600",
        "ACCREDIT_WORKERS": "1",
    }
    subprocess.run(
        [sys.executable, "-m", "accredit", "init", "--admin", "a@example.org"],
        env=environ, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "accredit", "serve", "--port", str(port)],
        env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in")
        # The first event of a process is signed at once, so the second is the one that waits.
        for _ in range(2):
            _fail_to_sign_in(port)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    with closing(Raw(no_tables)) as connection:
        last = connection.execute("SELECT id, action, hash FROM event ORDER BY id DESC").fetchone()
    assert last[1] == "person.sign_in_failed"
    lines = (tmp_path / "trail" / "heads.jsonl").read_text().splitlines()
    newest = json.loads(lines[-1])
    assert (newest["event"], newest["hash"]) == (last[0], last[2])


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


def _fail_to_sign_in(port: int) -> None:
    import http.cookiejar
    import re
    from urllib.error import HTTPError
    from urllib.parse import urlencode

    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    url = f"http://127.0.0.1:{port}/sign-in"
    with opener.open(url, timeout=10) as answer:
        page = answer.read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    form = {"email": "a@example.org", "password": "wrong", "csrf_token": token}
    with pytest.raises(HTTPError) as refused:
        opener.open(url, urlencode(form).encode(), timeout=10)
    assert refused.value.code == 422
    refused.value.close()


def test_the_folder_of_heads_is_made_when_it_is_needed(audit, copy, tmp_path: Path):
    deep = tmp_path / "a" / "b" / "heads.jsonl"
    audit("head", ACCREDIT_TRAIL_HEADS=str(deep))
    assert deep.is_file()
