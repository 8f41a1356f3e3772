"""The format of a standard's file as a JSON Schema, for editors that complete and check.

It says what the shape of a file alone can say. Whether a code exists, values rise or weights sum
up is found by the loader, from whose enumerations, patterns and limits this is built.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from accredit.standard.domain import (
    FORMAT,
    OVERALL,
    Combine,
    Interval,
    NotApplicable,
    NotApplicablePolicy,
    ResultFrom,
)
from accredit.standard.examples import EVERYTHING
from accredit.standard.figures import KpiField, MapKind
from accredit.standard.file.figures_loader import FIGURE
from accredit.standard.file.loader import STANDARD_ID
from accredit.standard.file.names import CODE, MAX_TITLE, NAME, WORD
from accredit.standard.file.reading import MAX_TEXT, Form
from accredit.standard.file.rules_loader import RULE_KEYS
from accredit.standard.file.tree_loader import MAX_POINTS, MAX_WEIGHT
from accredit.standard.rules import (
    EffectKind,
    PredicateKind,
    RuleKind,
    ScopeKind,
    ShareRounding,
    Unit,
)
from accredit.standard.scales import LevelFlag, RoundingMode, ScaleKind
from accredit.standard.scoring.results import TOTAL, Verdict

Schema = dict[str, object]

_HUNDRED = Decimal(100)
_MONTHS = (1, 240)


def _number(low: Decimal | int, high: Decimal | int, about: str = "") -> Schema:
    return _about({"type": "number", "minimum": _plain(low), "maximum": _plain(high)}, about)


def _whole(low: int, high: int, about: str = "") -> Schema:
    return _about({"type": "integer", "minimum": low, "maximum": high}, about)


def _plain(value: Decimal | int) -> int | float:
    return int(value) if value == int(value) else float(value)


def _about(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema


def _form(form: Form, about: str = "") -> Schema:
    pattern = f"^(?:{form.pattern.pattern})$"
    return _about({"type": "string", "pattern": pattern, "maxLength": form.max_length}, about)


def _one_of(values: Iterable[str], about: str = "") -> Schema:
    return _about({"enum": [str(value) for value in values]}, about)


def _list(items: Schema, *, at_least: int = 0, about: str = "", unique: bool = False) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    if at_least:
        schema["minItems"] = at_least
    if unique:
        schema["uniqueItems"] = True
    return _about(schema, about)


def _map(required: Schema, optional: Schema | None = None, about: str = "") -> Schema:
    """A mapping with just these keys."""
    schema: Schema = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }
    return _about(schema, about)


def _just_one(keys: Schema, about: str = "") -> Schema:
    """A mapping with one of these keys."""
    return {**_map({}, keys, about), "minProperties": 1, "maxProperties": 1}


def _named(names: Schema, values: Schema, about: str = "") -> Schema:
    """A mapping whose keys are names of the file's own."""
    schema: Schema = {"type": "object", "propertyNames": names, "additionalProperties": values}
    return _about(schema, about)


def _any(*choices: Schema, about: str = "") -> Schema:
    return _about({"anyOf": list(choices)}, about)


def _ref(name: str, about: str = "") -> Schema:
    return _about({"$ref": f"#/$defs/{name}"}, about)


def _language(longest: int) -> Schema:
    return {"type": "string", "pattern": r"\S", "maxLength": longest}


def _pair(longest: int, about: str) -> Schema:
    return _map({"en": _language(longest), "ar": _language(longest)}, about=about)


_LEVEL: Schema = {
    "type": ["string", "number"],
    "description": "The id of a level; on a scale of numbers, the value.",
}
_TRUE: Schema = {"enum": [True, "true"]}
_BOOLEAN: Schema = {"enum": [True, False, "true", "false"]}
_KPI = _form(WORD, "The id of a KPI declared under `kpis`.")
_CODES = _list(_ref("code"), at_least=1, unique=True)
_AWARD = _form(WORD, "The id of an award.")
_SOURCES = _list(_form(NAME), about="The documents the text answers to.", unique=True)
_UNIT = _one_of(Unit, "What thresholds are written in.")
_ROUNDING = _map(
    {"places": _whole(0, 6), "mode": _one_of(RoundingMode)},
    about="How figures are rounded before they are shown or compared.",
)
_TOTAL_OR_CODE = _any({"const": TOTAL}, _ref("code"))


