"""How often something may be noted, so that nobody fills the disk by being refused."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, and one more every `seconds`."""

    burst: int
    seconds: float


@dataclass(slots=True)
class _Level:
    left: float
    at: float
    held_back: int = 0


class Bounds:
    """Counts for one process what may be noted, by key and altogether.

    What is held back is counted, and the count told with the next one that passes.
    """

    def __init__(self, each: Rate, overall: Rate, *, keys: int = 10_000) -> None:
        self._each = each
        self._overall = overall
        self._keys = keys
        self._levels: dict[Hashable, _Level] = {}
        self._all = _Level(overall.burst, 0.0)
        self._lock = Lock()

    def admit(self, key: Hashable, now: float) -> int | None:
        """How many were held back before this one, or None if this one is held back too."""
        with self._lock:
            level = self._levels.pop(key, None) or _Level(self._each.burst, now)
            # The newest stands last, so that what is forgotten first was idle the longest.
            self._levels[key] = level
            if len(self._levels) > self._keys:
                del self._levels[next(iter(self._levels))]
            _refill(level, self._each, now)
            _refill(self._all, self._overall, now)
            if level.left < 1 or self._all.left < 1:
                level.held_back += 1
                return None
            level.left -= 1
            self._all.left -= 1
            before, level.held_back = level.held_back, 0
            return before


def _refill(level: _Level, rate: Rate, now: float) -> None:
    level.left = min(rate.burst, level.left + max(0.0, now - level.at) / rate.seconds)
    level.at = now
