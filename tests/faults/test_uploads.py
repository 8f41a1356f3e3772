"""The server is killed while a file comes in. Many such moments are in `tests.faults.kills`."""

from __future__ import annotations

import socket

import pytest

from tests.faults import invariants
from tests.faults.deeds import Request
from tests.real.client import MULTIPART, Client, multipart
from tests.real.server import serving

SIZE = 40 * 64 * 1024


@pytest.mark.block("M", "02 kill -9 during an upload")
def test_a_file_that_came_in_by_half_leaves_nothing(instance, work):
    cookie = instance.cookie(instance.cast.contributor)
    deed, request = work.next("file", size=SIZE)
    with serving(instance) as server:
        client = Client(server.port, cookie).ready()
        body = multipart({"csrf_token": client.token, **request.form}, request.files or {})
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall(_head(client, request, len(body)) + body[: len(body) // 2])
            server.kill()
        client.close()
    assert invariants.all_of(instance, [deed], []) == []
    assert not any(invariants.parts_of(instance, deed).values())
    left = [path for path in instance.settings.evidence_dir.rglob("*") if path.is_file()]
    assert left == []


def _head(client: Client, request: Request, length: int) -> bytes:
    lines = [
        f"POST {request.path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {MULTIPART}",
        f"Content-Length: {length}",
        f"Cookie: {client.cookies}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
