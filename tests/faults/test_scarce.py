"""A process that serves has no file to open any more, or no memory."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.faults.deeds import do
from tests.real.client import Client
from tests.real.server import Server, serving

#: In bytes: enough for a page or a file, and too little for what draws a paper.
_LITTLE = 12 * 1024**2


@pytest.mark.block("M", "10 no file descriptors")
def test_who_can_open_no_file_is_told_when_to_come_back_and_loses_nothing(instance, work, ledger):
    cast = instance.cast
    cookies = {who: instance.cookie(getattr(cast, who)) for who in ("contributor", "administrator")}
    tried = [work.next(kind) for kind in ("file", "person", "file")]
    with serving(instance) as server, ExitStack() as leaving:
        # New connections wait outside until there is room for them; these are there already.
        clients = {who: Client(server.port, cookie).ready() for who, cookie in cookies.items()}
        for client in clients.values():
            leaving.callback(client.close)
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
        # One that stays open may be the one that keeps a newcomer out.
        leaving.close()
        newcomer = Client(server.port, cookies["contributor"])
        leaving.callback(newcomer.close)
        assert newcomer.get("/evidence/").status == 200
        done = ledger.all_acknowledged()
        assert len(done) == len(tried)
        assert invariants.all_of(instance, [deed for deed, _ in tried], done) == []
    assert invariants.commands_agree(instance) == []


@pytest.mark.block("M", "11 out of memory")
def test_only_the_request_fails_for_which_there_is_no_memory(instance, work, ledger):
    cast = instance.cast
    cookies = {who: instance.cookie(getattr(cast, who)) for who in ("contributor", "leader")}
    number = work.next("certificate")[0].about["assessment"]
    paper = f"/gap-reports/{number}/report.pdf"
    tried = [work.next("file") for _ in range(2)]
    with serving(instance) as server, ExitStack() as leaving:
        clients = {who: Client(server.port, cookie).ready() for who, cookie in cookies.items()}
        for client in clients.values():
            leaving.callback(client.close)
        before = _processes_of(server)
        # What takes in a file is loaded when it is first needed: by now it has been.
        deed, request = tried[0]
        assert do(clients[request.who], deed, request, ledger).is_good
        with _no_more_memory(server):
            # What draws is loaded when it is first needed: there is no room for it.
            assert clients["leader"].get(paper).status >= 500
            assert clients["contributor"].get("/evidence/").status == 200
            deed, request = tried[1]
            assert do(clients[request.who], deed, request, ledger).is_good
        drawn = clients["leader"].get(paper)
        assert (drawn.status, drawn.body[:5]) == (200, b"%PDF-")
        assert _processes_of(server) == before, "nobody had to be replaced"
        deeds = [deed for deed, _ in tried]
        assert invariants.all_of(instance, deeds, ledger.all_acknowledged()) == []
    assert invariants.commands_agree(instance) == []


@contextmanager
def _no_more_files(server: Server) -> Iterator[None]:
    """The processes that serve keep the files they have open, and open no other."""
    with _limited(server, resource.RLIMIT_NOFILE, lambda _process: 0):
        yield


@contextmanager
def _no_more_memory(server: Server) -> Iterator[None]:
    """The processes that serve get a little more than they have, and no more.

    What the server itself is made of ends the process where it gets nothing at all.
    """
    with _limited(server, resource.RLIMIT_AS, lambda process: _size_of(process) + _LITTLE):
        yield


@contextmanager
def _limited(server: Server, what: int, limit: Callable[[int], int]) -> Iterator[None]:
    before = {process: resource.prlimit(process, what) for process in _processes_of(server)}
    for process, (_, most) in before.items():
        resource.prlimit(process, what, (limit(process), most))
    try:
        yield
    finally:
        for process, limits in before.items():
            resource.prlimit(process, what, limits)


def _processes_of(server: Server) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    found = [int(word) for word in children.read_text().split()]
    assert found, "nobody serves"
    return found


def _size_of(process: int) -> int:
    """In bytes, what it has asked the system for."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
    return pages * resource.getpagesize()