def _scales(head: Schema, about: str) -> Schema:
    """The three kinds of a scale; `head` is the id where there are several."""
    ordinal = _map(
        {**head, "levels": _list(_ref("level"), at_least=2, about="The levels, lowest first.")},
        {
            "kind": {"const": ScaleKind.ORDINAL.value},
            "descriptors": _one_of(
                ("each", "shared"),
                "Whether each element describes every level, or the meanings serve for all.",
            ),
        },
    )
    more: Schema = {
        "ranges": _list(_ref("range"), at_least=1, about="Named stretches of the scale, rising."),
        "pass_from": {**_LEVEL, "description": "The value from which on there is no gap."},
    }
    ends: Schema = {
        "min": _number(0, Decimal(999_999), "The lowest value."),
        "max": _number(0, Decimal(1_000_000), "The highest value."),
    }
    step: Schema = {"step": _number(Decimal("0.001"), Decimal(1_000_000), "Between two values.")}
    percent = _map({**head, "kind": {"const": ScaleKind.PERCENT.value}, **step}, more)
    numeric = _map({**head, "kind": {"const": ScaleKind.NUMERIC.value}, **ends, **step}, more)
    return _any(ordinal, percent, numeric, about=about)


def _weight() -> Schema:
    bound = _number(Decimal("0.01"), MAX_WEIGHT)
    chosen = _map(
        {"default": _whole(1, MAX_WEIGHT), "min": bound, "max": bound},
        about="A weight that each assessment chooses within bounds.",
    )
    return _any(_whole(1, MAX_WEIGHT), chosen, about="What it counts beside its siblings.")


_NODE: Schema = {
    "sources": _SOURCES,
    "weight": _weight(),
    "points": _number(Decimal("0.001"), MAX_POINTS, "What it adds to the total at most."),
    "na": _one_of(NotApplicable, "Whether it may be left out as not applicable."),
    "na_policy": _ref("na_policy"),
}
_FIGURE_MAP = _map(
    {
        "kind": _one_of(MapKind),
        "points": _list(
            {
                "type": "array",
                "prefixItems": [_number(-FIGURE, FIGURE), _number(0, _HUNDRED)],
                "minItems": 2,
                "maxItems": 2,
            },
            at_least=2,
            about="Pairs of a figure and the percentage it is worth, figures rising.",
        ),
    },
    about="What a figure is worth in percent.",
)
_FIELD = _one_of(
    KpiField, "Which figure of the reading; low and high are the ends of its interval."
)
_SURE: Schema = {
    "min_n": _whole(1, 999_999_999, "With fewer answers the figure is unknown."),
    "max_age_months": _whole(*_MONTHS, "An older figure is unknown."),
}
_MEASURED_KEYS: Schema = {"kpi": _KPI, "min_n": _SURE["min_n"], "map": _FIGURE_MAP}
_MEASURED_MORE: Schema = {"field": _FIELD, "max_age_months": _SURE["max_age_months"]}


def _element() -> Schema:
    evidence = _map(
        {
            "kind": _form(WORD, "The id of a kind declared under `evidence_kinds`."),
            "minimum": _whole(1, 99, "How many pieces at least."),
            "max_age_months": _whole(1, 120, "No piece may be older."),
            "text": _ref("text"),
        }
    )
    element = _map(
        {"code": _ref("code"), "title": _ref("title"), "statement": _ref("text")},
        {
            "why": _ref("text", "Why it matters."),
            "levels": _named(_form(WORD), _ref("text"), "What each level looks like here."),
            "evidence": _list(evidence, about="What should be shown."),
            "kpis": _list(_KPI, unique=True),
            "required": {**_LEVEL, "description": "Below this level there is a gap."},
            "scale": _form(WORD, "The id of its scale; the first one where nothing is said."),
            "attributes": _form(WORD, "The id of the attribute set it is scored by."),
            "effort": _whole(1, 100, "What one level up costs, in a unit of the author's."),
            "measured": _map(
                _MEASURED_KEYS, _MEASURED_MORE, "The figure it is computed from, not judged."
            ),
            **_NODE,
        },
        "The smallest thing that is scored.",
    )
    return {**element, "anyOf": [{"required": ["weight"]}, {"required": ["points"]}]}


