"""What one version of a standard changes in another: by code, in both languages, word by word."""

from __future__ import annotations

import pytest

from accredit.config import resource_dir
from accredit.standard.comparing import (
    Change,
    ValueChange,
    Wording,
    asks_the_same,
    compare,
    word_difference,
)
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard, load, shipped_files
from tests.assessments import small_standard
from tests.making_versions import (
    EXCHANGED,
    RELEVELLED,
    REWEIGHTED,
    REWORDED,
    REWORDED_IN_ARABIC,
    newer,
)

FILES = shipped_files(resource_dir("criteria"))


def difference(*changes):
    return compare(small_standard(), newer(*changes))


def kinds(found):
    return {part.code: part.kinds for part in found}


def test_a_standard_does_not_differ_from_itself():
    assert compare(small_standard(), small_standard()).is_empty


def test_a_version_name_alone_is_no_difference():
    assert difference().is_empty


def test_a_new_descriptor_is_told_with_its_level_and_both_texts():
    (part,) = difference(REWORDED).elements
    assert (part.code, part.kinds) == ("1.1", (Change.RELEVELLED,))
    (text,) = part.texts
    assert text.part.en == "Partial"
    assert text.before.en == "Half of the services have one."
    assert text.after.en == "Two thirds of the services have one."
    assert text.before.ar == text.after.ar


def test_a_change_in_arabic_alone_is_seen():
    (part,) = difference(REWORDED_IN_ARABIC).elements
    assert part.texts[0].before.en == part.texts[0].after.en
    assert part.texts[0].before.ar != part.texts[0].after.ar


def test_a_weight_is_told_with_its_old_and_new_value():
    (part,) = difference(REWEIGHTED).elements
    assert (part.code, part.kinds) == ("1.2", (Change.REWEIGHTED,))
    (value,) = part.values
    assert (value.key, value.before, value.after) == ("weight", "2", "4")


def test_a_required_level_is_told_by_its_name():
    (part,) = difference(RELEVELLED).elements
    assert part.kinds == (Change.RELEVELLED,)
    (value,) = part.values
    assert (value.before.en, value.after.ar) == ("Partial", "جيد")


def test_what_is_gone_and_what_is_there_are_told_by_their_codes():
    found = difference(EXCHANGED)
    assert kinds(found.elements) == {"2.3": (Change.ADDED,), "2.2": (Change.REMOVED,)}
    assert found.counts() == {Change.ADDED: 1, Change.REMOVED: 1}


def test_the_same_words_under_another_code_have_moved():
    found = difference(('- code: "2.2"', '- code: "2.3"'))
    (part,) = found.elements
    assert (part.code, part.kinds, part.came_from) == ("2.3", (Change.MOVED,), "2.2")


def test_another_order_of_elements_is_told_of_their_group():
    first = '- code: "1.1"\n        title: {en: "Published promise"'
    second = '- code: "1.2"\n        title: {en: "Promise kept"'
    moved = newer(
        (first, '- code: "1.9"\n        title: {en: "Published promise"'),
        (second, '- code: "1.1"\n        title: {en: "Promise kept"'),
    )
    found = compare(small_standard(), moved)
    (group,) = found.groups
    assert group.values[0].key == "order"
    assert group.values[0].after == "1.9, 1.1"


@pytest.mark.parametrize(
    ("section", "code", "change"),
    [
        ("rules", "total_60", ("value: 60", "value: 65")),
        ("rules", "total_60", ("At least 60% in total.", "At least 60 percent in total.")),
        ("awards", "accredited", ("total_60], valid_years: 3", "total_60], valid_years: 2")),
        ("scales", "levels.partial", ("In part.", "Partly.")),
    ],
)  # fmt: skip
def test_rules_awards_and_scales_are_compared_by_id(section, code, change):
    (part,) = getattr(difference(change), section)
    assert part.code == code
    assert part.texts or part.values


def test_a_rule_that_is_new_and_one_that_is_gone():
    found = difference(
        ("{id: total_60, kind", "{id: total_61, kind"),
        ("few_below, total_60]", "few_below, total_61]"),
    )
    assert kinds(found.rules) == {"total_61": (Change.ADDED,), "total_60": (Change.REMOVED,)}


def test_a_level_is_called_by_what_it_is_and_its_name():
    (part,) = difference(("In part.", "Partly.")).scales
    assert (part.what, part.shown_code, part.title.ar) == ("Level", "", "جزئي")


def test_of_several_scales_a_range_says_which_is_its():
    path = next(one for one in FILES if one.stem == "excellence-2025")
    text = path.read_text(encoding="utf-8").replace('en: "Unable"', 'en: "Not able"', 1)
    after = load(text.encode(), file="f")
    assert isinstance(after, Standard)
    (part,) = compare(get_standard(path), after).scales
    assert (part.what, part.shown_code, part.title.en) == ("Range", "practice", "Not able")


