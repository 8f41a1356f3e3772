"""`python -m tests.standard.mutate_run --count 100000`: no mutated file may break the loader."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from random import Random

from tests.standard.mutating import SHIPPED, SMALL, attempt, mutated, sources


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many")
    arguments = parser.parse_args()
    started = time.monotonic()
    files = sources([*SHIPPED, *SMALL])
    run = survived = sound = 0
    slowest = 0.0
    for seed in range(arguments.first, arguments.first + arguments.count):
        if arguments.minutes and time.monotonic() - started > 60 * arguments.minutes:
            break
        tried = attempt(mutated(Random(seed), files[seed % len(files)]))
        run += 1
        sound += tried.is_sound
        survived += not tried.complaints
        slowest = max(slowest, tried.seconds)
        for complaint in tried.complaints:
            print(f"seed {seed}: {complaint[:300]}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"planned {arguments.count}, run {run}, survived {survived}; {len(files)} files, "
        f"{sound} still sound, {run - sound} refused, slowest {slowest:.2f} s, "
        f"{memory} MB at most, {time.monotonic() - started:.0f} s"
    )
    return 0 if survived == run else 1


if __name__ == "__main__":
    sys.exit(main())
