"""Where a rule looks, as places: one, or one for each criterion."""

from __future__ import annotations

from dataclasses import dataclass

from accredit.standard.domain import Element, Standard
from accredit.standard.rules import Scope, ScopeKind
from accredit.standard.scoring.results import TOTAL


@dataclass(frozen=True, slots=True)
class Place:
    """One place a rule looks at: the nodes with these codes together; `code` is its name."""

    code: str
    nodes: tuple[str, ...]


_EVERYWHERE = Place(TOTAL, ())


def places(standard: Standard, scope: Scope) -> tuple[Place, ...]:
    """The places of a scope; a verdict is found for each."""
    if scope.kind is ScopeKind.EACH_CRITERION:
        return tuple(Place(one.code, (one.code,)) for one in standard.criteria)
    if scope.kind is ScopeKind.NODE:
        return (Place(scope.code, (scope.code,)),)
    if scope.kind is ScopeKind.NODES:
        return (Place(", ".join(scope.codes), scope.codes),)
    return (_EVERYWHERE,)


def elements_at(standard: Standard, place: Place) -> tuple[Element, ...]:
    """The elements at a place, each once, in the order of the file."""
    if place.code == TOTAL:
        return standard.elements
    if len(place.nodes) == 1:
        return standard.elements_of(standard.nodes[place.nodes[0]])
    codes = {
        element.code
        for code in place.nodes
        for element in standard.elements_of(standard.nodes[code])
    }
    return tuple(element for element in standard.elements if element.code in codes)


def elements_in(standard: Standard, scope: Scope) -> tuple[Element, ...]:
    """The elements of all places of a scope."""
    return tuple(
        element for place in places(standard, scope) for element in elements_at(standard, place)
    )
