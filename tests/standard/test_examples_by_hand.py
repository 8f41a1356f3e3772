"""The worked examples of the standards that ship, by the second and naive evaluation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accredit.standard.domain import Standard
from accredit.standard.examples import Example
from accredit.standard.figures import KpiReading
from accredit.standard.file.loader import get_standard
from accredit.standard.scoring.examining import result_of, spread
from tests.standard import naive
from tests.standard.agreement import exact_differences
from tests.standard.mutating import SHIPPED
from tests.standard.one_off import document


def case_of(standard: Standard, example: Example) -> naive.Case:
    def reading(one: KpiReading) -> dict[str, object]:
        names = ("value", "low", "high", "n", "trend", "age_months")
        return {name: figure for name in names if (figure := getattr(one, name)) is not None}

    evidence = example.evidence or {}
    return {
        "scores": spread(standard, example),
        "kpis": {kpi: reading(one) for kpi, one in example.kpis.items()},
        "weights": dict(example.weights),
        "not_applicable": list(example.not_applicable),
        "evidence": {
            code: [{"kind": one.kind, "age_months": one.age_months} for one in items]
            for code, items in evidence.items()
        },
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_example_without_anything_missing_comes_out_the_same(path: Path) -> None:
    standard = get_standard(path)
    plain = naive.prepared(document(path))
    compared = 0
    for one in standard.examples:
        # Where an example is silent about evidence both are told that there is none.
        example = replace(one, evidence=one.evidence or {})
        result = result_of(standard, example)
        if result.total.percent is None:
            continue
        answer = naive.evaluate(plain, case_of(standard, example))
        assert exact_differences(result, answer) == [], example.id
        compared += 1
    assert compared >= len(standard.examples) * 3 // 4
