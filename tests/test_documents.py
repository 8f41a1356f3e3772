"""What the documents about security name is there, and what they count is right."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
THREATS, ASVS = ROOT / "docs" / "threat-model.md", ROOT / "docs" / "asvs.md"
ACCESSIBILITY = ROOT / "docs" / "accessibility.md"
SECURITY, OPERATIONS = ROOT / "SECURITY.md", ROOT / "docs" / "operations.md"
DOCUMENTS = (THREATS, ASVS, SECURITY, OPERATIONS, ACCESSIBILITY)
#: Where the requirements and the failures of others were first written down, beside a checkout.
CHECKLIST = ROOT.parent / "shared" / "TRUST.md"
NAMED = re.compile(r"`([^`\s]*[/.][^`\s]*)`")
FAILURE = re.compile(r"test_failure_((?:\d\d_and_|\d\d_)*\d\d)_")
FAILURES = 66
STATES = ("met", "partly", "not met", "not applicable", "operator")

#: The requirements of level 2 that apply: 193 of the 253 of levels 1 and 2.
_APPLYING = """
1.1.1 1.1.2 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.2.9 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.10
1.3.11 1.4.2 1.5.1 1.5.2
2.1.1 2.1.2 2.1.3 2.2.1 2.2.2 2.2.3 2.3.1 2.3.2 2.3.3 2.3.4 2.4.1
3.2.1 3.2.2 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.5.1 3.5.3 3.5.4 3.7.1
3.7.2
4.1.1 4.1.2 4.1.3 4.2.1
5.1.1 5.2.1 5.2.2 5.2.3 5.3.1 5.3.2 5.4.1 5.4.2 5.4.3
6.1.1 6.1.2 6.1.3 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12 6.3.1
6.3.2 6.3.3 6.3.4 6.4.1 6.4.2 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.2 6.6.3
7.1.1 7.1.2 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2
8.1.1 8.1.2 8.2.1 8.2.2 8.2.3 8.3.1 8.4.1
9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4
11.1.1 11.1.2 11.2.1 11.2.2 11.2.3 11.3.1 11.3.2 11.3.3 11.4.1 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1
12.1.1 12.1.2 12.2.1 12.2.2 12.3.1 12.3.2 12.3.3 12.3.4
13.1.1 13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2 13.4.1 13.4.2 13.4.3 13.4.4 13.4.5
14.1.1 14.1.2 14.2.1 14.2.2 14.2.3 14.2.4 14.3.1 14.3.2 14.3.3
15.1.1 15.1.2 15.1.3 15.2.1 15.2.2 15.2.3 15.3.1 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7
16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1
16.5.2 16.5.3
"""
REQUIREMENTS = _APPLYING.split()


@cache
def functions(path: Path) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in found if name.startswith("test_"))


def places() -> list[str]:
    """Every file, document and test that the documents name."""
    texts = (path.read_text(encoding="utf-8") for path in DOCUMENTS)
    return sorted({name for text in texts for name in NAMED.findall(text)})


@pytest.mark.parametrize("name", places())
def test_what_a_document_names_is_there(name):
    path, _, test = name.partition("::")
    assert (ROOT / path).exists()
    if test:
        assert test in functions(ROOT / path)


def test_they_name_enough_to_be_held_to():
    tests = [name for name in places() if "::" in name]
    assert len(tests) >= 150
    # Each is read from the first page on.
    linked = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {str(path.relative_to(ROOT)) for path in DOCUMENTS} <= set(
        re.findall(r"\]\(([^)]+)\)", linked)
    )


def rows() -> list[tuple[list[str], str, str]]:
    """The requirements of each row, its state, and what it is shown by."""
    found = []
    for line in ASVS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"[\d., ]+", cells[0]):
            found.append((cells[0].split(", "), cells[2], cells[3]))
    return found


def test_every_requirement_stands_there_once():
    counted = Counter(number for numbers, _state, _shown in rows() for number in numbers)
    assert [number for number, times in counted.items() if times > 1] == []
    assert set(counted) == set(REQUIREMENTS)
    assert len(REQUIREMENTS) == len(set(REQUIREMENTS)) == 193


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][0])
def test_a_state_is_one_of_five_and_has_its_reason(row):
    _numbers, state, shown = row
    assert state in STATES
    if state == "met":
        assert NAMED.search(shown), "nothing shows it"
    else:
        # What is missing, or why, in words.
        assert len(NAMED.sub("", shown).split()) >= 3


def test_the_counts_are_those_of_the_rows():
    counted = Counter()
    for numbers, state, _shown in rows():
        counted[numbers[0].partition(".")[0], state] += len(numbers)
    text = ASVS.read_text(encoding="utf-8")
    told = {
        match[1]: [int(cell) for cell in match[2].split("|")]
        for match in re.finditer(r"^\| V(\d+) [^|]+\|((?: \d+ \|){5} \d+) \|$", text, re.MULTILINE)
    }
    assert len(told) == 15
    for chapter, cells in told.items():
        own = [counted[chapter, state] for state in STATES]
        assert cells == [*own, sum(own)], f"V{chapter}"
    together = [sum(cells[place] for cells in told.values()) for place in range(6)]
    assert "| **together** | " + " | ".join(f"**{one}**" for one in together) + " |" in text
    assert together[-1] == len(REQUIREMENTS)


def failures_with_a_test() -> set[int]:
    """The failures of others that have a test of their own name."""
    named = (name for path in (ROOT / "tests").rglob("test_*.py") for name in functions(path))
    return {
        int(number)
        for name in named
        if (match := FAILURE.match(name))
        for number in re.findall(r"\d\d", match[1])
    }


def told_failures() -> dict[int, str]:
    """What the table says of each failure."""
    told: dict[int, str] = {}
    text = THREATS.read_text(encoding="utf-8")
    for match in re.finditer(r"^\| (\d+)–(\d+) \|[^|]+\| ([^|]+) \|$", text, re.MULTILINE):
        for number in range(int(match[1]), int(match[2]) + 1):
            assert number not in told
            told[number] = match[3]
    return told


def test_every_failure_of_others_is_tested_or_said_not_to_apply():
    told = told_failures()
    assert set(told) == set(range(1, FAILURES + 1))
    tested = {number for number, state in told.items() if state == "tested"}
    assert tested == failures_with_a_test()
    assert all(told[number].startswith("do not apply: ") for number in set(told) - tested)


@pytest.mark.skipif(not CHECKLIST.exists(), reason="the checklist is not beside this checkout")
def test_the_requirements_are_those_of_the_checklist():
    text = CHECKLIST.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("- [") and "[3]" not in line]
    found = [number for line in lines for number in re.findall(r"(\d+\.\d+\.\d+) \[[12]\]", line)]
    assert sorted(found) == sorted(REQUIREMENTS)


#: WCAG 2.2, by level: the last number of the criteria of each guideline.
_CRITERIA = {
    "A": "1.1:1 1.2:1,2,3 1.3:1,2,3 1.4:1,2 2.1:1,2,4 2.2:1,2 2.3:1 2.4:1,2,3,4 2.5:1,2,3,4 "
    "3.1:1 3.2:1,2,6 3.3:1,2,7 4.1:2",
    "AA": "1.2:4,5 1.3:4,5 1.4:3,4,5,10,11,12,13 2.4:5,6,7,11 2.5:7,8 3.1:2 3.2:3,4 "
    "3.3:3,4,8 4.1:3",
}


def criteria(level: str) -> list[str]:
    """The criteria of a level of WCAG 2.2, in order."""
    return [
        f"{guideline}.{number}"
        for guideline, _, numbers in (one.partition(":") for one in _CRITERIA[level].split())
        for number in numbers.split(",")
    ]


@pytest.mark.parametrize(("level", "count"), [("A", 31), ("AA", 24)])
def test_every_criterion_of_accessibility_has_its_state_and_what_shows_it(level, count):
    text = ACCESSIBILITY.read_text(encoding="utf-8")
    section = text.partition(f"\n## Level {level}\n")[2].partition("\n## ")[0]
    told = re.findall(
        r"^\| ([\d.]+) [^|]+\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE
    )

    assert [number for number, *_rest in told] == criteria(level)
    assert len(told) == count
    for number, how, state, shown in told:
        assert len(how.split()) >= 2, number
        if state == "met":
            assert "::" in "".join(NAMED.findall(shown)), f"nothing shows {number}"
        else:
            assert state in ("partly", "not applicable", "not checked"), number
            assert len(shown.split()) >= 3, number
