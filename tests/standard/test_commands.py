"""`accredit standard …`, as it is called from a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.standard.commands import standard as group
from tests.standard.small import DATA, TEXT, changed, standard

SMALL = str(DATA / "small.yaml")
SCORES = {"1.1": "good", "1.2": "partial", "2.1": "exceptional"}
KPIS = {"csat": {"value": 81.5, "low": 76.2, "high": 86, "n": 240}}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def written(folder: Path, name: str, content: str | bytes | object) -> Path:
    path = folder / name
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# check


def test_check_is_silent_on_a_sound_file_and_exits_0() -> None:
    result = run("check", SMALL)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "ok, small 1, 3 elements" in result.stderr


def test_check_prints_one_line_for_each_error_of_each_file_and_exits_1(tmp_path: Path) -> None:
    first = written(tmp_path, "first.yaml", changed("weight: 3", "weight: 1001"))
    second = written(tmp_path, "second.yaml", TEXT.replace("half_up", "up").replace("X.1", "X 1"))
    result = run("check", first, SMALL, second)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{first}:35:17: criteria[0].elements[0].weight: 1001 is out of range: from 1 to 1000",
        f"{second}:12:29: rounding.mode: “up” is unknown; known: half_up, half_even, down",
        f"{second}:16:11: sources[0]: “X 1” is not allowed here; wanted: Latin letters, digits,"
        " points, hyphens and underscores",
    ]


@pytest.mark.parametrize("path", ["missing.yaml", "."])
def test_check_exits_2_when_a_path_cannot_be_read(tmp_path: Path, path: str) -> None:
    assert run("check", tmp_path / path).exit_code == 2


def test_check_without_a_path_is_wrong_usage() -> None:
    assert run("check").exit_code == 2


# list


def test_list_names_the_shipped_standards_and_each_is_its_file_s_name() -> None:
    result = run("list", "--json")
    listed = json.loads(result.stdout)
    assert result.exit_code == 0
    default = next(item for item in listed if item["id"] == "service-excellence")
    assert (default["criteria"], default["elements"]) == (6, 48)
    assert default["title"]["ar"] == "معيار التميز في خدمة المتعاملين"
    folder = Path(__file__).parents[2] / "criteria"
    assert sorted(item["id"] for item in listed) == sorted(
        path.stem for path in folder.glob("*.yaml")
    )
    assert "service-excellence" in run("list").stdout


# score


def test_score_answers_totals_verdicts_and_the_award(tmp_path: Path) -> None:
    scores = written(tmp_path, "scores.json", {"scores": SCORES, "kpis": KPIS})
    result = run("score", SMALL, scores, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["standard"] == "small"
    assert answer["version"] == "1"
    assert answer["sha256"] == standard().sha256
    assert answer["totals"] == {
        "1": 58.3,
        "2": 100.0,
        "1.1": 66.7,
        "1.2": 33.3,
        "2.1": 100.0,
        "total": 72.2,
    }
    assert {rule["id"]: rule["verdict"] for rule in answer["rules"]} == dict.fromkeys(
        ["nothing_absent", "few_below", "share_exceptional", "total_60", "each_50", "csat_70"],
        "pass",
    )
    assert answer["rules"][3]["detail"] == "Total: 72.2% (at least 60%)."
    assert answer["award"] == "distinction"
    assert answer["unscored"] == []


def test_score_without_figures_leaves_the_rules_that_need_them_unknown(tmp_path: Path) -> None:
    scores = written(tmp_path, "scores.json", {"scores": SCORES})
    answer = json.loads(run("score", SMALL, scores, "--json").stdout)
    assert answer["rules"][5]["verdict"] == "unknown"
    assert answer["award"] == "accredited"


def test_score_of_an_incomplete_set_has_no_totals_where_a_score_is_missing(tmp_path: Path) -> None:
    scores = written(tmp_path, "scores.json", {"scores": {"2.1": "good"}})
    result = run("score", SMALL, scores, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (answer["totals"]["2"], answer["totals"]["1"], answer["totals"]["total"]) == (
        66.7,
        None,
        None,
    )
    assert (answer["award"], answer["unscored"]) == (None, ["1.1", "1.2"])


def test_score_takes_the_id_of_a_shipped_standard(tmp_path: Path) -> None:
    scores = written(tmp_path, "scores.json", {"scores": {"1.1": "good"}})
    answer = json.loads(run("score", "service-excellence", scores, "--json").stdout)
    assert answer["standard"] == "service-excellence"
    assert len(answer["unscored"]) == 47


def test_score_prints_for_people_too(tmp_path: Path) -> None:
    scores = written(tmp_path, "scores.json", {"scores": SCORES})
    text = run("score", SMALL, scores, "--explain").stdout
    assert "  total    72.2%" in text
    assert "3×2 + 1×1 = 7 of 12" in text
    assert text.endswith("Award: Accredited\n")


def refused(tmp_path: Path, content: object) -> list[str]:
    """The error lines of a scores file, without the file's name."""
    path = written(tmp_path, "scores.json", content)
    result = run("score", SMALL, path, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    return [line.removeprefix(f"{path}:") for line in result.stderr.splitlines()]


def test_score_refuses_unknown_codes_levels_and_figures_all_at_once(tmp_path: Path) -> None:
    data = {
        "scores": {"1.1": "god", "9.9": "good", "2.1": 3},
        "kpis": {"nps": {"value": 3, "n": 1}, "csat": {"value": 80, "low": 90, "n": 5, "x": 1}},
        "note": "x",
    }
    assert refused(tmp_path, data) == [
        "1:1: note: unknown key “note”; known here: scores, kpis, weights,"
        " not_applicable, evidence, visit, before",
        "1:1: scores.1.1: “god” is unknown; known: absent, partial, good, exceptional",
        "1:1: scores.2.1: “3” is unknown; known: absent, partial, good, exceptional",
        "1:1: kpis.nps: “nps” is unknown; known: csat",
        "1:1: kpis.csat.x: unknown key “x”; known here: value, low, high, n, trend, age_months",
        "1:1: kpis.csat: low, value and high must be in this order",
        "1:1: scores.9.9: There is no element “9.9” in this standard.",
    ]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ({"value": 80, "n": -1}, "kpis.csat.n: a whole number, 0 or more, is wanted here"),
        ({"value": 80, "n": 2.5}, "kpis.csat.n: a whole number, 0 or more, is wanted here"),
        ({"value": 80, "n": True}, "kpis.csat.n: a whole number, 0 or more, is wanted here"),
        ({"value": "80", "n": 1}, "kpis.csat.value: a number is wanted here"),
        ({"value": False, "n": 1}, "kpis.csat.value: a number is wanted here"),
        ({"value": 1e300, "n": 1}, "kpis.csat.value: a number is wanted here"),
        ({"value": 80, "n": 0}, "kpis.csat.value: a value without answers (n = 0) cannot be"),
        ({"value": 80, "high": 79, "n": 9}, "kpis.csat: low, value and high must be in this order"),
        ({"value": 80}, "kpis.csat: the key “n” is missing"),
        ({"n": 80}, "kpis.csat: the key “value” is missing"),
        (80, "kpis.csat: an object {…} is wanted here"),
    ],
)
def test_score_refuses_impossible_figures(tmp_path: Path, reading: object, expected: str) -> None:
    assert f"1:1: {expected}" in refused(tmp_path, {"scores": SCORES, "kpis": {"csat": reading}})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "1:1: document: this is not valid JSON: Expecting value"),
        (
            '{"scores":\n {"1.1" "good"}}',
            "2:9: document: this is not valid JSON: Expecting ':' delimiter",
        ),
        ("null", "1:1: document: an object {…} is wanted here"),
        ("[]", "1:1: document: an object {…} is wanted here"),
        ("{}", "1:1: scores: the key “scores” is missing"),
        ('{"scores": []}', "1:1: scores: an object {…} is wanted here"),
        (
            '{"scores": {"1.1": "good", "1.1": "absent"}}',
            "1:1: scores.1.1: the key “1.1” is given twice",
        ),
        (
            '{"scores": {}, "kpis": {"csat": {"value": NaN, "n": 1}}}',
            "1:1: document: the file holds a number or a nesting that cannot be read",
        ),
        (
            '{"scores": {}, "kpis": {"csat": {"value": 1, "n": ' + "9" * 5_000 + "}}}",
            "1:1: document: the file holds a number or a nesting that cannot be read",
        ),
        ("[" * 100_000, "1:1: document: the file holds a number or a nesting that cannot be read"),
        (b"\xff\xfe{}", "1:1: document: the file is not UTF-8; save it as UTF-8"),
        (
            b" " * 2_000_000,
            "1:1: document: the file is too large: 1048577 bytes; at most 1048576 are read",
        ),
    ],
)
def test_score_refuses_a_file_that_is_no_set_of_scores(
    tmp_path: Path, content: object, expected: str
) -> None:
    assert expected in refused(tmp_path, content)


def test_score_refuses_a_standard_with_errors(tmp_path: Path) -> None:
    bad = written(tmp_path, "bad.yaml", changed("weight: 3", "weight: 1001"))
    scores = written(tmp_path, "scores.json", {"scores": SCORES})
    result = run("score", bad, scores)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "1001 is out of range" in result.stderr


@pytest.mark.parametrize("name", ["no-such-standard", "../small", "kpis"])
def test_score_exits_2_for_a_standard_that_is_neither_a_file_nor_shipped(
    tmp_path: Path, name: str
) -> None:
    scores = written(tmp_path, "scores.json", {"scores": SCORES})
    assert run("score", name, scores).exit_code == 2


def test_score_exits_2_when_the_scores_cannot_be_read(tmp_path: Path) -> None:
    assert run("score", SMALL, tmp_path / "missing.json").exit_code == 2
