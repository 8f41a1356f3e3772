"""Comparing with an assessment that was made against an earlier version of the standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from accredit.standard.domain import Element, Standard

Awarded = TypeVar("Awarded")


def comparable_levels(
    previous: Standard, standard: Standard, levels: Mapping[str, Awarded]
) -> dict[str, Awarded]:
    """Those of the `previous` standard's levels that mean the same in `standard`.

    A code of another version counts only where statement, rubric, scale and attributes are
    unchanged; otherwise two different things would be compared.
    """
    if previous.sha256 == standard.sha256:
        return dict(levels)
    return {
        code: level
        for code, level in levels.items()
        if (before := previous.find_element(code)) is not None
        and (after := standard.find_element(code)) is not None
        and _meaning(previous, before) == _meaning(standard, after)
    }


def _meaning(standard: Standard, element: Element) -> tuple[object, ...]:
    return (
        element.statement,
        element.rubric,
        standard.scale_of(element),
        standard.attributes_of(element),
        element.measured,
    )
