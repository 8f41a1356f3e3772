"""Paths that are hard on purpose: the search ends in time, and the gap it states is true."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accredit import clock
from accredit.standard.domain import Standard
from accredit.standard.path.finding import (
    SECONDS,
    Path,
    PathStatus,
    _cheapest_first,
    find_path,
)
from accredit.standard.rules import Award, EffectKind
from accredit.standard.scoring.inputs import Inputs
from bench.hard_paths import AWARD, KINDS, hard_cases, some_scores
from tests.costs import costs_less_than
from tests.standard.paths import a_standard, least_by_trying, some_inputs

A_SECOND = 1.2
"""About a second of a processor, with what a search does after it was told to end."""

each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_it_ends_within_about_a_second_of_a_processor_and_gives_a_path(kind: str) -> None:
    standard, inputs = next(hard_cases(kind, 1))
    found: list[Path] = []

    def search() -> None:
        found.append(find_path(standard, inputs, AWARD, stop=clock.after(SECONDS)))

    assert costs_less_than(A_SECOND, search)
    for path in found:
        assert path.status is PathStatus.FOUND
        assert path.after.award == AWARD
        assert 0 <= path.gap == path.effort - path.bound


@each_kind
def test_it_ends_at_once_when_it_is_told_to(kind: str) -> None:
    standard, inputs = next(hard_cases(kind, 1))
    asked = []

    def stop() -> bool:
        asked.append(1)
        return True

    assert costs_less_than(
        SECONDS / 2, lambda: find_path(standard, inputs, AWARD, nodes=10**9, stop=stop)
    )
    assert asked


def test_many_elements_that_leave_others_out_do_not_make_it_endless() -> None:
    # Every criterion has one, so that there are four thousand ways of what applies.
    standard = KINDS["elements that leave others out"](Random(1), (12, 5))
    inputs = some_scores(Random(1), standard)
    assert costs_less_than(
        A_SECOND, lambda: find_path(standard, inputs, AWARD, stop=clock.after(SECONDS))
    )


def _small(kind: str, seed: int) -> tuple[Standard, Inputs]:
    random = Random(f"{kind} {seed}")
    standard = KINDS[kind](random, (2, 3))
    return standard, some_scores(random, standard)


@each_kind
@pytest.mark.parametrize("seed", range(3))
def test_the_least_effort_lies_within_the_gap_that_is_stated(kind: str, seed: int) -> None:
    standard, inputs = _small(kind, seed)
    # So that trying everything ends on the award alone, as it does in the random standards.
    standard = _with_rungs(standard)
    least = least_by_trying(standard, inputs, "rung_1")
    for nodes in (0, 1, 100, 3_000, 20_000, 500_000):
        found = find_path(standard, inputs, "rung_1", nodes=nodes)
        if least is None:
            assert found.status in (PathStatus.UNREACHABLE, PathStatus.OPEN)
            continue
        assert found.bound <= least
        if found.status is not PathStatus.OPEN:
            assert least <= found.effort
    if least is not None:
        assert (found.effort, found.gap) == (least, 0)


def _with_rungs(standard: Standard) -> Standard:
    old = standard.awards[0]
    return replace(standard, awards=(Award("rung_1", old.name, old.rules, old.valid_years),))


@settings(max_examples=200, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(["rung_1", "rung_2"]),
    st.sampled_from([0, 1, 50, 4_500, 9_000, 30_000]),
)
def test_a_search_that_is_cut_short_states_a_gap_that_holds(
    random: Random, award: str, nodes: int
) -> None:
    standard = a_standard(random)
    inputs = some_inputs(random, standard)
    found = find_path(standard, inputs, award, nodes=nodes)
    least = least_by_trying(standard, inputs, award)
    if least is None:
        if found.status is PathStatus.FOUND:
            capping = [one for one in standard.rules if one.effect.kind is EffectKind.CAP_TO]
            assert set(found.assumed) & {one.id for one in capping}
        return
    assert found.bound <= least
    if found.status is not PathStatus.OPEN:
        assert found.status is not PathStatus.UNREACHABLE
        assert least <= found.effort


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), max_size=4))
def test_the_ways_come_cheapest_first_and_each_once(costs: list[list[int]]) -> None:
    ways = list(_cheapest_first(costs))
    sums = [cost for cost, _ in ways]
    assert sums == sorted(sums)
    assert all(
        cost == sum(one[at] for one, at in zip(costs, numbers, strict=True))
        for cost, numbers in ways
    )
    count = 1
    for one in costs:
        count *= len(one)
    assert len({numbers for _, numbers in ways}) == len(ways) == count
