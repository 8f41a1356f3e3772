"""Reading the rules and the awards: each kind of rule has its own keys, and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Criterion, Element, NotApplicable
from accredit.standard.file.figures_loader import FIGURE, read_figure
from accredit.standard.file.names import MAX_TITLE, WORD, Names
from accredit.standard.file.reading import Field, Fields, Unique
from accredit.standard.file.tables_loader import read_band_table, read_blend, read_ladder
from accredit.standard.rules import (
    REQUIRED,
    Applicability,
    Award,
    Cap,
    CountLimit,
    Effect,
    EffectKind,
    EvidenceCondition,
    KpiCondition,
    Minimum,
    Predicate,
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
from accredit.text import N_, Bilingual

_COMMON = ("id", "kind", "text")
_EFFECT = ("effect",)
RULE_KEYS: dict[RuleKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    RuleKind.VETO: (("scope", "where"), _EFFECT),
    RuleKind.COUNT_LIMIT: (("scope", "where"), ("min", "max", *_EFFECT)),
    RuleKind.SHARE_LIMIT: (("scope", "where"), ("min", "max", "round", *_EFFECT)),
    RuleKind.MINIMUM: (("scope", "value"), ("unit", *_EFFECT)),
    RuleKind.CAP: (("scope", "by"), _EFFECT),
    RuleKind.KPI_CONDITION: (
        ("kpi", "field"),
        ("min", "max", "min_n", "max_age_months", *_EFFECT),
    ),
    RuleKind.EVIDENCE_CONDITION: (
        ("scope", "where", "minimum"),
        ("kinds", "max_age_months", "span_months", *_EFFECT),
    ),
    RuleKind.APPLICABILITY: (("nodes", "when"), ()),
    RuleKind.WEIGHT_BOUNDS: (("scope", "sum_to"), _EFFECT),
    RuleKind.BAND_TABLE: (("scope", "unit", "bands"), ("rounding", "at_least", *_EFFECT)),
    RuleKind.BLEND: (("scope", "parts"), ()),
    RuleKind.LADDER: (("scope", "unit", "cumulative", "rungs"), ()),
}
_CAPPING = frozenset(
    {
        RuleKind.VETO,
        RuleKind.COUNT_LIMIT,
        RuleKind.SHARE_LIMIT,
        RuleKind.KPI_CONDITION,
        RuleKind.EVIDENCE_CONDITION,
    }
)
_CAP_TO_IT = "cap_to_it"
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may name, besides each other. `awards` is None when their list is in error."""

    names: Names
    criteria: Sequence[Criterion]
    awards: tuple[str, ...] | None
    has_points: bool

    @property
    def groups(self) -> list[str]:
        """The codes of all groups, the top-level ones first."""
        nodes = [node for one in self.criteria for node in one.walk()]
        return [node.code for node in nodes if isinstance(node, Criterion)]

    @property
    def codes(self) -> list[str]:
        """The codes of all groups and elements."""
        return [node.code for one in self.criteria for node in one.walk()]

    @property
    def is_sound(self) -> bool:
        """Whether every code could be read."""
        return all(self.codes)


def read_rules(field: Field, context: Context) -> tuple[Rule, ...]:
    """The rules of a standard, in the order of the file."""
    ids = Unique()
    read = [_read_rule(item, context, ids) for item in field.items()]
    return tuple(rule for rule in read if rule is not None)


def read_awards(
    field: Field, rule_ids: tuple[str, ...] | None, *, has_ladder: bool
) -> tuple[Award, ...]:
    """The awards, lowest first; they name their rules unless a ladder rule does."""
    awards: list[Award] = []
    ids = Unique()
    for item in field.items(at_least=1):
        fields = item.fields(("id", "name", "valid_years"), ("rules",))
        rules: tuple[str, ...] = ()
        if has_ladder and "rules" in fields:
            fields["rules"].refuse(N_("the ladder rule names the rules of this award"))
        elif "rules" in fields:
            rules = fields["rules"].choices(rule_ids, at_least=1)
        elif not has_ladder and not item.is_broken:
            item.refuse(N_("the key “%(key)s” is missing"), key="rules")
        award = Award(
            id=fields["id"].word(WORD),
            name=fields["name"].bilingual(max_length=MAX_TITLE),
            rules=rules,
            valid_years=fields["valid_years"].whole(1, 10),
        )
        if ids.take(fields["id"], award.id):
            awards.append(award)
    return tuple(awards)


