"""What criteria/README.md teaches works as it is written there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from accredit.standard.commands import standard as group
from accredit.standard.rules import RuleKind

README = (Path(__file__).parents[2] / "criteria" / "README.md").read_text(encoding="utf-8")
PARTS = README.split("\n# Part two", 1)


def blocks(language: str, part: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", part, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, part in zip(("front-desk.yaml", "call-centre.yaml"), PARTS, strict=True):
        (tmp_path / name).write_text("".join(blocks("yaml", part)), encoding="utf-8")
    (tmp_path / "scores.json").write_text("".join(blocks("json")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    return CliRunner().invoke(group, arguments).stdout


@pytest.mark.parametrize("name", ["front-desk.yaml", "call-centre.yaml"])
def test_the_snippets_together_are_a_sound_standard(folder: Path, name: str) -> None:
    answer = CliRunner().invoke(group, ["check", name])
    assert (answer.exit_code, answer.stdout) == (0, "")


@pytest.mark.parametrize(("name", "count"), [("front-desk.yaml", 3), ("call-centre.yaml", 1)])
def test_their_worked_examples_hold(folder: Path, name: str, count: int) -> None:
    answer = CliRunner().invoke(group, ["test", name])
    assert (answer.stdout, answer.exit_code) == (f"{name}: {count} of {count} tests hold\n", 0)


def test_the_error_lines_shown_are_the_ones_printed(folder: Path) -> None:
    path = folder / "front-desk.yaml"
    text = path.read_text(encoding="utf-8").replace("weight:", "wieght:", 1)
    path.write_text(text, encoding="utf-8")
    assert run("check", "front-desk.yaml") == "".join(blocks("text"))


def test_an_example_that_comes_out_otherwise_is_told_with_its_line(folder: Path) -> None:
    path = folder / "front-desk.yaml"
    text = path.read_text(encoding="utf-8").replace("{total: 87.5}", "{total: 88}", 1)
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("id: one_partial")].count("\n") + 1
    assert run("test", "front-desk.yaml") == (
        f"front-desk.yaml:{line}:9: one_partial: total: expected 88%, found 87.5%\n"
        "front-desk.yaml: 2 of 3 tests hold\n"
    )


MISTAKES = [
    ("id: front-desk", "id: Front Desk"),
    ("{id: good, value: 2", "{id: good, value: 1"),
    ('ar: "جيد"', 'ar: ""'),
    ("kpis: [csat]", "kpis: [csat, csat]"),
    ('code: "1.2"', 'code: "2.2"'),
    ("kind: record", "kind: recrd"),
    ("weight: 3", "weight: 0"),
    ("required: good", "required: gold"),
    ("kind: veto", "kind: vetoo"),
    ("where: {level: absent}", "where: {level: missing}"),
    ("min: 0.5", "min: 5"),
    ("value: 60", "value: 600"),
    ("rules: [half_good, satisfied]", "rules: [half_god, satisfied]"),
    ("award: distinction", "award: gold"),
    ("{places: 1", "{places: one"),
    ("awards:", "awards: &all"),
]


@pytest.mark.parametrize(("right", "wrong"), MISTAKES, ids=[wrong for _, wrong in MISTAKES])
def test_a_mistake_is_told_with_the_line_it_stands_on(folder: Path, right: str, wrong: str) -> None:
    path = folder / "front-desk.yaml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1
    answer = CliRunner().invoke(group, ["check", "front-desk.yaml"])
    assert answer.exit_code == 1
    assert answer.stdout.startswith(f"front-desk.yaml:{line}:")
    assert len(answer.stdout.splitlines()) == 1


def test_the_result_shown_is_the_one_printed(folder: Path) -> None:
    assert run("score", "front-desk.yaml", "scores.json", "--explain") == "".join(blocks("console"))


def test_every_kind_of_rule_is_taught_and_shown() -> None:
    example = "".join(blocks("yaml"))
    for kind in RuleKind:
        assert f"| `{kind}` |" in README
        assert f"kind: {kind}\n" in example


def test_the_line_that_makes_a_self_check_is_taught_as_it_works(folder: Path) -> None:
    assert "`result_from: self`" in README
    path = folder / "front-desk.yaml"
    path.write_text(f"result_from: self\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert CliRunner().invoke(group, ["check", "front-desk.yaml"]).exit_code == 0
    assert run("score", "front-desk.yaml", "scores.json").endswith(
        "Award: Accredited with distinction\n"
        "By the department's own scores: no certificate is granted for it.\n"
    )


def test_every_standard_that_ships_is_listed() -> None:
    for path in (Path(__file__).parents[2] / "criteria").glob("*.yaml"):
        assert f"| `{path.name}` |" in README
