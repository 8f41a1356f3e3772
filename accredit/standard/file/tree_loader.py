"""Reading the tree of a standard: groups of any depth, their elements, and their attributes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accredit.standard.domain import (
    OVERALL,
    Attribute,
    AttributeSet,
    Combine,
    Criterion,
    Descriptor,
    Element,
    EvidenceExpectation,
    Interval,
    Node,
    NotApplicable,
    NotApplicablePolicy,
    Rubric,
    WeightRange,
)
from accredit.standard.file.figures_loader import read_measured
from accredit.standard.file.names import CODE, MAX_TITLE, NAME, WORD, Names
from accredit.standard.file.reading import Field, Fields, Unique
from accredit.standard.scales import Scale
from accredit.text import N_

MAX_WEIGHT = 1000
MAX_POINTS = Decimal(100_000)
MAX_LEVELS = 6
_SMALLEST = Decimal("0.001")
_NODE = ("sources", "weight", "points", "na", "na_policy")


@dataclass(frozen=True, slots=True)
class _Weight:
    """A weight as it is written: the default, the range it may be chosen from, or points."""

    weight: int | None
    points: Decimal | None
    range: WeightRange | None


def read_attribute_sets(field: Field) -> tuple[AttributeSet, ...]:
    """The sets of attributes elements may be scored by."""
    ids = Unique()
    found = []
    for item in field.items(at_least=1):
        fields = item.fields(("id", "combine", "attributes"), ("interval", "margin"))
        set_id = fields["id"].word(WORD)
        ids.take(fields["id"], set_id)
        word = fields["combine"].choice(tuple(Combine))
        combine = Combine(word or Combine.MEAN)
        interval, margin = Interval.MIN_MAX, Decimal(0)
        if "interval" in fields:
            interval = Interval(fields["interval"].choice(tuple(Interval)) or Interval.MIN_MAX)
        if "margin" in fields:
            margin = fields["margin"].number(Decimal(0), Decimal(1000))
        # Where “combine” is wrong it is not known what may stand beside it.
        if word == Combine.MEAN and ("interval" in fields or "margin" in fields):
            item.refuse(N_("“interval” and “margin” belong to a holistic judgement"))
        elif word and (interval is Interval.MEAN) != ("margin" in fields):
            item.refuse(N_("“interval: mean” and “margin” go together"))
        attributes = _read_attributes(fields["attributes"])
        found.append(AttributeSet(set_id, combine, interval, margin, attributes))
    return tuple(found)


def _read_attributes(field: Field) -> tuple[Attribute, ...]:
    ids = Unique()
    found = []
    for item in field.items(at_least=2):
        fields = item.fields(("id", "title", "text"))
        attribute_id = fields["id"].word(WORD)
        if attribute_id == OVERALL:
            fields["id"].refuse(N_("“%(value)s” is a reserved word"), value=attribute_id)
        ids.take(fields["id"], attribute_id)
        title = fields["title"].bilingual(max_length=MAX_TITLE)
        found.append(Attribute(attribute_id, title, fields["text"].bilingual()))
    return tuple(found)


def read_criteria(
    field: Field, names: Names, *, points: Decimal | None, points_field: Field
) -> tuple[Criterion, ...]:
    """The top of the tree; with declared points its nodes have points that sum to them."""
    codes = Unique()
    items = field.items(at_least=1)
    criteria = tuple(_read_node(item, "", codes, names, depth=1) for item in items)
    if points is None:
        for item, node in zip(items, criteria, strict=True):
            if node.points is not None:
                item.refuse(N_("points need a declared total: the key “points” of the file"))
    elif any(node.points is None for node in criteria):
        field.refuse(N_("every top-level criterion needs points that sum to the declared total"))
    else:
        _check_sum(points_field, criteria, points)
    return criteria


def _check_sum(field: Field, children: tuple[Node, ...], total: Decimal) -> None:
    found = sum((child.points or Decimal(0) for child in children), Decimal(0))
    if found != total:
        field.refuse(
            N_("the points below sum to %(found)s and not to %(total)s"), found=found, total=total
        )


def _read_node(field: Field, parent: str, codes: Unique, names: Names, *, depth: int) -> Criterion:
    fields = field.fields(("code", "title"), ("intent", "criteria", "elements", *_NODE))
    code = _read_code(fields["code"], parent, codes)
    children = _read_children(field, fields, code, codes, names, depth)
    weight = _read_weight(fields)
    _check_children(field, fields, children, weight)
    return Criterion(
        code=code,
        title=fields["title"].bilingual(max_length=MAX_TITLE),
        intent=fields["intent"].bilingual() if "intent" in fields else None,
        sources=read_sources(fields),
        children=children,
        own_weight=weight.weight,
        points=weight.points,
        weight_range=weight.range,
        na=_read_na(fields),
        na_policy=_read_policy(fields),
    )


def _read_children(
    field: Field, fields: Fields, code: str, codes: Unique, names: Names, depth: int
) -> tuple[Node, ...]:
    if ("criteria" in fields) == ("elements" in fields):
        if not field.is_broken:
            field.refuse(
                N_("exactly one of these keys is wanted: %(keys)s"), keys="criteria, elements"
            )
        if "criteria" not in fields:
            return ()
    if "criteria" in fields:
        if depth == MAX_LEVELS - 1:
            fields["criteria"].refuse(
                N_("the tree is too deep: at most %(max)s levels with the elements"),
                max=MAX_LEVELS,
            )
            return ()
        return tuple(
            _read_node(item, code, codes, names, depth=depth + 1)
            for item in fields["criteria"].items(at_least=1)
        )
    return tuple(
        _read_element(item, code, codes, names) for item in fields["elements"].items(at_least=1)
    )


def _check_children(field: Field, fields: Fields, children: tuple[Node, ...], own: _Weight) -> None:
    """Points and weights do not mix below one parent, and points sum to the parent's."""
    with_points = [child for child in children if child.points is not None]
    if with_points and len(with_points) != len(children):
        field.refuse(N_("either every child has points or none has"))
    elif with_points and own.points is None:
        field.refuse(N_("its children have points, so it needs points as well"))
    elif with_points and own.points is not None:
        _check_sum(fields["points"], children, own.points)


