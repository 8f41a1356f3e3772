"""Which levels each assessment of the story ends with, and how its people differ about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from accredit.standard.domain import Standard


@dataclass(frozen=True)
class Outcome:
    """The levels agreed in the end: `usual` everywhere but for the elements named by level.

    `short` names strong elements for which less evidence is shown than is asked.
    """

    key: str
    exceptions: Mapping[str, tuple[str, ...]]
    usual: str = "good"
    short: tuple[str, ...] = ()

    def agreed(self, standard: Standard) -> dict[str, str]:
        """The agreed level of every element, by code."""
        named = {code: level for level, codes in self.exceptions.items() for code in codes}
        return {element.code: named.get(element.code, self.usual) for element in standard.elements}

    def own(self, standard: Standard) -> dict[str, str]:
        """What the department gives itself: the agreed level, and often one more."""
        return {
            code: _moved(standard, level, 1 if self._draw("self", code) < 70 else 0)
            for code, level in self.agreed(standard).items()
        }

    def individual(self, standard: Standard, assessor: int) -> dict[str, str]:
        """What one of two assessors (0 or 1) awards.

        On about every sixth element one of the two is a level away from what is agreed.
        """
        levels = self.agreed(standard)
        for code, level in levels.items():
            draw = self._draw("assessor", code)
            if draw < 42 and draw % 2 == assessor:
                levels[code] = _moved(standard, level, 1 if draw % 3 else -1)
        return levels

    def _draw(self, what: str, code: str) -> int:
        """A number from 0 to 255, always the same for this outcome, purpose and element."""
        return hashlib.sha256(f"{self.key}:{what}:{code}".encode()).digest()[0]


def _moved(standard: Standard, level: str, steps: int) -> str:
    """The level `steps` away, turned round at the ends of the scale."""
    ids = standard.scale.level_ids
    place = ids.index(level)
    target = place + steps
    return ids[target if 0 <= target < len(ids) else place - steps]


#: Last year: refused. Promised times are not kept, complaints not learned from.
LICENSING_BEFORE = Outcome(
    "licensing-before",
    {
        "absent": ("6.3",),
        "started": ("4.2", "4.4", "6.1", "3.8"),
        "partial": (
            *("1.3", "1.4", "1.7", "2.2", "2.7", "2.8", "3.3", "4.1", "4.3", "4.8"),
            *("5.1", "5.3", "5.4", "5.5", "5.7", "5.8", "6.2", "6.6", "6.8"),
        ),
    },
)

#: This year: the same department after a year of work; ready to be accredited.
LICENSING_NOW = Outcome(
    "licensing-now",
    {
        "partial": (
            *("1.3", "1.7", "2.2", "2.8", "3.8", "4.4", "5.1", "5.3", "5.5", "5.8"),
            *("6.3", "6.6"),
        ),
        "exceptional": ("1.5", "4.2"),
    },
)

#: Last year: accredited.
CONTACT_BEFORE = Outcome(
    "contact-before",
    {
        "partial": ("1.4", "1.7", "2.6", "2.8", "3.7", "4.7", "4.3", "5.1", "5.3", "5.8", "6.5"),
        "exceptional": ("1.1", "3.2", "3.6", "4.6"),
    },
)

#: This year: overloaded, with satisfaction falling.
CONTACT_NOW = Outcome(
    "contact-now",
    {
        "started": ("3.7", "4.3"),
        "partial": (
            *("1.4", "1.7", "1.8", "2.5", "2.6", "2.7", "2.8", "3.3", "3.8", "4.2", "4.7"),
            *("5.1", "5.2", "5.3", "5.8", "6.5", "6.6"),
        ),
        "exceptional": ("3.6",),
    },
)

#: Last year: accredited with distinction.
DIGITAL_BEFORE = Outcome(
    "digital-before",
    {
        "exceptional": (
            *("1.2", "2.3", "2.4", "4.1", "4.8", "5.1", "5.2", "5.3", "5.6", "5.7", "5.8"),
            *("6.1", "6.2", "6.4"),
        ),
    },
    short=("1.7", "3.4", "6.5"),
)

#: This year: still strong; the assessors are half-way through.
DIGITAL_NOW = Outcome(
    "digital-now",
    {
        "partial": ("2.8", "3.8", "5.4"),
        "exceptional": (
            *("1.2", "2.3", "2.4", "4.1", "5.1", "5.2", "5.3", "5.6", "5.7", "6.1", "6.2"),
            *("6.4",),
        ),
    },
    short=("6.5",),
)

#: The water company has just begun.
BILLING_NOW = Outcome(
    "billing-now",
    {"started": ("1.2", "2.1"), "partial": ("1.1", "1.3", "1.4", "1.7", "2.2", "2.3")},
)
