"""The scoring engine, on cases small enough to do by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from accredit.standard.domain import (
    Rounding,
    RoundingMode,
    Standard,
    UnknownElementError,
    UnknownLevelError,
)
from accredit.standard.rules import Rule, Scope, ScopeKind
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.explain import exact_text, explain
from accredit.standard.scoring.results import KpiReading, Result, Verdict
from tests.standard.making import (
    EACH,
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
from tests.standard.small import changed, standard

SCORES = {"1.1": "good", "1.2": "partial", "2.1": "exceptional"}
SATISFIED = {"csat": KpiReading(Decimal("70"), Decimal("61.3"), Decimal("77.4"), 30)}
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def percents(result: Result) -> dict[str, Decimal | None]:
    return {node.code: node.percent for node in result.nodes()}


def verdicts(result: Result) -> dict[str, Verdict]:
    return {rule.id: rule.verdict for rule in result.rules}


def row(levels: str) -> dict[str, str]:
    """Scores 1.1, 1.2 … from initials: a, p, g, e, or - for unscored."""
    names = {"a": "absent", "p": "partial", "g": "good", "e": "exceptional"}
    return {f"1.{at}": names[sign] for at, sign in enumerate(levels, start=1) if sign != "-"}


def verdict(rule: Rule, levels: str, required: str = "good") -> Verdict:
    """What `rule` says of one criterion whose elements have these levels."""
    made = make_standard([[1] * len(levels)], [rule], required=required)
    return evaluate(made, row(levels)).rules[0].verdict


# Totals


def test_totals_are_the_weighted_percentages_of_the_maximum_at_every_node() -> None:
    # 1: (3×2 + 1×1) ÷ (4×3) = 7/12; 2: 6/6; together (7 + 6) ÷ (12 + 6) = 13/18.
    assert percents(evaluate(standard(), SCORES)) == {
        "1": Decimal("58.3"),
        "2": Decimal("100.0"),
        "1.1": Decimal("66.7"),
        "1.2": Decimal("33.3"),
        "2.1": Decimal("100.0"),
        "total": Decimal("72.2"),
    }
    assert evaluate(standard(), SCORES).total.exact == Fraction(1300, 18)


def test_a_total_names_what_went_into_it() -> None:
    result = evaluate(standard(), SCORES)
    node = result.criteria[0]
    assert [(term.code, term.weight, term.low, term.high) for term in node.terms] == [
        ("1.1", 3, Fraction(2, 3), Fraction(2, 3)),
        ("1.2", 1, Fraction(1, 3), Fraction(1, 3)),
    ]
    assert [result.by_code[term.code].level for term in node.terms] == ["good", "partial"]
    assert (node.weighted_sum, node.weighted_max) == (Fraction(7, 3), 4)


def test_a_total_with_an_unscored_element_is_open_between_its_bounds() -> None:
    result = evaluate(standard(), {"1.1": "good", "2.1": "good"})
    assert result.unscored == ("1.2",)
    assert not result.is_complete
    first, second = result.criteria
    assert (first.percent, first.exact) == (None, None)
    assert (first.low, first.high) == (Decimal("50.0"), Decimal("75.0"))
    assert second.percent == Decimal("66.7")
    assert result.total.percent is None
    assert (result.total.low, result.total.high) == (Decimal("55.6"), Decimal("72.2"))


def test_nothing_scored_is_everything_open() -> None:
    result = evaluate(standard(), {})
    assert (result.total.low, result.total.high) == (Decimal("0.0"), Decimal("100.0"))
    assert set(verdicts(result).values()) == {UNKNOWN}
    assert result.award is None


def test_a_scale_that_does_not_begin_at_zero_keeps_its_lowest_share() -> None:
    made = make_standard([[1, 1]], values=(1, 2, 3, 4))
    assert evaluate(made, row("aa")).total.percent == Decimal("25.0")
    assert evaluate(made, row("e-")).total.low == Decimal("62.5")


@pytest.mark.parametrize("code", ["1.3", "1", "total", ""])
def test_a_score_of_an_unknown_element_is_refused(code: str) -> None:
    with pytest.raises(UnknownElementError, match="There is no element"):
        evaluate(standard(), {code: "good"})


def test_a_score_at_an_unknown_level_is_refused() -> None:
    with pytest.raises(UnknownLevelError, match="“great”"):
        evaluate(standard(), {"1.1": "great"})


# Rounding


@pytest.mark.parametrize(
    ("value", "places", "half_up", "half_even", "down"),
    [
        ("1/8", 2, "0.13", "0.12", "0.12"),
        ("3/8", 2, "0.38", "0.38", "0.37"),
        ("131/2", 0, "66", "66", "65"),
        ("129/2", 0, "65", "64", "64"),
        ("2/3", 1, "0.7", "0.7", "0.6"),
        ("100", 1, "100.0", "100.0", "100.0"),
        ("0", 1, "0.0", "0.0", "0.0"),
        ("5999/100", 1, "60.0", "60.0", "59.9"),
    ],
)
def test_rounding_is_exact_in_every_mode(
    value: str, places: int, half_up: str, half_even: str, down: str
) -> None:
    rounded = [str(Rounding(places, mode).apply(Fraction(value))) for mode in RoundingMode]
    assert rounded == [half_up, half_even, down]


def test_a_total_is_rounded_before_it_meets_its_threshold() -> None:
    # 10/18 = 55.56 %: to whole percents 56 passes a minimum of 56, to one place 55.6 does not.
    scores = {"1.1": "good", "1.2": "absent", "2.1": "good"}
    text = changed("value: 60", "value: 56")
    assert verdicts(evaluate(standard(text), scores))["total_60"] is FAIL
    whole = text.replace("places: 1", "places: 0")
    assert verdicts(evaluate(standard(whole), scores))["total_60"] is PASS
    cut = whole.replace("half_up", "down")
    assert verdicts(evaluate(standard(cut), scores))["total_60"] is FAIL


def test_a_share_is_never_rounded() -> None:
    # 20 % of 13 elements is 2.6: two are allowed, three are not.
    rule = share(below("required"), most="0.2")
    assert verdict(rule, "pp" + "g" * 11) is PASS
    assert verdict(rule, "ppp" + "g" * 10) is FAIL


# Rules


@pytest.mark.parametrize(
    ("levels", "expected"),
    [("ggg", PASS), ("gga", FAIL), ("gg-", UNKNOWN), ("ag-", FAIL), ("---", UNKNOWN)],
)
def test_a_veto_fails_at_the_first_match(levels: str, expected: Verdict) -> None:
    assert verdict(veto(level("absent")), levels) is expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("pgg", PASS),
        ("ppg", PASS),
        ("ppp", FAIL),
        ("pp-", UNKNOWN),
        ("pg-", PASS),
        ("p--", UNKNOWN),
        ("ppp-", FAIL),
    ],
)
def test_a_count_has_a_most_and_is_unknown_only_while_it_matters(
    levels: str, expected: Verdict
) -> None:
    assert verdict(count(below("good"), most=2), levels) is expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [("egg", FAIL), ("eeg", PASS), ("eg-", UNKNOWN), ("ee-", PASS), ("gg-", FAIL)],
)
def test_a_count_has_a_fewest(levels: str, expected: Verdict) -> None:
    assert verdict(count(level("exceptional"), least=2), levels) is expected


def test_a_count_between_two_bounds_includes_both() -> None:
    rule = count(level("partial"), least=1, most=2)
    assert [verdict(rule, levels) for levels in ("ggg", "pgg", "ppg", "ppp")] == [
        FAIL,
        PASS,
        PASS,
        FAIL,
    ]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [("eggg", PASS), ("gggg", FAIL), ("eg", PASS), ("egggg", FAIL), ("ggg-", UNKNOWN)],
)
def test_a_share_exactly_at_its_bound_passes(levels: str, expected: Verdict) -> None:
    assert verdict(share(level("exceptional"), least="0.25"), levels) is expected


def test_below_required_means_the_level_each_element_requires() -> None:
    rule = veto(below("required"))
    assert verdict(rule, "gg", required="good") is PASS
    assert verdict(rule, "gg", required="exceptional") is FAIL
    assert verdict(rule, "pp", required="partial") is PASS


def test_an_unscored_element_that_can_never_match_leaves_nothing_open() -> None:
    assert verdict(veto(below("required")), "g-", required="absent") is PASS
    assert verdict(count(at_least("absent"), least=2), "g-") is PASS


def test_a_level_predicate_means_that_level_alone() -> None:
    assert verdict(veto(level("partial")), "age") is PASS
    assert verdict(veto(at_least("partial")), "aaa") is PASS
    assert verdict(veto(at_least("partial")), "aae") is FAIL


@pytest.mark.parametrize(("levels", "expected"), [("gg", PASS), ("gp", FAIL), ("g-", UNKNOWN)])
def test_a_minimum_is_included(levels: str, expected: Verdict) -> None:
    assert verdict(minimum("66.7"), levels) is expected


def test_a_minimum_is_decided_as_soon_as_no_score_can_change_it() -> None:
    assert verdict(minimum("50"), "ee-") is PASS
    assert verdict(minimum("70"), "aa-") is FAIL


def test_a_rule_for_each_criterion_fails_where_one_fails() -> None:
    made = make_standard([[1, 1], [1, 1], [1]], [minimum("50", EACH)])
    scores = {"1.1": "good", "1.2": "good", "2.1": "absent", "2.2": "good", "3.1": "good"}
    (rule,) = evaluate(made, scores).rules
    assert rule.verdict is FAIL
    assert rule.codes == ("2",)
    assert [part.verdict for part in rule.parts] == [PASS, FAIL, PASS]
    assert str(rule.detail) == "Criterion 2: 33.3% (at least 50%)."


def test_a_failure_in_one_criterion_outweighs_what_is_unknown_in_another() -> None:
    made = make_standard([[1], [1]], [veto(level("absent"), EACH)])
    (rule,) = evaluate(made, {"1.1": "absent"}).rules
    assert (rule.verdict, rule.codes) == (FAIL, ("1.1",))


def test_a_count_limit_is_counted_within_each_criterion() -> None:
    made = make_standard([[1, 1], [1, 1]], [count(below("good"), most=1, scope=EACH)])
    apart = {"1.1": "partial", "1.2": "good", "2.1": "partial", "2.2": "good"}
    together = {"1.1": "partial", "1.2": "partial", "2.1": "good", "2.2": "good"}
    assert evaluate(made, apart).rules[0].verdict is PASS
    (rule,) = evaluate(made, together).rules
    assert (rule.verdict, rule.codes) == (FAIL, ("1.1", "1.2"))


def test_a_rule_may_look_at_one_criterion_or_one_element_alone() -> None:
    node = Scope(ScopeKind.NODE, "2")
    made = make_standard([[1], [1]], [veto(level("absent"), node)])
    assert evaluate(made, {"1.1": "absent", "2.1": "good"}).rules[0].verdict is PASS
    assert evaluate(made, {"1.1": "good", "2.1": "absent"}).rules[0].verdict is FAIL
    made = make_standard([[1, 1]], [minimum("60", Scope(ScopeKind.NODE, "1.2"))])
    assert evaluate(made, row("ag")).rules[0].verdict is PASS
    (rule,) = evaluate(made, row("gp")).rules
    assert str(rule.detail) == "Element 1.2: 33.3% (at least 60%)."


def reading(value: str | None, low: str | None, high: str | None, n: int) -> KpiReading:
    figures = (None if figure is None else Decimal(figure) for figure in (value, low, high))
    return KpiReading(*figures, n)


@pytest.mark.parametrize(
    ("rule", "measured", "expected"),
    [
        (kpi(least="70"), reading("70", "61", "78", 30), PASS),
        (kpi(least="70"), reading("69.999", "61", "78", 30), FAIL),
        (kpi(most="5"), reading("5", "4", "6", 30), PASS),
        (kpi(most="5"), reading("5.001", "4", "6", 30), FAIL),
        (kpi(least="-10", most="10"), reading("-10", "-20", "0", 9), PASS),
        (kpi(least="70", figure="low"), reading("75", "69.9", "80", 30), FAIL),
        (kpi(most="80", figure="high"), reading("75", "70", "80", 30), PASS),
        (kpi(least="30", figure="n"), reading(None, None, None, 29), FAIL),
        (kpi(least="30", figure="n"), reading(None, None, None, 30), PASS),
        (kpi(least="30", figure="n", min_n=50), reading("1", "1", "1", 40), PASS),
        (kpi(least="70", min_n=30), reading("90", "80", "95", 29), UNKNOWN),
        (kpi(least="70", min_n=30), reading("90", "80", "95", 30), PASS),
        (kpi(least="70"), reading("90", None, None, 0), UNKNOWN),
        (kpi(least="70", figure="low"), reading("90", None, None, 5), UNKNOWN),
        (kpi(least="70"), reading("NaN", None, None, 5), UNKNOWN),
        (kpi(least="70"), None, UNKNOWN),
    ],
)
def test_a_kpi_condition_compares_exactly_and_knows_when_it_cannot(
    rule: Rule, measured: KpiReading | None, expected: Verdict
) -> None:
    kpis = {} if measured is None else {"csat": measured}
    (result,) = evaluate(make_standard([[1]], [rule]), {}, kpis).rules
    assert result.verdict is expected


# Awards


def ladder_award(standard_: Standard, scores: dict[str, str]) -> str | None:
    return evaluate(standard_, scores, SATISFIED).award


def test_the_award_is_the_highest_rung_whose_rules_and_all_lower_ones_pass() -> None:
    assert ladder_award(standard(), SCORES) == "distinction"
    assert evaluate(standard(), SCORES).award == "accredited"
    assert ladder_award(standard(), SCORES | {"2.1": "good"}) == "accredited"
    assert ladder_award(standard(), SCORES | {"1.2": "absent"}) is None


def test_a_higher_rung_is_not_reached_over_a_lower_one_that_fails() -> None:
    made = make_standard([[1, 1]], [veto(level("absent")), minimum("50")], [["veto"], ["minimum"]])
    result = evaluate(made, row("ae"))
    assert verdicts(result) == {"veto": FAIL, "minimum": PASS}
    assert result.award is None
    assert [(rung.verdict, rung.failed) for rung in result.rungs] == [
        (FAIL, ("veto",)),
        (FAIL, ("veto",)),
    ]


def test_an_unknown_rule_does_not_pass_and_is_named() -> None:
    result = evaluate(standard(), SCORES)
    assert result.rungs[1].verdict is UNKNOWN
    assert result.rungs[1].unknown == ("csat_70",)


def test_a_rung_that_fails_fails_whatever_else_is_unknown() -> None:
    made = make_standard([[1]], [veto(level("absent")), kpi(least="70")], [["kpi", "veto"]])
    (rung,) = evaluate(made, row("a")).rungs
    assert (rung.verdict, rung.failed, rung.unknown) == (FAIL, ("veto",), ("kpi",))


def test_kpis_that_no_rule_asks_for_change_nothing() -> None:
    more = SATISFIED | {"nps": KpiReading(Decimal(-100), None, None, 1)}
    found = evaluate(standard(), SCORES, more)
    assert found.inputs.kpis == more
    expected = evaluate(standard(), SCORES, SATISFIED)
    assert replace(found, inputs=expected.inputs) == expected


def test_the_result_names_the_very_content_it_was_made_with() -> None:
    result = evaluate(standard(), SCORES)
    assert (result.standard, result.version) == ("small", "1")
    assert result.sha256 == standard().sha256


# Words and derivation


def test_a_verdict_says_why_with_counts_codes_and_limits() -> None:
    result = evaluate(standard(), {"1.1": "absent", "1.2": "absent"})
    said = {rule.id: str(rule.detail) for rule in result.rules}
    assert said == {
        "nothing_absent": "All elements, at the level “Absent”: 2 of 3 (none allowed): 1.1, 1.2."
        " Not scored yet: 2.1.",
        "few_below": "Criterion 1, below the required level: 2 of 2 (at most 1): 1.1, 1.2.",
        "share_exceptional": "All elements, at the level “Exceptional” or above: 0 of 3"
        " (at least 25%). Not scored yet: 2.1.",
        "total_60": "Total: between 0.0% and 33.3% (at least 60%). Still missing: 2.1.",
        "each_50": "Criterion 1: 0.0% (at least 50%).",
        "csat_70": "csat: not measured (the value, at least 70).",
    }
    assert result.find_rule("few_below").codes == ("1.1", "1.2")  # type: ignore[union-attr]


def test_too_few_answers_are_said_to_be_too_few() -> None:
    few = {"csat": KpiReading(Decimal(90), None, None, 12)}
    detail = evaluate(standard(), SCORES, few).rules[5].detail
    assert str(detail) == "csat: too few answers (n = 12; at least 30)."


def test_the_derivation_can_be_redone_with_a_pencil() -> None:
    tree = explain(standard(), evaluate(standard(), SCORES))
    assert [step.code for step in tree.walk()] == ["1.1", "1.2", "1", "2.1", "2", "total"]
    assert [str(step.line) for step in tree.walk()] == [
        "Element 1.1: “Good” = 2 of 3 = 66.666666…%. Rounded (decimal places: 1, half up): 66.7%.",
        "Element 1.2: “Partial” = 1 of 3 = 33.333333…%."
        " Rounded (decimal places: 1, half up): 33.3%.",
        "Criterion 1: 3×2 + 1×1 = 7 of 12; 100 × 7 ÷ 12 = 58.333333…%."
        " Rounded (decimal places: 1, half up): 58.3%.",
        "Element 2.1: “Exceptional” = 3 of 3 = 100%.",
        "Criterion 2: 2×3 = 6 of 6; 100 × 6 ÷ 6 = 100%.",
        "Total: 7 + 6 = 13 of 18; 100 × 13 ÷ 18 = 72.222222…%."
        " Rounded (decimal places: 1, half up): 72.2%.",
    ]
    first, second = tree.children
    assert (first.total.exact, first.total.percent) == (Fraction(175, 3), Decimal("58.3"))
    assert (second.total.exact, tree.total.exact) == (100, Fraction(1300, 18))


def test_the_derivation_of_an_open_total_shows_what_is_missing() -> None:
    first, second = explain(standard(), evaluate(standard(), {"1.1": "good"})).children
    assert (first.total.exact, first.total.percent) == (None, None)
    assert str(first.line) == (
        "Criterion 1: 3×2 + 1×? so far, of 12."
        " Not complete: from 50.0% to 75.0%. Still missing: 1.2."
    )
    assert str(second.children[0].line) == "Element 2.1: not scored yet."


@pytest.mark.parametrize(
    ("value", "text"),
    [("175/2", "87.5"), ("100", "100"), ("0", "0"), ("1/3", "0.333333…"), ("100/7", "14.285714…")],
)
def test_an_exact_percentage_is_cut_and_says_so(value: str, text: str) -> None:
    assert exact_text(Fraction(value)) == text
