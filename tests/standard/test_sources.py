"""The default standard answers to every point of its five source documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from accredit.kpi.loader import load_kpis
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.text import Bilingual

CRITERIA = Path(__file__).parents[2] / "criteria"

# Every point of the five documents, by document and subject: written out, so that a test that
# counts them cannot be satisfied by leaving one out on both sides.
POINTS = """
A.benefit.1 A.benefit.2 A.benefit.3 A.benefit.4 A.benefit.5 A.benefit.6
A.criterion.1 A.criterion.2 A.criterion.3 A.criterion.4 A.criterion.5 A.criterion.6
A.step.1 A.step.2 A.step.3 A.step.4 A.step.5 A.step.6 A.step.7 A.step.8
A.practice.1 A.practice.2 A.practice.3 A.practice.4 A.practice.5 A.practice.6 A.practice.7
A.practice.8
A.tech.1 A.tech.2 A.tech.3 A.tech.4 A.tech.5 A.tech.6
A.challenge.1 A.challenge.2 A.challenge.3 A.challenge.4 A.challenge.5
A.trend.1 A.trend.2 A.trend.3 A.trend.4 A.trend.5
A.metric.1 A.metric.2 A.metric.3 A.metric.4 A.metric.5 A.metric.6 A.metric.7
B.dimension.1 B.dimension.2 B.dimension.3 B.dimension.4
C.1 C.2 C.3 C.4 C.5 C.6 C.7 C.8 C.9 C.10 C.11
D.rule.1 D.rule.2 D.rule.3 D.rule.4 D.rule.5
E.benefit.1 E.benefit.2 E.benefit.3
E.risk.1 E.risk.2
E.step.1 E.step.2 E.step.3 E.step.4 E.step.5 E.step.6 E.step.7 E.step.8
E.check.1 E.check.2 E.check.3 E.check.4 E.check.5 E.check.6 E.check.7 E.check.8 E.check.9
E.check.10 E.check.11
E.metric.1 E.metric.2 E.metric.3 E.metric.4 E.metric.5
"""
SOURCE_IDS = POINTS.split()


@pytest.fixture(scope="module")
def service_excellence() -> Standard:
    return get_standard(CRITERIA / "service-excellence.yaml")


def cited(standard: Standard) -> set[str]:
    below = [node for criterion in standard.criteria for node in (criterion, *criterion.elements)]
    return {source for node in (standard, *below) for source in node.sources}


def test_there_are_a_hundred_points_and_none_is_written_twice() -> None:
    assert len(SOURCE_IDS) == len(set(SOURCE_IDS)) == 100


def test_every_point_is_cited_by_the_standard(service_excellence: Standard) -> None:
    assert sorted(set(SOURCE_IDS) - cited(service_excellence)) == []


def test_no_citation_points_nowhere(service_excellence: Standard) -> None:
    assert sorted(cited(service_excellence) - set(SOURCE_IDS)) == []


def test_the_six_criteria_of_the_source_are_the_top_level_in_its_order(
    service_excellence: Standard,
) -> None:
    assert [criterion.code for criterion in service_excellence.criteria] == list("123456")
    for criterion in service_excellence.criteria:
        assert f"A.criterion.{criterion.code}" in criterion.sources
        assert len(criterion.elements) == 8


def test_every_kpi_the_standard_names_is_defined(service_excellence: Standard) -> None:
    defined = {kpi.id for kpi in load_kpis(CRITERIA / "kpis" / "service-kpis.yaml").kpis}
    assert set(service_excellence.kpis) <= defined


def test_every_element_can_be_shown_and_asks_for_more_than_its_lowest_level(
    service_excellence: Standard,
) -> None:
    lowest = service_excellence.levels[0].id
    for element in service_excellence.elements:
        assert len(element.evidence) >= 2, element.code
        assert element.required != lowest, element.code
        assert element.sources, element.code


def test_no_two_descriptors_of_an_element_say_the_same(service_excellence: Standard) -> None:
    for element in service_excellence.elements:
        for language in ("en", "ar"):
            texts = [item.text.in_language(language) for item in element.rubric.descriptors]
            assert len(set(texts)) == len(texts), element.code


def test_arabic_texts_are_arabic_and_use_western_digits(service_excellence: Standard) -> None:
    for text in texts(service_excellence):
        assert any("\u0621" <= letter <= "\u064a" for letter in text.ar), text
        assert not any("\u0660" <= letter <= "\u0669" for letter in text.ar), text
        assert not any("\u0600" <= letter <= "\u06ff" for letter in text.en), text


def texts(value: object) -> list[Bilingual]:
    """Every bilingual text inside a frozen value."""
    if isinstance(value, Bilingual):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    names = getattr(value, "__dataclass_fields__", {})
    return [text for name in names for text in texts(getattr(value, name))]
