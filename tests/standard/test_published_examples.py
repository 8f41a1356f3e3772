"""The sums, edges and data points published about the schemes, against the shipped files.

Sources: shared/STANDARDS.md of the project's papers, sections 1 to 4.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from accredit.standard.domain import OVERALL, Standard
from accredit.standard.figures import KpiReading
from accredit.standard.file.loader import get_standard
from accredit.standard.rules import BandTable, Blend, Ladder
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import Result
from tests.standard.documents import element, made, node, rule
from tests.standard.random_standards import WORDS

FOLDER = Path(__file__).parents[2] / "criteria"


def shipped(name: str) -> Standard:
    return get_standard(FOLDER / f"{name}.yaml")


def at_level(standard: Standard, level: str) -> dict[str, dict[str, str]]:
    """Every attribute of every element, and the judgement as a whole, at this level."""
    scores = {}
    for one in standard.judged_elements:
        attributes = standard.attributes_of(one)
        assert attributes is not None
        scores[one.code] = dict.fromkeys((*attributes.ids, OVERALL), level)
    return scores


def points(standard: Standard) -> dict[str, Decimal | None]:
    return {criterion.code: criterion.points for criterion in standard.criteria}


# 1. Customer service: 5 criteria, 15 parts, 57 elements


def test_57_elements_are_11_and_11_and_12_and_13_and_10() -> None:
    standard = shipped("uk-service-excellence")
    assert [len(one.elements) for one in standard.criteria] == [11, 11, 12, 13, 10]
    assert len(standard.elements) == 57


def test_the_parts_are_3_3_5_and_6_5_and_2_4_3_3_and_3_4_6_and_2_5_3() -> None:
    standard = shipped("uk-service-excellence")
    assert [[len(part.elements) for part in one.groups] for one in standard.criteria] == [
        [3, 3, 5],
        [6, 5],
        [2, 4, 3, 3],
        [3, 4, 6],
        [2, 5, 3],
    ]
    assert sum(len(one.groups) for one in standard.criteria) == 15


@pytest.mark.parametrize("criterion", ["1", "2", "3", "4", "5"])
def test_a_fifth_of_each_criterion_may_be_partial_and_20_percent_of_13_is_two(
    criterion: str,
) -> None:
    standard = shipped("uk-service-excellence")
    compliant = {one.code: "compliant" for one in standard.elements}
    codes = [one.code for one in standard.criterion(criterion).elements]
    assert int(len(codes) * Decimal("0.2")) == 2
    for count, award in ((2, "certified"), (3, None)):
        partial = dict.fromkeys(codes[:count], "partially_compliant")
        assert evaluate(standard, compliant | partial).award == award


def test_any_non_compliance_prevents_certification_and_plus_offsets_nothing() -> None:
    standard = shipped("uk-service-excellence")
    plus = {one.code: "compliance_plus" for one in standard.elements}
    assert evaluate(standard, plus | {"3.2.1": "non_compliant"}).award is None
    three = dict.fromkeys(("4.1.1", "4.1.2", "4.1.3"), "partially_compliant")
    result = evaluate(standard, plus | three)
    assert result.award is None
    assert result.by_code["4"].exact == Fraction(1000, 13)


# 2. Seven criteria, 1,000 points, attributes in steps


def test_1000_points_are_200_of_direction_and_400_of_execution_and_400_of_results() -> None:
    standard = shipped("excellence-2025")
    assert points(standard) == dict(
        zip("1234567", map(Decimal, (100, 100, 100, 200, 100, 200, 200)), strict=True)
    )
    assert standard.points == 1000 == sum(one.points or 0 for one in standard.criteria)
    blocks = {"direction": "12", "execution": "345", "results": "67"}
    sums = {
        name: sum(standard.criterion(code).points or 0 for code in codes)
        for name, codes in blocks.items()
    }
    assert sums == {"direction": 200, "execution": 400, "results": 400}


def test_23_parts_share_the_points_of_their_criteria() -> None:
    standard = shipped("excellence-2025")
    assert [len(one.elements) for one in standard.criteria] == [5, 4, 5, 4, 5, 1, 1]
    result = evaluate(standard, {})
    most = {one.code: one.max_points for one in result.elements}
    for code, each in (("1", 20), ("2", 25), ("3", 20), ("4", 50), ("5", 20), ("6", 200)):
        parts = [most[one.code] for one in standard.criterion(code).elements]
        assert set(parts) == {each}


@pytest.mark.parametrize(
    ("level", "total", "award"),
    [
        ("5", 50, None),
        ("10", 100, "validated"),
        ("20", 200, "qualified"),
        ("30", 300, "star_3"),
        ("40", 400, "star_4"),
        ("50", 500, "star_5"),
        ("60", 600, "star_6"),
        ("65", 650, "star_6"),
        ("70", 700, "star_7"),
        ("100", 1000, "star_7"),
    ],
)
def test_stars_start_at_300_400_500_600_and_700_points(
    level: str, total: int, award: str | None
) -> None:
    standard = shipped("excellence-2025")
    result = evaluate(standard, at_level(standard, level))
    assert (result.total.points, result.award) == (total, award)


def test_a_part_is_never_above_its_sound_approach() -> None:
    standard = shipped("excellence-2025")
    scores = at_level(standard, "80")
    scores["1.1"] |= {"sound": "40"}
    result = evaluate(standard, scores)
    assert (result.by_code["1.1"].percent, result.by_code["1"].percent) == (40, 72)


# 3. Seventeen items, process and results banded apart


ITEMS = {
    "1": (70, 50),
    "2": (45, 40),
    "3": (40, 45),
    "4": (45, 45),
    "5": (40, 45),
    "6": (45, 40),
    "7": (120, 80, 80, 80, 90),
}
PROCESS_BANDS = [
    (0, 150),
    (151, 200),
    (201, 260),
    (261, 320),
    (321, 370),
    (371, 430),
    (431, 480),
    (481, 550),
]
RESULT_BANDS = [
    (0, 125),
    (126, 170),
    (171, 210),
    (211, 255),
    (256, 300),
    (301, 345),
    (346, 390),
    (391, 450),
]


def test_550_process_points_and_450_result_points_are_1000() -> None:
    standard = shipped("performance-2023")
    found = {
        one.code: tuple(int(item.points or 0) for item in one.elements) for one in standard.criteria
    }
    assert found == ITEMS
    sums = {code: sum(items) for code, items in ITEMS.items()}
    assert sums == {"1": 120, "2": 85, "3": 85, "4": 90, "5": 85, "6": 85, "7": 450}
    assert (sum(sums.values()) - 450, standard.points) == (550, 1000)


def test_50_percent_everywhere_is_275_and_225_and_500_in_band_4_and_4() -> None:
    standard = shipped("performance-2023")
    result = evaluate(standard, at_level(standard, "50"))
    assert result.total.points == 500
    process = sum(result.by_code[code].points or 0 for code in "123456")
    assert (process, result.by_code["7"].points) == (275, 225)
    assert bands(result) == {"process": "band_4", "results": "band_4"}


def bands(result: Result) -> dict[str, str | None]:
    return {one.id: one.band for one in result.rules if one.band is not None}


@pytest.mark.parametrize(
    ("name", "published"), [("process", PROCESS_BANDS), ("results", RESULT_BANDS)]
)
def test_every_number_of_points_lies_in_the_published_band(
    name: str, published: list[tuple[int, int]]
) -> None:
    table = shipped("performance-2023").rule(name)
    assert isinstance(table, BandTable)
    for number, (low, high) in enumerate(published, start=1):
        for figure in range(low, high + 1):
            assert table.band_at(Decimal(figure)).id == f"band_{number}"


def test_every_multiple_of_5_is_in_exactly_one_of_six_ranges() -> None:
    published = ["0 5", "10 15 20 25", "30 35 40 45", "50 55 60 65", "70 75 80 85", "90 95 100"]
    for scale in shipped("performance-2023").scales:
        assert scale.steps is not None
        inside: dict[str, list[str]] = {one.id: [] for one in scale.steps.ranges}
        for level in scale.levels:
            matching = [one.id for one in scale.steps.ranges if one.start <= level.value <= one.end]
            assert len(matching) == 1
            inside[matching[0]].append(level.id)
        assert [" ".join(values) for values in inside.values()] == published


# 4. Stars and maturity in the Gulf


def star(stars: int) -> Result:
    """A centre just good enough for its stars: level and figures rise together."""
    standard = shipped("star-rating")
    level = {3: "developing", 4: "maturing", 5: "maturing", 6: "leading"}[stars]
    figure = {3: "75", 4: "76", 5: "85", 6: "90"}[stars]
    reading = KpiReading(
        Decimal(figure), Decimal(figure) - 1, Decimal(figure) + 1, 400, age_months=Decimal(1)
    )
    kpis = dict.fromkeys(("csat", "mystery_shopping", "employee_happiness"), reading)
    return evaluate(standard, {one.code: level for one in standard.elements}, kpis)


def test_69_centres_are_2_of_6_stars_14_of_5_32_of_4_and_21_of_3() -> None:
    published = {6: 2, 5: 14, 4: 32, 3: 21}
    assert sum(published.values()) == 69
    awards = Counter[str | None]()
    for stars, centres in published.items():
        awards[star(stars).award] += centres
    assert awards == {"stars_6": 2, "stars_5": 14, "stars_4": 32, "stars_3": 21}


def test_eight_pillars_and_the_customers_voice_carries_65_percent() -> None:
    standard = shipped("star-rating")
    assert len(standard.criteria) == 8
    (blend,) = [one for one in standard.rules if isinstance(one, Blend)]
    assert {part.id: part.share for part in blend.parts}["customers"] == 65
    assert sum(part.share for part in blend.parts) == 100
    assert isinstance(standard.ladder, Ladder)
    assert [step.award for step in standard.ladder.steps] == [
        f"stars_{stars}" for stars in range(2, 8)
    ]


DATA_POINTS = [
    *(
        (figure, "advanced")
        for figure in ("89.40", "89.28", "88.10", "86.50", "86.09", "85.35", "85.59")
    ),
    *(
        (figure, "competent")
        for figure in ("83.20", "83.04", "82.44", "81.59", "82.76", "77.26", "80.68")
    ),
    ("85", "advanced"),
    ("84.99", "competent"),
]


@pytest.mark.parametrize(("figure", "band"), DATA_POINTS)
def test_the_published_maturity_figures_lie_in_their_published_levels(
    figure: str, band: str
) -> None:
    # Only the edge between competent and advanced is known from the data: in (83.20, 85.35].
    table = rule(
        "band_table",
        scope="total",
        unit="percent",
        bands=[
            {"id": "competent", "name": WORDS, "from": 0},
            {"id": "advanced", "name": WORDS, "from": 85},
        ],
    )
    measured = {
        "kpi": "csat",
        "min_n": 1,
        "map": {"kind": "linear", "points": [[0, 0], [100, 100]]},
    }
    standard = made(
        [node("1", [element("1.1", measured=measured)])],
        [table],
        rounding={"places": 2, "mode": "half_up"},
    )
    result = evaluate(standard, {}, {"csat": KpiReading(Decimal(figure), None, None, 134_000)})
    assert result.total.percent == Decimal(figure)
    assert result.rules[0].band == band


def test_nine_elements_in_four_dimensions() -> None:
    standard = shipped("service-model-9")
    assert (len(standard.criteria), len(standard.elements)) == (4, 9)
    assert [len(one.elements) for one in standard.criteria] == [2, 2, 3, 2]
