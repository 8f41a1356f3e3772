"""Whether the engine and the naive evaluation say the same of one standard and one case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

from accredit.standard.domain import Standard
from accredit.standard.examples import EvidenceItem
from accredit.standard.figures import KpiReading
from accredit.standard.file.canonical import as_tree
from accredit.standard.file.loader import read_tree
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.results import NodeTotal, Result
from tests.standard import naive
from tests.standard.naive import Case, Document
from tests.standard.random_standards import random_case, random_document

MOST_COMPLETIONS = 100
DECIDED = ("veto", "count_limit", "share_limit", "minimum")
"""The kinds that promise to be unknown only while a completion could change their verdict."""


@dataclass(frozen=True)
class Compared:
    """What one seed led to: whether the case was whole, and every disagreement."""

    is_whole: bool
    completions: int
    differences: list[str]


def compare(seed: int) -> Compared:
    """A random standard and case, evaluated by both."""
    chance = Random(seed)
    document = random_document(chance)
    standard = as_standard(document)
    document = naive.prepared(document)
    is_whole = chance.random() < 0.4
    while True:
        case = random_case(chance, document, is_whole=is_whole)
        ways = naive.completions(document, case, most=MOST_COMPLETIONS)
        if ways is not None:
            break
        is_whole = chance.random() < 0.4
    answers = [naive.evaluate(document, one) for one in ways]
    result = engine_result(standard, case)
    if len(answers) == 1 and not waits(document, case, naive.TOTAL):
        return Compared(True, 1, exact_differences(result, answers[0]))
    return Compared(False, len(answers), open_differences(document, case, result, answers))


def as_standard(document: Document) -> Standard:
    """The document as the loader reads it."""
    plain = json.loads(json.dumps(document))
    found = read_tree(as_tree(plain), file="random", issues=[])
    assert isinstance(found, Standard), [str(issue) for issue in found]
    return found


def engine_result(standard: Standard, case: Case) -> Result:
    """The same case for the engine."""

    def decimal(value: object) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    kpis = {
        kpi: KpiReading(
            decimal(one.get("value")),
            decimal(one.get("low")),
            decimal(one.get("high")),
            one["n"],
            decimal(one.get("trend")),
            decimal(one.get("age_months")),
        )
        for kpi, one in case["kpis"].items()
    }
    evidence = None
    if case["evidence"] is not None:
        evidence = {
            code: tuple(
                EvidenceItem(item["kind"], Decimal(str(item["age_months"]))) for item in items
            )
            for code, items in case["evidence"].items()
        }
    weights = {code: Decimal(weight) for code, weight in case["weights"].items()}
    return evaluate(standard, case["scores"], kpis, weights, case["not_applicable"], evidence)


def figures_of(node: NodeTotal) -> dict[str, object] | None:
    if not node.is_applicable:
        return None
    return {
        "exact": node.exact,
        "percent": None if node.percent is None else Fraction(node.percent),
        "points": None if node.points is None else Fraction(node.points),
    }


def exact_differences(result: Result, answer: dict[str, object]) -> list[str]:
    """A complete case: everything must be the same."""
    found = {
        "totals": {node.code: figures_of(node) for node in result.nodes()},
        "verdicts": {rule.id: rule.verdict.value for rule in result.rules},
        "bands": {rule.id: rule.band for rule in result.rules if rule.band is not None},
        "rungs": [rung.verdict.value for rung in result.rungs],
        "award": result.award,
    }
    differences = [
        f"{key}: engine {found[key]}, naive {answer[key]}"
        for key in ("bands", "rungs", "award")
        if found[key] != answer[key]
    ]
    for key in ("totals", "verdicts"):
        theirs, ours = found[key], answer[key]
        assert isinstance(theirs, dict)
        assert isinstance(ours, dict)
        differences += [
            f"{key} {name}: engine {theirs.get(name)}, naive {ours.get(name)}"
            for name in theirs.keys() | ours.keys()
            if theirs.get(name) != ours.get(name)
        ]
    for node in result.nodes():
        if node.is_applicable and not node.low == node.high == node.percent:
            differences.append(f"bounds {node.code}: {node.low} to {node.high}")
    return differences


def open_differences(
    document: Document, case: Case, result: Result, answers: list[dict[str, object]]
) -> list[str]:
    """Something is missing: what the engine is sure of must hold however it is filled in."""
    differences = []
    for rule in result.rules:
        seen = {answer["verdicts"][rule.id] for answer in answers}  # type: ignore[index]  # a dict
        if rule.verdict.value != "unknown" and seen != {rule.verdict.value}:
            differences.append(f"verdict {rule.id}: engine {rule.verdict}, but possible: {seen}")
        promised = rule.kind.value in DECIDED and is_decidable(document)
        if rule.verdict.value == "unknown" and len(seen) == 1 and promised and seen != {"unknown"}:
            differences.append(f"verdict {rule.id}: engine unknown, but always {seen}")
        bands = {answer["bands"].get(rule.id) for answer in answers}  # type: ignore[attr-defined]  # a dict
        if rule.band is not None and bands != {rule.band}:
            differences.append(f"band {rule.id}: engine {rule.band}, but possible: {bands}")
    for at, rung in enumerate(result.rungs):
        seen = {answer["rungs"][at] for answer in answers}  # type: ignore[index]  # a list
        if rung.verdict.value != "unknown" and seen != {rung.verdict.value}:
            differences.append(f"rung {rung.award}: engine {rung.verdict}, but possible: {seen}")
    for node in result.nodes():
        differences += _bound_differences(document, case, node, answers)
    return differences


def _bound_differences(
    document: Document, case: Case, node: NodeTotal, answers: list[dict[str, object]]
) -> list[str]:
    totals = [answer["totals"][node.code] for answer in answers]  # type: ignore[index]  # a dict
    known = [one for one in totals if one is not None]
    if not known:
        return [f"total {node.code}: engine has one"] if node.is_applicable else []
    if not node.is_applicable:
        return [f"total {node.code}: engine has none"]
    low = min(one["exact"] for one in known)
    high = max(one["exact"] for one in known)
    bounds = (100 * node.bounds[0], 100 * node.bounds[1])
    differences = []
    if not bounds[0] <= low <= high <= bounds[1]:
        differences.append(f"bounds {node.code}: engine {bounds}, possible {low} to {high}")
    if node.exact is not None and not low == high == node.exact:
        differences.append(f"total {node.code}: engine {node.exact}, possible {low} to {high}")
    if is_monotone(document) and len(known) == len(totals) and bounds != (low, high):
        differences.append(f"bounds {node.code}: engine {bounds}, really {low} to {high}")
    if (
        low == high
        and len(known) == len(totals)
        and node.exact is None
        and not waits(document, case, node.code)
        and is_monotone(document)
    ):
        differences.append(f"total {node.code}: engine open, though nothing is missing")
    return differences


def waits(document: Document, case: Case, code: str) -> bool:
    """Whether something below the node is missing."""
    nodes = naive.all_nodes(document)
    for one in naive.elements_below(document, code):
        if "measured" in nodes[one] and naive.told(case, nodes[one]["measured"]) is None:
            return True
        if "measured" not in nodes[one]:
            own = naive.attribute_set(document, nodes[one])
            wanted = [] if own is None else [attribute["id"] for attribute in own["attributes"]]
            if own is not None and own["combine"] == "holistic":
                wanted.append("overall")
            score = case["scores"].get(one)
            if score is None or any(key not in score for key in wanted):
                return True
    return False


def is_monotone(document: Document) -> bool:
    """Whether nothing couples one node to another, so that bounds are reached."""
    kpis = [
        node["measured"]["kpi"] for node in naive.all_nodes(document).values() if "measured" in node
    ]
    return len(kpis) == len(set(kpis)) and not any(
        rule["kind"] in ("cap", "blend", "applicability")
        or (isinstance(rule.get("effect"), dict) and "cap_to" in rule["effect"])
        for rule in document["rules"]
    )


def is_decidable(document: Document) -> bool:
    """Whether the filled-in cases are all there are.

    Open attributes are only filled evenly, and a map of steps reaches only some of the levels
    that lie between its ends.
    """
    nodes = naive.all_nodes(document).values()
    is_judged = all("measured" not in node for node in nodes)
    return is_monotone(document) and is_judged and not document.get("attribute_sets")
