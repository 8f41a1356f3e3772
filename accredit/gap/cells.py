"""Cells of a report's tables: a figure as people read it, and as a workbook keeps it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from accredit.gap.document import Cell, Number, Tone
from accredit.i18n import format_number, format_percent
from accredit.kpi.display import value_text
from accredit.kpi.domain import KpiDefinition

NOTHING = "—"
_MOST_PLACES = 4
_MINUS = "\u200e\u2212"
_PLUS = "\u200e+"


def text(value: str, tone: Tone | None = None, *, bold: bool = False) -> Cell:
    """A plain text."""
    return Cell(value, tone, bold=bold)


def whole(value: int, *, bold: bool = False) -> Cell:
    """A count."""
    return Cell(format_number(value, 0), number=Number(value, _pattern(0)), bold=bold)


def percent(value: Decimal | None, *, tone: Tone | None = None, bold: bool = False) -> Cell:
    """A percentage with the decimals it was rounded to; a dash for none."""
    if value is None:
        return Cell(NOTHING, "muted")
    number = Number(float(value), _pattern(_places(value), after="%"))
    return Cell(percent_text(value), tone, number, bold)


def percent_text(value: Decimal) -> str:
    """A percentage with the decimals it was rounded to."""
    return format_percent(value, _places(value))


def change(value: Decimal | int | None, *, bold: bool = False) -> Cell:
    """A difference with its sign: better is good, worse is bad; a dash for none."""
    if value is None:
        return Cell(NOTHING, "muted")
    places = _places(value) if isinstance(value, Decimal) else 0
    tone: Tone = "good" if value > 0 else "bad" if value < 0 else "muted"
    return Cell(change_text(value), tone, Number(float(value), _pattern(places, signed=True)), bold)


def change_text(value: Decimal | int) -> str:
    """A difference with its sign; the mark before the sign keeps it there in Arabic text."""
    places = _places(value) if isinstance(value, Decimal) else 0
    shown = format_number(value, places)
    return f"{_PLUS}{shown}" if value > 0 else shown


def exact(value: Fraction, *, bold: bool = False) -> Cell:
    """A figure in full where its fraction soon ends, else to two decimals."""
    decimal = _decimal(value)
    number = Number(float(value), _pattern(_places(decimal)))
    return Cell(exact_text(value), number=number, bold=bold)


def exact_text(value: Fraction) -> str:
    """The digits of `exact`: 22.5, 11.25, 6, 33.33."""
    decimal = _decimal(value)
    return format_number(decimal, _places(decimal))


def measured(definition: KpiDefinition, value: float | None) -> Cell:
    """A KPI's value with its unit; a dash for none.

    Where the text holds the number itself (not minutes made of seconds) it is kept as one.
    """
    shown = value_text(definition, value)
    if value is None:
        return Cell(shown, "muted")
    figure = format_number(value, definition.decimals)
    before, found, after = shown.partition(figure)
    if not found:
        return Cell(shown)
    return Cell(shown, number=Number(value, _pattern(definition.decimals, before, after)))


def is_exact(value: Fraction) -> bool:
    """Whether `exact_text` shows all of it."""
    scaled: Fraction = value * 10**_MOST_PLACES
    return scaled.denominator == 1


def _decimal(value: Fraction) -> Decimal:
    exact = (Decimal(value.numerator) / Decimal(value.denominator)).normalize()
    if not is_exact(value):
        return exact.quantize(Decimal("0.01"))
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _pattern(places: int, before: str = "", after: str = "", *, signed: bool = False) -> str:
    """A workbook's number format that shows what `format_number` writes."""
    digits = "#,##0" + ("." + "0" * places if places else "")
    head, tail = (f'"{part}"' if part else "" for part in (before, after))
    plus = f'"{_PLUS}"' if signed else ""
    positive = f"{head}{plus}{digits}{tail}"
    negative = f'{head}"{_MINUS}"{digits}{tail}'
    return f"{positive};{negative};{head}{digits}{tail}"
