"""Whether the evidence of an element is what its standard expects: enough of it, and fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accredit.clock import whole_months
from accredit.standard.domain import EvidenceExpectation


def age_in_months(covers_to_on: date | None, uploaded_on: date, *, on: date) -> int:
    """How many whole months old on a day is what a piece tells.

    It tells of the time up to the end of the period it covers or, where nobody said, up to its
    upload; never of a time after its upload, whatever was said.
    """
    return whole_months(min(covers_to_on or uploaded_on, uploaded_on), on)


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence as an expectation sees it."""

    kind: str | None
    covers_to_on: date | None
    uploaded_on: date
    is_withdrawn: bool = False

    def age_on(self, day: date) -> int:
        """Its age in whole months."""
        return age_in_months(self.covers_to_on, self.uploaded_on, on=day)


class Standing(StrEnum):
    """How an expectation is met."""

    MET = "met"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Answered:
    """An expectation and what stands against it: `fresh` pieces count, `stale` ones are too old."""

    expectation: EvidenceExpectation
    fresh: int
    stale: int

    @property
    def standing(self) -> Standing:
        """Met; or it would be, were what is there not too old; or there is too little."""
        if self.fresh >= self.expectation.minimum:
            return Standing.MET
        if self.fresh + self.stale >= self.expectation.minimum:
            return Standing.STALE
        return Standing.MISSING


def answered(
    expected: Sequence[EvidenceExpectation], shown: Sequence[Shown], *, on: date
) -> tuple[Answered, ...]:
    """Each expectation of an element against its evidence, on a day. What was withdrawn is not
    counted."""
    found = []
    for expectation in expected:
        ages = [
            piece.age_on(on)
            for piece in shown
            if piece.kind == expectation.kind and not piece.is_withdrawn
        ]
        fresh = sum(age <= expectation.max_age_months for age in ages)
        found.append(Answered(expectation, fresh, len(ages) - fresh))
    return tuple(found)
