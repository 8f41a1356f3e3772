"""`accredit standard format`, `export` and `import`, as they are called from a shell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.standard.commands import standard as group
from accredit.standard.file.loader import get_standard
from accredit.standard.file.writer import write
from tests.standard.small import DATA, TEXT, standard
from tests.standard.test_xlsx import Book, saved

SMALL = str(DATA / "small.yaml")
HEAD = "# A head.\n"
FORMED = HEAD + write(standard())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(HEAD + TEXT, encoding="utf-8")
    return path


# format


def test_format_rewrites_a_file_and_keeps_its_head_and_its_rights(path: Path) -> None:
    path.chmod(0o640)
    result = run("format", path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == FORMED
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(path.parent) == ["small.yaml"]


def test_format_leaves_a_file_in_this_form_alone(path: Path) -> None:
    path.write_text(FORMED, encoding="utf-8")
    os.utime(path, (1, 1))
    assert run("format", path, "--check").exit_code == 0
    assert run("format", path).exit_code == 0
    assert path.stat().st_mtime == 1


def test_format_check_names_what_would_change_and_writes_nothing(path: Path) -> None:
    result = run("format", path, SMALL, "--check")
    assert result.exit_code == 1
    assert result.stdout == f"{path}: would be rewritten\n{SMALL}: would be rewritten\n"
    assert path.read_text(encoding="utf-8") == HEAD + TEXT


def test_format_refuses_to_lose_comments_unless_it_is_told_to(path: Path) -> None:
    text = (HEAD + TEXT).replace("criteria:\n", "criteria:  # the first\n  # the second\n")
    path.write_text(text, encoding="utf-8")
    result = run("format", path)
    assert result.exit_code == 1
    assert "comments that would be lost, on lines 18, 19" in result.stderr
    assert path.read_text(encoding="utf-8") == text
    assert run("format", path, "--drop-comments").exit_code == 0
    assert path.read_text(encoding="utf-8") == FORMED


def test_format_prints_the_errors_of_a_file_and_goes_on(path: Path) -> None:
    bad = path.with_name("bad.yaml")
    bad.write_text(TEXT.replace("weight: 3", "wieght: 3"), encoding="utf-8")
    result = run("format", bad, path)
    assert result.exit_code == 1
    assert "unknown key “wieght”" in result.stdout
    assert path.read_text(encoding="utf-8") == FORMED


def test_format_of_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert run("format", tmp_path / "missing.yaml").exit_code == 2


# export and import


def test_export_prints_yaml_or_writes_it(path: Path, tmp_path: Path) -> None:
    assert run("export", path).stdout == FORMED
    target = tmp_path / "out.yaml"
    assert run("export", path, "--yaml", target).exit_code == 0
    assert target.read_text(encoding="utf-8") == FORMED


def test_export_takes_the_id_of_a_shipped_standard(tmp_path: Path) -> None:
    target = tmp_path / "out.yaml"
    assert run("export", "service-excellence", "--yaml", target).exit_code == 0
    assert get_standard(target).id == "service-excellence"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_workbook_comes_back_as_the_same_file(path: Path, tmp_path: Path, language: str) -> None:
    book = tmp_path / "small.xlsx"
    assert run("export", path, "--xlsx", book, "--language", language).exit_code == 0
    result = run("import", book)
    assert result.exit_code == 0
    assert result.stdout == FORMED
    assert result.stderr == "nothing has changed\n"


def test_export_writes_one_file_at_a_time(path: Path, tmp_path: Path) -> None:
    result = run("export", path, "--xlsx", tmp_path / "a.xlsx", "--yaml", tmp_path / "a.yaml")
    assert result.exit_code == 2


def test_import_tells_what_has_changed(tmp_path: Path) -> None:
    edited = Book(standard())
    edited.set("Elements العناصر", "1.1", "weight", 4)
    book, target = tmp_path / "b.xlsx", tmp_path / "b.yaml"
    book.write_bytes(saved(edited.cells))
    result = run("import", book, "--yaml", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1.1: reweighted\n" in result.stderr
    assert get_standard(target).element("1.1").weight == 4


def test_import_prints_every_mistake_and_writes_nothing(tmp_path: Path) -> None:
    edited = Book(standard())
    cell = edited.set("Elements العناصر", "1.1", "weight", 0)
    other = edited.set("Criteria المحاور", "1", "title.ar", "")
    book, target = tmp_path / "b.xlsx", tmp_path / "b.yaml"
    book.write_bytes(saved(edited.cells))
    result = run("import", book, "--yaml", target)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{book}: Elements العناصر!{cell}: 0 is out of range: from 1 to 1000",
        f"{book}: Criteria المحاور!{other}: the text is empty",
    ]
    assert not target.exists()


@pytest.mark.parametrize("command", ["export", "import"])
def test_a_file_that_cannot_be_read_or_written_is_wrong_usage(
    path: Path, tmp_path: Path, command: str
) -> None:
    if command == "import":
        assert run("import", tmp_path / "missing.xlsx").exit_code == 2
    else:
        assert run("export", path, "--xlsx", tmp_path / "no" / "folder.xlsx").exit_code == 2
