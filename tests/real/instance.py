"""An installation in a folder of its own, prepared as `accredit init` does, with the cast in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from accredit import clock
from accredit.app import create_app
from accredit.config import Settings, load_settings
from accredit.database import db, writing
from accredit.evidence.bucket import store_for
from accredit.identity.service import record
from accredit.identity.sessions import begin
from accredit.setup import upgrade_database
from tests.assessments import publish_small
from tests.people import Actor, Cast, make_cast
from tests.real.work import keep_file

ROOT = Path(__file__).parents[2]
#: Of no installation but these.
SECRET = "7 quails, 3 foxes and 1 very sleepy heron: a secret of tests"


class Instance:
    """Its settings are those of production, read from an environment as a server reads them."""

    def __init__(self, folder: Path, cast: Cast | None = None, **environ: str) -> None:
        self.folder = folder
        self.environ = {
            "ACCREDIT_MODE": "production",
            "ACCREDIT_SECRET_KEY": SECRET,
            "ACCREDIT_PASSWORD_SALT": "only the salt of tests, and of nothing else",
            "ACCREDIT_DATA_DIR": str(folder / "data"),
            "ACCREDIT_TIME_ZONE": "Asia/Riyadh",
            # Programs work faster than people: their limits have tests of their own.
            "ACCREDIT_LIMIT_FACTOR": "100000",
            "ACCREDIT_SESSION_IDLE_MINUTES": "1440",
            "ACCREDIT_SESSION_HOURS": "168",
            **environ,
        }
        self._app: Flask | None = None
        self._cast = cast

    @property
    def settings(self) -> Settings:
        return load_settings(self.environ)

    @property
    def app(self) -> Flask:
        """The application in this process, to arrange and to look; requests go to a server."""
        if self._app is None:
            self._app = create_app(self.settings)
        return self._app

    @property
    def cast(self) -> Cast:
        assert self._cast is not None, "nothing is prepared yet"
        return self._cast

    def prepare(self, also: Callable[[Session, Cast], None] | None = None) -> Cast:
        """Make the tables, the cast and their standard, and what a test needs besides."""
        with self.app.app_context(), writing():
            upgrade_database()
            # Nobody signs in by a password here, so none has to be hashed.
            self._cast = make_cast(db.session(), "no password opens this")
            publish_small(db.session())
            if also is not None:
                also(db.session(), self._cast)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        keep_file(store_for(self.settings))
        return self.cast

    def copy(self, folder: Path, **environ: str) -> Instance:
        """The same installation in another folder; its server must not run."""
        shutil.copytree(self.folder / "data", folder / "data")
        return Instance(folder, self.cast, **environ)

    @contextmanager
    def arranging(self) -> Iterator[Session]:
        """Change the database beside the server, in one transaction."""
        with self.app.app_context(), writing():
            try:
                yield db.session()
                db.session.commit()
            finally:
                db.session.remove()

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """Read the database as it is now."""
        with self.app.app_context():
            try:
                yield db.session()
            finally:
                db.session.remove()

    def close(self) -> None:
        """Keep nothing of the database open in this process."""
        if self._app is not None:
            with self._app.app_context():
                db.engine.dispose()

    def cookie(self, person: Actor) -> str:
        """The cookie of a new session of the person, as signing in gives it."""
        at = clock.now()
        with self.arranging() as session:
            token = begin(session, person.id, confirmed=True, address=None, agent="tests", at=at)
            record(session, "person.signed_in", person.id, None, person.id, at)
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return f"session={signer.dumps({'_user_id': token})}; language=en"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `accredit …` as whoever looks after the installation does."""
        return subprocess.run(
            [sys.executable, "-m", "accredit", *words],
            env=self.process_environ(),
            capture_output=True,
            text=True,
            timeout=300,
        )

    def process_environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a process that works in this installation."""
        kept = {name: value for name, value in os.environ.items() if name[:9] != "ACCREDIT_"}
        kept.pop("DATABASE_URL", None)
        path = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
        return {**kept, "PYTHONPATH": path, **self.environ, **(more or {})}
