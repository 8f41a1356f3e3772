"""The derivation of a result, step by step, so that anybody can redo it with a pencil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accredit.standard.domain import OVERALL, Element, NotApplicablePolicy, Standard
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import Blend, Rule
from accredit.standard.scales import Rounding, RoundingMode
from accredit.standard.scoring.inputs import permitted_interval
from accredit.standard.scoring.results import TOTAL, Method, NodeTotal, Result
from accredit.standard.scoring.wording import listed, place_name
from accredit.text import N_, Bilingual, Message

_SHOWN_PLACES = 6
_MODES = {
    RoundingMode.HALF_UP: N_("half up"),
    RoundingMode.HALF_EVEN: N_("half to even"),
    RoundingMode.DOWN: N_("down"),
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """One total as arithmetic: each of `lines` is a step that can be redone by hand.

    `children` are the derivations of what it is made from; `title` is None for the total.
    """

    code: str
    place: Message
    title: Bilingual | None
    total: NodeTotal
    lines: tuple[Message, ...]
    children: tuple[Derivation, ...]

    @property
    def line(self) -> Message:
        """All steps as one sentence after the name of the place."""
        first, *others = self.lines
        for other in others:
            first = Message(N_("%(first)s %(second)s"), {"first": first, "second": other})
        return Message(N_("%(place)s: %(steps)s"), {"place": self.place, "steps": first})

    def walk(self) -> tuple[Derivation, ...]:
        """This derivation after those it is made from."""
        return (*(one for child in self.children for one in child.walk()), self)


def explain(standard: Standard, result: Result) -> Derivation:
    """The derivation of the overall total, with everything it is made from."""
    return _derivation(TOTAL, standard, result)


def _derivation(code: str, standard: Standard, result: Result) -> Derivation:
    total = result.total if code == TOTAL else result.by_code[code]
    node = standard.nodes.get(code)
    children: Sequence[str] = ()
    if code == TOTAL:
        children = [criterion.code for criterion in standard.criteria]
    elif node is not None and not isinstance(node, Element):
        children = [child.code for child in node.children]
    return Derivation(
        code=code,
        place=place_name(code, standard),
        title=None if node is None else node.title,
        total=total,
        lines=tuple(_lines(total, standard, result)),
        children=tuple(_derivation(child, standard, result) for child in children),
    )


def _lines(total: NodeTotal, standard: Standard, result: Result) -> list[Message]:
    if not total.is_applicable:
        return [_left_out_line(total, standard, result)]
    element = standard.find_element(total.code)
    if element is not None and not _is_begun(element, result):
        return [Message(N_("not scored yet."))]
    if element is None:
        lines = [
            *_chosen_lines(total, result),
            _weighted(total, standard, result),
            *_blend_lines(total, standard),
        ]
    else:
        lines = _element_lines(element, total, standard, result)
    lines += [_limit_line(total, place, standard) for place in range(len(total.limits))]
    if total.missing:
        return [*lines, _open_line(total)]
    return [*lines, *_figure_lines(total, standard)]


def _is_begun(element: Element, result: Result) -> bool:
    return element.measured is not None or element.code in result.inputs.scores


def _left_out_line(total: NodeTotal, standard: Standard, result: Result) -> Message:
    """What becomes of the weight of something that does not apply."""
    if total.weight:
        return Message(N_("not applicable; it counts in full."))
    shared = NotApplicablePolicy.REDISTRIBUTE
    if total.code != TOTAL and _policy(total.code, standard, result) is shared:
        return Message(N_("not applicable; what stands beside it takes over its weight."))
    return Message(N_("not applicable; it weighs nothing here."))


def _policy(code: str, standard: Standard, result: Result) -> NotApplicablePolicy:
    """What the standard says of the weight: the nearest word on the highest that is left out."""
    policy = standard.na_policy
    parts = code.split(".")
    for depth in range(1, len(parts) + 1):
        node = standard.nodes[".".join(parts[:depth])]
        policy = node.na_policy or policy
        if node.code in result.not_applicable:
            break
    return policy


def _open_line(total: NodeTotal) -> Message:
    values = {"low": total.low, "high": total.high, "codes": listed(total.missing)}
    return Message(
        N_("Not complete: from %(low)s%% to %(high)s%%. Still missing: %(codes)s."), values
    )


def _figure_lines(total: NodeTotal, standard: Standard) -> list[Message]:
    words = rounding_words(standard.rounding)
    share = total.bounds[0]
    lines = []
    if total.percent is not None and Fraction(total.percent) != 100 * share:
        lines.append(
            Message(
                N_("Rounded (%(rounding)s): %(percent)s%%."),
                {"rounding": words, "percent": total.percent},
            )
        )
    if total.points is not None and total.max_points is not None:
        values = {
            "percent": exact_text(100 * share),
            "most": exact_text(total.max_points),
            "exact": exact_text(total.max_points * share),
            "points": total.points,
            "rounding": words,
        }
        lines.append(
            Message(
                N_(
                    "%(percent)s%% of %(most)s points = %(exact)s, "
                    "rounded (%(rounding)s): %(points)s points."
                ),
                values,
            )
        )
    return lines


def _chosen_lines(total: NodeTotal, result: Result) -> list[Message]:
    """The weights that were chosen for this assessment."""
    chosen = result.inputs.weights
    found = [f"{one.code} = {decimal_text(chosen[one.code])}" for one in total.terms
             if one.code in chosen]  # fmt: skip
    if not found:
        return []
    return [Message(N_("Weights chosen here: %(weights)s."), {"weights": listed(found)})]


def _weighted(total: NodeTotal, standard: Standard, result: Result) -> Message:
    """The mean of the children: as sums of values where all are on one scale, else as shares."""
    sums = _sums(total, standard, result)
    if sums is not None:
        terms, found, most = sums
        values: dict[str, object] = {
            "terms": ltr(terms if total.missing else f"{terms} = {found}"),
            "max": most,
            "result": ltr(f"100 × {found} ÷ {most} = {_share(Fraction(found) / Fraction(most))}"),
        }
        if total.missing:
            return Message(N_("%(terms)s so far, of %(max)s."), values)
        return Message(N_("%(terms)s of %(max)s; %(result)s."), values)
    weight = total.weighted_max
    terms = " + ".join(f"{exact_text(term.weight)}×{_share(term.low)}" for term in total.terms)
    sum_text = f"({terms}) ÷ {exact_text(weight)}"
    if total.missing:
        values = {"sum": ltr(sum_text), "share": _share(total.own[0])}
        return Message(N_("%(sum)s, at least %(share)s so far."), values)
    return Message(N_("%(result)s."), {"result": ltr(f"{sum_text} = {_share(total.own[0])}")})


def _sums(
    total: NodeTotal, standard: Standard, result: Result
) -> tuple[str, int | Decimal, int | Decimal] | None:
    """Terms, weighted sum and its most in level values, or None where values do not add up so."""
    plain = _plain_sum(total, standard, result)
    if plain is None:
        return None
    found, most = plain
    terms = []
    for term in total.terms:
        element = standard.find_element(term.code)
        if element is None:
            below = _plain_sum(result.by_code[term.code], standard, result)
            terms.append(decimal_text(below[0]) if below else "")
        else:
            level = result.by_code[term.code].level
            value = None if level is None else standard.scale_of(element).level(level).value
            shown = "?" if value is None else decimal_text(value)
            terms.append(f"{exact_text(term.weight)}×{shown}")
    return " + ".join(terms), _number(found), _number(most)


def _number(value: Decimal) -> int | Decimal:
    return int(value) if value == int(value) else value


def _plain_sum(
    total: NodeTotal, standard: Standard, result: Result
) -> tuple[Decimal, Decimal] | None:
    """Σ weight × value and Σ weight × highest value, where all below is simply added up."""
    if total.limits or total.blend:
        return None
    element = standard.find_element(total.code)
    if element is not None:
        scale = standard.scale_of(element)
        if total.method is not Method.LEVEL or not scale.is_numbered or scale != standard.scale:
            return None
        weight = Decimal(total.weight.numerator) / total.weight.denominator
        value = Decimal(0) if total.level is None else scale.level(total.level).value
        return weight * value, weight * scale.max_value
    found, most = Decimal(0), Decimal(0)
    for term in total.terms:
        below = _plain_sum(result.by_code[term.code], standard, result)
        if below is None:
            return None
        found, most = found + below[0], most + below[1]
        if Fraction(below[1]) != term.weight * Fraction(standard.scale.max_value):
            return None
    return found, most


def _blend_lines(total: NodeTotal, standard: Standard) -> list[Message]:
    if not total.blend:
        return []
    rule = next(
        rule
        for rule in standard.rules
        if isinstance(rule, Blend) and (rule.scope.code or TOTAL) == total.code
    )
    names = {part.id: part.name for part in rule.parts}

    def terms(language: str) -> str:
        return " + ".join(
            ltr(f"{_share(part.share)}×{_share(part.low)}").in_language(language)
            + f" ({names[part.instrument].in_language(language)})"
            for part in total.blend
        )

    mixed = sum((part.share * part.low for part in total.blend), Fraction(0))
    values = {"terms": Bilingual(terms("en"), terms("ar")), "exact": exact_text(100 * mixed)}
    if total.missing:
        return [Message(N_("Mixed: %(terms)s = at least %(exact)s%%."), values)]
    return [Message(N_("Mixed: %(terms)s = %(exact)s%%."), values)]


def _limit_line(total: NodeTotal, place: int, standard: Standard) -> Message:
    limit = total.limits[place]
    uncut = total.own[0]
    if total.blend:
        uncut = sum((part.share * part.low for part in total.blend), Fraction(0))
    before = min((uncut, *(one.low for one in total.limits[:place])))
    values = {"rule": rule_words(standard.rule(limit.rule)), "limit": exact_text(100 * limit.low)}
    if limit.low != limit.high:
        return Message(N_("It is not certain yet whether the rule “%(rule)s” cuts it."), values)
    if limit.low < before:
        return Message(N_("Cut to %(limit)s%% by the rule “%(rule)s”."), values)
    return Message(N_("The rule “%(rule)s” (at most %(limit)s%%) cuts nothing."), values)


def _element_lines(
    element: Element, total: NodeTotal, standard: Standard, result: Result
) -> list[Message]:
    score = result.inputs.scores.get(element.code)
    scale = standard.scale_of(element)
    share = exact_text(100 * total.own[0])
    if total.method is Method.MEASURED and element.measured is not None:
        kpi = element.measured.figure.kpi
        reading = result.inputs.kpis.get(kpi)
        found = element.measured.figure.of(reading)
        if found is None:
            return [Message(N_("%(kpi)s: not known well enough."), {"kpi": kpi})]
        values: dict[str, object] = {"kpi": kpi, "figure": decimal_text(found), "share": share}
        return [Message(N_("%(kpi)s = %(figure)s, which is worth %(share)s%%."), values)]
    attributes = standard.attributes_of(element)
    if score is None or isinstance(score, str) or attributes is None:
        level = scale.level(str(score))
        values = {"level": level.name, "share": share}
        if not scale.is_numbered:
            text = N_("“%(level)s”, which counts %(share)s%%: the required level is met or not.")
            return [Message(text, values)]
        values |= {"value": decimal_text(level.value), "most": decimal_text(scale.max_value)}
        return [Message(N_("“%(level)s” = %(value)s of %(most)s = %(share)s%%."), values)]
    given = {
        one: "?" if one.id not in score else decimal_text(scale.level(score[one.id]).value)
        for one in attributes.attributes
    }
    named = Bilingual(
        ", ".join(f"{one.title.en} {value}" for one, value in given.items()),
        "، ".join(f"{one.title.ar} {value}" for one, value in given.items()),
    )
    first = Message(N_("Attributes: %(values)s."), {"values": named})
    if total.method is Method.MEAN:
        mean = f"({' + '.join(given.values())}) ÷ {len(given)}"
        if total.missing:
            return [first]
        if scale.max_value != 100:
            mean += f" ÷ {decimal_text(scale.max_value)}"
        return [
            first,
            Message(N_("Their mean: %(result)s."), {"result": ltr(f"{mean} = {share}%")}),
        ]
    if OVERALL not in score:
        return [first]
    low, high = permitted_interval(scale, attributes, score)
    values = {
        "value": score.get(OVERALL, "?"),
        "low": exact_text(low),
        "high": exact_text(high),
        "share": share,
    }
    text = N_(
        "judged as a whole: %(value)s (its attributes permit %(low)s to %(high)s) = %(share)s%%."
    )
    return [first, Message(text, values)]


def rule_words(rule: Rule) -> Bilingual:
    """What a rule asks, without the full stop, to be quoted inside a sentence."""
    return Bilingual(rule.text.en.rstrip(" ."), rule.text.ar.rstrip(" ."))


def ltr(text: str) -> Bilingual:
    """A formula, which is read from left to right in Arabic too."""
    return Bilingual(text, f"\u2066{text}\u2069")


def _share(share: Fraction) -> str:
    return f"{exact_text(100 * share)}%"


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
