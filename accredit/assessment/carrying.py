"""What becomes of an assessment's scores when it moves to another version of its standard. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from accredit.assessment.choices import (
    Choices,
    ChoicesError,
    elements_below,
    ensure_permitted,
    markable,
)
from accredit.standard.comparing import asks_the_same
from accredit.standard.domain import Standard


class Fate(StrEnum):
    """What happens with an element and its scores."""

    KEPT = "kept"
    TO_CONFIRM = "to_confirm"
    REMOVED = "removed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Plan:
    """The codes of elements by fate, each in the order of its version, and the choices that stay.

    `dropped` are the codes whose chosen weight, or mark as not applicable, the new version does
    not permit. `to_score` are the elements somebody must score, or confirm, before it can go on.
    """

    kept: tuple[str, ...]
    to_confirm: tuple[str, ...]
    removed: tuple[str, ...]
    new: tuple[str, ...]
    choices: Choices
    dropped: tuple[str, ...]
    to_score: tuple[str, ...]

    @property
    def set_aside(self) -> frozenset[str]:
        """The codes whose scores count no more."""
        return frozenset((*self.to_confirm, *self.removed))


def plan(before: Standard, after: Standard, choices: Choices) -> Plan:
    """How the elements people score fare, and which choices of the assessment stay."""
    old = {element.code for element in before.judged_elements}
    new = {element.code for element in after.judged_elements}
    same = {code for code in old & new if asks_the_same(code, before, after)}
    carried = _carried(after, choices)
    applying = new - elements_below(after, carried.left_out)
    in_old = [element.code for element in before.judged_elements]
    in_new = [element.code for element in after.judged_elements]
    return Plan(
        kept=_among(in_new, same),
        to_confirm=_among(in_new, (old & new) - same),
        removed=_among(in_old, old - new),
        new=_among(in_new, new - old),
        choices=carried,
        dropped=tuple(
            sorted(
                code
                for code in (*choices.weights, *choices.reasons)
                if code not in carried.weights and code not in carried.reasons
            )
        ),
        to_score=_among(in_new, applying - same),
    )


def _among(codes: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    known = set(wanted)
    return tuple(code for code in codes if code in known)


def _carried(after: Standard, choices: Choices) -> Choices:
    """The choices that the other version permits as well.

    Weights are chosen together, since they must sum up: where one of them does not fit any
    more, none is kept.
    """
    permitted = {node.code for node in markable(after)}
    reasons = {code: text for code, text in choices.reasons.items() if code in permitted}
    for weights in (choices.weights, {}):
        try:
            return ensure_permitted(after, Choices(weights, reasons))
        except ChoicesError:
            continue
    return Choices()