def _criterion() -> Schema:
    groups = _list(_ref("criterion"), at_least=1)
    elements = _list(_ref("element"), at_least=1)
    criterion = _map(
        {"code": _ref("code"), "title": _ref("title")},
        {"intent": _ref("text"), "criteria": groups, "elements": elements, **_NODE},
        "A group of elements, or of smaller groups.",
    )
    return {**criterion, "oneOf": [{"required": ["criteria"]}, {"required": ["elements"]}]}


def _attribute_set() -> Schema:
    attribute = _map(
        {
            "id": {**_form(WORD), "not": {"const": OVERALL}},
            "title": _ref("title"),
            "text": _ref("text", "What the assessor looks at."),
        }
    )
    return _map(
        {
            "id": _form(WORD),
            "combine": _one_of(Combine),
            "attributes": _list(attribute, at_least=2),
        },
        {"interval": _one_of(Interval), "margin": _number(0, 1000)},
        "The sides an element is scored by, and how they become its value.",
    )


def _where(kinds: Iterable[PredicateKind]) -> Schema:
    values = {
        PredicateKind.FLAG: _one_of(LevelFlag),
        PredicateKind.NOT_APPLICABLE: _TRUE,
    }
    return {kind.value: values.get(kind, _LEVEL) for kind in kinds}


def _effect() -> Schema:
    limit: Schema = {
        EffectKind.LIMIT_LEVEL_TO.value: _AWARD,
        EffectKind.CAP_TO.value: _number(0, _HUNDRED),
    }
    return _any(
        _one_of((EffectKind.FAIL, EffectKind.WARN)),
        _just_one(limit),
        about="What follows when the rule does not hold; no award, where nothing is said.",
    )


def _scope(first: ScopeKind) -> Schema:
    words = [first.value, ScopeKind.EACH_CRITERION.value]
    return _any({"enum": words}, _ref("code"), _CODES, about="Where the rule looks.")


_OF_ELEMENTS = frozenset(
    {RuleKind.VETO, RuleKind.COUNT_LIMIT, RuleKind.SHARE_LIMIT, RuleKind.EVIDENCE_CONDITION}
)
_BOUNDS = {
    RuleKind.COUNT_LIMIT: _whole(0, 9999),
    RuleKind.SHARE_LIMIT: _number(0, 1, "A share from 0 to 1."),
    RuleKind.KPI_CONDITION: _number(-FIGURE, FIGURE),
}


def _when() -> Schema:
    compared = _where((PredicateKind.LEVEL, PredicateKind.BELOW, PredicateKind.AT_LEAST))
    when = _map({}, {"not_applicable": _ref("code"), "element": _ref("code"), **compared})
    return {**when, "oneOf": [{"required": ["not_applicable"]}, {"required": ["element"]}]}


def _value_of(kind: RuleKind, key: str) -> Schema:
    """What a key of this kind of rule holds."""
    if key == "scope":
        if kind is RuleKind.CAP:
            words = [ScopeKind.ALL, ScopeKind.TOTAL, ScopeKind.EACH_CRITERION]
            return _any(_one_of(words), _ref("code"), _CODES, about="Where the rule looks.")
        return _scope(ScopeKind.ALL if kind in _OF_ELEMENTS else ScopeKind.TOTAL)
    if key in ("min", "max"):
        return _BOUNDS[kind]
    if key == "effect" and kind is RuleKind.CAP:
        return _one_of(("cap_to_it", EffectKind.WARN))
    return _VALUES[key]


