"""The worked examples of a standard beside what comes out, and the gate that stands on them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accredit.config import resource_dir
from accredit.kpi.loader import service_kpis
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard, load, shipped_files
from accredit.standard.scoring.examining import failures_of
from accredit.standard.scoring.example_results import Check, example_results
from accredit.text import Bilingual, Message
from tests.assessments import small_standard
from tests.making_versions import text_of

RIGHT = """
tests:
  - id: all_good
    text: {en: "Everything is good.", ar: "كل شيء جيد."}
    scores: {all: good}
    expect: {award: accredited, totals: {total: 75}}
"""


def read(text: str) -> Standard:
    loaded = load(text.encode(), file="small.yaml")
    assert isinstance(loaded, Standard), [str(issue) for issue in loaded]
    return loaded


def with_example(expect: str, scores: str = "all: good") -> Standard:
    example = RIGHT.replace("award: accredited, totals: {total: 75}", expect)
    return read(text_of() + example.replace("all: good", scores))


def shipped(file: str) -> Standard:
    known = {kpi.id for kpi in service_kpis().kpis}
    return get_standard(resource_dir("criteria") / file, known_kpis=known)


def changed_first(standard: Standard, **expect: Any) -> tuple[Check, ...]:
    """The checks of the first example that expects such figures, with its expectation changed."""
    example = next(
        one for one in standard.examples if all(getattr(one.expect, name) for name in expect)
    )
    other = replace(example, expect=replace(example.expect, **expect))
    (result,) = example_results(replace(standard, examples=(other,)))
    return result.checks


def only_wrong(standard: Standard) -> Check:
    (result,) = example_results(standard)
    (wrong,) = (check for check in result.checks if not check.is_right)
    return wrong


def shown(said: Message | Bilingual) -> str:
    return said.en if isinstance(said, Bilingual) else said.text


def test_the_table_and_the_gate_agree_on_every_shipped_standard():
    known = {kpi.id for kpi in service_kpis().kpis}
    for path in shipped_files(resource_dir("criteria")):
        standard = get_standard(path, known_kpis=known)
        assert failures_of(standard) == []
        results = example_results(standard)
        assert len(results) == len(standard.examples) >= 2
        assert all(result.is_right for result in results)


@pytest.mark.parametrize(
    "expect",
    [
        "award: none",
        "award: accredited, totals: {total: 76}",
        'award: accredited, totals: {"1": 74.9}',
        "award: accredited, rules: {total_60: fail}",
    ],
)
def test_the_table_and_the_gate_agree_on_a_wrong_one(expect: str):
    standard = with_example(expect)
    (result,) = example_results(standard)
    assert failures_of(standard)
    assert not result.is_right
    assert [check.is_right for check in result.checks].count(False) == 1


def test_an_example_without_difference_is_right_in_the_table():
    (result,) = example_results(read(text_of() + RIGHT))
    assert result.is_right
    assert small_standard().examples == ()


def test_points_are_shown_as_they_are_and_as_they_should_be():
    checks = changed_first(shipped("excellence-2025.yaml"), points={"total": Decimal(501)})
    (wrong,) = (check for check in checks if not check.is_right)
    assert wrong.what.text == "%(place)s, points"
    assert (shown(wrong.wanted), shown(wrong.found)) == ("501", "500")


def test_what_has_no_points_or_share_is_shown_as_none():
    standard = with_example("award: accredited, points: {total: 75}")
    wrong = only_wrong(standard)
    assert (shown(wrong.wanted), shown(wrong.found)) == ("75", "None")
    standard = with_example("award: none, totals: {total: 75}", '"1.1": good')
    wrong = only_wrong(standard)
    assert (shown(wrong.wanted), shown(wrong.found)) == ("75%", "None")


def test_a_band_is_shown_by_its_name():
    standard = shipped("performance-2023.yaml")
    checks = changed_first(standard, bands={"process": "band_8"})
    (wrong,) = (check for check in checks if not check.is_right)
    assert wrong.what.text == "Band of “%(rule)s”"
    assert shown(wrong.wanted) != shown(wrong.found)
    names = {band.name.en for band in standard.rule("process").bands}
    assert {shown(wrong.wanted), shown(wrong.found)} <= names


def test_an_award_is_shown_by_its_name_and_none_as_no_award():
    wrong = only_wrong(with_example("award: none"))
    assert (shown(wrong.wanted), shown(wrong.found)) == ("No award", "Accredited")


def test_a_rule_is_shown_with_the_verdicts_of_the_pages():
    wrong = only_wrong(with_example("award: accredited, rules: {total_60: fail}"))
    assert (shown(wrong.wanted), shown(wrong.found)) == ("Not met", "Met")


def test_scores_that_cannot_be_are_refused_in_the_table_as_at_the_gate():
    standard = read(text_of() + RIGHT)
    example = replace(standard.examples[0], scores={"1.1": "excellent"})
    standard = replace(standard, examples=(example,))
    (result,) = example_results(standard)
    assert result.refused is not None
    assert result.checks == ()
    assert not result.is_right
    assert len(failures_of(standard)) == 1
