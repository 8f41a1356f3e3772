"""The path to an award: the least effort, proven, confirmed by the engine, or why there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.path.bound import find_bound
from accredit.standard.path.finding import (
    ImpossibleEffortError,
    PathStatus,
    find_path,
    next_award,
)
from accredit.standard.path.problem import Infeasible, Option, Problem
from accredit.standard.path.search import Budget, least
from accredit.standard.rules import (
    CountLimit,
    EffectKind,
    EvidenceCondition,
    Ladder,
    Minimum,
    Rule,
    ShareLimit,
    ShareRounding,
    Step,
    Unit,
    Veto,
)
from accredit.standard.scales import Scale, UnknownLevelError
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.results import KpiReading
from tests.standard.making import (
    ALL,
    EACH,
    TOTAL,
    WORDS,
    at_least,
    below,
    count,
    kpi,
    level,
    make_standard,
    minimum,
    share,
    veto,
)
from tests.standard.paths import a_standard, least_by_trying, some_inputs
from tests.standard.test_commands import run, written

SHIPPED = Path(__file__).parents[2] / "criteria"


def all_at(standard: Standard, name: str, **others: str) -> Inputs:
    scores = {one.code: name for one in standard.elements}
    return Inputs(scores | {code.replace("_", "."): one for code, one in others.items()})


def moves_of(standard: Standard, inputs: Inputs, award: str = "rung_1", **options: object):
    found = find_path(standard, inputs, award, **options)  # type: ignore[arg-type]  # efforts, nodes
    assert found.status is PathStatus.FOUND
    return {move.code: move.to_level for move in found.moves}


# it is the least


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["rung_1", "rung_2"]))
def test_it_takes_the_effort_that_trying_everything_finds(random: Random, award: str) -> None:
    standard = a_standard(random)
    inputs = some_inputs(random, standard)
    found = find_path(standard, inputs, award)
    expected = least_by_trying(standard, inputs, award)
    if expected is None and found.status is PathStatus.FOUND:
        # Only a cap that hangs on figures or evidence is in the way: with it gone there is one.
        capping = [one for one in standard.rules if one.effect.kind is EffectKind.CAP_TO]
        assert set(found.assumed) & {one.id for one in capping}
        return
    if expected is None:
        assert found.status is PathStatus.UNREACHABLE
        return
    assert found.status in (PathStatus.FOUND, PathStatus.REACHED)
    assert (found.effort, found.is_least) == (expected, True)
    assert found.effort == sum(move.effort for move in found.moves)
    if not found.assumed and found.status is PathStatus.FOUND:
        order = [one.id for one in standard.awards]
        assert found.after.award is not None
        assert order.index(found.after.award) >= order.index(award)


options = st.lists(
    st.tuples(st.integers(0, 5), st.dictionaries(st.integers(0, 3), st.integers(1, 6))),
    min_size=1,
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(options, min_size=1, max_size=5),
    st.dictionaries(st.integers(0, 3), st.integers(1, 14)),
    st.integers(0, 5),
)
def test_a_choice_is_the_least_that_meets_every_need(
    groups: list[list[tuple[int, dict[int, int]]]], needs: dict[int, int], cut: int
) -> None:
    problem = Problem(
        tuple(
            tuple(
                Option(place, cost, {need: gain for need, gain in gains.items() if need in needs})
                for place, (cost, gains) in enumerate(group)
            )
            for group in groups
        ),
        needs,
        (tuple(range(min(cut, len(groups)))), tuple(range(min(cut, len(groups)), len(groups)))),
    )
    costs = [
        sum(one.cost for one in chosen)
        for chosen in product(*problem.groups)
        if all(sum(one.gain(need) for one in chosen) >= amount for need, amount in needs.items())
    ]
    found = least(problem, Budget(10**6))
    if not costs:
        assert isinstance(found, Infeasible)
        return
    assert found is not None
    assert not isinstance(found, Infeasible)
    assert found.cost == found.bound == min(costs)
    assert find_bound(problem).value <= min(costs) + 1e-6
    hurried = least(problem, Budget(2))
    assert (
        hurried is None
        or isinstance(hurried, Infeasible)
        or (hurried.bound <= min(costs) <= hurried.cost)
    )


def large(random: Random, *, weights: tuple[int, int], efforts: tuple[int, int]) -> Standard:
    """60 elements on 5 levels in six criteria, with the rules of a scheme of excellence."""
    rules: list[Rule] = [
        Veto("nothing_absent", WORDS, ALL, level("absent")),
        CountLimit("few_below", WORDS, EACH, below("good"), None, random.randint(1, 3)),
        ShareLimit("best", WORDS, ALL, at_least("exceptional"), Decimal("0.25"), None),
        ShareLimit("partial", WORDS, EACH, level("partial"), None, Decimal("0.2"),
                   ShareRounding.DOWN),
        Minimum("total", WORDS, TOTAL, Decimal(random.randint(60, 80))),
        Minimum("each", WORDS, EACH, Decimal(random.randint(50, 65))),
    ]  # fmt: skip
    standard = make_standard(
        [[random.randint(*weights) for _ in range(10)] for _ in range(6)],
        rules,
        [[rule.id for rule in rules]],
    )
    scale = standard.scale
    names = (*scale.levels[:2], replace(scale.levels[1], id="fair"), *scale.levels[2:])
    levels = tuple(replace(one, value=Decimal(place)) for place, one in enumerate(names))
    criteria = tuple(
        replace(
            criterion,
            children=tuple(
                replace(one, effort=random.randint(*efforts)) for one in criterion.elements
            ),
        )
        for criterion in standard.criteria
    )
    return replace(standard, scales=(Scale(levels),), criteria=criteria)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("weights", "efforts"), [((1, 1), (1, 1)), ((1, 5), (1, 10)), ((1, 1000), (1, 100))]
)
def test_it_is_proven_for_sixty_elements_on_five_levels(
    seed: int, weights: tuple[int, int], efforts: tuple[int, int]
) -> None:
    random = Random(seed)
    standard = large(random, weights=weights, efforts=efforts)
    levels = standard.scale.level_ids
    scores = {one.code: random.choice(levels[:4]) for one in standard.elements}
    found = find_path(standard, Inputs(scores), "rung_1")
    assert (found.status, found.gap) == (PathStatus.FOUND, 0)
    assert found.after.award == "rung_1"


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_it_is_proven_for_every_award_of_the_standards_that_ship(file: Path) -> None:
    standard = get_standard(file)
    reading = KpiReading(Decimal(92), Decimal(91), Decimal(93), 900, None, Decimal(1))
    inputs = Inputs({}, dict.fromkeys(standard.kpis, reading))
    for award in standard.awards:
        found = find_path(standard, inputs, award.id)
        assert found.is_least or found.status is PathStatus.UNREACHABLE, award.id
        assert found.status is not PathStatus.UNREACHABLE or found.blocking


def test_without_a_budget_it_says_how_far_from_the_least_it_may_be() -> None:
    standard = large(Random(1), weights=(1, 1000), efforts=(1, 100))
    inputs = all_at(standard, "partial")
    hurried = find_path(standard, inputs, "rung_1", nodes=1)
    proven = find_path(standard, inputs, "rung_1")
    assert hurried.bound <= proven.effort <= hurried.effort
    assert hurried.after.award == "rung_1"
    assert hurried.gap == hurried.effort - hurried.bound


# what moves


def test_the_cheapest_of_what_is_enough_is_raised() -> None:
    standard = make_standard([[5, 1, 1]], [minimum("60")], [["minimum"]])
    # 100 × (5×2 + 1 + 1) / 21 = 57.1, with 1.1 one higher 81.0; with 1.2 or 1.3 just 61.9.
    inputs = all_at(standard, "partial", **{"1_1": "good"})
    found = find_path(standard, inputs, "rung_1")
    assert [(one.code, one.from_level, one.to_level) for one in found.moves] in (
        [("1.2", "partial", "good")],
        [("1.3", "partial", "good")],
        [("1.1", "good", "exceptional")],
    )
    assert found.moves[0].rules == ("minimum",)
    efforts = {"1.1": 2, "1.2": 1, "1.3": 5}
    assert moves_of(standard, inputs, efforts=efforts) == {"1.2": "good"}


def test_a_level_that_counts_against_an_award_is_stepped_over() -> None:
    standard = make_standard([[1, 1]], [count(level("partial"), most=0)], [["count"]])
    assert moves_of(standard, all_at(standard, "partial")) == {"1.1": "good", "1.2": "good"}


def test_what_is_never_raised_is_what_a_limit_already_forbids() -> None:
    standard = make_standard([[1, 1]], [count(at_least("exceptional"), most=0)], [["count"]])
    found = find_path(standard, all_at(standard, "exceptional"), "rung_1")
    assert (found.status, found.blocking, found.moves) == (PathStatus.UNREACHABLE, ("count",), ())


def test_an_unscored_element_stands_at_its_lowest_level() -> None:
    standard = make_standard([[1, 1]], [veto(below("good"))], [["veto"]])
    found = find_path(standard, Inputs({"1.1": "good"}), "rung_1")
    assert found.unscored == ("1.2",)
    assert [(one.from_level, one.steps) for one in found.moves] == [("absent", 2)]


def test_rules_that_only_work_together_are_met_together() -> None:
    standard = make_standard(
        [[1, 1, 1], [1, 1]],
        [share(at_least("exceptional"), least="0.4"), minimum("50", EACH), veto(level("absent"))],
        [["share", "minimum", "veto"]],
    )
    found = find_path(standard, all_at(standard, "absent"), "rung_1")
    # Two exceptional (3 + 3) and three partial at least; each criterion of n needs 3n/2 of 3n.
    assert found.effort == 3 + 3 + 1 + 1 + 1
    assert found.is_least


def test_a_scale_without_numbers_counts_requirements() -> None:
    standard = make_standard([[3, 2, 2]], [minimum("57")], [["minimum"]])
    standard = replace(standard, scales=(Scale(standard.levels, is_numbered=False),))
    # Shares are 3/7, 2/7 and 2/7; 57 % of them are 4/7: the two small ones are just enough.
    inputs = all_at(standard, "partial", **{"1_1": "absent"})
    assert moves_of(standard, inputs) == {"1.2": "good", "1.3": "good"}


def test_a_ladder_of_points_is_climbed_by_points() -> None:
    standard = make_standard([[1, 1]], [], [[], []])
    criterion = standard.criteria[0]
    points = (Decimal(700), Decimal(300))
    children = tuple(
        replace(one, points=worth) for one, worth in zip(criterion.elements, points, strict=True)
    )
    steps = (Step("rung_1", Decimal(500), ()), Step("rung_2", Decimal(700), ()))
    standard = replace(
        standard,
        points=Decimal(1000),
        criteria=(replace(criterion, children=children, points=Decimal(1000)),),
        rules=(Ladder("ladder", WORDS, TOTAL, Unit.POINTS, True, steps),),
    )
    inputs = all_at(standard, "partial")
    # A step is worth 233.3 points of the first element and 100 of the second; 333.3 are there.
    assert moves_of(standard, inputs, "rung_1") == {"1.1": "good"}
    assert moves_of(standard, inputs, "rung_2") == {"1.1": "exceptional"}
    assert next_award(standard, inputs).id == "rung_1"  # type: ignore[union-attr]


@pytest.mark.parametrize(("mode", "moves"), [("exact", 3), ("down", 2), ("half_up", 3)])
def test_a_share_is_rounded_as_its_rule_says(mode: str, moves: int) -> None:
    rule = ShareLimit("share", WORDS, ALL, at_least("good"), Decimal("0.2"), None,
                      ShareRounding(mode))  # fmt: skip
    standard = make_standard([[1] * 13], [rule], [["share"]])
    found = find_path(standard, all_at(standard, "partial"), "rung_1")
    assert len(found.moves) == moves  # 20 % of 13 is 2.6


# what stays outside


def test_a_figure_that_fails_is_assumed_and_named() -> None:
    standard = make_standard([[1]], [kpi(least="80"), veto(below("good"))], [["kpi", "veto"]])
    reading = KpiReading(Decimal(70), None, None, 50)
    found = find_path(standard, Inputs({"1.1": "partial"}, {"csat": reading}), "rung_1")
    assert (found.status, found.assumed, found.effort) == (PathStatus.FOUND, ("kpi",), 1)
    assert found.after.award is None


def test_evidence_that_a_higher_level_asks_for_is_assumed_and_named() -> None:
    shown = EvidenceCondition("shown", WORDS, ALL, at_least("good"), (), 1, None, None)
    standard = make_standard([[1]], [shown, veto(below("good"))], [["veto", "shown"]])
    found = find_path(standard, Inputs({"1.1": "partial"}, evidence={}), "rung_1")
    assert (found.status, found.assumed) == (PathStatus.FOUND, ("shown",))


def test_an_award_that_is_reached_needs_no_moves() -> None:
    standard = make_standard([[1]], [veto(below("good"))], [["veto"], []])
    found = find_path(standard, all_at(standard, "good"), "rung_1")
    assert (found.status, found.moves, found.is_least) == (PathStatus.REACHED, (), True)
    assert next_award(standard, all_at(standard, "good")) is None


def test_what_cannot_be_is_refused() -> None:
    standard = make_standard([[1]], [veto(below("good"))], [["veto"]])
    with pytest.raises(ImpossibleEffortError, match="no element"):
        find_path(standard, all_at(standard, "good"), "rung_1", efforts={"9.9": 1})
    with pytest.raises(ImpossibleEffortError, match="1 to 100"):
        find_path(standard, all_at(standard, "good"), "rung_1", efforts={"1.1": 0})
    with pytest.raises(UnknownLevelError):
        find_path(standard, Inputs({"1.1": "splendid"}), "rung_1")


# the command

SCORES = {"1.1.1": "partially_compliant", "1.1.2": "compliant"}


def test_the_command_names_the_moves_to_the_next_award(tmp_path: Path) -> None:
    scores = written(tmp_path, "scores.json", {"scores": SCORES})
    result = run("path", "uk-service-excellence", scores, "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (data["award"], data["status"], data["is_least"]) == ("certified", "found", True)
    assert data["effort"] == data["at_least"] == sum(move["effort"] for move in data["moves"])
    dearer = run("path", "uk-service-excellence", scores, "--json", "--effort", "1.1.1=50")
    assert json.loads(dearer.stdout)["effort"] > data["effort"]
    told = run("path", "uk-service-excellence", scores, "--to", "certified_with_recognition")
    assert "proven least" in told.stdout


def test_the_command_ends_with_1_when_no_scores_can_reach_the_award(tmp_path: Path) -> None:
    # The customers' survey is 65 % of the total: at nothing, no score makes up for it.
    reading = {"value": 0, "n": 900, "age_months": 1}
    kpis = dict.fromkeys(["csat", "mystery_shopping", "employee_happiness"], reading)
    scores = written(tmp_path, "scores.json", {"scores": {}, "kpis": kpis})
    result = run("path", "star-rating", scores, "--to", "stars_7")
    assert result.exit_code == 1
    assert "no improvement of scores reaches it" in result.stdout
    assert "in the way: stars" in result.stdout


@pytest.mark.parametrize(
    "wrong",
    [("--to", "gold"), ("--effort", "1.1.1"), ("--effort", "1.1.1=0"), ("--effort", "9.9=1")],
)
def test_the_command_ends_with_2_when_it_is_used_wrongly(
    tmp_path: Path, wrong: tuple[str, str]
) -> None:
    scores = written(tmp_path, "scores.json", {"scores": SCORES})
    assert run("path", "uk-service-excellence", scores, *wrong).exit_code == 2
