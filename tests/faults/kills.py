"""`kill -9` again and again: `python -m tests.faults.kills --count 1000`.

People work over HTTP until the server and all its workers are killed, at a random moment or at
a named point. It is started again, and then everything must hold: see `invariants`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import invariants
from tests.faults.deeds import Request, Work, do
from tests.faults.ledger import Deed, Ledger
from tests.faults.points import POINTS
from tests.real.client import BrokenOffError, Client
from tests.real.instance import Instance
from tests.real.server import SERVE, Server

#: Kills of one installation, before another one takes its place: a department may store only
#: so many files a day, and the ledger of each is read anew after every kill.
KILLS_OF_ONE = 30
#: It happens so many seconds after one of the first few actions was acknowledged.
MOMENTS = (0.02, 0.3)
FIRST_FEW = 4
#: One kill in so many is at a named point.
NAMED_EVERY = 2
AT_WORK = ("certificate", "file", "score", "person", "file", "score")
TRAPPED = ("tests.faults.failing",)
#: One start in so many is by the command itself; the others find the program's modules loaded.
BY_COMMAND_EVERY = 10


@dataclass
class Tally:
    """What became of the kills that were planned."""

    planned: int
    run: int = 0
    good: int = 0
    acknowledged: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)
    slowest_start: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        cut = sum(self.unanswered.values())
        return (
            f"kills: planned {self.planned}, run {self.run}, good {self.good} "
            f"({self.acknowledged} actions acknowledged, {cut} broken off, "
            f"slowest start {self.slowest_start:.1f} s)"
        )


class Victim:
    """An installation that is killed, started again and looked at."""

    def __init__(self, instance: Instance, chance: random.Random) -> None:
        self.instance = instance
        self.chance = chance
        self.ledger = Ledger(instance.folder / "ledger")
        self.work = Work(instance)
        self.armed = instance.folder / "armed"
        cast = instance.cast
        names = ("contributor", "administrator", "decision_maker")
        self.cookies = {name: instance.cookie(getattr(cast, name)) for name in names}
        self.server: Server | None = None
        self.starts = 0

    def start(self, point: str | None) -> list[str]:
        """Start it, with a trap if the next kill is at a point; what I7 says of that."""
        environ = {"FAULT_POINT": point, "FAULT_ARMED": str(self.armed)} if point else {}
        self.armed.unlink(missing_ok=True)
        self.starts += 1
        self.server = Server(
            self.instance,
            program=TRAPPED if point else SERVE,
            environ=environ,
            loaded=self.starts % BY_COMMAND_EVERY != 0,
        ).wait()
        return invariants.healthy(self.server.seconds)

    def be_killed(self, point: str | None, tally: Tally) -> None:
        if point is None:
            self._work_until_killed(tally)
        else:
            self._walk_into_the_trap(point, tally)

    def faults(self) -> list[str]:
        """What does not hold now that it runs again."""
        with ThreadPoolExecutor(1) as beside:
            told = beside.submit(invariants.commands_agree, self.instance)
            found = invariants.all_of(
                self.instance, self.ledger.all_tried(), self.ledger.all_acknowledged()
            )
            return found + told.result()

    def end(self) -> None:
        if self.server is not None:
            self.server.kill()
        self.ledger.close()
        self.instance.close()

    def _client(self, who: str) -> Client:
        assert self.server is not None
        return Client(self.server.port, self.cookies[who]).ready()

    def _work_until_killed(self, tally: Tally) -> None:
        assert self.server is not None
        size = self.chance.randrange(1_000, 400_000)
        deeds = [self.work.next(kind, size=size) for kind in AT_WORK]
        clients = [self._client(request.who) for _, request in deeds]
        threads = [
            threading.Thread(target=self._do, args=(client, deed, request, tally))
            for client, (deed, request) in zip(clients, deeds, strict=True)
        ]
        for thread in threads:
            thread.start()
        enough = tally.acknowledged + self.chance.randrange(FIRST_FEW)
        while tally.acknowledged < enough and any(thread.is_alive() for thread in threads):
            time.sleep(0.002)
        time.sleep(self.chance.uniform(*MOMENTS))
        self.server.kill()
        for thread in threads:
            thread.join()
        for client in clients:
            client.close()

    def _walk_into_the_trap(self, point: str, tally: Tally) -> None:
        assert self.server is not None
        deed, request = self.work.next(POINTS[point].kind)
        client = self._client(request.who)
        self.armed.touch()
        self._do(client, deed, request, tally)
        self.server.wait_for_end(10)
        client.close()
        if not tally.unanswered[deed.kind]:
            tally.faults.append(f"nobody was killed at the point: {point}")

    def _do(self, client: Client, deed: Deed, request: Request, tally: Tally) -> None:
        try:
            answer = do(client, deed, request, self.ledger)
        except BrokenOffError:
            tally.unanswered[deed.kind] += 1
        else:
            tally.acknowledged += answer.is_good
            # Busy is an answer: then nothing was changed, as I6 finds or not.
            if not answer.is_good and answer.status != 503:
                tally.faults.append(f"{deed.kind} {deed.key}: answered {answer.status}")


def run(folder: Path, count: int, seed: int, points: list[str] | None = None) -> Tally:
    """So many kills; `points` are where those that are not at a random moment happen, in turn."""
    chance, tally = random.Random(seed), Tally(count)
    named = points if points is not None else chance.sample(sorted(POINTS), len(POINTS))
    template = Instance(folder / "template")
    template.prepare()
    template.close()
    while tally.run < count:
        kills = min(KILLS_OF_ONE, count - tally.run)
        with _victim(template, folder / f"victim-{tally.run}", chance) as victim:
            plan = [
                named[(tally.run + n) // NAMED_EVERY % len(named)]
                if (tally.run + n) % NAMED_EVERY == NAMED_EVERY - 1
                else None
                for n in range(kills)
            ]
            victim.start(plan[0])
            for point, following in zip(plan, [*plan[1:], None], strict=True):
                before = len(tally.faults)
                victim.be_killed(point, tally)
                late = victim.start(following)
                assert victim.server is not None
                tally.slowest_start = max(tally.slowest_start, victim.server.seconds)
                where = point or "a random moment"
                tally.faults += [f"{where}: {fault}" for fault in [*late, *victim.faults()]]
                tally.run += 1
                tally.good += len(tally.faults) == before
                print(tally, file=sys.stderr, flush=True)
    return tally


@contextmanager
def _victim(template: Instance, folder: Path, chance: random.Random) -> Iterator[Victim]:
    victim = Victim(template.copy(folder), chance)
    try:
        yield victim
    finally:
        victim.end()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    # Whoever ends it early leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    print(f"seed {chosen.seed}")
    with tempfile.TemporaryDirectory() as folder:
        tally = run(Path(folder), chosen.count, chosen.seed)
    for fault in tally.faults:
        print(fault)
    print(tally)
    return 0 if tally.good == tally.planned and not tally.faults else 1


if __name__ == "__main__":
    sys.exit(main())
