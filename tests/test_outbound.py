"""What the program does outside itself: whom it calls, which files it reads, what it starts.

Nothing that people type makes it do any of that. `failure_NN` is the number in the list of
failures of other products; theirs came from drawing PDFs out of pages, from readers of YAML that
run code, and from settings that name programs.
"""

from __future__ import annotations

import ast
import csv
import io
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError
from pathlib import Path
from unittest.mock import patch

import pytest
from python_calamine import CalamineWorkbook

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.evidence import limited
from accredit.text import Bilingual
from tests import assessments
from tests.assessments import walk_to
from tests.certificates import decide, store
from tests.evidence.conftest import sent
from tests.evidence.files import PDF
from tests.improvement.making import promise
from tests.pdf.reading import texts
from tests.rights.test_static import modules, names

#: Modules that open a connection, each reviewed: where to is said by the settings alone.
CALLERS = {
    "evidence/bucket.py": "the bucket of ACCREDIT_STORE",
    "evidence/limited.py": "the limited process, over a pair of sockets without an address",
    "evidence/reader.py": "the other end of that pair",
    "evidence/scanner.py": "the scanner of ACCREDIT_CLAMAV",
    "identity/smtp.py": "the mail server of ACCREDIT_SMTP_HOST",
    "web/connections.py": "nobody: it looks at the connections of those who came",
    "web/pulse.py": "the process that started this one, by a name on this machine",
}
_CONNECTING = {
    "socket", "smtplib", "ftplib", "telnetlib", "poplib", "imaplib", "http.client", "xmlrpc",
    "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "obstore", "obstore.store",
    "boto3", "asyncio", "webbrowser",
}  # fmt: skip


#: PostgreSQL holds a scope to it; SQLite would take more.
SCOPE_LENGTH = Assessment.scope_en.type.length


class Watched:
    """What this process did, as the interpreter itself tells it."""

    def __init__(self) -> None:
        self.on = False
        self.calls: list[object] = []
        self.opened: list[str] = []
        self.started: list[list[str]] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
            self.calls.append(arguments[1] if event == "socket.connect" else arguments[0])
        elif event == "open":
            self.opened.append(str(arguments[0]))
        elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
            self.started.append([str(one) for one in arguments[1]])  # type: ignore[attr-defined]
        elif event == "os.system":
            self.started.append([str(arguments[0])])


_watched = Watched()
sys.addaudithook(_watched)


@contextmanager
def watching() -> Iterator[Watched]:
    _watched.__init__()  # type: ignore[misc]
    _watched.on = True
    try:
        yield _watched
    finally:
        _watched.on = False


class Canary:
    """A server on this machine that must never be asked for anything, and a file to be left."""

    def __init__(self, folder: Path) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.visits = 0
        self.file = folder / "secret.txt"
        self.file.write_text("a word that nobody reads")
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                line, _address = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            line.close()

    def payloads(self) -> list[str]:
        """Twelve ways by which makers of PDFs were made to fetch, to read or to run something."""
        place, file = f"http://127.0.0.1:{self.port}/x", self.file.as_uri()
        return [
            f'<img src="{place}"/>',
            f'<img src="{file}"/>',
            f'<link rel="stylesheet" href="{place}"/>',
            f'<style>@import url("{place}"); @font-face {{src: url({place})}}</style>',
            f'<iframe src="{file}"></iframe><object data="{place}"></object>',
            f'<svg><image href="{place}"/><use href="{file}#a"/></svg>',
            f'<base href="{place}"/><a href="x">x</a>',
            f'<xi:include href="{file}" parse="text"/>',
            f'<!DOCTYPE r [<!ENTITY e SYSTEM "{file}">]><r>&e;</r>',
            f"\\input{{{self.file}}} \\write18{{curl {place}}}",
            f"<font color=\"__import__('os').system('curl {place}')\">x</font>",
            f'<para><seq id="x"/><onDraw name="x" label="{place}"/></para>',
        ]


@pytest.fixture
def canary(tmp_path) -> Iterator[Canary]:
    made = Canary(tmp_path)
    yield made
    made.listener.close()


def test_the_canary_and_the_watch_notice(canary):
    with watching() as seen:
        socket.create_connection(("127.0.0.1", canary.port)).close()
        canary.file.read_text()
    assert seen.calls
    assert str(canary.file) in seen.opened
    for _ in range(100):
        if canary.visits:
            break
        threading.Event().wait(0.02)
    assert canary.visits == 1


def tell(arrange, cast, world, canary) -> list[str]:
    """Assessments whose every text is one of the payloads, one of them decided, which draws its
    certificate; where their papers are."""
    ways = canary.payloads()
    reasons = dict(zip(assessments.REASONS, ways, strict=False))
    with (
        patch.dict(assessments.REASONS, reasons),
        patch.object(assessments, "SELF_REASON", ways[9]),
        arrange() as session,
    ):
        files = store(world.settings)
        files.put(io.BytesIO(assessments.FILE), limit=10_000)
        levels = {"1.1": "partial", "2.2": "started"}
        papers = ["/improvement-actions/plan.xlsx", "/improvement-actions/plan.csv"]
        for year, scope in enumerate(scopes(ways), start=2030):
            with patch.object(assessments, "SCOPE", scope):
                refused = walk_to(session, cast, Stage.DECISION, levels, cycle=f"{year}-0")
                granted = walk_to(session, cast, Stage.DECISION, cycle=f"{year}-1")
            number = decide(session, cast, granted, files, reason=ways[0]).certificate.number
            papers += papers_of(refused.id, number)
        for way in ways:
            promise(session, cast, title=way[:200])
    return papers


