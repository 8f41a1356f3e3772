"""Every standard that ships: sound, in both languages, and with examples that mean something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accredit.kpi.loader import service_kpis
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.scoring.examining import failures_of
from tests.standard.mutating import SHIPPED
from tests.standard.one_off import document

_ARABIC = re.compile(r"[\u0600-\u06FF]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")

each_file = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)


def read(path: Path) -> Standard:
    return get_standard(path, known_kpis={kpi.id for kpi in service_kpis().kpis})


def texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if value.keys() == {"en", "ar"}:
            yield value["en"], value["ar"]
        else:
            for item in value.values():
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_seven_standards_ship() -> None:
    assert [path.stem for path in SHIPPED] == [
        "cx-self-check",
        "excellence-2025",
        "performance-2023",
        "service-excellence",
        "service-model-9",
        "star-rating",
        "uk-service-excellence",
    ]


@each_file
def test_it_is_sound_with_the_defined_kpis_and_has_the_name_of_its_file(path: Path) -> None:
    assert read(path).id == path.stem


@each_file
def test_it_has_at_least_six_examples_and_all_hold(path: Path) -> None:
    standard = read(path)
    assert len(standard.examples) >= 6
    assert failures_of(standard) == []


@each_file
def test_its_examples_reach_every_award_and_none(path: Path) -> None:
    standard = read(path)
    expected = {one.expect.award for one in standard.examples}
    assert expected == {None, *(award.id for award in standard.awards)}


@each_file
def test_every_text_is_english_in_english_and_arabic_in_arabic(path: Path) -> None:
    pairs = list(texts(document(path)))
    assert pairs
    wrong = [
        (english, arabic)
        for english, arabic in pairs
        if _ARABIC.search(english)
        or (_LATIN_WORD.search(english) and not _ARABIC.search(arabic))
        or english == arabic
    ]
    assert wrong == []
