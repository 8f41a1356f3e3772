"""The story told once for all tests, in a database and a store of its own; they only read it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.app import create_app
from accredit.config import Mode, Settings
from accredit.database import db, writing
from accredit.demo import programme
from accredit.identity.models import Person
from tests.conftest import Browser, make_settings
from tests.people import open_session


@dataclass(frozen=True)
class Told:
    """The application in which the story was told, and what was said meanwhile."""

    app: Flask
    settings: Settings
    said: tuple[str, ...]


def story_in(folder: Path) -> Flask:
    """The application over a folder in which the story is told, or will be."""
    app = create_app(make_settings(folder, mode=Mode.DEMO))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def tell(folder: Path) -> None:
    """Tell the story in a folder of its own, and keep beside it what was said meanwhile."""
    from accredit.setup import upgrade_database

    data = folder / "data"
    data.mkdir()
    app = story_in(data)
    said: list[str] = []
    with app.app_context(), writing():
        upgrade_database()
        assert programme.load(app.config["SETTINGS"], said.append)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.fixture(scope="session")
def told_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the story was told for all processes of this run; users copy it.

    Telling takes longest of all that tests prepare: whichever process is first does it, and the
    others wait for it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "story"
    with (shared / "story.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        # Whoever failed half-way wrote no `said.json`: it is told anew.
        if not (folder / "said.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            tell(folder)
    return folder


@pytest.fixture(scope="session")
def told(told_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    data = tmp_path_factory.mktemp("told") / "data"
    shutil.copytree(told_folder / "data", data)
    app = story_in(data)
    said = json.loads((told_folder / "said.json").read_text(encoding="utf-8"))
    yield Told(app, app.config["SETTINGS"], tuple(said))
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def reading(told: Told) -> Callable[[], AbstractContextManager[Session]]:
    """`with reading() as session:` looks at the story; nothing is kept of what it changes."""

    @contextmanager
    def run() -> Iterator[Session]:
        with told.app.app_context():
            try:
                yield db.session()
            finally:
                # What was read stays readable; what was changed is forgotten.
                db.session.expunge_all()
                db.session.remove()

    return run


@pytest.fixture
def visit(told: Told) -> Callable[..., Browser]:
    """`visit("khalid", "ar")`: a browser signed in as somebody of the story."""

    tokens: dict[str, str] = {}

    def make(key: str, language: str = "en") -> Browser:
        if key not in tokens:
            with told.app.app_context(), writing():
                session = db.session()
                person = session.scalar(select(Person.id).where(Person.email.startswith(f"{key}@")))
                tokens[key] = open_session(session, person)
                session.commit()
                db.session.remove()
        client = told.app.test_client()
        with client.session_transaction() as cookies:
            cookies["_user_id"] = tokens[key]
        return Browser(client, language)

    return make
