"""Evaluating scores with what was chosen for their assessment, its evidence and figures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from accredit.assessment.choices import Choices, read_choices
from accredit.standard.domain import Standard
from accredit.standard.examples import EvidenceItem, Score
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import KpiReading, Result

#: A piece of evidence as a rule sees it: element, kind, age in months.
Piece = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """The choices of an assessment as they are stored, and its evidence where a rule asks for it.

    Plain values, so that what was computed with the same facts need not be computed again.
    """

    weights: str = "{}"
    not_applicable: str = "{}"
    evidence: tuple[Piece, ...] = ()

    @property
    def choices(self) -> Choices:
        """The chosen weights and what does not apply."""
        return read_choices(self.weights, self.not_applicable)


NO_FACTS = Facts()
"""Nothing chosen, and no evidence."""


def evaluate_with(
    standard: Standard,
    scores: Mapping[str, Score],
    facts: Facts,
    readings: Mapping[str, KpiReading] | None = None,
) -> Result:
    """Totals, verdicts and award; a score of what is measured is passed over."""
    choices = facts.choices
    items: dict[str, tuple[EvidenceItem, ...]] = {}
    for code, kind, age in facts.evidence:
        items[code] = (*items.get(code, ()), EvidenceItem(kind, Decimal(age)))
    return evaluate(
        standard,
        {code: score for code, score in scores.items() if not _is_measured(standard, code)},
        readings,
        choices.weights,
        choices.left_out,
        items,
    )


def _is_measured(standard: Standard, code: str) -> bool:
    element = standard.find_element(code)
    return element is not None and element.measured is not None
