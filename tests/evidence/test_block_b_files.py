"""Block B, the forty files: each sent through the page, as a person would.

What is refused leaves nothing behind but one event; what is stored is only ever handed out as a
file to keep.
"""

from __future__ import annotations

import dataclasses
import resource
import socket
import threading
import time

import pytest

from accredit.database import db
from accredit.evidence.models import Evidence
from accredit.evidence.store import FileStore
from tests.evidence.clamav_server import clamav
from tests.evidence.conftest import download, pdf
from tests.evidence.hostile import CANARY, EICAR, FORTY, REASON
from tests.evidence.test_upload_page import files_in, stored, upload

STORED = sorted(set(FORTY) - set(REASON))


@pytest.fixture
def canary():
    """An address on this machine, and the connections that came in meanwhile."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    came: list[object] = []
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            try:
                line, address = listener.accept()
            except TimeoutError:
                continue
            came.append(address)
            line.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}".encode(), came
    over.set()
    thread.join()
    listener.close()


@pytest.fixture
def scanner(app):
    """`scanner(address)`: this installation asks a scanner there."""
    before = app.config["SETTINGS"]

    def use(address: str) -> None:
        app.config["SETTINGS"] = dataclasses.replace(before, scanner=address)

    yield use
    app.config["SETTINGS"] = before


def make(name: str, address: bytes) -> bytes:
    return FORTY[name]().replace(CANARY, address)


def rss() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.block("B", name)) for name in sorted(REASON)]
)
def test_it_is_refused_in_the_reader_s_language_and_leaves_one_event(
    name, app, browse, cast, world, events, canary, scanner
):
    address, came = canary
    content = make(name, address)
    before, started = rss(), time.monotonic()
    with clamav() as where:
        if name == "35_eicar.txt":
            scanner(where)
        answer = upload(browse(cast.contributor, "ar"), cast, (name, content))
    answer.response.request.environ["wsgi.input"].close()
    assert answer.status == 422
    assert time.monotonic() - started < 10
    assert rss() - before < 64 * 1024 * 1024
    assert name in answer.error_texts()
    assert "لا" in answer.error_texts() or "«" in answer.error_texts()
    assert stored(app) == []
    assert files_in(world) == []
    ((subject, by, details),) = events("evidence.refused")
    assert (subject, by) == (str(cast.licensing), cast.contributor.id)
    assert details == {"files": [{"file": name, "reason": REASON[name]}]}
    assert came == []
    # The worker and the process that reads files are alive.
    assert upload(browse(cast.contributor), cast, ("good.pdf", pdf())).status == 303


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.block("B", name)) for name in STORED]
)
def test_it_is_stored_and_only_handed_out_as_a_file_to_keep(name, app, browse, cast, canary):
    address, came = canary
    content = make(name, address)
    assert upload(browse(cast.contributor), cast, (name, content)).status == 303
    (only,) = stored(app)
    answer = download(browse(cast.leader), f"/evidence/{only.id}/versions/1/file")
    assert answer.status == 200
    wanted = {
        "csv": "text/csv; charset=utf-8",
        "txt": "text/plain; charset=utf-8",
        "pdf": "application/pdf",
        "jpg": "image/jpeg",
    }
    assert answer.headers["Content-Type"] == wanted[name.rpartition(".")[2]]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    page = browse(cast.leader).get("/evidence/?q=alert")
    assert not page.tree.xpath("//main//script")
    assert came == []
    if name == "17_gps.jpg":
        assert b"GPS" not in answer.body
        assert b"GPS" in content
        # Which way up it is stays: it says nothing of its person.
        assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in answer.body
    else:
        assert answer.body == content


def test_failure_21_no_page_or_drawing_is_ever_taken_whatever_it_is_called(app, browse, cast):
    for name in ("a.html", "a.svg", "a.xhtml", "a.htm", "a.svgz", "a.xml", "a.js"):
        assert upload(browse(cast.contributor), cast, (name, b"<svg/>")).status == 422
    assert stored(app) == []


@pytest.mark.block("M", "17 scanner missing")
def test_with_the_scanner_down_a_file_is_kept_and_handed_to_nobody(
    app, browse, cast, scanner, world
):
    scanner("127.0.0.1:9")
    assert upload(browse(cast.contributor), cast, ("notes.txt", EICAR)).status == 303
    (only,) = stored(app)
    for person in (cast.contributor, cast.leader, cast.observer, cast.programme_manager):
        answer = browse(person).get(f"/evidence/{only.id}/versions/1/file")
        assert answer.status == 409
        assert EICAR not in answer.body
    page = browse(cast.leader).get(f"/evidence/{only.id}")
    assert "Held back by the virus scanner" in page.text


def test_with_a_scanner_that_never_answers_a_file_is_held_back_too(tmp_path):
    import io

    from accredit.evidence.domain import ScanState
    from accredit.evidence.scanner import scan

    with clamav(mute=True) as where:
        assert scan(where, io.BytesIO(b"x"), patience=0.3).state is ScanState.WAITING


def test_what_the_scanner_found_clean_is_handed_out_and_what_waited_is_asked_about_again(
    app, arrange, browse, cast, scanner, events, world
):
    from accredit.evidence.domain import ScanState
    from accredit.evidence.rescanning import rescan
    from tests.evidence.conftest import AT

    scanner("127.0.0.1:9")
    upload(browse(cast.contributor), cast, ("a.txt", b"minutes"), ("b.txt", EICAR))
    with clamav() as where, arrange() as session:
        counts = rescan(
            session, FileStore(world.settings.evidence_dir), where, everything=False, at=AT
        )
    assert counts == {ScanState.WAITING: 0, ScanState.CLEAN: 1, ScanState.INFECTED: 1}
    with app.app_context():
        by_title = {row.title: row.id for row in db.session.query(Evidence)}
    leader = browse(cast.leader)
    assert download(leader, f"/evidence/{by_title['a']}/versions/1/file").body == b"minutes"
    assert leader.get(f"/evidence/{by_title['b']}/versions/1/file").status == 409
    told = [details for _subject, _by, details in events("evidence.scanned")]
    assert [one["state"] for one in told] == [["waiting", "clean"], ["waiting", "infected"]]
    assert told[1]["finding"] == "Eicar-Test-Signature"
