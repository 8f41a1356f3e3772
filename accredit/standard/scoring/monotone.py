"""Which rules let a raised score lead to a worse result: most standards should have none.

Without them the promise holds that raising a score lowers no total and loses no award. Means,
blends, minimums, bands, ladders and caps keep that promise; rules that count elements keep it
only while a raise cannot add a match where few are wanted, or remove one where many are.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from accredit.standard.domain import Standard
from accredit.standard.rules import (
    Applicability,
    Cap,
    CountLimit,
    EffectKind,
    EvidenceCondition,
    PredicateKind,
    Rule,
    ShareLimit,
    Veto,
)
from accredit.standard.scoring.counting import matches
from accredit.standard.scoring.ladder import steps_of
from accredit.standard.scoring.scopes import elements_in

_CAP_TO = EffectKind.CAP_TO


def lowering_rules(standard: Standard) -> tuple[Rule, ...]:
    """The rules by which a raised score may lower a total or lose an award, in their order.

    A limit on a middle level alone is one, unless a veto bars every award below that level
    anyway; so are a veto or a limit on what is good, evidence asked for from some level on,
    what applies only at some level, and a cap that an award names. A rule that only warns is
    none, unless an award names it.
    """
    named = {name for step in steps_of(standard) for name in step.rules}
    barred = _barred(standard, named)
    return tuple(
        rule
        for rule in standard.rules
        if (rule.id in named or rule.effect.kind is not EffectKind.WARN)
        and _may_lower(rule, standard, barred)
    )


Places = frozenset[tuple[str, int]]
"""Codes of elements with places on their scales."""


def _barred(standard: Standard, named: Collection[str]) -> Places:
    """Where elements stand that bar every award, whatever else is scored."""
    ladder = standard.ladder
    lowest = steps_of(standard)[0].rules if ladder is None or ladder.is_cumulative else ()
    return frozenset(
        (element.code, place)
        for rule in standard.rules
        if isinstance(rule, Veto)
        and rule.effect.kind is EffectKind.FAIL
        and (rule.id not in named or rule.id in lowest)
        for element in elements_in(standard, rule.scope)
        for place in range(len(standard.scale_of(element).levels))
        if matches(rule.where, element, place, standard)
    )


def _may_lower(rule: Rule, standard: Standard, barred: Places) -> bool:
    if isinstance(rule, Applicability):
        return rule.where.kind is not PredicateKind.NOT_APPLICABLE
    if isinstance(rule, Cap):
        return True  # raised above its cap, a value breaks the rule although it is only cut
    if not isinstance(rule, Veto | EvidenceCondition | CountLimit | ShareLimit):
        return False
    # Before a raise from a barred place there was no award to lose; totals are lost by caps only.
    turns = _turns(rule, standard, frozenset() if rule.effect.kind is _CAP_TO else barred)
    if isinstance(rule, Veto | EvidenceCondition):
        return (False, True) in turns
    return (rule.max is not None and (False, True) in turns) or (
        rule.min is not None and (True, False) in turns
    )


def _turns(
    rule: Veto | EvidenceCondition | CountLimit | ShareLimit, standard: Standard, barred: Places
) -> set[tuple[bool, bool]]:
    """Whether elements match before and after a raise, for every raise there can be."""
    where = rule.where
    if where.kind is PredicateKind.NOT_APPLICABLE:
        return set()
    return {
        (matches(where, element, low, standard), matches(where, element, high, standard))
        for element in elements_in(standard, rule.scope)
        if element.measured is None
        for low, high in combinations(range(len(standard.scale_of(element).levels)), 2)
        if (element.code, low) not in barred
    }
