"""Reading a standard from its YAML file, strictly: every error at once, each with its place.

`load` answers the standard, or the list of all errors; nothing half-read gets out. The
format is taught in criteria/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from accredit.standard.domain import (
    FORMAT,
    EvidenceKind,
    NotApplicablePolicy,
    ResultFrom,
    Standard,
)
from accredit.standard.file.checks import check_rules
from accredit.standard.file.examples_loader import read_examples
from accredit.standard.file.issues import Issue
from accredit.standard.file.names import MAX_TITLE, NAME, WORD, Names
from accredit.standard.file.reading import Field, Fields, Form, Reader, Unique
from accredit.standard.file.rules_loader import Context, award_ids, read_awards, read_rules
from accredit.standard.file.scales_loader import read_rounding, read_scales
from accredit.standard.file.tree_loader import (
    read_attribute_sets,
    read_criteria,
    read_policy,
    read_sources,
)
from accredit.standard.file.visits_loader import read_visits
from accredit.standard.file.yaml_tree import MAX_BYTES, Node, parse
from accredit.standard.rules import RuleKind
from accredit.text import N_, RuleError

STANDARD_ID = Form(
    re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
    N_("lower-case letters, digits and hyphens, beginning with a letter"),
    max_length=64,
)
_MOST_POINTS = Decimal(100_000)


class InvalidStandardError(RuleError):
    """A file that must hold a standard does not; `issues` says everything that is wrong."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues
        super().__init__(
            N_("The standard cannot be used: %(first)s"),
            first=str(issues[0]) if issues else "",
        )


def load(
    content: bytes, *, file: str, known_kpis: Collection[str] | None = None
) -> Standard | list[Issue]:
    """The standard in `content`, or every error found in it.

    `file` is the name errors carry. When `known_kpis` is given, the file may only name KPIs
    that are in it.
    """
    root, issues = parse(content, file=file)
    if root is None:
        return issues
    return read_tree(root, file=file, issues=issues, known_kpis=known_kpis)


def read_tree(
    root: Node,
    *,
    file: str,
    issues: list[Issue],
    known_kpis: Collection[str] | None = None,
) -> Standard | list[Issue]:
    """The standard in a tree of texts, or every error in it and those found before."""
    reader = Reader(file, issues)
    standard = _read_standard(Field(reader, root, ""), known_kpis)
    if reader.issues:
        return sorted(reader.issues, key=lambda issue: (issue.line, issue.col))
    return standard


def load_file(path: Path, *, known_kpis: Collection[str] | None = None) -> Standard | list[Issue]:
    """The standard in the file at `path`, or every error; raises OSError if it is unreadable."""
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    return load(content, file=str(path), known_kpis=known_kpis)


def get_standard(path: Path, *, known_kpis: Collection[str] | None = None) -> Standard:
    """The standard in the file at `path`; raises InvalidStandardError or OSError."""
    loaded = load_file(path, known_kpis=known_kpis)
    if isinstance(loaded, Standard):
        return loaded
    raise InvalidStandardError(loaded)


def shipped_files(folder: Path) -> list[Path]:
    """The files of standards in the criteria folder, by name."""
    return sorted(folder.glob("*.yaml"))


def find_shipped_file(folder: Path, standard_id: str) -> Path | None:
    """The file of the standard with this id in the criteria folder, or None."""
    if not STANDARD_ID.pattern.fullmatch(standard_id):
        return None
    path = folder / f"{standard_id}.yaml"
    return path if path.is_file() else None