def scopes(ways: list[str]) -> list[Bilingual]:
    """Scopes of which each says, in both languages, as many payloads as its column takes."""
    said = [""]
    for way in ways:
        if len(said[-1]) + len(way) >= SCOPE_LENGTH:
            said.append("")
        said[-1] = f"{said[-1]} {way}".strip()
    return [Bilingual(text, text) for text in said]


def papers_of(refused: int, number: str) -> list[str]:
    report = f"/gap-reports/{refused}/report"
    return [
        f"{report}.pdf", f"{report}.xlsx", f"{report}.pdf?lang=ar",
        *(f"/certificates/{number}/documents/{name}.pdf" for name in ("en", "ar", "both")),
        f"/certificates/{number}",
    ]  # fmt: skip


def test_failure_47_48_49_50_and_52_no_text_makes_a_paper_fetch_or_read_anything(
    browse, cast, arrange, world, canary
):
    reader = browse(cast.decision_maker)
    leader = browse(cast.leader)
    papers = {}
    with watching() as seen:
        for path in tell(arrange, cast, world, canary):
            answer = (leader if "improvement" in path else reader).get(path)
            assert answer.status == 200, path
            papers[path] = answer.body
    assert seen.calls == []
    assert canary.visits == 0
    assert seen.started == []
    assert str(canary.file) not in seen.opened
    assert not any(b"a word that nobody reads" in body for body in papers.values())
    # What was typed is printed as it was typed: it was read by no reader of markup.
    reports = [body for path, body in papers.items() if path.endswith("/report.pdf")]
    printed = "".join("".join(page for body in reports for page in texts(body)).split())
    whole = [way for way in canary.payloads() if "".join(way.split()) in printed]
    # One of them may begin on one page and end on the next.
    assert len(whole) >= len(canary.payloads()) - 1
    assert "nobodyreads" not in printed


def test_failure_51_only_the_settings_say_whom_the_program_calls():
    """There is no check of addresses that could be incomplete: none is ever taken from a page."""
    found = {
        module
        for module, tree in modules()
        for name, node in names(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and name in _CONNECTING
    }
    assert found == set(CALLERS)


def test_failure_42_no_setting_is_changed_by_a_request_nor_names_a_program(app, browse, cast):
    """One program is started, always the same, whatever a file is called or holds."""
    settings = app.config["SETTINGS"]
    with pytest.raises(FrozenInstanceError):
        settings.scanner = "/bin/sh"
    limited._reader.stop()
    hostile = ["x;id.pdf", "$(id).pdf", "-e id.pdf", "|id|.pdf"]
    browser = browse(cast.contributor)
    with watching() as seen:
        for name in hostile:
            page = browser.post(
                "/evidence/new",
                {
                    "department": str(cast.licensing),
                    "files": sent(name, PDF),
                },
            )
            assert page.status == 303, page.error_texts()
    (started,) = seen.started
    assert started[:3] == [sys.executable, "-I", "-c"]
    assert started[3] == limited._START
    assert started[4] == str(Path(limited.__file__).parents[2])
    assert started[5].isdigit()
    assert app.config["SETTINGS"] is settings


RUNNING = (
    "!!python/object/apply:os.system ['touch {place}']",
    "!!python/object/new:os.system ['touch {place}']",
    "!!python/object/apply:subprocess.check_output [[touch, {place}]]",
    "!!python/name:os.system",
    "!!python/module:os",
    'a: !!python/object/apply:builtins.eval [\'open("{place}", "w")\']',
)


@pytest.mark.parametrize("text", RUNNING)
def test_failure_53_a_standard_that_names_code_runs_none(browse, cast, tmp_path, text):
    place = tmp_path / "ran"
    content = text.replace("{place}", str(place)).encode()
    with watching() as seen:
        page = browse(cast.programme_manager).post(
            "/standards/new", {"file": sent("standard.yaml", content)}
        )
    assert page.status == 422
    assert "tags (!) are not allowed" in page.text
    assert seen.started == []
    assert not place.exists()


#: What spreadsheets take for the beginning of a formula, also where something invisible or a
#: tab that was meant as a cure stands before it.
TRIGGERS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\t=", "\r\n="]


def test_failure_52_and_58_nothing_in_a_file_we_make_is_a_formula(browse, cast, arrange):
    with arrange() as session:
        for number, trigger in enumerate(TRIGGERS):
            action = promise(session, cast, title=f"Action {number}")
            # As something could stand there that got in by another way than our forms.
            action.title = f"{trigger}1+1|{number}"
            action.description = f"{trigger}cmd|' /C calc'!A0"
    reader = browse(cast.leader)
    table = reader.get("/improvement-actions/plan.csv").body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert len(rows) == 1 + len(TRIGGERS)
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if cell.lstrip(" \u00a0").startswith(tuple(TRIGGERS))]
    assert sum(cell.startswith("'") and "1+1|" in cell for cell in cells) == len(TRIGGERS)
    book = reader.get("/improvement-actions/plan.xlsx").body
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    shown = [cell for row in sheet for cell in row if isinstance(cell, str) and "1+1|" in cell]
    assert len(shown) == len(TRIGGERS), "a formula would have been read as its value"
