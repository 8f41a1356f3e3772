"""The lived database, made once for each process and copied for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accredit.audit.findings import Kind
from accredit.database import db
from accredit.trail import checking
from tests.trail.lived import Copy, copy_again, keep, live

_made: dict[str, Path] = {}


@pytest.fixture
def copy(request, world, tmp_path, tmp_path_factory) -> Copy:
    """A copy of the lived database that a test may damage as it likes."""
    if "lived" not in _made:
        app = request.getfixturevalue("app")
        assert app is world.app
        arrange: Callable = request.getfixturevalue("arrange")
        live(world, arrange, world.cast)
        folder = tmp_path_factory.mktemp("lived")
        keep(world, folder)
        _made["lived"] = folder
    return copy_again(world, _made["lived"], tmp_path / "copy")


@pytest.fixture
def holds(app, world):
    """`holds()`: what a check of the whole trail finds; nothing where every row is as it was."""

    def look() -> list[tuple[str, str, Kind]]:
        with app.app_context():
            report = checking.check_all(db.engine, world.settings, files=False)
        return [(item.table, item.key, item.kind) for item in report.findings]

    return look
