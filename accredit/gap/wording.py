"""The sentences of a gap report, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from flask_babel import ngettext

from accredit.gap.cells import NOTHING, exact_text, is_exact
from accredit.gap.document import Tone, Verdict
from accredit.gap.domain import Basis, GapReport, GapRow, KpiFigure, Readiness
from accredit.gap.priority import KPI_FACTORS
from accredit.i18n import gettext, language, say, translate
from accredit.kpi.comparison import Standing
from accredit.kpi.display import STANDING_WORDS, listed, value_text
from accredit.standard.file.spelling import decimal_text
from accredit.standard.needs import asked_by
from accredit.standard.rules import KpiCondition, Rule
from accredit.standard.scoring.results import NodeTotal, RuleResult
from accredit.standard.scoring.results import Verdict as RuleVerdict
from accredit.text import N_, Bilingual

_MOST_RULES = 3
_READINESS_TONES: dict[Readiness, Tone] = {
    Readiness.TOP: "good",
    Readiness.REACHED: "good",
    Readiness.NOT_YET: "bad",
    Readiness.UNKNOWN: "warn",
}
STANDING_TONES: dict[Standing, Tone] = {
    Standing.MET: "good",
    Standing.UNCLEAR: "warn",
    Standing.MISSED: "bad",
    Standing.UNKNOWN: "muted",
}
RULE_WORDS = {
    RuleVerdict.PASS: N_("Met"),
    RuleVerdict.FAIL: N_("Not met"),
    RuleVerdict.UNKNOWN: N_("Not known yet"),
}
RULE_TONES: dict[RuleVerdict, Tone] = {
    RuleVerdict.PASS: "good",
    RuleVerdict.FAIL: "bad",
    RuleVerdict.UNKNOWN: "warn",
}
_BASIS_WORDS = {
    Basis.AGREED: N_("Agreed scores, after moderation"),
    Basis.SUBMITTED: N_("The department's own scores, as submitted"),
    Basis.SELF: N_("The department's own scores (provisional)"),
    Basis.NONE: N_("No scores yet"),
}


_BASIS_SHORT = {
    Basis.AGREED: N_("Agreed"),
    Basis.SUBMITTED: N_("The department's own"),
    Basis.SELF: N_("The department's own (provisional)"),
    Basis.NONE: N_("No scores yet"),
}


def verdict(report: GapReport) -> Verdict:
    """Whether the department is ready, and for what."""
    if not report.levels:
        return Verdict(
            "muted",
            gettext("Readiness"),
            gettext("No scores can be reported on yet"),
            gettext("The report fills as soon as elements are scored."),
        )
    label = (
        gettext("Readiness, by the agreed scores")
        if report.basis is Basis.AGREED
        else gettext("Readiness, by the department's own scores")
    )
    return Verdict(readiness_tone(report), label, _title(report), _blocking(report))


def readiness_tone(report: GapReport) -> Tone:
    """How the answer looks: what only the department itself says is never a success yet."""
    tone = _READINESS_TONES[report.readiness]
    return "brand" if tone == "good" and report.basis is not Basis.AGREED else tone


def _title(report: GapReport) -> str:
    if report.readiness is Readiness.NOT_YET and report.next_award:
        return str(gettext("Not yet ready for “%(award)s”", award=say(report.next_award.name)))
    if report.readiness is Readiness.UNKNOWN and report.next_award:
        return str(
            gettext(
                "It cannot be said yet whether “%(award)s” is reached",
                award=say(report.next_award.name),
            )
        )
    return str(
        gettext("Ready for “%(award)s”", award=say(report.award.name) if report.award else "")
    )


def _blocking(report: GapReport) -> str:
    """What stands in the way of the next award, or that nothing does."""
    if report.next_award is None:
        return str(gettext("Every rule of every award is met."))
    award = say(report.next_award.name)
    parts = []
    if report.failed:
        parts.append(
            ngettext(
                "One rule of “%(award)s” is not met: %(rules)s.",
                "%(num)s rules of “%(award)s” are not met: %(rules)s.",
                len(report.failed),
                award=award,
                rules=_some_rules(report, report.failed),
            )
        )
    if report.unknown:
        parts.append(
            ngettext(
                "One rule of “%(award)s” cannot be judged yet: %(rules)s.",
                "%(num)s rules of “%(award)s” cannot be judged yet: %(rules)s.",
                len(report.unknown),
                award=award,
                rules=_some_rules(report, report.unknown),
            )
        )
    if report.rows:
        first = report.rows[0]
        parts.append(
            gettext(
                "Begin with %(element)s, the most urgent gap.",
                element=named(first.code, first.title),
            )
        )
    return " ".join(parts)


def quoted_rules(report: GapReport, rules: Iterable[RuleResult]) -> list[str]:
    """What each rule asks, in quotation marks."""
    award = report.next_award.id if report.next_award else ""
    asked = (asked_by(report.standard, award, report.standard.rule(rule.id)) for rule in rules)
    texts = (say(one) if isinstance(one, Bilingual) else translate(one) for one in asked)
    return [gettext("“%(rule)s”", rule=text.rstrip(".")) for text in texts]


def _some_rules(report: GapReport, rules: Sequence[RuleResult]) -> str:
    """A few rules by what they ask, of many the first and how many more there are."""
    texts = quoted_rules(report, rules)
    more = len(texts) - _MOST_RULES + 1
    if more > 1:
        others = ngettext("%(num)s other", "%(num)s others", more)
        texts = [*texts[: _MOST_RULES - 1], others]
    return listed(texts)


def basis_words(basis: Basis, *, scored: bool) -> str:
    """Whose scores the figures stand on, for somebody who may see those of `basis`."""
    return translate(_BASIS_WORDS[basis] if scored else _BASIS_WORDS[Basis.NONE])


def basis_short(basis: Basis, *, scored: bool) -> str:
    """The same in a word or two, for a list."""
    return translate(_BASIS_SHORT[basis] if scored else _BASIS_SHORT[Basis.NONE])


def self_check_notice(basis: Basis) -> str:
    """What the result of a self-check stands on, and what it never becomes."""
    if basis is Basis.SELF:
        return str(
            gettext(
                "Provisional: the department has not submitted its self-check yet. Its own scores "
                "are the result of this standard; no certificate is granted for it."
            )
        )
    return str(
        gettext(
            "This result stands on the department's own scores, as it submitted them. Nobody else "
            "has confirmed it, and no certificate is granted for it."
        )
    )


def basis_notice(report: GapReport) -> str:
    """What a reader must know about the scores before using the figures; "" for nothing."""
    if report.basis is Basis.NONE:
        return str(
            gettext(
                "The scores of this assessment cannot be shown to you at this stage. "
                "The measured figures below can."
            )
        )
    if not report.levels:
        return ""
    parts = []
    if report.standard.is_self_check:
        parts.append(self_check_notice(report.basis))
    elif report.basis is Basis.SELF:
        parts.append(
            gettext(
                "Provisional: agreed scores are not available to you yet. Every figure here is "
                "the department's own view and may change."
            )
        )
    if report.unscored:
        parts.append(
            ngettext(
                "%(num)s element is not scored yet. It is listed as such and not counted as a gap.",
                "%(num)s elements are not scored yet. They are listed as such and not counted "
                "as gaps.",
                len(report.unscored),
            )
        )
    return " ".join(parts)


def arithmetic(row: GapRow) -> str:
    """The priority as anybody can redo it: 5 × 2 × 1.5 = 15."""
    figures = (row.weight, row.steps, row.factor)
    sign = "=" if all(is_exact(one) for one in (*figures, row.priority)) else "≈"
    parts = " × ".join(exact_text(one) for one in figures)
    # On one line: broken in two, an Arabic reader would read the second half first.
    return f"{parts} {sign} {exact_text(row.priority)}".replace(" ", "\u00a0")


def points_text(total: NodeTotal) -> str:
    """The points of a total and the most it can have; a dash while they are open."""
    if total.points is None or total.max_points is None:
        return NOTHING
    return gettext(
        "%(points)s of %(max)s points",
        points=decimal_text(total.points),
        max=exact_text(total.max_points),
    )


def standing_words(row: GapRow) -> str:
    """How the KPIs of an element stand, by the worst of them."""
    if row.standing is None:
        return str(gettext("No KPI"))
    return translate(STANDING_WORDS[row.standing])


def kpi_sentence(figure: KpiFigure) -> str:
    """One KPI with value, target and standing, on one line."""
    definition = figure.definition
    words = translate(STANDING_WORDS[figure.standing])
    target = value_text(definition, figure.target)
    if figure.latest is None:
        return str(
            gettext(
                "%(kpi)s: not measured (target %(target)s)", kpi=say(definition.name), target=target
            )
        )
    return str(
        gettext(
            "%(kpi)s: %(value)s, target %(target)s (%(standing)s)",
            kpi=say(definition.name),
            value=value_text(definition, figure.latest.value),
            target=target,
            standing=words,
        )
    )


def rule_detail(report: GapReport, rule: Rule, result: RuleResult) -> str:
    """What was found for a rule; a KPI is called by its name."""
    figure = report.find_kpi(rule.kpi) if isinstance(rule, KpiCondition) else None
    if figure is None:
        return translate(result.detail)
    values = {**result.detail.values, "kpi": figure.definition.name}
    return translate(replace(result.detail, values=values))


def joined(parts: Iterable[str]) -> str:
    """Several words in a row, with the comma of the reader's language."""
    return ("، " if language() == "ar" else ", ").join(parts)


