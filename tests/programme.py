"""The attack and fault programme, counted: planned, run and passed for every block.

A test says which case it runs by `@pytest.mark.block("B", "01_empty.pdf")`, or while it runs by
`record("B", "01_empty.pdf")` where one test runs several. What a test
tries that was there for its own sake stands in `programme.txt`: block, case and test in a line.
`tests/conftest.py` takes the hooks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.programme_counts import LEFT_OUT, PLANNED

_KEY = "programme"
TABLE = Path(__file__).with_suffix(".txt")
_running: list[pytest.Item] = []


@cache
def elsewhere() -> dict[str, list[tuple[str, str]]]:
    """The cases, each as block and name, that a test tries which was there for its own sake."""
    cases: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip():
            block, case, test = (cell.strip() for cell in line.split(" | "))
            cases[test].append((block, case))
    return dict(cases)


def record(block: str, case_id: str) -> None:
    """The running test runs this case too."""
    _running[-1].user_properties.append((_KEY, f"{block} {case_id}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    for mark in item.iter_markers("block"):
        item.user_properties.append((_KEY, " ".join(mark.args)))
    # A test may be named as a whole, or one of its rows.
    for name in {item.nodeid, item.nodeid.partition("[")[0]}:
        for block, case in elsewhere().get(name, ()):
            item.user_properties.append((_KEY, f"{block} {case}"))
    _running.append(item)
    try:
        return (yield)
    finally:
        _running.pop()


class Tally:
    """What became of each case of one block."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.skipped: dict[str, str] = {}

    @property
    def run(self) -> set[str]:
        return self.passed | self.failed


def _tallies(reporter: Any) -> dict[str, Tally]:
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in reporter.stats.get(outcome, ()):
            for key, value in getattr(report, "user_properties", ()):
                if key != _KEY:
                    continue
                block, _, case = value.partition(" ")
                tally = found[block]
                if outcome == "skipped":
                    tally.skipped[case] = _reason(report)
                elif outcome == "passed":
                    tally.passed.add(case)
                else:
                    tally.failed.add(case)
    for tally in found.values():
        tally.passed -= tally.failed
    return found


def _reason(report: Any) -> str:
    longrepr = getattr(report, "longrepr", None)
    return str(longrepr[2] if isinstance(longrepr, tuple) else longrepr)


def _short(config: pytest.Config, tallies: dict[str, Tally]) -> list[str]:
    """Blocks of which a run of everything held fewer cases than are planned."""
    whole = (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not config.option.keyword
        and not config.option.markexpr
        and not getattr(config.option, "lf", False)
    )
    if not whole:
        return []
    short = []
    for block, planned in PLANNED.items():
        tally = tallies.get(block, Tally())
        held = len(tally.run | set(tally.skipped) | set(LEFT_OUT.get(block, {})))
        if held < planned:
            short.append(f"block {block}: {held} of {planned} planned cases are in the tests")
    return short


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    tallies = _tallies(terminalreporter)
    for block in sorted(tallies):
        tally = tallies[block]
        out = {**LEFT_OUT.get(block, {}), **tally.skipped}
        line = (
            f"block {block}: planned {PLANNED.get(block, 0)}, run {len(tally.run)}, "
            f"passed {len(tally.passed)}"
        )
        if out:
            reasons = "; ".join(f"{case}: {why}" for case, why in sorted(out.items()))
            line += f"; left out {len(out)}: {reasons}"
        terminalreporter.write_line(line)
    for line in _short(config, tallies):
        terminalreporter.write_line(line, red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        hasattr(session.config, "workerinput")
        or reporter is None
        or session.config.option.collectonly
    ):
        return
    if session.exitstatus == 0 and _short(session.config, _tallies(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
