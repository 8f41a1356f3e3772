"""Rules that count elements: vetoes, limits on a number and limits on a share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from accredit.standard.domain import Element, Standard
from accredit.standard.rules import (
    REQUIRED,
    Counting,
    CountLimit,
    Predicate,
    PredicateKind,
    ShareLimit,
    ShareRounding,
    Veto,
)
from accredit.standard.scoring import wording
from accredit.standard.scoring.results import RulePart, Verdict
from accredit.standard.scoring.scopes import Place, elements_at
from accredit.standard.scoring.standing import Standing

Standings = Mapping[str, Standing | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """The codes of the elements that match, that do not, and that may still go either way."""

    matching: tuple[str, ...]
    others: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many elements were looked at."""
        return len(self.matching) + len(self.others) + len(self.open)


def matches(predicate: Predicate, element: Element, place: int, standard: Standard) -> bool:
    """Whether an element at this place of its scale is one of those the predicate speaks of."""
    scale = standard.scale_of(element)
    if predicate.kind is PredicateKind.FLAG:
        return predicate.flag in scale.levels[place].flags
    wanted = element.required if predicate.level == REQUIRED else predicate.level
    limit = scale.positions.get(wanted)
    if limit is None:
        return False
    if predicate.kind is PredicateKind.LEVEL:
        return place == limit
    return place < limit if predicate.kind is PredicateKind.BELOW else place >= limit


def may_match(
    predicate: Predicate, element: Element, standing: Standing | None, standard: Standard
) -> bool | None:
    """Whether the element matches as it stands; None while it may still go either way."""
    if predicate.kind is PredicateKind.NOT_APPLICABLE:
        return standing is None
    if standing is None:
        return False
    low, high = standing.places
    if low == high:
        return matches(predicate, element, low, standard)
    answers = {matches(predicate, element, place, standard) for place in range(low, high + 1)}
    return answers.pop() if len(answers) == 1 else None


def count(
    where: Predicate, elements: Sequence[Element], standings: Standings, standard: Standard
) -> Counted:
    """Sort the elements by the predicate; what does not apply only counts where it is asked for."""
    matching: list[str] = []
    others: list[str] = []
    undecided: list[str] = []
    asks_for_marks = where.kind is PredicateKind.NOT_APPLICABLE
    for element in elements:
        standing = standings[element.code]
        if standing is None and not asks_for_marks:
            continue
        answer = may_match(where, element, standing, standard)
        (undecided if answer is None else matching if answer else others).append(element.code)
    return Counted(tuple(matching), tuple(others), tuple(undecided))


def judge_count(rule: Counting, place: Place, standings: Standings, standard: Standard) -> RulePart:
    """The verdict at one place: an open element leaves it unknown only where it could decide."""
    counted = count(rule.where, elements_at(standard, place), standings, standard)
    fewest, most = bounds_of(rule, counted.total)
    low, high = len(counted.matching), len(counted.matching) + len(counted.open)
    codes: tuple[str, ...] = ()
    if most is not None and low > most:
        verdict, codes = Verdict.FAIL, counted.matching
    elif fewest is not None and high < fewest:
        verdict, codes = Verdict.FAIL, counted.others
    elif (most is None or high <= most) and (fewest is None or low >= fewest):
        verdict = Verdict.PASS
    elif fewest is not None and most is not None and ceil(max(low, fewest)) > floor(most):
        verdict, codes = Verdict.FAIL, counted.matching  # no number of elements lies between
    else:
        verdict, codes = Verdict.UNKNOWN, counted.open
    return RulePart(place.code, verdict, wording.counted(rule, place, counted, standard), codes)


def bounds_of(rule: Counting, total: int) -> tuple[int | Fraction | None, int | Fraction | None]:
    """The fewest and the most matching elements among `total`."""
    if isinstance(rule, Veto):
        return None, 0
    if isinstance(rule, CountLimit):
        return rule.min, rule.max
    return (
        None if rule.min is None else number_of(rule, Fraction(rule.min), total),
        None if rule.max is None else number_of(rule, Fraction(rule.max), total),
    )


def number_of(rule: ShareLimit, share: Fraction, total: int) -> Fraction | int:
    """How many of `total` elements a share is, as the rule rounds it: 20 % of 13 is 2.6, 2 or 3."""
    exact = share * total
    if rule.round is ShareRounding.EXACT:
        return exact
    if rule.round is ShareRounding.DOWN:
        return exact.numerator // exact.denominator
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
