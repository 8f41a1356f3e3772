"""Every message of the loader, each provoked by a file with one thing wrong, at its place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from accredit.standard.domain import Standard
from accredit.standard.file.loader import load
from tests.standard import hostile
from tests.standard.small import DATA, TEXT, errors, issues

LARGE = (DATA / "large.yaml").read_text(encoding="utf-8")
SOURCES = Path(__file__).parents[2] / "accredit" / "standard" / "file"
WORDS = "{en: x, ar: س}"


def changed(old: str, new: str, text: str = LARGE) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def rule(kind: str, keys: str, name: str = "extra") -> str:
    """One more rule for the large standard, before its bands."""
    line = f"  - {{id: {name}, kind: {kind}, {keys}, text: {WORDS}}}\n"
    return changed("  - id: maturity\n", line + "  - id: maturity\n")


def deep(levels: int) -> str:
    """The small standard with its second criterion so many levels deep, the elements included."""
    codes = ["2" + ".1" * depth for depth in range(1, levels)]
    open_ = "".join(f"criteria: [{{code: '{code}', title: {WORDS}, " for code in codes[:-1])
    element = f"{{code: '{codes[-1]}', title: {WORDS}, statement: {WORDS}, weight: 1}}"
    node = f"    {open_}elements: [{element}]" + "}]" * (len(codes) - 1)
    before, second = TEXT.split('  - code: "2"\n')
    return f'{before}  - code: "2"\n    title: {WORDS}\n{node}\n' + second[second.index("rules:") :]


ELSEWHERE = (
    f"""{WORDS}, share: 50, kpi: csat, min_n: 1, map: {{kind: steps, points: [[0, 0], [1, 1]]}}"""
)
SMALL_SCALE = TEXT[TEXT.index("scale:\n") : TEXT.index("rounding:")]

# What is changed in the large standard, and every line the loader answers.
CHANGES = [
    (
        "two ladders",
        "  - id: stars\n",
        "  - {id: other, kind: ladder, scope: total, unit: percent, cumulative: false, rungs:"
        " [{award: bronze, from: 1}, {award: silver, from: 2}], text: {en: x, ar: س}}\n  - id:"
        " stars\n",
        [
            "132:5: rules[8]: a standard has one ladder at most",
        ],
    ),
    (
        "cap in a circle",
        "    by: {attribute: sound}",
        '    by: {node: "1.1"}',
        [
            "87:12: rules[0].scope: “all” is unknown; known: total, each_criterion, 1, 1.1, 1.2, 2",
        ],
    ),
    (
        "ladder names no rule",
        "rules: [some_results]}",
        "rules: [some_result]}",
        [
            "131:5: rules[7]: “some_result” is unknown; known: sound_first, proof,"
            " no_interpreters, weights, voices, maturity, some_results",
        ],
    ),
    (
        "ladder names itself",
        "rules: [some_results]}",
        "rules: [stars]}",
        [
            "131:5: rules[7]: “stars” is unknown; known: sound_first, proof, no_interpreters,"
            " weights, voices, maturity, some_results",
        ],
    ),
    (
        "map that falls",
        "[70, 50], [90, 100]",
        "[70, 50], [70, 100]",
        [
            "83:60: criteria[1].elements[0].measured.map.points[2][0]: the figures must rise:"
            " 70 follows 70",
        ],
    ),
    (
        "map of triples",
        "[70, 50], [90, 100]",
        "[70, 50, 1], [90, 100]",
        [
            "83:49: criteria[1].elements[0].measured.map.points[1]: a pair is wanted here:"
            " [figure, percent]",
        ],
    ),
    (
        "map of one",
        "points: [[50, 0], [70, 50], [90, 100]]",
        "points: [[50, 0]]",
        [
            "83:39: criteria[1].elements[0].measured.map.points: the list is too short: at"
            " least 2 wanted",
        ],
    ),
    (
        "reading out of order",
        "csat: {value: 72, n: 90}",
        "csat: {value: 72, low: 73, n: 90}",
        [
            "155:13: tests[0].kpis.csat: low, value and high must be in this order",
        ],
    ),
    (
        "group asked for a level",
        'when: {not_applicable: "1.2.1"}',
        'when: {element: "1.1", level: shown}',
        [
            "102:11: rules[2].when: “1.1” is no element",
        ],
    ),
    (
        "depends on itself",
        'when: {not_applicable: "1.2.1"}',
        'when: {not_applicable: "1.2.2"}',
        [
            "102:11: rules[2].when: a rule cannot depend on what it leaves out itself",
        ],
    ),
    (
        "not by rule",
        'nodes: ["1.2.2"]',
        'nodes: ["1.2.3"]',
        [
            "101:12: rules[2].nodes: “1.2.3” is not marked with “na: by_rule”",
        ],
    ),
    (
        "two conditions",
        'when: {not_applicable: "1.2.1"}',
        'when: {not_applicable: "1.2.1", element: "1.2.3", level: shown}',
        [
            "102:11: rules[2].when: exactly one of these keys is wanted: not_applicable, element",
        ],
    ),
    (
        "no level",
        'when: {not_applicable: "1.2.1"}',
        'when: {element: "1.2.1"}',
        [
            "102:11: rules[2].when: exactly one of these keys is wanted: level, below, at_least",
        ],
    ),
    (
        "weights of each",
        '    scope: "1.1"\n    sum_to',
        "    scope: each_criterion\n    sum_to",
        [
            "106:12: rules[3].scope: “total” or one code is wanted here",
        ],
    ),
    (
        "blend of each",
        '    scope: "2"\n    parts:',
        "    scope: each_criterion\n    parts:",
        [
            "111:12: rules[4].scope: “total” or one code is wanted here",
        ],
    ),
    (
        "two effects",
        "effect: warn",
        "effect: {limit_level_to: bronze, cap_to: 50}",
        [
            "97:13: rules[1].effect: exactly one of these keys is wanted: limit_level_to, cap_to",
        ],
    ),
    (
        "unknown award",
        "effect: warn",
        "effect: {limit_level_to: gold}",
        [
            "97:30: rules[1].effect.limit_level_to: “gold” is unknown; known: bronze, silver",
        ],
    ),
    (
        "unknown effect",
        "effect: warn",
        "effect: stop",
        [
            "97:13: rules[1].effect: “stop” is unknown; known: fail, warn",
        ],
    ),
    (
        "a minimum cannot cap",
        "    value: 50\n",
        "    value: 50\n    effect: {cap_to: 40}\n",
        [
            "130:13: rules[6].effect: a rule that looks at a total cannot cap it; use the kind"
            " “cap”",
        ],
    ),
    (
        "bands of each",
        "    scope: total\n    unit: points\n    rounding",
        "    scope: each_criterion\n    unit: points\n    rounding",
        [
            "118:12: rules[5].scope: “total”, one code or a list of codes is wanted here",
        ],
    ),
    (
        "award names rules",
        "valid_years: 2}\n  - {id: silver",
        "rules: [some_results], valid_years: 2}\n  - {id: silver",
        [
            "141:64: awards[0].rules: the ladder rule names the rules of this award",
        ],
    ),
    (
        "cap by nothing",
        "by: {attribute: sound}",
        "by: {}",
        [
            "88:9: rules[0].by: exactly one of these keys is wanted: attribute, node",
        ],
    ),
    (
        "cap by both",
        "by: {attribute: sound}",
        'by: {attribute: sound, node: "1"}',
        [
            "88:9: rules[0].by: exactly one of these keys is wanted: attribute, node",
        ],
    ),
    (
        "cap by unknown attribute",
        "by: {attribute: sound}",
        "by: {attribute: sond}",
        [
            "88:21: rules[0].by.attribute: “sond” is unknown; known: sound, applied",
        ],
    ),
    (
        "inside each other",
        '    scope: "2"\n    value',
        '    scope: ["1.1", "1"]\n    value',
        [
            "128:12: rules[6].scope: “1.1” is named together with what contains it",
        ],
    ),
    (
        "scale and scales",
        "rounding: {places: 1",
        "scale: {levels: []}\nrounding: {places: 1",
        [
            "8:3: scales: give “scale” or “scales”, not both",
        ],
    ),
    (
        "some values",
        "{id: shown, value: 1,",
        "{id: shown,",
        [
            "19:9: scales[1].levels[1]: either every level has a value or none has",
        ],
    ),
    (
        "many steps",
        "    step: 10\n",
        "    step: 0.05\n",
        [
            "10:11: scales[0].step: a scale may have at most 1001 steps; choose a larger step",
            "11:16: scales[0].pass_from: “50” is unknown; known: 0, 100",
            "13:9: scales[0].ranges[0]: a range must begin and end on a step of 100",
            "14:9: scales[0].ranges[1]: a range must begin and end on a step of 100",
        ],
    ),
    (
        "odd step",
        "    step: 10\n",
        "    step: 30\n",
        [
            "10:11: scales[0].step: the steps must end exactly at the highest value",
            "11:16: scales[0].pass_from: “50” is unknown; known: 0, 30, 60, 90",
            "13:9: scales[0].ranges[0]: a range must begin and end on a step of 30",
            "14:9: scales[0].ranges[1]: a range must begin and end on a step of 30",
        ],
    ),
    (
        "range backwards",
        "from: 50, to: 100",
        "from: 60, to: 50",
        [
            "11:16: scales[0].pass_from: “50” is unknown; known: 0, 10, 20, 30, 40",
            "14:34: scales[0].ranges[1].to: “to” (50) is smaller than “from” (60)",
        ],
    ),
    (
        "range off step",
        "from: 50, to: 100",
        "from: 55, to: 100",
        [
            "11:16: scales[0].pass_from: “50” is unknown; known: 0, 10, 20, 30, 40, 60, 70, 80,"
            " 90, 100",
            "14:9: scales[0].ranges[1]: a range must begin and end on a step of 10",
        ],
    ),
    (
        "ranges overlap",
        "from: 50, to: 100",
        "from: 40, to: 100",
        [
            "14:26: scales[0].ranges[1].from: the ranges must rise and not overlap: 40 follows 40",
        ],
    ),
    (
        "pass from nowhere",
        'pass_from: "50"',
        'pass_from: "45"',
        [
            "11:16: scales[0].pass_from: “45” is unknown; known: 0, 10, 20, 30, 40, 50, 60, 70,"
            " 80, 90, 100",
        ],
    ),
    (
        "numeric ends",
        "kind: percent\n    step: 10\n",
        "kind: numeric\n    min: 10\n    max: 10\n    step: 1\n",
        [
            "11:10: scales[0].max: “max” (10) is not above “min” (10)",
            "13:16: scales[0].pass_from: “50” is unknown; known: 10",
            "15:25: scales[0].ranges[0].from: 0 is out of range: from 10 to 11",
            "15:32: scales[0].ranges[0].to: 40 is out of range: from 10 to 11",
            "16:26: scales[0].ranges[1].from: 50 is out of range: from 10 to 11",
            "16:34: scales[0].ranges[1].to: 100 is out of range: from 10 to 11",
        ],
    ),
    (
        "shares",
        "share: 65",
        "share: 64",
        [
            "113:7: rules[4].parts: the shares sum to 99 and not to 100",
        ],
    ),
    (
        "two scores",
        "share: 65, kpi: csat, min_n: 30, map: {kind: steps, points: [[60, 50], [80, 100]]}",
        "share: 65, scores: true",
        [
            "113:7: rules[4].parts: the scores may be mixed in only once",
        ],
    ),
    (
        "rungs",
        "{award: bronze, from: 400}",
        "{award: silver, from: 400}",
        [
            "138:17: rules[7].rungs[1].award: “silver” is already given on line 137",
        ],
    ),
    (
        "rungs order",
        "      - {award: bronze, from: 400}\n      - {award: silver, from: 600, rules:"
        " [some_results]}",
        "      - {award: silver, from: 400}\n      - {award: bronze, from: 600}",
        [
            "137:7: rules[7].rungs: the rungs must be the awards, each once and in their order",
        ],
    ),
    (
        "empty rung",
        "{award: bronze, from: 400}",
        "{award: bronze}",
        [
            "137:9: rules[7].rungs[0]: a rung needs “from”, “rules” or both",
        ],
    ),
    (
        "first band",
        'ar: "مبكر"}, from: 0}',
        'ar: "مبكر"}, from: 1}',
        [
            "122:60: rules[5].bands[0].from: the first band begins at 0",
        ],
    ),
    (
        "bands fall",
        "from: 701}",
        "from: 401}",
        [
            "124:64: rules[5].bands[2].from: the bands must rise: 401 follows 401",
        ],
    ),
    (
        "points below",
        "        points: 200",
        "        points: 201",
        [
            "34:13: criteria[0].points: the points below sum to 601 and not to 600",
        ],
    ),
    (
        "declared points",
        "points: 1000",
        "points: 1001",
        [
            "6:9: points: the points below sum to 1000 and not to 1001",
        ],
    ),
    (
        "some points",
        "        points: 200\n",
        "        weight: 200\n",
        [
            "32:5: criteria[0]: either every child has points or none has",
        ],
    ),
    (
        "no points above",
        "    points: 400\n    elements",
        "    weight: 400\n    elements",
        [
            "32:3: criteria: every top-level criterion needs points that sum to the declared total",
            "71:5: criteria[1]: its children have points, so it needs points as well",
        ],
    ),
    (
        "points undeclared",
        "points: 1000\n",
        "",
        [
            "31:5: criteria[0]: points need a declared total: the key “points” of the file",
            "70:5: criteria[1]: points need a declared total: the key “points” of the file",
            "118:11: rules[5].unit: this standard declares no points",
            "122:63: rules[5].bands[1].from: 401 is out of range: from 0 to 100",
            "123:64: rules[5].bands[2].from: 701 is out of range: from 0 to 100",
            "133:11: rules[7].unit: this standard declares no points",
            "136:31: rules[7].rungs[0].from: 400 is out of range: from 0 to 100",
            "137:31: rules[7].rungs[1].from: 600 is out of range: from 0 to 100",
        ],
    ),
    (
        "points and weight",
        "        points: 400\n        measured",
        "        points: 400\n        weight: 3\n        measured",
        [
            "79:17: criteria[1].elements[0].weight: give points or a weight, not both",
        ],
    ),
    (
        "points and chosen weight",
        "        points: 400\n        measured",
        "        points: 400\n        weight: {default: 3, min: 1, max: 4}\n        measured",
        [
            "79:17: criteria[1].elements[0].weight: give points or a weight, not both",
        ],
    ),
    (
        "default outside",
        "{default: 60, min: 40",
        "{default: 30, min: 40",
        [
            "44:21: criteria[0].criteria[0].elements[0].weight: the default weight 30 does not"
            " lie between 40 and 80",
        ],
    ),
    (
        "policy alone",
        "            na: allowed\n",
        "            na_policy: count_as_full\n",
        [
            "59:24: criteria[0].criteria[1].elements[0].na_policy: “na_policy” needs “na”"
            " beside it",
        ],
    ),
    (
        "unknown policy",
        "not_applicable: redistribute_to_siblings",
        "not_applicable: ignore",
        [
            "21:17: not_applicable: “ignore” is unknown; known: drop_from_denominator,"
            " redistribute_to_siblings, count_as_full",
        ],
    ),
    (
        "no weight",
        "            weight: 1\n            na: allowed",
        "            na: allowed",
        [
            "54:13: criteria[0].criteria[1].elements[0]: the key “weight” is missing",
        ],
    ),
    (
        "descriptors of numbers",
        "            attributes: practice\n            weight: {default: 60",
        "            attributes: practice\n            levels: {'0': {en: x, ar: س}}\n"
        "            weight: {default: 60",
        [
            "44:21: criteria[0].criteria[0].elements[0].levels: a scale of numbers is described"
            " by its ranges, not here",
        ],
    ),
    (
        "no descriptors",
        "    descriptors: shared\n",
        "",
        [
            "53:13: criteria[0].criteria[1].elements[0]: the key “levels” is missing",
            "59:13: criteria[0].criteria[1].elements[1]: the key “levels” is missing",
            "65:13: criteria[0].criteria[1].elements[2]: the key “levels” is missing",
        ],
    ),
    (
        "no required",
        ", flags: [passes]",
        "",
        [
            "54:13: criteria[0].criteria[1].elements[0]: the key “required” is missing",
            "60:13: criteria[0].criteria[1].elements[1]: the key “required” is missing",
            "66:13: criteria[0].criteria[1].elements[2]: the key “required” is missing",
        ],
    ),
    (
        "mean with margin",
        "combine: holistic",
        "combine: mean\n    interval: mean\n    margin: 10",
        [
            "26:5: attribute_sets[0]: “interval” and “margin” belong to a holistic judgement",
        ],
    ),
    (
        "interval without margin",
        "combine: holistic",
        "combine: holistic\n    interval: mean",
        [
            "26:5: attribute_sets[0]: “interval: mean” and “margin” go together",
        ],
    ),
    (
        "overall is reserved",
        "{id: applied,",
        "{id: overall,",
        [
            "30:14: attribute_sets[0].attributes[1].id: “overall” is a reserved word",
        ],
    ),
    (
        "criteria and elements",
        "    points: 400\n    elements",
        "    points: 400\n    criteria: []\n    elements",
        [
            "71:5: criteria[1]: exactly one of these keys is wanted: criteria, elements",
            "74:15: criteria[1].criteria: the list is too short: at least 1 wanted",
        ],
    ),
    (
        "empty visit",
        '    nodes: ["1.1"]\n    levels: [no_proof]\n',
        "",
        [
            "163:5: visits[0]: a visit needs “nodes”, “levels” or both",
        ],
    ),
    (
        "unknown kpi in test",
        "csat: {value: 72, n: 90}",
        "nps: {value: 72, n: 90}",
        [
            "155:12: tests[0].kpis.nps: “nps” is unknown; known: csat, first_contact_resolution",
        ],
    ),
    (
        "unknown code in test",
        '"1.2.3": shown\n    not',
        '"1.2.4": shown\n    not',
        [
            "151:16: tests[0].scores.1.2.4: “1.2.4” is unknown; known: all, 1, 1.1, 1.1.1,"
            " 1.1.2, 1.2, 1.2.1, 1.2.2, 1.2.3, 2, 2.1",
        ],
    ),
    (
        "unknown band in test",
        "bands: {maturity: steady}",
        "bands: {maturity: strong}",
        [
            "161:25: tests[0].expect.bands.maturity: “strong” is unknown; known: early, steady,"
            " leading",
        ],
    ),
    (
        "bands of no table",
        "bands: {maturity: steady}",
        "bands: {stars: steady}",
        [
            "161:22: tests[0].expect.bands.stars: “stars” is unknown; known: maturity",
        ],
    ),
    (
        "total above 100",
        "total: 68.3}",
        "total: 101}",
        [
            "159:45: tests[0].expect.totals.total: 101 is out of range: from 0 to 100",
        ],
    ),
    (
        "unknown attribute in test",
        "{sound: 60, applied",
        "{sond: 60, applied",
        [
            "150:23: tests[0].scores.1.1.2.sond: “sond” is unknown; known: sound, applied, overall",
        ],
    ),
    (
        "weight out of numbers",
        "            weight: {default: 40",
        "            weight: {default: 4.5",
        [
            "49:31: criteria[0].criteria[0].elements[1].weight.default: a whole number is"
            " wanted here",
        ],
    ),
    (
        "evidence in test",
        '    not_applicable: ["1.2.1"]\n',
        '    not_applicable: ["1.2.1"]\n    evidence: {"1.2.3": [{kind: film, age_months: 1}]}\n',
        [
            "153:33: tests[0].evidence.1.2.3[0].kind: “film” is unknown; known: record",
        ],
    ),
]

# Whole files, where a replacement is not enough.
FILES = [
    (
        "a second blend of one node",
        rule(
            "blend",
            f"scope: '2', parts: [{{id: a, name: {WORDS}, share: 50, scores: true}},"
            f" {{id: b, name: {ELSEWHERE}}}]",
        ),
        "116:5: rules[5]: there is a blend for “2” already",
    ),
    (
        "a cap in a circle",
        changed(
            "    scope: all\n    by: {attribute: sound}", '    scope: "1.1"\n    by: {node: "1"}'
        ),
        "85:5: rules[0]: the cap goes in a circle: “1” depends on what it caps",
    ),
    (
        "rules that wait for each other",
        rule("applicability", "nodes: ['1.2.1'], when: {element: '1.2.2', level: shown}").replace(
            "            na: allowed\n", "            na: by_rule\n", 1
        ),
        "99:5: rules[2]: the rules go in a circle:"
        " what this one looks at waits for what it leaves out",
    ),
    (
        "a seventh applicability rule",
        changed(
            "  - id: maturity\n",
            "".join(
                f"  - {{id: more{number}, kind: applicability, nodes: ['1.2.2'],"
                f" when: {{not_applicable: '1.2.1'}}, text: {WORDS}}}\n"
                for number in range(6)
            )
            + "  - id: maturity\n",
        ),
        "121:5: rules[10]: a standard has at most 6 rules of this kind",
    ),
    (
        "no scale",
        TEXT.replace(SMALL_SCALE, ""),
        "1:1: document: the key “scale” is missing",
    ),
    (
        "a scale that is worth nothing",
        TEXT.replace("value: 1,", "value: 0,")
        .replace("value: 2,", "value: 0,")
        .replace("value: 3,", "value: 0,"),
        "8:5: scale.levels: the highest level needs a value above 0",
    ),
    (
        "attributes on a scale without numbers",
        LARGE.replace(", value: 0", "")
        .replace(", value: 1", "")
        .replace(
            "            scale: yes_no\n",
            "            scale: yes_no\n            attributes: practice\n",
            1,
        ),
        "58:25: criteria[0].criteria[1].elements[0].attributes: attributes need a scale with"
        " numbers",
    ),
    (
        "a tree of seven levels",
        deep(7),
        "53:219: criteria[1].criteria[0].criteria[0].criteria[0].criteria[0].criteria:"
        " the tree is too deep: at most 6 levels with the elements",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), CHANGES)
def test_a_wrong_value_of_the_large_standard_is_refused_at_its_place(
    name: str, old: str, new: str, expected: list[str]
) -> None:
    assert errors(changed(old, new)) == expected


@pytest.mark.parametrize(("name", "text", "expected"), FILES)
def test_what_is_wrong_between_several_places_is_refused(
    name: str, text: str, expected: str
) -> None:
    assert expected in errors(text)


def test_the_large_standard_and_a_tree_of_six_levels_are_sound() -> None:
    assert errors(LARGE) == []
    assert [one for one in errors(deep(6)) if "too deep" in one] == []


def marked_texts() -> set[str]:
    """Every message of the loaders: what is marked, but the descriptions of forms."""
    paths = [
        *SOURCES.glob("*_loader.py"),
        *(SOURCES / name for name in ("checks.py", "reading.py", "loader.py", "yaml_tree.py")),
    ]
    found = set()
    for path in paths:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "N_":
                found.add(ast.literal_eval(call.args[0]))
    return found


# Said by an exception, or words inside another message; and the answer to an error of the
# parser that has no place, which none of the permitted characters is known to provoke.
NOT_ISSUES = {
    "The standard cannot be used: %(first)s",
    "this is not valid YAML",
    "lower-case letters, digits and hyphens, beginning with a letter",
}
# Said of the small standard in test_loader.py.
ELEMENTARY = [
    ("weight: 3", "weight: 0"),
    ("weight: 3", "weight: x"),
    ("weight: 3", "wieght: 3"),
    ("weight: 3", "weight: 3\n        weight: 3"),
    ("min: 0.25", "min: x"),
    ("id: partial, value", "id: absent, value"),
    ("value: 2, name", "value: 1, name"),
    ('version: "1"', 'version: ""'),
    ('version: "1"', "version: [1]"),
    ('version: "1"', f"version: {'x' * 40}"),
    ('version: "1"', "version: { x: 1 }"),
    ("id: small", "id: No Small"),
    ("id: small", "id: small\nxyz: 1"),
    ("sources: [X.1]", "sources: x"),
    ("id: partial, value", "id: required, value"),
    ("where: {below: required}, max: 1", "where: {below: required}"),
    ("where: {below: required}, max: 1", "where: {below: required}, min: 2, max: 1"),
    ('code: "1.2"', 'code: "2.2"'),
    ('title: {en: "A small standard", ar: "معيار صغير"}', "title: x"),
    ("    - {id: absent, value: 0", "    - {id: absent"),
]


def test_every_message_of_the_loader_is_provoked_here() -> None:
    files: list[str | bytes] = [text for _, text, _ in FILES]
    files += [changed(old, new) for _, old, new, _ in CHANGES]
    files += [changed(old, new, TEXT) for old, new in ELEMENTARY]
    files += [content for _, content, _ in hostile.CASES]
    said: set[str] = set()
    for content in files:
        raw = content.encode() if isinstance(content, str) else content
        found = load(raw, file="f")
        if not isinstance(found, Standard):
            said |= {issue.message.text for issue in found}
    assert marked_texts() - said - NOT_ISSUES == set()
    assert issues(changed("weight: 3", "weight: 0", TEXT))