def _band() -> Schema:
    return _map(
        {"id": _form(WORD), "name": _ref("title"), "from": _number(0, MAX_POINTS)},
        about="A stretch of a total, up to where the next one begins.",
    )


def _part() -> Schema:
    head: Schema = {
        "id": _form(WORD),
        "name": _ref("title"),
        "share": _number(0, _HUNDRED, "In percent; the shares sum to 100."),
    }
    return _any(_map({**head, **_MEASURED_KEYS}, _MEASURED_MORE), _map({**head, "scores": _TRUE}))


def _rung() -> Schema:
    rung = _map(
        {"award": _AWARD},
        {"from": _number(0, MAX_POINTS), "rules": _list(_form(WORD), unique=True)},
    )
    return {**rung, "anyOf": [{"required": ["from"]}, {"required": ["rules"]}]}


_VALUES: dict[str, Schema] = {
    "where": _just_one(_where(PredicateKind), "Which elements are counted."),
    "effect": _effect(),
    "round": _one_of(ShareRounding, "How a share becomes a number of elements."),
    "value": _number(0, MAX_POINTS, "The least the total may be."),
    "unit": _UNIT,
    "by": _just_one({"attribute": _form(WORD), "node": _ref("code")}, "What it is capped by."),
    "kpi": _KPI,
    "field": _FIELD,
    "min_n": _whole(1, 999_999_999, "With fewer answers the figure is unknown."),
    "max_age_months": _whole(*_MONTHS, "What is older does not count."),
    "span_months": _whole(*_MONTHS, "From the oldest to the newest at least."),
    "minimum": _whole(1, 99, "How many pieces of evidence at least."),
    "kinds": _list(_form(WORD), unique=True),
    "nodes": _CODES,
    "when": _when(),
    "sum_to": _number(Decimal("0.01"), MAX_POINTS, "What the chosen weights sum to."),
    "bands": _list(_band(), at_least=2, about="The bands, the first from 0."),
    "rounding": _ROUNDING,
    "at_least": _form(WORD, "The id of the band that must be reached."),
    "parts": _list(_part(), at_least=2),
    "cumulative": _BOOLEAN,
    "rungs": _list(_rung(), at_least=1, about="One for each award, lowest first."),
}


def _rule(kind: RuleKind) -> Schema:
    required, optional = RULE_KEYS[kind]
    rule = _map(
        {
            "id": _form(WORD),
            "kind": {"const": kind.value},
            "text": _ref("text"),
            **{key: _value_of(kind, key) for key in required},
        },
        {key: _value_of(kind, key) for key in optional},
    )
    if kind in _BOUNDS:
        rule["anyOf"] = [{"required": ["min"]}, {"required": ["max"]}]
    return rule


def _visit() -> Schema:
    visit = _map(
        {"id": _form(WORD), "name": _ref("title")},
        {
            "nodes": _list(_ref("code"), unique=True, about="What is looked at in any case."),
            "levels": _list(_form(WORD), unique=True, about="Elements that stood there as well."),
        },
    )
    return {**visit, "anyOf": [{"required": ["nodes"]}, {"required": ["levels"]}]}


def _example() -> Schema:
    figure = _number(-FIGURE, FIGURE)
    reading = _map(
        {"value": figure, "n": _whole(0, 999_999_999)},
        {"low": figure, "high": figure, "trend": figure, "age_months": figure},
    )
    words = _any({"enum": [EVERYTHING]}, _ref("code"))
    evidence = _map({"kind": _form(WORD), "age_months": _number(0, 1200)})
    points = _named(_TOTAL_OR_CODE, _number(0, MAX_POINTS))
    expect = _map(
        {"award": _form(WORD, "The id of an award, or “none”.")},
        {
            "totals": _named(_TOTAL_OR_CODE, _number(0, _HUNDRED), "Percentages."),
            "points": points,
            "rules": _named(_form(WORD), _one_of(Verdict)),
            "bands": _named(_form(WORD), _form(WORD)),
        },
        "What must come out.",
    )
    return _map(
        {
            "id": _form(WORD),
            "text": _ref("text"),
            "scores": _named(words, _any(_LEVEL, _named(_form(WORD), _LEVEL))),
            "expect": expect,
        },
        {
            "kpis": _named(_form(WORD), reading),
            "weights": _named(_ref("code"), _number(Decimal("0.01"), MAX_POINTS)),
            "not_applicable": _list(_ref("code"), unique=True),
            "evidence": _named(_ref("code"), _list(evidence)),
        },
        "Scores, and the result their author worked out by hand.",
    )


