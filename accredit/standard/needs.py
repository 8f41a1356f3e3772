"""What each rung of the ladder of awards asks for, beyond the rung below it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Standard
from accredit.standard.ladder import conditions_of_all, limits_below, steps_of
from accredit.standard.rules import Award, Rule, Unit


@dataclass(frozen=True, slots=True)
class Need:
    """One rung: its award, the total it starts from (or None) in `unit`, and its rules.

    Where the ladder `is_cumulative`, what the rungs below ask for is asked as well and not said
    again.
    """

    award: Award
    start: Decimal | None
    unit: Unit
    rules: tuple[Rule, ...]
    is_cumulative: bool


def needs_of(standard: Standard) -> tuple[Need, ...]:
    """Every rung from below."""
    ladder = standard.ladder
    is_cumulative = ladder is None or ladder.is_cumulative
    found: list[Need] = []
    said: dict[str, None] = {}
    for step in steps_of(standard):
        names = (*conditions_of_all(standard), *step.rules, *limits_below(standard, step.award))
        new = [name for name in dict.fromkeys(names) if name not in said or not is_cumulative]
        said.update(dict.fromkeys(new))
        found.append(
            Need(
                standard.award(step.award),
                step.start,
                Unit.PERCENT if ladder is None else ladder.unit,
                tuple(standard.rule(name) for name in new),
                is_cumulative,
            )
        )
    return tuple(found)
