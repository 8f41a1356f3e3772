"""Which single score, moved by one level, would change the award: held against trying all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from accredit.config import resource_dir
from accredit.standard.domain import Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.scoring import sensitivity as module
from accredit.standard.scoring.engine import evaluate, evaluate_inputs
from accredit.standard.scoring.inputs import Inputs, problems_of
from accredit.standard.scoring.monotone import lowering_rules
from accredit.standard.scoring.sensitivity import Shift, beside, lowered, sensitivity
from tests.assessments import small_standard

DATA = Path(__file__).parents[1] / "data"
GOOD = {"1.1": "good", "1.2": "good", "2.1": "good", "2.2": "good"}


def standard(name: str) -> Standard:
    return get_standard(DATA / f"small-{name}.yaml", known_kpis={"csat", "nps", "response_time"})


def test_it_names_the_score_that_stands_in_the_way_and_those_that_hold_the_award():
    # Accredited needs nothing absent, at most one below in each criterion, and 60%.
    found = sensitivity(
        small_standard(), evaluate(small_standard(), {**GOOD, "1.1": "partial", "1.2": "partial"})
    )
    assert found.raising == (
        Shift("1.1", "partial", "good", "accredited"),
        Shift("1.2", "partial", "good", "accredited"),
    )
    assert found.losing == ()


def test_one_level_less_in_a_criterion_that_already_has_its_gap_loses_the_award():
    result = evaluate(small_standard(), {**GOOD, "1.1": "partial"})
    assert result.award == "accredited"
    assert sensitivity(small_standard(), result).losing == (Shift("1.2", "good", "partial", None),)


def test_the_highest_award_can_only_be_lost_and_the_lowest_scores_cannot_fall():
    top = evaluate(small_standard(), dict.fromkeys(GOOD, "exceptional"))
    assert top.award == "distinction"
    assert sensitivity(small_standard(), top) == module.Sensitivity((), ())
    bottom = evaluate(small_standard(), dict.fromkeys(GOOD, "absent"))
    assert sensitivity(small_standard(), bottom) == module.Sensitivity((), ())


def test_what_is_not_scored_measured_or_left_out_is_not_moved():
    named = standard("named")
    result = evaluate(named, {"1.1.1": "none", "1.2.1": "met"})
    moved = {shift.code for shift in (*sensitivity(named, result).raising,)}
    assert "1.1.2" not in moved
    blend = standard("blend")
    assert sensitivity(blend, evaluate(blend, {})) == module.Sensitivity((), ())


def test_on_a_scale_of_numbers_the_level_beside_lies_in_the_next_range():
    scale = standard("points").scale
    assert scale.level_ids[beside(scale, "50", +1)] == "70"
    assert scale.level_ids[beside(scale, "50", -1)] == "35"
    assert beside(scale, "85", +1) is None
    assert beside(scale, "20", -1) is None


@pytest.mark.parametrize("name", ["small-points", "excellence-2025"])
def test_attributes_are_lowered_so_that_the_overall_value_still_fits(name):
    folder = DATA if name.startswith("small") else resource_dir("criteria")
    points = get_standard(Path(folder) / f"{name}.yaml")
    chance = random.Random(7)
    element = points.judged_elements[0]
    scale, attributes = points.scale_of(element), points.attributes_of(element)
    for _ in range(200):
        values = {one: chance.choice(scale.level_ids) for one in attributes.ids}
        places = sorted(scale.position(value) for value in values.values())
        overall = chance.randint(places[0], places[-1])
        score = {**values, "overall": scale.level_ids[overall]}
        place = chance.randrange(len(scale.levels))
        found = lowered(points, element, score, place)
        assert all(scale.position(value) <= place for value in found.values())

        assert list(problems_of(points, Inputs({element.code: found}))) == []


def test_attributes_that_are_averaged_are_lowered_each_and_get_no_overall_value():
    points = standard("points")
    element = points.find_element("2.1")
    scale = points.scale_of(element)
    high, low = scale.level_ids[12], scale.level_ids[3]
    found = lowered(points, element, {"trend": high, "scope": low}, 8)
    assert found == {"trend": scale.level_ids[8], "scope": low}


@pytest.mark.parametrize(
    ("name", "trials"),
    [("service-excellence", 3), ("service-model-9", 6), ("cx-self-check", 6),
     ("uk-service-excellence", 1)],
)  # fmt: skip
def test_it_agrees_with_trying_every_single_score(name, trials):
    shipped = get_standard(Path(resource_dir("criteria")) / f"{name}.yaml")
    chance = random.Random(name)
    for trial in range(trials):
        scores = {}
        for element in shipped.judged_elements:
            ids = shipped.scale_of(element).level_ids
            required = ids.index(element.required)
            place = required if chance.random() < 0.8 + trial / 40 else chance.randrange(len(ids))
            if shipped.attributes_of(element) is None:
                scores[element.code] = ids[place]
        result = evaluate(shipped, scores)
        found = sensitivity(shipped, result)
        height = {None: 0} | {rung.award: n for n, rung in enumerate(result.rungs, 1)}
        for direction, shifts in ((+1, found.raising), (-1, found.losing)):
            expected = []
            for code, level in scores.items():
                scale = shipped.scale_of(shipped.element(code))
                place = beside(scale, level, direction)
                if place is None or not result.by_code[code].is_applicable:
                    continue
                award = evaluate(shipped, {**scores, code: scale.level_ids[place]}).award
                if (height[award] - height[result.award]) * direction > 0:
                    expected.append(Shift(code, level, scale.level_ids[place], award))
            assert list(shifts) == expected


def test_where_raising_does_no_harm_few_questions_are_enough(monkeypatch):
    shipped = get_standard(Path(resource_dir("criteria")) / "service-excellence.yaml")
    assert lowering_rules(shipped) == ()
    asked = []

    def counted(*arguments):
        asked.append(1)
        return evaluate_inputs(*arguments)

    monkeypatch.setattr(module, "evaluate_inputs", counted)
    scores = {element.code: element.required for element in shipped.elements}
    sensitivity(shipped, evaluate(shipped, scores))
    assert len(asked) <= 2 + len(shipped.elements) // 2
