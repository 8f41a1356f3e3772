"""What is checked before a server starts: quick, since the server itself is not loaded yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from accredit.config import LOOPBACK, Mode, Settings, newest_revision, refuse_debug

NOT_PREPARED = "The database is not prepared. Run: accredit init"
#: The folder in which a restoring prepares everything; it is gone once all is in its place.
RESTORING = ".restoring"


class SetupError(Exception):
    """The installation is not in a state in which the command can go on."""


def refuse_unsafe_start(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raise `SettingsError` or `SetupError` where no server may start, whichever it is."""
    refuse_debug(environ, settings.mode)
    refuse_half_restored(settings)
    refuse_open_files(settings)
    refuse_unchecked_line(settings, environ)
    refuse_unwritable(settings)
    refuse_demo_accounts(settings)


def refuse_half_restored(settings: Settings) -> None:
    """Raise `SetupError` where a restoring was broken off: nobody may work on half of it."""
    if (settings.data_dir / RESTORING).exists():
        raise SetupError(
            "A restoring did not finish, so this is not a whole instance. Wait if it still runs; "
            "if it was broken off, run again: accredit restore DIR --replace"
        )


def make_data_folder(settings: Settings) -> None:
    """Make the data folder for nobody else on this machine; `SetupError` where that cannot be."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"ACCREDIT_DATA_DIR: {settings.data_dir}: {error.strerror}") from error


def refuse_open_files(settings: Settings) -> None:
    """Raise `SetupError` where production would work on files that anybody on the machine reads."""
    if settings.mode is not Mode.PRODUCTION or os.name != "posix":
        return
    file = make_url(settings.database_url).database
    if not settings.database_url.startswith("sqlite") or not file:
        return
    path = Path(file).resolve()
    if path.exists() and _is_open(path):
        raise SetupError(
            f"Everybody on this machine can read {path}, and so every score and name in it. "
            f"Close its folder to others: chmod o-rwx {path.parent}"
        )


def refuse_unchecked_line(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raise `SetupError` where production would reach PostgreSQL elsewhere by who knows which line.

    Where nothing is said, the driver goes on without TLS if the server offers none, and asks no
    server for its certificate. Whoever protects the line in another way has to say so.
    """
    address = make_url(settings.database_url)
    if settings.mode is not Mode.PRODUCTION or address.get_backend_name() != "postgresql":
        return
    asked = address.query
    hosts = asked.get("host") or address.host or environ.get("PGHOST") or ""
    names = [
        name.strip().rpartition(":")[0] if name.count(":") == 1 else name.strip()
        for name in (hosts if isinstance(hosts, tuple) else hosts.split(","))
    ]
    # A path is a socket of this machine, and so is no name at all.
    if all(name in LOOPBACK or name.startswith("/") or not name for name in names):
        return
    if (asked.get("sslmode") or environ.get("PGSSLMODE")) in ("verify-full", "disable"):
        return
    raise SetupError(
        "DATABASE_URL leads to PostgreSQL on another machine, and does not say that its "
        "certificate is checked. Add ?sslmode=verify-full&sslrootcert=FILE; or "
        "?sslmode=disable, if the line is protected in another way."
    )


def _is_open(path: Path) -> bool:
    """Whether others may read or write it, and enter every folder on the way to it."""
    if not path.stat().st_mode & 0o006:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


def _refuse_other_release(connection: Connection) -> None:
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found == newest_revision():
        return
    if found is not None and found > newest_revision():
        raise SetupError(f"The database is of a newer release ({found}). Install that release.")
    raise SetupError(f"The database is of an earlier release ({found}). Run: accredit init")


def refuse_unwritable(settings: Settings) -> None:
    """Raise `SetupError` where something that serving writes to cannot be written to."""
    places = {
        "The data folder (ACCREDIT_DATA_DIR)": settings.data_dir,
        "The folder of the trail's heads (ACCREDIT_TRAIL_HEADS)": settings.heads_file.parent,
        "The file of the trail's heads (ACCREDIT_TRAIL_HEADS)": settings.heads_file,
    }
    if settings.bucket is None:
        places["The folder of stored files"] = settings.evidence_dir
    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and address.database:
        places["The database file (DATABASE_URL)"] = Path(address.database)
    for role, place in places.items():
        # What is not there yet is made in the folder above it.
        there = next(path for path in (place, *place.absolute().parents) if path.exists())
        needed = os.W_OK | os.X_OK if there.is_dir() else os.W_OK
        if not os.access(there, needed):
            raise SetupError(f"{role} cannot be written to: {place}")


def refuse_demo_accounts(settings: Settings) -> None:
    """Raise `SetupError` where production would start on a missing or a demonstration database."""
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("person"):
                raise SetupError(NOT_PREPARED)
            _refuse_other_release(connection)
            demo = connection.execute(text("SELECT count(*) FROM person WHERE is_demo")).scalar()
    except OperationalError as error:
        raise SetupError(f"The database cannot be opened ({error.orig}). {NOT_PREPARED}") from error
    finally:
        engine.dispose()
    if settings.mode is Mode.PRODUCTION and demo:
        raise SetupError(
            f"The database holds {demo} demonstration accounts, whose passwords are public. "
            "Use another database, or set ACCREDIT_MODE=demo for a demonstration."
        )
