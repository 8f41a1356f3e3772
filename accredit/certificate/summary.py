"""A judgement as a decision maker reads it: criteria, gaps, rules and the ladder in order."""

from __future__ import annotations

from dataclasses import dataclass

from accredit.certificate.judging import Judgement
from accredit.kpi.loader import service_kpis
from accredit.standard.domain import Criterion, Element, Level, Scale
from accredit.standard.needs import asked_by
from accredit.standard.rules import Award, KpiCondition, Rule
from accredit.standard.scoring.results import NodeTotal, RuleResult, Rung
from accredit.text import Bilingual, Message


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion: its total, and how many of its elements are below their required level."""

    criterion: Criterion
    total: NodeTotal
    below: int


@dataclass(frozen=True, slots=True)
class GapLine:
    """An element that stands below the level it requires, on its own scale."""

    element: Element
    scale: Scale
    level: Level
    required: Level


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule of the standard, the engine's verdict on it, and why, with KPIs by their names."""

    rule: Rule
    result: RuleResult
    why: Message


@dataclass(frozen=True, slots=True)
class RungLine:
    """An award of the ladder, whether it is reached, and what it asks that is not met."""

    award: Award
    rung: Rung
    obstacles: tuple[Bilingual | Message, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a decision rests on; `reached` is the highest award that was reached.

    `elements` counts those that apply.
    """

    criteria: tuple[CriterionLine, ...]
    gaps: tuple[GapLine, ...]
    rules: tuple[RuleLine, ...]
    ladder: tuple[RungLine, ...]
    reached: Award | None
    elements: int


def summarise(judgement: Judgement) -> Summary:
    """The judgement in the order of the standard."""
    standard, result = judgement.standard, judgement.result
    gaps = tuple(
        GapLine(element, scale, scale.level(level), scale.level(element.required))
        for element in standard.elements
        if (level := result.by_code[element.code].level) is not None
        and (scale := standard.scale_of(element)).is_below(level, element.required)
    )
    below = [standard.criterion_of(gap.element.code).code for gap in gaps]
    return Summary(
        criteria=tuple(
            CriterionLine(criterion, total, below.count(criterion.code))
            for criterion, total in zip(standard.criteria, result.criteria, strict=True)
        ),
        gaps=gaps,
        rules=tuple(
            RuleLine(rule, answer, named_kpi(rule, answer.detail))
            for rule, answer in zip(standard.rules, result.rules, strict=True)
        ),
        ladder=tuple(
            RungLine(
                standard.award(rung.award),
                rung,
                tuple(
                    asked_by(standard, rung.award, standard.rule(name))
                    for name in (*rung.failed, *rung.unknown)
                ),
            )
            for rung in result.rungs
        ),
        reached=None if result.award is None else standard.award(result.award),
        elements=sum(one.is_applicable for one in result.elements),
    )


def named_kpi(rule: Rule, detail: Message) -> Message:
    """The engine knows KPIs by their ids alone; people know them by name."""
    kpi = service_kpis().find(rule.kpi) if isinstance(rule, KpiCondition) else None
    return detail if kpi is None else Message(detail.text, {**detail.values, "kpi": kpi.name})
