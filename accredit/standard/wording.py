"""The sentences of verdicts, as messages: translated where they are shown, not here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal

from accredit.standard.domain import Standard
from accredit.standard.results import TOTAL, KpiReading, NodeTotal, RulePart, Verdict
from accredit.standard.rules import (
    REQUIRED,
    CountLimit,
    KpiCondition,
    KpiField,
    Minimum,
    Predicate,
    PredicateKind,
    ShareLimit,
    Veto,
)
from accredit.standard.spelling import decimal_text
from accredit.text import N_, Bilingual, Message

_MOST_CODES = 12
#: Decimals of a measured figure in a sentence; what is compared is never rounded.
_PLACES = 2
#: A figure in a file may have any number of digits.
_AMPLE = Context(prec=MAX_PREC)
_FIGURES = {
    KpiField.VALUE: N_("the value"),
    KpiField.LOW: N_("the lower end of the interval"),
    KpiField.HIGH: N_("the upper end of the interval"),
    KpiField.N: N_("the number of answers"),
}


def joined(parts: Sequence[RulePart], verdict: Verdict) -> Message:
    """One detail for a rule: its only part's, or those of the criteria that decided."""
    if len(parts) == 1:
        return parts[0].detail
    if verdict is Verdict.PASS:
        return Message(N_("Met in every criterion."))
    first, *others = [part.detail for part in parts if part.verdict is verdict]
    for other in others:
        first = Message(N_("%(first)s %(second)s"), {"first": first, "second": other})
    return first


def counted(
    rule: Veto | CountLimit | ShareLimit,
    place: str,
    matching: Sequence[str],
    total: int,
    unscored: Sequence[str],
    standard: Standard,
) -> Message:
    """How many elements match, where, and how many may."""
    values: dict[str, object] = {
        "place": place_name(place, standard, everything=N_("All elements")),
        "where": _where(rule.where, standard),
        "count": len(matching),
        "total": total,
        "limit": _count_bounds(rule),
        "codes": listed(matching),
        "unscored": listed(unscored),
    }
    if matching and unscored:
        return Message(
            N_(
                "%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s): %(codes)s. "
                "Not scored yet: %(unscored)s."
            ),
            values,
        )
    if unscored:
        return Message(
            N_(
                "%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s). "
                "Not scored yet: %(unscored)s."
            ),
            values,
        )
    if matching:
        return Message(
            N_("%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s): %(codes)s."), values
        )
    return Message(N_("%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s)."), values)


def reached(rule: Minimum, node: NodeTotal, standard: Standard) -> Message:
    """The total a minimum looks at, or what it may still become."""
    values: dict[str, object] = {
        "place": place_name(node.code, standard),
        "percent": node.percent,
        "minimum": decimal_text(rule.value),
        "low": node.low,
        "high": node.high,
        "unscored": listed(node.unscored),
    }
    if node.percent is None:
        return Message(
            N_(
                "%(place)s: between %(low)s%% and %(high)s%% (at least %(minimum)s%%). "
                "Not scored yet: %(unscored)s."
            ),
            values,
        )
    return Message(N_("%(place)s: %(percent)s%% (at least %(minimum)s%%)."), values)


def measured(rule: KpiCondition, reading: KpiReading | None, figure: Decimal | None) -> Message:
    """The figure a KPI condition looks at, or why there is none."""
    values: dict[str, object] = {
        "kpi": rule.kpi,
        "figure": Message(_FIGURES[rule.figure]),
        "limit": _limits(rule.min, rule.max),
    }
    if reading is None:
        return Message(N_("%(kpi)s: not measured (%(figure)s, %(limit)s)."), values)
    values |= {"n": reading.n, "min_n": rule.min_n}
    if figure is not None:
        values["found"] = shortened(figure, (rule.min, rule.max))
        return Message(N_("%(kpi)s, %(figure)s: %(found)s (%(limit)s; n = %(n)s)."), values)
    if reading.n < rule.min_n:
        return Message(N_("%(kpi)s: too few answers (n = %(n)s; at least %(min_n)s)."), values)
    return Message(N_("%(kpi)s: not measured (%(figure)s, %(limit)s)."), values)


def shortened(figure: Decimal, limits: Iterable[Decimal | None]) -> str:
    """A figure to two decimals, or to as many as it takes to tell it from its limits.

    Rounded to no fewer decimals than a limit has, a figure cannot cross it; and one that only
    rounds to the limit is given more, so that nobody reads as reached what was missed.
    """
    bounds = {limit for limit in limits if limit is not None}
    places = max(_PLACES, *(len(decimal_text(limit).partition(".")[2]) for limit in bounds), 0)
    rounded = _rounded(figure, places)
    if rounded in bounds and rounded != figure:
        rounded = _rounded(figure, -abs(figure - rounded).adjusted())
    return decimal_text(rounded)


def _rounded(figure: Decimal, places: int) -> Decimal:
    return figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _AMPLE)


def listed(codes: Sequence[str]) -> Bilingual:
    """Codes in a row, with each language's comma; a long row is cut and ends with its count."""
    few = list(codes[:_MOST_CODES])
    if len(codes) > _MOST_CODES:
        few.append(f"… ({len(codes)})")
    return Bilingual(", ".join(few), "، ".join(few))


def place_name(code: str, standard: Standard, *, everything: str = N_("Total")) -> Message:
    """A node in words: `everything`, a criterion or an element."""
    if code == TOTAL:
        return Message(everything)
    if standard.find_criterion(code) is not None:
        return Message(N_("Criterion %(code)s"), {"code": code})
    return Message(N_("Element %(code)s"), {"code": code})


def _where(predicate: Predicate, standard: Standard) -> Message:
    if predicate.level == REQUIRED:
        if predicate.kind is PredicateKind.BELOW:
            return Message(N_("below the required level"))
        return Message(N_("at the required level or above"))
    values = {"level": standard.level(predicate.level).name}
    if predicate.kind is PredicateKind.BELOW:
        return Message(N_("below the level “%(level)s”"), values)
    if predicate.kind is PredicateKind.AT_LEAST:
        return Message(N_("at the level “%(level)s” or above"), values)
    return Message(N_("at the level “%(level)s”"), values)


def _count_bounds(rule: Veto | CountLimit | ShareLimit) -> Message:
    if isinstance(rule, Veto):
        return Message(N_("none allowed"))
    if isinstance(rule, CountLimit):
        return _limits(rule.min, rule.max)
    low, high = (
        None if share is None else decimal_text(share * 100) for share in (rule.min, rule.max)
    )
    if low is None:
        return Message(N_("at most %(max)s%%"), {"max": high})
    if high is None:
        return Message(N_("at least %(min)s%%"), {"min": low})
    return Message(N_("from %(min)s%% to %(max)s%%"), {"min": low, "max": high})


def _limits(low: Decimal | int | None, high: Decimal | int | None) -> Message:
    """A limit in words; a rule has at least one bound."""
    values: dict[str, object] = {
        "min": None if low is None else decimal_text(Decimal(low)),
        "max": None if high is None else decimal_text(Decimal(high)),
    }
    if low is None:
        return Message(N_("at most %(max)s"), values)
    if high is None:
        return Message(N_("at least %(min)s"), values)
    return Message(N_("from %(min)s to %(max)s"), values)
