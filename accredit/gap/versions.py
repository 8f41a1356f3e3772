"""Comparing with an assessment that was made against an earlier version of the standard."""

from __future__ import annotations

from collections.abc import Mapping

from accredit.standard.domain import Element, Standard


def comparable_levels(
    previous: Standard, standard: Standard, levels: Mapping[str, str]
) -> dict[str, str]:
    """Those of the `previous` standard's levels that mean the same in `standard`.

    A code of another version counts only where statement, rubric and scale are unchanged;
    otherwise two different things would be compared.
    """
    if previous.sha256 == standard.sha256:
        return dict(levels)
    if previous.scale != standard.scale:
        return {}
    return {
        code: level
        for code, level in levels.items()
        if _same_meaning(previous.find_element(code), standard.find_element(code))
    }


def _same_meaning(before: Element | None, after: Element | None) -> bool:
    if before is None or after is None:
        return False
    return (before.statement, before.rubric) == (after.statement, after.rubric)
