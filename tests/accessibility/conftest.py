"""A stage of its own: the told story once more, with what no link leads to prepared on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from accredit.app import create_app
from accredit.config import Mode, Smtp
from accredit.database import db
from accredit.web import fonts
from tests.accessibility.places import Place, Visitors, places
from tests.browser.conftest import chromium  # noqa: F401 - a fixture, used by its name
from tests.conftest import make_settings
from tests.demo.conftest import told_folder  # noqa: F401 - a fixture, used by its name


def stage(folder: Path) -> Flask:
    """The application over a folder in which the story was told."""
    settings = make_settings(folder, mode=Mode.DEMO)
    app = create_app(settings)
    # There are pages for those who can get mail; no server is started that would send any.
    smtp = Smtp("127.0.0.1", 25, "accredit@example.org", security="none")
    app.config["SETTINGS"] = replace(settings, smtp=smtp)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture(scope="session")
def visitors(
    told_folder: Path,  # noqa: F811 - as above
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Visitors]:
    folder = tmp_path_factory.mktemp("stage") / "data"
    shutil.copytree(told_folder / "data", folder)
    app = stage(folder)
    # Made now, so that no page waits for them.
    for weight in fonts.WEIGHTS:
        fonts.font(weight, folder / "fonts")
    yield Visitors(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def every_place(visitors: Visitors) -> list[Place]:
    return places(visitors)