def _definitions() -> Schema:
    return {
        "text": _pair(MAX_TEXT, "A text in both languages."),
        "title": _pair(MAX_TITLE, "A short text in both languages."),
        "code": _form(CODE, "A code in quotes; it begins with the code of its parent."),
        "na_policy": _one_of(
            NotApplicablePolicy, "What happens to the weight of what does not apply."
        ),
        "level": _map(
            {"id": _form(WORD), "name": _ref("title"), "meaning": _ref("text")},
            {
                "value": _number(0, 1000, "Every level has a value or none has; values rise."),
                "flags": _list(_one_of(LevelFlag), unique=True),
            },
        ),
        "range": _map(
            {
                "id": _form(WORD),
                "from": _number(0, Decimal(1_000_000)),
                "to": _number(0, Decimal(1_000_000)),
                "name": _ref("title"),
                "meaning": _ref("text"),
            }
        ),
        "scale": _scales({"id": _form(WORD)}, "One of several scales."),
        "attribute_set": _attribute_set(),
        "criterion": _criterion(),
        "element": _element(),
        "rule": _any(*(_rule(kind) for kind in RuleKind)),
        "award": _map(
            {"id": _form(WORD), "name": _ref("title"), "valid_years": _whole(1, 10)},
            {"rules": _list(_form(WORD), at_least=1, unique=True)},
        ),
        "example": _example(),
    }


def _standard() -> Schema:
    kind = _map({"id": _form(WORD), "name": _ref("title")})
    root = _map(
        {
            "format": {"const": FORMAT},
            "id": _form(STANDARD_ID, "The name of the file."),
            "version": _form(NAME, "In quotes; a new wording gets a new version."),
            "title": _ref("title"),
            "description": _ref("text"),
            "rounding": _ROUNDING,
            "evidence_kinds": _list(kind, about="The kinds of evidence elements may name."),
            "kpis": _list(_form(WORD), about="The KPIs that may be named.", unique=True),
            "criteria": _list(_ref("criterion"), at_least=1),
            "rules": _list(_ref("rule")),
            "awards": _list(_ref("award"), at_least=1, about="The awards, lowest first."),
        },
        {
            "scale": _scales({}, "The only scale."),
            "scales": _list(
                _ref("scale"),
                at_least=1,
                about="The scales; an element that names none has the first.",
            ),
            "sources": _SOURCES,
            "modelled_on": _ref("text", "The scheme whose structure this one follows."),
            "points": _number(
                Decimal("0.001"), MAX_POINTS, "The declared total; the criteria's points sum to it."
            ),
            "not_applicable": _ref("na_policy"),
            "result_from": _one_of(
                ResultFrom,
                "Whose scores are the result; with “self” nothing is decided or certified.",
            ),
            "attribute_sets": _list(_ref("attribute_set"), at_least=1),
            "visits": _list(_visit(), at_least=1, about="Visits between full assessments."),
            "tests": _list(_ref("example"), about="Worked examples."),
        },
        "A set of criteria as data: what is asked, how it is scored and when it is awarded.",
    )
    return {**root, "oneOf": [{"required": ["scale"]}, {"required": ["scales"]}]}


SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": FORMAT,
    **_standard(),
    "$defs": _definitions(),
}
"""The whole schema, ready to be printed."""
