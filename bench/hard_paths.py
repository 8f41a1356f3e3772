"""Standards of 60 elements on five levels that are hard on purpose for the search of a path.

What makes it easy is gone: efforts that grow with weights, so that nothing is clearly cheaper;
groups that cross the criteria; caps that may be laid on or avoided; elements that leave others out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from accredit.standard.domain import (
    Criterion,
    Descriptor,
    Element,
    NotApplicable,
    Rounding,
    RoundingMode,
    Rubric,
    Standard,
)
from accredit.standard.rules import (
    Applicability,
    Award,
    CountLimit,
    Effect,
    EffectKind,
    Minimum,
    Predicate,
    PredicateKind,
    Rule,
    Scope,
    ScopeKind,
    ShareLimit,
)
from accredit.standard.scales import Level, Scale
from accredit.standard.scoring.inputs import Inputs
from accredit.text import Bilingual

WORDS = Bilingual("text", "نص")
LEVELS = ("absent", "partial", "fair", "good", "exceptional")
ALL, TOTAL, EACH = Scope(ScopeKind.ALL), Scope(ScopeKind.TOTAL), Scope(ScopeKind.EACH_CRITERION)
AWARD = "reached"


def at_least(level: str) -> Predicate:
    return Predicate(PredicateKind.AT_LEAST, level)


def below(level: str) -> Predicate:
    return Predicate(PredicateKind.BELOW, level)


def hard_standard(
    random: Random,
    rules: Sequence[Rule],
    effort: Callable[[int], int],
    shape: tuple[int, int] = (6, 10),
) -> Standard:
    """Criteria with so many elements each, the efforts from their weights, and one award."""
    rubric = Rubric(tuple(Descriptor(level, WORDS) for level in LEVELS))
    levels = tuple(Level(one, Decimal(at), WORDS, WORDS) for at, one in enumerate(LEVELS))
    criteria, elements = shape

    def element(code: str) -> Element:
        weight = random.randint(100, 1000)
        return Element(
            code, WORDS, WORDS, None, rubric, (), (), weight, "good", (), effort=effort(weight)
        )

    asked = tuple(rule.id for rule in rules if rule.effect.kind is EffectKind.FAIL)
    return Standard(
        id="hard", version="1", title=WORDS, description=WORDS, sources=(), evidence_kinds=(),
        scales=(Scale(levels),),
        rounding=Rounding(1, RoundingMode.HALF_UP), kpis=(), rules=tuple(rules),
        criteria=tuple(
            Criterion(str(one), WORDS, None, (),
                      tuple(element(f"{one}.{at}") for at in range(1, elements + 1)))
            for one in range(1, criteria + 1)
        ),
        awards=(Award(AWARD, WORDS, asked, 3),),
    )  # fmt: skip


def some_scores(random: Random, standard: Standard) -> Inputs:
    return Inputs({one.code: random.choice(LEVELS[:4]) for one in standard.elements})


def _alike(weight: int) -> int:
    return 30 + weight // 20


def _usual(random: Random) -> list[Rule]:
    return [
        Minimum("total", WORDS, TOTAL, Decimal(random.randint(60, 75))),
        Minimum("each", WORDS, EACH, Decimal(random.randint(50, 60))),
        ShareLimit("best", WORDS, ALL, at_least("exceptional"), Decimal("0.3"), None),
    ]


def _grown(random: Random, shape: tuple[int, int]) -> Standard:
    return hard_standard(random, _usual(random), _alike, shape)


def _crossing(random: Random, shape: tuple[int, int]) -> Standard:
    criteria, elements = shape

    def group() -> Scope:
        codes = {
            f"{one}.{random.randint(1, elements)}"
            for one in range(1, criteria + 1)
            for _ in range(3)
        }
        return Scope(ScopeKind.NODES, "", tuple(sorted(codes)))

    crossing = [
        Minimum(f"group_{at}", WORDS, group(), Decimal(random.randint(50, 70))) for at in range(8)
    ]
    return hard_standard(random, [*_usual(random)[:1], *crossing], lambda one: one // 10, shape)


def _capped(random: Random, shape: tuple[int, int]) -> Standard:
    caps = [
        CountLimit(
            f"cap_{one}", WORDS, Scope(ScopeKind.NODE, str(one)), below("good"), None, 2,
            Effect(EffectKind.CAP_TO, percent=Decimal(random.randint(50, 65))),
        )
        for one in range(1, shape[0] + 1)
    ]  # fmt: skip
    return hard_standard(random, [*_usual(random), *caps], _alike, shape)


def _left_out(random: Random, shape: tuple[int, int]) -> Standard:
    criteria, elements = shape
    pairs = {f"{one}.1": f"{one}.{elements}" for one in range(1, criteria + 1)}
    standard = hard_standard(random, _usual(random), _alike, shape)
    rules = [
        Applicability(f"out_{at}", WORDS, (out,), looked_at, below("good"))
        for at, (looked_at, out) in enumerate(pairs.items())
    ]
    return replace(
        standard,
        rules=(*standard.rules, *rules),
        criteria=tuple(
            replace(
                criterion,
                children=tuple(
                    replace(one, na=NotApplicable.BY_RULE) if one.code in pairs.values() else one
                    for one in criterion.elements
                ),
            )
            for criterion in standard.criteria
        ),
    )


KINDS: dict[str, Callable[[Random, tuple[int, int]], Standard]] = {
    "efforts that grow with weights": _grown,
    "groups that cross the criteria": _crossing,
    "caps in every criterion": _capped,
    "elements that leave others out": _left_out,
}


def hard_cases(kind: str, count: int) -> Iterator[tuple[Standard, Inputs]]:
    """So many standards of one kind, each with scores; always the same ones."""
    for seed in range(count):
        random = Random(f"{kind} {seed}")
        standard = KINDS[kind](random, (6, 10))
        yield standard, some_scores(random, standard)
