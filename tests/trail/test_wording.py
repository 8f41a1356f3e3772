"""How the details of an event are read, in every way in which features write them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.improvement.domain import STATUS_NAMES
from accredit.trail.wording import (
    ACTIONS,
    PAGES,
    PARTS,
    SUBJECTS,
    Part,
    folded,
    label_of,
    page_words,
    parts_of,
)

SOURCES = Path(__file__).parents[2] / "accredit"
_RECORDED = re.compile(
    r'"((?:organisation|department|person|role|standard|assessment|assignment|score|evidence|kpi'
    r'|improvement|interest|decision|certificate)\.[a-z_]+)"'
)


def parts(details: object) -> tuple[Part, ...]:
    return parts_of(json.dumps(details, ensure_ascii=False))


def test_a_new_value_stands_alone():
    assert parts({"email": "a@example.org"}) == (Part("email", None, "a@example.org"),)


def test_a_part_has_its_word_and_what_an_address_named_has_one_for_all():
    assert label_of("title") == "Title"
    assert {label_of("asked_sheet"), label_of("asked_number")} == {"Asked for"}
    assert label_of("not_worded_yet") == "not_worded_yet"


@pytest.mark.parametrize(
    "details",
    [
        {"title": ["old", "new"]},
        {"changes": {"title": ["old", "new"]}},
        {"before": {"title": "old"}, "after": {"title": "new"}},
    ],
)
def test_a_change_shows_both_values_however_it_is_written(details):
    assert parts(details) == (Part("title", "old", "new"),)


def test_from_and_to_are_the_state():
    assert parts({"from": "valid", "to": "suspended", "reason": "Late"}) == (
        Part("state", "Valid", "Suspended", worded=True),
        Part("reason", None, "Late"),
    )


def test_from_and_to_of_figures_are_a_value():
    assert parts({"from": 70.0, "to": 75.5}) == (Part("value", "70.0", "75.5"),)


def test_a_first_score_has_nothing_before():
    shown = parts({"before": None, "after": {"level": "good", "reason": "Seen"}})
    assert shown == (
        Part("level", None, "Good", worded=True),
        Part("reason", None, "Seen"),
    )


def test_a_word_is_translated_only_where_it_is_one_of_ours():
    assert parts({"title": "good"}) == (Part("title", None, "good"),)
    assert parts({"level": "outstanding"}) == (Part("level", None, "outstanding"),)


def test_a_person_is_named_by_number():
    assert parts({"person": 7, "role": "assessor"}) == (
        Part("person", None, "7", person=True),
        Part("role", None, "Assessor", worded=True),
    )


@pytest.mark.parametrize("status", STATUS_NAMES)
def test_the_status_of_an_action_is_told_in_words(status):
    assert parts({"status": ["planned", status.value]}) == (
        Part("status", "Planned", STATUS_NAMES[status], worded=True),
    )


def test_every_part_and_subject_of_kpis_and_plans_has_words():
    assert {"description", "note", "windows", "left_out"} <= set(PARTS)
    assert {"kpi.target_set", "kpi.imported", "improvement.finished"} <= set(ACTIONS)
    assert {"kpi", "kpi_import", "improvement_action"} <= set(SUBJECTS)


IMPORTED = {
    "accepted": 1018, "blank": 32, "file": "answers.csv", "kpi": "csat", "left_out": 0,
    "rejected": 0, "replaced": 0, "sha256": "88" * 32, "windows": 5,
}  # fmt: skip


def test_of_many_parts_the_telling_ones_are_shown_and_the_rest_is_folded():
    shown, more = folded(parts(IMPORTED))
    assert [part.key for part in shown] == ["kpi", "file", "accepted"]
    assert sorted(part.key for part in (*shown, *more)) == sorted(IMPORTED)


def test_what_is_said_beside_the_event_is_not_said_twice():
    shown, more = folded(parts(IMPORTED), said=("answers.csv",))
    assert [part.key for part in shown] == ["kpi", "accepted", "blank"]
    assert "file" in [part.key for part in more]


def test_a_long_text_is_folded_and_a_short_one_is_not():
    assert folded(parts({"reason": "Late"})) == (parts({"reason": "Late"}), ())
    assert folded(parts({"reason": "Late " * 50})) == ((), parts({"reason": "Late " * 50}))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["from", "to", "before", "after", "x"]), inner)
        ),
        max_leaves=8,
    )
)
def test_no_details_are_too_strange_to_be_shown(details):
    for part in parts(details):
        assert isinstance(part.after, str)
        assert part.before is None or isinstance(part.before, str)


@pytest.mark.parametrize("broken", ["", "{", "null", "nan"])
def test_broken_details_are_shown_as_they_are(broken):
    assert isinstance(parts_of(broken), tuple)


def test_every_action_that_is_recorded_has_words(app):
    recorded = {
        action
        for path in SOURCES.rglob("*.py")
        if "trail" not in path.parts
        for action in _RECORDED.findall(path.read_text(encoding="utf-8"))
    }
    columns = {name for name in recorded if name.split(".")[1] in NOT_ACTIONS}
    assert recorded - columns - set(app.view_functions) - set(ACTIONS) == set()


def test_every_page_has_words(app):
    unnamed = {name for name in app.view_functions if page_words(name) == name}
    assert unnamed <= {"static", "asset", "health", "gallery.index"}
    assert set(PAGES) <= {name.partition(".")[0] for name in app.view_functions}


#: Second parts of dotted words in the code that name a column or a file, not an action.
NOT_ACTIONS = {"id", "yaml"}
