"""The power fails: whatever part of the last changes the disk kept, what was told is there.

A change is told once its log is on the disk (`synchronous=FULL`); of one that was still being
written, a disk may keep the beginning, and blocks that are nothing or nonsense.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.faults import invariants
from tests.faults.deeds import do
from tests.faults.ledger import Ledger
from tests.faults.test_writes import Visitor
from tests.real.instance import Instance

CUTS = 8
DATABASE, LOG = "accredit.sqlite3", "accredit.sqlite3-wal"
#: What a disk writes at once.
BLOCK = 512


@pytest.mark.block("M", "06 power loss")
@pytest.mark.parametrize("kind", ["person", "certificate"])
def test_what_a_disk_forgot_is_only_what_nobody_was_told(
    template: Instance, tmp_path, ledger: Ledger, instance, work, kind
):
    with instance.looking() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2
    told, request = work.next("score")
    assert do(Visitor(instance, request.who), told, request, ledger).is_good
    untold, request = work.next(kind)
    visitor = Visitor(instance, request.who)
    before = kept(instance, tmp_path / "before")
    assert do(visitor, untold, request, ledger).is_good
    after = kept(instance, tmp_path / "after")
    log, whole = (before / LOG).read_bytes(), (after / LOG).read_bytes()
    assert (before / DATABASE).read_bytes() == (after / DATABASE).read_bytes()
    assert whole.startswith(log)
    assert len(whole) > len(log) + BLOCK
    found: Counter[bool] = Counter()
    for number, remains in enumerate(forgotten(log, whole, random.Random(kind))):
        again = Instance(tmp_path / f"cut-{number}", instance.cast)
        shutil.copytree(before, again.settings.data_dir)
        (again.settings.data_dir / LOG).write_bytes(remains)
        # Its files were on the disk, under their names, before the first row spoke of them.
        shutil.copytree(after / "evidence", again.settings.evidence_dir, dirs_exist_ok=True)
        assert invariants.all_of(again, [told, untold], [told]) == [], number
        found[all(invariants.parts_of(again, untold).values())] += 1
        again.close()
        shutil.rmtree(again.folder)
    # The whole log holds the change, and nothing of it does not: both were seen.
    assert found[True] > 0
    assert found[False] >= CUTS


def kept(instance: Instance, folder: Path) -> Path:
    """What is on the disk now, while the installation is at work."""
    ignored = shutil.ignore_patterns("*-shm")
    return Path(shutil.copytree(instance.settings.data_dir, folder, ignore=ignored))


def forgotten(log: bytes, whole: bytes, chance: random.Random) -> list[bytes]:
    """The log with nothing, all or some of what came to it last."""
    found = [log, whole]
    for _ in range(CUTS):
        cut = chance.randrange(len(log), len(whole))
        found.append(whole[:cut])
        start = chance.randrange(len(log), len(whole) - BLOCK)
        nonsense = chance.choice([bytes(BLOCK), chance.randbytes(BLOCK)])
        found.append(whole[:start] + nonsense + whole[start + BLOCK :])
    return found
