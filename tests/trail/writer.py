"""A process that writes while others look: `python -m tests.trail.writer FOLDER URL TIMES`."""

from __future__ import annotations

import sys
from pathlib import Path

from accredit.app import create_app
from accredit.audit import Subject, record
from accredit.database import db, writing
from accredit.identity.models import Person
from tests.conftest import make_settings
from tests.people import START


def write(folder: Path, url: str, times: int) -> None:
    """Change a person's language again and again, each time with its event."""
    app = create_app(make_settings(folder, database_url=url))
    for number in range(times):
        with app.app_context(), writing():
            session = db.session()
            person = session.get_one(Person, 1 + number % 5)
            person.language = "en" if person.language == "ar" else "ar"
            record(session, "robot.danced", Subject("robot", "1"), by=None, at=START)
            session.commit()
            db.session.remove()


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
