"""A published standard as the database keeps it: canonical JSON back to the frozen values.

This is the quick way in, for text that was checked when it was published. It still refuses
text that is damaged, or that is not the text its hash was taken of. What comes out of JSON
has no better type than Any; each function here gives it one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from accredit.standard.domain import (
    Criterion,
    Descriptor,
    Element,
    EvidenceExpectation,
    EvidenceKind,
    Level,
    Rounding,
    RoundingMode,
    Rubric,
    Scale,
    Standard,
)
from accredit.standard.rules import (
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
from accredit.standard.spelling import sha256_of
from accredit.text import N_, Bilingual, RuleError


class DamagedContentError(RuleError):
    """Stored content of a standard is not what was published."""


def from_canonical(text: str, *, sha256: str | None = None) -> Standard:
    """The standard whose canonical text this is.

    Raises DamagedContentError when the text is malformed, or when `sha256` is given and is
    not the hash of the text.
    """
    if sha256 is not None and sha256_of(text) != sha256:
        raise DamagedContentError(
            N_("The stored standard is not the one that was published: its content has changed.")
        )
    try:
        return _standard(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidOperation):
        raise DamagedContentError(N_("The stored standard cannot be read.")) from None


def _standard(data: Any) -> Standard:
    return Standard(
        id=data["id"],
        version=data["version"],
        title=_bilingual(data["title"]),
        description=_bilingual(data["description"]),
        scale=Scale(tuple(_level(level) for level in data["scale"]["levels"])),
        rounding=Rounding(data["rounding"]["places"], RoundingMode(data["rounding"]["mode"])),
        evidence_kinds=tuple(
            EvidenceKind(kind["id"], _bilingual(kind["name"])) for kind in data["evidence_kinds"]
        ),
        kpis=tuple(data["kpis"]),
        sources=tuple(data["sources"]),
        criteria=tuple(_criterion(criterion) for criterion in data["criteria"]),
        rules=tuple(_rule(rule) for rule in data["rules"]),
        awards=tuple(_award(award) for award in data["awards"]),
    )


def _bilingual(data: Any) -> Bilingual:
    return Bilingual(data["en"], data["ar"])


def _level(data: Any) -> Level:
    return Level(data["id"], data["value"], _bilingual(data["name"]), _bilingual(data["meaning"]))


def _criterion(data: Any) -> Criterion:
    return Criterion(
        code=data["code"],
        title=_bilingual(data["title"]),
        intent=_bilingual(data["intent"]),
        sources=tuple(data["sources"]),
        elements=tuple(_element(element) for element in data["elements"]),
    )


def _element(data: Any) -> Element:
    return Element(
        code=data["code"],
        title=_bilingual(data["title"]),
        statement=_bilingual(data["statement"]),
        why=_bilingual(data["why"]),
        rubric=Rubric(
            tuple(
                Descriptor(descriptor["level"], _bilingual(descriptor["text"]))
                for descriptor in data["rubric"]["descriptors"]
            )
        ),
        evidence=tuple(
            EvidenceExpectation(
                item["kind"], item["minimum"], item["max_age_months"], _bilingual(item["text"])
            )
            for item in data["evidence"]
        ),
        kpis=tuple(data["kpis"]),
        weight=data["weight"],
        required=data["required"],
        sources=tuple(data["sources"]),
    )


def _award(data: Any) -> Award:
    return Award(data["id"], _bilingual(data["name"]), tuple(data["rules"]), data["valid_years"])


def _scope(data: Any) -> Scope:
    return Scope(ScopeKind(data["scope"]["kind"]), data["scope"]["code"])


def _predicate(data: Any) -> Predicate:
    return Predicate(PredicateKind(data["where"]["kind"]), data["where"]["level"])


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _veto(data: Any, rule_id: str, text: Bilingual) -> Rule:
    return Veto(rule_id, text, _scope(data), _predicate(data))


def _count_limit(data: Any, rule_id: str, text: Bilingual) -> Rule:
    return CountLimit(rule_id, text, _scope(data), _predicate(data), data["min"], data["max"])


def _share_limit(data: Any, rule_id: str, text: Bilingual) -> Rule:
    low, high = _decimal(data["min"]), _decimal(data["max"])
    return ShareLimit(rule_id, text, _scope(data), _predicate(data), low, high)


def _minimum(data: Any, rule_id: str, text: Bilingual) -> Rule:
    return Minimum(rule_id, text, _scope(data), Decimal(data["value"]))


def _kpi_condition(data: Any, rule_id: str, text: Bilingual) -> Rule:
    return KpiCondition(
        id=rule_id,
        text=text,
        kpi=data["kpi"],
        figure=KpiField(data["figure"]),
        min=_decimal(data["min"]),
        max=_decimal(data["max"]),
        min_n=data["min_n"],
    )


_RULES: dict[RuleKind, Callable[[Any, str, Bilingual], Rule]] = {
    RuleKind.VETO: _veto,
    RuleKind.COUNT_LIMIT: _count_limit,
    RuleKind.SHARE_LIMIT: _share_limit,
    RuleKind.MINIMUM: _minimum,
    RuleKind.KPI_CONDITION: _kpi_condition,
}


def _rule(data: Any) -> Rule:
    return _RULES[RuleKind(data["kind"])](data, data["id"], _bilingual(data["text"]))
