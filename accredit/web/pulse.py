"""The pulse of the server's processes: one that has stopped is ended and another takes its place.

A process that ends is replaced by the server. One that only stops, because it was stopped or
because something in it holds everything, would keep its connections for ever. So each of them says
every few seconds that it is there, and whoever started them listens.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep

_log = logging.getLogger(__name__)

#: In seconds, between two beats, and between two looks at who has stopped.
_BEAT = 2.0
#: Whoever looks only after so many seconds was stopped itself, and can say nothing of the others.
_ABSENCE = 10.0


class Pulses:
    """Who was heard when; times are of a clock that only goes on."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._heard: dict[int, float] = {}
        self._looked: float | None = None

    def hear(self, process: int, now: float) -> None:
        """A process says that it is there."""
        self._heard[process] = now

    def silent(self, processes: Iterable[int], now: float) -> list[int]:
        """Those that have said nothing for longer than the patience since they were first seen."""
        absent = self._looked is not None and now - self._looked > _ABSENCE
        self._looked = now
        self._heard = {one: now if absent else self._heard.get(one, now) for one in processes}
        return [one for one, at in self._heard.items() if now - at > self._patience]


def give_pulse() -> None:
    """Say from now on that this process is there, to whoever started it."""
    if sys.platform == "linux":
        Thread(target=_beat, args=(_address(os.getppid()),), name="pulse", daemon=True).start()


def _beat(address: str) -> None:
    said = str(os.getpid()).encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        while True:
            # Whoever started it may not listen yet, or no longer.
            with suppress(OSError):
                line.sendto(said, address)
            sleep(_BEAT)


def watch_pulses(processes: Callable[[], Iterable[int]], patience: float) -> None:
    """End, from now on, those of our processes that have stopped."""
    if sys.platform != "linux":
        return
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(_address(os.getpid()))
    line.settimeout(_BEAT / 2)
    Thread(target=_watch, args=(line, processes, patience), name="pulses", daemon=True).start()


def _watch(line: socket.socket, processes: Callable[[], Iterable[int]], patience: float) -> None:
    pulses, looked = Pulses(patience), monotonic()
    while True:
        with suppress(TimeoutError):
            said = line.recv(20)
            if said.isdigit():
                pulses.hear(int(said), monotonic())
        if monotonic() - looked < _BEAT / 2:
            continue
        looked = monotonic()
        for process in pulses.silent(list(processes()), looked):
            _log.error("process %d has stopped: it is ended and replaced", process)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _address(starter: int) -> str:
    """Where the processes of one that started them are heard: a name that is no file."""
    return f"\0accredit-pulse-{starter}"
