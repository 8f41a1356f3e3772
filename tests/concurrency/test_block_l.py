"""Block L: a few rounds of each scenario; two hundred by `tests.concurrency.rounds`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.concurrency.place import Place, opened
from tests.concurrency.rounds import SCENARIOS, Tally, play
from tests.programme import record

ROUNDS = 5
#: Sixteen certificates a round, a backup that is restored, and passwords take longer.
FEWER = {
    "12 accept invitation twice": 2,
    "13 reset used twice": 2,
    "17 numbers by sixteen at once": 1,
    "18 backup during all of it": 1,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("concurrency")) as found:
        yield found


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_nothing_is_lost_and_nothing_happens_twice(place, name):
    tally = Tally(name, FEWER.get(name, ROUNDS))
    play(place, tally, tally.planned)
    print(tally)
    assert tally.faults == []
    assert (tally.run, tally.passed) == (tally.planned, tally.planned)
    record("L", name)


def test_the_trail_holds_after_all_of_it(place):
    assert place.check() == []


def test_no_answer_was_a_failure_of_the_server(place):
    assert "Traceback" not in place.server.said()
