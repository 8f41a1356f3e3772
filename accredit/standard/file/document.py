"""A standard as plain data in the shape of its file: what is written, kept and recognised.

Keys come in the order in which people write them; what has its default is left out, so that
two files that say the same thing are the same document.
"""

from __future__ import annotations

from collections.abc import Mapping

from accredit.standard.domain import (
    FORMAT,
    AttributeSet,
    Combine,
    Criterion,
    Element,
    Interval,
    NotApplicable,
    NotApplicablePolicy,
    ResultFrom,
    Standard,
    Visit,
)
from accredit.standard.examples import Example, Score
from accredit.standard.figures import KpiReading
from accredit.standard.file.rule_document import measured_document, rule_document
from accredit.standard.file.spelling import canonical_json
from accredit.standard.rules import Award
from accredit.standard.scales import Level, Range, Rounding, Scale, ScaleKind, Steps
from accredit.text import Bilingual

Plain = object
"""A text, a number, a list or a dict of them."""


def canonical_text(standard: Standard) -> str:
    """The canonical JSON of a standard: what its SHA-256 is taken of."""
    return canonical_json(as_document(standard))


def as_document(standard: Standard) -> dict[str, Plain]:
    """The standard as its file would say it."""
    one_scale = len(standard.scales) == 1 and standard.scale.id == "levels"
    data: dict[str, Plain] = {
        "format": FORMAT,
        "id": standard.id,
        "version": standard.version,
        "title": texts(standard.title),
        "description": texts(standard.description),
        "modelled_on": _maybe(standard.modelled_on),
        "points": standard.points,
    }
    if one_scale:
        data["scale"] = _scale(standard.scale, with_id=False)
    else:
        data["scales"] = [_scale(scale, with_id=True) for scale in standard.scales]
    data |= {
        "rounding": rounding(standard.rounding),
        "not_applicable": None
        if standard.na_policy is NotApplicablePolicy.DROP
        else standard.na_policy.value,
        "result_from": None
        if standard.result_from is ResultFrom.AGREED
        else standard.result_from.value,
        "evidence_kinds": [
            {"id": kind.id, "name": texts(kind.name)} for kind in standard.evidence_kinds
        ],
        "kpis": list(standard.kpis),
        "sources": list(standard.sources) or None,
        "attribute_sets": [_attribute_set(one) for one in standard.attribute_sets] or None,
        "criteria": [_criterion(one) for one in standard.criteria],
        "rules": [rule_document(rule) for rule in standard.rules],
        "awards": [_award(award) for award in standard.awards],
        "visits": [_visit(visit) for visit in standard.visits] or None,
        "tests": [_example(example) for example in standard.examples] or None,
    }
    return without_nothing(data)


def texts(text: Bilingual) -> dict[str, Plain]:
    """The two languages of a text."""
    return {"en": text.en, "ar": text.ar}


def _maybe(text: Bilingual | None) -> dict[str, Plain] | None:
    return None if text is None else texts(text)


def without_nothing(data: Mapping[str, Plain]) -> dict[str, Plain]:
    """The keys that say something."""
    return {key: value for key, value in data.items() if value is not None}


def rounding(one: Rounding) -> dict[str, Plain]:
    """How figures are rounded."""
    return {"places": one.places, "mode": one.mode.value}


def _scale(scale: Scale, *, with_id: bool) -> dict[str, Plain]:
    data: dict[str, Plain] = {"id": scale.id if with_id else None}
    if scale.steps is None:
        shared = None if scale.has_own_descriptors else "shared"
        levels = [_level(level, scale) for level in scale.levels]
        return without_nothing({**data, "descriptors": shared, "levels": levels})
    data["kind"] = scale.kind.value
    return without_nothing({**data, **_steps(scale.steps, scale)})


def _steps(steps: Steps, scale: Scale) -> dict[str, Plain]:
    ends = {"min": steps.min, "max": steps.max} if scale.kind is ScaleKind.NUMERIC else {}
    return {
        **ends,
        "step": steps.step,
        "pass_from": scale.pass_from or None,
        "ranges": [_range(one) for one in steps.ranges] or None,
    }


def _range(one: Range) -> dict[str, Plain]:
    names = {"name": texts(one.name), "meaning": texts(one.meaning)}
    return {"id": one.id, "from": one.start, "to": one.end, **names}


