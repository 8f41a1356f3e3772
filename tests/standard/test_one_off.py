"""No figure of a standard that ships can be one step off without its own tests noticing.

A sample of the figures in each run; `python -m tests.standard.one_off_run` tries all of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.standard.mutating import SHIPPED
from tests.standard.one_off import document, notices, one_offs
from tests.standard.small import standard

_SAMPLE = 10

each_file = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)


def small() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(standard().canonical)
    return found


@each_file
def test_a_figure_one_step_off_is_noticed(path: Path) -> None:
    data = document(path)
    chosen = Random(path.stem).sample(one_offs(data), _SAMPLE)
    assert [str(change) for change in chosen if not notices(data, change)] == []


@each_file
def test_every_kind_of_figure_of_a_standard_is_tried(path: Path) -> None:
    data = document(path)
    tried = {change.place[:2] for change in one_offs(data) if change.place[0] == "rules"}
    has_figures = {
        ("rules", number)
        for number, rule in enumerate(data["rules"])
        if rule["kind"] not in ("cap", "applicability", "veto")
    }
    assert has_figures <= tried


def test_trying_a_change_leaves_the_document_as_it_was() -> None:
    data = small()
    for change in one_offs(data):
        notices(data, change)
    assert data == small()


def test_a_standard_without_tests_notices_no_change_of_a_weight() -> None:
    data = small()
    assert "tests" not in data
    weights = [change for change in one_offs(data) if change.place[-1] == "weight"]
    assert weights
    assert not any(notices(data, change) for change in weights if change.becomes != "0")


def test_a_step_is_the_least_that_can_make_a_difference() -> None:
    # Six weights on three steps of levels: a total moves by 100/18 at least.
    changes = {str(change) for change in one_offs(small())}
    assert {"criteria.0.elements.0.weight: 3 → 4", "criteria.0.elements.0.weight: 3 → 2"} <= changes
    assert {"rules.3.value: 60 → 66", "rules.3.value: 60 → 54"} <= changes
    assert {"rules.5.min: 70 → 71", "rules.5.min: 70 → 69"} <= changes
    assert {"rules.0.where.level: absent → partial"} <= changes
