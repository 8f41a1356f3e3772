"""A database in which everything has happened at least once, to be damaged by tests.

It is made once for each process. `Copy` is a private copy of it: the database, the signed
heads and the stored files, as somebody would hold them who took them all.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from accredit.audit import Subject, guards, record
from accredit.audit.chain import FIRST_HASH, event_hash
from accredit.audit.findings import Finding, Kind, Report
from accredit.audit.heads import HeadFile
from accredit.audit.rows import protected_tables
from accredit.config import Settings
from accredit.database import Base, UtcDateTime, db
from accredit.trail import checking
from tests.assessments import FILE
from tests.certificates import grant, store
from tests.conftest import World, make_settings
from tests.databases import PostgresDatabases
from tests.raw import Raw

#: After everything the story tells, and before now.
FILLED = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
_EACH = 2


#: The database of the server in which the copy of the lived one stands.
_NAME = "lived_copy"


@dataclass
class Copy:
    """A copy of the lived database with its heads and files; `url` is None on SQLite."""

    folder: Path
    url: str | None = None
    server: PostgresDatabases | None = None

    @property
    def settings(self) -> Settings:
        return make_settings(self.folder, database_url=self.database_url)

    @property
    def database(self) -> Path:
        """The file of an SQLite database."""
        return self.folder / "test.sqlite3"

    @property
    def database_url(self) -> str:
        return self.url or f"sqlite:///{self.database}"

    @property
    def heads(self) -> HeadFile:
        return checking.heads_of(self.settings)

    def check(self, *, files: bool = True, **options: Any) -> Report:
        engine = create_engine(self.database_url)
        try:
            return checking.check_all(engine, self.settings, files=files, **options)
        finally:
            engine.dispose()

    def opened(self) -> closing[Raw]:
        """The database as somebody else's program sees it."""
        return closing(Raw(self.database_url))

    @contextmanager
    def damaged(self, *, guarded: bool = False) -> Iterator[Raw]:
        """The database opened by somebody else's program; its triggers stand afterwards."""
        with closing(Raw(self.database_url)) as connection:
            if not guarded:
                connection.without_guards()
            yield connection
        if not guarded:
            self.restore_triggers()

    def restore_triggers(self) -> None:
        engine = create_engine(self.database_url)
        with engine.begin() as connection:
            guards.set_up(connection)
        engine.dispose()

    def last_event(self) -> int:
        with self.opened() as connection:
            return int(connection.execute("SELECT max(id) FROM event").fetchone()[0])

    def ruin(self, table: str = "score") -> None:
        """Let the database be one that cannot be read, as a broken disk leaves it."""
        if self.server is None:
            content = bytearray(self.database.read_bytes())
            content[100:4000] = b"\xff" * 3900
            self.database.write_bytes(content)
            return
        with self.opened() as connection:
            (path,) = connection.execute(
                "SELECT pg_relation_filepath(CAST(? AS text))", table
            ).fetchone()
            connection.execute("CHECKPOINT")
        (self.server.folder / path).unlink()

    def set_by(self, name: str) -> None:
        """Put a copy of the database by, as a backup of the database alone would."""
        if self.server is not None:
            self.server.duplicate(_NAME, name)
        else:
            _copy_file(self.database, self.folder / f"{name}.set-by")

    def bring_back(self, name: str) -> None:
        """Let what was put by take the place of the database."""
        if self.server is not None:
            self.server.duplicate(name, _NAME)
        else:
            shutil.copy(self.folder / f"{name}.set-by", self.database)


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def found(report: Report) -> set[tuple[str, Kind]]:
    """Which tables have findings of which kind."""
    return {(finding.table, finding.kind) for finding in report.findings}


def of(report: Report, table: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.table == table]


