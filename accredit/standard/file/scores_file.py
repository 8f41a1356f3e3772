"""Reading a file of scores and measured figures (JSON), all errors at once."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from accredit.standard.domain import Element, Standard
from accredit.standard.examples import EvidenceItem, Score
from accredit.standard.figures import KpiReading
from accredit.standard.file.issues import DOCUMENT, Issue, shown
from accredit.standard.file.spelling import decimal_text
from accredit.standard.scoring.inputs import Inputs, Problem, problems_of
from accredit.standard.scoring.visits import Confirmed, carry_over, outside
from accredit.text import N_, Message

MAX_BYTES = 1024 * 1024
_MAX_FIGURE = Decimal(10) ** 12
_FIGURES = ("value", "low", "high", "trend", "age_months")
_KEYS = ("scores", "kpis", "weights", "not_applicable", "evidence", "visit", "before")


class _Pairs(dict[str, object]):
    """A JSON object that remembers which of its keys came twice."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = [key for key, count in counts.items() if count > 1]


@dataclass(slots=True)
class _Check:
    """Collects the errors of one file; places inside JSON are named by path alone."""

    file: str
    issues: list[Issue] = field(default_factory=list)

    def refuse(self, path: str, text: str, **values: object) -> None:
        self.issues.append(Issue(self.file, 1, 1, path, Message(text, values)))

    def mapping(self, value: object, path: str) -> dict[str, object]:
        if not isinstance(value, _Pairs):
            self.refuse(path, N_("an object {…} is wanted here"))
            return {}
        for key in value.repeated:
            self.refuse(
                f"{path}.{shown(key)}", N_("the key “%(key)s” is given twice"), key=shown(key)
            )
        return value

    def known_keys(self, value: dict[str, object], path: str, known: tuple[str, ...]) -> None:
        for key in value:
            if key not in known:
                self.refuse(
                    f"{path}.{shown(key)}" if path else shown(key),
                    N_("unknown key “%(key)s”; known here: %(known)s"),
                    key=shown(key),
                    known=", ".join(known),
                )


def read_scores(content: bytes, standard: Standard, *, file: str) -> Inputs | list[Issue]:
    """The inputs in `content`, or every error: unknown codes, levels and KPIs, impossible values.

    The form is {"scores": {code: level or {attribute: level}}, "kpis": {id: {"value", "low",
    "high", "n", "trend", "age_months"}}, "weights": {code: number}, "not_applicable": [code],
    "evidence": {code: [{"kind", "age_months"}]}}; only "scores" must be there, and of a KPI
    "value" and "n". Steps of a number scale may be given as numbers. After a partial visit,
    "visit" names it and "before" holds the last confirmed scores: {code: {"score", "on"}}.
    """
    check = _Check(file)
    data = _parse(content, check)
    if data is None:
        return check.issues
    root = check.mapping(data, DOCUMENT)
    check.known_keys(root, "", _KEYS)
    if "scores" not in root and not check.issues:
        check.refuse("scores", N_("the key “%(key)s” is missing"), key="scores")
    inputs = Inputs(
        scores=_read_levels(root.get("scores", _Pairs([])), standard, check),
        kpis=_read_kpis(root.get("kpis", _Pairs([])), standard, check),
        weights=_read_weights(root.get("weights", _Pairs([])), check),
        not_applicable=_read_marks(root.get("not_applicable", []), check),
        evidence=_read_evidence(root["evidence"], standard, check) if "evidence" in root else None,
    )
    problems = list(problems_of(standard, inputs))
    if "visit" in root or "before" in root:
        inputs, others = _carried(root, inputs, standard, check)
        problems += others
    for problem in problems:
        path = ".".join(shown(step) for step in problem.path)
        check.issues.append(Issue(file, 1, 1, path, problem.message))
    return check.issues or inputs


def _carried(
    root: dict[str, object], inputs: Inputs, standard: Standard, check: _Check
) -> tuple[Inputs, list[Problem]]:
    """The inputs of a partial visit: new scores where it looked, the earlier ones elsewhere."""
    visit = standard.find_visit(str(root.get("visit")))
    if visit is None:
        check.refuse(
            "visit",
            N_("“%(value)s” is unknown; known: %(known)s"),
            value=shown(str(root.get("visit"))),
            known=", ".join(one.id for one in standard.visits) or "–",
        )
        return inputs, []
    before = {}
    raw: dict[str, object] = _Pairs([])
    for code, item in check.mapping(root.get("before", _Pairs([])), "before").items():
        path = f"before.{shown(code)}"
        fields = check.mapping(item, path)
        check.known_keys(fields, path, ("score", "on"))
        raw[code] = fields.get("score")
        on = _day(fields.get("on"), f"{path}.on", check)
        if on is not None:
            before[code] = on
    levels = _read_levels(_Pairs(list(raw.items())), standard, check, "before")
    confirmed = {code: Confirmed(levels[code], on) for code, on in before.items() if code in levels}
    earlier = replace(inputs, scores=levels)
    problems = [
        Problem(("before", *problem.path[1:]), problem.message)
        for problem in problems_of(standard, earlier)
        if problem.path[0] == "scores"
    ]
    problems += outside(standard, visit, confirmed, inputs.scores)
    carried = carry_over(standard, visit, confirmed, inputs.scores)
    return replace(inputs, scores=carried.scores, since=carried.since), problems


def _day(value: object, path: str, check: _Check) -> date | None:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        check.refuse(path, N_("a date such as 2026-05-01 is wanted here"))
        return None


