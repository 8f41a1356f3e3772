"""Commands: write a standard's file in one form, take it to a spreadsheet and back, describe it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from accredit.standard.command_files import ensure_sound, find, load_path, print_issues, read_bytes
from accredit.standard.comparing import compare
from accredit.standard.domain import Standard
from accredit.standard.file.comments import head_of, inner_comments
from accredit.standard.file.schema import SCHEMA
from accredit.standard.file.writer import write
from accredit.standard.file.yaml_tree import MAX_BYTES


@click.command("format")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; name what would change.")
@click.option("--drop-comments", is_flag=True, help="Rewrite files though comments are lost.")
def format_files(paths: tuple[Path, ...], only_check: bool, drop_comments: bool) -> None:
    """Rewrite files of standards in the one form of their content.

    The comment at the head of a file is kept; comments further inside would be lost, so that a
    file with such comments is left as it is unless --drop-comments is given. Exit status 0 when
    every file is now (with --check: already) in this form, 1 when one has errors, has inner
    comments or (with --check) would change, 2 when one cannot be read.
    """
    is_done = True
    for path in paths:
        loaded = load_path(path)
        if not isinstance(loaded, Standard):
            print_issues(loaded, to_stderr=False)
            is_done = False
            continue
        before = read_bytes(path, MAX_BYTES + 1).decode("utf-8-sig")
        after = write(loaded, head=head_of(before))
        if after == before:
            continue
        lines = [] if drop_comments else inner_comments(before)
        if lines:
            listed = ", ".join(map(str, lines[:12])) + (", …" if len(lines) > 12 else "")
            click.echo(f"{path}: has comments that would be lost, on lines {listed}", err=True)
            is_done = False
        elif only_check:
            click.echo(f"{path}: would be rewritten")
            is_done = False
        else:
            _replace(path, after)
            click.echo(f"{path}: rewritten", err=True)
    if not is_done:
        sys.exit(1)


@click.command("export")
@click.argument("standard_name", metavar="STANDARD")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), help="A workbook.")
@click.option("--yaml", "yaml_path", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--language",
    type=click.Choice(["en", "ar"]),
    default="en",
    help="Which language stands first in a workbook.",
)
def export(standard_name: str, xlsx: Path | None, yaml_path: Path | None, language: str) -> None:
    """Write a standard as a workbook to be edited, or as YAML; without a file YAML is printed.

    STANDARD is a path or the id of a shipped standard. Exit status 0 when written, 1 when the
    standard has errors, 2 when a file cannot be read or written.
    """
    if xlsx and yaml_path:
        raise click.UsageError("give --xlsx or --yaml, not both")
    path = find(standard_name)
    item = ensure_sound(load_path(path))
    head = head_of(read_bytes(path, MAX_BYTES + 1).decode("utf-8-sig"))
    if xlsx:
        from accredit.standard.workbook.exporting import to_workbook

        _write(xlsx, to_workbook(item, language, head=head))
    else:
        _print_or_write(write(item, head=head), yaml_path)


@click.command("import")
@click.argument("workbook", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@click.option("--yaml", "yaml_path", type=click.Path(path_type=Path, dir_okay=False))
def import_workbook(workbook: Path, yaml_path: Path | None) -> None:
    """Read an edited workbook back; the YAML is printed or written to a file.

    Mistakes are printed as `file: sheet!cell: message`, all at once, and nothing is written.
    What has changed is told on stderr. Exit status 0 when read, 1 when there are mistakes, 2 when
    a file cannot be read or written.
    """
    from accredit.standard.workbook import importing as xlsx_import

    read = xlsx_import.read_workbook(read_bytes(workbook, xlsx_import.MAX_BYTES + 1), str(workbook))
    if not isinstance(read, xlsx_import.EditedStandard):
        for issue in read:
            click.echo(str(issue), err=True)
        sys.exit(1)
    _print_or_write(write(read.standard, head=read.head), yaml_path)
    _tell_changes(read.base, read.standard)


@click.command()
def schema() -> None:
    """Print the JSON Schema (2020-12) of the format, for editors that complete and check.

    What needs more than the shape of a file, such as a code that must exist, is found by
    `accredit standard check`.
    """
    click.echo(json.dumps(SCHEMA, ensure_ascii=False, indent=2))


FORMAT_COMMANDS = (format_files, export, import_workbook, schema)


def _tell_changes(before: Standard, after: Standard) -> None:
    difference = compare(before, after)
    if difference.is_empty:
        click.echo("nothing has changed", err=True)
        return
    parts = [part for _, section in difference.sections() for part in section]
    for part in [difference.head, *parts] if difference.head else parts:
        click.echo(f"{part.code or 'head'}: {', '.join(part.kinds)}", err=True)


def _print_or_write(text: str, path: Path | None) -> None:
    if path is None:
        click.echo(text, nl=False)
    else:
        _write(path, text.encode())


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror or error}") from error


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is the old one or the new one at every moment."""
    target = path.resolve()
    new = target.with_name(f".{target.name}.new")
    _write(new, text.encode())
    shutil.copymode(target, new)
    new.replace(target)