def live(world: World, arrange: Callable[[], Any], cast: Any) -> None:
    """Let everything happen once: the journey to a certificate, and a row of whatever is left."""
    with arrange() as session:
        files = store(world.settings)
        grant(session, cast, files)
        files.put(BytesIO(FILE), limit=1_000_000)
    with arrange() as session:
        # What is filled in is no story: the database would refuse some of it, and rightly.
        guards.take_down(session.connection())
        _fill(session, cast.administrator.id, world.settings)
        guards.set_up(session.connection())


def keep(world: World, folder: Path) -> Copy:
    """A copy of what the application's database, heads and files are now."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(world.databases, PostgresDatabases):
        with world.app.app_context():
            db.session.remove()
            db.engine.dispose()
        copy = Copy(folder, world.databases.duplicate("test", "lived"))
    else:
        copy = Copy(folder)
        _copy_file(world.settings.data_dir / "test.sqlite3", copy.database)
    for name in ("trail", "evidence"):
        shutil.copytree(world.settings.data_dir / name, folder / name, dirs_exist_ok=True)
    sign(copy)
    return copy


def copy_again(world: World, kept: Path, folder: Path) -> Copy:
    """Another copy of what was kept, which may be damaged."""
    shutil.copytree(kept, folder)
    if isinstance(world.databases, PostgresDatabases):
        return Copy(folder, world.databases.duplicate("lived", _NAME), world.databases)
    return Copy(folder)


def sign(copy: Copy) -> None:
    engine = create_engine(copy.database_url)
    checking.sign_head(engine, copy.settings)
    engine.dispose()


def rehash(connection: Raw, first: int = 1) -> None:
    """Write the chain anew from an event on, as somebody would who knows how it is made."""
    previous = FIRST_HASH
    for event in connection.rows("SELECT * FROM event ORDER BY id"):
        if event["id"] >= first:
            event["previous_hash"] = previous
            event["hash"] = event_hash(event)
            connection.execute(
                "UPDATE event SET previous_hash = ?, hash = ? WHERE id = ?",
                event["previous_hash"],
                event["hash"],
                event["id"],
            )
        previous = event["hash"]


def _fill(session: Session, person_id: int, settings: Settings) -> None:
    """Rows of every protected table that has fewer than two, made from its columns."""
    mappers = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}
    files = store(settings)
    for table in sa.util.ordered_column_set(Base.metadata.sorted_tables):
        if table not in protected_tables():
            continue
        there = session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for number in range(there, _EACH):
            values = {
                column.name: _value(session, column, number, files)
                for column in table.columns
                if not (column.primary_key and not column.foreign_keys and _counts(column))
            }
            names = {
                attribute.columns[0].name: attribute.key
                for attribute in sa.inspect(mappers[table.name]).column_attrs
            }
            session.add(mappers[table.name](**{names[key]: value for key, value in values.items()}))
            session.flush()
    subject = Subject("trail", "filled")
    record(session, "test.filled", subject, by=person_id, at=FILLED)


def _counts(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Integer)


def _value(session: Session, column: sa.Column[Any], number: int, files: Any) -> Any:
    for key in column.foreign_keys:
        # Two columns that name a person name two people: some pairs must not be one.
        alike = [one for one in column.table.columns if one.references(key.column)]
        offset = number + alike.index(column)
        used = sa.select(key.column).order_by(key.column).offset(offset).limit(1)
        return session.scalar(used) or session.scalar(sa.select(sa.func.max(key.column)))
    if column.name == "sha256":
        return files.put(BytesIO(f"{column.table.name} {number}".encode()), limit=1_000).sha256
    python_type = column.type.python_type
    if isinstance(column.type, UtcDateTime):
        return FILLED - timedelta(days=number)
    if python_type is date:
        return FILLED.date()
    if python_type is bytes:
        return f"نص {number}".encode()
    if python_type in (int, float, bool):
        return python_type(number + 1)
    length = getattr(column.type, "length", None) or 40
    return f"{number}-{column.table.name}-{column.name}"[:length]
