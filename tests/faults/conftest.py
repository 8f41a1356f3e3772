"""An installation prepared once, of which every test breaks a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import invariants
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


@pytest.fixture
def faults(instance: Instance, ledger: Ledger) -> Callable[[], list[str]]:
    """What does not hold now, the two commands' answers among it."""

    def look() -> list[str]:
        found = invariants.all_of(instance, ledger.all_tried(), ledger.all_acknowledged())
        return found + invariants.commands_agree(instance)

    return look