def test_what_a_rule_counts_and_where_is_told_in_words():
    (part,) = difference(("where: {below: required}, max", "where: {below: partial}, max")).rules
    (value,) = part.values
    assert (value.label, value.part) == ("Counts elements", "")
    assert str(value.before) == "below the required level"
    assert str(value.after) == "below the level “Partial”"


def test_a_rule_does_not_change_when_a_level_is_only_called_differently():
    found = difference(("Partial", "Partly"))
    assert found.scales
    assert not found.rules


def test_title_and_rounding_belong_to_the_standard_as_a_whole():
    found = difference(
        ('title: {en: "Small service standard"', 'title: {en: "Small standard of service"'),
        ("rounding: {places: 1", "rounding: {places: 2"),
    )
    assert found.head.kinds == (Change.REWORDED, Change.OTHER)
    assert [text.label for text in found.head.texts] == ["Title"]
    (value,) = found.head.values
    assert (value.key, value.label, value.part) == ("rounding.places", "Rounding", "places")
    assert (value.before, value.after) == ("1", "2")


def test_of_a_ladder_and_a_table_only_the_edges_that_moved_are_told():
    path = next(one for one in FILES if one.stem == "performance-2023")
    text = path.read_text(encoding="utf-8")
    changed = text.replace("{award: mature, from: 500", "{award: mature, from: 510")
    changed = changed.replace("{id: band_2, from: 151", "{id: band_2, from: 152")
    after = load(changed.encode(), file="f")
    assert isinstance(after, Standard)
    found = {part.code: part.values for part in compare(get_standard(path), after).rules}
    assert found == {
        "process": (ValueChange("bands.band_2.from", "151", "152"),),
        "recognition": (ValueChange("rungs.mature.from", "500", "510"),),
    }


def test_a_rung_that_is_new_is_told_with_what_it_asks_for():
    path = next(one for one in FILES if one.stem == "excellence-2025")
    text = path.read_text(encoding="utf-8")
    text = text[: text.index("\ntests:") + 1]
    kept = [line for line in text.splitlines() if "award: validated" not in line]
    kept = [line for line in kept if "{id: validated," not in line]
    before, after = (load(one.encode(), file="f") for one in ("\n".join(kept), text))
    assert isinstance(before, Standard)
    assert isinstance(after, Standard)
    (part,) = compare(before, after).rules
    assert part.values[0].key == "rungs"
    assert ValueChange("rungs.validated.from", "", "100") in part.values


def test_evidence_and_kpis_are_a_kind_of_their_own():
    (part,) = difference(("The measured figures.", "The measured figures of a year.")).elements
    assert part.kinds == (Change.EVIDENCE,)
    (part,) = difference(("kpis: [nps]\n", "kpis: [csat]\n")).elements
    assert part.kinds == (Change.EVIDENCE,)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (REWORDED, False),
        (REWORDED_IN_ARABIC, False),
        (("The promise of each service is published.", "Each promise is published."), False),
        (REWEIGHTED, True),
        (("kpis: [csat]", "kpis: [nps]"), True),
        (("Only a published promise can", "Only a promise can"), True),
    ],
)
def test_a_score_still_answers_where_requirement_and_levels_are_the_same(change, same):
    assert asks_the_same("1.1", small_standard(), newer(change)) is same


def test_a_required_level_does_not_touch_what_was_judged():
    assert asks_the_same("2.2", small_standard(), newer(RELEVELLED))


def test_an_element_that_is_not_there_asks_nothing():
    assert not asks_the_same("2.2", small_standard(), newer(EXCHANGED))


def test_words_are_compared_one_by_one():
    found = word_difference("every service has one", "every public service has two")
    assert [(piece.kind, piece.text) for piece in found] == [
        (Wording.SAME, "every"),
        (Wording.ADDED, "public"),
        (Wording.SAME, "service has"),
        (Wording.REMOVED, "one"),
        (Wording.ADDED, "two"),
    ]


@pytest.mark.parametrize("text", ["", "لكل خدمة تعهد"])
def test_a_text_that_is_only_on_one_side_is_all_added_or_all_removed(text):
    assert {piece.kind for piece in word_difference("", text)} <= {Wording.ADDED}
    assert {piece.kind for piece in word_difference(text, "")} <= {Wording.REMOVED}


def test_every_shipped_standard_is_compared_with_every_other():
    standards = [get_standard(path) for path in FILES]
    for one in standards:
        for other in standards:
            assert compare(one, other).is_empty is (one is other)
