"""Partial visits: which elements are looked at again, and what the others keep from before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accredit.standard.domain import Standard, Visit
from accredit.standard.examples import Score
from accredit.standard.scoring.inputs import Problem
from accredit.text import N_, Message


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A score with the day it was last confirmed on."""

    score: Score
    on: date


@dataclass(frozen=True, slots=True)
class Carried:
    """The scores a result rests on, and since when those stand that were not looked at anew."""

    scores: Mapping[str, Score]
    since: Mapping[str, date]


def elements_due(
    standard: Standard, visit: Visit, before: Mapping[str, Confirmed]
) -> tuple[str, ...]:
    """The codes a visit must look at: its own, those never scored, those at one of its levels."""
    own = {
        element.code
        for code in visit.nodes
        for element in standard.elements_of(standard.nodes[code])
    }
    return tuple(
        element.code
        for element in standard.judged_elements
        if element.code in own
        or element.code not in before
        or before[element.code].score in visit.levels
    )


def carry_over(
    standard: Standard,
    visit: Visit,
    before: Mapping[str, Confirmed],
    now: Mapping[str, Score],
) -> Carried:
    """New scores where the visit looked, the last confirmed ones elsewhere.

    An element that is due and not scored yet has no score: an old one does not stand in for it.
    """
    due = set(elements_due(standard, visit, before))
    kept = {code: one for code, one in before.items() if code not in due}
    scores: dict[str, Score] = {code: one.score for code, one in kept.items()}
    scores.update({code: score for code, score in now.items() if code in due})
    return Carried(scores, {code: one.on for code, one in kept.items()})


def outside(
    standard: Standard,
    visit: Visit,
    before: Mapping[str, Confirmed],
    now: Mapping[str, Score],
) -> list[Problem]:
    """New scores for elements this visit does not look at: they would change unseen."""
    due = set(elements_due(standard, visit, before))
    text = N_("Element %(code)s is not looked at in this visit; its last score stands.")
    return [
        Problem(("scores", code), Message(text, {"code": code})) for code in now if code not in due
    ]
