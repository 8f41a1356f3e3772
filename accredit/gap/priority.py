"""How urgent a gap is, as plain arithmetic that anybody can redo."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from accredit.kpi.comparison import Standing
from accredit.standard.domain import Scale
from accredit.standard.scoring.results import Result

#: What an element's worst KPI does to its priority; no KPI or no clear figure changes nothing.
KPI_FACTORS = {
    Standing.MISSED: Fraction(3, 2),
    Standing.UNCLEAR: Fraction(1),
    Standing.UNKNOWN: Fraction(1),
    Standing.MET: Fraction(3, 4),
}
_WORST_FIRST = (Standing.MISSED, Standing.UNCLEAR, Standing.UNKNOWN, Standing.MET)


#: On a scale of numbers so many levels' worth lies between its ends.
LEVELS_OF_NUMBERS = 4


def steps_between(scale: Scale, level: str, required: str) -> Fraction:
    """How many levels are missing; on a scale of numbers a quarter of it counts as one."""
    if scale.steps is None:
        return Fraction(scale.position(required) - scale.position(level))
    low, high = (scale.shares[scale.position(one)] for one in (level, required))
    return LEVELS_OF_NUMBERS * (high - low)


def weights_in(result: Result) -> dict[str, Fraction]:
    """What each group and element that applies counts in the total, as parts of its weight.

    Where weights are simply added up this is the weight itself; with points, the points.
    """
    found: dict[str, Fraction] = {}
    open_nodes = [(result.total, result.total.weighted_max)]
    while open_nodes:
        node, amount = open_nodes.pop()
        whole = node.weighted_max
        for term in node.terms:
            found[term.code] = amount * term.weight / whole
            open_nodes.append((result.by_code[term.code], found[term.code]))
    return found


def priority_of(
    weight: Fraction | int, steps: Fraction | int, standing: Standing | None
) -> Fraction:
    """How urgent a gap is: weight × steps × KPI factor, exactly.

    The factor is 3/2 where a KPI of the element misses its target, 3/4 where all of them
    meet theirs, and 1 otherwise: a missed target proves that customers feel the gap.
    """
    return weight * steps * factor_of(standing)


def factor_of(standing: Standing | None) -> Fraction:
    """The KPI factor of a priority; 1 for an element without KPIs."""
    return Fraction(1) if standing is None else KPI_FACTORS[standing]


def worst(standings: Iterable[Standing]) -> Standing | None:
    """The standing that counts for an element: missed before unclear before unknown before met.

    Unknown counts as worse than met, so that measuring less never looks better.
    """
    found = set(standings)
    return next((standing for standing in _WORST_FIRST if standing in found), None)
