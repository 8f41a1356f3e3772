"""The disk is full, or cannot be written to."""

from __future__ import annotations

import os

import pytest

from tests.faults import invariants
from tests.faults.deeds import Work, do
from tests.faults.ledger import Ledger
from tests.faults.places import read_only, small_disk
from tests.real.client import Answer, Client
from tests.real.instance import Instance
from tests.real.server import Server, serving

#: More than the installation takes, and little more.
ROOM = 2_000_000


@pytest.mark.block("M", "07 disk full: database")
@pytest.mark.block("M", "08 disk full: uploads")
def test_a_full_disk_refuses_what_it_cannot_keep_and_loses_nothing(
    template: Instance, tmp_path, ledger
):
    with small_disk(tmp_path / "disk", ROOM) as disk:
        instance = template.copy(disk.folder)
        # What it says goes elsewhere: it is not to be the first that finds no room.
        instance.folder = tmp_path
        work = Work(instance)
        cast = instance.cast
        cookies = {
            who: instance.cookie(getattr(cast, who)) for who in ("contributor", "administrator")
        }
        with serving(instance, **disk.options) as server:
            # Where there is no room for a file, there may be some for a row.
            for kind, size in (("file", 60_000), ("person", 0)):
                _, request = work.next(kind)
                client = Client(server.port, cookies[request.who]).ready()
                answer = _until_refused(client, work, ledger, kind, size)
                assert answer.status == 503, (kind, answer.status)
                assert int(answer.headers["retry-after"]) > 0
                for page in ("/", "/evidence/", "/people"):
                    assert client.get(page).status in (200, 403), page
                client.close()
            assert ledger.all_acknowledged(), "there never was any room"
            incoming = instance.settings.evidence_dir / "incoming"
            assert list(incoming.iterdir()) == []
            server.kill()
        disk.grow()
        with serving(instance) as server:
            for kind in ("file", "person"):
                deed, request = work.next(kind)
                client = Client(server.port, cookies[request.who]).ready()
                assert do(client, deed, request, ledger).is_good
                client.close()
            tried, done = ledger.all_tried(), ledger.all_acknowledged()
            assert invariants.all_of(instance, tried, done) == []
        assert invariants.commands_agree(instance) == []
        instance.close()


def _until_refused(client: Client, work: Work, ledger: Ledger, kind: str, size: int) -> Answer:
    while True:
        deed, request = work.next(kind, size=size)
        answer = do(client, deed, request, ledger)
        if not answer.is_good:
            return answer


@pytest.mark.block("M", "09 read-only folder")
@pytest.mark.parametrize(
    ("place", "role"),
    [
        (".", "The data folder"),
        ("evidence", "The folder of stored files"),
        ("trail", "The folder of the trail's heads"),
        ("trail/heads.jsonl", "The file of the trail's heads"),
        ("accredit.sqlite3", "The database file"),
    ],
)
def test_nothing_starts_where_it_cannot_write_and_it_says_where(instance, place, role):
    folder = instance.settings.data_dir
    instance.close()
    with read_only(folder / place):
        refused = Server(instance)
        status = refused.process.wait(60)
    assert status == 1
    assert f"{role}" in refused.said()
    assert "cannot be written to" in refused.said()
    assert str((folder / place).resolve()) in refused.said()
    assert os.access(folder / place, os.W_OK), "it cannot be written to afterwards either"


def test_a_folder_that_can_no_longer_be_written_to_stops_nobody_from_reading(
    instance, work, ledger
):
    cookie = instance.cookie(instance.cast.contributor)
    deed, request = work.next("file")
    with serving(instance) as server:
        client = Client(server.port, cookie).ready()
        with read_only(instance.settings.evidence_dir):
            assert do(client, deed, request, ledger).status == 503
            assert client.get("/evidence/").status == 200
        assert do(client, deed, request, ledger).status == 303
        client.close()
        assert invariants.all_of(instance, [deed], [deed]) == []
    assert invariants.commands_agree(instance) == []
