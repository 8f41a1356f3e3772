"""The story told once for all tests, in a database and a store of its own; they only read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

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


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    from accredit.setup import upgrade_database

    settings = make_settings(tmp_path_factory.mktemp("told"), mode=Mode.DEMO)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    said: list[str] = []
    with app.app_context(), writing():
        upgrade_database()
        assert programme.load(settings, said.append)
        db.session.commit()
        db.session.remove()
    yield Told(app, settings, tuple(said))
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
