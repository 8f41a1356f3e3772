"""Backups while somebody writes: a few in each run, thirty by `tests.backup.under_load`."""

from __future__ import annotations

import pytest

from tests.backup.under_load import faults_of, run
from tests.conftest import make_settings
from tests.programme import record


@pytest.mark.parametrize(("database", "count"), [("sqlite", 5), ("postgresql", 2)])
def test_every_backup_holds_all_that_was_acknowledged(request, tmp_path, database, count):
    url = None
    if database == "postgresql":
        url = request.getfixturevalue("postgresql").empty("under_load")
    tally = run(tmp_path, count, url)
    print(tally)
    assert tally.faults == []
    assert (tally.run, tally.good) == (count, count)
    assert tally.meanwhile > 0, "nothing was written while backups were made"
    for number in range(count):
        record("N", f"backup under load {database} {number + 1}")


def test_what_is_not_in_a_backup_would_be_noticed(kept, tmp_path):
    lost = ["person nobody@example.org", f"file {'0' * 64}"]
    assert faults_of(kept, make_settings(tmp_path / "back"), lost) == [
        f"acknowledged and lost: {line}" for line in lost
    ]
