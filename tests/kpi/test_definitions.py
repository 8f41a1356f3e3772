"""The KPIs that ship, and the strictness of the file they come in."""

from __future__ import annotations

import pytest

from accredit.config import resource_dir
from accredit.kpi.domain import UnknownKpiError, display_value
from accredit.kpi.loader import KpiFileError, load_kpis, parse_kpis, service_kpis
from tests.kpi.files import kpi

SMALL = """\
format: accredit-kpis/1
kpis:
  - id: csat
    name: {en: "Satisfaction", ar: "الرضا"}
    meaning: {en: "m", ar: "م"}
    computation: {en: "c", ar: "ح"}
    unit: percent
    scale: {min: 1, max: 5, step: 1}
    direction: higher
    formula: {kind: top_box, counted: [4, 5]}
    minimum_n: 30
    interval: wilson
    default_target: 80
    decimals: 1
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(KpiFileError) as caught:
        parse_kpis(text.encode(), "k.yaml")
    return caught.value.problems


def test_the_default_kpis_cite_every_measure_of_the_sources() -> None:
    cited = {source for item in service_kpis().kpis for source in item.sources}
    wanted = {f"A.metric.{i}" for i in range(1, 8)} | {f"E.metric.{i}" for i in range(1, 6)}
    assert wanted | {"B.dimension.2"} <= cited


def test_the_kpis_a_standard_names_all_exist() -> None:
    named = [
        *("nps", "csat", "ces", "retention", "churn", "response_time", "resolution_time"),
        *("first_contact_resolution", "visitor_intent"),
        *("mystery_shopping", "employee_happiness"),
    ]
    assert [kpi(name).id for name in named] == named


def test_every_survey_kpi_states_its_question_and_every_text_is_in_both_languages() -> None:
    for item in service_kpis().kpis:
        if item.id.startswith(("nps", "csat", "ces", "visitor", "employee")):
            assert item.question is not None
        for text in filter(None, (item.name, item.meaning, item.computation, item.question)):
            assert text.en != text.ar
            assert any("\u0600" <= letter <= "\u06ff" for letter in text.ar)


@pytest.mark.parametrize(
    "name", ["fcr", "FCR", "First-Contact-Resolution", " first contact resolution "]
)
def test_a_kpi_is_found_by_alias_whatever_the_case_and_hyphens(name: str) -> None:
    assert kpi(name).id == "first_contact_resolution"


def test_an_unknown_kpi_is_named_with_those_that_exist() -> None:
    assert service_kpis().find("loyalty") is None
    with pytest.raises(UnknownKpiError, match=r"loyalty.*nps"):
        service_kpis().get("loyalty")


def test_the_small_file_is_right_before_it_is_broken() -> None:
    assert parse_kpis(SMALL.encode(), "k.yaml").kpis[0].id == "csat"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[4, 5]", "[]", "k.yaml:10:39: kpis.0.formula.counted: must not be empty"),
        ("unit: percent", "unit: points", "k.yaml:3:5: kpis.0: unit points does not belong"),
        ("interval: wilson", "interval: t", "k.yaml:3:5: kpis.0: interval t does not belong"),
        ("direction: higher", "direction: up", "k.yaml:9:16: kpis.0.direction: "),
        ("[4, 5]", "[4, 6]", "k.yaml:3:5: kpis.0: outside the scale: [6]"),
        ("[4, 5]", "[4, 4]", "k.yaml:3:5: kpis.0: names a score twice"),
        ("[4, 5]", "[4, true]", "k.yaml:10:43: kpis.0.formula.counted.1: "),
        ("kind: top_box", "kind: best_box", "k.yaml:10:14: kpis.0.formula: "),
        ("minimum_n: 30", 'minimum_n: "30"', "k.yaml:11:16: kpis.0.minimum_n: "),
        ("minimum_n: 30", "minimum_n: 0", "k.yaml:11:16: kpis.0.minimum_n: "),
        ("default_target: 80", "default_target: 180", "k.yaml:3:5: kpis.0: default_target"),
        ("default_target: 80", "default_target: .nan", "k.yaml:13:21: kpis.0.default_target: "),
        ("    decimals: 1\n", "", "k.yaml:3:5: kpis.0.decimals: Field required"),
        ("decimals: 1", "decimals: 1\n    note: x", "k.yaml:15:11: kpis.0.note: Extra"),
        ("decimals: 1", "decimals: 1\n    unit: score", "k.yaml:15:5: kpis.0.unit: is given twice"),
        ('{en: "m", ar: "م"}', '{en: "m"}', "k.yaml:5:14: kpis.0.meaning: must be a text in both"),
        ('{en: "m", ar: "م"}', '{en: "m", ar: " "}', "k.yaml:5:14: kpis.0.meaning: must not be"),
        ("max: 5", "max: 0", "k.yaml:8:12: kpis.0.scale: max must be above min"),
        ("accredit-kpis/1", "accredit-kpis/2", "k.yaml:1:9: format: "),
        ("    scale: {min: 1, max: 5, step: 1}\n", "", "k.yaml:3:5: kpis.0: top_box needs a scale"),
        ('"Satisfaction"', "&a x", "k.yaml:4:16: : anchors and aliases are not allowed"),
        ('"Satisfaction"', "!!python/name:os.system x", "k.yaml:4:16: : tags are not allowed"),
        ('"Satisfaction"', "{[1]: 2}", "k.yaml:4:17: kpis.0.name.en: a key must be a plain word"),
        ('"الرضا"', '"الرضا', "k.yaml:"),
    ],
)
def test_a_mistake_is_refused_with_its_line(old: str, new: str, place: str) -> None:
    assert old in SMALL
    assert any(line.startswith(place) for line in problems(SMALL.replace(old, new, 1)))


def test_all_mistakes_are_named_at_once() -> None:
    text = SMALL.replace("direction: higher", "direction: up").replace(
        "minimum_n: 30", "minimum_n: x"
    )
    assert len(problems(text)) == 2


def test_two_kpis_may_not_share_a_name() -> None:
    body = SMALL.split("kpis:\n", 1)[1]
    second = body.replace("id: csat", "id: other").replace("unit:", 'aliases: ["C-SAT"]\n    unit:')
    text = SMALL.replace("unit:", 'aliases: ["c sat"]\n    unit:', 1) + second
    assert problems(text) == ("k.yaml:1:1: : ids or aliases of two KPIs: c sat",)


def test_a_promoter_is_above_every_detractor_and_both_on_the_scale() -> None:
    text = (resource_dir("criteria") / "kpis" / "service-kpis.yaml").read_text(encoding="utf-8")
    swapped = text.replace("[9, 10]", "[6, 10]", 1).replace("5, 6]}", "5, 7]}", 1)
    assert "above every detractor" in problems(swapped)[0]
    assert "outside the scale" in problems(text.replace("[9, 10]", "[9, 11]", 1))[0]


def test_a_word_cannot_mean_yes_and_no() -> None:
    text = (resource_dir("criteria") / "kpis" / "service-kpis.yaml").read_text(encoding="utf-8")
    assert "means both yes and no: n" in problems(text.replace('"y", ', '"y", "N", ', 1))[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff\xfe\x00", b"a: b: c", b"- " * 3000, b"{" * 300, b"x" * 1_000_001, b"\x00"],
)
def test_a_file_that_is_no_kpi_file_is_refused_without_a_crash(data: bytes) -> None:
    with pytest.raises(KpiFileError):
        parse_kpis(data, "k.yaml")


def test_a_missing_file_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's path
    with pytest.raises(KpiFileError, match=r"none\.yaml:1:1"):
        load_kpis(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0.5, 0, "1"),
        (-0.5, 0, "-1"),
        (2.5, 0, "3"),
        (2.675, 2, "2.68"),
        (-2.675, 2, "-2.68"),
        (49.95, 1, "50.0"),
        (-0.04, 1, "0.0"),
        (11.8, 1, "11.8"),
        (1e-9, 6, "0.000000"),
    ],
)
def test_a_value_is_shown_with_halves_away_from_zero(
    value: float, decimals: int, shown: str
) -> None:
    assert str(display_value(value, decimals)) == shown
