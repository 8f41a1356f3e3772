"""What must hold for every standard: raises, order, and what does not apply."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.scoring.monotone import lowering_rules
from accredit.standard.scoring.results import Result, Verdict
from tests.standard import naive
from tests.standard.agreement import as_standard, engine_result, exact_differences, figures_of
from tests.standard.documents import element, elements, made, node, rule
from tests.standard.mutating import SHIPPED
from tests.standard.random_standards import POLICIES, random_case, random_document

seeds = st.integers(0, 2**40)
CHANCE = settings(max_examples=150, deadline=None)


# Raises


def raised(chance: Random, document: naive.Document, case: naive.Case) -> naive.Case | None:
    """The case with one score higher, or None where the chosen one cannot be."""
    code = chance.choice(sorted(case["scores"]))
    found = naive.all_nodes(document)[code]
    names = naive.level_ids(naive.scale_of(document, found))
    score = case["scores"][code]
    if not score:
        return None
    key = chance.choice(sorted(score)) if isinstance(score, dict) else ""
    place = names.index(score[key] if key else score)
    if place + 1 == len(names):
        return None
    level = chance.choice(names[place + 1 :])
    new = {**score, key: level} if key else level
    if isinstance(new, dict) and _overall_is_off(document, found, new):
        return None
    return {**case, "scores": {**case["scores"], code: new}}


def _overall_is_off(document: naive.Document, found: dict[str, Any], score: dict[str, str]) -> bool:
    """Whether the judgement as a whole does not fit its attributes any more."""
    whole = {one["id"] for one in naive.attribute_set(document, found)["attributes"]}  # type: ignore[index]  # it has one
    if "overall" not in score or not whole <= score.keys():
        return "overall" in score
    return score["overall"] not in naive.permitted(document, found, score)


def assert_not_lowered(standard: Standard, before: Result, after: Result) -> None:
    for old, new in zip(before.nodes(), after.nodes(), strict=True):
        assert old.bounds[0] <= new.bounds[0], old.code
        assert old.bounds[1] <= new.bounds[1], old.code
        assert old.low <= new.low, old.code
    order = [None, *(award.id for award in standard.awards)]
    assert order.index(before.award) <= order.index(after.award)
    for earlier, later in zip(before.rungs, after.rungs, strict=True):
        assert not (earlier.verdict is Verdict.PASS and later.verdict is not Verdict.PASS)


@settings(max_examples=300, deadline=None)
@given(seeds)
def test_raising_a_score_lowers_nothing_unless_a_rule_of_the_file_may_do_so(seed: int) -> None:
    chance = Random(seed)
    document = random_document(chance)
    standard = as_standard(document)
    assume(not lowering_rules(standard))
    case = random_case(chance, document, is_whole=chance.random() < 0.7)
    assume(case["scores"])
    higher = raised(chance, document, case)
    assume(higher is not None)
    assert higher is not None
    assert_not_lowered(standard, engine_result(standard, case), engine_result(standard, higher))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_shipped_standard_has_a_rule_that_punishes_a_raise(path: Any) -> None:
    assert [one.id for one in lowering_rules(get_standard(path))] == []


LAST = {"level": "exceptional"}
MIDDLE = {"level": "partial"}


@pytest.mark.parametrize(
    ("lowering", "asked"),
    [
        (False, rule("veto", scope="all", where={"level": "absent"})),
        (False, rule("veto", scope="all", where={"below": "good"})),
        (True, rule("veto", scope="all", where=MIDDLE)),
        (True, rule("veto", scope="all", where=LAST)),
        (True, rule("veto", scope="all", where={"at_least": "good"})),
        (False, rule("veto", scope="all", where={"at_least": "good"}, effect="warn")),
        (False, rule("veto", scope="all", where={"at_least": "absent"})),
        (True, rule("veto", scope="all", where=MIDDLE, effect={"cap_to": 10})),
        (True, rule("veto", scope="all", where=MIDDLE, effect={"limit_level_to": "bronze"})),
        (False, rule("veto", scope="all", where={"not_applicable": "true"})),
        (False, rule("veto", scope="all", where={"flag": "passes"})),
        (False, rule("count_limit", scope="all", where={"below": "required"}, max=1)),
        (True, rule("count_limit", scope="all", where={"below": "required"}, min=1)),
        (True, rule("count_limit", scope="all", where=MIDDLE, max=2)),
        (True, rule("count_limit", scope="all", where=MIDDLE, min=1)),
        (False, rule("share_limit", scope="all", where={"at_least": "good"}, min="0.5")),
        (True, rule("share_limit", scope="all", where={"at_least": "good"}, max="0.5")),
        (True, rule("share_limit", scope="all", where={"at_least": "good"}, min="0.1", max="0.5")),
        (False, rule("share_limit", scope="all", where=LAST, min="0.5")),
        (True, rule("evidence_condition", scope="all", where={"at_least": "good"}, minimum=1)),
        (False, rule("evidence_condition", scope="all", where={"below": "good"}, minimum=1)),
        (True, rule("applicability", nodes=["1.2"], when={"element": "1.1", "below": "good"})),
        (False, rule("applicability", nodes=["1.2"], when={"not_applicable": "1.1"})),
        (False, rule("cap", scope="total", by={"node": "1"})),
        (False, rule("minimum", scope="total", value=50)),
        (False, rule("kpi_condition", kpi="csat", field="value", min=1)),
        (False, rule("weight_bounds", scope="1", sum_to=2)),
    ],
)
def test_a_rule_that_may_punish_a_raise_is_found(lowering: bool, asked: dict[str, Any]) -> None:
    below = [element("1.1"), element("1.2", na="by_rule")]
    standard = made([node("1", below)], [asked])
    found = [one.id for one in lowering_rules(standard)]
    assert found == ([asked["id"]] if lowering else [])


def test_a_rule_that_only_warns_counts_where_an_award_names_it() -> None:
    warned = rule("veto", scope="all", where=MIDDLE, effect="warn")
    cap = rule("cap", scope="total", by={"node": "1"})
    criteria = [node("1", elements("1", 1)), node("2", elements("2", 1))]
    standard = made(criteria, [warned, cap], [["veto"], ["cap"]])
    assert [one.id for one in lowering_rules(standard)] == ["veto", "cap"]


def test_a_limit_on_a_middle_level_punishes_nobody_where_a_veto_bars_what_is_below() -> None:
    limit = rule("count_limit", scope="all", where=MIDDLE, max=1)
    bar = rule("veto", scope="all", where={"level": "absent"})
    criteria = [node("1", elements("1", 2))]
    rest = rule("minimum", scope="total", value=10)
    for rules, rungs, lowering in (
        ([limit, bar], None, []),
        ([limit, bar], [["veto"], ["count_limit"]], []),
        ([limit, bar, rest], [["minimum"], ["veto", "count_limit"]], ["count_limit"]),
        ([limit, {**bar, "effect": "warn"}], None, ["count_limit"]),
        ([{**limit, "effect": {"cap_to": 50}}, bar], None, ["count_limit"]),
    ):
        found = [one.id for one in lowering_rules(made(criteria, rules, rungs))]
        assert found == lowering


def test_flags_punish_a_raise_when_the_levels_above_do_not_carry_them() -> None:
    def scale(flagged: list[int]) -> dict[str, Any]:
        words = {"en": "x", "ar": "س"}
        levels = [
            {"id": f"l{at}", "value": at, "name": words, "meaning": words}
            | ({"flags": ["raises_finding"]} if at in flagged else {})
            for at in range(4)
        ]
        return {"id": "own", "descriptors": "shared", "levels": levels}

    few = rule("veto", scope="all", where={"flag": "raises_finding"})
    for flagged, lowering in (([0], []), ([0, 1], []), ([1], ["veto"]), ([3], ["veto"]), ([], [])):
        below = [element("1.1", scale="own", required="l2")]
        standard = made([node("1", below)], [few], scales=[scale(flagged)])
        assert [one.id for one in lowering_rules(standard)] == lowering


# Order


def shuffled(chance: Random, document: naive.Document) -> naive.Document:
    """The same standard with its nodes and its rules in another order."""

    def mixed(items: list[Any]) -> list[Any]:
        return chance.sample(items, len(items))

    def turned(one: dict[str, Any]) -> dict[str, Any]:
        return {
            key: [turned(child) for child in mixed(value)]
            if key in ("criteria", "elements")
            else value
            for key, value in one.items()
        }

    return {
        **document,
        "criteria": [turned(one) for one in mixed(document["criteria"])],
        "rules": mixed(document["rules"]),
        "evidence_kinds": mixed(document["evidence_kinds"]),
    }


@CHANCE
@given(seeds)
def test_the_order_of_elements_criteria_rules_and_inputs_changes_nothing(seed: int) -> None:
    chance = Random(seed)
    document = random_document(chance)
    case = random_case(chance, document, is_whole=chance.random() < 0.5)
    other_case = {
        key: dict(reversed(value.items())) if isinstance(value, dict) else value
        for key, value in case.items()
    }
    other_case["not_applicable"] = case["not_applicable"][::-1]
    first = engine_result(as_standard(document), case)
    second = engine_result(as_standard(shuffled(chance, document)), other_case)
    assert first.award == second.award
    assert [one.verdict for one in first.rungs] == [one.verdict for one in second.rungs]
    for one in first.rules:
        other = second.find_rule(one.id)
        assert other is not None
        assert (one.verdict, one.band, sorted(one.codes)) == (
            other.verdict,
            other.band,
            sorted(other.codes),
        )
    for total in first.nodes():
        twin = second.find_total(total.code)
        assert twin is not None
        assert (figures_of(total), total.bounds) == (figures_of(twin), twin.bounds)
        assert sorted(total.missing) == sorted(twin.missing)


# What does not apply


@CHANCE
@given(seeds, st.sampled_from(POLICIES), st.sampled_from(["everything", "some", "each"]))
def test_whatever_does_not_apply_nothing_is_divided_by_zero(
    seed: int, policy: str, how: str
) -> None:
    chance = Random(seed)
    document = random_document(chance) | {"not_applicable": policy}
    document["rules"] = [one for one in document["rules"] if one["kind"] != "applicability"]
    named = {one["id"] for one in document["rules"]}
    for award in document["awards"]:
        if "rules" in award:
            kept = [name for name in award["rules"] if name in named]
            award["rules"] = kept or document["awards"][0]["rules"]
    assume(all(award.get("rules", ["x"]) for award in document["awards"]))
    assume(all(name in named for award in document["awards"] for name in award.get("rules", [])))
    for rungs in (one["rungs"] for one in document["rules"] if one["kind"] == "ladder"):
        for rung in rungs:
            if "rules" in rung:
                rung["rules"] = [name for name in rung["rules"] if name in named]
                rung.setdefault("from", 0)
    nodes = naive.all_nodes(document)
    for one in nodes.values():
        one["na"] = "allowed"
    case = random_case(chance, document, is_whole=True)
    case["kpis"] = {
        kpi: {"value": 50, "low": 45, "high": 55, "n": 99, "trend": 1, "age_months": 1}
        for kpi in document["kpis"]
    }
    tops = [top["code"] for top in document["criteria"]]
    leaves = [code for code, one in nodes.items() if naive.is_element(one)]
    case["not_applicable"] = {
        "everything": tops,
        "each": leaves,
        "some": [code for code in nodes if chance.random() < 0.5],
    }[how]
    result = engine_result(as_standard(document), case)
    answer = naive.evaluate(naive.prepared(document), case)
    assert exact_differences(result, answer) == []
    if how != "some":
        assert (result.total.percent, result.award) == (None, None)
        assert not any(one.is_applicable for one in result.nodes())
