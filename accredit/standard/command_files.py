"""Files of standards as commands meet them: found, read, and refused with what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from accredit.standard.domain import Standard
from accredit.standard.file.issues import Issue
from accredit.standard.file.loader import find_shipped_file, load_file


def criteria_folder() -> Path:
    """The folder of the standards that ship with the product."""
    from accredit.config import resource_dir

    return Path(resource_dir("criteria"))


def find(name: str) -> Path:
    """The file at this path, otherwise the shipped standard with this id."""
    path = Path(name)
    if path.exists() and not path.is_dir():
        return path
    shipped = find_shipped_file(criteria_folder(), name)
    if shipped is None:
        raise click.UsageError(f"{name}: neither a file nor the id of a shipped standard")
    return shipped


def load_path(path: Path) -> Standard | list[Issue]:
    """The standard in a file, or its errors; a file that cannot be read is wrong usage."""
    try:
        return load_file(path)
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror or error}") from error


def read_bytes(path: Path, limit: int) -> bytes:
    """The first bytes of a file; one that cannot be read is wrong usage."""
    try:
        with path.open("rb") as stream:
            return stream.read(limit)
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror or error}") from error


def ensure_sound(loaded: Standard | list[Issue]) -> Standard:
    """The standard; its errors are printed and end the command with status 1."""
    if isinstance(loaded, Standard):
        return loaded
    print_issues(loaded, to_stderr=True)
    sys.exit(1)


def print_issues(issues: list[Issue], *, to_stderr: bool) -> None:
    """A line for each error."""
    for issue in issues:
        click.echo(str(issue), err=to_stderr)
