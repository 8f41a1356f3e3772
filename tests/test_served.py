"""The process that serves: what it begins with is looked through for garbage no more."""

from __future__ import annotations

import subprocess
import sys

from tests.test_cli import ROOT, environment

#: Circles of things that nobody holds any more, as a drawn PDF leaves them; how many are still
#: there, beside what was kept apart and what else a search looks through.
LOOK = """
import gc
from accredit.app import create_served
app = create_served()

class Circle:
    def __init__(self):
        self.itself = self

others = len(gc.get_objects())
most = 0
for number in range(100_000):
    Circle()
    if number % 1_000 == 0:
        most = max(most, len(gc.get_objects()) - others)
print(gc.get_freeze_count(), others, most)
"""


def test_what_it_began_with_is_kept_apart_and_garbage_does_not_pile_up(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", LOOK],
        env=environment(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    kept, looked_through, most = map(int, run.stdout.split())
    assert kept > 100_000
    assert looked_through < kept / 10
    assert most < 20_000
