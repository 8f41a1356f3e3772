"""Small standards of every shape for the search of paths, and the least path by trying all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from random import Random

from accredit.standard.domain import (
    Attribute,
    AttributeSet,
    Combine,
    Criterion,
    Descriptor,
    Element,
    Interval,
    Level,
    NotApplicable,
    NotApplicablePolicy,
    Rounding,
    RoundingMode,
    Rubric,
    Scale,
    Standard,
)
from accredit.standard.examples import EvidenceItem
from accredit.standard.figures import Figure, FigureMap, KpiField, MapKind, MapPoint, Measured
from accredit.standard.rules import (
    Applicability,
    Award,
    Band,
    BandTable,
    Blend,
    Cap,
    CountLimit,
    Effect,
    EffectKind,
    EvidenceCondition,
    Instrument,
    KpiCondition,
    Ladder,
    Minimum,
    Predicate,
    PredicateKind,
    Rule,
    Scope,
    ScopeKind,
    ShareLimit,
    ShareRounding,
    Step,
    Unit,
    Veto,
)
from accredit.standard.scales import LevelFlag
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.raising import filled, place_now, raised
from accredit.standard.scoring.results import KpiReading, Result, Verdict
from tests.standard.making import ALL, EACH, LEVELS, TOTAL, WORDS

CSAT = Figure("csat", KpiField.VALUE, 30)
WORTH = FigureMap(
    MapKind.LINEAR, (MapPoint(Decimal(0), Decimal(0)), MapPoint(Decimal(100), Decimal(100)))
)
READING = KpiReading(Decimal(64), Decimal(60), Decimal(68), 100)
OUTSIDE = (KpiCondition, EvidenceCondition, Applicability, Blend)
NUMBERED, NAMED = "levels", "names"
SIDES = "sides"


def a_standard(random: Random) -> Standard:
    """Two criteria with at most five elements, one of them perhaps in groups, and some rules."""
    levels = tuple(
        Level(name, Decimal(value), WORDS, WORDS, (LevelFlag.RAISES_FINDING,) if place == 1 else ())
        for place, (name, value) in enumerate(
            zip(LEVELS, random.choice([(0, 1, 2, 3), (0, 10, 40, 100), (1, 2, 3, 4)]), strict=True)
        )
    )
    scales = (Scale(levels), Scale(levels, id=NAMED, is_numbered=False))
    combine = random.choice([Combine.MEAN, Combine.HOLISTIC])
    sides = AttributeSet(
        SIDES, combine, random.choice([*Interval]), Decimal(1),
        (Attribute("plan", WORDS, WORDS), Attribute("proof", WORDS, WORDS)),
    )  # fmt: skip
    has_points = random.random() < 0.25
    first = [_element(random, f"1.{number}", has_points) for number in (1, 2)]
    second: list[Criterion | Element]
    if random.random() < 0.3:
        second = [
            Criterion("2.1", WORDS, None, (), (_element(random, "2.1.1", False),),
                      own_weight=None if has_points else random.randint(1, 4),
                      points=Decimal(7) if has_points else None),
            Criterion("2.2", WORDS, None, (), (_element(random, "2.2.1", False),),
                      own_weight=None if has_points else random.randint(1, 4),
                      points=Decimal(5) if has_points else None),
        ]  # fmt: skip
    else:
        second = [_element(random, f"2.{number}", has_points) for number in (1, 2)]
    criteria = tuple(
        Criterion(
            code, WORDS, None, (), tuple(children),
            own_weight=random.randint(1, 5) if not has_points and random.random() < 0.4 else None,
            points=_points(children) if has_points else None,
        )
        for code, children in (("1", first), ("2", second))
    )  # fmt: skip
    standard = Standard(
        id="made", version="1", title=WORDS, description=WORDS, scales=scales,
        rounding=Rounding(random.randint(0, 1), random.choice([*RoundingMode])),
        evidence_kinds=(), kpis=("csat",), sources=(), criteria=criteria, rules=(), awards=(),
        points=_points(criteria) if has_points else None,
        na_policy=random.choice([*NotApplicablePolicy]), attribute_sets=(sides,),
    )  # fmt: skip
    rules = [_rule(random, f"r{number}", standard) for number in range(random.randint(1, 4))]
    if random.random() < 0.2:
        rules.append(_blend(random))
    judged = [one.code for one in standard.judged_elements]
    if judged and random.random() < 0.2:
        code = random.choice(judged)
        others = [one.code for one in standard.elements if one.code != code]
        left_out = random.choice(others)
        standard = replace(
            standard,
            criteria=tuple(_by_rule(criterion, left_out) for criterion in standard.criteria),
        )
        rules.append(Applicability("leaves_out", WORDS, (left_out,), code, _where(random)))
    return _with_awards(random, replace(standard, rules=tuple(rules)))


def _element(random: Random, code: str, has_points: bool) -> Element:
    measured = random.random() < 0.1
    return Element(
        code, WORDS, WORDS, None, Rubric(tuple(Descriptor(name, WORDS) for name in LEVELS)),
        (), (), random.randint(1, 4), random.choice(LEVELS[1:]), (),
        points=Decimal(random.randint(1, 9)) if has_points else None,
        scale=NAMED if random.random() < 0.2 and not measured else NUMBERED,
        attributes=SIDES if random.random() < 0.2 and not measured else "",
        effort=random.randint(1, 3),
        measured=Measured(CSAT, WORTH) if measured else None,
        na=NotApplicable.ALLOWED,
    )  # fmt: skip


def _points(children: Sequence[Criterion | Element]) -> Decimal:
    return sum((child.points or Decimal(0) for child in children), Decimal(0))


def _by_rule(criterion: Criterion, code: str) -> Criterion:
    children = tuple(
        _by_rule(child, code)
        if isinstance(child, Criterion)
        else replace(child, na=NotApplicable.BY_RULE)
        if child.code == code
        else child
        for child in criterion.children
    )
    return replace(criterion, children=children)


def _where(random: Random) -> Predicate:
    kind = random.choice([PredicateKind.LEVEL, PredicateKind.BELOW, PredicateKind.AT_LEAST])
    if kind is not PredicateKind.LEVEL and random.random() < 0.4:
        return Predicate(kind, "required")
    if random.random() < 0.1:
        return Predicate(PredicateKind.FLAG, LevelFlag.RAISES_FINDING)
    return Predicate(kind, random.choice(LEVELS))


def _rule(random: Random, name: str, standard: Standard) -> Rule:
    codes = [*standard.nodes]
    node = Scope(ScopeKind.NODE, random.choice(codes))
    both = Scope(ScopeKind.NODES, "", tuple(random.sample(codes[1:], 2)))
    scope = random.choice([ALL, ALL, EACH, node, both])
    total = random.choice([TOTAL, TOTAL, EACH, node, both])
    effect = random.choice(
        [Effect()] * 4
        + [Effect(EffectKind.LIMIT_LEVEL_TO, award="rung_1")]
        + [Effect(EffectKind.CAP_TO, percent=Decimal(random.randint(20, 90)))] * 2
    )
    milder = effect if effect.kind is not EffectKind.CAP_TO else Effect()
    value = Decimal(random.randint(20, 95))
    kind = random.randint(0, 12)
    if kind <= 1:
        return Veto(name, WORDS, scope, _where(random), effect)
    if kind <= 3:
        least, most = sorted([random.randint(0, 2), random.randint(1, 4)])
        bounds = random.choice([(least, None), (None, most), (least, most)])
        return CountLimit(name, WORDS, scope, _where(random), *bounds, effect)
    if kind <= 5:
        low, high = Decimal("0.3"), Decimal(random.choice(["0.4", "0.5", "0.67"]))
        share = random.choice([(low, None), (None, high), (high, None)])
        rounding = random.choice([*ShareRounding])
        return ShareLimit(name, WORDS, scope, _where(random), *share, rounding, effect)
    if kind <= 8:
        unit = Unit.POINTS if standard.points and random.random() < 0.5 else Unit.PERCENT
        if unit is Unit.POINTS:
            value = value * standard.points / 200 if standard.points else value
        return Minimum(name, WORDS, total, value, unit, milder)
    if kind == 9:
        groups = [one.code for one in standard.criteria]
        capped, by = random.choice([(groups[0], groups[1]), ("", groups[1])])
        place = Scope(ScopeKind.NODE, capped) if capped else TOTAL
        if random.random() < 0.4:
            return Cap(name, WORDS, ALL, "proof", "", False)
        return Cap(name, WORDS, place, "", by, random.random() < 0.3)
    if kind == 10:
        return KpiCondition(name, WORDS, CSAT, Decimal(random.choice([50, 80])), None, effect)
    if kind == 11:
        return EvidenceCondition(name, WORDS, scope if scope is not EACH else ALL, _where(random),
                                 (), 1, None, None, effect)  # fmt: skip
    bands = (Band("low", WORDS, Decimal(0)), Band("high", WORDS, value))
    place = random.choice([TOTAL, node])
    return BandTable(name, WORDS, place, Unit.PERCENT, None, bands, "high", milder)


def _blend(random: Random) -> Rule:
    parts = (
        Instrument("people", WORDS, Decimal(60), None),
        Instrument("survey", WORDS, Decimal(40), Measured(CSAT, WORTH)),
    )
    return Blend("blend", WORDS, random.choice([TOTAL, Scope(ScopeKind.NODE, "1")]), parts)


def _with_awards(random: Random, standard: Standard) -> Standard:
    # An award names a cap only where nothing else caps: otherwise a search may stay open.
    capping = [
        rule
        for rule in standard.rules
        if isinstance(rule, Cap) or rule.effect.kind is EffectKind.CAP_TO
    ]
    names = [
        rule.id
        for rule in standard.rules
        if rule.id.startswith("r") and not (isinstance(rule, Cap) and len(capping) > 1)
    ]
    cut = random.randint(0, len(names))
    rungs = (tuple(names[:cut]), tuple(names[cut:]))
    if random.random() < 0.3:
        unit = Unit.POINTS if standard.points and random.random() < 0.5 else Unit.PERCENT
        starts = sorted(Decimal(random.randint(20, 90)) for _ in range(2))
        if unit is Unit.POINTS and standard.points:
            starts = [start * standard.points / 100 for start in starts]
        steps = tuple(
            Step(f"rung_{number}", start, rules)
            for number, start, rules in zip((1, 2), starts, rungs, strict=True)
        )
        ladder = Ladder("ladder", WORDS, TOTAL, unit, random.random() < 0.5, steps)
        standard = replace(standard, rules=(*standard.rules, ladder))
        rungs = ((), ())
    awards = tuple(Award(f"rung_{number}", WORDS, rungs[number - 1], 3) for number in (1, 2))
    return replace(standard, awards=awards)


def some_inputs(random: Random, standard: Standard) -> Inputs:
    """Scores of most elements, perhaps a figure, marks and evidence."""
    scores: dict[str, object] = {}
    for element in standard.judged_elements:
        level = random.choice(LEVELS[: random.choice([2, 4])])
        if random.random() < 0.1:
            continue
        sides = standard.attributes_of(element)
        scores[element.code] = level
        if sides is not None:
            scores[element.code] = {"plan": level, "proof": level}
            if sides.combine is Combine.HOLISTIC:
                scores[element.code] = {"plan": level, "proof": level, "overall": level}
            elif random.random() < 0.5:
                scores[element.code] = {"plan": level, "proof": random.choice(LEVELS)}
    marks = {one.code for one in standard.elements if random.random() < 0.08}
    evidence = None
    if random.random() < 0.7:
        evidence = {
            one.code: (EvidenceItem("record", Decimal(3)),)
            for one in standard.elements
            if random.random() < 0.5
        }
    # A band or a cap stays unknown while a figure is: enough at the least is not enough for it.
    has_bands = any(isinstance(rule, BandTable | Cap) for rule in standard.rules)
    kpis = {"csat": READING} if has_bands or random.random() < 0.7 else {}
    return Inputs(scores, kpis, {}, frozenset(marks), evidence)  # type: ignore[arg-type]  # levels


def score(standard: Standard, inputs: Inputs) -> Result:
    return evaluate(
        standard, inputs.scores, inputs.kpis, inputs.weights, inputs.not_applicable, inputs.evidence
    )


def all_raises(standard: Standard, inputs: Inputs) -> Iterator[tuple[int, Inputs]]:
    """Every way to raise elements from inputs that are filled, with its effort."""
    out = set(inputs.not_applicable)
    elements = [one for one in standard.judged_elements if one.code not in out]
    choices = [
        range(place_now(standard, one, inputs.scores[one.code]), len(standard.scale_of(one).levels))
        for one in elements
    ]
    for places in product(*choices):
        scores = dict(inputs.scores)
        effort = 0
        for element, place, choice in zip(elements, places, choices, strict=True):
            effort += element.effort * (place - choice.start)
            if place > choice.start:
                scores[element.code] = raised(standard, element, scores[element.code], place)
        yield effort, replace(inputs, scores=scores)


def least_by_trying(standard: Standard, inputs: Inputs, award: str) -> int | None:
    """The least effort of all ways, with what no score can change assumed to hold."""
    ways = sorted(all_raises(standard, filled(standard, inputs)), key=lambda way: way[0])
    for effort, after in ways:
        if _is_reached(standard, score(standard, after), award):
            return effort
    return None


def _is_reached(standard: Standard, result: Result, award: str) -> bool:
    if not result.total.is_applicable:
        return False
    ladder = standard.ladder
    order = [one.id for one in standard.awards]
    rungs = result.rungs[order.index(award) :]
    if ladder is None or ladder.is_cumulative:
        rungs = rungs[:1]
    for rung in rungs:
        in_the_way = (*rung.failed, *rung.unknown)
        if rung.verdict is Verdict.PASS:
            return True
        if in_the_way and all(isinstance(standard.rule(name), OUTSIDE) for name in in_the_way):
            return True
    return False
