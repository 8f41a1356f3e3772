"""Reading the scales of a standard: named levels, or steps of a percentage or a number."""

from __future__ import annotations

from decimal import Decimal

from accredit.standard.file.names import MAX_TITLE, WORD
from accredit.standard.file.reading import Field, Fields, Unique
from accredit.standard.file.spelling import decimal_text
from accredit.standard.rules import REQUIRED
from accredit.standard.scales import (
    Level,
    LevelFlag,
    Range,
    Rounding,
    RoundingMode,
    Scale,
    ScaleKind,
    Steps,
)
from accredit.text import N_, Bilingual

MAX_STEPS = 1001
_HUNDRED = Decimal(100)
_EACH, _SHARED = "each", "shared"


def read_scales(root: Fields) -> tuple[Scale, ...]:
    """The scales under `scale` or `scales`: just one of these keys is given."""
    if "scale" in root and "scales" in root:
        root["scales"].refuse(N_("give “scale” or “scales”, not both"))
    if "scales" not in root:
        if "scale" not in root:
            root.owner.refuse(N_("the key “%(key)s” is missing"), key="scale")
        return (_read_scale(root["scale"], Unique(), needs_id=False),)
    ids = Unique()
    return tuple(_read_scale(item, ids, needs_id=True) for item in root["scales"].items(at_least=1))


def read_rounding(field: Field) -> Rounding:
    """How figures are rounded."""
    fields = field.fields(("places", "mode"))
    mode = fields["mode"].choice(tuple(RoundingMode))
    return Rounding(fields["places"].whole(0, 6), RoundingMode(mode or RoundingMode.HALF_UP))


def _read_scale(field: Field, ids: Unique, *, needs_id: bool) -> Scale:
    kind = ScaleKind.ORDINAL
    if not field.peek("kind").is_broken:
        kind = ScaleKind(field.peek("kind").choice(tuple(ScaleKind)) or ScaleKind.ORDINAL)
    head = ("id",) if needs_id else ()
    if kind is ScaleKind.ORDINAL:
        fields = field.fields((*head, "levels"), ("kind", "descriptors"))
    elif kind is ScaleKind.PERCENT:
        fields = field.fields((*head, "kind", "step"), ("ranges", "pass_from"))
    else:
        fields = field.fields((*head, "kind", "min", "max", "step"), ("ranges", "pass_from"))
    scale_id = "levels"
    if needs_id:
        scale_id = fields["id"].word(WORD)
        ids.take(fields["id"], scale_id)
    if kind is ScaleKind.ORDINAL:
        return _ordinal(fields, scale_id)
    return _stepped(fields, scale_id, kind)


def _ordinal(fields: Fields, scale_id: str) -> Scale:
    shares = "descriptors" in fields and fields["descriptors"].choice((_EACH, _SHARED)) == _SHARED
    levels: list[Level] = []
    numbered: list[bool] = []
    ids = Unique()
    for item in fields["levels"].items(at_least=2):
        numbered.append(not item.peek("value").is_broken)
        levels.append(_level(item, ids, levels, is_numbered=numbered[-1], first=numbered[0]))
    passing = next((one.id for one in levels if LevelFlag.PASSES in one.flags), "")
    is_numbered = bool(numbered) and numbered[0]
    if is_numbered and levels and levels[-1].value <= 0:
        fields["levels"].refuse(N_("the highest level needs a value above 0"))
    return Scale(tuple(levels), scale_id, ScaleKind.ORDINAL, is_numbered, not shares, passing)


