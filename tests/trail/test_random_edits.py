"""Single cells of all tables, changed at random: every one is named.

A few in every run, each time the same; five hundred others by command:
`TRAIL_EDITS=500 python -m pytest tests/trail/test_random_edits.py`.
"""

from __future__ import annotations

import os
from random import SystemRandom

from accredit.audit.rows import EXEMPT_COLUMNS, EXEMPT_TABLES
from accredit.database import Base
from tests.programme import record
from tests.trail.edits import edit_and_check

#: In every run, and as the programme counts them.
FEW = 60


def test_every_cell_that_was_changed_is_named(copy):
    count = int(os.environ.get("TRAIL_EDITS", FEW))
    seed = 2026 if count == FEW else SystemRandom().randrange(10**9)
    tables = set()
    for number, (edit, named) in enumerate(edit_and_check(copy, count, seed), start=1):
        assert named, f"seed {seed}: {edit}"
        if number <= FEW:
            record("J", f"edit {number:02}")
        tables.add(edit.table)
    assert len(tables) >= min(count / 4, 15)
    report = copy.check(files=False)
    assert {item.kind.value for item in report.findings} <= {"trigger_missing"}


def test_what_no_event_binds_is_a_short_reviewed_list():
    """The event table is bound by the chain, and the revision compared with the release."""
    own = {"event", "alembic_version"}
    columns = [
        (table, column.name)
        for table in EXEMPT_TABLES
        if table not in own and table in Base.metadata.tables
        for column in Base.metadata.tables[table].columns
    ]
    assert len([*columns, *EXEMPT_COLUMNS]) <= 20
    assert all(reason for reason in EXEMPT_TABLES.values())
