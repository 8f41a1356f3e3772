"""Standards built for one test: as many criteria, weights and rules as it needs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from accredit.standard.domain import (
    Criterion,
    Descriptor,
    Element,
    Level,
    Rounding,
    RoundingMode,
    Rubric,
    Scale,
    Standard,
)
from accredit.standard.figures import Figure, KpiField
from accredit.standard.rules import (
    Award,
    CountLimit,
    KpiCondition,
    Minimum,
    Predicate,
    PredicateKind,
    Rule,
    Scope,
    ScopeKind,
    ShareLimit,
    Veto,
)
from accredit.text import Bilingual

WORDS = Bilingual("text", "نص")
LEVELS = ("absent", "partial", "good", "exceptional")
ALL = Scope(ScopeKind.ALL)
TOTAL = Scope(ScopeKind.TOTAL)
EACH = Scope(ScopeKind.EACH_CRITERION)
ONE_PLACE = Rounding(1, RoundingMode.HALF_UP)


def make_standard(
    weights: Sequence[Sequence[int]],
    rules: Sequence[Rule] = (),
    ladder: Sequence[Sequence[str]] = (),
    *,
    required: str = "good",
    values: Sequence[int] = (0, 1, 2, 3),
    rounding: Rounding = ONE_PLACE,
) -> Standard:
    """One criterion for each list of weights; a rung of the ladder for each list of rule ids."""
    levels = tuple(
        Level(level, Decimal(value), WORDS, WORDS)
        for level, value in zip(LEVELS, values, strict=False)
    )
    rubric = Rubric(tuple(Descriptor(level.id, WORDS) for level in levels))
    criteria = tuple(
        Criterion(
            code=str(place),
            title=WORDS,
            intent=WORDS,
            sources=(),
            children=tuple(
                Element(
                    code=f"{place}.{number}",
                    title=WORDS,
                    statement=WORDS,
                    why=WORDS,
                    rubric=rubric,
                    evidence=(),
                    kpis=(),
                    weight=weight,
                    required=required,
                    sources=(),
                )
                for number, weight in enumerate(group, start=1)
            ),
        )
        for place, group in enumerate(weights, start=1)
    )
    awards = tuple(
        Award(f"rung_{number}", WORDS, tuple(rule_ids), 3)
        for number, rule_ids in enumerate(ladder, start=1)
    )
    return Standard(
        id="made",
        version="1",
        title=WORDS,
        description=WORDS,
        scales=(Scale(levels),),
        rounding=rounding,
        evidence_kinds=(),
        kpis=("csat",),
        sources=(),
        criteria=criteria,
        rules=tuple(rules),
        awards=awards,
    )


def level(name: str) -> Predicate:
    return Predicate(PredicateKind.LEVEL, name)


def below(name: str) -> Predicate:
    return Predicate(PredicateKind.BELOW, name)


def at_least(name: str) -> Predicate:
    return Predicate(PredicateKind.AT_LEAST, name)


def veto(where: Predicate, scope: Scope = ALL) -> Rule:
    return Veto("veto", WORDS, scope, where)


def count(
    where: Predicate, *, least: int | None = None, most: int | None = None, scope: Scope = ALL
) -> Rule:
    return CountLimit("count", WORDS, scope, where, least, most)


def share(
    where: Predicate, *, least: str | None = None, most: str | None = None, scope: Scope = ALL
) -> Rule:
    low, high = (None if bound is None else Decimal(bound) for bound in (least, most))
    return ShareLimit("share", WORDS, scope, where, low, high)


def minimum(value: str, scope: Scope = TOTAL) -> Rule:
    return Minimum("minimum", WORDS, scope, Decimal(value))


def kpi(
    *, figure: str = "value", least: str | None = None, most: str | None = None, min_n: int = 1
) -> Rule:
    low, high = (None if bound is None else Decimal(bound) for bound in (least, most))
    return KpiCondition("kpi", WORDS, Figure("csat", KpiField(figure), min_n), low, high)
