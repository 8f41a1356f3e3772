"""The story's reasons say what was found and, below the required level, what is missing."""

from __future__ import annotations

import pytest

from accredit.assessment.domain import clean_reason
from accredit.config import resource_dir
from accredit.demo import levels
from accredit.demo.levels import Outcome
from accredit.demo.reasons import (
    Author,
    assessor_reason,
    first_clause,
    moderator_reason,
    self_reason,
)
from accredit.kpi.loader import service_kpis
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.scoring.engine import evaluate
from accredit.text import Language

LANGUAGES: tuple[Language, ...] = ("en", "ar")


@pytest.fixture(scope="module")
def standard() -> Standard:
    return get_standard(
        resource_dir("criteria") / "service-excellence.yaml",
        known_kpis={definition.id for definition in service_kpis().kpis},
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_of_every_element_gets_a_reason_in_the_writers_language(
    standard: Standard, language: Language
) -> None:
    author = Author("somebody", language)
    for element in standard.elements:
        for level in standard.scale.level_ids:
            for text in (
                self_reason(standard, element, level, author),
                assessor_reason(standard, element, level, author),
            ):
                assert clean_reason(text)
                assert "{" not in text
                assert first_clause(element.descriptor(level).in_language(language)) in text
                below = standard.scale.is_below(level, element.required)
                wanted = first_clause(element.descriptor(element.required).in_language(language))
                assert (wanted in text) is (below or level == element.required)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("level", "other"), [("partial", "good"), ("good", "partial")])
def test_a_moderator_names_the_level_that_stands(
    standard: Standard, language: Language, level: str, other: str
) -> None:
    text = moderator_reason(
        standard, standard.elements[0], level, other, Author("somebody", language)
    )

    assert standard.level(level).name.in_language(language) in text
    assert clean_reason(text)


def test_two_people_do_not_write_the_same(standard: Standard) -> None:
    texts = {
        assessor_reason(standard, element, "good", Author(key, "en"))
        for element in standard.elements
        for key in ("grace", "daniel", "somebody")
    }

    assert len(texts) > 2.5 * len(standard.elements)


def test_a_clause_ends_at_a_stop_and_not_inside_a_figure() -> None:
    assert first_clause("Availability was 99.5% or higher; more follows.") == (
        "Availability was 99.5% or higher."
    )
    assert first_clause("تُسجَّل الشكاوى كلها؛ لكن الرد يتأخر.") == "تُسجَّل الشكاوى كلها."
    assert first_clause("One plain statement") == "One plain statement."


@pytest.mark.parametrize(
    ("outcome", "award"),
    [
        (levels.LICENSING_BEFORE, None),
        (levels.LICENSING_NOW, "accredited"),
        (levels.CONTACT_BEFORE, "accredited"),
        (levels.CONTACT_NOW, None),
        (levels.DIGITAL_BEFORE, "distinction"),
    ],
)
def test_the_planned_levels_earn_what_the_story_tells(
    standard: Standard, outcome: Outcome, award: str | None
) -> None:
    from decimal import Decimal

    from accredit.standard.scoring.results import KpiReading

    satisfied = KpiReading(Decimal(90), Decimal(85), Decimal(95), 200)

    result = evaluate(standard, outcome.agreed(standard), {"csat": satisfied})

    assert result.award == award


@pytest.mark.parametrize("number", [0, 1])
def test_an_assessor_is_never_more_than_a_level_away(standard: Standard, number: int) -> None:
    ids = standard.scale.level_ids
    agreed = levels.CONTACT_NOW.agreed(standard)

    own = levels.CONTACT_NOW.individual(standard, number)

    away = [abs(ids.index(own[code]) - ids.index(agreed[code])) for code in agreed]
    assert set(away) == {0, 1}
    assert 1 <= sum(away) <= 12