def _level(
    field: Field, ids: Unique, lower: list[Level], *, is_numbered: bool, first: bool
) -> Level:
    fields = field.fields(("id", "name", "meaning"), ("value", "flags"))
    level_id = fields["id"].word(WORD)
    if level_id == REQUIRED:
        fields["id"].refuse(N_("“%(value)s” is a reserved word"), value=level_id)
    ids.take(fields["id"], level_id)
    value = Decimal(len(lower))
    if is_numbered != first:
        field.refuse(N_("either every level has a value or none has"))
    elif is_numbered:
        value = fields["value"].number(Decimal(0), Decimal(1000))
        if lower and value <= lower[-1].value and not fields["value"].is_refused:
            fields["value"].refuse(
                N_("the values of the levels must rise: %(value)s follows %(previous)s"),
                value=value,
                previous=lower[-1].value,
            )
    flags = fields["flags"].choices(tuple(LevelFlag)) if "flags" in fields else ()
    return Level(
        level_id,
        value,
        fields["name"].bilingual(max_length=MAX_TITLE),
        fields["meaning"].bilingual(),
        tuple(flag for flag in LevelFlag if flag in flags),
    )


def _stepped(fields: Fields, scale_id: str, kind: ScaleKind) -> Scale:
    low, high = Decimal(0), _HUNDRED
    if kind is ScaleKind.NUMERIC:
        low = fields["min"].number(Decimal(0), Decimal(999_999))
        high = fields["max"].number(Decimal(0), Decimal(1_000_000))
        if high <= low:
            fields["max"].refuse(
                N_("“max” (%(max)s) is not above “min” (%(min)s)"), max=high, min=low
            )
            high = low + 1
    step = fields["step"].number(Decimal("0.001"), high - low)
    if step <= 0 or (high - low) / step >= MAX_STEPS:
        fields["step"].refuse(
            N_("a scale may have at most %(max)s steps; choose a larger step"), max=MAX_STEPS
        )
        step = high - low
    elif (high - low) % step:
        fields["step"].refuse(N_("the steps must end exactly at the highest value"))
    ranges = _read_ranges(fields, low, high, step) if "ranges" in fields else ()
    steps = Steps(low, high, step, ranges)
    scale = Scale(_levels_of(steps, kind), scale_id, kind, True, False, "", steps)
    if "pass_from" not in fields:
        return scale
    passing = fields["pass_from"].choice(scale.level_ids)
    return Scale(scale.levels, scale_id, kind, True, False, passing, steps)


def _read_ranges(fields: Fields, low: Decimal, high: Decimal, step: Decimal) -> tuple[Range, ...]:
    found: list[Range] = []
    ids = Unique()
    for item in fields["ranges"].items(at_least=1):
        keys = item.fields(("id", "from", "to", "name", "meaning"))
        range_id = keys["id"].word(WORD)
        ids.take(keys["id"], range_id)
        start, end = keys["from"].number(low, high), keys["to"].number(low, high)
        if not keys["from"].is_refused and not keys["to"].is_refused:
            if end < start:
                keys["to"].refuse(
                    N_("“to” (%(to)s) is smaller than “from” (%(start)s)"), to=end, start=start
                )
            elif (start - low) % step or (end - low) % step:
                item.refuse(N_("a range must begin and end on a step of %(step)s"), step=step)
            elif found and start <= found[-1].end:
                keys["from"].refuse(
                    N_("the ranges must rise and not overlap: %(start)s follows %(previous)s"),
                    start=start,
                    previous=found[-1].end,
                )
        found.append(
            Range(
                range_id,
                start,
                end,
                keys["name"].bilingual(max_length=MAX_TITLE),
                keys["meaning"].bilingual(),
            )
        )
    return tuple(found)


def _levels_of(steps: Steps, kind: ScaleKind) -> tuple[Level, ...]:
    """Every permitted value as a level whose id is the value itself."""
    sign = "%" if kind is ScaleKind.PERCENT else ""
    levels = []
    for number in range(int((steps.max - steps.min) / steps.step) + 1):
        value = steps.min + number * steps.step
        inside = next((one for one in steps.ranges if one.start <= value <= one.end), None)
        if steps.ranges and inside is None:
            continue
        text = decimal_text(value)
        name = Bilingual(f"{text}{sign}", f"{text}{sign}")
        levels.append(Level(text, value, name, inside.meaning if inside else name))
    return tuple(levels)
