"""`python -m tests.standard.naive_run --count 10000`: the engine against the naive evaluation."""

from __future__ import annotations

import argparse
import sys
import time

from tests.standard.agreement import compare


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    arguments = parser.parse_args()
    started = time.monotonic()
    run = agreed = whole = completions = 0
    for seed in range(arguments.first, arguments.first + arguments.count):
        compared = compare(seed)
        run += 1
        whole += compared.is_whole
        completions += compared.completions
        agreed += not compared.differences
        for difference in compared.differences:
            print(f"seed {seed}: {difference}")
    print(
        f"planned {arguments.count}, run {run}, agreed {agreed}; complete cases {whole}, "
        f"open ones {run - whole}, filled in {completions} ways, "
        f"{time.monotonic() - started:.0f} s"
    )
    return 0 if agreed == arguments.count else 1


if __name__ == "__main__":
    sys.exit(main())
