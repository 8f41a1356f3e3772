"""The worked examples a standard carries: scores, and the result its author computed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.figures import KpiReading
from accredit.text import Bilingual

Score = str | Mapping[str, str]
"""A level id, or attribute id to level id (with “overall” for a holistic judgement)."""

EVERYTHING = "all"
"""In the scores of an example: every element that nothing nearer speaks of."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A piece of evidence as rules see it: its kind and how many months old it is."""

    kind: str
    age_months: Decimal


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come out. `award` is None when no award may; `totals` are percentages."""

    award: str | None
    totals: Mapping[str, Decimal]
    points: Mapping[str, Decimal]
    rules: Mapping[str, str]
    bands: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """One set of scores with its expected result; `scores` may name groups and EVERYTHING."""

    id: str
    text: Bilingual
    scores: Mapping[str, Score]
    kpis: Mapping[str, KpiReading]
    weights: Mapping[str, Decimal]
    not_applicable: tuple[str, ...]
    evidence: Mapping[str, tuple[EvidenceItem, ...]] | None
    expect: Expectation
