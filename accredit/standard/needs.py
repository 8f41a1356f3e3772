"""What each rung of the ladder of awards asks for, and what follows from each rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from accredit.standard.domain import Standard
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import Award, Blend, Cap, EffectKind, Ladder, Rule, Unit
from accredit.standard.scoring.ladder import conditions_of_all, limits_below, steps_of
from accredit.standard.scoring.results import Result, RuleResult, Rung, Verdict
from accredit.standard.scoring.scopes import places
from accredit.standard.scoring.wording import reached
from accredit.text import N_, Bilingual, Message


@dataclass(frozen=True, slots=True)
class Need:
    """One rung: its award, the total it starts from (or None) in `unit`, and its rules.

    Where the ladder `is_cumulative`, what the rungs below ask for is asked as well and not said
    again.
    """

    award: Award
    start: Decimal | None
    unit: Unit
    rules: tuple[Rule, ...]
    is_cumulative: bool


def needs_of(standard: Standard) -> tuple[Need, ...]:
    """Every rung from below."""
    ladder = standard.ladder
    is_cumulative = ladder is None or ladder.is_cumulative
    found: list[Need] = []
    said: dict[str, None] = {}
    for step in steps_of(standard):
        names = (*conditions_of_all(standard), *step.rules, *limits_below(standard, step.award))
        new = [name for name in dict.fromkeys(names) if name not in said or not is_cumulative]
        said.update(dict.fromkeys(new))
        found.append(
            Need(
                standard.award(step.award),
                step.start,
                Unit.PERCENT if ladder is None else ladder.unit,
                tuple(standard.rule(name) for name in new),
                is_cumulative,
            )
        )
    return tuple(found)


def asked_by(standard: Standard, award_id: str, rule: Rule) -> Bilingual | Message:
    """What a rule asks for an award: of the ladder's own rule, the total that award starts from."""
    start = _start(standard, award_id)
    if not isinstance(rule, Ladder) or start is None:
        return rule.text
    values = {"start": decimal_text(start)}
    if rule.unit is Unit.POINTS:
        return Message(N_("A total of at least %(start)s points"), values)
    return Message(N_("A total of at least %(start)s%%"), values)


def in_the_way(standard: Standard, result: Result, rung: Rung) -> tuple[RuleResult, ...]:
    """The rules that stand in the way of a rung, those not met first.

    The ladder's own rule is told of this rung: its total, and the one this rung starts from.
    """
    found = []
    for name in (*rung.failed, *rung.unknown):
        answer, rule = result.find_rule(name), standard.rule(name)
        if answer is not None and isinstance(rule, Ladder):
            verdict = Verdict.FAIL if name in rung.failed else Verdict.UNKNOWN
            detail = _missed(standard, result, rung, rule)
            answer = replace(answer, verdict=verdict, detail=detail or answer.detail)
        if answer is not None:
            found.append(answer)
    return tuple(found)


def _start(standard: Standard, award_id: str) -> Decimal | None:
    return next((step.start for step in steps_of(standard) if step.award == award_id), None)


def reach_of(standard: Standard, result: Result, ladder: Ladder) -> tuple[Decimal, Decimal]:
    """The total a ladder looks at, at least and at most, rounded, in the ladder's unit."""
    total = result.find_total(places(standard, ladder.scope)[0].code) or result.total
    factor = Fraction(100) if ladder.unit is Unit.PERCENT else total.max_points or Fraction(0)
    low, high = (standard.rounding.apply(factor * share) for share in total.bounds)
    return low, high


def _missed(standard: Standard, result: Result, rung: Rung, ladder: Ladder) -> Message | None:
    place = places(standard, ladder.scope)[0]
    total, start = result.find_total(place.code), _start(standard, rung.award)
    if total is None or start is None:
        return None
    low, high = reach_of(standard, result, ladder)
    missing = total.missing if low != high else ()
    return reached(start, ladder.unit, place, (low, high), missing, standard)


def effect_words(standard: Standard, rule: Rule) -> Message:
    """What follows from a rule, in words: which awards hang on it, or what it does to figures."""
    if isinstance(rule, Ladder):
        return Message(N_("Gives the award."))
    if isinstance(rule, Blend):
        return Message(N_("Mixes the total."))
    named = [
        standard.award(step.award).name for step in steps_of(standard) if rule.id in step.rules
    ]
    if named:
        awards = Bilingual(
            ", ".join(name.en for name in named), "، ".join(name.ar for name in named)
        )
        return Message(N_("A condition of: %(awards)s."), {"awards": awards})
    if isinstance(rule, Cap):
        if rule.is_soft:
            return Message(N_("Only pointed out."))
        return Message(N_("Cuts what stands above it."))
    effect = rule.effect
    if effect.kind is EffectKind.LIMIT_LEVEL_TO:
        award = standard.award(effect.award).name
        return Message(N_("If it does not hold, no award above “%(award)s”."), {"award": award})
    if effect.kind is EffectKind.CAP_TO and effect.percent is not None:
        percent = decimal_text(effect.percent)
        return Message(N_("If it does not hold, at most %(percent)s%%."), {"percent": percent})
    if effect.kind is EffectKind.WARN:
        return Message(N_("Only pointed out."))
    return Message(N_("A condition of every award."))
