"""The table of the attack and fault programme names tests that are there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.programme import elsewhere
from tests.programme_counts import LEFT_OUT, PLANNED

ROOT = Path(__file__).parents[1]


@cache
def named_in(path: Path) -> frozenset[str]:
    """The tests of a file as they are asked for: `test_x`, or `TestY::test_x`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {prefix + one.name for one in inner if isinstance(one, ast.FunctionDef)}
    return frozenset(found)


def test_every_test_that_a_block_names_is_there():
    missing = []
    for name in elsewhere():
        path, _, test = name.partition("[")[0].partition("::")
        if not (ROOT / path).exists() or test not in named_in(ROOT / path):
            missing.append(name)
    assert missing == []


def test_every_block_of_the_table_has_its_number_of_cases():
    assert {block for cases in elsewhere().values() for block, _case in cases} <= set(PLANNED)
    assert set(LEFT_OUT) <= set(PLANNED)
    assert all(reason for cases in LEFT_OUT.values() for reason in cases.values())
