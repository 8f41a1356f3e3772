"""`accredit standard path`: the least effort to the next award, from a file of scores."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click

from accredit import clock
from accredit.standard.command_files import (
    ensure_sound,
    find,
    load_path,
    print_issues,
    read_bytes,
)
from accredit.standard.domain import Standard
from accredit.standard.file.scores_file import MAX_BYTES, read_scores
from accredit.standard.path.finding import SECONDS, PathStatus, find_path, next_award
from accredit.standard.path.finding import Path as AwardPath
from accredit.text import RuleError

_EFFORT = re.compile(r"(?P<code>[^=]+)=(?P<effort>[0-9]{1,3})", re.ASCII)


@click.command("path")
@click.argument("standard_name", metavar="STANDARD")
@click.argument("scores", metavar="SCORES.json", type=click.Path(path_type=Path))
@click.option("--to", "award", metavar="AWARD", help="The award; the next one if left out.")
@click.option(
    "--effort",
    "chosen",
    metavar="CODE=N",
    multiple=True,
    help="The effort of one level step of an element, 1 to 100; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def path(
    standard_name: str, scores: Path, award: str | None, chosen: tuple[str, ...], as_json: bool
) -> None:
    """The improvements of the least total effort that reach an award.

    STANDARD and SCORES.json are those of `score`. An unscored element stands at its lowest
    level, and levels only rise. What no score can change (KPIs, evidence) is assumed to hold
    where it does not, and named. Exit status 0 when the award is reached or there is a path,
    1 when there is none or the data are bad, 2 for an unknown award or an unreadable file.
    """
    item = ensure_sound(load_path(find(standard_name)))
    read = read_scores(read_bytes(scores, MAX_BYTES + 1), item, file=str(scores))
    if isinstance(read, list):
        print_issues(read, to_stderr=True)
        sys.exit(1)
    known = [one.id for one in item.awards]
    if award is not None and award not in known:
        raise click.UsageError(f"{award}: no award of this standard; known: {', '.join(known)}")
    wanted = next_award(item, read) if award is None else item.award(award)
    goal = known[-1] if wanted is None else wanted.id  # the highest one is reached already
    try:
        stop = clock.after(SECONDS)
        found = find_path(item, read, goal, efforts=_efforts(chosen), stop=stop)
    except RuleError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(_as_data(found), ensure_ascii=False, indent=2))
    else:
        _print(item, found)
    if found.status not in (PathStatus.REACHED, PathStatus.FOUND):
        sys.exit(1)


def _efforts(chosen: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for text in chosen:
        match = _EFFORT.fullmatch(text)
        if match is None:
            raise click.UsageError(f"--effort {text}: wanted is CODE=N, for example 1.2=3")
        found[match["code"]] = int(match["effort"])
    return found


def _as_data(found: AwardPath) -> dict[str, object]:
    after = found.after.total
    return {
        "award": found.award.id,
        "status": found.status.value,
        "effort": found.effort,
        "is_least": found.is_least,
        "at_least": found.bound,
        "moves": [
            {
                "code": move.code,
                "from": move.from_level,
                "to": move.to_level,
                "steps": move.steps,
                "effort": move.effort,
                "rules": list(move.rules),
            }
            for move in found.moves
        ],
        "assumed": list(found.assumed),
        "blocking": list(found.blocking),
        "unscored": list(found.unscored),
        "unmeasured": list(found.unmeasured),
        "award_after": found.after.award,
        "total_after": None if after.percent is None else float(after.percent),
    }


def _print(item: Standard, found: AwardPath) -> None:
    name = found.award.name.en
    if found.status is PathStatus.REACHED:
        click.echo(f"{name}: reached by these scores")
    elif found.status is PathStatus.UNREACHABLE:
        click.echo(f"{name}: no improvement of scores reaches it")
    elif found.status is PathStatus.OPEN:
        click.echo(f"{name}: no path found; one takes an effort of {found.bound} at least")
    else:
        proof = "proven least" if found.is_least else f"at least {found.bound} is needed"
        click.echo(f"{name}: effort {found.effort} in {len(found.moves)} moves, {proof}")
    for move in found.moves:
        levels = f"{move.from_level} -> {move.to_level}"
        click.echo(f"  {move.code:<8} {levels:<32} {move.effort:>5}  {', '.join(move.rules)}")
    for label, names in (
        ("in the way", found.blocking),
        ("assumed to hold", found.assumed),
    ):
        for rule in names:
            click.echo(f"  {label}: {rule}: {item.rule(rule).text.en}")
    if found.unscored:
        click.echo(f"  unscored, taken as lowest: {', '.join(found.unscored)}")
    if found.unmeasured:
        click.echo(f"  not known well enough, taken as least: {', '.join(found.unmeasured)}")
