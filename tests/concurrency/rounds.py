"""Block L at length: `python -m tests.concurrency.rounds --count 200`.

Every scenario is played so many times, each round with real requests that are let go by one
barrier; after every few rounds the trail, its rows, heads and files are checked.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.concurrency import accounts, deciding, files, scoring
from tests.concurrency.place import SCENARIOS, Place, opened
from tests.databases import PostgresDatabases
from tests.programme_counts import LEFT_OUT

#: So many of each in one installation: a department may store only so many files a day.
ROUNDS_IN_ONE = 5

__all__ = ["SCENARIOS", "Tally", "accounts", "deciding", "files", "play", "scoring"]


@dataclass
class Tally:
    """What became of the rounds of one scenario."""

    name: str
    planned: int
    run: int = 0
    passed: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.name}: planned {self.planned}, run {self.run}, passed {self.passed} "
        return f"{said}({self.seconds:.0f} s)"


def play(place: Place, tally: Tally, count: int) -> None:
    """So many rounds of a scenario; a round that fails is told, and the next one begins."""
    for _ in range(count):
        tally.run += 1
        start = time.monotonic()
        try:
            SCENARIOS[tally.name](place)
        except Exception:
            tally.faults.append(traceback.format_exc())
        else:
            tally.passed += 1
        tally.seconds += time.monotonic() - start


def run(count: int, names: Sequence[str], server: PostgresDatabases | None = None) -> list[Tally]:
    """Play the scenarios in one installation after another, on SQLite unless there is a server."""
    tallies = [Tally(name, count) for name in names]
    left = count
    while left > 0:
        now = min(left, ROUNDS_IN_ONE)
        more = {"DATABASE_URL": server.empty("rounds")} if server else {}
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder), **more) as place:
            for tally in tallies:
                play(place, tally, now)
            faults = place.check()
            busy = place.told_busy
        if faults:
            # Whose it was is not known, so it counts against each.
            for tally in tallies:
                tally.faults += faults
        left -= now
        told = f"{count - left} of {count} rounds, told busy {busy} times"
        print(told, file=sys.stderr, flush=True)
    return tallies


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="rounds of each scenario")
    parser.add_argument("--only", action="append", default=[], help="a part of a scenario's name")
    parser.add_argument("--postgresql", action="store_true", help="in installations on PostgreSQL")
    chosen = parser.parse_args()
    # Whoever ends it early leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    names = [
        name
        for name in sorted(SCENARIOS)
        if not chosen.only or any(part in name for part in chosen.only)
    ]
    server = PostgresDatabases() if chosen.postgresql else None
    try:
        tallies = run(chosen.count, names, server)
    finally:
        if server:
            server.close()
    for tally in tallies:
        print(tally)
        for fault in tally.faults[:3]:
            print(fault)
    for case, reason in LEFT_OUT["L"].items():
        print(f"{case}: left out: {reason}")
    good = all(tally.passed == tally.planned and not tally.faults for tally in tallies)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
