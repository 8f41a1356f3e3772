"""What a piece of work costs the processor, asked so that a busy machine does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable


def costs_less_than(seconds: float, work: Callable[[], object], *, times: int = 5) -> bool:
    """Whether the work takes less processor time than this, in one of a few runs.

    Whatever else the machine does only adds to the time of a run, so the least one counts.
    """
    for _ in range(times):
        began = time.process_time()
        work()
        if time.process_time() - began < seconds:
            return True
    return False
