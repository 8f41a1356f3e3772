"""A process that works in an instance and writes down what was acknowledged.

`python -m tests.backup.writer FOLDER DATABASE_URL LEDGER`: people are made and files stored,
each in a transaction of its own, until nobody reads its output any more.
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

from accredit import clock
from accredit.app import create_app
from accredit.config import Settings
from accredit.database import db, writing
from accredit.evidence.domain import Details, Upload
from accredit.evidence.store import FileStore
from accredit.evidence.uploading import add_evidence
from accredit.identity import service
from accredit.identity.models import Department, Person
from accredit.text import Bilingual
from tests.conftest import make_settings

#: It ends by itself, should whoever started it be gone.
LONGEST = 3600
FILE_EVERY = 50
#: A department may store only so many files a day.
DEPARTMENTS = 3


def settings_of(folder: Path, database_url: str) -> Settings:
    """The instance under load; every transaction writes a head of the trail."""
    return make_settings(folder, database_url=database_url, trail_minutes=0)


def work(folder: Path, database_url: str, ledger: Path) -> None:
    settings = settings_of(folder, database_url)
    app = create_app(settings)
    end = time.monotonic() + LONGEST
    number = 0
    with ledger.open("a", encoding="ascii", buffering=1) as acknowledged:
        while time.monotonic() < end:
            number += 1
            with app.app_context(), writing():
                session = db.session()
                if number % FILE_EVERY:
                    said = f"person {_make_person(session, number)}"
                else:
                    said = f"file {_store_file(session, settings, number)}"
                session.commit()
                db.session.remove()
            acknowledged.write(f"{said}\n")


def _make_person(session, number: int) -> str:
    email = f"load-{number}@example.org"
    name = Bilingual(f"Person {number}", f"شخص {number}")
    service.create_person(session, email=email, name=name, language="ar", by=None, at=clock.now())
    return email


def _store_file(session, settings: Settings, number: int) -> str:
    place = session.get_one(Department, 1 + number // FILE_EVERY % DEPARTMENTS)
    by = session.get_one(Person, 1)
    content = f"evidence number {number}\n".encode() * 2_000
    (evidence,) = add_evidence(
        session,
        FileStore(settings.evidence_dir),
        place,
        [Upload(f"{number}.txt", io.BytesIO(content))],
        details=Details(),
        limit=1_000_000,
        by=by.id,
        at=clock.now(),
    )
    return evidence.versions[-1].sha256


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
