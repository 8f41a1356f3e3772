"""What a first visit costs: bytes over the wire, other hosts asked, and how far the page jumps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Installation

pytestmark = pytest.mark.browser

MOST = 200_000
#: Shifts of what is already seen, as browsers count them; below 0.1 is called good.
SHIFTS = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    document.fonts.ready.then(() => setTimeout(() => done(sum), 300));
})"""


@pytest.mark.parametrize("address", ["/sign-in", "/certificates/check"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_first_visit_is_light_asks_no_other_host_and_does_not_jump(
    installation: Installation, chromium: Any, address: str, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    received: list[float] = []
    hosts: set[str] = set()
    fonts: list[str] = []
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("request", lambda request: fonts.append(request.resource_type))

    page.goto(f"{installation.url}{address}?lang={language}", wait_until="networkidle")
    shifts = page.evaluate(SHIFTS)

    assert page.evaluate("document.fonts.check('1rem Plex') && document.fonts.size") == 2
    assert hosts == {urlsplit(installation.url).netloc}
    assert fonts.count("font") == 2, "each weight once, the preloaded one not again"
    assert len(received) >= 5
    assert 50_000 < sum(received) < MOST
    assert shifts < 0.02
    context.close()
