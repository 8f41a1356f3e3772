"""The lived instance, its backup, and a PostgreSQL server of these tests' own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import create_engine

from accredit.backup.making import make_backup
from accredit.backup.manifest import TableEntry
from accredit.backup.restoring import Restored
from accredit.backup.tables import sums
from accredit.config import Settings
from tests.conftest import make_settings
from tests.databases import PostgresDatabases
from tests.trail.conftest import copy  # noqa: F401 - the lived instance, as a fixture
from tests.trail.lived import Copy

#: When backups are made and restored in tests: after everything that happened.
LATER = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)

_kept: dict[str, Path] = {}


@pytest.fixture
def lived(copy: Copy) -> Copy:  # noqa: F811 - the fixture, by its name
    """A private copy of an instance in which everything has happened at least once."""
    return copy


@pytest.fixture
def kept(lived: Copy, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private copy of a backup of the lived instance."""
    if "kept" not in _kept:
        folder = tmp_path_factory.mktemp("kept") / "backup"
        make_backup(lived.settings, folder, at=LATER)
        _kept["kept"] = folder
    target = tmp_path / "kept"
    shutil.copytree(_kept["kept"], target)
    return target


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    """The settings of an installation that has nothing yet."""
    return make_settings(tmp_path / "new")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresDatabases]:
    """A real server of PostgreSQL."""
    server = PostgresDatabases()
    yield server
    server.close()


def put_aside(settings: Settings, done: Restored) -> str:
    """The address of the database that was replaced."""
    assert done.aside is not None
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{done.aside / 'test.sqlite3'}"
    schema = done.aside.name.replace("-", "_")
    return url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(
        hide_password=False
    )


def tables_of(database_url: str) -> dict[str, TableEntry]:
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return sums(connection)
    finally:
        engine.dispose()


def ask(database_url: str, question: str) -> Any:
    """The first value of an answer."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return connection.execute(sa.text(question)).scalar()
    finally:
        engine.dispose()


def change(database_url: str, *statements: str) -> None:
    """Somebody changes rows with a program of their own."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
    finally:
        engine.dispose()
