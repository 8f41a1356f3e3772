"""`accredit evidence check`: nothing lost, nothing altered, nothing left over."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import time

import pytest

from accredit.evidence.bucket import BucketStore
from accredit.evidence.keeping import check_store
from tests.evidence.conftest import pdf


@pytest.fixture
def command(world, app):
    def run(*arguments: str):
        done = subprocess.run(
            [sys.executable, "-m", "accredit", "evidence", "check", *arguments, "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "ACCREDIT_MODE": "test",
                "ACCREDIT_DATA_DIR": str(world.settings.data_dir),
                "DATABASE_URL": world.settings.database_url,
            },
        )
        return done.returncode, json.loads(done.stdout)

    return run


def digest(number: int) -> str:
    return hashlib.sha256(pdf(number)).hexdigest()


def make_old(path):
    past = time.time() - 7200
    os.utime(path, (past, past))


def test_a_whole_store_is_good(put, command):
    put("a.pdf", pdf(1))
    put("b.pdf", pdf(2))
    status, said = command()
    assert (status, said["records"], said["good"]) == (0, 2, True)


@pytest.mark.block("M", "19 bit rot")
def test_it_names_what_is_lost_what_is_altered_and_what_is_left_over(put, store, command):
    put("a.pdf", pdf(1))
    put("b.pdf", pdf(2))
    store.path(digest(1)).unlink()
    store.path(digest(2)).chmod(0o600)
    store.path(digest(2)).write_bytes(pdf(2)[:-1] + b" ")
    orphan = store.put(io.BytesIO(pdf(3)), limit=10_000)
    make_old(store.path(orphan.sha256))
    half = store.root / "incoming" / "tmp123"
    half.write_bytes(b"%PDF")
    make_old(half)
    status, said = command()
    assert status == 1
    assert said["missing"] == [digest(1)]
    assert said["altered"] == [digest(2)]
    assert said["left_over"] == [f"{digest(3)[:2]}/{digest(3)[2:]}", "incoming/tmp123"] or (
        sorted(said["left_over"]) == sorted([f"{digest(3)[:2]}/{digest(3)[2:]}", "incoming/tmp123"])
    )


def test_what_is_young_may_still_get_its_record(store, put, command):
    put("a.pdf", pdf(1))
    store.put(io.BytesIO(pdf(3)), limit=10_000)
    status, said = command()
    assert (status, len(said["young"]), said["left_over"]) == (0, 1, [])
    assert command("--grace", "0")[0] == 1


def test_a_sweep_takes_out_what_is_left_over_and_nothing_else(store, put, command):
    put("a.pdf", pdf(1))
    orphan = store.put(io.BytesIO(pdf(3)), limit=10_000)
    make_old(store.path(orphan.sha256))
    status, said = command("--sweep")
    assert (status, len(said["swept"])) == (0, 1)
    assert store.has(digest(1))
    assert not store.has(digest(3))
    assert command()[0] == 0


def test_a_bucket_is_checked_alike(bucket):
    from datetime import timedelta

    from accredit import clock

    store = BucketStore(bucket)
    kept = store.put(io.BytesIO(pdf(11)), limit=10_000)
    left = store.put(io.BytesIO(pdf(12)), limit=10_000)
    others = [item.sha256 for item in store.everything() if item.sha256 != left.sha256]
    at = clock.now() + timedelta(minutes=5)
    found = check_store(store, [*others, "0" * 64], at=at, grace=timedelta(minutes=1), sweep=True)
    assert found.missing == ["0" * 64]
    assert len(found.swept) == 1
    assert store.has(kept.sha256)
    assert not store.has(left.sha256)
