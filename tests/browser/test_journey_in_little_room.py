"""The whole way to a certificate on a telephone of 320 pixels, and on a screen at 200 %.

The languages take turns; `make journeys` walks every way in each of them, and the standard that
ships, with its 48 elements, by the keyboard.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Installation
from tests.browser.journey import Story, walk
from tests.browser.ways import WAYS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("way", "language"), [("telephone", "en"), ("zoomed", "ar")])
def test_a_department_goes_all_the_way_where_there_is_little_room(
    installation: Installation, chromium: Any, way: str, language: str
) -> None:
    walk(Story(installation, chromium, language, WAYS[way]))
