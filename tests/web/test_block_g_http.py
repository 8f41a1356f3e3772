"""Block G, the protocol: strange requests to the real server, as bytes over a socket."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from accredit.config import DEMO_SECRET
from tests.identity.mail_server import free_port
from tests.people import PASSWORD

PATIENCE = 60


class Server:
    """`accredit serve` on an empty database; `ask` sends bytes and gives what comes back."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, request: bytes, seconds: float = 5.0) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as line:
            line.sendall(request)
            answer = b""
            try:
                while part := line.recv(65536):
                    answer += part
            except (TimeoutError, ConnectionResetError):
                pass
        return answer

    def get(self, path: str, *headers: str, method: str = "GET") -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *headers]
        return self.ask("\r\n".join([*lines, "Connection: close", "", ""]).encode())

    def post(self, path: str, body: bytes, *headers: str) -> bytes:
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Content-Type: application/x-www-form-urlencoded",
            *headers,
            "Connection: close",
        ]
        return self.ask("\r\n".join([*lines, "", ""]).encode() + body)


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0


def statuses(answer: bytes) -> list[int]:
    return [int(one) for one in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def headers(answer: bytes) -> dict[str, str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("http")
    port = free_port()
    environ = {
        **os.environ,
        "ACCREDIT_MODE": "demo",
        "ACCREDIT_SECRET_KEY": DEMO_SECRET,
        "ACCREDIT_DATA_DIR": str(folder),
        "ACCREDIT_BASE_URL": f"http://127.0.0.1:{port}",
        "ACCREDIT_PORT": str(port),
        "ACCREDIT_WORKERS": "1",
    }
    environ.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "accredit"]
    subprocess.run([*command, "init"], env=environ, check=True, capture_output=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "serve"], env=environ, stdout=log, stderr=log)
        served = Server(port)
        try:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                try:
                    if status(served.get("/sign-in")) == 200:
                        break
                except OSError:
                    time.sleep(0.1)
            yield served
            assert process.poll() is None, "the server lives"
        finally:
            process.terminate()
            process.wait(PATIENCE)
    assert "Traceback" not in (folder / "log").read_text(errors="replace")


HIDDEN = b"GET /certificates/check HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def refused_or_alone(answer: bytes) -> None:
    """Whatever became of the request, the one hidden in it was not answered."""
    assert b"<form" not in answer or b"certificates/check" not in body(answer).split(b"<main")[-1]
    assert len(statuses(answer)) <= 1, statuses(answer)
    assert not statuses(answer) or statuses(answer)[0] < 500


@pytest.mark.block("G", "http 01 a length and chunks")
def test_failure_59_a_length_and_chunks_at_once_hide_no_request(server):
    refused_or_alone(
        server.post(
            "/sign-in",
            b"0\r\n\r\n" + HIDDEN,
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
        )
    )
    refused_or_alone(
        server.post(
            "/sign-in", b"0\r\n\r\n" + HIDDEN, "Transfer-Encoding: xchunked", "Content-Length: 5"
        )
    )


@pytest.mark.block("G", "http 02 two lengths")
def test_failure_59_two_lengths_are_refused(server):
    answer = server.post("/sign-in", b"a=b" + HIDDEN, "Content-Length: 3", "Content-Length: 99")
    assert status(answer) in (0, 400)
    refused_or_alone(answer)
    for length in ("-1", "+3", "3, 99", "0x3", "3 3"):
        answer = server.post("/sign-in", b"a=b" + HIDDEN, f"Content-Length: {length}")
        assert status(answer) in (0, 400), length


@pytest.mark.block("G", "http 03 a header over two lines")
def test_failure_59_a_header_over_two_lines_is_refused(server):
    answer = server.get("/sign-in", "X-Note: a\r\n b")
    assert status(answer) in (0, 400)
    answer = server.get("/sign-in", "X-Note : a")
    assert status(answer) in (0, 400)


@pytest.mark.block("G", "http 04 bare line feeds")
def test_failure_59_bare_line_feeds_hide_no_request(server):
    head = f"POST /sign-in HTTP/1.1\nHost: 127.0.0.1:{server.port}\nContent-Length: 3\n\n"
    refused_or_alone(server.ask(head.encode() + b"a=b"))
    answer = server.get("/sign-in", "X-Note: a\nTransfer-Encoding: chunked")
    refused_or_alone(answer)


