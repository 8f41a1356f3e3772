"""An element with attributes: a value for each, chosen in two moves, and what they come to."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment import scoring
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment, Score
from accredit.identity.service import load_access
from tests.assessment.schemes import POINTS, open_scheme, walk_scheme
from tests.assessments import OPENED

REASON = "The plan is used in most offices, sheet 3."
FIFTY = {"sound": "50", "in_use": "50", "overall": "50"}
SCORES = {"1.1": FIFTY, "1.2": FIFTY, "2.1": {"trend": "50", "scope": "50"}}


@pytest.fixture
def at(arrange, cast):
    """`at(stage)`: the address of a new assessment by points and attributes, walked there."""

    def make(stage, scores=SCORES):
        with arrange() as session:
            assessment = open_scheme(session, cast, POINTS)
            walk_scheme(session, cast, assessment, stage, scores)
            return f"/assessments/{assessment.id}"

    return make


def sent(sound="60", in_use="40", overall="55", **changes):
    data = {"attribute_sound": sound, "attribute_in_use": in_use, "level": overall}
    return data | {"reason": REASON, "version": "", "go": ""} | changes


def stored(arrange, stage="self"):
    with arrange() as session:
        rows = session.scalars(select(Score).where(Score.stage == stage).order_by(Score.id))
        return [(row.element_code, row.level, json.loads(row.attributes)) for row in rows]


def test_each_attribute_has_its_row_with_its_text_and_the_values_in_their_ranges(browse, cast, at):
    page = browse(cast.contributor).get(f"{at(Stage.SELF_ASSESSMENT)}/elements/1.1")
    for words in ("Is it well reasoned?", "Is it used everywhere?", "In most places."):
        assert words in page.text
    assert "The overall value lies between the lowest and the highest attribute." in page.text
    groups = page.tree.xpath("//select[@name='attribute_sound']/optgroup/@label")
    assert groups == ["Limited", "Able", "Leading"]
    inside = page.tree.xpath("//*[@role='group'][.//text()='Able']//input[@name='level']/@value")
    assert inside == ["40", "45", "50", "55", "60", "65"]
    # A digit goes to a range, the arrow keys of the radio buttons to a value in it.
    keys = page.tree.xpath("//input[@data-level-key]")
    assert [(key.get("data-level-key"), key.get("value")) for key in keys] == [
        ("1", "0"), ("2", "40"), ("3", "70"),
    ]  # fmt: skip


def test_a_judgement_as_a_whole_is_kept_with_its_attributes_and_told_in_the_trail(
    browse, cast, arrange, at
):
    base = at(Stage.SELF_ASSESSMENT)
    contributor = browse(cast.contributor)
    assert contributor.post(f"{base}/elements/1.1/score", sent()).status == 303
    values = {"sound": "60", "in_use": "40", "overall": "55"}
    assert stored(arrange) == [("1.1", "55", values)]
    with arrange() as session:
        query = select(audit.Event.details).where(audit.Event.action == "score.set")
        assert json.loads(session.scalars(query).one())["after"]["attributes"] == values
    page = contributor.get(f"{base}/elements/1.1")
    form = page.values("/score")
    assert (form["attribute_sound"], form["attribute_in_use"], form["level"]) == ("60", "40", "55")
    assert "the mean is 50" in page.text


def test_an_overall_value_outside_the_attributes_is_refused_beside_it_and_nothing_is_lost(
    browse, cast, arrange, at
):
    base = at(Stage.SELF_ASSESSMENT)
    page = browse(cast.contributor).post(f"{base}/elements/1.1/score", sent(overall="65"))
    assert page.status == 422
    said = "The overall value 65 does not fit the attributes: from 40 to 60."
    assert said in page.tree.xpath("string(//*[@id='level'])")
    form = page.values("/score")
    assert (form["attribute_sound"], form["attribute_in_use"], form["level"]) == ("60", "40", "65")
    assert form["reason"].strip() == REASON
    assert stored(arrange) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (sent(in_use=""), "attribute_in_use"),
        (sent(in_use="41"), "attribute_in_use"),
        (sent(in_use="good"), "attribute_in_use"),
    ],
)
def test_every_attribute_needs_one_of_the_values(browse, cast, arrange, at, data, field):
    page = browse(cast.contributor).post(f"{at(Stage.SELF_ASSESSMENT)}/elements/1.1/score", data)
    assert page.status == 422
    assert "Choose a value." in page.tree.xpath(f"string(//*[@id='{field}-error'])")
    assert page.tree.xpath(f"//*[contains(@class, 'error-summary')]//a[@href='#{field}']")
    assert page.values("/score")["level"] == "55"
    assert stored(arrange) == []


def test_a_judgement_without_its_overall_value_is_refused(browse, cast, arrange, at):
    base = at(Stage.SELF_ASSESSMENT)
    page = browse(cast.contributor).post(f"{base}/elements/1.1/score", sent(overall=""))
    assert (page.status, stored(arrange)) == (422, [])
    assert "Choose an overall value." in page.error_texts()


def test_where_the_mean_counts_no_overall_value_is_asked_and_the_mean_is_shown(
    browse, cast, arrange, at
):
    base = at(Stage.SELF_ASSESSMENT)
    contributor = browse(cast.contributor)
    assert not contributor.get(f"{base}/elements/2.1").has_field("level")
    data = {"attribute_trend": "60", "attribute_scope": "45", "reason": REASON, "version": ""}
    assert contributor.post(f"{base}/elements/2.1/score", data).status == 303
    # The mean, 52.5, stands at the step below it.
    assert stored(arrange) == [("2.1", "50", {"trend": "60", "scope": "45"})]
    assert "Here it is 52.5" in contributor.get(f"{base}/elements/2.1").text


def test_assessors_who_differ_in_an_attribute_alone_do_differ(browse, cast, arrange, at):
    base = at(Stage.SCORING)
    browse(cast.assessor).post(f"{base}/elements/1.1/score", sent("60", "40", "50"))
    browse(cast.second_assessor).post(f"{base}/elements/1.1/score", sent("50", "45", "50"))
    with arrange() as session:
        assessment = session.get(Assessment, int(base.rpartition("/")[2]))
        for who in ("assessor", "second_assessor"):
            access = load_access(session, getattr(cast, who).id)
            for code in ("1.2", "2.1"):
                values = {name: value for name, value in SCORES[code].items() if name != "overall"}
                scoring.score_element(
                    session, assessment, code, level="50", attributes=values, reason=REASON,
                    version=None, access=access, at=OPENED,
                )  # fmt: skip
            scoring.submit_scores(session, assessment, access=access, at=OPENED)
        assert set(scoring.confirmable(session, assessment)) == {"1.2", "2.1"}
    moderator = browse(cast.moderator)
    assert "They differ" in moderator.get(base).text
    page = moderator.get(f"{base}/elements/1.1")
    assert "The assessors differ." in page.text
    row = page.tree.xpath("string(//div[.//select[@name='attribute_sound']])")
    assert "Sami Aziz: 60%" in row
    assert "Noura Fahad: 50%" in row
    # Where they differ the moderator settles the value, and says why.
    assert page.values("/agree")["attribute_sound"] == ""
    without = moderator.post(f"{base}/elements/1.1/agree", sent("55", "40", "50", reason=""))
    assert without.status == 422
    assert moderator.post(f"{base}/elements/1.1/agree", sent("55", "40", "50")).status == 303
    assert stored(arrange, "agreed") == [
        ("1.1", "50", {"sound": "55", "in_use": "40", "overall": "50"})
    ]


def test_the_moderator_confirms_with_one_press_what_all_awarded(browse, cast, arrange, at):
    base = at(Stage.MODERATION)
    moderator = browse(cast.moderator)
    confirmation = moderator.get(f"{base}/elements/1.1").values("/agree")
    assert (confirmation["attribute_sound"], confirmation["level"]) == ("50", "50")
    assert moderator.post(f"{base}/elements/1.1/agree", confirmation).status == 303
    assert stored(arrange, "agreed") == [("1.1", "50", FIFTY)]


def test_what_both_saved_meanwhile_stands_side_by_side(browse, cast, at):
    base = at(Stage.SELF_ASSESSMENT)
    browse(cast.contributor).post(f"{base}/elements/1.1/score", sent())
    page = browse(cast.leader).post(f"{base}/elements/1.1/score", sent("40", "40", "40"))
    assert page.status == 409
    assert "Yours, not saved" in page.text
    assert page.values("/score")["attribute_sound"] == "40"
    assert "60%" in page.text


def test_the_arabic_page_names_attributes_and_ranges_in_arabic(browse, cast, at):
    page = browse(cast.contributor, "ar").get(f"{at(Stage.SELF_ASSESSMENT)}/elements/1.1")
    for words in ("السلامة", "هل مسوّغاته واضحة؟", "متمكّن"):
        assert words in page.text
