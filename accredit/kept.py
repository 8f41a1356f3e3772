"""What is dear to make and follows from its key alone: kept for a while, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _one(_value: object) -> int:
    return 1


class Kept(Generic[Key, Value]):
    """The values asked for last; together they weigh at most `most`.

    Nothing that a row says may be kept under its number: it would outlive the row. A key names
    all that its value follows from, as a hash or as the values themselves.
    """

    def __init__(self, most: int, weigh: Callable[[Value], int] = _one) -> None:
        self._most = most
        self._weigh = weigh
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of the key, made by `make` if it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        # Others go on meanwhile; who asks for the same just then makes it, too.
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = value
                self._weight += self._weigh(value)
            while self._weight > self._most:
                _key, oldest = self._values.popitem(last=False)
                self._weight -= self._weigh(oldest)
        return value
