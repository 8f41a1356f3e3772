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
