"""Mutated files are read or refused, quickly and with a place, and never break anything.

`python -m tests.standard.mutate_run --count 100000` tries as many as one has time for.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.standard.mutating import SHIPPED, SMALL, attempt, mutated


def complaints(paths: list[Path], seeds: range) -> dict[int, list[str]]:
    files = [path.read_bytes() for path in paths]
    return {
        seed: found
        for seed in seeds
        if (found := attempt(mutated(Random(seed), files[seed % len(files)])).complaints)
    }


@pytest.mark.parametrize("first", range(500_000, 501_200, 300))
def test_a_mutated_small_file_never_breaks_anything(first: int) -> None:
    assert complaints(SMALL, range(first, first + 300)) == {}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_mutated_shipped_file_never_breaks_anything(path: Path) -> None:
    assert complaints([path], range(600_000, 600_030)) == {}


def test_the_mutations_leave_files_that_are_read_and_files_that_are_refused() -> None:
    files = [path.read_bytes() for path in SMALL]
    answers = [attempt(mutated(Random(seed), files[seed % len(files)])) for seed in range(100)]
    assert {one.is_sound for one in answers} == {True, False}
