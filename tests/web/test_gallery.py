"""The component page for developers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accredit.app import create_app
from accredit.config import Mode, resource_dir
from tests.conftest import make_settings

GALLERY = "layout/gallery.html"


@pytest.mark.parametrize(("mode", "status"), [(Mode.DEMO, 200), (Mode.PRODUCTION, 404)])
def test_it_is_there_in_a_demonstration_only(world, tmp_path: Path, mode: Mode, status: int):
    url = world.databases.copy(tmp_path)
    app = create_app(make_settings(tmp_path, mode=mode, database_url=url))

    assert app.test_client().get("/gallery").status_code == status


def test_it_shows_every_component():
    folder = resource_dir("templates")
    components = (folder / "layout" / "components.html").read_text(encoding="utf-8")
    named = set(re.findall(r"set (\w+) = _", components))
    shown = (folder / GALLERY).read_text(encoding="utf-8").partition("{% block content %}")[2]

    assert len(named) > 25
    assert {name for name in named if not re.search(rf"\b{name}\(", shown)} == {"breadcrumbs"}