def _read_standard(root: Field, known_kpis: Collection[str] | None) -> Standard:
    fields = root.fields(
        (
            *("format", "id", "version", "title", "description", "rounding"),
            *("evidence_kinds", "kpis", "criteria", "rules", "awards"),
        ),
        (
            *("scale", "scales", "sources", "modelled_on", "points", "not_applicable"),
            *("result_from", "attribute_sets", "visits", "tests"),
        ),
    )
    fields["format"].choice((FORMAT,))
    names, kinds = _read_names(fields, known_kpis)
    points = None
    if "points" in fields:
        points = fields["points"].number(Decimal("0.001"), _MOST_POINTS)
    criteria = read_criteria(
        fields["criteria"], names, points=points, points_field=fields["points"]
    )
    context = Context(names, criteria, award_ids(fields["awards"]), points is not None)
    rules = read_rules(fields["rules"], context)
    check_rules(fields["rules"], rules, criteria)
    rule_ids = _unless_refused(fields["rules"], tuple(rule.id for rule in rules))
    policy = NotApplicablePolicy.DROP
    if "not_applicable" in fields:
        policy = read_policy(fields["not_applicable"])
    result_from = ResultFrom.AGREED
    if "result_from" in fields:
        word = fields["result_from"].choice(tuple(ResultFrom))
        result_from = ResultFrom(word or ResultFrom.AGREED)
    standard = Standard(
        id=fields["id"].word(STANDARD_ID),
        version=fields["version"].word(NAME),
        title=fields["title"].bilingual(max_length=MAX_TITLE),
        description=fields["description"].bilingual(),
        scales=tuple((names.scales or {}).values()),
        rounding=read_rounding(fields["rounding"]),
        evidence_kinds=kinds,
        kpis=names.kpis or (),
        sources=read_sources(fields),
        criteria=criteria,
        rules=rules,
        awards=read_awards(
            fields["awards"],
            rule_ids,
            has_ladder=any(rule.kind is RuleKind.LADDER for rule in rules),
        ),
        modelled_on=fields["modelled_on"].bilingual() if "modelled_on" in fields else None,
        points=points,
        na_policy=policy,
        result_from=result_from,
        attribute_sets=tuple((names.attribute_sets or {}).values()),
        visits=read_visits(fields["visits"], names, criteria) if "visits" in fields else (),
    )
    # Examples are checked against a sound standard only: otherwise one error would have many.
    if "tests" not in fields or root.reader.issues:
        return standard
    return replace(standard, examples=read_examples(fields["tests"], standard, names))


def _read_names(
    fields: Fields, known_kpis: Collection[str] | None
) -> tuple[Names, tuple[EvidenceKind, ...]]:
    """What the head of the file declares; a list in error is told as None."""
    scales = read_scales(fields)
    scales_field = fields["scales" if "scales" in fields else "scale"]
    kinds = _read_kinds(fields["evidence_kinds"])
    kpis = _read_kpis(fields["kpis"], known_kpis)
    sets = read_attribute_sets(fields["attribute_sets"]) if "attribute_sets" in fields else ()
    is_broken = "attribute_sets" in fields and fields["attribute_sets"].is_refused
    names = Names(
        scales=None if _is_bad(scales_field) else {scale.id: scale for scale in scales},
        kinds=_unless_refused(fields["evidence_kinds"], tuple(kind.id for kind in kinds)),
        kpis=_unless_refused(fields["kpis"], kpis),
        attribute_sets=None if is_broken else {one.id: one for one in sets},
    )
    return names, kinds


def _is_bad(field: Field) -> bool:
    return field.is_broken or field.is_refused


def _unless_refused(field: Field, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The names, or None when something in their list was refused."""
    return None if _is_bad(field) else names


def _read_kinds(field: Field) -> tuple[EvidenceKind, ...]:
    kinds: list[EvidenceKind] = []
    ids = Unique()
    for item in field.items():
        fields = item.fields(("id", "name"))
        kind = EvidenceKind(fields["id"].word(WORD), fields["name"].bilingual(max_length=MAX_TITLE))
        if ids.take(fields["id"], kind.id):
            kinds.append(kind)
    return tuple(kinds)


def _read_kpis(field: Field, known_kpis: Collection[str] | None) -> tuple[str, ...]:
    return field.words(WORD) if known_kpis is None else field.choices(known_kpis)
