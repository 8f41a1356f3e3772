"""The server's own log: nothing that anybody sends makes a line of it, no secret stands in it."""

from __future__ import annotations

import http.client
import io
import json
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from accredit.audit import Event
from accredit.config import SettingsError, load_settings
from accredit.log import CONTINUED, JsonLine, OneLine
from accredit.trail import noting
from accredit.web.logged import what_was_asked

FORGED = "2026-01-01T00:00:00.000+00:00 CRITICAL accredit: everything was deleted"
#: How each line begins: with a moment, or as a part of the record above.
BEGINS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 [A-Z]+ [\w.]+: |    \| ")
#: What steers a terminal or an editor: ends of lines, colours, turns of direction.
STEERING = ["\n", "\r", "\r\n", "\x00", "\x08", "\x0b", "\x0c", "\x1b[2K", "\x1c", "\x7f", "\x85",
            "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\udc0a"]  # fmt: skip
SIGNS = [f"sign {ord(sign[0]):04x}" for sign in STEERING]


@contextmanager
def written():
    """The log as it is written while this goes on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine(what_was_asked))
    root = logging.getLogger()
    # Nobody else keeps these records: half a sign cannot be sent from one test process to another.
    others, root.handlers = root.handlers, [handler]
    try:
        yield stream
    finally:
        root.handlers = others


def lines_of(text: str) -> list[str]:
    """What any reader takes for a line; each must be one of ours."""
    found = text.splitlines()
    assert [line for line in found if not BEGINS.match(line)] == []
    return found


@pytest.mark.parametrize("sign", STEERING, ids=SIGNS)
def test_a_record_is_one_line_whatever_is_in_it(sign):
    with written() as log:
        logging.getLogger("accredit.web").error("asked for %s", f"x{sign}{FORGED}")
    (line,) = lines_of(log.getvalue())
    assert sign not in line
    assert line.endswith(FORGED), "what was said can still be read"


@pytest.mark.parametrize("sign", STEERING, ids=SIGNS)
def test_the_lines_of_a_traceback_belong_to_their_record(sign):
    with written() as log:
        try:
            raise ValueError(f"x{sign}{FORGED}")
        except ValueError:
            logging.getLogger("accredit.web").exception("a fault")
    first, *rest = lines_of(log.getvalue())
    assert "ERROR accredit.web: a fault" in first
    assert all(line.startswith(CONTINUED) for line in rest)
    assert "ValueError: x" in log.getvalue()


@pytest.mark.parametrize("sign", STEERING, ids=SIGNS)
def test_for_a_machine_a_record_is_one_object_whatever_is_in_it(app, sign):
    stream, said = io.StringIO(), f"x{sign}{FORGED}"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine(what_was_asked))
    with app.test_request_context("/sign-in"):
        try:
            raise ValueError(said)
        except ValueError as error:
            kind = (type(error), error, error.__traceback__)
            handler.emit(
                logging.LogRecord("accredit.web", logging.ERROR, "", 1, "at %s", (said,), kind)
            )

    (line,) = stream.getvalue().splitlines()
    assert line.isascii()
    told = json.loads(line)
    assert set(told) == {"at", "level", "place", "message", "request", "traceback"}
    assert (told["level"], told["place"], told["message"]) == (
        "ERROR", "accredit.web", f"at {said}"
    )  # fmt: skip
    assert told["request"].startswith("GET /sign-in, request ")
    assert "ValueError: x" in told["traceback"]


def test_the_setting_says_which_form():
    assert not load_settings({"ACCREDIT_MODE": "test"}).log_as_json
    assert load_settings({"ACCREDIT_MODE": "test", "ACCREDIT_LOG": "json"}).log_as_json
    with pytest.raises(SettingsError, match="ACCREDIT_LOG"):
        load_settings({"ACCREDIT_MODE": "test", "ACCREDIT_LOG": "xml"})


def test_arabic_stays_readable():
    with written() as log:
        logging.getLogger("accredit.web").error("الملف %s", "تقرير الجودة.pdf")
    assert "الملف تقرير الجودة.pdf" in log.getvalue()


@pytest.fixture
def faulty(app, monkeypatch):
    """Pages of people's links and of certificates fail, and what they failed with is typed."""

    def fail(**_named: object) -> None:
        raise RuntimeError(f"x\n{FORGED}")

    for endpoint in ("identity.reset", "certificate.show"):
        fail.is_public = True
        monkeypatch.setitem(app.view_functions, endpoint, fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield
    app.config["PROPAGATE_EXCEPTIONS"] = None


def test_a_fault_tells_which_request_it_was(browse, cast, faulty):
    address = "/certificates/" + quote(f"x\n{FORGED}\u202e")
    with written() as log:
        page = browse().get(address, headers={"X-Request-Id": "chosen by somebody"})
        assert page.status == 500
    first, *rest = lines_of(log.getvalue())
    assert "ERROR accredit: a fault in certificate.show (GET /certificates/x\\n2026" in first
    assert re.search(r"request [0-9a-f]{32}, person -, from 127\.0\.0\.1\)$", first)
    assert "chosen by somebody" not in log.getvalue()
    assert any("RuntimeError" in line for line in rest)


def test_a_fault_does_not_tell_the_token_of_its_address(browse, faulty):
    with written() as log:
        assert browse().get("/reset/a-secret-token").status == 500
    assert "GET /reset/<token>" in log.getvalue()
    assert "a-secret-token" not in log.getvalue()


def test_a_statement_that_fails_does_not_tell_what_was_typed(arrange):
    wrong = text("SELECT :x FROM nowhere")
    with arrange() as session, written() as log:
        with pytest.raises(DBAPIError) as failed:
            session.execute(wrong, {"x": "typed by somebody"})
        logging.getLogger("accredit.web").error("database: %s", failed.value)
        session.rollback()
    assert "FROM nowhere" in log.getvalue()
    assert "typed by somebody" not in log.getvalue()


def denied(arrange) -> list[tuple[int | None, dict[str, object]]]:
    with arrange() as session:
        query = select(Event).where(Event.action == "access.denied").order_by(Event.id)
        return [(event.person_id, json.loads(event.details)) for event in session.scalars(query)]


def test_a_form_without_its_token_leaves_a_line_and_an_event(guarded, cast, arrange):
    with written() as log:
        assert guarded(cast.leader).post("/account", {"csrf_token": f"x\n{FORGED}"}).status == 400
    (line,) = lines_of(log.getvalue())
    assert "WARNING accredit.trail.edge: a form without the token of its page was refused" in line
    assert "(POST /account, request " in line
    assert f"person {cast.leader.id}, from 127.0.0.1)" in line
    ((by, told),) = denied(arrange)
    assert by == cast.leader.id
    assert told == {
        "address": "127.0.0.1",
        "answer": 400,
        "kind": "page_token",
        "method": "POST",
        "page": "identity.change_details",
    }


def test_so_does_one_of_a_stranger(guarded, arrange):
    with written() as log:
        assert guarded().post("/reset", {"password": "x"}).status == 400
        assert guarded().post("/sign-in", {"email": "a@example.org"}).status == 400
    assert len(lines_of(log.getvalue())) == 2
    told = denied(arrange)
    assert [(by, details["page"]) for by, details in told] == [
        (None, "identity.choose_new_password"),
        (None, "security.login"),
    ]
    assert "a-secret-token" not in json.dumps(told)


def test_nobody_fills_the_log_with_them(guarded, arrange):
    browser = guarded()
    with written() as log:
        for _ in range(80):
            assert browser.post("/sign-in", {"email": "a@example.org"}).status == 400
    most = noting.REFUSALS[0].burst + 1
    assert len(lines_of(log.getvalue())) <= most
    assert len(denied(arrange)) <= most


class Serving:
    """A server as it is started on the first day, and all it prints."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data, self.log = folder / "data", folder / "server.log"
        self.environ = {
            **os.environ,
            "ACCREDIT_MODE": "production",
            "ACCREDIT_SECRET_KEY": "log-tests-0123456789-abcdefghijklmnopqrst",
            "ACCREDIT_DATA_DIR": str(self.data),
            "ACCREDIT_BASE_URL": f"http://127.0.0.1:{self.port}",
            "ACCREDIT_PORT": str(self.port),
            "ACCREDIT_WORKERS": "1",
            **settings,
        }
        command = [sys.executable, "-m", "accredit"]
        subprocess.run([*command, "init"], env=self.environ, check=True, capture_output=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "serve"], env=self.environ, stdout=log, stderr=log
            )

    def wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.ask("GET", "/sign-in")[0] == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def ask(self, method, path, body=None, headers=None) -> tuple[int, bytes, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return answer.status, answer.read(), cookie

    def send(self, request: bytes) -> bytes:
        """Bytes as no client of good manners would send them."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(request)
            return line.recv(65_536)

    def form(self, path: str) -> tuple[str, str]:
        """The token of a page's form, and the cookie that belongs to it."""
        _status, body, cookie = self.ask("GET", path)
        found = re.search(rb'name="csrf_token" value="([^"]+)"', body)
        assert found
        return found[1].decode(), cookie

    def run(self, statement: str) -> None:
        (path,) = self.data.glob("*.sqlite3")
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute(statement)
            connection.commit()


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    server = Serving(tmp_path_factory.mktemp("serving"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_nothing_that_is_sent_to_a_real_server_makes_a_line_of_its_log(serving):
    forged = f"x\r\n{FORGED}"
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    # While their table is away, pages of links fail and tell so.
    serving.run("ALTER TABLE sign_in_link RENAME TO away")
    assert serving.ask("GET", f"/reset/{quote(forged)}?{quote(forged)}")[0] == 503
    serving.run("ALTER TABLE away RENAME TO sign_in_link")
    assert serving.ask("GET", f"/{quote(forged)}?{quote(forged)}")[0] == 404
    assert serving.ask("POST", f"/certificates/{quote(forged)}/suspend", "", typed)[0] == 400

    token, cookie = serving.form("/sign-in")
    sent = urlencode({"csrf_token": token, "email": forged, "password": forged})
    assert serving.ask("POST", "/sign-in", sent, {**typed, "Cookie": cookie})[0] == 422
    sent = urlencode({"csrf_token": forged, "email": forged})
    assert serving.ask("POST", "/sign-in", sent, {**typed, "Cookie": cookie})[0] == 400

    for name in ("User-Agent", "X-Request-Id", "X-Forwarded-For", "Referer", "Accept-Language"):
        for value in (quote(forged), "x\x1b[2K\x0b\x85", f"x\t{FORGED}"):
            line = f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\n"
            serving.send(f"{line}{name}: {value}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        folded = f"{line}{name}: x\r\n {FORGED}\r\nConnection: close\r\n\r\n"
        serving.send(folded.encode())

    token, cookie = serving.form("/certificates/check")
    for file_name in (quote(forged), forged, "x\x0b\x85" + FORGED):
        body = (
            f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--b\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--b--\r\n"
        ).encode()
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Cookie": cookie}
        assert serving.ask("POST", "/certificates/check", body, headers)[0] < 500

    log = serving.log.read_text(encoding="utf-8", errors="surrogateescape")
    lines = lines_of(log)
    assert not [line for line in lines if line.startswith(FORGED)]
    assert len([line for line in lines if "ERROR accredit: database: " in line]) == 1
    assert "(GET /reset/<token>, request " in log
    assert "(POST /certificates/x\\r\\n2026-01-01" in log
    assert len([line for line in lines if "a form without the token" in line]) == 2


def test_a_real_server_that_writes_json_writes_nothing_else(tmp_path):
    server = Serving(tmp_path, ACCREDIT_LOG="json")
    try:
        server.wait()
        assert server.ask("POST", "/certificates/x/suspend", "")[0] == 400
    finally:
        server.stop()
    told = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert any("Listening" in one["message"] for one in told)
    assert any("suspend" in one.get("request", "") for one in told)
