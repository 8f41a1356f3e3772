"""The worked examples of a standard beside what comes out: expected, found, and do they agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Standard
from accredit.standard.examples import Example
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import BandTable
from accredit.standard.scoring.examining import result_of
from accredit.standard.scoring.results import Result, Verdict
from accredit.standard.scoring.wording import place_name
from accredit.text import N_, Bilingual, Message, RuleError

VERDICT_NAMES = {
    Verdict.PASS: N_("Met"),
    Verdict.FAIL: N_("Not met"),
    Verdict.UNKNOWN: N_("Not known yet"),
}
_NOTHING = Message(N_("None"))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing an example says: about `what`, expected and found, in words or figures."""

    what: Message
    wanted: Message | Bilingual
    found: Message | Bilingual
    is_right: bool


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """An example with all it says; `refused` is why it could not be computed at all."""

    example: Example
    checks: tuple[Check, ...]
    refused: Message | None

    @property
    def is_right(self) -> bool:
        """Whether the standard gives what the example says."""
        return self.refused is None and all(check.is_right for check in self.checks)


def example_results(standard: Standard) -> tuple[ExampleResult, ...]:
    """Every example of the standard, computed."""
    return tuple(_computed(standard, example) for example in standard.examples)


def _computed(standard: Standard, example: Example) -> ExampleResult:
    try:
        result = result_of(standard, example)
    except RuleError as error:
        return ExampleResult(example, (), error.message)
    return ExampleResult(example, tuple(_checks(standard, example, result)), None)


def _checks(standard: Standard, example: Example, result: Result) -> Iterator[Check]:
    expect = example.expect
    yield Check(
        Message(N_("Award level")),
        _award(expect.award, standard),
        _award(result.award, standard),
        expect.award == result.award,
    )
    for code, figure in expect.totals.items():
        total = result.find_total(code)
        percent = None if total is None else total.percent
        place = place_name(code, standard)
        yield Check(place, _percent(figure), _percent(percent), percent == figure)
    for code, figure in expect.points.items():
        total = result.find_total(code)
        points = None if total is None else total.points
        place = Message(N_("%(place)s, points"), {"place": place_name(code, standard)})
        yield Check(place, _figure(figure), _figure(points), points == figure)
    for rule_id, verdict in expect.rules.items():
        rule = result.find_rule(rule_id)
        found = Message(N_("None")) if rule is None else Message(VERDICT_NAMES[rule.verdict])
        wanted = Message(VERDICT_NAMES[Verdict(verdict)])
        yield Check(
            Message(N_("Rule “%(rule)s”"), {"rule": rule_id}),
            wanted,
            found,
            rule is not None and rule.verdict == verdict,
        )
    for rule_id, band in expect.bands.items():
        rule = result.find_rule(rule_id)
        reached = None if rule is None else rule.band
        what = Message(N_("Band of “%(rule)s”"), {"rule": rule_id})
        names = _bands(standard, rule_id)
        yield Check(
            what,
            names.get(band, _NOTHING),
            names.get(reached or "", _NOTHING),
            reached == band,
        )


def _award(award: str | None, standard: Standard) -> Message | Bilingual:
    return Message(N_("No award")) if award is None else standard.award(award).name


def _bands(standard: Standard, rule_id: str) -> dict[str, Bilingual]:
    rule = standard.rule(rule_id)
    return {band.id: band.name for band in rule.bands} if isinstance(rule, BandTable) else {}


def _percent(figure: Decimal | None) -> Message | Bilingual:
    if figure is None:
        return _NOTHING
    return Bilingual(f"{decimal_text(figure)}%", f"{decimal_text(figure)}%")


def _figure(figure: Decimal | None) -> Message | Bilingual:
    if figure is None:
        return _NOTHING
    return Bilingual(decimal_text(figure), decimal_text(figure))
