"""The bucket's library follows redirects; none leads to another host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

from accredit.config import Bucket
from accredit.evidence import bucket as bucket_module
from accredit.evidence.bucket import BucketStore
from accredit.evidence.store import MissingBlobError, StoreUnavailableError

#: Another machine, as far as anybody can tell: every name of it leads to this one.
ELSEWHERE = ["127.0.0.2", "localhost"]
DIGEST = "0" * 64


@contextmanager
def answering(status: int, location: str = "") -> Iterator[tuple[int, list[str]]]:
    """A real server on every address of this machine: its port, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(f"{self.command} {self.path}")
            self.send_response(status)
            if location:
                self.send_header("Location", f"{location}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_said: object) -> None:
            """Keep the tests quiet."""

    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def store_at(port: int) -> BucketStore:
    place = f"http://127.0.0.1:{port}"
    return BucketStore(Bucket("files", "", place, "us-east-1", "tests", "not-a-secret-of-anybody"))


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch):
    for name in bucket_module._PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_request_for_a_file_is_led_to_another_host(status, elsewhere):
    with (
        answering(200) as (other, led),
        answering(status, f"http://{elsewhere}:{other}") as (port, asked),
    ):
        store = store_at(port)
        with pytest.raises(StoreUnavailableError):
            store.put(BytesIO(b"Register of promises"), limit=100)
        with pytest.raises(StoreUnavailableError):
            store.open(DIGEST)
        with pytest.raises(StoreUnavailableError):
            list(store.everything())
        assert {request.partition(" ")[0] for request in asked} >= {"PUT", "GET"}
    assert led == []


def test_without_the_rule_it_would_be(monkeypatch):
    """The library does follow: the test above is about our rule and not about its habits."""
    monkeypatch.setattr(bucket_module, "_no_other_host", lambda _bucket: {})
    with (
        answering(404) as (other, led),
        answering(302, f"http://127.0.0.2:{other}") as (port, _asked),
        pytest.raises(MissingBlobError),
    ):
        store_at(port).open(DIGEST)
    assert led


def test_who_asks_amazon_for_keys_of_a_role_still_gets_them():
    of_role = Bucket("files", "", None, "us-east-1", None, None)
    allowed = bucket_module._no_other_host(of_role)["proxy_excludes"].split(",")
    assert {"amazonaws.com", "169.254.169.254"} <= set(allowed)
    with_keys = Bucket("files", "", "https://s3.example.org", "us-east-1", "a", "b")
    assert bucket_module._no_other_host(with_keys)["proxy_excludes"] == "s3.example.org"
