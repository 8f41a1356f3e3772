"""The whole way from an empty installation to a certificate, by mouse and without scripts.

The languages take turns; `make journeys` walks every way in each of them (by the keyboard, on a
telephone and zoomed in, too), and the standard that ships, with its 48 elements, by the keyboard.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Installation
from tests.browser.journey import Story, walk
from tests.browser.ways import WAYS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("way", "language"), [("mouse", "ar"), ("without scripts", "en")])
def test_a_department_goes_from_the_standard_to_a_certificate(
    installation: Installation, chromium: Any, way: str, language: str
) -> None:
    walk(Story(installation, chromium, language, WAYS[way]))
