"""Reading how a standard uses measured figures."""

from __future__ import annotations

from decimal import Decimal

from accredit.standard.figures import (
    Figure,
    FigureMap,
    KpiField,
    KpiReading,
    MapKind,
    MapPoint,
    Measured,
)
from accredit.standard.file.names import Names
from accredit.standard.file.reading import Field, Fields
from accredit.text import N_

FIGURE = Decimal(999_999_999)
_HUNDRED = Decimal(100)


def read_figure(fields: Fields, names: Names) -> Figure:
    """The keys kpi, field (the value where it is left out), min_n and max_age_months."""
    word = fields["field"].choice(tuple(KpiField)) if "field" in fields else KpiField.VALUE
    months = fields["max_age_months"].whole(1, 240) if "max_age_months" in fields else None
    return Figure(
        kpi=fields["kpi"].choice(names.kpis),
        field=KpiField(word or KpiField.VALUE),
        min_n=fields["min_n"].whole(1, 999_999_999),
        max_age_months=months,
    )


def read_measured(field: Field, names: Names) -> Measured:
    """An element computed from a figure."""
    fields = field.fields(("kpi", "min_n", "map"), ("field", "max_age_months"))
    return Measured(read_figure(fields, names), read_map(fields["map"]))


def read_map(field: Field) -> FigureMap:
    """What figures are worth: pairs of a figure and a percentage, figures rising."""
    fields = field.fields(("kind", "points"))
    kind = MapKind(fields["kind"].choice(tuple(MapKind)) or MapKind.LINEAR)
    points: list[MapPoint] = []
    for item in fields["points"].items(at_least=2):
        pair = item.items()
        if len(pair) != 2:
            if not item.is_refused:
                item.refuse(N_("a pair is wanted here: [figure, percent]"))
            continue
        at, percent = pair[0].number(-FIGURE, FIGURE), pair[1].number(Decimal(0), _HUNDRED)
        if points and at <= points[-1].at and not pair[0].is_refused:
            pair[0].refuse(
                N_("the figures must rise: %(value)s follows %(previous)s"),
                value=at,
                previous=points[-1].at,
            )
        points.append(MapPoint(at, percent))
    return FigureMap(kind, tuple(points))


def read_reading(field: Field) -> KpiReading:
    """A measured figure as an example gives it."""
    fields = field.fields(("value", "n"), ("low", "high", "trend", "age_months"))

    def figure(key: str) -> Decimal | None:
        return fields[key].number(-FIGURE, FIGURE) if key in fields else None

    low, value, high = figure("low"), figure("value"), figure("high")
    ordered = [one for one in (low, value, high) if one is not None]
    if ordered != sorted(ordered):
        field.refuse(N_("low, value and high must be in this order"))
    return KpiReading(
        value=value,
        low=low,
        high=high,
        n=fields["n"].whole(0, 999_999_999),
        trend=figure("trend"),
        age_months=figure("age_months"),
    )
