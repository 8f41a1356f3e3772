"""Reading the worked examples of a standard: the scores, and what must come out."""

from __future__ import annotations

from decimal import Decimal

from accredit.standard.domain import OVERALL, Standard
from accredit.standard.examples import EVERYTHING, EvidenceItem, Example, Expectation, Score
from accredit.standard.file.figures_loader import read_reading
from accredit.standard.file.names import WORD, Names
from accredit.standard.file.reading import Field, Fields, Unique
from accredit.standard.file.yaml_tree import ListNode, MapNode, TextNode, parse
from accredit.standard.rules import BandTable
from accredit.standard.scoring.results import TOTAL, Verdict
from accredit.text import N_

_NONE = "none"
_MOST = Decimal(100_000)


def read_examples(field: Field, standard: Standard, names: Names) -> tuple[Example, ...]:
    """The examples under `tests`; codes, levels and ids are those of the standard."""
    ids = Unique()
    return tuple(_read_example(item, standard, names, ids) for item in field.items())


def find_examples(content: bytes) -> dict[str, tuple[int, int]]:
    """Line and column of each example of a sound file, by its id."""
    root, _ = parse(content, file="")
    tests = root.entries["tests"].node if isinstance(root, MapNode) else None
    found = {}
    for one in tests.items if isinstance(tests, ListNode) else ():
        if isinstance(one, MapNode) and isinstance(name := one.entries["id"].node, TextNode):
            found[name.value] = (name.line, name.col)
    return found


def _read_example(field: Field, standard: Standard, names: Names, ids: Unique) -> Example:
    fields = field.fields(
        ("id", "text", "scores", "expect"), ("kpis", "weights", "not_applicable", "evidence")
    )
    example_id = fields["id"].word(WORD)
    ids.take(fields["id"], example_id)
    kpis = fields["kpis"].entries() if "kpis" in fields else []
    for key, item in kpis:
        _known(item, key, names.kpis)
    weights = fields["weights"].entries() if "weights" in fields else []
    for key, item in weights:
        _known(item, key, tuple(standard.nodes))
    marks: tuple[str, ...] = ()
    if "not_applicable" in fields:
        marks = fields["not_applicable"].choices(tuple(standard.nodes))
    return Example(
        id=example_id,
        text=fields["text"].bilingual(),
        scores=_read_scores(fields["scores"], standard),
        kpis={key: read_reading(item) for key, item in kpis},
        weights={key: item.number(Decimal("0.01"), _MOST) for key, item in weights},
        not_applicable=marks,
        evidence=_read_evidence(fields, standard, names),
        expect=_read_expectation(fields["expect"], standard),
    )


def _known(field: Field, key: str, known: tuple[str, ...] | None) -> bool:
    if known is None or key in known:
        return True
    field.refuse(
        N_("“%(value)s” is unknown; known: %(known)s"),
        value=key,
        known=", ".join(known[:12]) + (", …" if len(known) > 12 else ""),
    )
    return False


def _read_scores(field: Field, standard: Standard) -> dict[str, Score]:
    levels = tuple(dict.fromkeys(name for one in standard.scales for name in one.level_ids))
    attributes = [name for one in standard.attribute_sets for name in one.ids]
    found: dict[str, Score] = {}
    for code, item in field.entries():
        _known(item, code, (EVERYTHING, *standard.nodes))
        if item.is_mapping:
            parts = item.entries()
            for key, part in parts:
                _known(part, key, (*attributes, OVERALL))
            found[code] = {key: part.choice(levels) for key, part in parts}
        else:
            found[code] = item.choice(levels)
    return found


def _read_evidence(
    fields: Fields, standard: Standard, names: Names
) -> dict[str, tuple[EvidenceItem, ...]] | None:
    if "evidence" not in fields:
        return None
    found = {}
    for code, item in fields["evidence"].entries():
        _known(item, code, tuple(element.code for element in standard.elements))
        items = []
        for piece in item.items():
            keys = piece.fields(("kind", "age_months"))
            kind = keys["kind"].choice(names.kinds)
            items.append(EvidenceItem(kind, keys["age_months"].number(Decimal(0), Decimal(1200))))
        found[code] = tuple(items)
    return found


def _read_expectation(field: Field, standard: Standard) -> Expectation:
    fields = field.fields(("award",), ("totals", "points", "rules", "bands"))
    award = fields["award"].choice((_NONE, *(award.id for award in standard.awards)))
    nodes = (TOTAL, *standard.nodes)
    rules = {rule.id: rule for rule in standard.rules}
    verdicts = fields["rules"].entries() if "rules" in fields else []
    bands = fields["bands"].entries() if "bands" in fields else []
    for key, item in verdicts:
        _known(item, key, tuple(rules))
    tables = {name: rule for name, rule in rules.items() if isinstance(rule, BandTable)}
    return Expectation(
        award=None if award == _NONE else award,
        totals=_read_figures(fields, "totals", nodes, Decimal(100)),
        points=_read_figures(fields, "points", nodes, _MOST),
        rules={key: item.choice(tuple(Verdict)) for key, item in verdicts},
        bands={
            key: item.choice([band.id for band in tables[key].bands])
            for key, item in bands
            if _known(item, key, tuple(tables))
        },
    )


def _read_figures(
    fields: Fields, key: str, nodes: tuple[str, ...], most: Decimal
) -> dict[str, Decimal]:
    found = {}
    for code, item in fields[key].entries() if key in fields else ():
        _known(item, code, nodes)
        found[code] = item.number(Decimal(0), most)
    return found