@pytest.mark.block("G", "http 05 extensions of chunks")
def test_failure_59_extensions_of_chunks_hide_no_request(server):
    chunks = b'3;x="\r\nGET /certificates/check HTTP/1.1\r\n"\r\na=b\r\n0\r\n\r\n'
    refused_or_alone(server.post("/sign-in", chunks, "Transfer-Encoding: chunked"))
    refused_or_alone(
        server.post("/sign-in", b"3;name=value\r\na=b\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
    )


@pytest.mark.block("G", "http 06 a huge header")
def test_a_huge_header_is_refused(server):
    answer = server.get("/sign-in", "X-Note: " + "a" * 2_000_000)
    assert status(answer) in (0, 400, 413, 431)
    assert status(server.get("/sign-in")) == 200


@pytest.mark.block("G", "http 07 a thousand and one parameters")
def test_a_thousand_and_one_parameters_do_no_harm(server):
    fields = "&".join(f"f{number}=x" for number in range(1001)).encode()
    answer = server.post("/sign-in", fields, f"Content-Length: {len(fields)}")
    assert status(answer) in (400, 413)
    assert status(server.get("/sign-in?" + fields.decode())) == 200


@pytest.mark.block("G", "http 08 the same parameter twice")
def test_of_a_parameter_given_twice_the_first_counts(browse, cast):
    answer = browse().post(
        "/sign-in",
        {
            "email": [cast.leader.email, cast.contributor.email],
            "password": [PASSWORD, "another"],
        },
        query_string={"email": cast.observer.email, "password": "third"},
    )
    assert answer.status == 302
    answer = browse().post("/sign-in", {"email": ["x", cast.leader.email], "password": PASSWORD})
    assert answer.status == 422


@pytest.mark.block("G", "http 09 TRACE")
def test_trace_is_not_answered(server):
    answer = server.get("/sign-in", "X-Secret: hush", method="TRACE")
    assert status(answer) == 405
    assert b"hush" not in answer


@pytest.mark.block("G", "http 10 an unknown method")
@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "CONNECT", "P\u00d6ST"])
def test_an_unknown_method_is_refused(server, method):
    answer = server.get("/sign-in", method=method)
    assert status(answer) in (0, 400, 404, 405)


@pytest.mark.block("G", "http 11 HEAD is GET without a body")
@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere", "/static/mark.svg"])
def test_head_is_get_without_a_body(server, path):
    head, whole = server.get(path, method="HEAD"), server.get(path)
    assert status(head) == status(whole)
    assert body(head) == b""
    for name in ("content-security-policy", "content-type", "cache-control", "location"):
        assert headers(head).get(name) == headers(whole).get(name), name


@pytest.mark.block("G", "http 12 slashes and capitals open nothing more")
@pytest.mark.parametrize(
    "path", ["/people/", "/People", "/people//", "/./people", "/PEOPLE/", "/trail"]
)
def test_other_spellings_of_an_address_open_nothing_more(server, browse, cast, path):
    assert status(server.get(path)) in (301, 303, 308, 404)
    assert status(server.get("/" + path)) in (301, 303, 308, 404)
    answer = browse(cast.contributor).get(path)
    assert answer.status in (301, 308, 403, 404)


@pytest.mark.block("G", "http 13 dots in an address")
@pytest.mark.parametrize(
    "path",
    [
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/../../pyproject.toml",
        "/static/%252e%252e/app.py",
        "/sign-in/%2e%2e/people",
        "/static/..\\app.py",
        "/static/%00mark.svg",
    ],
)
def test_dots_in_an_address_lead_nowhere(server, path):
    answer = server.get(path)
    assert status(answer) in (0, 303, 400, 404)
    assert b"create_app" not in answer
    assert b"hatchling" not in answer


@pytest.mark.block("G", "http 14 parameters in a path")
@pytest.mark.parametrize("path", ["/people;x=1", "/people;.css", "/account;/sign-in", "/people%3b"])
def test_parameters_in_a_path_open_nothing_more(server, browse, cast, path):
    assert status(server.get(path)) == 404
    assert browse(cast.contributor).get(path).status == 404


def test_a_whole_address_in_the_request_line_is_checked_like_a_host(server):
    answer = server.get("http://evil.example/sign-in")
    assert status(answer) in (200, 400)
    assert b"evil" not in answer
    twice = server.ask(
        f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Host: evil.example\r\nConnection: close\r\n\r\n".encode()
    )
    assert b"evil" not in twice
    assert status(server.ask(b"GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400


def test_the_server_does_not_say_what_it_is(server):
    for path in ("/sign-in", "/nowhere"):
        said = headers(server.get(path))
        assert said["server"] == "web"
        assert "granian" not in str(said).lower()
        assert "x-powered-by" not in said


def test_people_who_keep_their_connections_open_keep_nobody_out(server):
    """A browser holds several connections for half a minute after its last page."""
    asked = f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    with ExitStack() as open_still:
        for _ in range(120):
            line = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            open_still.enter_context(line)
            line.sendall(asked)
            assert status(line.recv(65536)) == 200
