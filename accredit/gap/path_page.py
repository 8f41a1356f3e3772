"""What the page of a path shows: the moves by criterion, the conditions they meet, the efforts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accredit.gap.domain import GapReport
from accredit.standard.domain import Criterion, Element, Scale, Standard
from accredit.standard.path.finding import Move, Path, find_path, next_award
from accredit.standard.rules import Rule

PREFIX = "effort-"
"""What the name of the field of an element's effort begins with; its code follows."""

EFFORTS = range(1, 101)
"""The efforts of a level step there may be."""

_NODES = 200_000
"""How far a page searches: less than half a second's work, after which it states the gap."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A move with its element and scale; `conditions` are the numbers of those that need it."""

    move: Move
    element: Element
    scale: Scale
    conditions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PathPage:
    """The path and its parts as they are shown; `path` is None at the highest award.

    `conditions` are the rules that the moves meet, numbered from 1; `efforts` the effort in
    force of every element that is scored.
    """

    path: Path | None
    groups: tuple[tuple[Criterion, tuple[Raised, ...]], ...]
    conditions: tuple[Rule, ...]
    assumed: tuple[Rule, ...]
    blocking: tuple[Rule, ...]
    efforts: tuple[tuple[Criterion, tuple[tuple[Element, int], ...]], ...]


def read_efforts(
    standard: Standard, given: Mapping[str, str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The efforts in the fields of a form, and the codes whose field holds no such number.

    An empty field leaves the effort as the standard says.
    """
    efforts, wrong = {}, []
    for element in standard.judged_elements:
        text = given.get(f"{PREFIX}{element.code}", "").strip()
        if not text:
            continue
        # Digits of any script, as people type them.
        effort = int(text) if text.isdecimal() and len(text) <= 3 else 0
        if effort in EFFORTS:
            efforts[element.code] = effort
        else:
            wrong.append(element.code)
    return efforts, tuple(wrong)


def build_path_page(
    report: GapReport,
    award: str | None,
    efforts: Mapping[str, int],
    stop: Callable[[], bool] = lambda: False,
) -> PathPage:
    """The path from the scores of a report to an award, or else to the one above the present.

    `stop` ends the search, which then states how far from the least effort it may be.
    """
    standard, inputs = report.standard, report.result.inputs
    wanted = next_award(standard, inputs) if award is None else standard.award(award)
    path = None
    if wanted is not None and report.levels:
        path = find_path(standard, inputs, wanted.id, efforts=efforts, nodes=_NODES, stop=stop)
    moves = path.moves if path else ()
    needed = {name for move in moves for name in move.rules}
    conditions = tuple(rule for rule in standard.rules if rule.id in needed)
    numbers = {rule.id: number for number, rule in enumerate(conditions, start=1)}
    raised = [
        Raised(
            move,
            element := standard.element(move.code),
            standard.scale_of(element),
            tuple(sorted(numbers[name] for name in move.rules)),
        )
        for move in moves
    ]
    groups = [
        (
            criterion,
            tuple(one for one in raised if standard.criterion_of(one.move.code) is criterion),
        )
        for criterion in standard.criteria
    ]
    return PathPage(
        path=path,
        groups=tuple(group for group in groups if group[1]),
        conditions=conditions,
        assumed=tuple(standard.rule(name) for name in path.assumed) if path else (),
        blocking=tuple(standard.rule(name) for name in path.blocking) if path else (),
        efforts=tuple(
            (
                criterion,
                tuple(
                    (one, efforts.get(one.code, one.effort))
                    for one in criterion.elements
                    if one.measured is None
                ),
            )
            for criterion in standard.criteria
        ),
    )
