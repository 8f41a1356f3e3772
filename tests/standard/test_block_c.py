"""Block C of the attack programme: 36 hostile files, in a process of their own.

A segmentation fault of the parser would end the process, so that every case is also read in a
child, and the child must live to tell.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from accredit.standard.domain import Standard
from accredit.standard.file.loader import load
from accredit.standard.scoring.engine import evaluate
from tests.costs import costs_less_than
from tests.standard.hostile import CASES
from tests.standard.small import changed, errors, standard

ROOT = Path(__file__).parents[2]
_CHILD = """
import sys
from pathlib import Path
from accredit.standard.domain import Standard
from accredit.standard.file.loader import load
for path in sys.argv[1:]:
    found = load(Path(path).read_bytes(), file="f")
    print("sound" if isinstance(found, Standard) else "refused")
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(content, expected, id=name, marks=pytest.mark.block("C", name))
        for name, content, expected in CASES
    ],
)
def test_case(content: bytes, expected: str | None) -> None:
    found = errors(content)
    assert costs_less_than(1, lambda: errors(content))
    if expected is None:
        assert found == []
    else:
        assert expected in found


@pytest.mark.block("C", "08 in a process of its own")
def test_the_reader_s_process_survives_every_case(tmp_path: Path) -> None:
    paths = []
    for name, content, _ in CASES:
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(content)
        paths.append(str(path))
    answer = subprocess.run(
        [sys.executable, "-c", _CHILD, *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    expected = ["sound" if line is None else "refused" for _, _, line in CASES]
    assert answer.stdout.split() == expected


def test_all_36_cases_are_here() -> None:
    numbers = {name[:2] for name, _, _ in CASES if name[0].isdigit()}
    assert numbers == {f"{number:02}" for number in range(1, 36)}  # 36 is the test below


@pytest.mark.block("C", "36 bound to the text")
def test_36_scores_stay_bound_to_the_text_they_were_given_under() -> None:
    before = standard()
    after = load(changed("Every service.", "Every service and every channel.").encode(), file="f")
    assert isinstance(after, Standard)
    assert (before.id, before.version) == (after.id, after.version)
    scores = {"1.1": "good", "1.2": "good", "2.1": "good"}
    results = [evaluate(one, scores) for one in (before, after)]
    assert results[0].sha256 == before.sha256 != after.sha256 == results[1].sha256
