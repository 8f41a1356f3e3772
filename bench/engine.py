"""What the engine costs: evaluating, loading, and finding the path to an award.

No server takes part. Each figure stands beside a floor measured by turns with it: a plain sum
over the same elements, and what PyYAML's parser in C needs for the same file.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import yaml

from accredit import clock
from accredit.standard.domain import Criterion, Standard
from accredit.standard.file.loader import get_standard
from accredit.standard.path.finding import SECONDS, find_path
from accredit.standard.scoring.engine import evaluate
from accredit.standard.scoring.inputs import Inputs
from accredit.standard.scoring.results import KpiReading
from bench.hard_paths import AWARD, KINDS, hard_cases
from bench.measure import time_in_turns

FILE = Path(__file__).parents[1] / "criteria" / "service-excellence.yaml"
SIZES = (60, 1000)
PATHS = 40
HARD = 8
READING = KpiReading(Decimal(88), Decimal(85), Decimal(91), 400)


def engine_figures() -> list[tuple[str, float, float]]:
    """Each figure as its name, seconds, and the seconds of its floor (0.0 where it has none)."""
    standard = get_standard(FILE)
    found = [_evaluating(enlarged(standard, size)) for size in SIZES]
    hard = [line for kind in KINDS for line in _searching_hard(kind)]
    return [*found, _loading(), *_searching(enlarged(standard, SIZES[0])), *hard]


def print_engine(write: Callable[[str], None] = print) -> None:
    """A line for each figure: seconds, and how many times its floor."""
    for name, seconds, floor in engine_figures():
        beside = f"  {seconds / floor:8.1f} × its floor of {floor * 1000:.3f} ms" if floor else ""
        write(f"{name:<86} {seconds * 1000:10.2f} ms{beside}")


def enlarged(standard: Standard, size: int) -> Standard:
    """The standard with its elements repeated until there are `size`, ten to a criterion."""
    elements = standard.elements
    criteria = tuple(
        Criterion(
            code=str(number + 1),
            title=standard.criteria[0].title,
            intent=None,
            sources=(),
            children=tuple(
                replace(
                    elements[(10 * number + place) % len(elements)],
                    code=f"{number + 1}.{place + 1}",
                )
                for place in range(10)
            ),
        )
        for number in range(size // 10)
    )
    return replace(standard, criteria=criteria)


def _evaluating(standard: Standard) -> tuple[str, float, float]:
    random = Random(1)
    ids = standard.scale.level_ids
    rounds = [
        {element.code: random.choice(ids) for element in standard.elements} for _ in range(20)
    ]
    kpis = dict.fromkeys(standard.kpis, READING)
    values = {level.id: int(level.value) for level in standard.levels}
    weights = [(element.code, element.weight) for element in standard.elements]
    assert standard.sha256  # it is worked out once in the life of a standard, not here

    def summed(number: int) -> int:
        scores = rounds[number % len(rounds)]
        return sum(weight * values[scores[code]] for code, weight in weights)

    taken = time_in_turns(
        {
            "ours": lambda number: evaluate(standard, rounds[number % len(rounds)], kpis),
            "floor": summed,
        },
        rounds=60,
        warm_up=3,
        turn=5,
    )
    count = len(standard.elements)
    each = taken["ours"].p50 / count * 1e6
    name = f"evaluate {count} elements ({each:.1f} µs for each)"
    return name, taken["ours"].p50, taken["floor"].p50


def _loading() -> tuple[str, float, float]:
    content = FILE.read_bytes()
    taken = time_in_turns(
        {
            "ours": lambda _: get_standard(FILE),
            "floor": lambda _: yaml.load(content, Loader=yaml.CSafeLoader),
        },
        rounds=10,
        warm_up=1,
        turn=2,
    )
    lines = content.count(b"\n")
    return f"load a file of {lines} lines", taken["ours"].p50, taken["floor"].p50


def _searching(standard: Standard) -> list[tuple[str, float, float]]:
    """Paths to the highest award from scores at random, and how many are proven the least."""
    ids = standard.scale.level_ids
    seconds, proven = [], 0
    for seed in range(PATHS):
        random = Random(seed)
        scores = {element.code: random.choice(ids[:4]) for element in standard.elements}
        efforts = {element.code: random.randint(1, 10) for element in standard.elements}
        inputs = Inputs(scores, dict.fromkeys(standard.kpis, READING))
        start = time.perf_counter()
        path = find_path(standard, inputs, standard.awards[-1].id, efforts=efforts)
        seconds.append(time.perf_counter() - start)
        proven += path.is_least
    name = f"path to an award, {len(standard.elements)} elements"
    told = f"{proven} of {PATHS} proven least"
    return [
        (f"{name}: median, {told}", statistics.median(seconds), 0.0),
        (f"{name}: longest", max(seconds), 0.0),
    ]


def _searching_hard(kind: str) -> list[tuple[str, float, float]]:
    """Paths that are hard on purpose, in seconds of a processor, with what is not proven."""
    seconds, gaps = [], []
    for standard, inputs in hard_cases(kind, HARD):
        start = time.process_time()
        path = find_path(standard, inputs, AWARD, stop=clock.after(SECONDS))
        seconds.append(time.process_time() - start)
        gaps.append(100 * path.gap / path.effort)
    told = f"{gaps.count(0)} of {HARD} proven, gap {max(gaps):.1f}% at most"
    return [
        (f"hard path, {kind}: {told}", statistics.median(seconds), 0.0),
        (f"hard path, {kind}: longest", max(seconds), 0.0),
    ]


if __name__ == "__main__":
    print_engine()
