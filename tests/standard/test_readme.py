"""What criteria/README.md teaches works as it is written there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from accredit.standard.commands import standard as group
from accredit.standard.rules import RuleKind

README = (Path(__file__).parents[2] / "criteria" / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "front-desk.yaml").write_text("".join(blocks("yaml")), encoding="utf-8")
    (tmp_path / "scores.json").write_text("".join(blocks("json")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    return CliRunner().invoke(group, arguments).stdout


def test_the_snippets_together_are_a_sound_standard(folder: Path) -> None:
    assert CliRunner().invoke(group, ["check", "front-desk.yaml"]).exit_code == 0


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
