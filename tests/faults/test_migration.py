"""Preparing the database is broken off, and done again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.faults import invariants
from tests.real.instance import Instance


@pytest.mark.block("M", "24 kill during migration")
def test_a_preparation_that_was_killed_is_done_by_the_next(template, tmp_path):
    instance = Instance(tmp_path)
    path = instance.settings.data_dir / "accredit.sqlite3"
    cut = 0
    for moment in (0.0, 0.1, 0.3):
        process = subprocess.Popen(
            [sys.executable, "-m", "accredit", "init"],
            env=instance.process_environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and not path.exists():
            time.sleep(0.002)
        time.sleep(moment)
        process.kill()
        cut += process.wait() == -9
    assert cut > 0, "it was always done before"
    done = instance.command("init")
    assert done.returncode == 0, done.stderr
    assert invariants.database_is_sound(instance) == []
    assert invariants.commands_agree(instance) == []
    assert _shape(instance) == _shape(template)


def _shape(instance: Instance) -> list[tuple[str, list[str]]]:
    """What is in the database, in any order: that of constraints is left to chance."""
    with closing(sqlite3.connect(instance.settings.data_dir / "accredit.sqlite3")) as connection:
        rows = connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return sorted(
        (name, sorted(line.strip().rstrip(",") for line in sql.splitlines())) for name, sql in rows
    )
