"""The waiting room: whose body is there whole comes in, a few at a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any

import pytest
from flask import Flask, request

from accredit.web.connections import Patience
from accredit.web.waiting_room import AT_WORK, WaitingRoom

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


class Arriving(io.RawIOBase):
    """A body as the server hands it over: it ends where nothing more comes, never by an error."""

    def __init__(self, content: bytes, pause: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._content = io.BytesIO(content)
        self._pause = pause
        self.was_read = False

    def read(self, size: int = -1) -> bytes:
        self.was_read = True
        self._pause()
        return self._content.read(size)


def room(app: Callable[..., Iterable[bytes]], **more: Any) -> WaitingRoom:
    limits = {"largest": 1_000_000, "largest_form": 100_000, "patience": Patience(30, 1800)}
    return WaitingRoom(app, **{**limits, **more})


@pytest.fixture
def ask() -> Callable[..., tuple[str, dict[str, str], bytes]]:
    """Send a body to a view that answers with what it got."""
    app = Flask("echo")
    # As `accredit` does, so that the refusals of the framework count too.
    app.config.update(MAX_CONTENT_LENGTH=1_000_000, MAX_FORM_MEMORY_SIZE=100_000)

    @app.route("/", methods=["GET", "POST"])
    def echo() -> bytes:
        return request.get_data(parse_form_data=False)

    def send(
        content: bytes | Arriving,
        length: int | None = None,
        *,
        chunked: bool = False,
        method: str = "POST",
        kind: str = FORM,
        **more: Any,
    ) -> tuple[str, dict[str, str], bytes]:
        body = content if isinstance(content, Arriving) else Arriving(content)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/",
            "SERVER_NAME": "here",
            "SERVER_PORT": "1",
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "CONTENT_TYPE": kind,
        }
        if chunked:
            environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        elif length is not None:
            environ["CONTENT_LENGTH"] = str(length)
        told: list[Any] = []
        answer = room(app, **more)(environ, lambda *said: told.extend(said))
        return told[0], dict(told[1]), b"".join(answer)

    return send


@pytest.mark.parametrize("size", [1, 16_383, 16_384, 16_385, 99_999])
def test_a_whole_body_comes_in_as_it_is(ask, size):
    content = bytes(number % 251 for number in range(size))
    assert ask(content, size)[::2] == ("200 OK", content)
    assert ask(content, chunked=True)[::2] == ("200 OK", content)


def test_a_long_body_comes_in_from_a_file(ask):
    content = b"0123456789" * 90_000
    assert ask(content, len(content), kind=MULTIPART)[::2] == ("200 OK", content)
    assert ask(content, chunked=True, kind=MULTIPART)[::2] == ("200 OK", content)


@pytest.mark.parametrize(("announced", "sent"), [(100, 7), (20_000, 16_384), (50_000, 49_999)])
def test_a_body_that_broke_off_does_not_come_in(ask, announced, sent):
    status, headers, body = ask(b"x" * sent, announced)
    assert status == "400 BAD REQUEST"
    assert headers["Connection"] == "close"
    assert b"x" * 7 not in body


def test_a_body_that_was_cut_off_took_too_long(ask):
    status, headers, _ = ask(b"half", 100, patience=Patience(0, 1800))
    assert (status, headers["Connection"]) == ("408 REQUEST TIMEOUT", "close")


@pytest.mark.parametrize(("kind", "most"), [(FORM, 100_000), (MULTIPART, 1_000_000)])
def test_a_body_that_is_too_long_is_not_waited_for(ask, kind, most):
    body = Arriving(b"x" * (most + 1))
    status, headers, _ = ask(body, most + 1, kind=kind)
    assert (status, headers["Connection"]) == ("413 REQUEST ENTITY TOO LARGE", "close")
    assert not body.was_read
    # Where no length is announced, it shows when so much is there.
    assert ask(b"x" * (most + 100), chunked=True, kind=kind)[0] == "413 REQUEST ENTITY TOO LARGE"
    assert ask(b"x" * most, chunked=True, kind=kind)[0] == "200 OK"


def test_who_only_asks_is_not_asked_for_a_body(ask):
    body = Arriving(b"what nobody reads")
    assert ask(body, 100, method="GET")[::2] == ("200 OK", b"")
    assert not body.was_read


def test_without_room_for_a_file_it_is_said_when_to_come_back(ask, monkeypatch, tmp_path):
    content = b"x" * 900_000
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert ask(content, len(content), kind=MULTIPART)[0] == "503 SERVICE UNAVAILABLE"


def test_four_are_at_work_and_whoever_waits_comes_next():
    met, guard, inside, most = Barrier(AT_WORK, timeout=60), Lock(), 0, 0

    def work(_environ: object, start_response: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        # None of them goes on until so many are here at the same time.
        met.wait()
        with guard:
            inside -= 1
        start_response("200 OK", [])
        return []

    waiting = room(work)
    visitors = 5 * AT_WORK
    with ThreadPoolExecutor(visitors) as threads:
        asked = [
            threads.submit(waiting, {"REQUEST_METHOD": "GET"}, lambda *_: None)
            for _ in range(visitors)
        ]
        for one in asked:
            one.result(timeout=60)
    assert most == AT_WORK


def test_who_keeps_a_body_back_takes_nobody_elses_turn():
    """As many bodies as you like can be waited for while others come in."""
    held = 3 * AT_WORK
    begun = Barrier(held + 1, timeout=60)
    more = Barrier(held + 1, timeout=60)
    answered: list[str] = []

    def stop() -> None:
        begun.wait()
        more.wait()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answered.append(environ["REQUEST_METHOD"])
        start_response("200 OK", [])
        return []

    waiting = room(app)
    with ThreadPoolExecutor(held) as threads:
        for _ in range(held):
            environ = {
                "REQUEST_METHOD": "POST",
                "SERVER_PORT": "1",
                "CONTENT_LENGTH": "4",
                "wsgi.input": Arriving(b"half", stop),
            }
            threads.submit(waiting, environ, lambda *_: None)
        begun.wait()
        waiting({"REQUEST_METHOD": "GET"}, lambda *_: None)
        assert answered == ["GET"]
        more.wait()
    assert sorted(answered) == ["GET", *["POST"] * held]
