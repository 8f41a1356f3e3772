"""Reading a file somebody uploads: a standard, or what is wrong with it, line by line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accredit.standard.domain import Standard
from accredit.standard.file.issues import Issue, shown
from accredit.standard.file.loader import load
from accredit.standard.file.writer import write
from accredit.standard.file.yaml_tree import MAX_BYTES
from accredit.standard.workbook.cells import CellIssue
from accredit.standard.workbook.importing import from_workbook
from accredit.text import N_, Message, RuleError

_SHEET = ".xlsx"
ENDINGS = (".yaml", ".yml", _SHEET)
ACCEPT = ",".join(ENDINGS)


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: where (`place` as editors write it), in which value, what, and the line itself.

    In a workbook the place is a cell; `path` and `excerpt` are "" there.
    """

    place: str
    path: str
    message: Message
    excerpt: str


class UnreadableFileError(RuleError):
    """The file is not one that holds a standard."""


class BadStandardError(RuleError):
    """The file holds errors; `problems` are all of them, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(
            N_("The file has errors. Nothing was stored. They are listed below."), field="file"
        )


def read_upload(name: str, content: bytes, known_kpis: Collection[str]) -> Standard:
    """The standard in an uploaded file.

    Raises `UnreadableFileError` for the wrong kind or size of file, and `BadStandardError`.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(
            N_("The file is larger than %(limit)s MB. A standard takes less."),
            field="file",
            limit=MAX_BYTES // 1024**2,
        )
    if not name.lower().endswith(ENDINGS):
        raise UnreadableFileError(
            N_("Choose a YAML file or a workbook. Its name ends in %(endings)s."),
            field="file",
            endings=", ".join(ENDINGS),
        )
    if name.lower().endswith(_SHEET):
        return _read_sheets(name, content, known_kpis)
    loaded = load(content, file=name, known_kpis=known_kpis)
    if isinstance(loaded, Standard):
        return loaded
    lines = content.decode("utf-8", errors="replace").splitlines()
    raise BadStandardError(tuple(_problem(issue, lines) for issue in loaded))


def _read_sheets(name: str, content: bytes, known_kpis: Collection[str]) -> Standard:
    found = from_workbook(content, name)
    if isinstance(found, list):
        raise BadStandardError(tuple(_cell_problem(issue) for issue in found))
    # A workbook is read without knowing which KPIs there are.
    loaded = load(write(found).encode(), file=name, known_kpis=known_kpis)
    if isinstance(loaded, Standard):
        return loaded
    raise BadStandardError(tuple(Problem(name, issue.path, issue.message, "") for issue in loaded))


def _cell_problem(issue: CellIssue) -> Problem:
    cell = "!".join(part for part in (issue.sheet, issue.cell) if part)
    return Problem(": ".join(part for part in (issue.file, cell) if part), "", issue.message, "")


def _problem(issue: Issue, lines: list[str]) -> Problem:
    line = lines[issue.line - 1].strip() if issue.line <= len(lines) else ""
    place = f"{issue.file}:{issue.line}:{issue.col}"
    return Problem(place, issue.path, issue.message, shown(line))
