"""The database server goes away in the middle of the work, and comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from tests.databases import PostgresDatabases
from tests.faults import invariants
from tests.faults.deeds import KINDS, Work, do
from tests.faults.ledger import Ledger
from tests.faults.proxy import Line, line_to
from tests.real.client import Answer, Client
from tests.real.instance import Instance
from tests.real.server import Server, serving


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresDatabases]:
    server = PostgresDatabases()
    # Other tests need nothing that outlives the server; here every answer promises it.
    server.execute("ALTER SYSTEM RESET synchronous_commit")
    server.execute("SELECT pg_reload_conf()")
    yield server
    server.close()


@pytest.fixture(scope="module")
def line(postgres: PostgresDatabases) -> Iterator[Line]:
    """Between the application and its database."""
    with line_to(postgres.socket) as line:
        yield line


@pytest.fixture(scope="module")
def instance(postgres: PostgresDatabases, line: Line, tmp_path_factory) -> Iterator[Instance]:
    """An installation on PostgreSQL, with a neighbour's line to it."""
    name = make_url(postgres.empty("faulty")).database
    url = f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/{name}"
    instance = Instance(tmp_path_factory.mktemp("postgresql"), DATABASE_URL=url)
    instance.prepare()
    yield instance
    instance.close()


@pytest.fixture(scope="module")
def work(instance: Instance) -> Work:
    return Work(instance)


@pytest.fixture(scope="module")
def server(instance: Instance) -> Iterator[Server]:
    with serving(instance, loaded=True) as server:
        yield server


@pytest.fixture
def clients(instance: Instance, server: Server) -> Iterator[dict[str, Client]]:
    """A window of everybody who does something; the server closes connections that wait."""
    names = ("contributor", "administrator", "decision_maker")
    cookies = {name: instance.cookie(getattr(instance.cast, name)) for name in names}
    opened = {name: Client(server.port, cookie).ready() for name, cookie in cookies.items()}
    yield opened
    for client in opened.values():
        client.close()


def look(instance: Instance, ledger: Ledger) -> None:
    """Everything that must hold does."""
    tried, done = ledger.all_tried(), ledger.all_acknowledged()
    assert invariants.all_of(instance, tried, done) == []
    assert invariants.commands_agree(instance) == []


@contextmanager
def nobody_tells_the_trail(postgres: PostgresDatabases) -> Iterator[None]:
    """Somebody holds the table that every change is told to, until they are gone."""
    with closing(psycopg.connect(address(postgres))) as other:
        other.execute("LOCK TABLE event IN EXCLUSIVE MODE")
        yield


def until_somebody_waits(postgres: PostgresDatabases) -> None:
    """A request has changed its rows, and waits to tell of it."""
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'event'::regclass"
    end = time.monotonic() + 60
    with psycopg.connect(address(postgres), autocommit=True) as other:
        while time.monotonic() < end:
            if other.execute(waiting).fetchone():
                return
            time.sleep(0.01)
    raise TimeoutError("nobody waits")


def address(postgres: PostgresDatabases) -> str:
    url = make_url(postgres.url).set(drivername="postgresql", database="faulty")
    return url.render_as_string(hide_password=False)


@pytest.mark.block("M", "15 PostgreSQL restarted")
def test_whoever_works_after_a_restart_of_the_database_notices_nothing(
    instance, postgres, clients, work, ledger
):
    postgres.crash()
    postgres.restart()
    # What this process had open to the database was broken off too.
    instance.close()
    for kind in KINDS:
        deed, request = work.next(kind)
        assert do(clients[request.who].renew(), deed, request, ledger).is_good, kind
    look(instance, ledger)


@pytest.mark.block("M", "15 PostgreSQL restarted")
def test_without_its_database_a_server_says_when_to_come_back(
    instance, postgres, clients, work, ledger
):
    asked = [work.next(kind) for kind in KINDS]
    instance.close()
    postgres.crash()
    try:
        answers = [do(clients[asked.who].renew(), deed, asked, ledger) for deed, asked in asked]
        page = clients["contributor"].renew().get("/")
    finally:
        postgres.restart()
    for answer in (*answers, page):
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "<html" in answer.text
    look(instance, ledger)
    again = [do(clients[asked.who].renew(), deed, asked, ledger) for deed, asked in asked]
    assert all(answer.is_good for answer in again), [answer.status for answer in again]
    look(instance, ledger)


@pytest.mark.block("M", "15 PostgreSQL restarted")
@pytest.mark.parametrize("kind", ["file", "certificate"])
def test_a_database_that_ends_in_the_middle_has_kept_all_of_a_deed_or_nothing(
    instance, postgres, clients, work, ledger, kind
):
    deed, request = work.next(kind)
    answers: list[Answer] = []
    sender = threading.Thread(
        target=lambda: answers.append(do(clients[request.who].renew(), deed, request, ledger))
    )
    instance.close()
    with nobody_tells_the_trail(postgres):
        sender.start()
        until_somebody_waits(postgres)
        postgres.crash()
    sender.join()
    postgres.restart()
    assert [answer.status for answer in answers] == [503]
    look(instance, ledger)
    assert do(clients[request.who].renew(), deed, request, ledger).is_good
    look(instance, ledger)


@pytest.mark.block("M", "15 PostgreSQL restarted")
@pytest.mark.parametrize("kind", ["score", "person", "certificate"])
def test_what_was_kept_and_never_answered_is_whole_and_happens_once(
    instance, line, clients, work, ledger, kind
):
    """The line breaks after the database was told to keep it: nobody knows whether it did."""
    deed, request = work.next(kind)
    line.mute_from = b"COMMIT"
    answer = do(clients[request.who].renew(), deed, request, ledger)
    assert line.mute_from is None, "nothing was to be kept"
    assert answer.status == 503
    assert all(invariants.parts_of(instance, deed).values())
    look(instance, ledger)
    # Whoever sends it again is told that it is there, or nothing more happens than once.
    again = do(clients[request.who].renew(), deed, request, ledger)
    assert again.status in (303, 409, 422), again.status
    look(instance, ledger)
