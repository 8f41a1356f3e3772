"""Running the worked examples of a standard: does the engine find what its author wrote down?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import Criterion, Standard
from accredit.standard.examples import EVERYTHING, Example, Score
from accredit.standard.file.spelling import decimal_text
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import NodeTotal, Result
from accredit.text import N_, Message, RuleError


@dataclass(frozen=True, slots=True)
class Failure:
    """What one example expected and did not get."""

    example: str
    message: Message


def failures_of(standard: Standard) -> list[Failure]:
    """Every difference between what the examples expect and what comes out."""
    return [
        Failure(example.id, message)
        for example in standard.examples
        for message in _differences(standard, example)
    ]


def result_of(standard: Standard, example: Example) -> Result:
    """The evaluation of an example; raises what `evaluate` raises."""
    return evaluate(
        standard,
        spread(standard, example),
        example.kpis,
        example.weights,
        example.not_applicable,
        example.evidence,
    )


def spread(standard: Standard, example: Example) -> dict[str, Score]:
    """The scores by element: what names an element goes before its group, and that before all."""
    scores: dict[str, Score] = {}

    def visit(node: Criterion, inherited: Score | None) -> None:
        own = example.scores.get(node.code, inherited)
        for child in node.children:
            if isinstance(child, Criterion):
                visit(child, own)
            elif child.measured is None:
                score = example.scores.get(child.code, own)
                if score is not None:
                    scores[child.code] = score

    for criterion in standard.criteria:
        visit(criterion, example.scores.get(EVERYTHING))
    for code in example.scores:
        element = standard.find_element(code)
        if element is not None and element.measured is not None:
            scores[code] = example.scores[code]
    return scores


def _differences(standard: Standard, example: Example) -> Iterator[Message]:
    try:
        result = result_of(standard, example)
    except RuleError as error:
        yield error.message
        return
    expect = example.expect
    if result.award != expect.award:
        yield _message(N_("award"), expect.award or "none", result.award or "none")
    for code, figure in expect.totals.items():
        found = result.find_total(code)
        if found is not None and found.percent != figure:
            yield _message(code, f"{decimal_text(figure)}%", _percent(found))
    for code, figure in expect.points.items():
        found = result.find_total(code)
        points = None if found is None else found.points
        if points != figure:
            yield _message(code, decimal_text(figure), _plain(points))
    for rule in result.rules:
        wanted = expect.rules.get(rule.id, rule.verdict)
        if wanted != rule.verdict:
            yield _message(rule.id, wanted, f"{rule.verdict} ({rule.detail})")
        band = expect.bands.get(rule.id, rule.band)
        if band != rule.band:
            yield _message(rule.id, str(band), rule.band or "none")


def _percent(total: NodeTotal) -> str:
    return _plain(total.percent) + ("" if total.percent is None else "%")


def _plain(figure: Decimal | None) -> str:
    return "none" if figure is None else decimal_text(figure)


def _message(what: str, wanted: str, found: str) -> Message:
    return Message(
        N_("%(what)s: expected %(wanted)s, found %(found)s"),
        {"what": what, "wanted": wanted, "found": found},
    )
