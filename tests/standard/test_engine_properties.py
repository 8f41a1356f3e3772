"""The engine against a second, naive evaluation, and what must hold for every standard."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from accredit.standard.domain import Element, Rounding, RoundingMode, Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.rules import CountLimit, Minimum, Rule, ScopeKind, ShareLimit, Veto
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import Verdict
from tests.standard.making import (
    ALL,
    EACH,
    LEVELS,
    TOTAL,
    at_least,
    below,
    count,
    level,
    make_standard,
    minimum,
    share,
    veto,
)

SHIPPED = get_standard(Path(__file__).parents[2] / "criteria" / "service-excellence.yaml")
MODES = {
    RoundingMode.HALF_UP: ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
    RoundingMode.DOWN: ROUND_DOWN,
}

levels = st.sampled_from(LEVELS)
predicates = st.one_of(
    levels.map(level),
    st.sampled_from([*LEVELS, "required"]).map(below),
    st.sampled_from([*LEVELS, "required"]).map(at_least),
)
scopes = st.sampled_from([ALL, EACH])
shares = st.sampled_from(["0", "0.2", "0.25", "0.333333", "0.5", "0.666667", "1"])
wheres = {"where": predicates, "scope": scopes}
few = st.integers(0, 4)
percents = st.integers(0, 1000).map(lambda tenths: str(Decimal(tenths) / 10))
rules = st.one_of(
    st.builds(veto, **wheres),
    st.builds(count, most=few, **wheres),
    st.builds(count, least=few, **wheres),
    st.builds(count, least=st.integers(0, 2), most=st.integers(2, 4), **wheres),
    st.builds(share, most=shares, **wheres),
    st.builds(share, least=shares, **wheres),
    st.builds(minimum, percents, st.sampled_from([TOTAL, EACH])),
)


@st.composite
def standards(draw: st.DrawFn) -> Standard:
    weights = draw(
        st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=3), min_size=1, max_size=2)
    )
    rounding = Rounding(draw(st.integers(0, 3)), draw(st.sampled_from(RoundingMode)))
    values = draw(st.sampled_from([(0, 1, 2, 3), (1, 2, 3, 4), (0, 10, 40, 100)]))
    required = draw(levels)
    return make_standard(
        weights, [draw(rules)], required=required, rounding=rounding, values=values
    )


def naive_percent(
    standard: Standard, elements: tuple[Element, ...], scores: Mapping[str, str]
) -> Decimal:
    """The same figure by another road: decimals with fifty digits, then quantised."""
    values = {item.id: item.value for item in standard.levels}
    top = max(values.values())
    with localcontext() as context:
        context.prec = 50
        reached = Decimal(sum(item.weight * values[scores[item.code]] for item in elements))
        possible = Decimal(sum(item.weight * top for item in elements))
        places = Decimal(1).scaleb(-standard.rounding.places)
        return (reached * 100 / possible).quantize(places, MODES[standard.rounding.mode])


def naive_pass(rule: Rule, standard: Standard, scores: Mapping[str, str]) -> bool:
    """Whether complete scores pass, written down as the rule is said."""
    order = [item.id for item in standard.levels]
    if rule.scope.kind is ScopeKind.EACH_CRITERION:  # type: ignore[union-attr]  # no KPI rules here
        groups = [criterion.elements for criterion in standard.criteria]
    else:
        groups = [standard.elements]
    for group in groups:
        if isinstance(rule, Minimum):
            if naive_percent(standard, group, scores) < rule.value:
                return False
            continue
        assert isinstance(rule, Veto | CountLimit | ShareLimit)
        matching = 0
        for item in group:
            mark = item.required if rule.where.level == "required" else rule.where.level
            difference = order.index(scores[item.code]) - order.index(mark)
            matching += {
                "level": difference == 0,
                "below": difference < 0,
                "at_least": difference >= 0,
            }[rule.where.kind]
        if isinstance(rule, Veto) and matching:
            return False
        if isinstance(rule, CountLimit):
            if rule.max is not None and matching > rule.max:
                return False
            if rule.min is not None and matching < rule.min:
                return False
        if isinstance(rule, ShareLimit):
            if rule.max is not None and Decimal(matching) > rule.max * len(group):
                return False
            if rule.min is not None and Decimal(matching) < rule.min * len(group):
                return False
    return True


@settings(max_examples=250, deadline=None)
@given(standards(), st.data())
def test_a_verdict_is_what_every_way_to_complete_the_scores_agrees_on(
    standard: Standard, data: st.DataObject
) -> None:
    codes = [element.code for element in standard.elements]
    chosen = data.draw(
        st.lists(
            st.one_of(levels, levels, levels, st.none()), min_size=len(codes), max_size=len(codes)
        )
    )
    scores = {code: name for code, name in zip(codes, chosen, strict=True) if name is not None}
    missing = [code for code in codes if code not in scores][:3]
    scores |= {code: "good" for code in codes if code not in scores and code not in missing}
    answers = {
        naive_pass(standard.rules[0], standard, scores | dict(zip(missing, names, strict=True)))
        for names in product(LEVELS, repeat=len(missing))
    }
    expected = (
        Verdict.UNKNOWN
        if len(answers) == 2
        else Verdict.PASS
        if answers == {True}
        else Verdict.FAIL
    )
    assert evaluate(standard, scores).rules[0].verdict is expected


@settings(max_examples=150, deadline=None)
@given(standards(), st.data())
def test_every_total_equals_a_second_computation(standard: Standard, data: st.DataObject) -> None:
    scores = {element.code: data.draw(levels) for element in standard.elements}
    result = evaluate(standard, scores)
    assert result.total.percent == naive_percent(standard, standard.elements, scores)
    for criterion, node in zip(standard.criteria, result.criteria, strict=True):
        assert node.percent == naive_percent(standard, criterion.elements, scores)
    for node in result.nodes():
        assert node.percent is not None
        assert 0 <= node.low == node.percent == node.high <= 100


full_scores = st.fixed_dictionaries(
    {element.code: st.sampled_from(SHIPPED.scale.level_ids) for element in SHIPPED.elements}
)


@settings(max_examples=60, deadline=None)
@given(full_scores, st.sampled_from(SHIPPED.elements), st.data())
def test_raising_a_score_never_lowers_a_total_a_verdict_or_the_award(
    scores: dict[str, str], element: Element, data: st.DataObject
) -> None:
    order = SHIPPED.scale.level_ids
    raised = data.draw(st.sampled_from(order[order.index(scores[element.code]) :]))
    before = evaluate(SHIPPED, scores)
    after = evaluate(SHIPPED, scores | {element.code: raised})
    for old, new in zip(before.nodes(), after.nodes(), strict=True):
        assert old.percent is not None
        assert new.percent is not None
        assert new.percent >= old.percent
    for earlier, later in zip(before.rules, after.rules, strict=True):
        assert not (earlier.verdict is Verdict.PASS and later.verdict is Verdict.FAIL)
    ladder = [None, *(award.id for award in SHIPPED.awards)]
    assert ladder.index(after.award) >= ladder.index(before.award)


@settings(max_examples=60, deadline=None)
@given(full_scores, st.sets(st.sampled_from([element.code for element in SHIPPED.elements])))
def test_a_verdict_reached_early_is_never_taken_back(
    scores: dict[str, str], missing: set[str]
) -> None:
    known = {code: name for code, name in scores.items() if code not in missing}
    early, late = evaluate(SHIPPED, known), evaluate(SHIPPED, scores)
    for before, after in zip(early.rules, late.rules, strict=True):
        assert before.verdict in (Verdict.UNKNOWN, after.verdict)
    for old, new in zip(early.nodes(), late.nodes(), strict=True):
        assert new.percent is not None
        assert old.low <= new.percent <= old.high


@settings(max_examples=30, deadline=None)
@given(full_scores, st.randoms(use_true_random=False))
def test_the_order_in_which_scores_were_given_is_irrelevant(
    scores: dict[str, str], chance: object
) -> None:
    items = list(scores.items())
    chance.shuffle(items)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    assert evaluate(SHIPPED, dict(items)) == evaluate(SHIPPED, scores)
