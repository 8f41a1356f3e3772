"""A process that serves has no file to open any more."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.faults.deeds import do
from tests.real.client import Client
from tests.real.server import Server, serving


@pytest.mark.block("M", "10 no file descriptors")
def test_who_can_open_no_file_is_told_when_to_come_back_and_loses_nothing(instance, work, ledger):
    cast = instance.cast
    cookies = {who: instance.cookie(getattr(cast, who)) for who in ("contributor", "administrator")}
    tried = [work.next(kind) for kind in ("file", "person", "file")]
    with serving(instance) as server:
        # New connections wait outside until there is room for them; these are there already.
        clients = {who: Client(server.port, cookie).ready() for who, cookie in cookies.items()}
        deed, request = tried[0]
        assert do(clients[request.who], deed, request, ledger).is_good
        with _no_more_files(server):
            deed, request = tried[2]
            refused = do(clients[request.who], deed, request, ledger)
            assert refused.status == 503
            assert int(refused.headers["retry-after"]) > 0
            assert "Nothing was changed." in refused.text
        for deed, request in tried[1:]:
            assert do(clients[request.who], deed, request, ledger).is_good
        for client in clients.values():
            client.close()
        newcomer = Client(server.port, cookies["contributor"])
        assert newcomer.get("/evidence/").status == 200
        newcomer.close()
        done = ledger.all_acknowledged()
        assert len(done) == len(tried)
        assert invariants.all_of(instance, [deed for deed, _ in tried], done) == []
    assert invariants.commands_agree(instance) == []


@contextmanager
def _no_more_files(server: Server) -> Iterator[None]:
    """The processes that serve keep the files they have open, and open no other."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    workers = [int(word) for word in children.read_text().split()]
    assert workers, "nobody serves"
    before = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in workers}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, most))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
