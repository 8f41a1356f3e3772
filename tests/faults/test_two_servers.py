"""Two servers work on one installation, as while the one is exchanged for the other."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

import pytest

from tests.faults import invariants
from tests.faults.deeds import Request, do
from tests.faults.ledger import Deed
from tests.real.client import Answer, Client
from tests.real.server import serving

KINDS = ("score", "person", "file")


@pytest.mark.block("M", "23 two servers of one release at once")
def test_a_server_takes_over_from_another_while_people_work(instance, work, ledger):
    """New requests go to the new one, as a proxy sends them, while the old one still finishes."""
    for_old = [work.next(kind) for kind in KINDS]
    for_new = [work.next(kind) for kind in KINDS]
    people = {request.who for _, request in for_old}
    cookies = {who: instance.cookie(getattr(instance.cast, who)) for who in people}
    answers: list[Answer] = []
    begun, gone = threading.Barrier(2), threading.Event()

    def send(port: int, some: Iterable[tuple[Deed, Request]]) -> None:
        clients = {who: Client(port, cookie).ready() for who, cookie in cookies.items()}
        begun.wait()
        for deed, request in some:
            answers.append(do(clients[request.who], deed, request, ledger))
        for client in clients.values():
            client.close()

    def until_the_old_one_is_gone() -> Iterator[tuple[Deed, Request]]:
        yield from for_new
        # Not as fast as can be: all of it is looked at afterwards.
        while not gone.wait(0.1):
            yield work.next("person")
        yield work.next("person")

    with serving(instance) as old, serving(instance) as new:
        threads = [
            threading.Thread(target=send, args=(old.port, for_old)),
            threading.Thread(target=send, args=(new.port, until_the_old_one_is_gone())),
        ]
        for thread in threads:
            thread.start()
        threads[0].join()
        try:
            assert old.terminate() == 0
        finally:
            gone.set()
            threads[1].join()
        assert [answer.status for answer in answers if not answer.is_good] == []
        tried, done = ledger.all_tried(), ledger.all_acknowledged()
        assert len(done) == len(tried) == len(answers) > len(for_old) + len(for_new)
        assert invariants.all_of(instance, tried, done) == []
