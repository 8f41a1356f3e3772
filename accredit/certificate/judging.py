"""What a decision rests on: the scores that count, the measured figures, and what they reach."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accredit.assessment import reading
from accredit.assessment.domain import ScoreStage
from accredit.assessment.evaluating import evaluate_with
from accredit.assessment.facts import facts_of
from accredit.assessment.models import Assessment
from accredit.certificate.domain import DecisionKind, grantable
from accredit.certificate.models import Decision
from accredit.kpi.service import readings_for
from accredit.standard.domain import Standard
from accredit.standard.examples import Score
from accredit.standard.scoring.results import KpiReading, Result
from accredit.standard.service import read_standard


@dataclass(frozen=True, slots=True)
class Judgement:
    """The scores that count by element code, the figures by KPI, and the engine's answer.

    Those are the agreed ones; in a self-check the department's own.
    """

    standard: Standard
    scores: Mapping[str, Score]
    readings: Mapping[str, KpiReading]
    result: Result

    @property
    def grantable(self) -> tuple[str, ...]:
        """The awards that may be granted, lowest first; none if only a refusal is left.

        Nobody is certified on their own word.
        """
        if self.standard.is_self_check:
            return ()
        return grantable([rung.award for rung in self.result.rungs], self.result.award)


def judge(
    session: Session, assessment: Assessment, decision: Decision | None = None, *, today: date
) -> Judgement:
    """The judgement as it stands today, or, given the decision, as it stood when it was taken."""
    standard = read_standard(assessment.standard_version)
    kind = ScoreStage.SELF if standard.is_self_check else ScoreStage.AGREED
    counted = reading.shared_awards(session, assessment, kind)
    scores = {code: awarded.score for code, awarded in counted.items()}
    readings = (
        _present_readings(session, assessment.department_id, standard, today)
        if decision is None
        else read_readings(decision.readings)
    )
    facts = facts_of(session, assessment, today)
    return Judgement(standard, scores, readings, evaluate_with(standard, scores, facts, readings))


def find_decision(session: Session, assessment: Assessment) -> Decision | None:
    """The grant or refusal that closed the assessment, with who decided; None before it."""
    return session.scalar(
        select(Decision)
        .where(
            Decision.assessment_id == assessment.id,
            Decision.kind.in_([DecisionKind.GRANT.value, DecisionKind.REFUSE.value]),
        )
        .options(joinedload(Decision.decided_by), joinedload(Decision.certificate))
    )


def write_readings(readings: Mapping[str, KpiReading]) -> str:
    """Figures as JSON text, exactly: decimals as strings."""
    return json.dumps(
        {
            kpi: {
                "value": _text(figure.value),
                "low": _text(figure.low),
                "high": _text(figure.high),
                "n": figure.n,
                "trend": _text(figure.trend),
                "age_months": _text(figure.age_months),
            }
            for kpi, figure in readings.items()
        },
        sort_keys=True,
    )


def read_readings(text: str) -> dict[str, KpiReading]:
    """The figures `write_readings` wrote."""
    return {
        kpi: KpiReading(
            value=_decimal(row["value"]),
            low=_decimal(row["low"]),
            high=_decimal(row["high"]),
            n=row["n"],
            # Decisions of earlier releases, whose rules did not ask for these, kept neither.
            trend=_decimal(row.get("trend")),
            age_months=_decimal(row.get("age_months")),
        )
        for kpi, row in json.loads(text).items()
    }


def _present_readings(
    session: Session, department_id: int, standard: Standard, today: date
) -> dict[str, KpiReading]:
    """The department's latest figures of the KPIs the standard looks at."""
    asked = standard.figures_used
    if not asked:
        return {}
    present = readings_for(session, department_id, today)
    return {kpi: present[kpi] for kpi in sorted(asked & present.keys())}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
