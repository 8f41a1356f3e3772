"""/kpis/catalogue: every KPI in words."""

from __future__ import annotations

from accredit.kpi.loader import service_kpis
from tests.arabic import english_words


def test_every_definition_is_told_in_both_languages(browse, cast):
    english = browse(cast.observer).get("/kpis/catalogue")
    arabic = browse(cast.observer, "ar").get("/kpis/catalogue")
    for definition in service_kpis().kpis:
        for text in (definition.name, definition.meaning, definition.computation):
            assert " ".join(text.en.split()) in english.text
            assert " ".join(text.ar.split()) in arabic.text
        assert english.tree.xpath(f"//*[@id='{definition.id}']")
    assert arabic.lang == ("ar", "rtl")


def test_no_english_word_is_left_in_arabic(browse, cast):
    page = browse(cast.observer, "ar").get("/kpis/catalogue")
    names = {"Hyndman", "Fan"}
    assert english_words(page) <= names


def test_it_is_for_people_who_see_kpis(browse, cast):
    assert browse(cast.assessor).get("/kpis/catalogue").status == 403
