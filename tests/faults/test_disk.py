"""The disk is full, or cannot be written to."""

from __future__ import annotations

import itertools
import os

import pytest

from tests.faults import invariants
from tests.faults.deeds import Work, do
from tests.faults.places import read_only, small_disk
from tests.real.client import Client
from tests.real.instance import Instance
from tests.real.server import Server, serving

#: More than the installation takes, and little more.
ROOM = 2_000_000


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        pytest.param("person", 0, marks=pytest.mark.block("M", "07 disk full: database")),
        pytest.param("file", 60_000, marks=pytest.mark.block("M", "08 disk full: uploads")),
    ],
)
def test_a_full_disk_refuses_what_it_cannot_keep_and_loses_nothing(
    template: Instance, tmp_path, ledger, kind, size
):
    with small_disk(tmp_path / "disk", ROOM) as disk:
        instance = template.copy(disk.folder)
        # What it says goes elsewhere: it is not to be the first that finds no room.
        instance.folder = tmp_path
        work = Work(instance)
        cookie = instance.cookie(
            instance.cast.administrator if kind == "person" else instance.cast.contributor
        )
        with serving(instance, **disk.options) as server:
            client = Client(server.port, cookie).ready()
            for _ in itertools.takewhile(lambda n: n < 400, itertools.count()):
                deed, request = work.next(kind, size=size)
                answer = do(client, deed, request, ledger)
                if not answer.is_good:
                    break
            assert answer.status == 503, answer.status
            assert int(answer.headers["retry-after"]) > 0
            assert ledger.all_acknowledged(), "there never was any room"
            for page in ("/", "/evidence/", "/people"):
                assert client.get(page).status in (200, 403), page
            incoming = instance.settings.evidence_dir / "incoming"
            assert not incoming.exists() or list(incoming.iterdir()) == []
            client.close()
            server.kill()
        disk.grow()
        with serving(instance) as server:
            client = Client(server.port, cookie).ready()
            deed, request = work.next(kind, size=size)
            assert do(client, deed, request, ledger).is_good
            client.close()
            tried, done = ledger.all_tried(), ledger.all_acknowledged()
            assert invariants.all_of(instance, tried, done) == []
        assert invariants.commands_agree(instance) == []
        instance.close()


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
