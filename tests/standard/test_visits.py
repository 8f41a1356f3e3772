"""Partial visits: what is looked at again, and what keeps its last confirmed score."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from accredit.standard.commands import standard as group
from accredit.standard.file.loader import get_standard
from accredit.standard.file.scores_file import read_scores
from accredit.standard.file.writer import write
from accredit.standard.scoring.visits import Confirmed, carry_over, elements_due
from tests.standard.small import TEXT, errors, standard

CRITERIA = Path(__file__).parents[2] / "criteria"
UK = get_standard(CRITERIA / "uk-service-excellence.yaml")
FIRST = UK.find_visit("year_1")
assert FIRST is not None
LAST_YEAR = date(2025, 11, 3)
BEFORE = {element.code: Confirmed("compliant", LAST_YEAR) for element in UK.elements} | {
    "1.1.1": Confirmed("partially_compliant", LAST_YEAR),
    "1.1.2": Confirmed("compliance_plus", LAST_YEAR),
}


def scores(now, before, visit="year_1") -> bytes:
    earlier = {code: {"score": level, "on": "2025-11-03"} for code, level in before.items()}
    return json.dumps({"scores": now, "visit": visit, "before": earlier}).encode()


def test_a_visit_looks_at_its_nodes_and_at_what_was_partial_or_claimed_as_more():
    due = elements_due(UK, FIRST, BEFORE)

    assert {"1.1.1", "1.1.2", "1.3.1", "5.3.3"} <= set(due)
    assert "1.1.3" not in due
    assert 17 <= len(due) <= 28  # about a third of 57, with what is always looked at


def test_what_was_never_scored_is_due():
    assert len(elements_due(UK, FIRST, {})) == len(UK.elements)


def test_untouched_elements_keep_their_score_and_its_day():
    carried = carry_over(UK, FIRST, BEFORE, {"1.3.1": "partially_compliant"})

    assert carried.scores["1.3.1"] == "partially_compliant"
    assert "1.3.1" not in carried.since
    assert (carried.scores["1.1.3"], carried.since["1.1.3"]) == ("compliant", LAST_YEAR)


def test_an_old_score_does_not_stand_in_for_one_that_is_due():
    assert "1.3.2" not in carry_over(UK, FIRST, BEFORE, {"1.3.1": "compliant"}).scores


def test_a_file_of_scores_may_be_that_of_a_visit(tmp_path):
    due = elements_due(UK, FIRST, BEFORE)
    before = {code: str(one.score) for code, one in BEFORE.items()}
    path = tmp_path / "scores.json"
    path.write_bytes(scores(dict.fromkeys(due, "compliant"), before))

    answer = CliRunner().invoke(group, ["score", "uk-service-excellence", str(path), "--json"])

    result = json.loads(answer.stdout)
    assert result["award"] == "certified"
    assert result["carried"]["1.1.3"] == "2025-11-03"
    assert not set(result["carried"]) & set(due)


def test_new_scores_for_what_is_not_looked_at_are_refused():
    found = read_scores(scores({"1.1.3": "non_compliant"}, {"1.1.3": "compliant"}), UK, file="f")
    assert [str(issue) for issue in found] == [
        "f:1:1: scores.1.1.3: Element 1.1.3 is not looked at in this visit; its last score stands."
    ]


def test_what_was_before_is_read_as_strictly_as_what_is_now():
    content = json.dumps(
        {
            "scores": {},
            "visit": "year_1",
            "before": {
                "1.1.1": {"score": "fine", "on": "2025-11-03"},
                "9.9": {"score": "compliant", "on": "2025-11-03"},
                "1.1.2": {"score": "compliant", "on": "3 November"},
                "1.1.3": {"score": "compliant", "on": "2025-11-03", "by": "Huda"},
            },
        }
    ).encode()
    assert [str(issue)[7:] for issue in read_scores(content, UK, file="f")] == [
        "before.1.1.2.on: a date such as 2026-05-01 is wanted here",
        "before.1.1.3.by: unknown key “by”; known here: score, on",
        "before.1.1.1: “fine” is unknown; known: "
        "non_compliant, partially_compliant, compliant, compliance_plus",
        "before.9.9: There is no element “9.9” in this standard.",
    ]


def test_a_visit_the_standard_does_not_have_is_refused():
    [issue] = read_scores(scores({}, {}, visit="year_9"), UK, file="f")
    assert str(issue) == "f:1:1: visit: “year_9” is unknown; known: year_1, year_2"


def test_visits_are_read_strictly_and_written_back():
    text = TEXT + 'visits:\n  - {id: again, name: {en: "Again", ar: "مجددًا"}'
    assert errors(text + "}\n")[0].endswith("a visit needs “nodes”, “levels” or both")
    assert "“9” is unknown" in errors(text + ', nodes: ["9"]}\n')[0]
    sound = standard(text + ', nodes: ["1.1"], levels: [absent]}\n')
    assert sound.visits[0].levels == ("absent",)
    assert standard(write(sound)).visits == sound.visits
    assert sound.sha256 != standard().sha256
