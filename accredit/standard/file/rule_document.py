"""The rules of a standard as plain data in the shape of its file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from accredit.standard.figures import Figure, KpiField, Measured
from accredit.standard.rules import (
    Applicability,
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
    Unit,
    Veto,
    WeightBounds,
)
from accredit.text import Bilingual

Data = dict[str, object]


def rule_document(rule: Rule) -> Data:
    """One rule as its file would say it."""
    data: Data = {"id": rule.id, "kind": rule.kind.value, **_body(rule)}
    if isinstance(rule, Cap):
        data["effect"] = "warn" if rule.is_soft else None
    else:
        data["effect"] = None if rule.kind in _WITHOUT_EFFECT else _effect(rule.effect)
    data["text"] = _texts(rule.text)
    return {key: value for key, value in data.items() if value is not None}


_WITHOUT_EFFECT = frozenset({"applicability", "blend", "ladder"})


def _body(rule: Rule) -> Mapping[str, object]:
    if isinstance(rule, Veto | CountLimit | ShareLimit):
        return _counting(rule)
    if isinstance(rule, Minimum):
        return {
            "scope": _scope(rule.scope),
            "value": rule.value,
            "unit": None if rule.unit is Unit.PERCENT else rule.unit.value,
        }
    if isinstance(rule, Cap):
        by = {"attribute": rule.attribute} if rule.attribute else {"node": rule.node}
        return {"scope": _scope(rule.scope), "by": by}
    if isinstance(rule, KpiCondition):
        figure = {**_figure(rule.figure), "field": rule.figure.field.value}
        return {**figure, "min": rule.min, "max": rule.max}
    if isinstance(rule, EvidenceCondition):
        return {
            "scope": _scope(rule.scope),
            "where": _where(rule.where),
            "kinds": list(rule.kinds) or None,
            "minimum": rule.minimum,
            "max_age_months": rule.max_age_months,
            "span_months": rule.span_months,
        }
    return _table(rule)


def _counting(rule: Veto | CountLimit | ShareLimit) -> Data:
    data: Data = {"scope": _scope(rule.scope), "where": _where(rule.where)}
    if not isinstance(rule, Veto):
        data |= {"min": rule.min, "max": rule.max}
    if isinstance(rule, ShareLimit) and rule.round is not ShareRounding.EXACT:
        data["round"] = rule.round.value
    return data


def _table(rule: Applicability | WeightBounds | BandTable | Blend | Ladder) -> Mapping[str, object]:
    if isinstance(rule, Applicability):
        when: Data = {"element": rule.node, **_where(rule.where)}
        if rule.where.kind is PredicateKind.NOT_APPLICABLE:
            when = {"not_applicable": rule.node}
        return {"nodes": list(rule.nodes), "when": when}
    if isinstance(rule, WeightBounds):
        return {"scope": _scope(rule.scope), "sum_to": rule.sum_to}
    if isinstance(rule, BandTable):
        rounding = rule.rounding
        return {
            "scope": _scope(rule.scope),
            "unit": rule.unit.value,
            "rounding": rounding and {"places": rounding.places, "mode": rounding.mode.value},
            "bands": [
                {"id": band.id, "name": _texts(band.name), "from": band.start}
                for band in rule.bands
            ],
            "at_least": rule.at_least or None,
        }
    if isinstance(rule, Blend):
        return {"scope": _scope(rule.scope), "parts": [_instrument(part) for part in rule.parts]}
    return {
        "scope": _scope(rule.scope),
        "unit": rule.unit.value,
        "cumulative": str(rule.is_cumulative).lower(),
        "rungs": [
            {
                key: value
                for key, value in (
                    ("award", step.award),
                    ("from", step.start),
                    ("rules", list(step.rules) or None),
                )
                if value is not None
            }
            for step in rule.steps
        ],
    }


def _instrument(part: Instrument) -> Data:
    data: Data = {"id": part.id, "name": _texts(part.name), "share": part.share}
    if part.measured is None:
        return {**data, "scores": "true"}
    return {**data, **measured_document(part.measured)}


def measured_document(one: Measured) -> Data:
    """A figure and what it is worth."""
    points = [[point.at, point.percent] for point in one.worth.points]
    return {**_figure(one.figure), "map": {"kind": one.worth.kind.value, "points": points}}


def _figure(one: Figure) -> Data:
    data: Data = {
        "kpi": one.kpi,
        "field": None if one.field is KpiField.VALUE else one.field.value,
        "min_n": one.min_n,
        "max_age_months": one.max_age_months,
    }
    return {key: value for key, value in data.items() if value is not None}


def _scope(scope: Scope) -> object:
    if scope.kind is ScopeKind.NODE:
        return scope.code
    return list(scope.codes) if scope.kind is ScopeKind.NODES else scope.kind.value


def _where(predicate: Predicate) -> Data:
    if predicate.kind is PredicateKind.NOT_APPLICABLE:
        return {"not_applicable": "true"}
    return {predicate.kind.value: predicate.level}


def _effect(effect: Effect) -> object:
    if effect.kind is EffectKind.FAIL:
        return None
    if effect.kind is EffectKind.WARN:
        return "warn"
    if effect.kind is EffectKind.LIMIT_LEVEL_TO:
        return {"limit_level_to": effect.award}
    return {"cap_to": effect.percent if effect.percent is not None else Decimal(0)}


def _texts(text: Bilingual) -> Data:
    return {"en": text.en, "ar": text.ar}
