"""An installation prepared once, of which every test breaks a copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.deeds import Work
from tests.faults.ledger import Ledger
from tests.real.instance import Instance


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    instance = Instance(tmp_path_factory.mktemp("template"))
    instance.prepare()
    instance.close()
    return instance


@pytest.fixture
def instance(template: Instance, tmp_path: Path) -> Iterator[Instance]:
    """A private copy."""
    copy = template.copy(tmp_path / "instance")
    yield copy
    copy.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    kept = Ledger(tmp_path / "ledger")
    yield kept
    kept.close()


@pytest.fixture
def work(instance: Instance) -> Work:
    return Work(instance)
