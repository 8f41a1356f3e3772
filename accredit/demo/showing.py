"""How much evidence a department shows for an element: as much as its level deserves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from accredit.standard.domain import Element, EvidenceExpectation


class Amount(StrEnum):
    """How much of what an element asks for is shown."""

    ALL = "all"
    #: One piece is missing.
    SHORT = "short"
    #: One piece is last year's.
    OLD = "old"
    ONE = "one"
    NONE = "none"


_BY_LEVEL = {"partial": Amount.SHORT, "started": Amount.ONE, "absent": Amount.NONE}


def amount_for(agreed: str, own: str) -> Amount:
    """What fits the level that will be agreed; nothing, only where nothing is claimed either."""
    amount = _BY_LEVEL.get(agreed, Amount.ALL)
    return Amount.ONE if amount is Amount.NONE and own != "absent" else amount


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown for one expectation: so many pieces of this cycle, and of the one before."""

    expectation: EvidenceExpectation
    new: int
    old: int = 0


def parts_of(element: Element, amount: Amount, weak: int) -> Iterator[Part]:
    """What is shown for each expectation; of the one at place `weak` a piece is missing or old."""
    for place, expectation in enumerate(element.evidence):
        asked = expectation.minimum
        if amount in (Amount.SHORT, Amount.OLD) and place == weak:
            yield Part(expectation, asked - 1, int(amount is Amount.OLD))
        elif amount is Amount.ONE and place == 0:
            yield Part(expectation, 1)
        elif amount not in (Amount.ONE, Amount.NONE):
            yield Part(expectation, asked)
