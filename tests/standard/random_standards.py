"""Random standards and cases: every key of the format, in small trees of any depth."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.standard import naive
from tests.standard.naive import Case, Document

WORDS = {"en": "text", "ar": "نص"}
KPIS = ("csat", "nps")
KINDS = ("record", "survey")
POLICIES = ("drop_from_denominator", "redistribute_to_siblings", "count_as_full")
FLAGS = ("passes", "raises_finding", "needs_justification", "needs_exemplar")
FIELDS = ("value", "low", "high", "n", "trend")
RULE_KINDS = (
    "veto",
    "count_limit",
    "share_limit",
    "minimum",
    "cap",
    "kpi_condition",
    "evidence_condition",
    "applicability",
    "weight_bounds",
    "band_table",
    "blend",
    "ladder",
)


def random_document(chance: Random, *, kinds: tuple[str, ...] = RULE_KINDS) -> Document:
    """A standard with up to a dozen elements and up to eight rules of these kinds."""
    return _Maker(chance, kinds).document()


def random_case(chance: Random, document: Document, *, is_whole: bool) -> Case:
    """Scores, figures, weights, marks and evidence; whole, or with pieces missing."""
    nodes = naive.all_nodes(document)
    case: Case = {
        "scores": {},
        "kpis": {kpi: _reading(chance) for kpi in KPIS if is_whole or chance.random() < 0.7},
        "weights": {},
        "not_applicable": [],
        "evidence": None,
    }
    for code, node in nodes.items():
        bounds = node.get("weight")
        if isinstance(bounds, dict) and chance.random() < 0.6:
            case["weights"][code] = str(chance.choice([bounds["min"], bounds["max"]]))
        odds = {"allowed": 0.25, "by_rule": 0.1}.get(node.get("na", ""), 0)
        if chance.random() < odds:
            case["not_applicable"].append(code)
    missing = 0 if is_whole else chance.choice([0, 1, 1, 2, 3])
    judged = [c for c, n in nodes.items() if naive.is_element(n) and "measured" not in n]
    left_open = chance.sample(judged, min(missing, len(judged)))
    for code in judged:
        score = _score(chance, document, nodes[code])
        if code in left_open:
            if isinstance(score, dict) and chance.random() < 0.5:
                for key in chance.sample(sorted(score), chance.randint(1, len(score))):
                    if key == "overall" or "overall" not in score or chance.random() < 0.5:
                        del score[key]
                if not naive.ways_to_score(document, nodes[code], score):
                    continue
                case["scores"][code] = score
            continue
        case["scores"][code] = score
    if is_whole or chance.random() < 0.7:
        case["evidence"] = {
            code: [
                {"kind": chance.choice(KINDS), "age_months": chance.choice([0, 3, 12, 13, "24.5"])}
                for _ in range(chance.randint(0, 3))
            ]
            for code in naive.elements_below(document, naive.TOTAL)
            if chance.random() < 0.7
        }
    return case


def _score(chance: Random, document: Document, element: dict[str, Any]) -> Any:
    own = naive.attribute_set(document, element)
    names = naive.level_ids(naive.scale_of(document, element))
    if own is None:
        return chance.choice(names)
    while True:
        score = {one["id"]: chance.choice(names) for one in own["attributes"]}
        if own["combine"] == "mean":
            return score
        if allowed := naive.permitted(document, element, score):
            return {**score, "overall": chance.choice(allowed)}


def _reading(chance: Random) -> dict[str, Any]:
    """Mostly sure and fresh; sometimes of few answers, old, of unknown age, or without an end."""
    middle = chance.choice([20, 49, 50, 51, 70, 90])
    reading = {"value": middle, "low": middle - 5, "high": middle + 5, "n": 200, "trend": 0}
    reading["n"] = chance.choice([200, 200, 200, 30, 29, 1])
    reading["trend"] = chance.choice([-2, 0, 3])
    reading["age_months"] = chance.choice([0, 6, 6, 7])
    for key in ("low", "trend", "age_months"):
        if chance.random() < 0.1:
            del reading[key]
    return reading


class _Maker:
    def __init__(self, chance: Random, kinds: tuple[str, ...]) -> None:
        self.chance = chance
        self.kinds = kinds
        self.scales: list[dict[str, Any]] = []
        self.sets: list[dict[str, Any]] = []
        self.left = chance.randint(2, 12)
        self.has_points = chance.random() < 0.4

    def maybe(self, odds: float) -> bool:
        return self.chance.random() < odds

    def document(self) -> Document:
        chance = self.chance
        self.scales = [self._scale(name) for name in "abc"[: chance.randint(1, 3)]]
        if self.maybe(0.6):
            self.sets = [self._set(name) for name in ("sides", "parts")[: chance.randint(1, 2)]]
        tops = [self._group(str(at + 1), 1) for at in range(chance.randint(1, 3))]
        document: Document = {
            "format": "accredit-standard/1",
            "id": "random",
            "version": "1",
            "title": WORDS,
            "description": WORDS,
            "scales": self.scales,
            "rounding": self._rounding(),
            "evidence_kinds": [{"id": kind, "name": WORDS} for kind in KINDS],
            "kpis": list(KPIS),
            "criteria": tops,
        }
        if self.sets:
            document["attribute_sets"] = self.sets
        if self.has_points:
            for top in tops:
                self._give_points(top, str(chance.randint(10, 400)))
            document["points"] = naive.plain(
                sum((naive.number(top["points"]) for top in tops), naive.number(0))
            )
        if self.maybe(0.5):
            document["not_applicable"] = chance.choice(POLICIES)
        self._rules(document)
        if len(self.scales) == 1 and self.maybe(0.5) and "levels" in self.scales[0]:
            scale = document.pop("scales")[0]
            document["scale"] = {key: value for key, value in scale.items() if key != "id"}
            for node in naive.all_nodes(document).values():
                node.pop("scale", None)
        return document

    def _rounding(self) -> dict[str, Any]:
        mode = self.chance.choice(["half_up", "half_even", "down"])
        return {"places": self.chance.choice([0, 1, 1, 2, 4]), "mode": mode}

    # Scales and attributes

    def _scale(self, name: str) -> dict[str, Any]:
        kind = self.chance.choice(["ordinal", "ordinal", "unnumbered", "percent", "numeric"])
        if kind in ("ordinal", "unnumbered"):
            return self._ordinal(name, has_values=kind == "ordinal")
        scale: dict[str, Any] = {"id": name, "kind": kind}
        if kind == "percent":
            step = self.chance.choice([10, 20, 25, 50])
            scale["step"] = step
            if step == 20 and self.maybe(0.5):
                scale["ranges"] = [
                    {"id": "low", "from": 0, "to": 20, "name": WORDS, "meaning": WORDS},
                    {"id": "high", "from": 60, "to": 100, "name": WORDS, "meaning": WORDS},
                ]
        else:
            low, high, step_text = self.chance.choice(
                [(0, 10, "2.5"), (1, 4, "1"), (0, 2, "0.5"), (5, 10, "1")]
            )
            scale |= {"min": low, "max": high, "step": step_text}
        if self.maybe(0.5):
            scale["pass_from"] = self.chance.choice(naive.level_ids(scale))
        return scale

    def _ordinal(self, name: str, *, has_values: bool) -> dict[str, Any]:
        count = self.chance.randint(2, 5)
        worths = sorted(self.chance.sample(range(20), count))
        levels: list[dict[str, Any]] = []
        for at in range(count):
            level: dict[str, Any] = {"id": f"{name}{at}", "name": WORDS, "meaning": WORDS}
            if has_values:
                level["value"] = worths[at] if self.maybe(0.8) else f"{worths[at]}.25"
            if own := [flag for flag in FLAGS if self.maybe(0.2)]:
                level["flags"] = own
            levels.append(level)
        return {"id": name, "descriptors": "shared", "levels": levels}

    def _set(self, name: str) -> dict[str, Any]:
        own: dict[str, Any] = {"id": name, "combine": self.chance.choice(["mean", "holistic"])}
        if own["combine"] == "holistic" and self.maybe(0.5):
            own |= {"interval": "mean", "margin": self.chance.choice([1, 10, "12.5"])}
        own["attributes"] = [
            {"id": one, "title": WORDS, "text": WORDS}
            for one in ("sound", "applied", "learnt")[: self.chance.randint(2, 3)]
        ]
        return own

    # The tree

    def _group(self, code: str, depth: int) -> dict[str, Any]:
        chance = self.chance
        node: dict[str, Any] = {"code": code, "title": WORDS}
        if self.maybe(0.5):
            node["weight"] = self._weight()
        self._may_be_left_out(node, 0.3)
        count = chance.randint(1, 3)
        if depth < 5 and self.maybe(0.4) and self.left > 2:
            node["criteria"] = [self._group(f"{code}.{at + 1}", depth + 1) for at in range(count)]
        else:
            node["elements"] = [self._element(f"{code}.{at + 1}") for at in range(count)]
            self.left -= count
        return node

    def _weight(self) -> Any:
        weight = self.chance.randint(1, 9)
        if self.maybe(0.25):
            return {"default": weight, "min": "0.5", "max": weight + self.chance.randint(0, 5)}
        return weight

    def _may_be_left_out(self, node: dict[str, Any], odds: float) -> None:
        if self.maybe(odds):
            node["na"] = self.chance.choice(["allowed", "by_rule", "forbidden"])
            if self.maybe(0.5):
                node["na_policy"] = self.chance.choice(POLICIES)

    def _element(self, code: str) -> dict[str, Any]:
        chance = self.chance
        node: dict[str, Any] = {
            "code": code,
            "title": WORDS,
            "statement": WORDS,
            "weight": self._weight(),
        }
        scale = chance.choice(self.scales)
        if scale is not self.scales[0] or self.maybe(0.3):
            node["scale"] = scale["id"]
        names = naive.level_ids(scale)
        passes = any("passes" in naive.flags(scale, at) for at in range(len(names)))
        if self.maybe(0.5) or ("levels" in scale and not passes):
            node["required"] = chance.choice(names)
        self._may_be_left_out(node, 0.4)
        if naive.has_numbers(scale):
            if self.sets and self.maybe(0.5):
                node["attributes"] = chance.choice(self.sets)["id"]
            elif self.maybe(0.15):
                node["measured"] = self._figure() | {"map": self._map()}
        return node

    def _give_points(self, node: dict[str, Any], points: str) -> None:
        node.pop("weight", None)
        node["points"] = points
        below = naive.children(node)
        if not below or self.maybe(0.5):
            return
        left = naive.number(points)
        for child in below[:-1]:
            part = naive.plain(naive.rounded(left / 2, {"places": 2, "mode": "down"}))
            if naive.number(part) <= 0:
                part = "0.01"
            self._give_points(child, part)
            left -= naive.number(part)
        self._give_points(below[-1], naive.plain(left))

    # Figures

    def _figure(self) -> dict[str, Any]:
        use: dict[str, Any] = {
            "kpi": self.chance.choice(KPIS),
            "min_n": self.chance.choice([1, 30]),
        }
        if self.maybe(0.5):
            use["field"] = self.chance.choice(FIELDS)
        if self.maybe(0.4):
            use["max_age_months"] = 6
        return use

    def _map(self) -> dict[str, Any]:
        xs = sorted(self.chance.sample([-5, 0, 10, 50, "72.5", 90], 3), key=float)
        percents = [self.chance.choice([0, 25, 50, "62.5", 100]) for _ in xs]
        if self.maybe(0.8):
            percents.sort(key=float)
        kind = self.chance.choice(["linear", "steps"])
        return {"kind": kind, "points": [list(pair) for pair in zip(xs, percents, strict=True)]}

    # Rules and awards

    def _rules(self, document: Document) -> None:
        chance = self.chance
        self.codes = list(naive.all_nodes(document))
        self.groups = [
            code for code, node in naive.all_nodes(document).items() if not naive.is_element(node)
        ]
        self.levels = [name for scale in self.scales for name in naive.level_ids(scale)]
        self.awards = ["bronze", "silver", "gold"][: chance.randint(1, 3)]
        kinds = [one for one in self.kinds if one != "ladder"]
        wanted = [chance.choice(kinds) for _ in range(chance.randint(1, 7))] if kinds else []
        rules: list[dict[str, Any]] = []
        for kind in wanted:
            rule = getattr(self, f"_{kind}")(document, rules)
            if rule is not None:
                name = f"{kind}_{len(rules)}"
                rules.append({"id": name, "kind": kind, **rule, "text": WORDS})
        conditions = [
            rule["id"]
            for rule in rules
            if rule["kind"] not in naive.NO_CONDITIONS and rule.get("effect", "fail") == "fail"
        ]
        named = [self._some(conditions) for _ in self.awards]
        has_ladder = "ladder" in self.kinds and (self.maybe(0.4) or not conditions)
        if not has_ladder and not conditions:
            rules.append(
                {"id": "some", "kind": "minimum", "scope": "total", "value": 50, "text": WORDS}
            )
            conditions = ["some"]
        if has_ladder:
            rules.insert(chance.randint(0, len(rules)), self._ladder(named))
        document["rules"] = rules
        document["awards"] = [
            {"id": award, "name": WORDS, "valid_years": 3}
            | ({} if has_ladder else {"rules": names or [chance.choice(conditions)]})
            for award, names in zip(self.awards, named, strict=True)
        ]

    def _some(self, names: list[str]) -> list[str]:
        return [name for name in names if self.maybe(0.4)]

    def _scope(self, first: str, codes: list[str]) -> Any:
        kind = self.chance.choice(["first", "first", "each", "one", "list"])
        if kind == "each":
            return "each_criterion"
        if kind == "one":
            return self.chance.choice(codes)
        if kind == "list":
            return self._list(codes)
        return first

    def _list(self, codes: list[str]) -> list[str]:
        chosen: list[str] = []
        for code in self.chance.sample(codes, len(codes)):
            is_apart = all(
                one not in naive.ancestors(code) and code not in naive.ancestors(one)
                for one in chosen
            )
            if is_apart and len(chosen) < 3:
                chosen.append(code)
        return chosen

    def _where(self) -> dict[str, Any]:
        kind = self.chance.choice(
            ["level", "below", "at_least", "below", "at_least", "flag", "not_applicable"]
        )
        if kind == "flag":
            return {"flag": self.chance.choice(FLAGS)}
        if kind == "not_applicable":
            return {"not_applicable": "true"}
        names = self.levels if kind == "level" else [*self.levels, "required", "required"]
        return {kind: self.chance.choice(names)}

    def _effect(self, *, may_cap: bool) -> dict[str, Any]:
        kind = self.chance.choice(["", "", "fail", "warn", "limit", "cap" if may_cap else ""])
        if kind == "limit":
            return {"effect": {"limit_level_to": self.chance.choice(self.awards)}}
        if kind == "cap":
            return {"effect": {"cap_to": self.chance.choice([0, 40, "66.6", 100])}}
        return {"effect": kind} if kind else {}

    def _veto(self, _document: Document, _rules: list[dict[str, Any]]) -> dict[str, Any]:
        scope = self._scope("all", self.groups)
        return {"scope": scope, "where": self._where(), **self._effect(may_cap=True)}

    def _count_limit(self, document: Document, rules: list[dict[str, Any]]) -> dict[str, Any]:
        rule = self._veto(document, rules)
        low, high = sorted([self.chance.randint(0, 4), self.chance.randint(0, 4)])
        bounds = self.chance.choice([{"min": low}, {"max": high}, {"min": low, "max": high}])
        return {**rule, **bounds}

    def _share_limit(self, document: Document, rules: list[dict[str, Any]]) -> dict[str, Any]:
        rule = self._veto(document, rules)
        low, high = self.chance.choice([(0, "0.2"), ("0.2", "0.5"), ("0.25", "0.333333"), (0, 1)])
        bounds = self.chance.choice([{"min": low}, {"max": high}, {"min": low, "max": high}])
        if self.maybe(0.6):
            bounds["round"] = self.chance.choice(["exact", "down", "half_up"])
        return {**rule, **bounds}

    def _unit(self) -> str:
        return self.chance.choice(["percent", "points"]) if self.has_points else "percent"

    def _threshold(self, unit: str) -> Any:
        if unit == "points":
            return self.chance.choice([5, 40, "77.5", 150, 300])
        return self.chance.choice([0, 25, "33.3", 50, "66.7", 80, 100])

    def _minimum(self, _document: Document, _rules: list[dict[str, Any]]) -> dict[str, Any]:
        unit = self._unit()
        return {
            "scope": self._scope("total", self.codes),
            "value": self._threshold(unit),
            **({"unit": unit} if unit == "points" or self.maybe(0.3) else {}),
            **self._effect(may_cap=False),
        }

    def _cap(self, document: Document, rules: list[dict[str, Any]]) -> dict[str, Any] | None:
        effect = self.chance.choice([{}, {"effect": "cap_to_it"}, {"effect": "warn"}])
        if self.sets and self.maybe(0.6):
            own = self.chance.choice(self.sets)["attributes"]
            by = {"attribute": self.chance.choice(own)["id"]}
            return {"scope": self._scope("all", self.groups), "by": by, **effect}
        scope = self._scope("total", self.groups)
        rule = {"kind": "cap", "scope": scope, "by": {"node": self.chance.choice(self.codes)}}
        if _goes_in_a_circle(document, [*rules, rule]):
            return None
        return {"scope": scope, "by": rule["by"], **effect}

    def _kpi_condition(self, _document: Document, _rules: list[dict[str, Any]]) -> dict[str, Any]:
        bounds: dict[str, Any] = {"min": self.chance.choice([0, 50, 70])}
        if self.maybe(0.5):
            bounds["max"] = self.chance.choice([70, "90.5"])
        if self.maybe(0.2):
            del bounds["min"]
            bounds["max"] = 50
        return {"field": "value", **self._figure(), **bounds, **self._effect(may_cap=True)}

    def _evidence_condition(
        self, document: Document, rules: list[dict[str, Any]]
    ) -> dict[str, Any]:
        rule = self._veto(document, rules) | {"minimum": self.chance.randint(1, 2)}
        if self.maybe(0.5):
            rule["kinds"] = [self.chance.choice(KINDS)]
        if self.maybe(0.5):
            rule["max_age_months"] = 12
        if self.maybe(0.3):
            rule["span_months"] = 9
        return rule

    def _applicability(
        self, document: Document, rules: list[dict[str, Any]]
    ) -> dict[str, Any] | None:
        nodes = naive.all_nodes(document)
        ready = [code for code, node in nodes.items() if node.get("na") == "by_rule"]
        if not ready:
            return None
        rule: dict[str, Any] = {
            "kind": "applicability",
            "nodes": self.chance.sample(ready, self.chance.randint(1, min(2, len(ready)))),
        }
        if self.maybe(0.5):
            rule["when"] = {"not_applicable": self.chance.choice(list(nodes))}
        else:
            elements = [code for code, node in nodes.items() if naive.is_element(node)]
            code = self.chance.choice(elements)
            names = naive.level_ids(naive.scale_of(document, nodes[code]))
            how = self.chance.choice(["level", "below", "at_least"])
            wanted = names if how == "level" else [*names, "required"]
            rule["when"] = {"element": code, how: self.chance.choice(wanted)}
        if _waits_for_itself([*rules, rule]):
            return None
        return {"nodes": rule["nodes"], "when": rule["when"]}

    def _weight_bounds(self, document: Document, _rules: list[dict[str, Any]]) -> dict[str, Any]:
        scope = self.chance.choice(["total", *self.groups])
        nodes = naive.all_nodes(document)
        below = document["criteria"] if scope == "total" else naive.children(nodes[scope])
        case: Case = {"weights": {}, "not_applicable": []}
        total = sum(
            (naive.weights({**document, "rules": []}, case, child)[0] for child in below),
            naive.number(0),
        )
        if self.maybe(0.3):
            total += 1
        return {"scope": scope, "sum_to": naive.plain(total), **self._effect(may_cap=False)}

    def _band_table(self, _document: Document, _rules: list[dict[str, Any]]) -> dict[str, Any]:
        unit = self._unit()
        scope = self._scope("total", self.codes)
        starts = ["0", *sorted({str(self._threshold(unit)) for _ in range(3)} - {"0"}, key=float)]
        if len(starts) == 1:
            starts.append("50")
        rule: dict[str, Any] = {
            "scope": "total" if scope == "each_criterion" else scope,
            "unit": unit,
            "bands": [
                {"id": f"band{at}", "name": WORDS, "from": start} for at, start in enumerate(starts)
            ],
        }
        if self.maybe(0.5):
            rule["rounding"] = self._rounding()
        if self.maybe(0.4):
            rule["at_least"] = self.chance.choice(rule["bands"])["id"]
        return {**rule, **self._effect(may_cap=False)}

    def _blend(self, _document: Document, rules: list[dict[str, Any]]) -> dict[str, Any] | None:
        scope = self.chance.choice(["total", *self.groups])
        if any(rule["kind"] == "blend" and rule["scope"] == scope for rule in rules):
            return None
        share = self.chance.choice([35, "62.5", 0])
        parts: list[dict[str, Any]] = [
            {"id": "own", "name": WORDS, "share": share, "scores": "true"},
            {
                "id": "voices",
                "name": WORDS,
                "share": naive.plain(100 - naive.number(share)),
                **self._figure(),
                "map": self._map(),
            },
        ]
        if self.maybe(0.2):
            parts[0] = {
                "id": "own",
                "name": WORDS,
                "share": share,
                **self._figure(),
                "map": self._map(),
            }
        return {"scope": scope, "parts": parts}

    def _ladder(self, named: list[list[str]]) -> dict[str, Any]:
        unit = self._unit()
        scope = self._scope("total", self.codes)
        rungs = []
        for award, names in zip(self.awards, named, strict=True):
            rung: dict[str, Any] = {"award": award}
            if names:
                rung["rules"] = names
            if not names or self.maybe(0.7):
                rung["from"] = self._threshold(unit)
            rungs.append(rung)
        return {
            "id": "climb",
            "kind": "ladder",
            "scope": "total" if scope == "each_criterion" else scope,
            "unit": unit,
            "cumulative": self.chance.choice(["true", "false"]),
            "rungs": rungs,
            "text": WORDS,
        }


def _goes_in_a_circle(document: Document, rules: list[dict[str, Any]]) -> bool:
    below = {"total": [top["code"] for top in document["criteria"]]}
    for code, node in naive.all_nodes(document).items():
        below[code] = [child["code"] for child in naive.children(node)]
    for rule in rules:
        if rule["kind"] == "cap" and "node" in rule["by"]:
            for place in naive.places(document, rule):
                for code in place:
                    below[code] = [*below[code], rule["by"]["node"]]
    return _has_circle(below)


def _waits_for_itself(rules: list[dict[str, Any]]) -> bool:
    """Whether what applies would depend on itself."""
    marks = [rule for rule in rules if rule["kind"] == "applicability"]
    after: dict[str, list[str]] = {}
    for at, rule in enumerate(marks):
        asked = naive.ancestors(rule["when"].get("element") or rule["when"]["not_applicable"])
        after[str(at)] = [
            str(other)
            for other, earlier in enumerate(marks)
            if any(code in asked for code in earlier["nodes"])
        ]
    return _has_circle(after)


def _has_circle(after: dict[str, list[str]]) -> bool:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> bool:
        if name in path:
            return True
        if name in done:
            return False
        found = any(visit(one, (*path, name)) for one in after.get(name, []))
        done.add(name)
        return found

    return any(visit(name, ()) for name in after)
