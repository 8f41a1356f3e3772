"""What each rung of the ladder of awards asks for, and what follows from each rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Standard
from accredit.standard.ladder import conditions_of_all, limits_below, steps_of
from accredit.standard.rules import Award, Blend, Cap, EffectKind, Ladder, Rule, Unit
from accredit.standard.spelling import decimal_text
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
