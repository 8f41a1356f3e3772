"""Reading a file of scores and measured figures (JSON), all errors at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from accredit.standard.domain import Standard
from accredit.standard.issues import DOCUMENT, Issue, shown
from accredit.standard.results import KpiReading
from accredit.text import N_, Message

MAX_BYTES = 1024 * 1024
_MAX_FIGURE = Decimal(10) ** 12
_FIGURES = ("value", "low", "high")


@dataclass(frozen=True, slots=True)
class Scores:
    """What was read: element code to level id, and KPI id to reading."""

    levels: Mapping[str, str]
    kpis: Mapping[str, KpiReading]


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


def read_scores(content: bytes, standard: Standard, *, file: str) -> Scores | list[Issue]:
    """The scores in `content`, or every error: unknown codes, levels and KPIs, impossible values.

    The form is {"scores": {code: level}, "kpis": {id: {"value", "low", "high", "n"}}}; "kpis"
    may be absent, and so may "low" and "high" of a KPI.
    """
    check = _Check(file)
    data = _parse(content, check)
    if data is None:
        return check.issues
    root = check.mapping(data, DOCUMENT)
    for key in root:
        if key not in ("scores", "kpis"):
            check.refuse(
                shown(key),
                N_("unknown key “%(key)s”; known here: %(known)s"),
                key=shown(key),
                known="scores, kpis",
            )
    if "scores" not in root and not check.issues:
        check.refuse("scores", N_("the key “%(key)s” is missing"), key="scores")
    levels = _read_levels(root.get("scores", _Pairs([])), standard, check)
    kpis = _read_kpis(root.get("kpis", _Pairs([])), standard, check)
    return check.issues or Scores(levels, kpis)


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


def _read_levels(value: object, standard: Standard, check: _Check) -> dict[str, str]:
    levels: dict[str, str] = {}
    for code, level in check.mapping(value, "scores").items():
        path = f"scores.{shown(code)}"
        if standard.find_element(code) is None:
            check.refuse(
                path, N_("there is no element “%(code)s” in this standard"), code=shown(code)
            )
        if not isinstance(level, str):
            check.refuse(
                path,
                N_("a level is wanted here: %(known)s"),
                known=", ".join(standard.scale.level_ids),
            )
        elif standard.scale.find_level(level) is None:
            check.refuse(
                path,
                N_("“%(value)s” is unknown; known: %(known)s"),
                value=shown(level),
                known=", ".join(standard.scale.level_ids),
            )
        else:
            levels[code] = level
    return levels


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
    for key in values:
        if key not in (*_FIGURES, "n"):
            check.refuse(
                f"{path}.{shown(key)}",
                N_("unknown key “%(key)s”; known here: %(known)s"),
                key=shown(key),
                known="value, low, high, n",
            )
    for key in ("value", "n"):
        if key not in values:
            check.refuse(path, N_("the key “%(key)s” is missing"), key=key)
    value, low, high = (_figure(values.get(key), f"{path}.{key}", check) for key in _FIGURES)
    n = values.get("n", 0)
    if not isinstance(n, int) or isinstance(n, bool) or not 0 <= n <= _MAX_FIGURE:
        check.refuse(f"{path}.n", N_("a whole number, 0 or more, is wanted here"))
        n = 0
    elif n == 0 and value is not None and "n" in values:
        check.refuse(f"{path}.value", N_("a value without answers (n = 0) cannot be"))
    ordered = [figure for figure in (low, value, high) if figure is not None]
    if ordered != sorted(ordered):
        check.refuse(path, N_("low, value and high must be in this order"))
    return KpiReading(value, low, high, n)


def _figure(value: object, path: str, check: _Check) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        figure = Decimal(value)
        if abs(figure) <= _MAX_FIGURE:
            return figure
    check.refuse(path, N_("a number is wanted here"))
    return None
