"""The engine agrees with a second evaluation that was written from the format alone.

`python -m tests.standard.naive_run --count 10000` compares as many as one has time for.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.standard import naive
from tests.standard.agreement import compare
from tests.standard.random_standards import RULE_KINDS, random_document

_EACH = 40


@pytest.mark.parametrize("first", range(20_000, 20_400, _EACH))
def test_totals_verdicts_bands_and_awards_are_those_of_the_naive_evaluation(first: int) -> None:
    differences = {
        seed: found for seed in range(first, first + _EACH) if (found := compare(seed).differences)
    }
    assert differences == {}


def test_the_random_standards_use_every_kind_of_rule_and_every_effect() -> None:
    chance = Random(1)
    documents = [random_document(chance) for _ in range(300)]
    rules = [rule for document in documents for rule in document["rules"]]
    assert {rule["kind"] for rule in rules} == set(RULE_KINDS)
    effects = [rule.get("effect", "fail") for rule in rules]
    assert {next(iter(one)) if isinstance(one, dict) else one for one in effects} == {
        "fail",
        "warn",
        "limit_level_to",
        "cap_to",
        "cap_to_it",
    }
    nodes = [node for document in documents for node in naive.all_nodes(document).values()]
    assert {node.get("na_policy") for node in nodes} >= {
        "drop_from_denominator",
        "redistribute_to_siblings",
        "count_as_full",
    }
    assert any("measured" in node for node in nodes)
    assert any(isinstance(node.get("weight"), dict) for node in nodes)
    assert max(node["code"].count(".") for node in nodes) == 5
    assert {
        scale.get("kind", "ordinal") for one in documents for scale in naive.scales(one).values()
    } == {
        "ordinal",
        "percent",
        "numeric",
    }
