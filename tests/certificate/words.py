"""What a page says: its Latin words, and what stands in its forms."""

from __future__ import annotations

import re

from tests.conftest import Page


def latin_words(page: Page, *allowed: str) -> list[str]:
    """The Latin words of the page's own part, without the allowed texts (names, codes)."""
    assert page.tree is not None
    text = " ".join(page.tree.xpath("//main//text()"))
    for one in sorted(allowed, key=len, reverse=True):
        text = text.replace(one, " ")
    return re.findall(r"[A-Za-z]{2,}", text)


def typed(page: Page, action: str, name: str) -> str:
    """What stands in a text area; its first line end belongs to the page's code, not to it."""
    return page.values(action)[name].removeprefix("\n")
