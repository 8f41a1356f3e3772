"""A second evaluation of a standard, written from what criteria/README.md says and nothing else.

It walks the plain document again and again, in fractions, and has no use for speed. It knows
complete cases only: every score, figure and piece of evidence there. What is missing is
filled in by `completions`, one possibility after the other, and each is evaluated.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import Any

Document = dict[str, Any]
Case = dict[str, Any]
"""scores {code: level or {attribute: level}}, kpis {id: reading}, weights {code: number},
not_applicable [code], evidence {code: [{kind, age_months}]} or None.

A complete case may also say `figures` {(kpi, field): number} for what no reading tells, and
`shown` True or False for evidence of which nothing is known.
"""

TOTAL = "total"
CAPPING = ("veto", "count_limit", "share_limit", "kpi_condition", "evidence_condition")
NO_CONDITIONS = ("cap", "blend", "ladder")


def number(value: object) -> Fraction:
    return _number(str(value))


@cache
def _number(text: str) -> Fraction:
    return Fraction(text)


def prepared(document: Document) -> Document:
    """A copy in which what never changes is looked up once; nothing else is ever remembered."""
    ready = copy.deepcopy(document)
    ready["_nodes"] = all_nodes(ready)
    for scale in scales(ready).values():
        scale["_ids"], scale["_values"] = level_ids(scale), values(scale)
    return ready


# The tree


def children(node: dict[str, Any]) -> list[dict[str, Any]]:
    return list(node.get("criteria") or node.get("elements") or [])


def is_element(node: dict[str, Any]) -> bool:
    return "criteria" not in node and "elements" not in node


def all_nodes(document: Document) -> dict[str, dict[str, Any]]:
    if "_nodes" in document:
        return document["_nodes"]  # type: ignore[no-any-return]  # see prepared
    found: dict[str, dict[str, Any]] = {}

    def visit(node: dict[str, Any]) -> None:
        found[node["code"]] = node
        for child in children(node):
            visit(child)

    for top in document["criteria"]:
        visit(top)
    return found


def parent_of(code: str) -> str:
    return code.rpartition(".")[0]


def ancestors(code: str) -> list[str]:
    """The code itself, and every group that contains it."""
    found = []
    while code:
        found.append(code)
        code = parent_of(code)
    return found


def elements_below(document: Document, code: str) -> list[str]:
    return [
        one
        for one, node in all_nodes(document).items()
        if is_element(node) and (code == TOTAL or code in ancestors(one))
    ]


def places(document: Document, rule: dict[str, Any]) -> list[tuple[str, ...]]:
    """Where a rule looks: tuples of codes that are looked at together."""
    scope = rule.get("scope", TOTAL)
    if isinstance(scope, list):
        return [tuple(scope)]
    if scope == "each_criterion":
        return [(top["code"],) for top in document["criteria"]]
    return [(TOTAL,)] if scope in ("all", TOTAL) else [(scope,)]


def elements_of_place(document: Document, place: tuple[str, ...]) -> list[str]:
    inside = {one for code in place for one in elements_below(document, code)}
    return [one for one in elements_below(document, TOTAL) if one in inside]


# Scales


def scales(document: Document) -> dict[str, dict[str, Any]]:
    if "scale" in document:
        return {"levels": document["scale"]}
    return {one["id"]: one for one in document["scales"]}


def scale_of(document: Document, element: dict[str, Any]) -> dict[str, Any]:
    known = scales(document)
    return known[element["scale"]] if "scale" in element else next(iter(known.values()))


def level_ids(scale: dict[str, Any]) -> list[str]:
    if "_ids" in scale:
        return scale["_ids"]  # type: ignore[no-any-return]  # see prepared
    if "levels" in scale:
        return [level["id"] for level in scale["levels"]]
    low = number(scale.get("min", 0))
    high = number(scale["max"]) if "max" in scale else Fraction(100)
    value, found = low, []
    while value <= high:
        ranges = scale.get("ranges")
        if not ranges or any(number(one["from"]) <= value <= number(one["to"]) for one in ranges):
            found.append(plain(value))
        value += number(scale["step"])
    return found


def plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str((value * 10**places).numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


def has_numbers(scale: dict[str, Any]) -> bool:
    return "levels" not in scale or "value" in scale["levels"][0]


def values(scale: dict[str, Any]) -> list[Fraction]:
    if "_values" in scale:
        return scale["_values"]  # type: ignore[no-any-return]  # see prepared
    if not has_numbers(scale):
        return []
    if "levels" not in scale:
        return [number(name) for name in level_ids(scale)]
    return [number(level["value"]) for level in scale["levels"]]


def flags(scale: dict[str, Any], place: int) -> list[str]:
    return scale["levels"][place].get("flags", []) if "levels" in scale else []


def required_place(document: Document, element: dict[str, Any]) -> int:
    scale = scale_of(document, element)
    names = level_ids(scale)
    if "required" in element:
        return names.index(element["required"])
    if "pass_from" in scale:
        return names.index(scale["pass_from"])
    return next((at for at in range(len(names)) if "passes" in flags(scale, at)), 0)


# Figures


def figure(case: Case, use: dict[str, Any]) -> Fraction | None:
    """What a KPI says, for a rule or a map that wants it; None when it is not sure enough."""
    wanted = use.get("field", "value")
    known = told(case, use)
    if known is not None:
        return known
    given = case.get("figures", {}).get((use["kpi"], wanted))
    return None if given is None else number(given)


def told(case: Case, use: dict[str, Any]) -> Fraction | None:
    wanted = use.get("field", "value")
    reading = case["kpis"].get(use["kpi"])
    if reading is None:
        return None
    if "max_age_months" in use:
        age = reading.get("age_months")
        if age is None or number(age) > number(use["max_age_months"]):
            return None
    if wanted == "n":
        return number(reading["n"])
    if number(reading["n"]) < number(use.get("min_n", 1)):
        return None
    found = reading.get(wanted)
    return None if found is None else number(found)


def worth(mapping: dict[str, Any], at: Fraction) -> Fraction:
    """The share of a figure on a map of pairs."""
    pairs = [(number(x), number(percent)) for x, percent in mapping["points"]]
    if mapping["kind"] == "steps":
        reached = [percent for x, percent in pairs if x <= at]
        return (reached[-1] if reached else Fraction(0)) / 100
    if at <= pairs[0][0]:
        return pairs[0][1] / 100
    for (x, percent), (next_x, next_percent) in pairwise(pairs):
        if x <= at <= next_x:
            return (percent + (next_percent - percent) * (at - x) / (next_x - x)) / 100
    return pairs[-1][1] / 100


def uses(document: Document) -> list[dict[str, Any]]:
    """Every place of the document that wants a figure."""
    found = [node["measured"] for node in all_nodes(document).values() if "measured" in node]
    for rule in document["rules"]:
        if rule["kind"] == "kpi_condition":
            found.append(rule)
        if rule["kind"] == "blend":
            found += [part for part in rule["parts"] if "kpi" in part]
    return found


# One element


def attribute_set(document: Document, element: dict[str, Any]) -> dict[str, Any] | None:
    for one in document.get("attribute_sets", []):
        if one["id"] == element.get("attributes"):
            return one
    return None


def permitted(document: Document, element: dict[str, Any], score: dict[str, str]) -> list[str]:
    """The levels an overall judgement may have beside these attributes."""
    own = attribute_set(document, element)
    assert own is not None
    scale = scale_of(document, element)
    names, worths = level_ids(scale), values(scale)
    given = [worths[names.index(score[one["id"]])] for one in own["attributes"]]
    low, high = min(given), max(given)
    if own.get("interval") == "mean":
        mean = sum(given, Fraction(0)) / len(given)
        low, high = mean - number(own["margin"]), mean + number(own["margin"])
    return [name for name, value in zip(names, worths, strict=True) if low <= value <= high]


def standing(document: Document, case: Case, code: str) -> tuple[int, Fraction, Fraction]:
    """The place of an element on its scale, its share, and its share before any cap."""
    element = all_nodes(document)[code]
    scale = scale_of(document, element)
    if "measured" in element:
        found = figure(case, element["measured"])
        assert found is not None, "a complete case"
        share = worth(element["measured"]["map"], found)
        return place_at(scale, share), share, share
    score = case["scores"][code]
    own = attribute_set(document, element)
    if own is None:
        assert isinstance(score, str)
        place = level_ids(scale).index(score)
        share = share_at(document, element, place)
        return place, share, share
    marks = {one["id"]: share_of(scale, score[one["id"]]) for one in own["attributes"]}
    if own["combine"] == "mean":
        share = sum(marks.values(), Fraction(0)) / len(marks)
    else:
        share = share_of(scale, score["overall"])
    uncapped = share
    for rule in document["rules"]:
        if (
            rule["kind"] == "cap"
            and rule["by"].get("attribute") in marks
            and rule.get("effect") != "warn"
            and any(code in elements_of_place(document, one) for one in places(document, rule))
        ):
            share = min(share, marks[rule["by"]["attribute"]])
    return place_at(scale, share), share, uncapped


def share_of(scale: dict[str, Any], level: str) -> Fraction:
    worths = values(scale)
    return worths[level_ids(scale).index(level)] / worths[-1]


def share_at(document: Document, element: dict[str, Any], place: int) -> Fraction:
    scale = scale_of(document, element)
    if not has_numbers(scale):
        return Fraction(int(place >= required_place(document, element)))
    return values(scale)[place] / values(scale)[-1]


def place_at(scale: dict[str, Any], share: Fraction) -> int:
    """The highest level that is reached."""
    worths = values(scale)
    return max([at for at, one in enumerate(worths) if one <= share * worths[-1]], default=0)


def matches(document: Document, case: Case, code: str, where: dict[str, Any]) -> bool:
    if "not_applicable" in where:
        return is_out(document, case, code)
    if is_out(document, case, code):
        return False
    element = all_nodes(document)[code]
    scale = scale_of(document, element)
    place = standing(document, case, code)[0]
    if "flag" in where:
        return where["flag"] in flags(scale, place)
    ((how, level),) = where.items()
    if level == "required":
        mark = required_place(document, element)
    elif level in level_ids(scale):
        mark = level_ids(scale).index(level)
    else:
        return False
    return {"level": place == mark, "below": place < mark, "at_least": place >= mark}[how]


# What applies


def is_out(document: Document, case: Case, code: str) -> bool:
    return any(
        one in case["not_applicable"] or out_by_rule(document, case, one) for one in ancestors(code)
    )


def out_by_rule(document: Document, case: Case, code: str) -> bool:
    return any(
        code in rule["nodes"] and holds(document, case, rule["when"])
        for rule in document["rules"]
        if rule["kind"] == "applicability"
    )


def holds(document: Document, case: Case, when: dict[str, Any]) -> bool:
    if "not_applicable" in when:
        return is_out(document, case, when["not_applicable"])
    where = {key: level for key, level in when.items() if key != "element"}
    return matches(document, case, when["element"], where)


def policy_of(document: Document, case: Case, code: str) -> str:
    """What happens to the weight of a node: as the outermost group that is out says, or it."""
    out = [one for one in ancestors(code) if is_out(document, case, one)]
    nodes = all_nodes(document)
    for one in ancestors(out[-1]):
        if "na_policy" in nodes[one]:
            return str(nodes[one]["na_policy"])
    return str(document.get("not_applicable", "drop_from_denominator"))


# Weights


def declared(case: Case, node: dict[str, Any]) -> Fraction | None:
    if "points" in node:
        return number(node["points"])
    if node["code"] in case["weights"]:
        return number(case["weights"][node["code"]])
    if "weight" not in node:
        return None
    return number(node["weight"]["default"] if isinstance(node["weight"], dict) else node["weight"])


def weights(document: Document, case: Case, node: dict[str, Any]) -> tuple[Fraction, ...]:
    """Undiminished; as it counts for the levels above; as it counts beside its siblings."""
    own = declared(case, node)
    below = [weights(document, case, child) for child in children(node)]
    if own is None:
        own = sum((one[0] for one in below), Fraction(0))
    if is_out(document, case, node["code"]):
        policy = policy_of(document, case, node["code"])
        if policy == "count_as_full":
            return own, own, own
        return own, own if policy == "redistribute_to_siblings" else Fraction(0), Fraction(0)
    if not below:
        return own, own, own
    upwards = own * sum(one[1] for one in below) / sum(one[0] for one in below)
    return own, upwards, upwards if any(one[2] for one in below) else Fraction(0)


# Everything


def evaluate(document: Document, case: Case) -> dict[str, Any]:
    """Totals, points, verdicts, bands, rungs and the award of a complete case."""
    nodes = all_nodes(document)
    tops = document["criteria"]
    weight = {code: weights(document, case, node)[2] for code, node in nodes.items()}
    rules = {rule["id"]: rule for rule in document["rules"]}
    out = {code: is_out(document, case, code) for code in nodes}
    verdicts: dict[str, str] = {}
    ceilings: dict[str, list[Fraction]] = {}
    for rule in rules.values():
        if rule["kind"] in CAPPING:
            broken = [
                one
                for one in places(document, rule)
                if early_verdict(document, case, rule, one) is not True
            ]
            answers = [early_verdict(document, case, rule, one) for one in places(document, rule)]
            verdicts[rule["id"]] = worst(answers)
            effect = rule.get("effect")
            if isinstance(effect, dict) and "cap_to" in effect:
                for place in broken:
                    for code in place:
                        ceilings.setdefault(code, []).append(number(effect["cap_to"]) / 100)

    def kids(code: str) -> list[str]:
        return [one["code"] for one in (tops if code == TOTAL else children(nodes[code]))]

    @cache
    def is_there(code: str) -> bool:
        """Whether anything of a node applies."""
        return not all(out[one] for one in elements_below(document, code))

    @cache
    def before_caps(code: str) -> Fraction:
        parts = [(weight[one], share(one)) for one in kids(code) if weight[one]]
        own = Fraction(1)
        if parts:
            own = sum((w * s for w, s in parts), Fraction(0)) / sum(w for w, _ in parts)
        for rule in rules.values():
            if rule["kind"] == "blend" and rule["scope"] == code:
                mixed = Fraction(0)
                for part in rule["parts"]:
                    worths = own
                    if "kpi" in part:
                        found = figure(case, part)
                        assert found is not None, "a complete case"
                        worths = worth(part["map"], found)
                    mixed += number(part["share"]) / 100 * worths
                own = mixed
        return own

    @cache
    def share(code: str) -> Fraction:
        if not is_there(code):
            return Fraction(1)
        if code != TOTAL and is_element(nodes[code]):
            return standing(document, case, code)[1]
        found = before_caps(code)
        for rule in rules.values():
            if (
                rule["kind"] == "cap"
                and "node" in rule["by"]
                and rule.get("effect") != "warn"
                and any(code in one for one in places(document, rule))
                and is_there(rule["by"]["node"])
            ):
                found = min(found, share(rule["by"]["node"]))
        return min([found, *ceilings.get(code, [])])

    @cache
    def most(code: str) -> Fraction:
        """What a node can bring to the total here: its points, where there are points."""
        if code == TOTAL:
            if not any(weight[one] for one in kids(TOTAL)):
                return Fraction(0)
            return sum((weights(document, case, top)[1] for top in tops), Fraction(0))
        if not weight[code]:
            return Fraction(0)
        above = parent_of(code) or TOTAL
        return most(above) * weight[code] / sum(weight[one] for one in kids(above))

    def together(place: tuple[str, ...]) -> tuple[Fraction, Fraction]:
        """The share of a place, and the most it can bring."""
        parts = [(most(code), share(code)) for code in place if code != TOTAL and most(code)]
        if len(place) == 1:
            return share(place[0]), most(place[0])
        if not parts:
            return Fraction(1), Fraction(0)
        brought = sum((m * s for m, s in parts), Fraction(0))
        return brought / sum(m for m, _ in parts), sum((m for m, _ in parts), Fraction(0))

    def reached(place: tuple[str, ...], unit: str, rounding: dict[str, Any]) -> Fraction:
        found, points = together(place)
        return rounded(found * (points if unit == "points" else 100), rounding)

    def applies(place: tuple[str, ...]) -> bool:
        return any(is_there(code) for code in place)

    bands: dict[str, str] = {}
    for name, rule in rules.items():
        kind = rule["kind"]
        if kind == "minimum":
            answers = []
            for place in places(document, rule):
                if not applies(place):
                    answers.append(None if place == (TOTAL,) else True)
                    continue
                found = reached(place, rule.get("unit", "percent"), document["rounding"])
                answers.append(found >= number(rule["value"]))
            verdicts[name] = worst(answers)
        elif kind == "band_table":
            (place,) = places(document, rule)
            if not applies(place):
                verdicts[name] = "unknown"
                continue
            found = reached(place, rule["unit"], rule.get("rounding", document["rounding"]))
            inside = [one["id"] for one in rule["bands"] if number(one["from"]) <= found]
            bands[name] = inside[-1]
            verdicts[name] = worst([rule.get("at_least", inside[0]) in inside])
        elif kind == "cap":
            verdicts[name] = worst(
                [
                    not is_above(document, case, rule, code, out, is_there, before_caps, share)
                    for code in capped(document, rule)
                ]
            )
        elif kind == "weight_bounds":
            found = sum(
                (
                    declared(case, nodes[one]) or weights(document, case, nodes[one])[0]
                    for one in kids(rule["scope"])
                ),
                Fraction(0),
            )
            verdicts[name] = worst([found == number(rule["sum_to"])])
        elif kind == "applicability":
            against = [
                one
                for one in rule["nodes"]
                if one in case["not_applicable"] and not out_by_rule(document, case, one)
            ]
            verdicts[name] = worst([not against])
        elif kind == "blend":
            verdicts[name] = "pass"

    rungs, award = climb(document, verdicts, reached, applies)
    ladder = next((one for one in rules.values() if one["kind"] == "ladder"), None)
    if ladder is not None:
        (place,) = places(document, ladder)
        starts = [number(one["from"]) if "from" in one else None for one in ladder["rungs"]]
        if applies(place):
            found = reached(place, ladder["unit"], document["rounding"])
            met = any(start is None or found >= start for start in starts)
            verdicts[ladder["id"]] = "pass" if met else "fail"
        else:
            verdicts[ladder["id"]] = "pass" if None in starts else "unknown"

    totals: dict[str, Any] = {}
    for code in (*nodes, TOTAL):
        if not is_there(code):
            totals[code] = None
            continue
        exact = share(code)
        totals[code] = {
            "exact": 100 * exact,
            "percent": rounded(100 * exact, document["rounding"]),
            "points": rounded(most(code) * exact, document["rounding"])
            if "points" in document
            else None,
        }
    return {"totals": totals, "verdicts": verdicts, "bands": bands, "rungs": rungs, "award": award}


def worst(answers: list[bool | None]) -> str:
    if False in answers:
        return "fail"
    return "unknown" if None in answers else "pass"


def rounded(value: Fraction, rounding: dict[str, Any]) -> Fraction:
    scaled = value * 10 ** int(rounding["places"])
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    half = Fraction(1, 2)
    if rounding["mode"] == "half_up" and rest >= half:
        whole += 1
    if rounding["mode"] == "half_even" and (rest > half or (rest == half and whole % 2)):
        whole += 1
    return Fraction(whole, 10 ** int(rounding["places"]))


def early_verdict(
    document: Document, case: Case, rule: dict[str, Any], place: tuple[str, ...]
) -> bool | None:
    """Whether a rule that needs no total holds at a place."""
    if rule["kind"] == "kpi_condition":
        found = figure(case, rule)
        if found is None:
            return None
        return ("min" not in rule or found >= number(rule["min"])) and (
            "max" not in rule or found <= number(rule["max"])
        )
    inside = elements_of_place(document, place)
    found_here = [code for code in inside if matches(document, case, code, rule["where"])]
    if rule["kind"] == "evidence_condition":
        return all(is_shown(case, rule, code) for code in found_here)
    if rule["kind"] == "veto":
        return not found_here
    if "not_applicable" not in rule["where"]:
        inside = [code for code in inside if not is_out(document, case, code)]
    for key, sign in (("min", 1), ("max", -1)):
        if key in rule:
            bound = number(rule[key])
            if rule["kind"] == "share_limit":
                bound *= len(inside)
                if rule.get("round") == "down":
                    bound = rounded(bound, {"places": 0, "mode": "down"})
                if rule.get("round") == "half_up":
                    bound = rounded(bound, {"places": 0, "mode": "half_up"})
            if sign * len(found_here) < sign * bound:
                return False
    return True


def is_shown(case: Case, rule: dict[str, Any], code: str) -> bool:
    if case["evidence"] is None:
        return bool(case["shown"])
    ages = [
        number(item["age_months"])
        for item in case["evidence"].get(code, [])
        if item["kind"] in rule.get("kinds", [item["kind"]])
        and ("max_age_months" not in rule or number(item["age_months"]) <= rule["max_age_months"])
    ]
    if len(ages) < rule["minimum"]:
        return False
    return "span_months" not in rule or max(ages) - min(ages) >= rule["span_months"]


def capped(document: Document, rule: dict[str, Any]) -> list[str]:
    attribute = rule["by"].get("attribute")
    if attribute is None:
        return [code for place in places(document, rule) for code in place]
    nodes = all_nodes(document)
    found = []
    for place in places(document, rule):
        for code in elements_of_place(document, place):
            own = attribute_set(document, nodes[code])
            if own is not None and attribute in [one["id"] for one in own["attributes"]]:
                found.append(code)
    return found


def is_above(
    document: Document,
    case: Case,
    rule: dict[str, Any],
    code: str,
    out: dict[str, bool],
    is_there: Any,
    before_caps: Any,
    share: Any,
) -> bool:
    """Whether a value would stand above its cap."""
    if "node" in rule["by"]:
        other = rule["by"]["node"]
        return is_there(other) and is_there(code) and before_caps(code) > share(other)
    if out[code]:
        return False
    scale = scale_of(document, all_nodes(document)[code])
    limit = share_of(scale, case["scores"][code][rule["by"]["attribute"]])
    return standing(document, case, code)[2] > limit


def climb(
    document: Document, verdicts: dict[str, str], reached: Any, applies: Any
) -> tuple[list[str], str | None]:
    """The verdict of every rung, and the award of the highest that passes."""
    rules = {rule["id"]: rule for rule in document["rules"]}
    ladder = next((one for one in rules.values() if one["kind"] == "ladder"), None)
    order = [award["id"] for award in document["awards"]]
    steps = [{"award": one["id"], "rules": one.get("rules", [])} for one in document["awards"]]
    if ladder is not None:
        steps = [{"rules": [], **one} for one in ladder["rungs"]]
    named = {name for step in steps for name in step["rules"]}
    verdict_of: list[str] = []
    for at, step in enumerate(steps):
        conditions = [verdicts[name] for name in step["rules"]]
        for name, rule in rules.items():
            effect = rule.get("effect", "fail")
            if rule["kind"] not in NO_CONDITIONS and effect == "fail" and name not in named:
                conditions.append(verdicts[name])
            limit = effect.get("limit_level_to") if isinstance(effect, dict) else None
            if limit is not None and order.index(limit) < order.index(step["award"]):
                conditions.append(verdicts[name])
        if ladder is not None and "from" in step:
            (place,) = places(document, ladder)
            if applies(place):
                found = reached(place, ladder["unit"], document["rounding"])
                conditions.append("pass" if found >= number(step["from"]) else "fail")
            else:
                conditions.append("unknown")
        if at and (ladder is None or ladder["cumulative"] == "true"):
            conditions.append(verdict_of[-1])
        if not applies((TOTAL,)):
            conditions.append("unknown")
        verdict_of.append(
            "fail" if "fail" in conditions else "unknown" if "unknown" in conditions else "pass"
        )
    passed = [award for award, verdict in zip(order, verdict_of, strict=True) if verdict == "pass"]
    return verdict_of, passed[-1] if passed else None


# What is missing


def ways_to_score(
    document: Document, element: dict[str, Any], score: str | dict[str, str] | None
) -> list[str | dict[str, str]]:
    """Scores an element may still get; for attributes the same level for all that are open."""
    names = level_ids(scale_of(document, element))
    own = attribute_set(document, element)
    if own is None:
        return [score] if score is not None else list(names)
    given = dict(score) if isinstance(score, dict) else {}
    ids = [one["id"] for one in own["attributes"]]
    is_open = any(one not in given for one in ids)
    found: list[str | dict[str, str]] = []
    for level in names if is_open else names[:1]:
        filled = {one: given.get(one, level) for one in ids}
        if own["combine"] == "mean":
            found.append(filled)
            continue
        allowed = permitted(document, element, filled)
        if "overall" in given:
            allowed = [given["overall"]] if given["overall"] in allowed else []
        found += [{**filled, "overall": overall} for overall in allowed]
    return found


def open_figures(document: Document, case: Case) -> dict[tuple[str, str], list[Fraction]]:
    """The figures no reading tells, each with numbers on both sides of everything asked of it."""
    found: dict[tuple[str, str], list[Fraction]] = {}
    for use in uses(document):
        key = (use["kpi"], use.get("field", "value"))
        if told(case, use) is None:
            found.setdefault(key, [])
    for use in uses(document):
        key = (use["kpi"], use.get("field", "value"))
        if key in found:
            marks = [number(use[one]) for one in ("min", "max") if one in use]
            marks += [number(x) for x, _ in use.get("map", {}).get("points", [])]
            found[key] += [mark + step for mark in marks for step in (-1, 0, 1)]
    return {key: sorted(set(marks)) for key, marks in found.items()}


def completions(document: Document, case: Case, *, most: int) -> Iterator[Case] | None:
    """Every way to fill in what is missing, or None when there are more than `most`."""
    nodes = all_nodes(document)
    judged = [code for code, node in nodes.items() if is_element(node) and "measured" not in node]
    ways = [ways_to_score(document, nodes[code], case["scores"].get(code)) for code in judged]
    figures = open_figures(document, case)
    shown = [True, False] if case["evidence"] is None else [True]
    count = len(shown)
    for one in (*ways, *figures.values()):
        count *= len(one)
    if count > most:
        return None

    def each() -> Iterator[Case]:
        for scores in product(*ways):
            for numbers in product(*figures.values()):
                for answer in shown:
                    yield {
                        **case,
                        "scores": dict(zip(judged, scores, strict=True)),
                        "figures": dict(zip(figures, numbers, strict=True)),
                        "shown": answer,
                    }

    return each()