def _read_code(field: Field, parent: str, codes: Unique) -> str:
    code = field.word(CODE)
    codes.take(field, code)
    if code and parent and code.rpartition(".")[0] != parent:
        field.refuse(
            N_("the code “%(code)s” does not stand under its criterion “%(parent)s”"),
            code=code,
            parent=parent,
        )
    return code


def _read_weight(fields: Fields) -> _Weight:
    if "points" in fields:
        if "weight" in fields:
            fields["weight"].refuse(N_("give points or a weight, not both"))
        points = fields["points"].number(_SMALLEST, MAX_POINTS)
        return _Weight(None, points, None)
    if "weight" not in fields:
        return _Weight(None, None, None)
    field = fields["weight"]
    if not field.is_mapping:
        return _Weight(field.whole(1, MAX_WEIGHT), None, None)
    keys = field.fields(("default", "min", "max"))
    default = keys["default"].whole(1, MAX_WEIGHT)
    low = keys["min"].number(Decimal("0.01"), Decimal(MAX_WEIGHT))
    high = keys["max"].number(Decimal("0.01"), Decimal(MAX_WEIGHT))
    if not field.is_refused and not low <= default <= high:
        field.refuse(
            N_("the default weight %(value)s does not lie between %(min)s and %(max)s"),
            value=default,
            min=low,
            max=high,
        )
    return _Weight(default, None, WeightRange(low, high))


def _read_na(fields: Fields) -> NotApplicable:
    if "na" not in fields:
        return NotApplicable.FORBIDDEN
    return NotApplicable(fields["na"].choice(tuple(NotApplicable)) or NotApplicable.FORBIDDEN)


def _read_policy(fields: Fields) -> NotApplicablePolicy | None:
    if "na_policy" not in fields:
        return None
    if "na" not in fields:
        fields["na_policy"].refuse(N_("“na_policy” needs “na” beside it"))
    return read_policy(fields["na_policy"])


