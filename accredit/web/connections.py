"""The connections of this process as the system knows them, and which of them are too slow.

An application is told neither the connection of a request nor how to end one. The system (Linux)
tells of each how much has arrived and how long ago something was sent, and that is enough: where
hardly anything arrives, nothing is sent and nobody is at work, a body is being kept back.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass

#: In bytes; less than this within the patience counts as nothing.
LEAST = 16 * 1024

_INFO_LENGTH = 136
_SINCE_SENT = struct.Struct("44xI")
_ARRIVED = struct.Struct("128xQ")


@dataclass(frozen=True, slots=True)
class Seen:
    """A connection at a moment: bytes that have arrived, seconds since anything was sent.

    Whoever does not take what was sent is `reading`: nothing is expected of them.
    """

    arrived: int
    silent: float
    reading: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """How much had arrived at a moment (of a clock that only goes on) when enough had."""

    arrived: int
    at: float


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: within which `LEAST` must arrive, and within which everything must."""

    pause: float
    whole: float


def marked(before: Mark | None, seen: Seen, now: float) -> Mark:
    """The mark to measure by from now on: the one before while too little arrived since."""
    if before is not None and seen.arrived - before.arrived < LEAST:
        return before
    return Mark(seen.arrived, now)


def is_too_slow(mark: Mark, seen: Seen, now: float, patience: Patience) -> bool:
    """Whether a connection keeps a body back, given that nobody is at work on any request."""
    if seen.reading or seen.silent < patience.pause:
        return False
    return now - mark.at >= patience.pause or seen.silent >= patience.whole


def cut_slow_ones(
    port: int, marks: Mapping[str, Mark], now: float, patience: Patience
) -> dict[str, Mark]:
    """Take nothing more from the slow ones of those who came to this port; the marks from now on.

    Whoever waits for the rest of such a body is told that it ended, and can still answer.
    """
    kept = {}
    for name, line in _accepted_at(port):
        seen = _look_at(line)
        mark = kept[name] = marked(marks.get(name), seen, now)
        if is_too_slow(mark, seen, now, patience):
            # It may be gone by now.
            with suppress(OSError):
                line.shutdown(socket.SHUT_RD)
    return kept


def _accepted_at(port: int) -> Iterator[tuple[str, socket.socket]]:
    """The connections others made to this port, each with its name in this process."""
    if sys.platform != "linux":
        return
    for entry in os.listdir("/proc/self/fd"):
        # Any of them may be closed while it is looked at.
        with suppress(OSError):
            name = os.readlink(f"/proc/self/fd/{entry}")
            if not name.startswith("socket:"):
                continue
            # A second handle: what is known by the first number may be another file by now.
            with closing(socket.socket(fileno=os.dup(int(entry)))) as line:
                if line.family in (socket.AF_INET, socket.AF_INET6) and (
                    line.getsockname()[1] == port and line.getpeername()
                ):
                    yield name, line


def _look_at(line: socket.socket) -> Seen:
    info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_LENGTH)
    # In bytes, as a number: what was sent and not yet taken there.
    untaken = fcntl.ioctl(line, termios.TIOCOUTQ, b"\0\0\0\0")
    return Seen(
        arrived=_ARRIVED.unpack_from(info)[0],
        silent=_SINCE_SENT.unpack_from(info)[0] / 1000,
        reading=any(untaken),
    )
