"""Reading the rules that are tables: bands, blends and ladders."""

from __future__ import annotations

from decimal import Decimal

from accredit.standard.figures import Measured
from accredit.standard.file.figures_loader import read_figure, read_map
from accredit.standard.file.names import MAX_TITLE, WORD, Names
from accredit.standard.file.reading import Field, Fields, Unique
from accredit.standard.file.scales_loader import read_rounding
from accredit.standard.rules import (
    Band,
    BandTable,
    Blend,
    Effect,
    Instrument,
    Ladder,
    Scope,
    Step,
    Unit,
)
from accredit.text import N_, Bilingual

_HUNDRED = Decimal(100)
_MOST_POINTS = Decimal(100_000)


def _most(unit: Unit) -> Decimal:
    return _HUNDRED if unit is Unit.PERCENT else _MOST_POINTS


def read_band_table(
    fields: Fields, rule_id: str, text: Bilingual, scope: Scope, unit: Unit, effect: Effect
) -> BandTable:
    """A table of bands; the first begins at 0, so that every total lies in one."""
    bands: list[Band] = []
    ids = Unique()
    for item in fields["bands"].items(at_least=2):
        keys = item.fields(("id", "name", "from"))
        band_id = keys["id"].word(WORD)
        ids.take(keys["id"], band_id)
        start = keys["from"].number(Decimal(0), _most(unit))
        if not bands and start != 0:
            keys["from"].refuse(N_("the first band begins at 0"))
        elif bands and start <= bands[-1].start and not keys["from"].is_refused:
            keys["from"].refuse(
                N_("the bands must rise: %(value)s follows %(previous)s"),
                value=start,
                previous=bands[-1].start,
            )
        bands.append(Band(band_id, keys["name"].bilingual(max_length=MAX_TITLE), start))
    at_least = ""
    if "at_least" in fields:
        at_least = fields["at_least"].choice([band.id for band in bands])
    rounding = read_rounding(fields["rounding"]) if "rounding" in fields else None
    return BandTable(rule_id, text, scope, unit, rounding, tuple(bands), at_least, effect)


def read_blend(fields: Fields, rule_id: str, text: Bilingual, scope: Scope, names: Names) -> Blend:
    """What is mixed into a total; the shares sum to 100."""
    ids = Unique()
    parts = [_read_instrument(item, ids, names) for item in fields["parts"].items(at_least=2)]
    total = sum((part.share for part in parts), Decimal(0))
    if parts and total != _HUNDRED and not fields["parts"].is_refused:
        fields["parts"].refuse(N_("the shares sum to %(total)s and not to 100"), total=total)
    if sum(part.measured is None for part in parts) > 1:
        fields["parts"].refuse(N_("the scores may be mixed in only once"))
    return Blend(rule_id, text, scope, tuple(parts))


def _read_instrument(item: Field, ids: Unique, names: Names) -> Instrument:
    measured: Measured | None = None
    if item.peek("scores").is_broken:
        keys = item.fields(
            ("id", "name", "share", "kpi", "min_n", "map"), ("field", "max_age_months")
        )
        measured = Measured(read_figure(keys, names), read_map(keys["map"]))
    else:
        keys = item.fields(("id", "name", "share", "scores"))
        keys["scores"].choice(("true",))
    part_id = keys["id"].word(WORD)
    ids.take(keys["id"], part_id)
    name = keys["name"].bilingual(max_length=MAX_TITLE)
    return Instrument(part_id, name, keys["share"].number(Decimal(0), _HUNDRED), measured)


def read_ladder(
    fields: Fields,
    rule_id: str,
    text: Bilingual,
    scope: Scope,
    unit: Unit,
    awards: tuple[str, ...] | None,
) -> Ladder:
    """The rungs, lowest first: one for each award, in their order.

    The rules they name are checked in `checks`, when all rules are read.
    """
    is_cumulative = fields["cumulative"].choice(("true", "false")) != "false"
    steps: list[Step] = []
    taken = Unique()
    for item in fields["rungs"].items(at_least=1):
        keys = item.fields(("award",), ("from", "rules"))
        award = keys["award"].choice(awards)
        taken.take(keys["award"], award)
        start = keys["from"].number(Decimal(0), _most(unit)) if "from" in keys else None
        rules = keys["rules"].words(WORD) if "rules" in keys else ()
        if start is None and not rules:
            item.refuse(N_("a rung needs “from”, “rules” or both"))
        steps.append(Step(award, start, rules))
    given = [step.award for step in steps if step.award]
    if awards and not fields["rungs"].is_refused and given != list(awards):
        fields["rungs"].refuse(N_("the rungs must be the awards, each once and in their order"))
    return Ladder(rule_id, text, scope, unit, is_cumulative, tuple(steps))
