"""The prepared world of the matrix: made once for each process, given back before each test."""

from __future__ import annotations

import pytest

from tests.rights.world import Rights, prepare

_prepared: list[Rights] = []


@pytest.fixture
def rights(app, world, arrange, cast) -> Rights:
    """Both organisations as they were prepared; form tokens are off, as for `browse`."""
    app.config["WTF_CSRF_ENABLED"] = False
    if not _prepared:
        _prepared.append(prepare(world, arrange, cast))
    _prepared[0].renew()
    return _prepared[0]