def named(code: str, title: Bilingual) -> str:
    """A criterion or element as its code and title."""
    return f"{code} {say(title)}"


def how_to_read(report: GapReport) -> tuple[str, ...]:
    """How the figures come about, so that a reader can redo them."""
    factors = {standing: exact_text(Fraction(one)) for standing, one in KPI_FACTORS.items()}
    sentences = [
        gettext(
            "A gap is an element whose level lies below the level the standard requires. The "
            "levels missing are counted from the one reached up to the one required."
        ),
        gettext(
            "Priority = weight × levels missing × KPI factor. The factor is %(missed)s where a "
            "KPI of the element misses its target, %(met)s where every KPI of the element meets "
            "its target, and %(other)s where this is unclear, not known, or the element has no "
            "KPI. Of equal priorities the greater weight comes first, then the order of "
            "the standard.",
            missed=factors[Standing.MISSED],
            met=factors[Standing.MET],
            other=factors[Standing.UNKNOWN],
        ),
        gettext(
            "A result is the sum of level points × weight as a share of the most that could be "
            "reached, rounded as the standard says. A change is the difference of two rounded "
            "results, in percentage points."
        ),
        gettext(
            "A KPI meets or misses its target only where its whole 95% interval lies on one side "
            "of it; otherwise it is unclear. Too few answers say nothing."
        ),
    ]
    if any(scale.steps is not None for scale in report.standard.scales):
        sentences.append(
            gettext(
                "On a scale of numbers a quarter of the scale counts as one level: from 40 to 50 "
                "of 100 there are 0.4 levels."
            )
        )
    if report.previous_levels:
        sentences.append(
            gettext(
                "The last assessment is the one closed before this one. Its levels are counted "
                "by this version of the standard, and only where their wording is unchanged."
            )
        )
    return tuple(sentences)
