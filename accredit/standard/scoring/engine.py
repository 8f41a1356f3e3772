"""The scoring engine: totals, rules and the award, exactly and without opinions.

Sums are fractions; a figure is rounded once, as the standard says, before it is compared with
a threshold. Counts, shares and KPI figures are never rounded, unless a rule says so. A missing
score or figure makes a verdict unknown only where it could change it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from accredit.standard.domain import Standard
from accredit.standard.examples import EvidenceItem, Score
from accredit.standard.figures import KpiReading
from accredit.standard.rules import EffectKind, Ladder, Rule
from accredit.standard.scoring.applicability import World, worlds
from accredit.standard.scoring.inputs import Inputs, ensure_possible
from accredit.standard.scoring.ladder import climb
from accredit.standard.scoring.results import (
    TOTAL,
    Limited,
    NodeTotal,
    Result,
    RuleResult,
    Rung,
    Verdict,
)
from accredit.standard.scoring.scopes import places
from accredit.standard.scoring.standing import standings
from accredit.standard.scoring.totals import Tree, weigh
from accredit.standard.scoring.verdicts import Situation, judge_early, judge_late

__all__ = ["TOTAL", "KpiReading", "NodeTotal", "Result", "RuleResult", "Verdict", "evaluate"]


def evaluate(
    standard: Standard,
    scores: Mapping[str, Score],
    kpis: Mapping[str, KpiReading] | None = None,
    weights: Mapping[str, Decimal] | None = None,
    applicability: Collection[str] = (),
    evidence: Mapping[str, Sequence[EvidenceItem]] | None = None,
) -> Result:
    """Totals, verdicts and award for these scores (element code to level id, or to attributes).

    `weights` are those chosen for this assessment, `applicability` the codes marked as not
    applicable. Elements may be missing: the result is then incomplete. KPIs the rules do not
    ask for are ignored. Raises UnknownElementError, UnknownLevelError or ImpossibleInputError
    for what the standard does not permit.
    """
    known = None if evidence is None else {code: tuple(items) for code, items in evidence.items()}
    inputs = Inputs(scores, kpis or {}, weights or {}, frozenset(applicability), known)
    return evaluate_inputs(standard, inputs)


def evaluate_inputs(standard: Standard, inputs: Inputs) -> Result:
    """As `evaluate`, of inputs that were put together before."""
    ensure_possible(standard, inputs)
    results = [_evaluate(standard, inputs, world) for world in worlds(standard, inputs)]
    return results[0] if len(results) == 1 else _merged(standard, results)


def _evaluate(standard: Standard, inputs: Inputs, world: World) -> Result:
    standing = standings(standard, inputs, world.left_out, standard.elements)
    early = {
        rule.id: found
        for rule in standard.rules
        if (found := judge_early(rule, standard, inputs, standing)) is not None
    }
    weights = weigh(standard, inputs, world.left_out)
    tree = Tree(standard, inputs, standing, weights, _caps_to(standard, early))
    situation = Situation(standard, inputs, standing, tree, world.left_out, world.broken)
    verdicts = {
        rule.id: early.get(rule.id) or judge_late(rule, situation)
        for rule in standard.rules
        if not isinstance(rule, Ladder)
    }
    rungs, ladder = climb(situation, {name: one.verdict for name, one in verdicts.items()})
    if ladder is not None:
        verdicts[ladder.id] = ladder
    totals = tree.node_totals()
    total = totals.pop(TOTAL)
    return Result(
        standard=standard.id,
        version=standard.version,
        sha256=standard.sha256,
        inputs=inputs,
        total=total,
        by_code=totals,
        criteria=tuple(totals[criterion.code] for criterion in standard.criteria),
        elements=tuple(totals[element.code] for element in standard.elements),
        not_applicable=tuple(code for code in standard.nodes if code in world.left_out),
        rules=tuple(verdicts[rule.id] for rule in standard.rules),
        rungs=rungs,
        award=_award(rungs),
    )


def _award(rungs: Sequence[Rung]) -> str | None:
    reached = [rung.award for rung in rungs if rung.verdict is Verdict.PASS]
    return reached[-1] if reached else None


def _caps_to(standard: Standard, early: Mapping[str, RuleResult]) -> dict[str, list[Limited]]:
    """The caps that broken rules lay on the nodes where they were broken."""
    caps: dict[str, list[Limited]] = {}
    for rule in standard.rules:
        percent = rule.effect.percent
        if rule.effect.kind is not EffectKind.CAP_TO or percent is None:
            continue
        for part in early[rule.id].parts:
            if part.verdict is not Verdict.PASS:
                for code in nodes_at(standard, rule, part.code):
                    caps.setdefault(code, []).append(Limited.at(rule.id, percent, part.verdict))
    return caps


def nodes_at(standard: Standard, rule: Rule, part: str) -> tuple[str, ...]:
    """The nodes that a rule broken in this part caps, if it caps."""
    scope = getattr(rule, "scope", None)
    if scope is None:
        return (TOTAL,)
    place = next((one for one in places(standard, scope) if one.code == part), None)
    return (place.nodes if place else ()) or (TOTAL,)


def _merged(standard: Standard, results: Sequence[Result]) -> Result:
    """One answer while it is open what applies: what holds in every case, unknown elsewhere."""
    first = results[0]
    rungs = tuple(
        _one_rung([one.rungs[place] for one in results]) for place in range(len(first.rungs))
    )
    by_code = {code: _one_total([one.by_code[code] for one in results]) for code in first.by_code}
    return replace(
        first,
        total=_one_total([one.total for one in results]),
        by_code=by_code,
        criteria=tuple(by_code[criterion.code] for criterion in standard.criteria),
        elements=tuple(by_code[element.code] for element in standard.elements),
        not_applicable=tuple(
            code
            for code in first.not_applicable
            if all(code in one.not_applicable for one in results)
        ),
        rules=tuple(
            _one_rule([one.rules[place] for one in results]) for place in range(len(first.rules))
        ),
        rungs=rungs,
        award=_award(rungs),
    )


def _one_rule(found: Sequence[RuleResult]) -> RuleResult:
    if all(one.verdict is found[0].verdict for one in found):
        return found[0]
    unsure = next((one for one in found if one.verdict is Verdict.UNKNOWN), found[0])
    return replace(unsure, verdict=Verdict.UNKNOWN, band=None)


def _one_rung(found: Sequence[Rung]) -> Rung:
    if all(one.verdict is found[0].verdict for one in found):
        return found[0]
    names = dict.fromkeys(name for one in found for name in (*one.failed, *one.unknown))
    return Rung(found[0].award, Verdict.UNKNOWN, (), tuple(names))


def _one_total(found: Sequence[NodeTotal]) -> NodeTotal:
    if all(one == found[0] for one in found):
        return found[0]
    shown = next((one for one in found if one.is_applicable), found[0])
    return replace(
        shown,
        bounds=(min(one.bounds[0] for one in found), max(one.bounds[1] for one in found)),
        exact=None,
        percent=None,
        points=None,
        low=min(one.low for one in found),
        high=max(one.high for one in found),
        missing=tuple(dict.fromkeys(code for one in found for code in one.missing)),
        unscored=tuple(dict.fromkeys(code for one in found for code in one.unscored)),
    )
