"""The written rules of the forms are those of the forms."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest
from wtforms.fields import HiddenField
from wtforms.fields.core import UnboundField

import accredit
from accredit.web.forms import Form

DOCUMENT = Path(__file__).parents[1] / "docs" / "forms.md"


def below(kind: type) -> set[type]:
    found = set(kind.__subclasses__())
    return found.union(*(below(one) for one in found))


@cache
def forms() -> dict[str, dict[str, UnboundField]]:
    """Every form that a page may show, as feature and name, with its fields."""
    for module in pkgutil.walk_packages(accredit.__path__, "accredit."):
        if module.name.rpartition(".")[2].endswith(("forms", "form")):
            importlib.import_module(module.name)
    found = {}
    for form in below(Form):
        fields = {
            name: field
            for name in dir(form)
            if isinstance(field := getattr(form, name), UnboundField)
        }
        if form.__module__.startswith("accredit.") and fields and not form.__name__.startswith("_"):
            found[f"{form.__module__.split('.')[1]}: {form.__name__}"] = fields
    return found


@cache
def rows() -> dict[str, str]:
    """What is written of each form; some share a row."""
    found: dict[str, str] = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| (\w+): ((?:\w+(?:, )?)+) \|(.*)\|$", line):
            for name in match[2].split(", "):
                assert f"{match[1]}: {name}" not in found, "it stands there twice"
                found[f"{match[1]}: {name}"] = match[3]
    return found


def test_every_form_stands_there_and_no_other():
    assert set(rows()) == set(forms())
    assert len(rows()) > 40


@pytest.mark.parametrize("name", sorted(forms()))
def test_every_field_that_people_fill_in_is_told_with_its_limit(name):
    told = rows()[name]
    for field, made in forms()[name].items():
        if issubclass(made.field_class, HiddenField):
            continue
        assert f"`{field}`" in told, field
        for check in (*made.kwargs.get("validators", ()), *made.args[1:2]):
            most = getattr(check, "max", None)
            if isinstance(most, int):
                assert re.search(rf"\b{most}\b", told), f"{field}: {most}"


def test_every_number_of_a_rule_is_the_one_of_the_code():
    told = re.findall(
        r"^\| (accredit[\w.]+)\.(\w+) \| (\d+) \|$", DOCUMENT.read_text(), re.MULTILINE
    )
    assert len(told) >= 10
    for module, name, value in told:
        assert getattr(importlib.import_module(module), name) == int(value), f"{module}.{name}"