def _level(level: Level, scale: Scale) -> dict[str, Plain]:
    return without_nothing(
        {
            "id": level.id,
            "value": level.value if scale.is_numbered else None,
            "name": texts(level.name),
            "meaning": texts(level.meaning),
            "flags": [flag.value for flag in level.flags] or None,
        }
    )


def _attribute_set(one: AttributeSet) -> dict[str, Plain]:
    by_mean = one.combine is Combine.HOLISTIC and one.interval is Interval.MEAN
    return without_nothing(
        {
            "id": one.id,
            "combine": one.combine.value,
            "interval": one.interval.value if by_mean else None,
            "margin": one.margin if by_mean else None,
            "attributes": [
                {"id": item.id, "title": texts(item.title), "text": texts(item.text)}
                for item in one.attributes
            ],
        }
    )


def _node(node: Criterion | Element) -> dict[str, Plain]:
    weight: Plain = node.weight if isinstance(node, Element) else node.own_weight
    if node.weight_range is not None:
        bounds = node.weight_range
        weight = {"default": weight, "min": bounds.min, "max": bounds.max}
    return {
        "weight": weight if node.points is None else None,
        "points": node.points,
        "na": None if node.na is NotApplicable.FORBIDDEN else node.na.value,
        "na_policy": None if node.na_policy is None else node.na_policy.value,
        "sources": list(node.sources) or None,
    }


def _criterion(one: Criterion) -> dict[str, Plain]:
    key = "criteria" if one.groups else "elements"
    children = [
        _element(child) if isinstance(child, Element) else _criterion(child)
        for child in one.children
    ]
    head = {"code": one.code, "title": texts(one.title), "intent": _maybe(one.intent)}
    return without_nothing({**head, **_node(one), key: children})


def _element(one: Element) -> dict[str, Plain]:
    own = {item.level: texts(item.text) for item in one.rubric.descriptors}
    measured = None if one.measured is None else measured_document(one.measured)
    return without_nothing(
        {
            "code": one.code,
            "title": texts(one.title),
            "statement": texts(one.statement),
            "why": _maybe(one.why),
            "scale": None if one.scale == "levels" else one.scale,
            "attributes": one.attributes or None,
            "levels": own if one.rubric.is_own else None,
            "evidence": [
                {
                    "kind": item.kind,
                    "minimum": item.minimum,
                    "max_age_months": item.max_age_months,
                    "text": texts(item.text),
                }
                for item in one.evidence
            ]
            or None,
            "kpis": list(one.kpis) or None,
            "measured": measured,
            "effort": None if one.effort == 1 else one.effort,
            "required": one.required,
            **_node(one),
        }
    )


def _award(award: Award) -> dict[str, Plain]:
    return without_nothing(
        {
            "id": award.id,
            "name": texts(award.name),
            "rules": list(award.rules) or None,
            "valid_years": award.valid_years,
        }
    )


def _visit(visit: Visit) -> dict[str, Plain]:
    return without_nothing(
        {
            "id": visit.id,
            "name": texts(visit.name),
            "nodes": list(visit.nodes) or None,
            "levels": list(visit.levels) or None,
        }
    )


def _example(example: Example) -> dict[str, Plain]:
    expect = example.expect
    evidence = None
    if example.evidence is not None:
        evidence = {
            code: [{"kind": item.kind, "age_months": item.age_months} for item in items]
            for code, items in example.evidence.items()
        }
    return without_nothing(
        {
            "id": example.id,
            "text": texts(example.text),
            "scores": {code: _score(score) for code, score in example.scores.items()},
            "kpis": {code: _reading(one) for code, one in example.kpis.items()} or None,
            "weights": dict(example.weights) or None,
            "not_applicable": list(example.not_applicable) or None,
            "evidence": evidence,
            "expect": without_nothing(
                {
                    "award": expect.award or "none",
                    "totals": dict(expect.totals) or None,
                    "points": dict(expect.points) or None,
                    "rules": dict(expect.rules) or None,
                    "bands": dict(expect.bands) or None,
                }
            ),
        }
    )


def _score(score: Score) -> Plain:
    return score if isinstance(score, str) else dict(score)


def _reading(one: KpiReading) -> dict[str, Plain]:
    return without_nothing(
        {
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "n": one.n,
            "trend": one.trend,
            "age_months": one.age_months,
        }
    )