def _parse(content: bytes, check: _Check) -> object:
    if len(content) > MAX_BYTES:
        check.refuse(
            DOCUMENT,
            N_("the file is too large: %(size)s bytes; at most %(max)s are read"),
            size=len(content),
            max=MAX_BYTES,
        )
        return None
    try:
        parsed: object = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_Pairs,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        place = Message(N_("this is not valid JSON: %(problem)s"), {"problem": error.msg})
        check.issues.append(Issue(check.file, error.lineno, error.colno, DOCUMENT, place))
        return None
    except UnicodeDecodeError:
        check.refuse(DOCUMENT, N_("the file is not UTF-8; save it as UTF-8"))
        return None
    except (ValueError, RecursionError):
        check.refuse(DOCUMENT, N_("the file holds a number or a nesting that cannot be read"))
        return None
    if parsed is None:
        check.refuse(DOCUMENT, N_("an object {…} is wanted here"))
    return parsed


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _read_levels(
    value: object, standard: Standard, check: _Check, key: str = "scores"
) -> dict[str, Score]:
    found: dict[str, Score] = {}
    for code, score in check.mapping(value, key).items():
        path = f"{key}.{shown(code)}"
        element = standard.find_element(code)
        if isinstance(score, _Pairs):
            levels = check.mapping(score, path)
            found[code] = {
                name: level
                for name, item in levels.items()
                if (level := _level(item, f"{path}.{shown(name)}", element, standard, check))
            }
        elif level := _level(score, path, element, standard, check):
            found[code] = level
    return found


def _level(
    value: object, path: str, element: Element | None, standard: Standard, check: _Check
) -> str:
    """A level id; a number stands for the step of a scale that has this value."""
    text = ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        figure = Decimal(value)
        if abs(figure) <= _MAX_FIGURE:
            text = decimal_text(figure)
    elif isinstance(value, str):
        text = value
    scale = standard.scale if element is None else standard.scale_of(element)
    names = ", ".join(scale.level_ids[:12]) + (", …" if len(scale.level_ids) > 12 else "")
    if not text:
        check.refuse(path, N_("a level is wanted here: %(known)s"), known=names)
    elif element is not None and element.measured is None and scale.find_level(text) is None:
        check.refuse(
            path, N_("“%(value)s” is unknown; known: %(known)s"), value=shown(text), known=names
        )
        return ""
    return text


def _read_weights(value: object, check: _Check) -> dict[str, Decimal]:
    found = {}
    for code, weight in check.mapping(value, "weights").items():
        figure = _figure(weight, f"weights.{shown(code)}", check)
        if figure is not None:
            found[code] = figure
    return found


def _read_marks(value: object, check: _Check) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        check.refuse("not_applicable", N_("a list of codes […] is wanted here"))
        return frozenset()
    return frozenset(value)


def _read_evidence(
    value: object, standard: Standard, check: _Check
) -> dict[str, tuple[EvidenceItem, ...]]:
    found = {}
    for code, items in check.mapping(value, "evidence").items():
        path = f"evidence.{shown(code)}"
        if standard.find_element(code) is None:
            check.refuse(
                path, N_("there is no element “%(code)s” in this standard"), code=shown(code)
            )
        if not isinstance(items, list):
            check.refuse(path, N_("a list […] is wanted here"))
            continue
        found[code] = tuple(
            _evidence_item(item, f"{path}[{place}]", standard, check)
            for place, item in enumerate(items)
        )
    return found


def _evidence_item(value: object, path: str, standard: Standard, check: _Check) -> EvidenceItem:
    item = check.mapping(value, path)
    check.known_keys(item, path, ("kind", "age_months"))
    kind = item.get("kind")
    known = [one.id for one in standard.evidence_kinds]
    if not isinstance(kind, str) or kind not in known:
        check.refuse(
            f"{path}.kind",
            N_("“%(value)s” is unknown; known: %(known)s"),
            value=shown(str(kind)),
            known=", ".join(known),
        )
    age = _figure(item.get("age_months"), f"{path}.age_months", check)
    if age is None or age < 0:
        check.refuse(f"{path}.age_months", N_("a number, 0 or more, is wanted here"))
    return EvidenceItem(str(kind), age or Decimal(0))


def _read_kpis(value: object, standard: Standard, check: _Check) -> dict[str, KpiReading]:
    kpis: dict[str, KpiReading] = {}
    for kpi, reading in check.mapping(value, "kpis").items():
        path = f"kpis.{shown(kpi)}"
        if kpi not in standard.kpis:
            check.refuse(
                path,
                N_("“%(value)s” is unknown; known: %(known)s"),
                value=shown(kpi),
                known=", ".join(standard.kpis),
            )
        kpis[kpi] = _read_reading(check.mapping(reading, path), path, check)
    return kpis


def _read_reading(values: dict[str, object], path: str, check: _Check) -> KpiReading:
    check.known_keys(values, path, ("value", "low", "high", "n", "trend", "age_months"))
    for key in ("value", "n"):
        if key not in values:
            check.refuse(path, N_("the key “%(key)s” is missing"), key=key)
    value, low, high, trend, age = (
        _figure(values.get(key), f"{path}.{key}", check) for key in _FIGURES
    )
    n = values.get("n", 0)
    if not isinstance(n, int) or isinstance(n, bool) or not 0 <= n <= _MAX_FIGURE:
        check.refuse(f"{path}.n", N_("a whole number, 0 or more, is wanted here"))
        n = 0
    elif n == 0 and value is not None and "n" in values:
        check.refuse(f"{path}.value", N_("a value without answers (n = 0) cannot be"))
    ordered = [figure for figure in (low, value, high) if figure is not None]
    if ordered != sorted(ordered):
        check.refuse(path, N_("low, value and high must be in this order"))
    return KpiReading(value, low, high, n, trend, age)


def _figure(value: object, path: str, check: _Check) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        figure = Decimal(value)
        if abs(figure) <= _MAX_FIGURE:
            return figure
    check.refuse(path, N_("a number is wanted here"))
    return None
