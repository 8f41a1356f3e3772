"""A result explained, for one page: derivation, rules, ladder, and what would change the award."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache

from accredit.certificate.summary import RuleLine, named_kpi
from accredit.kpi.loader import service_kpis
from accredit.standard.domain import Element, Node, Standard
from accredit.standard.needs import Need, asked_by, effect_words, in_the_way, needs_of, reach_of
from accredit.standard.rules import Award
from accredit.standard.scales import Level
from accredit.standard.scoring.explain import Derivation, explain
from accredit.standard.scoring.results import KpiReading, Result, Rung, Verdict
from accredit.standard.scoring.sensitivity import Sensitivity, Shift, sensitivity
from accredit.text import Bilingual, Message


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of a rung: what it asks, whether that is certain, and why."""

    asked: Bilingual | Message
    verdict: Verdict
    why: Message


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder: what it needs, whether it is reached, what stands in its way."""

    need: Need
    rung: Rung
    obstacles: tuple[Obstacle, ...]
    threshold: Verdict


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A rule with its verdict and why, and what follows from it."""

    line: RuleLine
    effect: Message


@dataclass(frozen=True, slots=True)
class Turn:
    """A score that, moved by one level, changes the award (None: to none)."""

    element: Element
    level: Level
    moved_to: Level
    award: Award | None


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A measured figure the result looked at; `reading` is None where there is none."""

    name: Bilingual
    reading: KpiReading | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that the page and the print of a result show."""

    standard: Standard
    result: Result
    derivation: Derivation
    rules: tuple[EffectLine, ...]
    steps: tuple[Step, ...]
    reached: Award | None
    following: Step | None
    raising: tuple[Turn, ...]
    losing: tuple[Turn, ...]
    figures: tuple[FigureLine, ...]
    chosen: tuple[tuple[Node, str], ...]
    left_out: tuple[Node, ...]


def explanation_of(standard: Standard, result: Result) -> Explanation:
    """The result of this standard, explained; the turns are found only once for a result."""
    lines = {
        rule.id: RuleLine(rule, answer, named_kpi(rule, answer.detail))
        for rule, answer in zip(standard.rules, result.rules, strict=True)
    }
    steps = tuple(
        Step(need, rung, _obstacles(standard, result, rung), _threshold(standard, result, need))
        for need, rung in zip(needs_of(standard), result.rungs, strict=True)
    )
    inputs = tuple(_frozen(getattr(result.inputs, one.name)) for one in fields(result.inputs))
    turns = _turns(_Asked(standard.sha256, inputs, standard, result))
    marked = set(result.not_applicable)
    return Explanation(
        standard=standard,
        result=result,
        derivation=_with_names(explain(standard, result)),
        rules=tuple(
            EffectLine(lines[rule.id], effect_words(standard, rule)) for rule in standard.rules
        ),
        steps=steps,
        reached=None if result.award is None else standard.award(result.award),
        following=_following(steps, result.award),
        raising=tuple(_turn(standard, shift) for shift in turns.raising),
        losing=tuple(_turn(standard, shift) for shift in turns.losing),
        figures=tuple(
            FigureLine(_kpi_name(kpi), result.inputs.kpis.get(kpi))
            for kpi in standard.kpis
            if kpi in standard.figures_used
        ),
        chosen=tuple(
            (standard.nodes[code], f"{weight:f}") for code, weight in result.inputs.weights.items()
        ),
        # Of a group that is left out not every element again.
        left_out=tuple(
            standard.nodes[code]
            for code in result.not_applicable
            if code.rpartition(".")[0] not in marked
        ),
    )


def _threshold(standard: Standard, result: Result, need: Need) -> Verdict:
    """Whether the total reaches the one this rung starts from, whatever else it asks."""
    ladder = standard.ladder
    if ladder is None or need.start is None:
        return Verdict.PASS
    low, high = reach_of(standard, result, ladder)
    if low >= need.start:
        return Verdict.PASS
    return Verdict.FAIL if high < need.start else Verdict.UNKNOWN


def _obstacles(standard: Standard, result: Result, rung: Rung) -> tuple[Obstacle, ...]:
    return tuple(
        Obstacle(
            asked_by(standard, rung.award, rule := standard.rule(answer.id)),
            answer.verdict,
            named_kpi(rule, answer.detail),
        )
        for answer in in_the_way(standard, result, rung)
    )


def _following(steps: tuple[Step, ...], award: str | None) -> Step | None:
    """The first rung above the one that is reached, or None at the top."""
    order = [step.need.award.id for step in steps]
    above = steps[order.index(award) + 1 :] if award is not None else steps
    return next((step for step in above if step.rung.verdict is not Verdict.PASS), None)


def _turn(standard: Standard, shift: Shift) -> Turn:
    element = standard.element(shift.code)
    scale = standard.scale_of(element)
    award = None if shift.award is None else standard.award(shift.award)
    return Turn(element, scale.level(shift.level), scale.level(shift.moved_to), award)


def _kpi_name(kpi: str) -> Bilingual:
    found = service_kpis().find(kpi)
    return Bilingual(kpi, kpi) if found is None else found.name


def _with_names(node: Derivation) -> Derivation:
    """The same with KPIs by the names people know, where the engine knows ids alone."""
    return Derivation(
        node.code,
        node.place,
        node.title,
        node.total,
        tuple(_named(line) for line in node.lines),
        tuple(_with_names(child) for child in node.children),
    )


def _named(line: Message) -> Message:
    kpi = line.values.get("kpi")
    return (
        Message(line.text, {**line.values, "kpi": _kpi_name(kpi)}) if isinstance(kpi, str) else line
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A result, recognised by all it was computed from."""

    sha256: str
    inputs: tuple[object, ...]
    standard: Standard = field(compare=False)
    result: Result = field(compare=False)


def _frozen(value: object) -> object:
    """A value of an evaluation's inputs as something that can be looked up."""
    if isinstance(value, Mapping):
        return frozenset((key, _frozen(one)) for key, one in value.items())
    return value


@lru_cache(maxsize=128)
def _turns(asked: _Asked) -> Sensitivity:
    return sensitivity(asked.standard, asked.result)
