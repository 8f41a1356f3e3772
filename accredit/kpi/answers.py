"""From the cells of one row to one answer, by the rules of the KPI's definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TypeVar

from accredit.kpi.cells import (
    AmbiguousDateError,
    DateOrder,
    UnreadableCellError,
    is_blank,
    moment,
    number,
    seconds,
    shown,
    yes_or_no,
)
from accredit.kpi.domain import (
    Churn,
    KpiDefinition,
    Retention,
    Scale,
    Share,
    Unit,
    plain_word,
)
from accredit.kpi.formulas import (
    ImpossibleCountsError,
    Number,
    Observation,
    Part,
    kept_customers,
    lost_customers,
)
from accredit.kpi.hours import WorkingHours, seconds_within
from accredit.text import N_, Message, RuleError
from accredit.web.workbook import Cell

T = TypeVar("T")
Cells = Mapping[str, Cell]
Reader = Callable[[Cells], Observation | None]


class RefusedAnswerError(RuleError):
    """One cell keeps its row from being an answer; `name` is the input it stands for."""

    def __init__(self, name: str, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
        self.name = name


def row_reader(
    definition: KpiDefinition,
    inputs: Sequence[str],
    order: DateOrder | None,
    hours: WorkingHours | None = None,
) -> Reader:
    """A function from a row's cells, by input name, to its answer.

    It returns None for a row that is no part of the denominator, and raises
    `RefusedAnswerError` naming the input at fault. `inputs` is one of the definition's. With
    `hours`, waits from one moment to another count working time only.
    """
    formula = definition.formula
    if isinstance(formula, Share | Retention | Churn):
        if "start" in inputs:
            return _count_reader(kept="end" in inputs)
        yes = frozenset(map(plain_word, formula.yes))
        no = frozenset(map(plain_word, formula.no))
        return _yes_no_reader(inputs, lambda cell: yes_or_no(cell, yes, no))
    scale = definition.answers
    if "opened" in inputs:
        return _duration_reader(lambda cell: moment(cell, order), hours)
    read = seconds if definition.unit is Unit.SECONDS else number
    return lambda cells: _read("value", cells, lambda cell: _on_scale(cell, read(cell), scale))


def is_unanswered(cells: Cells) -> bool:
    """Whether the row holds no answer: nobody answered, or the request is still open."""
    if "closed" in cells:
        return is_blank(cells["closed"])
    if "value" in cells:
        return is_blank(cells["value"])
    return all(is_blank(cell) for cell in cells.values())


def _read(name: str, cells: Cells, read: Callable[[Cell], T]) -> T:
    if is_blank(cells[name]):
        raise RefusedAnswerError(name, Message(N_("The cell is blank.")))
    try:
        return read(cells[name])
    except AmbiguousDateError:
        raise
    except UnreadableCellError as error:
        raise RefusedAnswerError(name, error.message) from error


def _on_scale(cell: Cell, value: Number, scale: Scale) -> Number:
    if value < scale.min or (scale.max is not None and value > scale.max):
        if scale.max is None:
            raise UnreadableCellError(
                N_("“%(value)s” is below %(low)s."), value=shown(cell), low=f"{scale.min:g}"
            )
        raise UnreadableCellError(
            N_("“%(value)s” is outside the scale from %(low)s to %(high)s."),
            value=shown(cell),
            low=f"{scale.min:g}",
            high=f"{scale.max:g}",
        )
    if scale.step is not None and (value - Fraction(scale.min)) % scale.step != 0:
        raise UnreadableCellError(
            N_("“%(value)s” is no answer on a scale in steps of %(step)s."),
            value=shown(cell),
            step=scale.step,
        )
    return value


def _yes_no_reader(inputs: Sequence[str], read: Callable[[Cell], bool]) -> Reader:
    def excluding(cells: Cells) -> Part | None:
        yes, excluded = _read("value", cells, read), _read("excluded", cells, read)
        if yes and excluded:
            raise RefusedAnswerError(
                "excluded", Message(N_("The row counts as solved and as impossible to solve."))
            )
        return None if excluded else Part(int(yes), 1)

    if "excluded" in inputs:
        return excluding
    name = inputs[0]
    return lambda cells: Part(int(_read(name, cells, read)), 1)


def _count(cell: Cell) -> int:
    value = number(cell)
    if not isinstance(value, int):
        raise UnreadableCellError(N_("“%(value)s” is not a whole number."), value=shown(cell))
    return value


def _count_reader(*, kept: bool) -> Reader:
    def read(cells: Cells) -> Part:
        counts = {name: _read(name, cells, _count) for name in cells}
        try:
            return kept_customers(**counts) if kept else lost_customers(**counts)
        except ImpossibleCountsError as error:
            raise RefusedAnswerError("start", error.message) from error

    return read


def _duration_reader(read: Callable[[Cell], datetime], hours: WorkingHours | None) -> Reader:
    def duration(cells: Cells) -> Number:
        opened, closed = _read("opened", cells, read), _read("closed", cells, read)
        if (opened.tzinfo is None) != (closed.tzinfo is None):
            raise RefusedAnswerError(
                "closed", Message(N_("Only one of the two times states its time zone."))
            )
        if closed < opened:
            raise RefusedAnswerError("closed", Message(N_("The end lies before the beginning.")))
        if hours is not None:
            # Working hours are those of the clock on which the contact was recorded.
            here = closed.astimezone(opened.tzinfo) if opened.tzinfo else closed
            return seconds_within(hours, opened, here)
        waited = closed - opened
        exact = waited.days * 86400 + waited.seconds + Fraction(waited.microseconds, 1_000_000)
        return int(exact) if exact.denominator == 1 else exact

    return duration
