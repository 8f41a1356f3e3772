"""Many files at once, while the server is taken away in the middle and comes back."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from accredit.app import create_app
from accredit.config import load_settings
from accredit.database import db, writing
from tests.browser.conftest import Installation, Server, prepare_installation
from tests.browser.person_at_browser import PersonAtBrowser
from tests.browser.serving import PATIENCE
from tests.people import PASSWORD, make_cast

pytestmark = pytest.mark.browser

NAMES = ("تقرير رضا المتعاملين (٢٠٢٦).txt", "Service charter v3.txt", "محضر الاجتماع.csv")
#: Bytes a second, so that a person could see the bars move.
UPSTREAM = 1_500_000
PROGRESS = ".dropzone__file progress"


def content(number: int) -> bytes:
    line = f"السطر {number} من التقرير: أُجيب عن كل طلب في يومه.\n".encode()
    return line * (2_000_000 // len(line))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from flask_security.utils import hash_password

    place = prepare_installation(tmp_path_factory.mktemp("uploads"))
    app = create_app(load_settings(place.environ))
    with app.app_context(), writing():
        make_cast(db.session(), hash_password(PASSWORD))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    server = Server(place)
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in (place.folder / "server.log").read_text(errors="replace")


@pytest.fixture
def contributor(server: Server, chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    person = PersonAtBrowser(chromium, server.place.url, request.param)
    person.sign_in("omar.contributor@example.org", PASSWORD)
    person.open("/evidence/new")
    yield person
    person.close()


def choose(person: PersonAtBrowser, *numbers: int) -> None:
    files = [
        {"name": NAMES[number], "mimeType": "text/plain", "buffer": content(number)}
        for number in numbers
    ]
    person.page.set_input_files("main [name=files]", files)


def slow_down(person: PersonAtBrowser) -> None:
    session = person.window.new_cdp_session(person.page)
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 5,
            "downloadThroughput": -1,
            "uploadThroughput": UPSTREAM,
        },
    )


def wait_until_under_way(person: PersonAtBrowser) -> None:
    """Until a good part of the first file has been sent (the pages forbid `wait_for_function`)."""
    end = time.monotonic() + PATIENCE
    bar = person.page.locator(PROGRESS).first
    while bar.evaluate("bar => bar.value") <= 0.3:
        assert time.monotonic() < end, "nothing was sent"
        person.page.wait_for_timeout(20)


def stored(place: Installation) -> dict[str, str]:
    with sqlite3.connect(place.folder / "data" / "accredit.sqlite3") as database:
        return dict(database.execute("SELECT file_name, sha256 FROM evidence_version"))


def waiting(place: Installation) -> list[Path]:
    folder = place.folder / "data" / "arriving"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("contributor", ["ar"], indirect=True)
def test_an_upload_goes_on_where_it_was_when_the_server_was_cut(
    server: Server, contributor: PersonAtBrowser
) -> None:
    page = contributor.page
    began_at: list[tuple[str, int]] = []
    page.on(
        "response",
        lambda answer: (
            began_at.append((answer.url, answer.json()["arrived"]))
            if "sha256=" in answer.url and answer.ok
            else None
        ),
    )
    choose(contributor, 0, 1)
    slow_down(contributor)
    page.click("main form[data-pieces] button[type=submit]")
    wait_until_under_way(contributor)
    server.cut()
    page.wait_for_selector(".dropzone__file .field__error")
    assert stored(server.place) == {}
    before = waiting(server.place)[0].stat().st_size
    assert 0 < before < len(content(0))
    server.start()
    page.wait_for_url(re.compile("/evidence/$"), timeout=60_000)
    assert stored(server.place) == {
        NAMES[number]: sha256(content(number)).hexdigest() for number in (0, 1)
    }
    assert waiting(server.place) == []
    first = [arrived for url, arrived in began_at if sha256(content(0)).hexdigest() in url]
    assert first == [0, before], "what had arrived was not sent again"
    assert NAMES[0] in page.locator("main").inner_text().replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("contributor", ["en"], indirect=True)
def test_a_file_chosen_again_after_leaving_the_page_goes_on_too(
    server: Server, contributor: PersonAtBrowser
) -> None:
    page = contributor.page
    page.on("dialog", lambda question: question.accept())
    choose(contributor, 2)
    slow_down(contributor)
    page.click("main form[data-pieces] button[type=submit]")
    wait_until_under_way(contributor)
    contributor.open("/evidence/new")
    (half,) = waiting(server.place)
    arrived = half.stat().st_size
    assert 0 < arrived < len(content(2))
    choose(contributor, 2)
    with page.expect_response(lambda answer: "sha256=" in answer.url) as asked:
        page.click("main form[data-pieces] button[type=submit]")
    assert asked.value.json()["arrived"] >= arrived
    page.wait_for_url(re.compile(r"/evidence/\d+$"), timeout=60_000)
    assert stored(server.place)[NAMES[2]] == sha256(content(2)).hexdigest()


@pytest.mark.parametrize("contributor", ["ar"], indirect=True)
def test_what_cannot_be_taken_is_said_beside_the_file_before_it_is_sent(
    server: Server, contributor: PersonAtBrowser
) -> None:
    page = contributor.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_input_files(
        "main [name=files]",
        [
            {"name": "برنامج.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
            {"name": "فارغ.txt", "mimeType": "text/plain", "buffer": b""},
        ],
    )
    page.click("main form[data-pieces] button[type=submit]")
    assert page.locator(".dropzone__file .field__error").count() == 2
    assert [url for url in asked if "/pieces" in url] == []
    assert page.locator("main form[data-pieces] button[type=submit]").is_enabled()


@pytest.mark.parametrize("contributor", ["en"], indirect=True)
def test_where_pieces_lead_nowhere_the_form_carries_its_files(
    server: Server, contributor: PersonAtBrowser
) -> None:
    """As behind several servers without a common folder, each of which knows nothing."""
    page = contributor.page
    page.route(
        "**/evidence/pieces*",
        lambda route: route.fulfill(
            status=200 if route.request.method == "GET" else 409, json={"arrived": 0}
        ),
    )
    name = "تقرير كامل.txt"
    page.set_input_files(
        "main [name=files]",
        [{"name": name, "mimeType": "text/plain", "buffer": content(7)}],
    )
    page.click("main form[data-pieces] button[type=submit]")
    page.wait_for_url(re.compile(r"/evidence/\d+$"), timeout=60_000)
    assert stored(server.place)[name] == sha256(content(7)).hexdigest()
