"""A standard says whose scores are its result: in its file, its hash, its schema, its versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from accredit.config import resource_dir
from accredit.standard.commands import standard as group
from accredit.standard.comparing import Change, compare
from accredit.standard.domain import ResultFrom
from accredit.standard.file.canonical import from_canonical
from accredit.standard.file.loader import get_standard, shipped_files
from accredit.standard.file.writer import write
from accredit.standard.workbook.exporting import to_workbook
from accredit.standard.workbook.importing import EditedStandard, read_workbook
from tests.standard.small import TEXT, changed, errors, standard
from tests.standard.test_schema import errors as schema_errors

ROUNDING = "rounding: {places: 1, mode: half_up}\n"
SELF = changed(ROUNDING, f"{ROUNDING}result_from: self\n")
AGREED = changed(ROUNDING, f"{ROUNDING}result_from: agreed\n")


def test_agreed_scores_are_the_result_where_nothing_is_said() -> None:
    assert standard().result_from is ResultFrom.AGREED
    assert standard(SELF).result_from is ResultFrom.SELF


def test_saying_what_holds_anyway_changes_no_hash_and_is_not_written() -> None:
    assert standard(AGREED).sha256 == standard().sha256
    assert "result_from" not in standard().canonical
    assert "result_from" not in write(standard(AGREED))


def test_another_source_of_the_result_is_another_content_that_comes_back() -> None:
    own = standard(SELF)
    assert own.sha256 != standard().sha256
    assert from_canonical(own.canonical, sha256=own.sha256) == own
    assert standard(write(own)) == own


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("result_from: moderated", "“moderated” is unknown; known: agreed, self"),
        ("result_from: Self", "“Self” is unknown; known: agreed, self"),
        ("result_from: [self]", "a text is wanted here"),
        ("result_form: self", "unknown key “result_form”; did you mean “result_from”?"),
    ],
)
def test_a_mistake_is_told_with_its_line(line: str, error: str) -> None:
    text = changed(ROUNDING, f"{ROUNDING}{line}\n")
    number = 1 + text.splitlines().index(line)
    (told,) = errors(text)
    assert told.startswith(f"{number}:")
    assert told.endswith(error)
    assert schema_errors(text) != []


def test_the_schema_takes_both_words() -> None:
    assert schema_errors(SELF) == []
    assert schema_errors(AGREED) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_survives_the_workbook_byte_for_byte(language: str) -> None:
    own = standard(SELF)
    read = read_workbook(to_workbook(own, language), "own.xlsx")
    assert isinstance(read, EditedStandard)
    assert write(read.standard, head=read.head) == write(own)


def test_a_change_of_it_is_a_difference_between_versions() -> None:
    head = compare(standard(), standard(SELF)).head
    assert head is not None
    assert head.kinds == (Change.OTHER,)
    (value,) = head.values
    assert (value.key, value.before, value.after) == ("result_from", "agreed", "self")
    assert value.label == "Whose scores are the result"
    assert compare(standard(), standard(AGREED)).is_empty


def test_of_the_standards_that_ship_the_self_check_alone_takes_the_departments_word() -> None:
    found = {
        path.stem for path in shipped_files(resource_dir("criteria"))
        if get_standard(path).is_self_check
    }  # fmt: skip
    assert found == {"cx-self-check"}


def test_the_commands_say_whose_scores_are_asked_for(tmp_path: Path) -> None:
    listed = json.loads(CliRunner().invoke(group, ["list", "--json"]).stdout)
    told = {one["id"]: one["result_from"] for one in listed}
    assert told.pop("cx-self-check") == "self"
    assert set(told.values()) == {"agreed"}
    path, scores = tmp_path / "own.yaml", tmp_path / "scores.json"
    scores.write_text('{"scores": {}}', encoding="utf-8")
    for text, source in ((SELF, "self"), (TEXT, "agreed")):
        path.write_text(text, encoding="utf-8")
        answer = CliRunner().invoke(group, ["score", str(path), str(scores), "--json"])
        assert json.loads(answer.stdout)["result_from"] == source
        said = CliRunner().invoke(group, ["score", str(path), str(scores)]).stdout
        assert ("no certificate is granted" in said) is (source == "self")
