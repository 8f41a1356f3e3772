"""Which connections keep a body back, told by the system and by nothing else."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from accredit.web.connections import LEAST, Mark, Patience, Seen, cut_slow_ones, is_too_slow, marked

PATIENCE = Patience(pause=30, whole=1800)


def seen(arrived: int = 0, silent: float = 100, *, reading: bool = False) -> Seen:
    return Seen(arrived, silent, reading)


def test_a_mark_stays_until_enough_has_arrived():
    first = marked(None, seen(100), 5)
    assert first == Mark(100, 5)
    assert marked(first, seen(100 + LEAST - 1), 25) == first
    assert marked(first, seen(100 + LEAST), 25) == Mark(100 + LEAST, 25)


def test_too_slow_is_who_brings_too_little_for_the_whole_pause():
    assert is_too_slow(Mark(100, 5), seen(), 35, PATIENCE)
    assert not is_too_slow(Mark(100, 6), seen(), 35, PATIENCE)


def test_too_slow_is_who_brings_enough_each_time_and_never_ends():
    assert is_too_slow(Mark(100, 34), seen(silent=1800), 35, PATIENCE)
    assert not is_too_slow(Mark(100, 34), seen(silent=1799), 35, PATIENCE)


def test_who_was_answered_lately_or_still_reads_the_answer_is_not_too_slow():
    assert not is_too_slow(Mark(100, 5), seen(silent=29), 500, PATIENCE)
    assert not is_too_slow(Mark(100, 5), seen(silent=2000, reading=True), 500, PATIENCE)


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of connections")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@linux
def test_only_slow_visitors_are_cut_off_and_can_still_be_answered(listener):
    port = listener.getsockname()[1]
    never, now = Patience(pause=3600, whole=3600), Patience(pause=0, whole=3600)
    with ExitStack() as opened:
        slow, quick, _reader = (
            opened.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(3)
        )
        here = [opened.enter_context(listener.accept()[0]) for _ in range(3)]
        own = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        ours = opened.enter_context(socket.create_connection(own.getsockname()))
        for line in here:
            line.setblocking(False)
        # More than the other end takes: it has not read what was sent.
        _send_all_it_takes(here[2])
        slow.sendall(b"half a")
        marks = cut_slow_ones(port, {}, 0, never)
        assert len(marks) == 3, "neither the listener nor what this process opened itself"
        quick.sendall(b"x" * LEAST)
        slow.sendall(b" body")
        _until_arrived(here[1], LEAST)

        assert cut_slow_ones(port, marks, 1, Patience(pause=1, whole=3600)) != marks
        marks = cut_slow_ones(port, marks, 1, now)
        assert here[0].recv(100) == b"half a body"
        assert here[0].recv(100) == b"", "cut off"
        here[0].sendall(b"too slow")
        assert slow.recv(100) == b"too slow"
        with pytest.raises(BlockingIOError):
            here[2].recv(1)
        ours.sendall(b"goes on")
        here[0].close()
        assert len(cut_slow_ones(port, marks, 2, never)) == 2


def _send_all_it_takes(line: socket.socket) -> None:
    with suppress(BlockingIOError):
        while True:
            line.send(b"x" * 65536)


def _until_arrived(line: socket.socket, length: int) -> None:
    line.setblocking(True)
    assert len(line.recv(length, socket.MSG_PEEK | socket.MSG_WAITALL)) == length
    line.setblocking(False)
