"""The server is told to end, or somebody else holds the database."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing

import pytest

from accredit import database
from tests.faults import invariants
from tests.faults.deeds import do
from tests.faults.test_writes import Visitor
from tests.real.client import Answer, BrokenOffError, Client
from tests.real.instance import Instance
from tests.real.server import serving


@pytest.mark.block("M", "26 SIGTERM")
def test_a_server_that_is_told_to_end_finishes_what_it_began(instance, work, ledger):
    deeds = [work.next(kind) for kind in ("certificate", "file", "score")]
    cookies = {asked.who: instance.cookie(getattr(instance.cast, asked.who)) for _, asked in deeds}
    answers: dict[str, Answer] = {}

    def send(client: Client, number: int) -> None:
        deed, asked = deeds[number]
        try:
            answers[deed.kind] = do(client, deed, asked, ledger)
        except BrokenOffError:
            return

    with serving(instance) as server:
        clients = [Client(server.port, cookies[asked.who]).ready() for _, asked in deeds]
        threads = [
            threading.Thread(target=send, args=(client, number))
            for number, client in enumerate(clients)
        ]
        threads[0].start()
        _until_somebody_writes(instance)
        for thread in threads[1:]:
            thread.start()
        start = time.monotonic()
        status = server.terminate()
        took = time.monotonic() - start
        for thread in threads:
            thread.join()
        for client in clients:
            client.close()
    assert status == 0
    assert took < 30
    assert "certificate" in answers, "what had begun was broken off"
    assert {answer.status for answer in answers.values()} == {303}
    tried = [deed for deed, _ in deeds]
    assert invariants.all_of(instance, tried, ledger.all_acknowledged()) == []
    assert invariants.commands_agree(instance) == []


@pytest.mark.block("M", "16 database locked by another process")
def test_whoever_waits_too_long_for_the_database_is_told_when_to_come_back(
    instance, work, ledger, monkeypatch
):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 300)
    deed, request = work.next("person")
    visitor = Visitor(instance, request.who)
    path = instance.settings.data_dir / "accredit.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = do(visitor, deed, request, ledger)
        assert visitor.client.get("/people").status_code == 200, "reading goes on"
        other.execute("ROLLBACK")
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert invariants.all_of(instance, [deed], []) == []
    assert do(visitor, deed, request, ledger).is_good
    assert invariants.all_of(instance, [deed], [deed]) == []


def _until_somebody_writes(instance: Instance) -> None:
    """The certificate is being issued: nobody else gets the write lock."""
    path = instance.settings.data_dir / "accredit.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return
            other.execute("ROLLBACK")
            time.sleep(0.002)
    raise TimeoutError("nobody writes")
