"""The sentences of verdicts, as messages: translated where they are shown, not here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from accredit.standard.domain import Standard
from accredit.standard.figures import KpiField, KpiReading
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import (
    REQUIRED,
    Applicability,
    BandTable,
    Blend,
    Cap,
    Counting,
    CountLimit,
    EvidenceCondition,
    KpiCondition,
    Predicate,
    PredicateKind,
    Unit,
    Veto,
    WeightBounds,
)
from accredit.standard.scales import LevelFlag
from accredit.standard.scoring.results import TOTAL, RulePart, Verdict
from accredit.standard.scoring.scopes import Place
from accredit.text import N_, Bilingual, Message

if TYPE_CHECKING:
    from accredit.standard.scoring.counting import Counted

_MOST_CODES = 12
#: Decimals of a measured figure in a sentence; what is compared is never rounded.
_PLACES = 2
#: A figure in a file may have any number of digits.
_AMPLE = Context(prec=MAX_PREC)
FIGURE_NAMES = {
    KpiField.VALUE: N_("the value"),
    KpiField.LOW: N_("the lower end of the interval"),
    KpiField.HIGH: N_("the upper end of the interval"),
    KpiField.N: N_("the number of answers"),
    KpiField.TREND: N_("the change since the measurement before"),
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


def counted(rule: Counting, place: Place, found: Counted, standard: Standard) -> Message:
    """How many elements match, where, and how many may."""
    values: dict[str, object] = {
        "place": place_name(place.code, standard, everything=N_("All elements")),
        "where": where_words(rule.where, standard),
        "count": len(found.matching),
        "total": found.total,
        "limit": count_words(rule),
        "codes": listed(found.matching),
        "unscored": listed(found.open),
    }
    if found.matching and found.open:
        return Message(
            N_(
                "%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s): %(codes)s. "
                "Not scored yet: %(unscored)s."
            ),
            values,
        )
    if found.open:
        return Message(
            N_(
                "%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s). "
                "Not scored yet: %(unscored)s."
            ),
            values,
        )
    if found.matching:
        return Message(
            N_("%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s): %(codes)s."), values
        )
    return Message(N_("%(place)s, %(where)s: %(count)s of %(total)s (%(limit)s)."), values)


def reached(
    minimum: Decimal,
    unit: Unit,
    place: Place,
    figures: tuple[Decimal, Decimal],
    missing: Sequence[str],
    standard: Standard,
) -> Message:
    """The total a threshold looks at, or what it may still become."""
    low, high = figures
    values: dict[str, object] = {
        "place": place_name(place.code, standard),
        "percent": low,
        "points": low,
        "minimum": decimal_text(minimum),
        "low": low,
        "high": high,
        "unscored": listed(missing),
    }
    in_points = unit is Unit.POINTS
    if not missing:
        if in_points:
            return Message(N_("%(place)s: %(points)s points (at least %(minimum)s)."), values)
        return Message(N_("%(place)s: %(percent)s%% (at least %(minimum)s%%)."), values)
    if in_points:
        return Message(
            N_(
                "%(place)s: between %(low)s and %(high)s points (at least %(minimum)s). "
                "Still missing: %(unscored)s."
            ),
            values,
        )
    return Message(
        N_(
            "%(place)s: between %(low)s%% and %(high)s%% (at least %(minimum)s%%). "
            "Still missing: %(unscored)s."
        ),
        values,
    )


def left_out(place: Place, standard: Standard) -> Message:
    """Nothing at this place applies here."""
    return Message(N_("%(place)s: not applicable."), {"place": place_name(place.code, standard)})


def banded(
    rule: BandTable, place: Place, figures: tuple[Decimal, Decimal], standard: Standard
) -> Message:
    """The band a total lies in, or the bands it may still reach."""
    low, high = (rule.band_at(figure) for figure in figures)
    values: dict[str, object] = {
        "place": place_name(place.code, standard),
        "band": low.name,
        "highest": high.name,
        "figure": figures[0],
    }
    if low is not high:
        return Message(N_("%(place)s: from “%(band)s” to “%(highest)s”."), values)
    if figures[0] != figures[1]:
        return Message(N_("%(place)s: “%(band)s”."), values)
    return Message(N_("%(place)s: “%(band)s” (%(figure)s)."), values)


def evidenced(rule: EvidenceCondition, codes: Sequence[str], verdict: Verdict) -> Message:
    """Which elements lack the evidence that is asked for."""
    values: dict[str, object] = {"minimum": rule.minimum, "codes": listed(codes)}
    if verdict is Verdict.PASS:
        return Message(N_("Every element concerned has the evidence asked for."), values)
    if verdict is Verdict.UNKNOWN:
        return Message(
            N_("Evidence still to be looked at (at least %(minimum)s each): %(codes)s."), values
        )
    return Message(N_("Too little evidence (at least %(minimum)s each): %(codes)s."), values)


def capped(rule: Cap, codes: Sequence[str], verdict: Verdict, standard: Standard) -> Message:
    """Which values stand above their cap."""
    limit: object = rule.attribute
    if rule.node:
        limit = place_name(rule.node, standard)
    else:
        limit = next(
            (
                attribute.title
                for one in standard.attribute_sets
                for attribute in one.attributes
                if attribute.id == rule.attribute
            ),
            rule.attribute,
        )
    values: dict[str, object] = {"limit": limit, "codes": _named_codes(codes)}
    if verdict is Verdict.PASS:
        return Message(N_("Nothing stands above “%(limit)s”."), values)
    if verdict is Verdict.UNKNOWN:
        return Message(N_("May still stand above “%(limit)s”: %(codes)s."), values)
    if rule.is_soft:
        return Message(N_("Above “%(limit)s”: %(codes)s."), values)
    return Message(N_("Above “%(limit)s”, and cut to it: %(codes)s."), values)


def _named_codes(codes: Sequence[str]) -> object:
    return Message(N_("Total")) if list(codes) == [TOTAL] else listed(codes)


def weighed(rule: WeightBounds, code: str, total: Decimal, standard: Standard) -> Message:
    """What the chosen weights sum to, and what they must."""
    values = {
        "place": place_name(code, standard),
        "total": decimal_text(total),
        "wanted": decimal_text(rule.sum_to),
    }
    return Message(
        N_("%(place)s: the weights sum to %(total)s; they must sum to %(wanted)s."), values
    )


def marked(rule: Applicability, left: Sequence[str], verdict: Verdict) -> Message:
    """What a rule leaves out, or what is marked against it."""
    if verdict is Verdict.FAIL:
        return Message(
            N_("Marked as not applicable although the rule does not say so: %(codes)s."),
            {"codes": listed(rule.nodes)},
        )
    if left:
        return Message(N_("Not applicable: %(codes)s."), {"codes": listed(left)})
    return Message(N_("Applies: %(codes)s."), {"codes": listed(rule.nodes)})


def blended(rule: Blend, unknown: Sequence[str]) -> Message:
    """What is mixed, and what of it is not known well enough."""
    shares = " + ".join(f"{decimal_text(part.share)}%" for part in rule.parts)
    names = Bilingual(
        " + ".join(f"{part.name.en} {decimal_text(part.share)}%" for part in rule.parts),
        " + ".join(f"{part.name.ar} {decimal_text(part.share)}%" for part in rule.parts),
    )
    values: dict[str, object] = {"parts": names, "shares": shares, "unknown": listed(unknown)}
    if unknown:
        return Message(N_("%(parts)s. Not known well enough: %(unknown)s."), values)
    return Message(N_("%(parts)s."), values)


def measured(rule: KpiCondition, reading: KpiReading | None, figure: Decimal | None) -> Message:
    """The figure a KPI condition looks at, or why there is none."""
    values: dict[str, object] = {
        "kpi": rule.kpi,
        "figure": Message(FIGURE_NAMES[rule.figure.field]),
        "limit": limit_words(rule.min, rule.max),
    }
    if reading is None:
        return Message(N_("%(kpi)s: not measured (%(figure)s, %(limit)s)."), values)
    values |= {"n": reading.n, "min_n": rule.figure.min_n, "months": rule.figure.max_age_months}
    if figure is not None:
        values["found"] = shortened(figure, (rule.min, rule.max))
        return Message(N_("%(kpi)s, %(figure)s: %(found)s (%(limit)s; n = %(n)s)."), values)
    if reading.n < rule.figure.min_n:
        return Message(N_("%(kpi)s: too few answers (n = %(n)s; at least %(min_n)s)."), values)
    if rule.figure.is_stale(reading) and reading.age_months is None:
        return Message(
            N_("%(kpi)s: it is not known when it was measured (at most %(months)s months ago)."),
            values,
        )
    if rule.figure.is_stale(reading):
        return Message(N_("%(kpi)s: measured too long ago (at most %(months)s months)."), values)
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
    if ", " in code:
        return Message(N_("Together %(codes)s"), {"codes": listed(code.split(", "))})
    if standard.find_criterion(code) is not None:
        return Message(N_("Criterion %(code)s"), {"code": code})
    return Message(N_("Element %(code)s"), {"code": code})


_FLAGS = {
    LevelFlag.PASSES: N_("at a level that is enough"),
    LevelFlag.RAISES_FINDING: N_("at a level that raises a finding"),
    LevelFlag.NEEDS_JUSTIFICATION: N_("at a level that must be justified"),
    LevelFlag.NEEDS_EXEMPLAR: N_("at a level that must be shown as an example to others"),
}


def where_words(predicate: Predicate, standard: Standard) -> Message:
    """Which elements a predicate picks."""
    if predicate.kind is PredicateKind.NOT_APPLICABLE:
        return Message(N_("not applicable"))
    if predicate.kind is PredicateKind.FLAG:
        return Message(_FLAGS[predicate.flag])
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


def count_words(rule: Counting) -> Message:
    """How many elements may match."""
    if isinstance(rule, Veto):
        return Message(N_("none allowed"))
    if isinstance(rule, CountLimit):
        return limit_words(rule.min, rule.max)
    low, high = (
        None if share is None else decimal_text(share * 100) for share in (rule.min, rule.max)
    )
    if low is None:
        return Message(N_("at most %(max)s%%"), {"max": high})
    if high is None:
        return Message(N_("at least %(min)s%%"), {"min": low})
    return Message(N_("from %(min)s%% to %(max)s%%"), {"min": low, "max": high})


def limit_words(low: Decimal | int | None, high: Decimal | int | None) -> Message:
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
