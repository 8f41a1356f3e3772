"""How urgent a gap is, as plain arithmetic that anybody can redo."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from accredit.kpi.comparison import Standing

#: What an element's worst KPI does to its priority; no KPI or no clear figure changes nothing.
KPI_FACTORS = {
    Standing.MISSED: Fraction(3, 2),
    Standing.UNCLEAR: Fraction(1),
    Standing.UNKNOWN: Fraction(1),
    Standing.MET: Fraction(3, 4),
}
_WORST_FIRST = (Standing.MISSED, Standing.UNCLEAR, Standing.UNKNOWN, Standing.MET)


def priority_of(weight: int, steps: int, standing: Standing | None) -> Fraction:
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
