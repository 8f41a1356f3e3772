"""Timing calls, and reading a process's memory."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Timing:
    """Seconds of many calls of the same thing."""

    p50: float
    p95: float
    per_second: float


def time_calls(call: Callable[[int], object], *, rounds: int, warm_up: int = 20) -> Timing:
    """Call with 0, 1, 2, … and time each; the first `warm_up` calls do not count."""
    return time_in_turns({"": call}, rounds=rounds, warm_up=warm_up)[""]


def time_in_turns(
    calls: Mapping[str, Callable[[int], object]], *, rounds: int, warm_up: int = 20, turn: int = 25
) -> dict[str, Timing]:
    """As `time_calls`, several of them by turns of `turn` calls.

    What else the machine does meanwhile then slows all of them alike, and ratios stay fair.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        for number in range(warm_up):
            call(number)
    gc.collect()
    for first in range(0, rounds, turn):
        for name, call in calls.items():
            for number in range(warm_up + first, warm_up + min(first + turn, rounds)):
                start = time.perf_counter()
                call(number)
                seconds[name].append(time.perf_counter() - start)
    return {name: _timing(taken) for name, taken in seconds.items()}


def _timing(seconds: list[float]) -> Timing:
    ordered = sorted(seconds)
    return Timing(
        p50=statistics.median(ordered),
        p95=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
        per_second=len(seconds) / sum(seconds),
    )


def resident_mb(pid: int) -> float:
    """Memory of a process in MB (Linux; 0.0 elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    for line in status.read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """The processes a process started (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found
