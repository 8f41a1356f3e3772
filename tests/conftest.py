"""A database per test, copied from one that was migrated and peopled once per process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accredit.app import create_app
from accredit.config import DEMO_SECRET, Mode, Settings
from accredit.database import db, writing
from accredit.trail.noting import Notes
from tests.databases import Databases, open_databases
from tests.people import PASSWORD, Actor, Cast, make_cast
from tests.programme import (  # noqa: F401 - the hooks that count the attack and fault programme
    pytest_runtest_protocol,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from tests.traces import watch

# A property that holds is not less true on a busy machine.
hypothesis.settings.register_profile("accredit", deadline=None)
hypothesis.settings.load_profile("accredit")


@dataclass(frozen=True)
class World:
    """The application, its files, and the people in it."""

    app: Flask
    settings: Settings
    databases: Databases
    cast: Cast


def make_settings(folder: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "mode": Mode.TEST,
        "secret_key": DEMO_SECRET,
        "password_salt": "tests",
        "data_dir": folder,
        "database_url": f"sqlite:///{folder / 'test.sqlite3'}",
        "base_url": "http://localhost",
        "time_zone": ZoneInfo("Asia/Riyadh"),
        "secure_cookies": False,
        # Tests travel in time; sessions that run out have tests of their own.
        "session_idle": timedelta(days=36_500),
        "session_length": timedelta(days=36_500),
    }
    return Settings(**{**values, **changes})


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the application of this process has its files."""
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="session")
def databases(world_folder: Path) -> Iterator[Databases]:
    """Where this run has its databases."""
    databases = open_databases(world_folder)
    yield databases
    databases.close()


@pytest.fixture
def no_tables(databases: Databases, tmp_path: Path) -> str:
    """The address of a database without any table, for a program that opens its own."""
    return databases.new(tmp_path)


@pytest.fixture(scope="session")
def world(databases: Databases, world_folder: Path) -> Iterator[World]:
    """One application for the whole process; `app` gives each test a fresh database."""
    from flask_security.utils import hash_password

    from accredit.setup import upgrade_database

    settings = make_settings(world_folder, database_url=databases.url)
    app = create_app(settings)
    watch(app)
    with app.app_context(), writing():
        upgrade_database()
        cast = make_cast(db.session(), hash_password(PASSWORD))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    databases.keep()
    shutil.copytree(world_folder / "trail", world_folder / "template-trail")
    yield World(app, settings, databases, cast)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(world: World) -> Flask:
    """The application with a fresh database and an empty evidence store."""
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    world.databases.renew()
    shutil.rmtree(world.settings.evidence_dir, ignore_errors=True)
    shutil.rmtree(world.settings.arriving_dir, ignore_errors=True)
    trail = world.settings.data_dir / "trail"
    shutil.rmtree(trail, ignore_errors=True)
    shutil.copytree(world.settings.data_dir / "template-trail", trail)
    world.app.extensions["recent_requests"].forget()
    # Whoever took a file away in the test before would else leave no trace of taking it again.
    world.app.extensions["trail"] = Notes()
    return world.app


@pytest.fixture
def cast(app: Flask, world: World) -> Cast:
    """The people of the fresh database."""
    return world.cast


@pytest.fixture
def arrange(app: Flask) -> Callable[[], Any]:
    """`with arrange() as session:` changes the database directly and commits.

    The application's context is open only inside: requests of the test client get their own.
    """

    @contextmanager
    def run() -> Iterator[Session]:
        with app.app_context(), writing():
            try:
                yield db.session()
                db.session.commit()
            finally:
                db.session.remove()

    return run


class Page:
    """An answer, parsed: what a person sees and can do there."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.get_data()
        # Files are streamed: what was opened for this answer is closed with it.
        response.close()
        self.tree = None
        if response.mimetype == "text/html" and self.body:
            self.tree = lxml_html.fromstring(self.body.decode())
            # Wherever a form is refused, its errors lead to where they can be put right.
            assert self.errors_that_lead_nowhere() == [], response.request.path

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def text(self) -> str:
        """All visible text with white space folded."""
        assert self.tree is not None, "this answer is no page"
        unseen = "ancestor::script or ancestor::style or ancestor::template"
        parts = self.tree.xpath(f"//body//text()[not({unseen})]")
        return " ".join(" ".join(parts).split())

    @property
    def title(self) -> str:
        assert self.tree is not None, "this answer is no page"
        return " ".join(self.tree.xpath("string(//title)").split())

    @property
    def lang(self) -> tuple[str, str]:
        """Language and direction of the page."""
        assert self.tree is not None, "this answer is no page"
        return self.tree.get("lang"), self.tree.get("dir")

    def links(self) -> list[str]:
        assert self.tree is not None, "this answer is no page"
        # What stands in a template is on no page until a script puts it there.
        return [str(href) for href in self.tree.xpath("//a[not(ancestor::template)]/@href")]

    def has_field(self, name: str) -> bool:
        assert self.tree is not None, "this answer is no page"
        return bool(self.tree.xpath(f"//*[@name='{name}']"))

    def values(self, action_part: str = "") -> dict[str, str]:
        """What the form (whose action contains `action_part`) would send untouched."""
        assert self.tree is not None, "this answer is no page"
        for form in self.tree.xpath("//main//form"):
            if action_part in (form.get("action") or ""):
                return dict(form.form_values())
        raise AssertionError(f"no form for {action_part!r} on this page")

    def errors_that_lead_nowhere(self) -> list[str]:
        """The links of error summaries to what is not on the page."""
        assert self.tree is not None, "this answer is no page"
        targets = self.tree.xpath("//*[contains(@class, 'error-summary')]//a/@href")
        there = {f"#{one}" for one in self.tree.xpath("//@id")} if targets else set()
        return [str(target) for target in targets if target not in there]

    def error_texts(self) -> str:
        """The text of the error summary and of the errors beside fields."""
        assert self.tree is not None, "this answer is no page"
        nodes = self.tree.xpath("//*[@role='alert' or contains(@class, 'error')]")
        return " ".join(" ".join(node.itertext()) for node in nodes)


class Browser:
    """A test client that acts as one person in one language and parses every page."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.client.set_cookie("language", language)

    def get(self, url: str, **options: Any) -> Page:
        return Page(self.client.get(url, **options))

    def post(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send a form; the page token comes from the session as a real page would give it."""
        return Page(self.client.post(url, data={**(data or {})}, **options))


@pytest.fixture
def browse(app: Flask) -> Callable[..., Browser]:
    """`browse(cast.leader, "ar")`: a browser signed in as that person (None: signed out).

    Form tokens are off here, so that a test posts just what it is about; a test of its own
    shows that every form needs one.
    """
    app.config["WTF_CSRF_ENABLED"] = False

    def make(actor: Actor | None = None, language: str = "en") -> Browser:
        client = app.test_client()
        if actor is not None:
            with client.session_transaction() as session:
                session["_user_id"] = actor.session_id
        return Browser(client, language)

    return make


@pytest.fixture
def guarded(app: Flask, browse: Callable[..., Browser]) -> Iterator[Callable[..., Browser]]:
    """`browse`, with the form tokens on as in production."""

    def make(*arguments: Any) -> Browser:
        browser = browse(*arguments)
        app.config["WTF_CSRF_ENABLED"] = True
        return browser

    yield make
    app.config["WTF_CSRF_ENABLED"] = False
