"""The lived database, made once for each process and copied for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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
