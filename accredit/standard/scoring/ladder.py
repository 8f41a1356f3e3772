"""The award: which rung of the ladder is reached, and what stands in the way of the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from accredit.standard.domain import Standard
from accredit.standard.rules import EffectKind, Ladder, Rule, Step
from accredit.standard.scoring import wording
from accredit.standard.scoring.results import TOTAL, RulePart, RuleResult, Rung, Verdict
from accredit.standard.scoring.scopes import places
from accredit.standard.scoring.verdicts import Reach, Situation, missing_at, reach


def climb(
    situation: Situation, verdicts: Mapping[str, Verdict]
) -> tuple[tuple[Rung, ...], RuleResult | None]:
    """Every rung from below, and the verdict of the ladder's own rule where there is one."""
    standard = situation.standard
    ladder = standard.ladder
    reached = None if ladder is None else _reach(ladder, situation)
    rungs: list[Rung] = []
    failed: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for step in steps_of(standard):
        if ladder is not None and not ladder.is_cumulative:
            failed, unknown = {}, {}
        found = [(name, verdicts[name]) for name in conditions_of(standard, step)]
        if ladder is not None and reached is not None:
            found.append((ladder.id, _threshold(step, reached)))
        failed.update(dict.fromkeys(name for name, one in found if one is Verdict.FAIL))
        unknown.update(dict.fromkeys(name for name, one in found if one is Verdict.UNKNOWN))
        verdict = Verdict.FAIL if failed else Verdict.UNKNOWN if unknown else Verdict.PASS
        if verdict is Verdict.PASS and not situation.tree.applies(TOTAL):
            verdict = Verdict.UNKNOWN
        rungs.append(Rung(step.award, verdict, tuple(failed), tuple(unknown)))
    told = None if ladder is None or reached is None else _told(ladder, situation, reached)
    return tuple(rungs), told


def steps_of(standard: Standard) -> Sequence[Step]:
    """The rungs as the ladder gives them, or else as the awards do."""
    if standard.ladder is not None:
        return standard.ladder.steps
    return [Step(award.id, None, award.rules) for award in standard.awards]


def conditions_of(standard: Standard, step: Step) -> list[str]:
    """The rules that must pass on this rung, apart from the threshold of the ladder itself."""
    return [
        *conditions_of_all(standard),
        *step.rules,
        *limits_below(standard, step.award),
    ]


def conditions_of_all(standard: Standard) -> list[str]:
    """The rules that no rung names and that stand in the way of every award."""
    named = {name for step in steps_of(standard) for name in step.rules}
    return [
        rule.id
        for rule in standard.rules
        if rule.id not in named and _effect(rule) is EffectKind.FAIL
    ]


def limits_below(standard: Standard, award: str) -> list[str]:
    """The rules that, broken, limit the award to one below this."""
    order = [step.award for step in steps_of(standard)]
    return [
        rule.id
        for rule in standard.rules
        if _effect(rule) is EffectKind.LIMIT_LEVEL_TO
        and order.index(rule.effect.award) < order.index(award)
    ]


def _effect(rule: Rule) -> EffectKind:
    return rule.effect.kind


def _reach(ladder: Ladder, situation: Situation) -> Reach:
    return reach(situation, places(situation.standard, ladder.scope)[0], ladder.unit)


def _threshold(step: Step, reached: Reach) -> Verdict:
    if step.start is None:
        return Verdict.PASS
    if not reached.is_applicable:
        return Verdict.UNKNOWN
    if reached.low >= step.start:
        return Verdict.PASS
    return Verdict.FAIL if reached.high < step.start else Verdict.UNKNOWN


def _told(ladder: Ladder, situation: Situation, reached: Reach) -> RuleResult:
    """The ladder's own rule passes when any of its thresholds is reached for certain."""
    place = places(situation.standard, ladder.scope)[0]
    thresholds = {_threshold(step, reached) for step in ladder.steps}
    if Verdict.PASS in thresholds:
        verdict = Verdict.PASS
    else:
        verdict = Verdict.UNKNOWN if Verdict.UNKNOWN in thresholds else Verdict.FAIL
    if not reached.is_applicable:
        told = wording.left_out(place, situation.standard)
        part = RulePart(place.code, verdict, told, ())
        return RuleResult(ladder.id, ladder.kind, verdict, told, (), (part,))
    lowest = min(
        (step.start for step in ladder.steps if step.start is not None), default=Decimal(0)
    )
    missing = missing_at(situation, place) if reached.low != reached.high else ()
    detail = wording.reached(
        lowest, ladder.unit, place, (reached.low, reached.high), missing, situation.standard
    )
    part = RulePart(place.code, verdict, detail, missing)
    return RuleResult(ladder.id, ladder.kind, verdict, detail, missing, (part,))
