"""A backup of an earlier release is kept as it is, and brought up to date when it comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from accredit import clock
from accredit.backup.instances import create_tables
from accredit.backup.making import make_backup
from accredit.backup.restoring import restore
from accredit.config import newest_revision
from accredit.trail.checking import check_all
from tests.backup.conftest import LATER, ask, change
from tests.conftest import make_settings

EARLIER = "0004"


@pytest.mark.block("N", "a backup of an earlier release comes back in this one's shape")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_comes_back_in_the_shape_of_this_release(request, tmp_path, new, database):
    settings = make_settings(
        tmp_path / "old", database_url=f"sqlite:///{tmp_path / 'old' / 'accredit.sqlite3'}"
    )
    if database == "postgresql":
        url = request.getfixturevalue("postgresql").empty("earlier")
        settings = replace(settings, database_url=url)
    create_tables(settings, EARLIER)
    change(
        settings.database_url,
        "INSERT INTO organisation (id, code, name_en, name_ar, created_at, version) "
        "VALUES (7, 'NSA', 'Northern', 'خدمات الشمال', '2025-01-01 00:00:00.000000', 1)",
    )
    made = make_backup(settings, tmp_path / "backup", at=LATER)
    assert (made.schema, made.tables["organisation"].rows) == (EARLIER, 1)
    restore(new, tmp_path / "backup", at=clock.now())
    asked = "SELECT name_ar FROM organisation WHERE id = 7"
    assert ask(new.database_url, asked) == "خدمات الشمال"
    assert ask(new.database_url, "SELECT version_num FROM alembic_version") == newest_revision()
    engine = create_engine(new.database_url)
    assert check_all(engine, new).findings == []
    engine.dispose()
