"""`python -m tests.standard.coverage_run`: every branch of the scoring engine is taken by a test.

Only the tests of the engine are run, and the command fails below 100 percent of any of its files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
STANDARD = ROOT / "accredit" / "standard"
#: The whole package, as it is: a module that is added is measured from its first day.
ENGINE = [
    "figures",
    "scales",
    *(f"scoring/{path.stem}" for path in sorted((STANDARD / "scoring").glob("[!_]*.py"))),
]
TESTS = (
    "test_engine.py",
    "test_engine_properties.py",
    "test_engine_words.py",
    "test_example_results.py",
    "test_naive.py",
    "test_path.py",
    "test_properties.py",
    "test_published_examples.py",
    "test_sensitivity.py",
    "test_traps.py",
    "test_visits.py",
    "test_wording.py",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(f"tests/standard/{name}" for name in TESTS),
            *("--cov=accredit.standard", "--cov-branch", f"--cov-report=json:{report}"),
            *sys.argv[1:],
        ]
        where = {"COVERAGE_FILE": str(Path(folder) / "coverage")}
        answer = subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, **where})
        if answer.returncode:
            return answer.returncode
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    complete = True
    for name in ENGINE:
        found = files[f"accredit/standard/{name}.py"]
        percent = found["summary"]["percent_covered"]
        complete = complete and percent == 100
        gaps = [f"line {line}" for line in found["missing_lines"]]
        gaps += [f"from {start} to {end}" for start, end in found["missing_branches"]]
        print(f"{name:<26} {percent:6.2f} %  {', '.join(gaps)}")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
