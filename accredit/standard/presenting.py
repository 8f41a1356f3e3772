"""Rules and scales in words and rows, for those who read a standard like a book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Combine, Interval, NotApplicable, NotApplicablePolicy, Standard
from accredit.standard.figures import Figure, FigureMap, KpiField, MapKind
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import (
    Applicability,
    Award,
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
    PredicateKind,
    Rule,
    RuleKind,
    Scope,
    ScopeKind,
    ShareLimit,
    ShareRounding,
    Unit,
    Veto,
    WeightBounds,
)
from accredit.standard.scales import LevelFlag
from accredit.standard.scoring.explain import rounding_words
from accredit.standard.scoring.ladder import steps_of
from accredit.standard.scoring.wording import (
    FIGURE_NAMES,
    count_words,
    limit_words,
    listed,
    place_name,
    where_words,
)
from accredit.text import N_, Bilingual, Message

KIND_NAMES = {
    RuleKind.VETO: N_("No element like this"),
    RuleKind.COUNT_LIMIT: N_("Number of elements"),
    RuleKind.SHARE_LIMIT: N_("Share of the elements"),
    RuleKind.MINIMUM: N_("Least total"),
    RuleKind.CAP: N_("Never above another value"),
    RuleKind.KPI_CONDITION: N_("Measured figure"),
    RuleKind.EVIDENCE_CONDITION: N_("Evidence"),
    RuleKind.APPLICABILITY: N_("What does not apply"),
    RuleKind.WEIGHT_BOUNDS: N_("Sum of the chosen weights"),
    RuleKind.BAND_TABLE: N_("Bands of a total"),
    RuleKind.BLEND: N_("Total mixed from several sources"),
    RuleKind.LADDER: N_("Ladder of award levels"),
}
FLAG_NAMES = {
    LevelFlag.PASSES: N_("Enough"),
    LevelFlag.RAISES_FINDING: N_("Raises a finding"),
    LevelFlag.NEEDS_JUSTIFICATION: N_("Must be justified"),
    LevelFlag.NEEDS_EXEMPLAR: N_("An example to others"),
}
NA_NAMES = {
    NotApplicable.ALLOWED: N_("May be left out where it does not apply"),
    NotApplicable.BY_RULE: N_("Left out where a rule says so"),
}
NA_POLICY_WORDS = {
    NotApplicablePolicy.DROP: N_(
        "What does not apply weighs nothing: its weight leaves every total above it."
    ),
    NotApplicablePolicy.REDISTRIBUTE: N_(
        "The weight of what does not apply is shared out among its neighbours, "
        "so that the part they belong to keeps its weight."
    ),
    NotApplicablePolicy.FULL: N_("What does not apply counts as fully met."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: names and figures in the order of its columns; `kpi` where it has one."""

    name: Bilingual | Message
    figure: str
    notes: tuple[Message | Bilingual, ...] = ()
    kpi: str = ""


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule: what its author says, and what it does in terms of the engine.

    `rows` are its bands, instruments or rungs, under the headings in `columns`.
    """

    rule: Rule
    kind: str
    facts: tuple[tuple[str, Message | Bilingual], ...]
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownAward:
    """A rung: the award, the total it starts from, and the rules it adds to those `below` it."""

    award: Award
    start: Message | None
    rules: tuple[Rule, ...]
    below: Award | None


def shown_awards(standard: Standard) -> tuple[ShownAward, ...]:
    """The awards, the lowest first, as the ladder gives them or they themselves do."""
    ladder = standard.ladder
    shown: list[ShownAward] = []
    for step in steps_of(standard):
        start = None
        if ladder is not None and step.start is not None:
            start = _from(step.start, ladder, standard)
        is_cumulative = ladder is None or ladder.is_cumulative
        below = shown[-1].award if shown and is_cumulative else None
        rules = tuple(standard.rule(name) for name in step.rules)
        shown.append(ShownAward(standard.award(step.award), start, rules, below))
    return tuple(shown)


def conditions_of_all(standard: Standard) -> tuple[Rule, ...]:
    """The rules that no award names, and that are a condition of every one."""
    named = {name for step in steps_of(standard) for name in step.rules}
    return tuple(
        rule
        for rule in standard.rules
        if rule.id not in named and rule.effect.kind is EffectKind.FAIL
    )


def shown_rules(standard: Standard) -> tuple[ShownRule, ...]:
    """Every rule, in the order of the file."""
    return tuple(_shown(rule, standard) for rule in standard.rules)


def _shown(rule: Rule, standard: Standard) -> ShownRule:
    facts = [*_facts(rule, standard)]
    effect = None if isinstance(rule, _WITHOUT_EFFECT) else effect_words(rule.effect, standard)
    if effect is not None:
        facts.append((N_("If it does not hold"), effect))
    columns, rows = _rows(rule, standard)
    return ShownRule(rule, KIND_NAMES[rule.kind], tuple(facts), columns, rows)


_WITHOUT_EFFECT = (Cap, Applicability, Blend, Ladder)


def _facts(rule: Rule, standard: Standard) -> Iterator[tuple[str, Message | Bilingual]]:
    if not isinstance(rule, KpiCondition | Applicability):
        yield N_("Looks at"), scope_words(rule.scope, standard)
    if isinstance(rule, Veto | CountLimit | ShareLimit):
        yield N_("Counts elements"), where_words(rule.where, standard)
        yield N_("How many"), count_words(rule)
        if isinstance(rule, ShareLimit) and rule.round is not ShareRounding.EXACT:
            yield N_("Rounding"), Message(_SHARE_ROUNDING[rule.round])
    elif isinstance(rule, Minimum):
        yield N_("At least"), _amount(rule.value, rule.unit)
    elif isinstance(rule, Cap):
        yield N_("Never above"), _cap_words(rule, standard)
        words = N_("What is above is told, not cut.") if rule.is_soft else N_("Cut to it.")
        yield N_("If it is above"), Message(words)
    elif isinstance(rule, KpiCondition):
        yield from figure_facts(rule.figure)
        yield N_("How much"), limit_words(rule.min, rule.max)
    elif isinstance(rule, EvidenceCondition):
        yield from _evidence_facts(rule, standard)
    elif isinstance(rule, Applicability):
        yield N_("Leaves out"), listed(rule.nodes)
        yield N_("When"), _when(rule, standard)
    elif isinstance(rule, WeightBounds):
        yield N_("The weights sum to"), _plain(decimal_text(rule.sum_to))
    elif isinstance(rule, BandTable):
        if rule.rounding is not None:
            yield N_("Rounding"), rounding_words(rule.rounding)
        if rule.at_least:
            names = {band.id: band.name for band in rule.bands}
            yield N_("At least"), names[rule.at_least]
    elif isinstance(rule, Ladder):
        yield (
            N_("Each rung"),
            Message(
                N_("needs every lower one too") if rule.is_cumulative else N_("stands by itself")
            ),
        )


_SHARE_ROUNDING = {
    ShareRounding.DOWN: N_("down to a whole number of elements"),
    ShareRounding.HALF_UP: N_("to the nearest whole number of elements"),
}


def figure_facts(figure: Figure) -> Iterator[tuple[str, Message | Bilingual]]:
    """Which figure of which KPI, and how sure it must be."""
    yield N_("Figure"), Message(FIGURE_NAMES[figure.field])
    if figure.field is not KpiField.N:
        yield N_("Answers at least"), _plain(str(figure.min_n))
    if figure.max_age_months is not None:
        yield N_("Not older than (months)"), _plain(str(figure.max_age_months))


def worth_words(worth: FigureMap) -> Message:
    """How a figure becomes a percentage, before the table of its points."""
    if worth.kind is MapKind.LINEAR:
        return Message(N_("Between two points along the line; flat beyond the ends."))
    return Message(N_("The percentage of the last point that is reached."))


def attribute_words(combine: Combine, interval: Interval, margin: Decimal) -> Message:
    """How the attributes of an element become its value."""
    if combine is Combine.MEAN:
        return Message(N_("The element's value is the mean of its attributes."))
    if interval is Interval.MIN_MAX:
        return Message(
            N_(
                "The element is judged as a whole, and its value lies "
                "between the lowest and the highest of its attributes."
            )
        )
    return Message(
        N_(
            "The element is judged as a whole, and its value lies "
            "at most %(margin)s away from the mean of its attributes."
        ),
        {"margin": decimal_text(margin)},
    )


def _evidence_facts(
    rule: EvidenceCondition, standard: Standard
) -> Iterator[tuple[str, Message | Bilingual]]:
    yield N_("Elements"), where_words(rule.where, standard)
    if rule.kinds:
        found = [standard.find_evidence_kind(kind) for kind in rule.kinds]
        names = [kind.name for kind in found if kind is not None]
        yield (
            N_("Kinds"),
            Bilingual(", ".join(one.en for one in names), "، ".join(one.ar for one in names)),
        )
    yield N_("Items at least"), _plain(str(rule.minimum))
    if rule.max_age_months is not None:
        yield N_("Not older than (months)"), _plain(str(rule.max_age_months))
    if rule.span_months is not None:
        yield N_("Oldest to newest at least (months)"), _plain(str(rule.span_months))


def _cap_words(rule: Cap, standard: Standard) -> Message | Bilingual:
    if rule.node:
        return place_name(rule.node, standard)
    return next(
        attribute.title
        for one in standard.attribute_sets
        for attribute in one.attributes
        if attribute.id == rule.attribute
    )


def _when(rule: Applicability, standard: Standard) -> Message:
    values = {"place": place_name(rule.node, standard), "where": where_words(rule.where, standard)}
    if rule.where.kind is PredicateKind.NOT_APPLICABLE:
        return Message(N_("%(place)s does not apply"), values)
    return Message(N_("%(place)s is %(where)s"), values)


def _rows(rule: Rule, standard: Standard) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    if isinstance(rule, BandTable):
        rows = tuple(Row(band.name, _amount_text(band.start, rule.unit)) for band in rule.bands)
        return (N_("Band"), N_("From")), rows
    if isinstance(rule, Blend):
        rows = tuple(_instrument(part) for part in rule.parts)
        return (N_("Source"), N_("Share"), N_("What it is")), rows
    if isinstance(rule, Ladder):
        rows = tuple(
            Row(
                standard.award(step.award).name,
                "–" if step.start is None else _amount_text(step.start, rule.unit),
                tuple(standard.rule(name).text for name in step.rules),
            )
            for step in rule.steps
        )
        return (N_("Award level"), N_("From"), N_("And")), rows
    return (), ()


def _instrument(part: Instrument) -> Row:
    share = f"{decimal_text(part.share)}%"
    if part.measured is None:
        return Row(part.name, share, (Message(N_("the scores")),))
    worth = [
        f"{decimal_text(point.at)} = {decimal_text(point.percent)}%"
        for point in part.measured.worth.points
    ]
    notes = (
        Message(FIGURE_NAMES[part.measured.figure.field]),
        Bilingual(", ".join(worth), "، ".join(f"\u2066{one}\u2069" for one in worth)),
        worth_words(part.measured.worth),
    )
    return Row(part.name, share, notes, part.measured.figure.kpi)


def _from(start: Decimal, ladder: Ladder, standard: Standard) -> Message:
    return Message(
        N_("%(place)s: at least %(amount)s"),
        {
            "place": scope_words(ladder.scope, standard),
            "amount": _amount(start, ladder.unit),
        },
    )


def _amount(value: Decimal, unit: Unit) -> Message:
    if unit is Unit.POINTS:
        return Message(N_("%(points)s points"), {"points": decimal_text(value)})
    return Message(N_("%(percent)s%%"), {"percent": decimal_text(value)})


def _amount_text(value: Decimal, unit: Unit) -> str:
    return decimal_text(value) if unit is Unit.POINTS else f"{decimal_text(value)}%"


def scope_words(scope: Scope, standard: Standard) -> Message:
    """Where a rule looks."""
    if scope.kind is ScopeKind.ALL:
        return Message(N_("All elements"))
    if scope.kind is ScopeKind.TOTAL:
        return place_name("total", standard)
    if scope.kind is ScopeKind.EACH_CRITERION:
        return Message(N_("Each criterion"))
    if scope.kind is ScopeKind.NODE:
        return place_name(scope.code, standard)
    return Message(N_("Together %(codes)s"), {"codes": listed(scope.codes)})


def effect_words(effect: Effect, standard: Standard) -> Message:
    """What follows where a rule does not hold."""
    if effect.kind is EffectKind.WARN:
        return Message(N_("It is told, and nothing follows."))
    if effect.kind is EffectKind.LIMIT_LEVEL_TO:
        award = standard.award(effect.award).name
        return Message(N_("At most “%(award)s”."), {"award": award})
    if effect.kind is EffectKind.CAP_TO:
        percent = decimal_text(effect.percent or Decimal(0))
        return Message(N_("The total is at most %(percent)s%%."), {"percent": percent})
    return Message(N_("The award that asks for it is not reached."))


def _plain(text: str) -> Bilingual:
    return Bilingual(text, text)
