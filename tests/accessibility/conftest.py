"""A stage of its own: the told story once more, with what no link leads to prepared on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from accredit.app import create_app
from accredit.config import Mode
from accredit.database import db
from tests.accessibility.places import Place, Visitors, places
from tests.browser.conftest import chromium  # noqa: F401 - a fixture, used by its name
from tests.conftest import make_settings
from tests.demo.conftest import Told, told  # noqa: F401 - a fixture, used by its name


def stage(folder: Path) -> Flask:
    """The application over a folder in which the story was told."""
    app = create_app(make_settings(folder, mode=Mode.DEMO))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture(scope="session")
def visitors(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:  # noqa: F811 - as above
    folder = tmp_path_factory.mktemp("stage") / "data"
    shutil.copytree(told.settings.data_dir, folder)
    app = stage(folder)
    yield Visitors(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def every_place(visitors: Visitors) -> list[Place]:
    return places(visitors)
