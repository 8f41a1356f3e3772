"""Newer versions of the small standard, made by changing passages of its file."""

from __future__ import annotations

from accredit.standard.domain import Standard
from accredit.standard.file.loader import load
from tests.assessments import SMALL

TEXT = SMALL.read_text(encoding="utf-8")

#: A level of 1.1 says something else: what was scored by it must be confirmed.
REWORDED = ("Half of the services have one.", "Two thirds of the services have one.")
#: The same in Arabic alone.
REWORDED_IN_ARABIC = ("لنصف الخدمات تعهد.", "لثلثي الخدمات تعهد.")
#: 1.2 weighs more; nobody's judgement changes by that.
REWEIGHTED = (
    "kpis: [response_time]\n        weight: 2",
    "kpis: [response_time]\n        weight: 4",
)
#: 2.2 asks for more than before.
RELEVELLED = ("weight: 2\n        required: partial", "weight: 2\n        required: good")
#: 2.2 is gone and 2.3 is there, with other words.
EXCHANGED = (
    '- code: "2.2"\n        title: {en: "Customers\' ideas used"',
    '- code: "2.3"\n        title: {en: "Customers\' ideas rewarded"',
)


def text_of(*changes: tuple[str, str], version: str = "2.0") -> str:
    """The file of the small standard with these passages replaced; each must be there."""
    text = TEXT
    for old, new in (('version: "1.0"', f'version: "{version}"'), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def newer(*changes: tuple[str, str], version: str = "2.0") -> Standard:
    """The small standard with these passages replaced, under a newer version."""
    loaded = load(text_of(*changes, version=version).encode(), file="small-standard.yaml")
    assert isinstance(loaded, Standard), [str(issue) for issue in loaded]
    return loaded
