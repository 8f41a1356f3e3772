"""The locked requirement files, which a fresh machine installs with their hashes."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LINE = re.compile(r"^([a-z0-9._-]+)(?:\[([a-z0-9,._-]+)\])?==", re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_package_wanted_with_extras_is_locked_with_them(name):
    """Otherwise an installer looks at a newer release for the extra, and refuses its hash."""
    locked = {
        canonicalize_name(package): {one for one in extras.split(",") if one}
        for package, extras in LINE.findall((ROOT / "requirements" / name).read_text())
    }

    wanted = [
        (package, requirement)
        for package in locked
        for requirement in _needs(package)
        if requirement.extras and (requirement.marker is None or requirement.marker.evaluate())
    ]

    assert "flask" in locked
    for package, requirement in wanted:
        missing = requirement.extras - locked[canonicalize_name(requirement.name)]
        assert not missing, f"{package} wants {requirement}"


def test_what_is_tested_is_what_is_served():
    """Of every package that runs in production the same version, or the tests say nothing of it."""
    served, tested = (_versions(name) for name in ("run.txt", "dev.txt"))
    assert "flask" in served
    assert {name: tested.get(name) for name in served} == served


def _versions(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", text, re.MULTILINE))


def _needs(package: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(package) or ()]
    except PackageNotFoundError:
        return []  # for another platform
