"""Backups while another process writes: `python -m tests.backup.under_load --count 30`.

Each backup is restored. It is good if everything acknowledged before it began is in it with
its file, and the trail of what was restored holds with all its heads, rows and files.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import create_engine

from accredit import clock
from accredit.app import create_app
from accredit.backup.making import make_backup
from accredit.backup.restoring import restore
from accredit.config import Settings
from accredit.database import db, writing
from accredit.evidence.store import FileStore
from accredit.setup import upgrade_database
from accredit.trail.checking import check_all
from tests.backup.writer import settings_of
from tests.conftest import make_settings
from tests.databases import PostgresDatabases
from tests.people import make_cast

#: How long the writer may take for its first transactions, and for the next ones.
PATIENCE = 120.0


@dataclass
class Tally:
    """What became of the backups that were planned."""

    planned: int
    run: int = 0
    good: int = 0
    #: Transactions acknowledged while backups were being made.
    meanwhile: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"backups under write load: planned {self.planned}, run {self.run}, "
            f"good {self.good} ({self.meanwhile} transactions acknowledged meanwhile)"
        )


def run(folder: Path, count: int, database_url: str | None = None) -> Tally:
    """Make and restore `count` backups of an instance that is being written to."""
    url = database_url or f"sqlite:///{folder / 'instance' / 'accredit.sqlite3'}"
    settings = settings_of(folder / "instance", url)
    _prepare(settings)
    tally = Tally(count)
    with _writer(settings, folder / "ledger") as ledger:
        for number in range(count):
            _wait_for_more(ledger)
            before = _lines(ledger)
            target, back = folder / f"backup-{number}", folder / f"restored-{number}"
            make_backup(settings, target, at=clock.now())
            tally.meanwhile += len(_lines(ledger)) - len(before)
            tally.run += 1
            faults = faults_of(target, make_settings(back), before)
            tally.good += not faults
            tally.faults += [f"{target.name}: {fault}" for fault in faults]
            shutil.rmtree(target)
            shutil.rmtree(back)
    return tally


def _prepare(settings: Settings) -> None:
    with create_app(settings).app_context(), writing():
        upgrade_database()
        make_cast(db.session(), "no password opens this")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def faults_of(backup: Path, settings: Settings, acknowledged: list[str]) -> list[str]:
    """What a backup lacks of what was acknowledged, or what does not hold where it is restored."""
    restore(settings, backup, at=clock.now())
    engine = create_engine(settings.database_url)
    faults = [str(finding) for finding in check_all(engine, settings).findings]
    with engine.connect() as connection:
        people = set(connection.execute(sa.text("SELECT email FROM person")).scalars())
        files = set(connection.execute(sa.text("SELECT sha256 FROM evidence_version")).scalars())
    engine.dispose()
    store = FileStore(settings.evidence_dir)
    for line in acknowledged:
        kind, _, key = line.partition(" ")
        there = key in people if kind == "person" else key in files and store.has(key)
        if not there:
            faults.append(f"acknowledged and lost: {line}")
    return faults


@contextmanager
def _writer(settings: Settings, ledger: Path) -> Iterator[Path]:
    ledger.touch()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.backup.writer",
            str(settings.data_dir),
            settings.database_url,
            str(ledger),
        ]
    )
    try:
        yield ledger
        if process.poll() is not None:
            raise RuntimeError(f"the writer ended by itself: {process.returncode}")
    finally:
        process.kill()
        process.wait()


def _lines(ledger: Path) -> list[str]:
    """Whole lines only: the last one may be half written."""
    return ledger.read_text("ascii").rpartition("\n")[0].splitlines()


def _wait_for_more(ledger: Path, some: int = 25) -> None:
    """Until the writer has written more: a backup of what stands still shows nothing."""
    start, end = len(_lines(ledger)), time.monotonic() + PATIENCE
    while len(_lines(ledger)) < start + some:
        if time.monotonic() > end:
            raise TimeoutError("the writer does not write")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--postgresql", action="store_true", help="of an instance on PostgreSQL")
    chosen = parser.parse_args()
    server = PostgresDatabases() if chosen.postgresql else None
    try:
        with tempfile.TemporaryDirectory() as folder:
            url = server.empty("under_load") if server else None
            tally = run(Path(folder), chosen.count, url)
    finally:
        if server:
            server.close()
    for fault in tally.faults:
        print(fault)
    print(tally)
    return 0 if tally.good == tally.planned else 1


if __name__ == "__main__":
    sys.exit(main())