def read_policy(field: Field) -> NotApplicablePolicy:
    """What happens to the weight of what does not apply."""
    word = field.choice(tuple(NotApplicablePolicy))
    return NotApplicablePolicy(word or NotApplicablePolicy.DROP)


def read_sources(fields: Fields) -> tuple[str, ...]:
    """The documents a text answers to."""
    return fields["sources"].words(NAME)


def _read_element(field: Field, parent: str, codes: Unique, names: Names) -> Element:
    fields = field.fields(
        ("code", "title", "statement"),
        (
            *("why", "levels", "evidence", "kpis", "required", "scale", "attributes"),
            *("effort", "measured", *_NODE),
        ),
    )
    weight = _read_weight(fields)
    if weight.weight is None and weight.points is None:
        field.refuse(N_("the key “%(key)s” is missing"), key="weight")
    scale = _scale_of(fields, names)
    return Element(
        code=_read_code(fields["code"], parent, codes),
        title=fields["title"].bilingual(max_length=MAX_TITLE),
        statement=fields["statement"].bilingual(),
        why=fields["why"].bilingual() if "why" in fields else None,
        rubric=_read_rubric(field, fields, scale),
        evidence=tuple(_read_evidence(item, names) for item in fields["evidence"].items())
        if "evidence" in fields
        else (),
        kpis=fields["kpis"].choices(names.kpis) if "kpis" in fields else (),
        weight=weight.weight or 1,
        required=_read_required(field, fields, scale),
        sources=read_sources(fields),
        points=weight.points,
        weight_range=weight.range,
        scale=scale.id if scale else "",
        attributes=_read_attribute_set(fields, names, scale),
        na=_read_na(fields),
        na_policy=_read_policy(fields),
        effort=fields["effort"].whole(1, 100) if "effort" in fields else 1,
        measured=read_measured(fields["measured"], names) if "measured" in fields else None,
    )


def _scale_of(fields: Fields, names: Names) -> Scale | None:
    """The scale of the element, or None when it cannot be told."""
    if names.scales is None:
        return None
    if "scale" in fields:
        return names.scales.get(fields["scale"].choice(names.scale_ids))
    return next(iter(names.scales.values()), None)


def _read_rubric(field: Field, fields: Fields, scale: Scale | None) -> Rubric:
    if scale is None:
        return Rubric(())
    if "levels" not in fields:
        if scale.has_own_descriptors and "measured" not in fields and not field.is_broken:
            field.refuse(N_("the key “%(key)s” is missing"), key="levels")
        shared = tuple(Descriptor(level.id, level.meaning) for level in scale.levels)
        return Rubric(shared, is_own=False)
    if scale.steps is not None:
        fields["levels"].refuse(N_("a scale of numbers is described by its ranges, not here"))
        return Rubric(())
    levels = fields["levels"].fields(scale.level_ids)
    return Rubric(tuple(Descriptor(name, levels[name].bilingual()) for name in scale.level_ids))


def _read_required(field: Field, fields: Fields, scale: Scale | None) -> str:
    if "required" in fields:
        return fields["required"].choice(None if scale is None else scale.level_ids)
    if scale is None or not scale.levels:
        return ""
    if not scale.pass_from and scale.steps is None and not field.is_broken:
        field.refuse(N_("the key “%(key)s” is missing"), key="required")
    return scale.pass_from or scale.levels[0].id


def _read_attribute_set(fields: Fields, names: Names, scale: Scale | None) -> str:
    if "attributes" not in fields:
        return ""
    known = names.attribute_sets
    found = fields["attributes"].choice(None if known is None else tuple(known))
    chosen = None if known is None else known.get(found)
    if chosen is not None and scale is not None and not scale.is_numbered:
        fields["attributes"].refuse(N_("attributes need a scale with numbers"))
    return found


def _read_evidence(field: Field, names: Names) -> EvidenceExpectation:
    fields = field.fields(("kind", "minimum", "max_age_months", "text"))
    return EvidenceExpectation(
        kind=fields["kind"].choice(names.kinds),
        minimum=fields["minimum"].whole(1, 99),
        max_age_months=fields["max_age_months"].whole(1, 120),
        text=fields["text"].bilingual(),
    )
