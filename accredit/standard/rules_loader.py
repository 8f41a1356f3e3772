"""Reading the rules and the ladder of awards: each kind has its own keys, and no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Criterion
from accredit.standard.reading import Field, Fields, Form, Unique
from accredit.standard.rules import (
    REQUIRED,
    Award,
    CountLimit,
    KpiCondition,
    KpiField,
    Minimum,
    Predicate,
    PredicateKind,
    Rule,
    RuleKind,
    Scope,
    ScopeKind,
    ShareLimit,
    Veto,
)
from accredit.text import N_, Bilingual

WORD = Form(
    re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
    N_("lower-case letters, digits and underscores, beginning with a letter"),
)
_COMMON = ("id", "kind", "text")
_KEYS: dict[RuleKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    RuleKind.VETO: (("scope", "where"), ()),
    RuleKind.COUNT_LIMIT: (("scope", "where"), ("min", "max")),
    RuleKind.SHARE_LIMIT: (("scope", "where"), ("min", "max")),
    RuleKind.MINIMUM: (("scope", "value"), ()),
    RuleKind.KPI_CONDITION: (("kpi", "field"), ("min", "max", "min_n")),
}
_HUNDRED = Decimal(100)
_FIGURE = Decimal(999_999_999)


@dataclass(frozen=True, slots=True)
class Names:
    """What the head of the file declares and the rest of it may name.

    A list that is itself in error is None: then any name passes, so that one error does not
    drag a hundred others behind it.
    """

    levels: tuple[str, ...] | None
    kinds: tuple[str, ...] | None
    kpis: tuple[str, ...] | None


def read_rules(field: Field, names: Names, criteria: Sequence[Criterion]) -> tuple[Rule, ...]:
    """The rules of a standard, in the order of the file."""
    ids = Unique()
    read = [_read_rule(item, names, criteria, ids) for item in field.items()]
    return tuple(rule for rule in read if rule is not None)


def read_awards(field: Field, rule_ids: tuple[str, ...] | None) -> tuple[Award, ...]:
    """The ladder of awards, lowest first."""
    awards: list[Award] = []
    ids = Unique()
    for item in field.items(at_least=1):
        fields = item.fields(("id", "name", "rules", "valid_years"))
        award = Award(
            id=fields["id"].word(WORD),
            name=fields["name"].bilingual(max_length=200),
            rules=fields["rules"].choices(rule_ids, at_least=1),
            valid_years=fields["valid_years"].whole(1, 10),
        )
        if ids.take(fields["id"], award.id):
            awards.append(award)
    return tuple(awards)


def _read_rule(
    field: Field, names: Names, criteria: Sequence[Criterion], ids: Unique
) -> Rule | None:
    anything = sorted({key for keys in _KEYS.values() for group in keys for key in group})
    word = field.peek("kind").choice(tuple(RuleKind))
    if not word:
        fields = field.fields(_COMMON, anything)
        ids.take(fields["id"], fields["id"].word(WORD))
        return None
    kind = RuleKind(word)
    required, optional = _KEYS[kind]
    fields = field.fields((*_COMMON, *required), optional)
    rule_id = fields["id"].word(WORD)
    ids.take(fields["id"], rule_id)
    text = fields["text"].bilingual()
    if kind is RuleKind.MINIMUM:
        scope = _read_scope(fields["scope"], criteria, of_totals=True)
        return Minimum(rule_id, text, scope, fields["value"].number(Decimal(0), _HUNDRED))
    if kind is RuleKind.KPI_CONDITION:
        return _read_kpi_condition(fields, rule_id, text, names)
    scope = _read_scope(fields["scope"], criteria, of_totals=False)
    where = _read_predicate(fields["where"], names)
    if kind is RuleKind.VETO:
        return Veto(rule_id, text, scope, where)
    if kind is RuleKind.COUNT_LIMIT:
        fewest, most = _read_bounds(fields, Decimal(0), Decimal(9999), whole=True)
        return CountLimit(rule_id, text, scope, where, _int(fewest), _int(most))
    return ShareLimit(rule_id, text, scope, where, *_read_bounds(fields, Decimal(0), Decimal(1)))


def _read_kpi_condition(
    fields: Fields, rule_id: str, text: Bilingual, names: Names
) -> KpiCondition:
    figure = fields["field"].choice(tuple(KpiField))
    low, high = _read_bounds(fields, -_FIGURE, _FIGURE)
    return KpiCondition(
        id=rule_id,
        text=text,
        kpi=fields["kpi"].choice(names.kpis),
        figure=KpiField(figure or KpiField.VALUE),
        min=low,
        max=high,
        min_n=fields["min_n"].whole(1, 999_999_999),
    )


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


def _read_scope(field: Field, criteria: Sequence[Criterion], *, of_totals: bool) -> Scope:
    """Where the rule looks: a word, or the code of a criterion (for a total also an element)."""
    first = ScopeKind.TOTAL if of_totals else ScopeKind.ALL
    codes = [criterion.code for criterion in criteria]
    if of_totals:
        codes += [element.code for criterion in criteria for element in criterion.elements]
    words = (first, ScopeKind.EACH_CRITERION)
    value = field.choice((*words, *codes) if codes and all(codes) else None)
    if not value or value in words:
        return Scope(ScopeKind(value or first))
    return Scope(ScopeKind.NODE, value)


def _read_predicate(field: Field, names: Names) -> Predicate:
    fields = field.fields((), tuple(PredicateKind))
    given = [kind for kind in PredicateKind if kind in fields]
    if len(given) != 1:
        if not field.is_broken:
            field.refuse(
                N_("exactly one of these keys is wanted: %(keys)s"), keys=", ".join(PredicateKind)
            )
        return Predicate(PredicateKind.LEVEL, "")
    kind = given[0]
    known = names.levels
    if known is not None and kind is not PredicateKind.LEVEL:
        known = (REQUIRED, *known)
    return Predicate(kind, fields[kind].choice(known))
