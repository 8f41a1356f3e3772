"""Bodies that stop half-way, at the real server: they keep nobody waiting and change nothing."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from accredit.identity.models import Person
from tests.real.client import MULTIPART, Client
from tests.real.instance import Instance
from tests.real.server import Server, serving

FORM = "application/x-www-form-urlencoded"
#: More than people ever are at work, and than a process had threads before.
MANY = 24
#: In seconds; how long a server at rest may take for a page, and for giving up on a body.
SOON, GIVEN_UP = 10, 60


def ask(server: Server, path: str, length: str, body: bytes, *more: str) -> socket.socket:
    """A connection over which a form has begun."""
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        length,
        *more,
        "",
        "",
    )
    line = socket.create_connection(("127.0.0.1", server.port), timeout=SOON)
    line.sendall("\r\n".join(lines).encode() + body)
    return line


def answer(line: socket.socket) -> str:
    """All that comes until the server ends the connection."""
    line.settimeout(GIVEN_UP)
    said = b""
    while part := line.recv(65536):
        said += part
    return said.decode()


def page(server: Server) -> int:
    """What the sign-in page answers to somebody new, soon."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=SOON) as line:
        line.sendall(f"GET /sign-in HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        return int(line.recv(65536).split()[1])


@pytest.mark.block("B", "protocol 06 shorter, then silence")
def test_who_stops_half_way_keeps_nobody_waiting_and_is_told_that_it_took_too_long(instance):
    with serving(instance, environ={"ACCREDIT_BODY_SECONDS": "5"}) as server, ExitStack() as held:
        half = [
            held.enter_context(
                ask(server, "/sign-in", "Content-Length: 100", b"email=a", f"Content-Type: {FORM}")
            )
            for _ in range(MANY)
        ]
        assert [page(server) for _ in range(3)] == [200, 200, 200]
        answers = [answer(line) for line in half]
        assert {said.partition("\r\n")[0] for said in answers} == {"HTTP/1.1 408 Request Timeout"}
        assert all("connection: close" in said.lower() for said in answers)
        assert "arrived too slowly or stopped half-way. Nothing of it was kept." in answers[0]
        assert page(server) == 200


def test_half_a_form_is_never_taken_for_a_whole_one(instance: Instance):
    """A line that breaks after the fields that are required must not cut the one that follows."""
    cookie = instance.cookie(instance.cast.administrator)
    with serving(instance) as server:
        window = Client(server.port, cookie).ready("/people/new")
        window.close()
        form = {
            "csrf_token": window.token,
            "name_en": "Person",
            "name_ar": "شخص",
            "language": "en",
            "role": "contributor",
            "place": f"d{instance.cast.licensing}",
            "email": "half@example.org",
        }
        body = urlencode(form).encode()
        about = f"Content-Type: {FORM}", f"Cookie: {window.cookies}"
        with ask(server, "/people/new", f"Content-Length: {len(body) + 4}", body, *about) as line:
            line.shutdown(socket.SHUT_WR)
            assert answer(line).startswith("HTTP/1.1 400 ")
        assert not _is_there(instance, "half@example.org")
        chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        with ask(
            server, "/people/new", "Transfer-Encoding: chunked", chunk, *about, "Connection: close"
        ) as line:
            assert answer(line).startswith("HTTP/1.1 200 ")
        assert _is_there(instance, "half@example.org")


def test_what_is_too_long_is_refused_before_it_arrives(instance):
    with serving(instance) as server:
        for kind, length in ((FORM, 3 * 1024 * 1024), (MULTIPART, 300 * 1024 * 1024)):
            with ask(
                server, "/sign-in", f"Content-Length: {length}", b"", f"Content-Type: {kind}"
            ) as line:
                assert answer(line).startswith("HTTP/1.1 413 ")
        assert page(server) == 200


def _is_there(instance: Instance, email: str) -> bool:
    with instance.looking() as session:
        return session.scalar(select(Person.id).where(Person.email == email)) is not None
