"""Commands: check a standard's file, list the shipped ones, score without a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from accredit.standard.command_files import (
    criteria_folder,
    ensure_sound,
    find,
    load_path,
    print_issues,
    read_bytes,
)
from accredit.standard.domain import Standard
from accredit.standard.file.examples_loader import find_examples
from accredit.standard.file.loader import shipped_files
from accredit.standard.file.scores_file import MAX_BYTES, read_scores
from accredit.standard.format_commands import FORMAT_COMMANDS
from accredit.standard.path.command import path as path_command
from accredit.standard.scoring.engine import evaluate_inputs
from accredit.standard.scoring.examining import failures_of
from accredit.standard.scoring.explain import explain
from accredit.standard.scoring.results import NodeTotal, Result


@click.group()
def standard() -> None:
    """Check, list and apply standards."""


for command in (*FORMAT_COMMANDS, path_command):
    standard.add_command(command)


@standard.command()
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
def check(paths: tuple[Path, ...]) -> None:
    """Check files of standards: one line for each error.

    Lines read `file:line:col: path: message`. Exit status 0 when all are sound, 1 when one
    has an error, 2 when one cannot be read.
    """
    sound = True
    for path in paths:
        loaded = load_path(path)
        if isinstance(loaded, Standard):
            count = len(loaded.elements)
            click.echo(f"{path}: ok, {loaded.id} {loaded.version}, {count} elements", err=True)
        else:
            sound = False
            print_issues(loaded, to_stderr=False)
    if not sound:
        sys.exit(1)


@standard.command("test")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
def run_examples(paths: tuple[Path, ...]) -> None:
    """Run the worked examples that files of standards carry under `tests`.

    Lines read `file:line:col: test: what was expected and what came out`. Exit status 0 when
    all come out as written, 1 when one does not or a file has errors or no tests, 2 when one
    cannot be read.
    """
    sound = True
    for path in paths:
        loaded = load_path(path)
        if not isinstance(loaded, Standard):
            print_issues(loaded, to_stderr=False)
            sound = False
            continue
        failures = failures_of(loaded)
        places = find_examples(read_bytes(path, MAX_BYTES + 1)) if failures else {}
        for failure in failures:
            line, col = places.get(failure.example, (1, 1))
            click.echo(f"{path}:{line}:{col}: {failure.example}: {failure.message}")
        count = len(loaded.examples)
        held = count - len({one.example for one in failures})
        click.echo(f"{path}: {held} of {count} tests hold")
        sound = sound and bool(count) and not failures
    if not sound:
        sys.exit(1)


@standard.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_shipped(as_json: bool) -> None:
    """List the standards that ship with the product."""
    standards = [ensure_sound(load_path(path)) for path in shipped_files(criteria_folder())]
    if as_json:
        _print_json(
            [
                {
                    "id": item.id,
                    "version": item.version,
                    "title": {"en": item.title.en, "ar": item.title.ar},
                    "criteria": len(item.criteria),
                    "elements": len(item.elements),
                    "result_from": item.result_from.value,
                    "sha256": item.sha256,
                }
                for item in standards
            ]
        )
        return
    for item in standards:
        click.echo(
            f"{item.id:<24}  {item.version:<10}  {len(item.elements):>3} elements"
            f"  {item.sha256[:12]}  {item.title.en}"
        )


@standard.command()
@click.argument("standard_name", metavar="STANDARD")
@click.argument("scores", metavar="SCORES.json", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--explain", "explained", is_flag=True, help="Show the arithmetic of each total.")
def score(standard_name: str, scores: Path, as_json: bool, explained: bool) -> None:
    """Totals, verdicts and award for a file of scores.

    STANDARD is a path or the id of a shipped standard. SCORES.json reads
    {"scores": {"1.1": "good"}, "kpis": {"csat": {"value": 81.5, "low": 78, "high": 85, "n": 240}},
    "weights": {"3.1": 25}, "not_applicable": ["3.2"]}; a score may also be {"attribute": value}.
    Totals are percentages, or points in a standard that has them. While an element is unscored
    its totals are null and a rule may be "unknown", which does not pass. Where the standard says
    `result_from: self`, the scores are to be the department's own. Exit status 0 when
    evaluated, 1 when the data are bad, 2 when a file is unreadable.
    """
    item = ensure_sound(load_path(find(standard_name)))
    read = read_scores(read_bytes(scores, MAX_BYTES + 1), item, file=str(scores))
    if isinstance(read, list):
        print_issues(read, to_stderr=True)
        sys.exit(1)
    result = evaluate_inputs(item, read)
    if as_json:
        _print_json(_as_data(item, result))
        return
    _print_result(item, result, explained)


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _as_data(item: Standard, result: Result) -> dict[str, object]:
    return {
        "standard": result.standard,
        "version": result.version,
        "sha256": result.sha256,
        "result_from": item.result_from.value,
        "unit": "percent" if result.total.max_points is None else "points",
        "totals": {node.code: _number(node, in_points=True) for node in result.nodes()},
        "percentages": {node.code: _number(node, in_points=False) for node in result.nodes()},
        "rules": [
            {
                "id": rule.id,
                "verdict": rule.verdict.value,
                "detail": str(rule.detail),
                **({} if rule.band is None else {"band": rule.band}),
            }
            for rule in result.rules
        ],
        "award": result.award,
        "unscored": list(result.unscored),
        "not_applicable": list(result.not_applicable),
        "carried": {code: on.isoformat() for code, on in result.inputs.since.items()},
    }


def _number(node: NodeTotal, *, in_points: bool) -> float | None:
    figure = node.percent if node.max_points is None or not in_points else node.points
    return None if figure is None else float(figure)


def _print_result(item: Standard, result: Result, explained: bool) -> None:
    click.echo(f"{result.standard} {result.version} ({result.sha256[:12]})")
    for node in (*result.criteria, result.total):
        click.echo(f"  {node.code:<8} {_shown(node)}")
    for rule in result.rules:
        click.echo(f"  {rule.verdict.value:<8} {rule.id}: {rule.detail}")
    if explained:
        for step in explain(item, result).walk():
            click.echo(f"  {step.line}")
    award = "none" if result.award is None else item.award(result.award).name.en
    click.echo(f"Award: {award}")
    if item.is_self_check:
        click.echo("By the department's own scores: no certificate is granted for it.")


def _shown(node: NodeTotal) -> str:
    if not node.is_applicable:
        return "not applicable"
    if node.percent is None:
        return "incomplete"
    return f"{node.percent}%" if node.points is None else f"{node.points} points ({node.percent}%)"
