"""The JSON Schema of the format takes what the reader takes, and refuses common mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from accredit.standard.commands import standard as group
from accredit.standard.domain import Standard
from accredit.standard.file.loader import load
from accredit.standard.file.reading import Field, Fields
from accredit.standard.file.schema import SCHEMA
from accredit.standard.file.writer import write
from accredit.standard.rules import RuleKind
from tests.standard.small import DATA, TEXT, changed, standard

CRITERIA = Path(__file__).parents[2] / "criteria"
EVERY_KEY = (DATA / "every-key.yaml").read_text(encoding="utf-8")
README = (CRITERIA / "README.md").read_text(encoding="utf-8").split("\n# Part two", 1)
TAUGHT = [
    "".join(re.findall(r"^```yaml\n(.*?)^```$", part, flags=re.DOTALL | re.MULTILINE))
    for part in README
]
SHIPPED = sorted(CRITERIA.glob("*.yaml"))
VALIDATOR = Draft202012Validator(SCHEMA)


def errors(text: str) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_the_schema_is_itself_a_sound_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(group, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(SCHEMA))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_takes_every_shipped_standard(path: Path) -> None:
    assert errors(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", [TEXT, EVERY_KEY, *TAUGHT])
def test_it_takes_what_the_format_allows(text: str) -> None:
    assert errors(text) == []
    assert errors(write(standard(text))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format: accredit-standard/1", "format: accredit-standard/2"),
        ("weight: 3", "wieght: 3"),
        ("weight: 3", "weight: 0"),
        ("weight: 3", "weight: 2.5"),
        ("weight: 3", 'weight: "3"'),
        ('title: {en: "Promises", ar: "الوعود"}', 'title: {en: "Promises"}'),
        ('title: {en: "Promises", ar: "الوعود"}', 'title: "Promises"'),
        ('en: "Promises are written down."', 'en: " "'),
        ('en: "Promises written"', f'en: "{"x" * 201}"'),
        ('code: "1.1"', 'code: "1-1"'),
        ('code: "1.1"', "code: 1.1"),
        ("places: 1", "places: 7"),
        ("mode: half_up", "mode: up"),
        ("minimum: 1", "minimum: 0"),
        ("max_age_months: 24", "max_age_months: 121"),
        ("{id: absent,", "{id: Absent,"),
        ("kind: veto", "kind: vote"),
        ("scope: all", "scope: everything"),
        ("kpis: [csat]", "kpis: csat"),
        ("valid_years: 3", "valid_years: 11"),
        ("scale:\n", "scales:\n"),
    ],
)
def test_it_refuses_a_typical_mistake(old: str, new: str) -> None:
    assert errors(changed(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("where: {level: low}", "where: {level: low, flag: passes}"),
        ("where: {level: low}", "where: {}"),
        ("where: {flag: raises_finding}", "where: {flag: raised}"),
        ("min: 0, max: 1, effect", "effect"),
        ("max: 0.2", "max: 20"),
        ("effect: {cap_to: 59.5}", "effect: {cap_to: 159.5}"),
        ("by: {attribute: sound}", 'by: {attribute: sound, node: "2"}'),
        ("field: trend", "field: change"),
        ("share: 62.5, scores: true", "share: 62.5"),
        ("[62.5, 50]", "[62.5, 50, 1]"),
        ("[62.5, 50]", "[62.5, 150]"),
        ("{award: basic, from: 50}", "{award: basic}"),
        ("kind: percent", "kind: percentage"),
        ("na: allowed", "na: maybe"),
        ("combine: mean", "combine: median"),
        ("count_as_full", "count"),
        ("rising: unknown", "rising: maybe"),
        ("totals: {total: 75.25", "totals: {total: 175.25"),
        ("            required: high\n            effort", "            effort: 101 #"),
        ("{id: sound, title", "{id: overall, title"),
    ],
)
def test_it_refuses_a_typical_mistake_in_what_fewer_standards_use(old: str, new: str) -> None:
    assert old in EVERY_KEY
    assert errors(EVERY_KEY.replace(old, new, 1))


# Drift: what the reader asks for is compared with the schema at the same place.


class Asked:
    """The keys the reader asked for, by the place of the mapping."""

    def __init__(self, path: str, required: Collection[str], optional: Collection[str]) -> None:
        self.path = path
        self.required = {str(key) for key in required}
        self.known = self.required | {str(key) for key in optional}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    calls: list[Asked] = []
    original = Field.fields

    def recorded(self: Field, required: Collection[str], optional: Collection[str] = ()) -> Fields:
        calls.append(Asked(self.path, required, optional))
        return original(self, required, optional)

    monkeypatch.setattr(Field, "fields", recorded)
    for text in (EVERY_KEY, TEXT):
        assert isinstance(load(text.encode(), file="f"), Standard)
    return calls


def parts(path: str) -> list[str]:
    # Keys of the file's own may hold points, such as the codes of an example's scores.
    plain = re.sub(
        r"(?<=\.)((?:[A-Z0-9]+\.)+[A-Z0-9]+)(?=$|\[|\.)", lambda f: f[1].replace(".", "/"), path
    )
    return [part for part in re.split(r"\.|(?=\[)", plain) if part]


def below(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and the alternatives it offers."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from below(SCHEMA["$defs"][name])  # type: ignore[index]  # a plain tree
        return
    yield schema
    for one in schema.get("anyOf", ()):
        yield from below(one)


def at(path: str) -> list[dict[str, Any]]:
    """Every schema that describes the value at this place."""
    found: list[dict[str, Any]] = list(below(SCHEMA))
    for part in parts(path):
        step: list[dict[str, Any]] = []
        for schema in found:
            if part.startswith("["):
                inside = schema.get("items") or schema.get("prefixItems", [None])[0]
            else:
                inside = schema.get("properties", {}).get(part) or schema.get(
                    "additionalProperties"
                )
            if inside:
                step += below(inside)
        found = step
    return [schema for schema in found if "properties" in schema]


def test_it_knows_just_the_keys_that_the_reader_knows(asked: list[Asked]) -> None:
    assert len(asked) > 150
    for one in asked:
        if one.path.endswith(".levels"):
            continue  # the keys of these are the standard's own
        assert any(
            schema["properties"].keys() == one.known and set(schema["required"]) == one.required
            for schema in at(one.path)
        ), f"{one.path}: {sorted(one.known)}"


def test_every_mapping_of_the_schema_is_asked_for_by_the_reader(asked: list[Asked]) -> None:
    known = {frozenset(one.known) for one in asked}
    # A scale has an id where it is one of several.
    known |= {keys - {"id"} for keys in known}
    for schema in every(SCHEMA):
        if "properties" in schema:
            assert frozenset(schema["properties"]) in known


def every(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from every(one)
    elif isinstance(value, list):
        for one in value:
            yield from every(one)


def test_every_kind_of_rule_is_described() -> None:
    rules = [one for one in below({"$ref": "#/$defs/rule"}) if "properties" in one]
    assert [one["properties"]["kind"]["const"] for one in rules] == list(RuleKind)
