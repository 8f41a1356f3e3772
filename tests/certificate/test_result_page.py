"""/assessments/<id>/result: a result explained so that a person can redo it with a pencil."""

from __future__ import annotations

import pytest

from accredit.assessment.domain import Stage
from tests.assessment.schemes import BLENDED, NAMED, POINTS, open_scheme, walk_scheme
from tests.assessments import open_small, walk_to
from tests.certificates import decide, store
from tests.gap.making import measure
from tests.queries import count_queries, writes

BELOW = {"1.1": "partial", "1.2": "partial"}


@pytest.fixture
def at(arrange, cast):
    def make(stage, levels=None):
        with arrange() as session:
            return f"/assessments/{walk_to(session, cast, stage, levels).id}/result"

    return make


def section(page, name):
    """The text from the heading with this id to the next one of its rank."""
    nodes = page.tree.xpath(f"//h2[@id='{name}']/following-sibling::*")
    texts = []
    for node in nodes:
        if node.tag == "h2":
            break
        texts.append(" ".join(node.itertext()))
    return " ".join(" ".join(texts).split())


def test_the_total_comes_first_then_each_criterion_folded_down_to_its_elements(browse, cast, at):
    page = browse(cast.moderator).get(at(Stage.DECISION, BELOW))
    # 1: 3×2 + 2×2 of 20; 2: 3×3 + 2×3 of 20.
    assert "10 + 15 = 25 of 40; 100 × 25 ÷ 40 = 62.5%." in section(page, "total")
    folded = page.tree.xpath("//main//details[summary]")
    assert [" ".join(one.find("summary").text_content().split()) for one in folded] == [
        "1 Service promise: 50.0%", "2 Listening to customers: 75.0%",
    ]  # fmt: skip
    inside = " ".join(folded[0].text_content().split())
    assert "3×2 + 2×2 = 10 of 20; 100 × 10 ÷ 20 = 50%." in inside
    assert "“Partial” = 2 of 4 = 50%." in inside
    assert page.tree.xpath("//main//details[not(summary)]") == []


def test_it_belongs_to_the_assessments_in_the_menu_and_prints_every_part_with_its_name(
    browse, cast, at
):
    page = browse(cast.moderator).get(at(Stage.DECISION, BELOW))
    here = page.tree.xpath("//nav[@id='site-nav']//a[@aria-current='page']")
    assert [one.get("href") for one in here] == ["/assessments/"]
    # On paper a fold has no summary; here it holds the name of the part, and stays.
    folded = page.tree.xpath("//main//details[summary]")
    assert folded
    assert all("derivation" in one.get("class").split() for one in folded)


def test_every_rule_stands_with_verdict_reason_and_effect(browse, cast, at):
    page = browse(cast.moderator).get(at(Stage.DECISION, BELOW))
    rows = {
        " ".join(row.xpath("string(th)").split()): [
            " ".join(cell.text_content().split()) for cell in row.xpath("td")
        ]
        for row in page.tree.xpath("//table[@id='rules-table']/tbody/tr")
    }
    assert rows["At most one element of each criterion is below its required level."] == [
        "Not met",
        "Criterion 1, below the required level: 2 of 2 (at most 1): 1.1, 1.2.",
        "A condition of: Accredited.",
    ]
    assert rows["At least 60% in total."][0] == "Met"
    assert rows["At least 75% in each criterion."][2] == (
        "A condition of: Accredited with distinction."
    )


def test_it_says_what_stands_in_the_way_and_which_single_score_would_raise_the_award(
    browse, cast, at
):
    change = section(browse(cast.moderator).get(at(Stage.DECISION, BELOW)), "change")
    assert "In the way of “Accredited”" in change
    assert "At most one element of each criterion is below its required level." in change
    assert "1.1 Published promise: “Partial” becomes “Good” → Accredited" in change
    assert "There is no award to lose." in change


def test_it_says_which_single_score_would_lose_the_award(browse, cast, at):
    page = browse(cast.moderator).get(at(Stage.DECISION, {"1.1": "partial"}))
    assert "1.2 Promise kept: “Good” becomes “Partial” → no award" in section(page, "change")


def test_the_ladder_says_what_each_rung_needs(browse, cast, at):
    ladder = section(browse(cast.moderator).get(at(Stage.DECISION)), "ladder")
    assert "Each level needs everything the levels below it need as well." in ladder
    top, bottom = ladder.split("Accredited", 2)[1:]
    assert "At least 75% in each criterion." in top
    assert "No element is absent." in bottom


def test_it_names_the_standard_by_its_fingerprint(browse, cast, at):
    page = browse(cast.moderator).get(at(Stage.DECISION))
    assert page.tree.xpath("count(//aside//*[string-length(normalize-space(.)) = 64])") >= 1


