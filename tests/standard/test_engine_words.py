"""What the engine says beside its figures: derivations, refusals, examples that do not hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.standard.domain import Standard, UnknownElementError, UnknownLevelError
from accredit.standard.figures import KpiReading
from accredit.standard.rules import Ladder
from accredit.standard.scoring.applicability import Applicability, in_order, to_score
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.examining import failures_of, result_of
from accredit.standard.scoring.explain import Derivation, explain
from accredit.standard.scoring.inputs import ImpossibleInputError, Inputs, problems_of
from accredit.standard.scoring.results import Result, Verdict
from accredit.standard.scoring.verdicts import Situation, judge_late
from tests.standard.agreement import as_standard, engine_result
from tests.standard.documents import document, element, elements, made, node, rule, scored
from tests.standard.random_standards import WORDS, random_case, random_document
from tests.standard.small import DATA, standard

LARGE = (DATA / "large.yaml").read_text(encoding="utf-8")


def steps(standard: Standard, result: Result) -> dict[str, str]:
    return {one.code: str(one.line) for one in explain(standard, result).walk()}


# Derivations


def test_every_step_of_the_worked_example_is_told() -> None:
    large = standard(LARGE)
    told = steps(large, result_of(large, large.examples[0]))
    for code, parts in {
        "1.1.1": ["80 (its attributes permit 70 to 90) = 80%", "Cut to 70%", "240 points = 168"],
        "1.1.2": ["50 (its attributes permit 50 to 60) = 50%", "(at most 60%) cuts nothing"],
        "1.1": ["(60×70% + 40×50%) ÷ 100 = 62%", "62% of 400 points = 248"],
        "1.2.1": ["not applicable"],
        "1.2.3": ["“Shown” = 1 of 1 = 100%"],
        "2.1": ["first_contact_resolution = 80, which is worth 75%"],
        "2": ["35%×75% (Calls) + 65%×50% (Customers) = 58.75%", "235.0 points"],
        "total": ["(600×74.666666…% + 400×58.75%) ÷ 1000 = 68.3%", "683.0 points"],
    }.items():
        for part in parts:
            assert part in told[code]


def test_an_open_derivation_says_so_and_what_is_missing() -> None:
    large = standard(LARGE)
    result = evaluate(
        large,
        {"1.1.1": {"sound": "70", "overall": "70"}, "1.1.2": {"sound": "60"}, "1.2.1": "shown"},
        {"csat": KpiReading(Decimal(72), None, None, 90)},
    )
    told = steps(large, result)
    assert "Sound 70, Applied ?" in told["1.1.1"]
    assert "Sound 60, Applied ?" in told["1.1.2"]
    assert "Still missing: 1.1.2" in told["1.1.2"]
    assert "not scored yet" in told["1.2.3"]
    assert "first_contact_resolution: not known well enough" in told["2.1"]
    assert "= at least 32.5%" in told["2"]
    assert "so far" in told["total"]


def test_a_chosen_weight_is_told() -> None:
    large = standard(LARGE)
    result = evaluate(large, {}, weights={"1.1.1": Decimal(70), "1.1.2": Decimal(30)})
    assert "1.1.1 = 70, 1.1.2 = 30" in steps(large, result)["1.1"]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("drop_from_denominator", "weighs nothing"),
        ("count_as_full", "counts in full"),
        ("redistribute_to_siblings", "not applicable"),
    ],
)
def test_a_derivation_says_what_becomes_of_what_does_not_apply(policy: str, words: str) -> None:
    below = [element("1.1"), element("1.2", na="allowed", na_policy=policy)]
    one = made([node("1", below), node("2", elements("2", 1), na="allowed")])
    told = steps(one, scored(one, "good", out=("1.2", "2")))
    assert words in told["1.2"]
    assert "weighs nothing" in told["2"]


def test_a_mean_of_attributes_is_told_with_its_terms() -> None:
    sides = {
        "id": "sides",
        "combine": "mean",
        "attributes": [{"id": one, "title": WORDS, "text": WORDS} for one in ("a", "b")],
    }
    ten = [{"id": "ten", "kind": "numeric", "min": 0, "max": 10, "step": 1, "pass_from": "5"}]
    hundred = [{"id": "percent", "kind": "percent", "step": 10, "pass_from": "50"}]
    for scales, scores, words in (
        (ten, ("4", "7"), "(4 + 7) ÷ 2 ÷ 10 = 55%"),
        (hundred, ("40", "70"), "(40 + 70) ÷ 2 = 55%"),
    ):
        below = [element("1.1", attributes="sides", scale=scales[0]["id"])]
        one = made([node("1", below)], scales=scales, attribute_sets=[sides])
        whole = evaluate(one, {"1.1": dict(zip("ab", scores, strict=True))})
        assert words in steps(one, whole)["1.1"]
        half = evaluate(one, {"1.1": {"a": scores[0]}})
        assert "Still missing: 1.1" in steps(one, half)["1.1"]


def test_named_levels_without_numbers_are_told_as_met_or_not() -> None:
    levels = [
        {"id": "no", "name": {"en": "No", "ar": "لا"}, "meaning": WORDS},
        {"id": "yes", "name": {"en": "Yes", "ar": "نعم"}, "meaning": WORDS, "flags": ["passes"]},
    ]
    scales = [{"id": "plain", "descriptors": "shared", "levels": levels}]
    one = made([node("1", elements("1", 2, scale="plain"))], scales=scales)
    told = steps(one, evaluate(one, {"1.1": "yes", "1.2": "no"}))
    assert told["1.1"].startswith("Element 1.1: “Yes”, which counts 100%")
    assert told["1.2"].startswith("Element 1.2: “No”, which counts 0%")
    assert "(1×100% + 1×0%) ÷ 2 = 50%" in told["1"]


def test_a_limit_that_cuts_a_mixed_figure_is_said_to_cut_it() -> None:
    parts = [
        {"id": "own", "name": WORDS, "share": 50, "scores": "true"},
        {
            "id": "voice",
            "name": WORDS,
            "share": 50,
            "kpi": "csat",
            "min_n": 1,
            "map": {"kind": "linear", "points": [[0, 0], [100, 100]]},
        },
    ]
    blend = rule("blend", scope="total", parts=parts)
    cap = rule("veto", scope="all", where={"level": "absent"}, effect={"cap_to": 40})
    one = made([node("1", elements("1", 1))], [blend, cap])
    result = scored(one, "absent")
    assert "not certain yet" not in steps(one, result)["total"]
    known = evaluate(one, {"1.1": "absent"}, {"csat": KpiReading(Decimal(100), None, None, 9)})
    told = steps(one, known)["total"]
    assert "= 50%" in told
    assert "Cut to 40%" in told
    open_ = evaluate(one, {}, {"csat": KpiReading(Decimal(100), None, None, 9)})
    assert "not certain yet" in steps(one, open_)["total"]


def test_weights_of_groups_that_are_not_the_sums_below_are_told_as_shares() -> None:
    groups = [node("1", elements("1", 2), weight=5), node("2", elements("2", 1))]
    one = made(groups)
    assert "(5×33.333333…% + 1×33.333333…%) ÷ 6" in steps(one, scored(one, "partial"))["total"]


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**40))
def test_every_result_can_be_explained_in_both_languages(seed: int) -> None:
    chance = Random(seed)
    plain = random_document(chance)
    one = as_standard(plain)
    result = engine_result(one, random_case(chance, plain, is_whole=chance.random() < 0.5))
    tree = explain(one, result)
    assert {step.code for step in tree.walk()} == {node.code for node in result.nodes()}
    for step in tree.walk():
        assert step.total == result.find_total(step.code)
        assert str(step.line)
        assert all(str(line) for line in step.lines)
    assert isinstance(tree, Derivation)


# Refusals


SIDES = [
    {
        "id": "sides",
        "combine": combine,
        "attributes": [{"id": one, "title": WORDS, "text": WORDS} for one in ("a", "b")],
        **keys,
    }
    for combine, keys in (("holistic", {"interval": "mean", "margin": 1}),)
] + [
    {
        "id": "means",
        "combine": "mean",
        "attributes": [{"id": one, "title": WORDS, "text": WORDS} for one in ("a", "b")],
    }
]


def judged() -> Standard:
    below = [
        element("1.1"),
        element("1.2", attributes="sides"),
        element("1.3", attributes="means"),
        element(
            "1.4",
            measured={
                "kpi": "csat",
                "min_n": 1,
                "map": {"kind": "steps", "points": [[0, 0], [9, 50]]},
            },
        ),
        element("1.5", weight={"default": 5, "min": 2, "max": "7.5"}, na="allowed"),
    ]
    return made([node("1", below)], attribute_sets=SIDES)


@pytest.mark.parametrize(
    ("keys", "path", "words"),
    [
        ({"scores": {"9": "good"}}, ("scores", "9"), "There is no element “9” in this standard."),
        (
            {"scores": {"1.1": "great"}},
            ("scores", "1.1"),
            "There is no level “great” in this standard.",
        ),
        (
            {"scores": {"1.1": {"a": "good"}}},
            ("scores", "1.1"),
            "Element 1.1 is scored as a whole, not by attributes.",
        ),
        (
            {"scores": {"1.3": "good"}},
            ("scores", "1.3"),
            "Element 1.3 is scored by its attributes: a, b.",
        ),
        (
            {"scores": {"1.3": {"c": "good"}}},
            ("scores", "1.3", "c"),
            "There is no attribute “c” here; known: a, b.",
        ),
        (
            {"scores": {"1.3": {"overall": "good"}}},
            ("scores", "1.3", "overall"),
            "There is no attribute “overall” here; known: a, b.",
        ),
        (
            {"scores": {"1.2": {"a": "great"}}},
            ("scores", "1.2", "a"),
            "There is no level “great” in this standard.",
        ),
        (
            {"scores": {"1.2": {"a": "absent", "b": "absent", "overall": "good"}}},
            ("scores", "1.2", "overall"),
            "The overall value good does not fit the attributes: from 0 to 1.",
        ),
        (
            {"scores": {"1.4": "good"}},
            ("scores", "1.4"),
            "Element 1.4 is computed from a KPI and takes no score.",
        ),
        (
            {"weights": {"1.1": Decimal(3)}},
            ("weights", "1.1"),
            "The weight of “1.1” cannot be chosen in this standard.",
        ),
        (
            {"weights": {"9": Decimal(3)}},
            ("weights", "9"),
            "The weight of “9” cannot be chosen in this standard.",
        ),
        (
            {"weights": {"1.5": Decimal("1.9")}},
            ("weights", "1.5"),
            "The weight of 1.5 is 1.9; it may be from 2 to 7.5.",
        ),
        (
            {"not_applicable": frozenset({"1.1"})},
            ("not_applicable", "1.1"),
            "“1.1” always applies: the standard does not let it be left out.",
        ),
        (
            {"not_applicable": frozenset({"9"})},
            ("not_applicable", "9"),
            "There is no criterion or element “9” in this standard.",
        ),
    ],
)
def test_inputs_the_standard_does_not_permit_are_refused_with_their_place(
    keys: dict[str, Any], path: tuple[str, ...], words: str
) -> None:
    (problem,) = problems_of(judged(), Inputs(**{"scores": {}, **keys}))
    assert (problem.path, str(problem.message)) == (path, words)
    given_ = {"scores": {}, **keys}
    with pytest.raises((UnknownElementError, UnknownLevelError, ImpossibleInputError)):
        evaluate(
            judged(),
            given_["scores"],
            weights=given_.get("weights"),
            applicability=given_.get("not_applicable", ()),
        )


def test_an_overall_value_may_be_anything_its_attributes_may_still_permit() -> None:
    for score in ({"a": "absent", "overall": "partial"}, {"overall": "exceptional"}, "good"):
        assert list(problems_of(judged(), Inputs({"1.2": score}))) == []
    (problem,) = problems_of(judged(), Inputs({"1.2": {"a": "absent", "overall": "exceptional"}}))
    assert "from 0 to 2.5" in str(problem.message)


# Scales


def test_a_scale_compares_levels_and_finds_the_range_of_a_value() -> None:
    large, small = standard(LARGE), standard()
    percent, named = large.scales
    assert [percent.range_of(one).id for one in ("0", "40", "50")] == ["low", "low", "high"]  # type: ignore[union-attr]  # within one
    assert named.range_of("shown") is None
    assert small.scale.is_below("absent", "good")
    assert not small.scale.is_below("good", "good")
    with pytest.raises(UnknownLevelError):
        small.scale.position("great")


# Examples


def test_an_example_that_holds_says_nothing() -> None:
    assert failures_of(standard(LARGE)) == []


def test_an_example_that_does_not_hold_says_what_was_expected_and_what_came_out() -> None:
    text = LARGE.replace("award: silver\n      points", "award: bronze\n      points")
    text = text.replace('{"1.1": 248,', '{"1.1": 249,').replace(
        '{"1.1": 62,', '{"1.1": 63, "1.2.1": 7,'
    )
    text = text.replace("{sound_first: fail,", "{sound_first: pass,")
    text = text.replace("{maturity: steady}", "{maturity: leading}")
    found = failures_of(standard(text))
    assert {one.example for one in found} == {"worked_out"}
    said = [str(one.message) for one in found]
    assert len(said) == 6
    for line, words in zip(
        said,
        (
            ("bronze", "silver"),
            ("63", "62"),
            ("7",),
            ("249", "248"),
            ("pass", "fail"),
            ("leading", "steady"),
        ),
        strict=True,
    ):
        assert all(word in line for word in words)


def test_an_example_whose_scores_cannot_be_says_why() -> None:
    text = LARGE.replace(
        "{sound: 70, applied: 90, overall: 80}", "{sound: 70, applied: 90, overall: 30}"
    )
    (failure,) = failures_of(standard(text))
    assert "does not fit the attributes" in str(failure.message)


def test_an_example_may_not_score_what_is_measured() -> None:
    text = LARGE.replace('"1.2.3": shown\n    not', '"1.2.3": shown\n      "2.1": shown\n    not')
    (failure,) = failures_of(standard(text))
    assert "is computed from a KPI" in str(failure.message)


def test_an_example_that_leaves_scores_out_is_incomplete() -> None:
    text = LARGE.replace('      "1.2.3": shown\n    not', "    not")
    said = [str(one.message) for one in failures_of(standard(text))]
    assert any("incomplete" in line or "none" in line or "–" in line for line in said)


# Odds and ends of the engine


def test_what_people_score_is_what_is_neither_measured_nor_left_out() -> None:
    large = standard(LARGE)
    codes = [one.code for one in to_score(large, (), {})]
    assert codes == ["1.1.1", "1.1.2", "1.2.1", "1.2.2", "1.2.3"]
    codes = [one.code for one in to_score(large, ["1.2.1"], {})]
    assert codes == ["1.1.1", "1.1.2", "1.2.3"]


def open_world() -> tuple[Standard, Result]:
    leaves = rule("applicability", nodes=["2"], when={"element": "1.1", "level": "absent"})
    least = rule("minimum", scope="2", value=50)
    good = rule("veto", scope="2", where={"level": "absent"})
    groups = [node("1", elements("1", 2)), node("2", elements("2", 1), na="by_rule")]
    one = made(groups, [leaves, least, good], [["minimum"], ["veto"]])
    return one, evaluate(one, {"2.1": "absent", "1.2": "good"})


def test_while_it_is_open_what_applies_only_what_holds_either_way_is_known() -> None:
    one, result = open_world()
    assert [(each.id, each.verdict) for each in result.rules] == [
        ("applicability", Verdict.PASS),
        ("minimum", Verdict.UNKNOWN),
        ("veto", Verdict.UNKNOWN),
    ]
    assert [(rung.verdict, rung.unknown) for rung in result.rungs] == [
        (Verdict.UNKNOWN, ("minimum",)),
        (Verdict.UNKNOWN, ("minimum", "veto")),
    ]
    assert (result.award, result.not_applicable) == (None, ())
    assert (result.by_code["2"].percent, result.by_code["1.2"].percent) == (None, Decimal("66.7"))
    assert all(str(step.line) for step in explain(one, result).walk())
    settled = evaluate(one, {"1.1": "absent", "1.2": "good"})
    assert (settled.award, settled.not_applicable) == ("silver", ("2", "2.1"))


def test_rules_in_a_circle_are_refused_by_the_loader_but_do_not_hang_the_engine() -> None:
    one, _ = open_world()
    (first,) = (each for each in one.rules if isinstance(each, Applicability))
    second = replace(first, id="back", nodes=("1.1",), node="2.1")
    assert [each.id for each in in_order([first, second])] == ["applicability", "back"]
    looped = replace(one, rules=(*one.rules, second))
    assert evaluate(looped, {"1.2": "good"}).award is None


def test_a_ladder_is_climbed_and_never_judged_like_a_rule() -> None:
    ladder = rule(
        "ladder",
        scope="total",
        unit="percent",
        cumulative="true",
        rungs=[{"award": "bronze", "from": 10}],
    )
    one = as_standard(document([node("1", elements("1", 1))], [ladder]))
    (found,) = one.rules
    assert isinstance(found, Ladder)
    with pytest.raises(TypeError):
        judge_late(found, Situation(one, Inputs({}), {}, None, frozenset(), frozenset()))  # type: ignore[arg-type]  # never looked at
