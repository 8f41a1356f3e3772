"""The list of elements beside one of them: how far each criterion is, and where to go on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accredit.assessment.visible import VisibleLevels
from accredit.standard.domain import Criterion, Element, Standard
from accredit.text import Bilingual


@dataclass(frozen=True, slots=True)
class Way:
    """Where one can go from an element: codes, or None where the list ends."""

    previous: str | None
    next: str | None
    next_open: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A criterion in the list; `done` of the `total` elements it needs are written.

    `entry` is the code of its first element without a score, or of its first.
    """

    code: str
    title: Bilingual
    done: int
    total: int
    entry: str


class Without(StrEnum):
    """Why an element shows no level."""

    LEFT_OUT = "left_out"
    MEASURED = "measured"
    DIFFERING = "differing"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Row:
    """An element of the criterion one is in: its level, or why there is none to show.

    `unlinked`: it reaches more than the lowest level, and no evidence is linked to it.
    """

    code: str
    title: Bilingual
    level: Bilingual | None
    without: Without
    unlinked: bool


def way_from(
    elements: Sequence[Element], code: str, written: Collection[str], scored: Collection[str]
) -> Way:
    """The neighbours of an element, and the next one that lacks a score, round the end.

    `scored` are the codes of the elements that need one.
    """
    codes = [element.code for element in elements]
    here = codes.index(code)
    after = codes[here + 1 :] + codes[:here]
    return Way(
        previous=codes[here - 1] if here else None,
        next=codes[here + 1] if here + 1 < len(codes) else None,
        next_open=next(
            (other for other in after if other in scored and other not in written), None
        ),
    )


def parts_of(
    standard: Standard, written: Collection[str], scored: Collection[str]
) -> tuple[Part, ...]:
    """Every criterion with how far it is."""
    return tuple(_part(criterion, written, scored) for criterion in standard.criteria)


def rows_of(
    standard: Standard,
    criterion: Criterion,
    written: Mapping[str, str],
    levels: VisibleLevels,
    *,
    left_out: Collection[str],
    evidence: Mapping[str, int] | None,
) -> tuple[Row, ...]:
    """The elements of a criterion with their `written` levels.

    `evidence` counts the links of each element for those who may add some; else None.
    """

    def rows() -> Iterator[Row]:
        for element in criterion.elements:
            scale, level = standard.scale_of(element), written.get(element.code)
            yield Row(
                element.code,
                element.title,
                None if level is None else scale.level(level).name,
                _without(element, levels, left_out),
                unlinked=evidence is not None
                and level is not None
                and level != scale.levels[0].id
                and not evidence.get(element.code),
            )

    return tuple(rows())


def _part(criterion: Criterion, written: Collection[str], scored: Collection[str]) -> Part:
    needed = [element.code for element in criterion.elements if element.code in scored]
    missing = [code for code in needed if code not in written]
    entry = missing[0] if missing else criterion.elements[0].code
    done = len(needed) - len(missing)
    return Part(criterion.code, criterion.title, done, len(needed), entry)


def _without(element: Element, levels: VisibleLevels, left_out: Collection[str]) -> Without:
    if element.code in left_out:
        return Without.LEFT_OUT
    if element.measured is not None:
        return Without.MEASURED
    return Without.DIFFERING if levels.differ(element.code) else Without.OPEN
