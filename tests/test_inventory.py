"""What an installation consists of, as scanners and buyers read it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from accredit import __version__

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def inventory():
    """As `make inventory` prints it."""
    answer = subprocess.run(
        [sys.executable, "-W", "error", "scripts/inventory.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def test_it_is_of_this_release_in_the_form_that_scanners_read(inventory):
    assert (inventory["bomFormat"], inventory["specVersion"]) == ("CycloneDX", "1.6")
    said = inventory["metadata"]["component"]
    assert (said["name"], said["version"]) == ("accredit", __version__)


def test_every_locked_package_is_in_it_and_nothing_else(inventory):
    lock = (ROOT / "requirements" / "run.txt").read_text()
    pinned = [line.split(" ")[0] for line in lock.splitlines() if "==" in line and line[0] != " "]
    assert "flask==" + version("flask") in pinned
    found = {f"{part['name']}=={part['version']}" for part in inventory["components"]}
    assert found == {without_extras(one) for one in pinned}


def test_with_every_hash_that_may_be_installed(inventory):
    lock = (ROOT / "requirements" / "run.txt").read_text()
    found = [
        one["content"]
        for part in inventory["components"]
        for place in part["externalReferences"]
        for one in place["hashes"]
    ]
    assert sorted(found) == sorted(
        line.split(":")[1][:64] for line in lock.splitlines() if "--hash" in line
    )


def test_every_package_that_is_installed_here_has_its_licence(inventory):
    silent = {part["name"] for part in inventory["components"] if not part.get("licenses")}
    assert silent <= {"tzdata"}, "tzdata is for Windows; each of the others says what it is under"
    licences = {part["name"]: part.get("licenses") for part in inventory["components"]}
    assert licences["flask"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert licences["cryptography"] == [{"expression": "Apache-2.0 OR BSD-3-Clause"}]


def without_extras(pinned: str) -> str:
    name, _, rest = pinned.partition("==")
    return f"{name.partition('[')[0]}=={rest}"