def test_points_attributes_and_chosen_weights_are_spelled_out(browse, cast, arrange):
    scores = {"1.1": {"sound": "50", "in_use": "90", "overall": "80"},
              "1.2": {"sound": "40", "in_use": "20", "overall": "30"},
              "2.1": {"trend": "70", "scope": "55"}}  # fmt: skip
    with arrange() as session:
        assessment = open_scheme(session, cast, POINTS)
        walk_scheme(session, cast, assessment, Stage.DECISION, scores)
        number = assessment.id
    page = browse(cast.decision_maker).get(f"/assessments/{number}/result")
    text = page.text
    assert "Not met A total of at least 120 points Total: 104.5 points (at least 120)." in section(
        page, "change"
    )
    for words in (
        "Attributes: Sound 50, In use 90.",
        "judged as a whole: 80 (its attributes permit 50 to 90) = 80%.",
        "Cut to 50% by the rule “Never above how sound it is”.",
        "Their mean: (70 + 55) ÷ 2 = 62.5%.",
        "(60×50% + 40×30%) ÷ 100 = 42%.",
        "42% of 100 points = 42, rounded (decimal places: 1, half up): 42.0 points.",
        "A total of at least 120 points",
    ):
        assert words in text


def test_blended_and_measured_figures_are_named_with_their_age(browse, cast, arrange):
    with arrange() as session:
        measure(session, cast, "csat", 80, 100, month=3, year=2020)
        assessment = open_scheme(session, cast, BLENDED)
        walk_scheme(session, cast, assessment, Stage.DECISION, {"1.1": "high"})
        number = assessment.id
    page = browse(cast.decision_maker).get(f"/assessments/{number}/result")
    assert "80.00" in section(page, "figures")
    # Long ago: what it was worth then is not known now.
    assert "not known well enough" in page.text
    assert "csat:" not in page.text


def test_what_a_rule_leaves_out_is_said_to_be_left_out(browse, cast, arrange):
    with arrange() as session:
        assessment = open_scheme(session, cast, NAMED)
        scores = {"1.1.1": "none", "1.2.1": "met"}
        walk_scheme(session, cast, assessment, Stage.DECISION, scores)
        number = assessment.id
    page = browse(cast.decision_maker).get(f"/assessments/{number}/result")
    assert "1.1.2 Needs does not apply" in section(page, "choices")
    assert "A rule of the standard leaves it out here." in section(page, "choices")


@pytest.mark.parametrize(
    ("stage", "who", "status"),
    [
        (Stage.SCORING, "leader", 200),
        (Stage.SCORING, "contributor", 403),
        (Stage.SCORING, "assessor", 403),
        (Stage.DECISION, "decision_maker", 200),
        (Stage.DECISION, "observer", 200),
        (Stage.DECISION, "contributor", 403),
        (Stage.DECISION, "assessor", 403),
        (Stage.CLOSED, "contributor", 200),
        (Stage.CLOSED, "assessor", 200),
        (Stage.DECISION, "stranger_leader", 404),
        (Stage.DECISION, "stranger_manager", 404),
        (Stage.DECISION, "contact_leader", 404),
        (Stage.DECISION, "nobody", 403),
    ],
)
def test_whoever_sees_the_gap_report_or_the_decision_sees_it(browse, cast, at, stage, who, status):
    assert browse(getattr(cast, who)).get(at(stage)).status == status


def test_the_department_sees_its_own_scores_as_provisional(browse, cast, at):
    page = browse(cast.leader).get(at(Stage.MODERATION, BELOW))
    assert "Provisional" in page.text
    assert "25 of 40" in section(page, "total")


def test_before_there_are_scores_it_says_so(browse, cast, arrange):
    with arrange() as session:
        number = open_small(session, cast).id
    page = browse(cast.leader).get(f"/assessments/{number}/result")
    assert (page.status, "no result to explain" in page.text) == (200, True)


def test_a_decided_result_is_explained_with_the_figures_it_rested_on(browse, cast, arrange, world):
    with arrange() as session:
        measure(session, cast, "csat", 80, 100, month=3, year=2026)
        assessment = open_scheme(session, cast, BLENDED)
        walk_scheme(session, cast, assessment, Stage.DECISION, {"1.1": "high"})
        decide(session, cast, assessment, store(world.settings), award=None)
        measure(session, cast, "csat", 10, 100, month=4, year=2026)
        number = assessment.id
    page = browse(cast.leader).get(f"/assessments/{number}/result")
    assert "80.00" in section(page, "figures")


def test_gap_report_and_decision_lead_there(browse, cast, at):
    address = at(Stage.DECISION)
    number = address.split("/")[2]
    for other in (f"/assessments/{number}/decision", f"/gap-reports/{number}"):
        assert address in browse(cast.decision_maker).get(other).links()


def test_the_arabic_page_keeps_formulas_from_left_to_right(browse, cast, at):
    page = browse(cast.moderator, "ar").get(at(Stage.DECISION, BELOW))
    assert page.lang == ("ar", "rtl")
    assert "\u2066100 × 25 ÷ 40 = 62.5%\u2069" in page.text
    assert "تعهد منشور" in page.text


def test_it_asks_the_same_of_the_database_however_much_was_scored_and_writes_nothing(
    app, browse, cast, at
):
    address = at(Stage.DECISION, BELOW)
    moderator = browse(cast.moderator)
    moderator.get(address)
    with count_queries(app) as asked:
        assert moderator.get(address).status == 200
    assert writes(asked) == []
    assert len(asked) <= 7, asked
