"""What a report is compared with: other departments of its organisation, and its own cycles.

Pure: who may see which of them is decided in `accredit.gap.others`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from accredit.assessment.evaluating import NO_FACTS, Facts, evaluate_with
from accredit.gap.domain import GapReport
from accredit.standard.domain import Standard
from accredit.standard.examples import Score
from accredit.standard.scoring.results import KpiReading
from accredit.text import Bilingual


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result in a few figures, rounded as the standard says; None where one is open.

    `criteria` follow the order of the standard; `gaps` counts elements below their required
    level.
    """

    total: Decimal | None
    criteria: tuple[Decimal | None, ...]
    gaps: int

    @property
    def is_known(self) -> bool:
        """Whether there is a figure at all."""
        return self.total is not None or any(one is not None for one in self.criteria)


@dataclass(frozen=True, slots=True)
class Compared:
    """One closed assessment that a report is compared with."""

    department: Bilingual
    cycle: str
    closed_on: date
    outcome: Outcome


class Happening(StrEnum):
    """What may have moved a KPI."""

    ACTION_FINISHED = "action_finished"
    ASSESSMENT_CLOSED = "assessment_closed"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened on a day, by the name its people gave it.

    `kpi` is the one it promised to move, None where it may have moved any.
    """

    on: date
    what: Happening
    name: str
    kpi: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that stands beside a report, as far as its reader may see it.

    `departments` are the newest results of the others; `cycles` the earlier ones of its own
    department, the oldest first. Both are counted by the report's version of the standard, and
    only where its words are unchanged.
    """

    departments: tuple[Compared, ...] = ()
    cycles: tuple[Compared, ...] = ()
    moments: tuple[Moment, ...] = ()


#: Nothing may be compared, or nothing is there.
ALONE = Surroundings()


def outcome_of(
    standard: Standard,
    levels: Mapping[str, Score],
    readings: Mapping[str, KpiReading] | None = None,
    facts: Facts = NO_FACTS,
) -> Outcome:
    """The result of `levels`, of which any may lack; see `accredit.gap.report.build_report`."""
    result = evaluate_with(standard, levels, facts, readings)
    gaps = sum(
        total.is_applicable
        and total.level is not None
        and standard.scale_of(element).is_below(total.level, element.required)
        for element, total in zip(standard.elements, result.elements, strict=True)
    )
    found = [result.find_total(criterion.code) for criterion in standard.criteria]
    return Outcome(result.total.percent, tuple(one.percent if one else None for one in found), gaps)


def own_outcome(report: GapReport) -> Outcome:
    """The report's own result in the same figures."""
    criteria: Sequence[Decimal | None] = [row.total.percent for row in report.criteria]
    return Outcome(report.result.total.percent, tuple(criteria), len(report.rows))
