"""Two servers work on one installation, as while the one is exchanged for the other."""

from __future__ import annotations

import threading

import pytest

from tests.faults import invariants
from tests.faults.deeds import Request, do
from tests.faults.ledger import Deed
from tests.real.client import Answer, Client
from tests.real.server import serving

#: How much each does; the new one is in the middle of its work when the old one ends.
ROUNDS = {"old": 2, "new": 5}


@pytest.mark.block("M", "23 two servers of one release at once")
def test_a_server_takes_over_from_another_while_people_work(instance, work, ledger):
    """New requests go to the new one, as a proxy sends them, while the old one still finishes."""
    kinds = ("score", "person", "file")
    deeds = [work.next(kind) for _ in range(sum(ROUNDS.values())) for kind in kinds]
    cookies = {
        request.who: instance.cookie(getattr(instance.cast, request.who)) for _, request in deeds
    }
    first = ROUNDS["old"] * len(kinds)
    answers: list[Answer] = []

    def send(port: int, some: list[tuple[Deed, Request]]) -> None:
        clients = {who: Client(port, cookie).ready() for who, cookie in cookies.items()}
        begun.wait()
        for deed, request in some:
            answers.append(do(clients[request.who], deed, request, ledger))
        for client in clients.values():
            client.close()

    with serving(instance) as old, serving(instance) as new:
        begun = threading.Barrier(2)
        threads = [
            threading.Thread(target=send, args=(server.port, some))
            for server, some in ((old, deeds[:first]), (new, deeds[first:]))
        ]
        for thread in threads:
            thread.start()
        threads[0].join()
        assert old.terminate() == 0
        went_on = threads[1].is_alive()
        threads[1].join()
        assert went_on, "nobody worked while the one was exchanged for the other"
        assert [answer.status for answer in answers if not answer.is_good] == []
        tried = [deed for deed, _ in deeds]
        done = ledger.all_acknowledged()
        assert len(answers) == len(done) == len(deeds)
        assert invariants.all_of(instance, tried, done) == []
    assert invariants.commands_agree(instance) == []
