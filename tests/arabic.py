"""What an Arabic page must not show: English words of ours."""

from __future__ import annotations

import re

from tests.conftest import Page

#: Names and codes that stay as they are in every language.
ALLOWED = {"accredit", "English", "SHA", "CSV", "UTC", "NPS", "CSAT", "CES", "KPI", "PDF"}
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def english_words(page: Page, *, typed: str = "bdi[@dir='ltr']") -> set[str]:
    """Latin words of the page that stand neither in isolated codes nor in typed fields.

    `typed` is an XPath step for what people typed, whose language is theirs.
    """
    assert page.tree is not None
    nodes = page.tree.xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::textarea"
        f" or ancestor::{typed} or ancestor::*[@lang='en'])]"
    )
    return set(_LATIN_WORD.findall(" ".join(nodes))) - ALLOWED
