"""The traps: what scoring schemes get wrong, each with its own test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accredit.standard.domain import Standard
from accredit.standard.examples import EvidenceItem
from accredit.standard.figures import KpiReading
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import Result, Verdict
from tests.standard.documents import element, elements, made, node, rule, scored

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def verdict(result: Result, name: str) -> Verdict:
    found = result.find_rule(name)
    assert found is not None
    return found.verdict


# Shares


@pytest.mark.parametrize(
    ("rounding", "allowed"),
    [({}, 2), ({"round": "exact"}, 2), ({"round": "down"}, 2), ({"round": "half_up"}, 3)],
)
def test_20_percent_of_13_is_two_exactly_and_cut_and_three_rounded(
    rounding: dict[str, str], allowed: int
) -> None:
    limit = rule("share_limit", scope="all", where={"below": "required"}, max="0.2", **rounding)
    standard = made([node("1", elements("1", 13))], [limit])
    for below in (2, 3, 4):
        partial = {f"_1_{number}": "partial" for number in range(1, below + 1)}
        found = verdict(scored(standard, "good", **partial), "share_limit")
        assert found is (PASS if below <= allowed else FAIL)


@pytest.mark.parametrize(("least", "wanted"), [("exact", 3), ("down", 2), ("half_up", 3)])
def test_at_least_20_percent_of_13_is_rounded_the_same_way(least: str, wanted: int) -> None:
    limit = rule("share_limit", scope="all", where={"at_least": "good"}, min="0.2", round=least)
    standard = made([node("1", elements("1", 13))], [limit])
    for good in (2, 3):
        names = {f"_1_{number}": "good" for number in range(1, good + 1)}
        found = verdict(scored(standard, "partial", **names), "share_limit")
        assert found is (PASS if good >= wanted else FAIL)


def test_not_applicable_elements_shrink_a_limit_written_as_a_share() -> None:
    # 20 % of 10 elements allows two; with one of them not applicable 1.8 allows one.
    limit = rule("share_limit", scope="all", where={"below": "required"}, max="0.2")
    standard = made([node("1", elements("1", 10, na="allowed"))], [limit])
    two = {"_1_1": "partial", "_1_2": "partial"}
    assert verdict(scored(standard, "good", **two), "share_limit") is PASS
    assert verdict(scored(standard, "good", out=("1.10",), **two), "share_limit") is FAIL
    # Left out itself, a partial element is no longer counted at all.
    assert verdict(scored(standard, "good", out=("1.1",), **two), "share_limit") is PASS


def test_not_applicable_elements_shrink_a_limit_written_as_a_count_only_by_being_left_out() -> None:
    limit = rule("count_limit", scope="all", where={"below": "required"}, max=2)
    standard = made([node("1", elements("1", 10, na="allowed"))], [limit])
    three = {"_1_1": "partial", "_1_2": "partial", "_1_3": "partial"}
    assert verdict(scored(standard, "good", **three), "count_limit") is FAIL
    assert verdict(scored(standard, "good", out=("1.10",), **three), "count_limit") is FAIL
    assert verdict(scored(standard, "good", out=("1.3",), **three), "count_limit") is PASS


def test_how_many_do_not_apply_may_itself_be_limited() -> None:
    limit = rule("share_limit", scope="all", where={"not_applicable": "true"}, max="0.1")
    standard = made([node("1", elements("1", 10, na="allowed"))], [limit])
    assert verdict(scored(standard, "good", out=("1.1",)), "share_limit") is PASS
    assert verdict(scored(standard, "good", out=("1.1", "1.2")), "share_limit") is FAIL


def test_a_share_between_bounds_that_no_number_of_elements_meets_fails_at_once() -> None:
    limit = rule("share_limit", scope="all", where={"below": "required"}, min="0.4", max="0.45")
    standard = made([node("1", elements("1", 3))], [limit])
    assert verdict(evaluate(standard, {}), "share_limit") is FAIL


# Edges


PERCENT = [{"id": "percent", "kind": "percent", "step": 5, "pass_from": "50"}]


def on_percent(rules: list[dict[str, Any]]) -> Standard:
    below = [element("1.1", scale="percent"), element("1.2", scale="percent")]
    return made([node("1", below)], rules, scales=PERCENT)


BANDS = [
    {"id": name, "name": {"en": "x", "ar": "س"}, "from": start}
    for name, start in (("low", 0), ("middle", 50), ("high", "82.5"))
]


@pytest.mark.parametrize(
    ("values", "band"),
    [
        (("45", "50"), "low"),
        (("50", "50"), "middle"),
        (("80", "80"), "middle"),
        (("80", "85"), "high"),
        (("0", "0"), "low"),
        (("100", "100"), "high"),
    ],
)
def test_a_value_exactly_on_the_edge_belongs_to_the_band_that_starts_there(
    values: tuple[str, str], band: str
) -> None:
    table = rule("band_table", scope="total", unit="percent", bands=BANDS)
    result = evaluate(on_percent([table]), dict(zip(("1.1", "1.2"), values, strict=True)))
    assert result.rules[0].band == band


@pytest.mark.parametrize(
    ("mode", "band"), [("half_up", "middle"), ("half_even", "middle"), ("down", "low")]
)
def test_a_value_is_rounded_as_the_table_says_before_its_band_is_found(
    mode: str, band: str
) -> None:
    # 45 and 50 are 47.5, which is 48 to whole percents half up and half to even, and 47 cut.
    table = rule(
        "band_table",
        scope="total",
        unit="percent",
        rounding={"places": 0, "mode": mode},
        bands=[BANDS[0], {**BANDS[1], "from": 48}],
    )
    result = evaluate(on_percent([table]), {"1.1": "45", "1.2": "50"})
    assert (result.total.percent, result.rules[0].band) == (Decimal("47.5"), band)


@pytest.mark.parametrize(("value", "expected"), [("47.5", PASS), ("47.6", FAIL), ("47.4", PASS)])
def test_a_minimum_includes_its_value(value: str, expected: Verdict) -> None:
    standard = on_percent([rule("minimum", scope="total", value=value)])
    assert verdict(evaluate(standard, {"1.1": "45", "1.2": "50"}), "minimum") is expected


def test_a_band_that_is_demanded_is_a_condition_and_the_others_are_not() -> None:
    told = rule("band_table", "told", scope="total", unit="percent", bands=BANDS)
    asked = rule(
        "band_table", "asked", scope="total", unit="percent", bands=BANDS, at_least="middle"
    )
    standard = on_percent([told, asked])
    low = evaluate(standard, {"1.1": "0", "1.2": "0"})
    assert (verdict(low, "told"), verdict(low, "asked"), low.award) == (PASS, FAIL, None)
    middle = evaluate(standard, {"1.1": "50", "1.2": "50"})
    assert (verdict(middle, "asked"), middle.award) == (PASS, "bronze")
    # While its band is open, a table that demands none cannot fail and holds no award back.
    open_ = evaluate(standard, {"1.1": "50"})
    assert (verdict(open_, "told"), open_.rules[0].band) == (PASS, None)
    assert (verdict(open_, "asked"), open_.rules[1].codes) == (UNKNOWN, ("1.2",))
    sure = evaluate(standard, {"1.1": "100"})
    assert (verdict(sure, "asked"), sure.rules[1].band, sure.award) == (PASS, None, "bronze")


# Caps


def test_a_cap_below_a_declared_minimum_wins_and_the_minimum_fails() -> None:
    veto = rule("veto", scope="all", where={"level": "absent"}, effect={"cap_to": 40})
    standard = made(
        [node("1", elements("1", 5))],
        [veto, rule("minimum", scope="total", value=50)],
        [["minimum"]],
    )
    sound = scored(standard, "exceptional")
    assert (sound.total.percent, sound.award) == (100, "bronze")
    capped = scored(standard, "exceptional", _1_1="absent")
    assert (capped.total.percent, capped.award) == (40, None)
    assert (verdict(capped, "veto"), verdict(capped, "minimum")) == (FAIL, FAIL)
    assert 100 * capped.total.own[0] == 80


def test_a_cap_exactly_at_the_minimum_still_passes_it() -> None:
    veto = rule("veto", scope="all", where={"level": "absent"}, effect={"cap_to": 50})
    standard = made(
        [node("1", elements("1", 5))],
        [veto, rule("minimum", scope="total", value=50)],
        [["minimum"]],
    )
    assert scored(standard, "exceptional", _1_1="absent").award == "bronze"


def test_a_cap_above_the_figure_cuts_nothing() -> None:
    veto = rule("veto", scope="all", where={"level": "absent"}, effect={"cap_to": 90})
    standard = made([node("1", elements("1", 2))], [veto])
    assert scored(standard, "good", _1_1="absent").total.percent == Decimal("33.3")


def test_a_cap_in_each_criterion_cuts_only_where_the_rule_is_broken() -> None:
    veto = rule("veto", scope="each_criterion", where={"level": "absent"}, effect={"cap_to": 20})
    standard = made([node("1", elements("1", 2)), node("2", elements("2", 2))], [veto])
    result = scored(standard, "exceptional", _2_1="absent")
    assert [one.percent for one in result.criteria] == [100, 20]
    assert result.total.percent == 60


def test_missing_evidence_in_each_criterion_cuts_only_the_criterion_that_lacks_it() -> None:
    shown = rule(
        "evidence_condition",
        scope="each_criterion",
        where={"at_least": "good"},
        minimum=1,
        effect={"cap_to": 20},
    )
    standard = made([node("1", elements("1", 1)), node("2", elements("2", 1))], [shown])
    scores = {"1.1": "good", "2.1": "good"}
    evidence = {"1.1": [EvidenceItem("record", Decimal(1))]}
    result = evaluate(standard, scores, evidence=evidence)
    assert [one.percent for one in result.criteria] == [Decimal("66.7"), 20]
    assert result.rules[0].codes == ("2.1",)


def test_a_node_is_never_above_the_node_that_caps_it() -> None:
    cap = rule("cap", scope="total", by={"node": "1"})
    standard = made([node("1", elements("1", 1)), node("2", elements("2", 3))], [cap])
    result = scored(standard, "exceptional", _1_1="partial")
    assert (result.total.percent, verdict(result, "cap")) == (Decimal("33.3"), FAIL)
    equal = scored(standard, "partial")
    assert (equal.total.percent, verdict(equal, "cap")) == (Decimal("33.3"), PASS)
    out = made([node("1", elements("1", 1), na="allowed"), node("2", elements("2", 3))], [cap])
    assert scored(out, "exceptional", out=("1",)).total.percent == 100


def test_an_attribute_caps_a_mean_that_lies_between_two_levels() -> None:
    sides = {
        "id": "sides",
        "combine": "mean",
        "attributes": [
            {"id": name, "title": {"en": "x", "ar": "س"}, "text": {"en": "x", "ar": "س"}}
            for name in ("sound", "applied")
        ],
    }
    cap = rule("cap", scope="all", by={"attribute": "sound"})
    standard = made(
        [node("1", [element("1.1", scale="percent", attributes="sides")])],
        [cap],
        scales=PERCENT,
        attribute_sets=[sides],
    )
    result = evaluate(standard, {"1.1": {"sound": "50", "applied": "55"}})
    assert (result.total.percent, verdict(result, "cap")) == (50, FAIL)
    equal = evaluate(standard, {"1.1": {"sound": "50", "applied": "50"}})
    assert (equal.total.percent, verdict(equal, "cap")) == (50, PASS)


# Not applicable


def test_weights_that_no_longer_sum_after_an_element_is_left_out_are_weighed_anew() -> None:
    below = [
        element("1.1", weight=50),
        element("1.2", weight=30),
        element("1.3", weight=20, na="allowed"),
    ]
    bounds = rule("weight_bounds", scope="1", sum_to=100)
    standard = made([node("1", below)], [bounds])
    result = scored(standard, "exceptional", out=("1.3",), _1_2="absent")
    assert result.total.percent == Decimal("62.5")  # 50 of 80, not 50 of 100
    assert verdict(result, "weight_bounds") is PASS  # what was chosen still sums to 100


@pytest.mark.parametrize(
    ("policy", "first", "total"),
    [
        # 1 holds 1.1 (good) and 1.2 (left out), 2 is exceptional; each element weighs 1.
        ("drop_from_denominator", "66.7", "83.3"),
        ("redistribute_to_siblings", "66.7", "77.8"),
        ("count_as_full", "83.3", "88.9"),
    ],
)
def test_each_policy_moves_the_weight_of_what_does_not_apply_its_own_way(
    policy: str, first: str, total: str
) -> None:
    standard = made(
        [node("1", elements("1", 2, na="allowed")), node("2", elements("2", 1))],
        not_applicable=policy,
    )
    result = scored(standard, "good", out=("1.2",), _2_1="exceptional")
    assert (str(result.criteria[0].percent), str(result.total.percent)) == (first, total)


@pytest.mark.parametrize(
    "policy", ["drop_from_denominator", "redistribute_to_siblings", "count_as_full"]
)
def test_a_total_of_nothing_applicable_is_no_total_and_no_award(policy: str) -> None:
    rules = [
        rule("minimum", scope="total", value=0),
        rule("veto", scope="all", where={"level": "absent"}),
        rule("band_table", scope="total", unit="points", bands=BANDS),
    ]
    standard = made(
        [node("1", [element("1.1", na="allowed"), element("1.2", na="allowed")], points=100)],
        rules,
        [["minimum", "veto", "band_table"]],
        points=100,
        not_applicable=policy,
    )
    result = evaluate(standard, {}, applicability=["1.1", "1.2"])
    assert (result.total.percent, result.total.points, result.award) == (None, None, None)
    assert not result.total.is_applicable
    assert [one.verdict for one in result.rules] == [UNKNOWN, PASS, UNKNOWN]
    assert [one.verdict for one in result.rungs] == [UNKNOWN]
    assert result.is_complete


def test_a_ladder_over_nothing_applicable_gives_no_award() -> None:
    ladder = rule(
        "ladder",
        scope="2",
        unit="percent",
        cumulative="true",
        rungs=[{"award": "bronze", "from": 0}],
    )
    standard = made(
        [node("1", elements("1", 1)), node("2", elements("2", 1), na="allowed")], [ladder]
    )
    result = scored(standard, "good", out=("2",))
    assert (result.total.percent, result.award) == (Decimal("66.7"), None)
    assert (result.rules[0].verdict, str(result.rules[0].detail)) == (
        UNKNOWN,
        "Criterion 2: not applicable.",
    )


def test_a_group_that_is_left_out_is_so_as_it_says_itself_whatever_stands_below_it() -> None:
    below = [element("2.1", na="allowed", na_policy="count_as_full")]
    standard = made([node("1", elements("1", 1)), node("2", below, na="allowed")])
    assert scored(standard, "good", out=("2.1",)).total.percent == Decimal("83.3")
    assert scored(standard, "good", out=("2",)).total.percent == Decimal("66.7")


def test_rules_that_leave_nodes_out_work_in_whatever_order_they_stand() -> None:
    follows = rule("applicability", "follows", nodes=["1.3"], when={"not_applicable": "1.2"})
    first = rule(
        "applicability", "first", nodes=["1.2"], when={"element": "1.1", "level": "absent"}
    )
    below = [element("1.1"), element("1.2", na="by_rule"), element("1.3", na="by_rule")]
    for rules in ([follows, first], [first, follows]):
        standard = made([node("1", below)], rules)
        result = evaluate(standard, {"1.1": "absent"})
        assert result.not_applicable == ("1.2", "1.3")
        assert (result.is_complete, result.total.percent) == (True, 0)


def test_an_element_a_rule_looks_at_that_does_not_apply_leaves_nothing_open() -> None:
    first = rule(
        "applicability", "first", nodes=["1.2"], when={"element": "1.1", "level": "absent"}
    )
    then = rule("applicability", "then", nodes=["1.3"], when={"element": "1.2", "level": "absent"})
    below = [element("1.1"), element("1.2", na="by_rule"), element("1.3", na="by_rule")]
    standard = made([node("1", below)], [then, first])
    result = evaluate(standard, {"1.1": "absent", "1.3": "good"})
    assert (result.not_applicable, result.total.percent) == (("1.2",), Decimal("33.3"))


def test_a_mark_that_no_rule_gives_goes_against_the_rule_and_bars_the_award() -> None:
    may = rule("applicability", nodes=["1.2"], when={"not_applicable": "1.1"})
    below = [element("1.1", na="allowed"), element("1.2", na="by_rule"), element("1.3")]
    standard = made([node("1", below)], [may])
    against = scored(standard, "good", out=("1.2",))
    assert (verdict(against, "applicability"), against.award) == (FAIL, None)
    for out in (("1.1",), ("1.1", "1.2"), ()):
        fine = scored(standard, "good", out=out)
        assert (verdict(fine, "applicability"), fine.award) == (PASS, "bronze")


# Ladders


def climbing(cumulative: str) -> Standard:
    ladder = rule(
        "ladder",
        scope="total",
        unit="percent",
        cumulative=cumulative,
        rungs=[
            {"award": "bronze", "rules": ["nothing_absent"]},
            {"award": "silver", "from": 50},
            {"award": "gold", "from": 90},
        ],
    )
    veto = rule("veto", "nothing_absent", scope="all", where={"level": "absent"})
    return made([node("1", elements("1", 4))], [ladder, veto])


def test_a_higher_rung_that_is_met_over_a_lower_one_that_is_not_counts_only_if_not_cumulative() -> (
    None
):
    for cumulative, award, verdicts in (
        ("true", None, [FAIL, FAIL, FAIL]),
        ("false", "silver", [FAIL, PASS, FAIL]),
    ):
        result = scored(climbing(cumulative), "exceptional", _1_1="absent")
        assert result.total.percent == 75
        assert (result.award, [one.verdict for one in result.rungs]) == (award, verdicts)


@pytest.mark.parametrize("cumulative", ["true", "false"])
def test_a_ladder_gives_the_highest_rung_and_its_threshold_is_included(cumulative: str) -> None:
    standard = climbing(cumulative)
    assert scored(standard, "good").award == "silver"
    assert scored(standard, "exceptional").award == "gold"
    assert scored(standard, "partial").award == "bronze"
    half = scored(standard, "partial", _1_1="good", _1_2="good")
    assert (half.total.percent, half.award) == (50, "silver")


def test_a_broken_rule_may_limit_the_award_to_a_lower_one() -> None:
    limit = rule(
        "veto", "limit", scope="all", where={"level": "absent"}, effect={"limit_level_to": "bronze"}
    )
    least = rule("minimum", scope="total", value=50)
    most = rule("minimum", "most", scope="total", value=70)
    standard = made([node("1", elements("1", 4))], [limit, least, most], [["minimum"], ["most"]])
    assert scored(standard, "exceptional").award == "silver"
    assert scored(standard, "exceptional", _1_1="absent").award == "bronze"


# Figures


def reading(value: str, n: int, age: str | None = "1") -> dict[str, KpiReading]:
    months = None if age is None else Decimal(age)
    return {"csat": KpiReading(Decimal(value), None, None, n, age_months=months)}


@pytest.mark.parametrize(
    ("kpis", "expected"),
    [
        (reading("90", 29), UNKNOWN),
        (reading("90", 30), PASS),
        (reading("10", 29), UNKNOWN),
        (reading("10", 30), FAIL),
        (reading("90", 30, "6"), PASS),
        (reading("90", 30, "6.1"), UNKNOWN),
        (reading("90", 30, None), UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_a_figure_of_too_few_answers_or_too_old_neither_passes_nor_fails(
    kpis: dict[str, KpiReading], expected: Verdict
) -> None:
    asked = rule("kpi_condition", kpi="csat", field="value", min=70, min_n=30, max_age_months=6)
    standard = made([node("1", elements("1", 1))], [asked], [["kpi_condition"]])
    result = evaluate(standard, {"1.1": "good"}, kpis)
    assert verdict(result, "kpi_condition") is expected
    assert result.award == ("bronze" if expected is PASS else None)
    assert result.rungs[0].verdict is expected


def test_a_list_of_nodes_is_weighed_by_what_each_brings_to_the_total() -> None:
    # 1.1 brings 30 of the 40 points of 1, and 2 brings 60: together 30 of 90.
    criteria = [
        node("1", [element("1.1", weight=3), element("1.2")], points=40),
        node("2", [element("2.1")], points=60),
    ]
    both = rule("minimum", scope=["1", "2"], value=40, unit="points")
    standard = made(criteria, [both], points=100)
    assert (
        verdict(scored(standard, "absent", _1_1="exceptional", _1_2="exceptional"), "minimum")
        is PASS
    )
    groups = [
        node(
            "1",
            [node("1.1", [element("1.1.1")], weight=3), node("1.2", [element("1.2.1")])],
            points=40,
        ),
        node("2", [element("2.1")], points=60),
    ]
    apart = rule("minimum", scope=["1.1", "2"], value=30, unit="points")
    standard = made(groups, [apart], points=100)
    result = scored(standard, "absent", _1_1_1="exceptional")
    assert str(result.rules[0].detail) == "Together 1.1, 2: 30.0 points (at least 30)."
