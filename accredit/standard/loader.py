"""Reading a standard from its YAML file, strictly: every error at once, each with its place.

`load` answers the standard, or the list of all errors; nothing half-read gets out. The
format is taught in criteria/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from accredit.standard.domain import (
    FORMAT,
    Criterion,
    Descriptor,
    Element,
    EvidenceExpectation,
    EvidenceKind,
    Level,
    Rounding,
    RoundingMode,
    Rubric,
    Scale,
    Standard,
)
from accredit.standard.issues import Issue
from accredit.standard.reading import Field, Fields, Form, Reader, Unique
from accredit.standard.rules import REQUIRED
from accredit.standard.rules_loader import WORD, Names, read_awards, read_rules
from accredit.standard.yaml_tree import MAX_BYTES, parse
from accredit.text import N_, RuleError

MAX_TITLE = 200
MAX_WEIGHT = 5
_STANDARD_ID = Form(
    re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
    N_("lower-case letters, digits and hyphens, beginning with a letter"),
    max_length=64,
)
_CODE = Form(
    re.compile(r"[A-Z0-9]{1,6}(?:\.[A-Z0-9]{1,6}){0,5}"),
    N_("digits or capital letters, separated by points, such as 1.2"),
)
_NAME = Form(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"),
    N_("Latin letters, digits, points, hyphens and underscores"),
    max_length=32,
)


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
    if not _STANDARD_ID.pattern.fullmatch(standard_id):
        return None
    path = folder / f"{standard_id}.yaml"
    return path if path.is_file() else None


def _read_standard(root: Field, known_kpis: Collection[str] | None) -> Standard:
    fields = root.fields(
        (
            *("format", "id", "version", "title", "description", "scale", "rounding"),
            *("evidence_kinds", "kpis", "criteria", "rules", "awards"),
        ),
        ("sources",),
    )
    fields["format"].choice((FORMAT,))
    scale = _read_scale(fields["scale"])
    kinds = _read_kinds(fields["evidence_kinds"])
    kpis = _read_kpis(fields["kpis"], known_kpis)
    names = Names(
        levels=_unless_refused(fields["scale"], scale.level_ids),
        kinds=_unless_refused(fields["evidence_kinds"], tuple(kind.id for kind in kinds)),
        kpis=_unless_refused(fields["kpis"], kpis),
    )
    criteria = _read_criteria(fields["criteria"], names)
    rules = read_rules(fields["rules"], names, criteria)
    rule_ids = _unless_refused(fields["rules"], tuple(rule.id for rule in rules))
    awards = read_awards(fields["awards"], rule_ids)
    return Standard(
        id=fields["id"].word(_STANDARD_ID),
        version=fields["version"].word(_NAME),
        title=fields["title"].bilingual(max_length=MAX_TITLE),
        description=fields["description"].bilingual(),
        scale=scale,
        rounding=_read_rounding(fields["rounding"]),
        evidence_kinds=kinds,
        kpis=kpis,
        sources=_read_sources(fields),
        criteria=criteria,
        rules=rules,
        awards=awards,
    )


def _unless_refused(field: Field, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The names, or None when something in their list was refused."""
    return None if field.is_broken or field.is_refused else names


def _read_scale(field: Field) -> Scale:
    levels: list[Level] = []
    ids = Unique()
    for item in field.fields(("levels",))["levels"].items(at_least=2):
        fields = item.fields(("id", "value", "name", "meaning"))
        level_id = fields["id"].word(WORD)
        if level_id == REQUIRED:
            fields["id"].refuse(N_("“%(value)s” is a reserved word"), value=level_id)
        ids.take(fields["id"], level_id)
        value = fields["value"].whole(0, 1000)
        if levels and value <= levels[-1].value and not fields["value"].is_refused:
            fields["value"].refuse(
                N_("the values of the levels must rise: %(value)s follows %(previous)s"),
                value=value,
                previous=levels[-1].value,
            )
        name = fields["name"].bilingual(max_length=MAX_TITLE)
        levels.append(Level(level_id, value, name, fields["meaning"].bilingual()))
    return Scale(tuple(levels))


def _read_rounding(field: Field) -> Rounding:
    fields = field.fields(("places", "mode"))
    mode = fields["mode"].choice(tuple(RoundingMode))
    return Rounding(fields["places"].whole(0, 6), RoundingMode(mode or RoundingMode.HALF_UP))


def _read_kinds(field: Field) -> tuple[EvidenceKind, ...]:
    kinds: list[EvidenceKind] = []
    ids = Unique()
    for item in field.items(at_least=1):
        fields = item.fields(("id", "name"))
        kind = EvidenceKind(fields["id"].word(WORD), fields["name"].bilingual(max_length=MAX_TITLE))
        if ids.take(fields["id"], kind.id):
            kinds.append(kind)
    return tuple(kinds)


def _read_kpis(field: Field, known_kpis: Collection[str] | None) -> tuple[str, ...]:
    return field.words(WORD) if known_kpis is None else field.choices(known_kpis)


def _read_sources(fields: Fields) -> tuple[str, ...]:
    return fields["sources"].words(_NAME)


def _read_criteria(field: Field, names: Names) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    codes = Unique()
    for item in field.items(at_least=1):
        fields = item.fields(("code", "title", "intent", "elements"), ("sources",))
        code = fields["code"].word(_CODE)
        codes.take(fields["code"], code)
        criteria.append(
            Criterion(
                code=code,
                title=fields["title"].bilingual(max_length=MAX_TITLE),
                intent=fields["intent"].bilingual(),
                sources=_read_sources(fields),
                elements=tuple(
                    _read_element(element, code, codes, names)
                    for element in fields["elements"].items(at_least=1)
                ),
            )
        )
    return tuple(criteria)


def _read_element(field: Field, parent: str, codes: Unique, names: Names) -> Element:
    fields = field.fields(
        (
            *("code", "title", "statement", "why", "levels", "evidence"),
            *("kpis", "weight", "required"),
        ),
        ("sources",),
    )
    return Element(
        code=_read_element_code(fields["code"], parent, codes),
        title=fields["title"].bilingual(max_length=MAX_TITLE),
        statement=fields["statement"].bilingual(),
        why=fields["why"].bilingual(),
        rubric=_read_rubric(fields["levels"], names),
        evidence=tuple(_read_evidence(item, names) for item in fields["evidence"].items()),
        kpis=fields["kpis"].choices(names.kpis),
        weight=fields["weight"].whole(1, MAX_WEIGHT),
        required=fields["required"].choice(names.levels),
        sources=_read_sources(fields),
    )


def _read_element_code(field: Field, parent: str, codes: Unique) -> str:
    code = field.word(_CODE)
    codes.take(field, code)
    if code and parent and code.rpartition(".")[0] != parent:
        field.refuse(
            N_("the code “%(code)s” does not stand under its criterion “%(parent)s”"),
            code=code,
            parent=parent,
        )
    return code


def _read_rubric(field: Field, names: Names) -> Rubric:
    if names.levels is None:
        return Rubric(())
    fields = field.fields(names.levels)
    return Rubric(tuple(Descriptor(level, fields[level].bilingual()) for level in names.levels))


def _read_evidence(field: Field, names: Names) -> EvidenceExpectation:
    fields = field.fields(("kind", "minimum", "max_age_months", "text"))
    return EvidenceExpectation(
        kind=fields["kind"].choice(names.kinds),
        minimum=fields["minimum"].whole(1, 99),
        max_age_months=fields["max_age_months"].whole(1, 120),
        text=fields["text"].bilingual(),
    )