def award_ids(field: Field) -> tuple[str, ...]:
    """The ids of the awards, before they are read: rules stand above them and name them."""
    items = field.items() if field.is_list else []
    nodes = [item.peek("id").node for item in items]
    return tuple(str(getattr(node, "value", "")) for node in nodes)


def _read_rule(field: Field, context: Context, ids: Unique) -> Rule | None:
    anything = sorted({key for keys in RULE_KEYS.values() for group in keys for key in group})
    word = field.peek("kind").choice(tuple(RuleKind))
    if not word:
        fields = field.fields(_COMMON, anything)
        ids.take(fields["id"], fields["id"].word(WORD))
        return None
    kind = RuleKind(word)
    required, optional = RULE_KEYS[kind]
    fields = field.fields((*_COMMON, *required), optional)
    rule_id = fields["id"].word(WORD)
    ids.take(fields["id"], rule_id)
    return _READERS[kind](fields, rule_id, fields["text"].bilingual(), context)


def _veto(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = read_scope(fields["scope"], context, ScopeKind.ALL)
    where = _read_predicate(fields["where"], context)
    return Veto(rule_id, text, scope, where, _read_effect(fields, RuleKind.VETO, context))


def _count_limit(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = read_scope(fields["scope"], context, ScopeKind.ALL)
    where = _read_predicate(fields["where"], context)
    fewest, most = _read_bounds(fields, Decimal(0), Decimal(9999), whole=True)
    effect = _read_effect(fields, RuleKind.COUNT_LIMIT, context)
    return CountLimit(rule_id, text, scope, where, _int(fewest), _int(most), effect)


def _share_limit(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = read_scope(fields["scope"], context, ScopeKind.ALL)
    where = _read_predicate(fields["where"], context)
    least, most = _read_bounds(fields, Decimal(0), Decimal(1))
    word = fields["round"].choice(tuple(ShareRounding)) if "round" in fields else ""
    rounding = ShareRounding(word or ShareRounding.EXACT)
    effect = _read_effect(fields, RuleKind.SHARE_LIMIT, context)
    return ShareLimit(rule_id, text, scope, where, least, most, rounding, effect)


def _minimum(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    unit = read_unit(fields, context)
    most = _HUNDRED if unit is Unit.PERCENT else Decimal(100_000)
    scope = read_scope(fields["scope"], context, ScopeKind.TOTAL)
    value = fields["value"].number(Decimal(0), most)
    effect = _read_effect(fields, RuleKind.MINIMUM, context)
    return Minimum(rule_id, text, scope, value, unit, effect)


def _cap(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    by = fields["by"].fields((), ("attribute", "node"))
    attribute = node = ""
    if ("attribute" in by) == ("node" in by):
        if not fields["by"].is_broken:
            fields["by"].refuse(
                N_("exactly one of these keys is wanted: %(keys)s"), keys="attribute, node"
            )
    elif "attribute" in by:
        sets = context.names.attribute_sets
        known = None if sets is None else [name for one in sets.values() for name in one.ids]
        attribute = by["attribute"].choice(known)
    else:
        node = by["node"].choice(context.codes if context.is_sound else None)
    first = ScopeKind.TOTAL if node else ScopeKind.ALL
    scope = read_scope(fields["scope"], context, first, groups_only=bool(node))
    is_soft = False
    if "effect" in fields:
        is_soft = fields["effect"].choice((_CAP_TO_IT, EffectKind.WARN)) == EffectKind.WARN
    return Cap(rule_id, text, scope, attribute, node, is_soft)


def _kpi_condition(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    low, high = _read_bounds(fields, -FIGURE, FIGURE)
    figure = read_figure(fields, context.names)
    effect = _read_effect(fields, RuleKind.KPI_CONDITION, context)
    return KpiCondition(rule_id, text, figure, low, high, effect)


def _evidence_condition(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    def months(key: str) -> int | None:
        return fields[key].whole(1, 240) if key in fields else None

    return EvidenceCondition(
        id=rule_id,
        text=text,
        scope=read_scope(fields["scope"], context, ScopeKind.ALL),
        where=_read_predicate(fields["where"], context),
        kinds=fields["kinds"].choices(context.names.kinds) if "kinds" in fields else (),
        minimum=fields["minimum"].whole(1, 99),
        max_age_months=months("max_age_months"),
        span_months=months("span_months"),
        effect=_read_effect(fields, RuleKind.EVIDENCE_CONDITION, context),
    )


def _applicability(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    known = context.codes if context.is_sound else None
    nodes = fields["nodes"].choices(known, at_least=1)
    when = fields["when"].fields((), ("not_applicable", "element", "level", "below", "at_least"))
    node, where = "", Predicate(PredicateKind.NOT_APPLICABLE)
    if ("not_applicable" in when) == ("element" in when):
        if not fields["when"].is_broken:
            fields["when"].refuse(
                N_("exactly one of these keys is wanted: %(keys)s"), keys="not_applicable, element"
            )
    elif "not_applicable" in when:
        node = when["not_applicable"].choice(known)
    else:
        node = when["element"].choice(known)
        where = _one_predicate(when, context, (PredicateKind.LEVEL, *_ORDERED))
    _check_applicability(fields, nodes, node, where, context)
    return Applicability(rule_id, text, nodes, node, where)


def _check_applicability(
    fields: Fields, nodes: tuple[str, ...], node: str, where: Predicate, context: Context
) -> None:
    by_code = {one.code: one for top in context.criteria for one in top.walk()}
    for code in nodes:
        if code in by_code and by_code[code].na is not NotApplicable.BY_RULE:
            fields["nodes"].refuse(N_("“%(code)s” is not marked with “na: by_rule”"), code=code)
    asked = by_code.get(node)
    if asked is None:
        return
    if where.kind is not PredicateKind.NOT_APPLICABLE and not isinstance(asked, Element):
        fields["when"].refuse(N_("“%(code)s” is no element"), code=node)
    inside = {one.code for code in nodes if code in by_code for one in _below(by_code[code])}
    if node in inside:
        fields["when"].refuse(N_("a rule cannot depend on what it leaves out itself"))


def _below(node: Criterion | Element) -> Sequence[Criterion | Element]:
    return [node] if isinstance(node, Element) else list(node.walk())


def _weight_bounds(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = read_scope(fields["scope"], context, ScopeKind.TOTAL, groups_only=True)
    if scope.kind not in (ScopeKind.TOTAL, ScopeKind.NODE):
        fields["scope"].refuse(N_("“total” or one code is wanted here"))
    total = fields["sum_to"].number(Decimal("0.01"), Decimal(100_000))
    effect = _read_effect(fields, RuleKind.WEIGHT_BOUNDS, context)
    return WeightBounds(rule_id, text, scope, total, effect)


def _band_table(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = _one_place(fields, context)
    effect = _read_effect(fields, RuleKind.BAND_TABLE, context)
    return read_band_table(fields, rule_id, text, scope, read_unit(fields, context), effect)


def _blend(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = read_scope(fields["scope"], context, ScopeKind.TOTAL, groups_only=True)
    if scope.kind not in (ScopeKind.TOTAL, ScopeKind.NODE):
        fields["scope"].refuse(N_("“total” or one code is wanted here"))
    return read_blend(fields, rule_id, text, scope, context.names)


def _ladder(fields: Fields, rule_id: str, text: Bilingual, context: Context) -> Rule:
    scope = _one_place(fields, context)
    return read_ladder(fields, rule_id, text, scope, read_unit(fields, context), context.awards)


_READERS: dict[RuleKind, Callable[[Fields, str, Bilingual, Context], Rule]] = {
    RuleKind.VETO: _veto,
    RuleKind.COUNT_LIMIT: _count_limit,
    RuleKind.SHARE_LIMIT: _share_limit,
    RuleKind.MINIMUM: _minimum,
    RuleKind.CAP: _cap,
    RuleKind.KPI_CONDITION: _kpi_condition,
    RuleKind.EVIDENCE_CONDITION: _evidence_condition,
    RuleKind.APPLICABILITY: _applicability,
    RuleKind.WEIGHT_BOUNDS: _weight_bounds,
    RuleKind.BAND_TABLE: _band_table,
    RuleKind.BLEND: _blend,
    RuleKind.LADDER: _ladder,
}


def _read_effect(fields: Fields, kind: RuleKind, context: Context) -> Effect:
    """What follows when the rule does not hold; no award, where nothing is said."""
    if "effect" not in fields:
        return Effect()
    field = fields["effect"]
    if not field.is_mapping:
        word = field.choice((EffectKind.FAIL, EffectKind.WARN))
        return Effect(EffectKind(word or EffectKind.FAIL))
    keys = field.fields((), (EffectKind.LIMIT_LEVEL_TO, EffectKind.CAP_TO))
    if (EffectKind.LIMIT_LEVEL_TO in keys) == (EffectKind.CAP_TO in keys):
        field.refuse(
            N_("exactly one of these keys is wanted: %(keys)s"), keys="limit_level_to, cap_to"
        )
        return Effect()
    if EffectKind.LIMIT_LEVEL_TO in keys:
        award = keys[EffectKind.LIMIT_LEVEL_TO].choice(context.awards)
        return Effect(EffectKind.LIMIT_LEVEL_TO, award=award)
    if kind not in _CAPPING:
        field.refuse(N_("a rule that looks at a total cannot cap it; use the kind “cap”"))
    percent = keys[EffectKind.CAP_TO].number(Decimal(0), _HUNDRED)
    return Effect(EffectKind.CAP_TO, percent=percent)


def _read_bounds(
    fields: Fields, low: Decimal, high: Decimal, *, whole: bool = False
) -> tuple[Decimal | None, Decimal | None]:
    """The keys `min` and `max`: at least one of them, and not the wrong way round."""
    bounds: list[Decimal | None] = []
    for key in ("min", "max"):
        if key not in fields:
            bounds.append(None)
        elif whole:
            bounds.append(Decimal(fields[key].whole(int(low), int(high))))
        else:
            bounds.append(fields[key].number(low, high))
    lower, upper = bounds
    if lower is None and upper is None:
        fields.owner.refuse(N_("a bound is missing: give “min”, “max” or both"))
    elif lower is not None and upper is not None and lower > upper:
        fields["max"].refuse(
            N_("“max” (%(max)s) is smaller than “min” (%(min)s)"), max=upper, min=lower
        )
    return lower, upper


def _int(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def read_unit(fields: Fields, context: Context) -> Unit:
    """Percent, or points in a standard that has them."""
    if "unit" not in fields:
        return Unit.PERCENT
    unit = Unit(fields["unit"].choice(tuple(Unit)) or Unit.PERCENT)
    if unit is Unit.POINTS and not context.has_points:
        fields["unit"].refuse(N_("this standard declares no points"))
        return Unit.PERCENT
    return unit


def _one_place(fields: Fields, context: Context) -> Scope:
    """A scope that is one total: everything, one node, or several together."""
    scope = read_scope(fields["scope"], context, ScopeKind.TOTAL)
    if scope.kind is ScopeKind.EACH_CRITERION:
        fields["scope"].refuse(N_("“total”, one code or a list of codes is wanted here"))
    return scope


def read_scope(
    field: Field, context: Context, first: ScopeKind, *, groups_only: bool = False
) -> Scope:
    """Where the rule looks: a word, the code of a node, or a list of codes.

    `first` is the word for everything: “all” where elements are counted, “total” otherwise.
    Elements are named only where their own total is looked at.
    """
    of_totals = first is ScopeKind.TOTAL and not groups_only
    codes = context.codes if of_totals else context.groups
    if not codes or not context.is_sound:
        return Scope(first)
    if field.is_list:
        chosen = field.choices(codes, at_least=1)
        for one in chosen:
            if any(other != one and one.startswith(f"{other}.") for other in chosen):
                field.refuse(N_("“%(code)s” is named together with what contains it"), code=one)
        return Scope(ScopeKind.NODES, codes=chosen) if len(chosen) > 1 else _node(chosen, first)
    words = (first, ScopeKind.EACH_CRITERION)
    value = field.choice((*words, *codes))
    if not value or value in words:
        return Scope(ScopeKind(value or first))
    return Scope(ScopeKind.NODE, value)


def _node(chosen: tuple[str, ...], first: ScopeKind) -> Scope:
    return Scope(ScopeKind.NODE, chosen[0]) if chosen else Scope(first)


_ORDERED = (PredicateKind.BELOW, PredicateKind.AT_LEAST)


def _read_predicate(field: Field, context: Context) -> Predicate:
    fields = field.fields((), tuple(PredicateKind))
    return _one_predicate(fields, context, tuple(PredicateKind))


def _one_predicate(fields: Fields, context: Context, kinds: tuple[PredicateKind, ...]) -> Predicate:
    given = [kind for kind in kinds if kind in fields]
    if len(given) != 1:
        if not fields.owner.is_broken:
            fields.owner.refuse(
                N_("exactly one of these keys is wanted: %(keys)s"), keys=", ".join(kinds)
            )
        return Predicate(PredicateKind.LEVEL, "")
    kind = given[0]
    if kind is PredicateKind.NOT_APPLICABLE:
        fields[kind].choice(("true",))
        return Predicate(kind)
    if kind is PredicateKind.FLAG:
        return Predicate(kind, fields[kind].choice(tuple(LevelFlag)) or LevelFlag.PASSES)
    known = context.names.levels
    if known is not None and kind in _ORDERED:
        known = (REQUIRED, *known)
    return Predicate(kind, fields[kind].choice(known))
