"""The derivation of a result, step by step, so that anybody can redo it with a pencil."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accredit.standard.domain import Rounding, RoundingMode, Standard
from accredit.standard.results import NodeTotal, Result
from accredit.standard.spelling import decimal_text
from accredit.standard.wording import place_name
from accredit.text import N_, Message

_SHOWN_PLACES = 6
_MODES = {
    RoundingMode.HALF_UP: N_("half up"),
    RoundingMode.HALF_EVEN: N_("half to even"),
    RoundingMode.DOWN: N_("down"),
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """One total as arithmetic: `terms` = `weighted_sum`, then `exact` %, then `percent` %.

    `exact` has six decimals and ends in “…” where more follow; `exact` and `percent` are
    None while an element is unscored.
    """

    code: str
    terms: str
    weighted_sum: int
    weighted_max: int
    exact: str | None
    percent: Decimal | None
    line: Message


def explain(standard: Standard, result: Result) -> tuple[Derivation, ...]:
    """The derivation of each criterion's total, then of the overall one from theirs."""
    criteria = tuple(_derivation(node, _weighted_terms(node), standard) for node in result.criteria)
    sums = " + ".join(str(node.weighted_sum) for node in result.criteria)
    return (*criteria, _derivation(result.total, sums, standard))


def _weighted_terms(node: NodeTotal) -> str:
    return " + ".join(
        f"{term.weight}×{'?' if term.value is None else term.value}" for term in node.terms
    )


def _derivation(node: NodeTotal, terms: str, standard: Standard) -> Derivation:
    exact = None if node.exact is None else exact_text(node.exact)
    return Derivation(
        code=node.code,
        terms=terms,
        weighted_sum=node.weighted_sum,
        weighted_max=node.weighted_max,
        exact=exact,
        percent=node.percent,
        line=_line(node, terms, exact, standard),
    )


def _line(node: NodeTotal, terms: str, exact: str | None, standard: Standard) -> Message:
    values: dict[str, object] = {
        "place": place_name(node.code, standard),
        "terms": terms,
        "sum": node.weighted_sum,
        "max": node.weighted_max,
    }
    if exact is None:
        return Message(N_("%(place)s: %(terms)s so far, of %(max)s. Not complete."), values)
    values |= {
        "exact": exact,
        "percent": node.percent,
        "rounding": rounding_words(standard.rounding),
    }
    return Message(
        N_(
            "%(place)s: %(terms)s = %(sum)s of %(max)s; "
            "100 × %(sum)s ÷ %(max)s = %(exact)s%%, rounded (%(rounding)s) = %(percent)s%%."
        ),
        values,
    )


def rounding_words(rounding: Rounding) -> Message:
    """How the standard rounds, in words."""
    return Message(
        N_("decimal places: %(places)s, %(mode)s"),
        {"places": rounding.places, "mode": Message(_MODES[rounding.mode])},
    )


def exact_text(value: Fraction) -> str:
    """`value` (not negative) with up to six decimals, cut, with “…” where more follow."""
    scaled = value * 10**_SHOWN_PLACES
    cut = Decimal(scaled.numerator // scaled.denominator).scaleb(-_SHOWN_PLACES)
    return decimal_text(cut) if scaled.denominator == 1 else f"{cut:f}…"
