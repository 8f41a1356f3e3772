"""Reading KPI definitions from YAML, strictly: every error at once, with its line."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from accredit.config import resource_dir
from accredit.kpi.domain import KpiCatalogue, KpiDefinition, plain_word
from accredit.text import N_, RuleError

FORMAT = "accredit-kpis/1"
MAX_BYTES = 1_000_000
MAX_DEPTH = 12

_Path = tuple[str | int, ...]


class KpiFileError(RuleError):
    """A KPI file cannot be used; `problems` are lines `file:line:column: path: message`."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(
            N_("The KPI file has %(count)s errors:\n%(problems)s"),
            count=len(problems),
            problems="\n".join(problems),
        )


class _KpiFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["accredit-kpis/1"]
    kpis: tuple[KpiDefinition, ...]

    @model_validator(mode="after")
    def _every_name_once(self) -> Self:
        if not self.kpis:
            raise ValueError("names no KPI")
        # One KPI may spell its own name in two ways that compare alike; two KPIs may not.
        names = Counter(
            name
            for kpi in self.kpis
            for name in {plain_word(known) for known in (kpi.id, *kpi.aliases)}
        )
        twice = sorted(name for name, count in names.items() if count > 1)
        if twice:
            raise ValueError(f"ids or aliases of two KPIs: {', '.join(twice)}")
        return self


@cache
def service_kpis() -> KpiCatalogue:
    """The KPIs that ship with the product, read once."""
    return load_kpis(resource_dir("criteria") / "kpis" / "service-kpis.yaml")


def load_kpis(path: Path) -> KpiCatalogue:
    """The definitions in the file at `path`; raises `KpiFileError` naming every error found."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KpiFileError((f"{path.name}:1:1: : cannot be read: {error.strerror}",)) from error
    return parse_kpis(data, path.name)


def parse_kpis(data: bytes, name: str) -> KpiCatalogue:
    """As `load_kpis`, from the bytes of a file called `name`."""
    if len(data) > MAX_BYTES:
        raise KpiFileError((f"{name}:1:1: : larger than {MAX_BYTES} bytes",))
    reader = _Reader(name)
    value = reader.read(data)
    if reader.problems:
        raise KpiFileError(tuple(reader.problems))
    try:
        return KpiCatalogue(_KpiFile.model_validate(value).kpis)
    except ValidationError as error:
        problems = sorted(
            {(*reader.locate(item["loc"]), _plain(item["msg"])) for item in error.errors()}
        )
        raise KpiFileError(
            tuple(
                f"{name}:{line}:{column}: {path}: {text}" for line, column, path, text in problems
            )
        ) from error


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


class _Reader:
    """Plain data out of YAML nodes, remembering where each part stood in the file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[str] = []
        self.places: dict[_Path, tuple[int, int]] = {(): (1, 1)}

    def read(self, data: bytes) -> object:
        try:
            text = data.decode("utf-8-sig")
            loader = yaml.SafeLoader(text)
            self._refuse_references(text)
            root = None if self.problems else loader.get_single_node()
            return None if root is None else self._value(loader, root, ())
        except UnicodeDecodeError as error:
            self._problem(1, 1, (), f"is not UTF-8 (byte {error.start + 1})")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._problem(*_place(mark), (), error.problem or "is not YAML")
        except (yaml.YAMLError, RecursionError) as error:
            self._problem(1, 1, (), f"is not YAML: {str(error).splitlines()[0]}")
        return None

    def locate(self, loc: _Path) -> tuple[int, int, str]:
        """Line, column and dotted path of a pydantic error location.

        Segments that are no part of the file, such as the name of a formula's kind, are
        passed over; a missing key stands where its parent stands.
        """
        found: _Path = ()
        for part in loc:
            if (*found, part) in self.places:
                found = (*found, part)
        missing = loc[-1:] if loc and found[-1:] != loc[-1:] else ()
        line, column = self.places[found]
        return line, column, ".".join(str(part) for part in (*found, *missing))

    def _refuse_references(self, text: str) -> None:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self._problem(*_place(event.start_mark), (), "anchors and aliases are not allowed")
            elif getattr(event, "tag", None):
                self._problem(*_place(event.start_mark), (), "tags are not allowed")

    def _value(self, loader: yaml.SafeLoader, node: yaml.Node, path: _Path) -> object:
        self.places[path] = _place(node.start_mark)
        if len(path) > MAX_DEPTH:
            self._problem(*self.places[path], path, "is nested too deeply")
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self._value(loader, child, (*path, i)) for i, child in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return loader.construct_object(node)
        found: dict[str, object] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(*_place(key_node.start_mark), path, "a key must be a plain word")
            elif key_node.value in found:
                place = _place(key_node.start_mark)
                self._problem(*place, (*path, key_node.value), "is given twice")
            else:
                key = key_node.value
                found[key] = self._value(loader, child, (*path, key))
        return found

    def _problem(self, line: int, column: int, path: _Path, text: str) -> None:
        dotted = ".".join(str(part) for part in path)
        self.problems.append(f"{self.name}:{line}:{column}: {dotted}: {text}")


class _Mark(Protocol):
    """What PyYAML's two kinds of mark have in common; both count from zero."""

    line: int
    column: int


def _place(mark: _Mark | None) -> tuple[int, int]:
    """Line and column as an editor counts them, from one."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
