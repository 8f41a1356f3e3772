"""A process of the server that stops and does not end is replaced, and nothing is lost by it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.real.client import Client
from tests.real.instance import Instance
from tests.real.server import Server, serving

#: In seconds; the shortest time a process may give no sign, and how long that may take to be seen.
GIVES_NO_SIGN, WITHIN = 5, 60
PROCESSES = 2


def processes_of(server: Server) -> set[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return {int(word) for word in children.read_text().split()}


def wait_for_others(server: Server, stopped: set[int]) -> set[int]:
    """Until the server has as many processes as before, and none of those."""
    end = time.monotonic() + WITHIN
    while True:
        now = processes_of(server)
        if len(now) == PROCESSES and not now & stopped:
            return now
        assert time.monotonic() < end, f"{stopped} still there: {server.said()[-400:]}"
        time.sleep(0.1)


@pytest.mark.block("M", "20 worker hangs")
def test_a_process_that_stops_is_replaced_and_the_others_stay(instance: Instance) -> None:
    environ = {"ACCREDIT_PULSE_SECONDS": str(GIVES_NO_SIGN)}
    with serving(instance, workers=PROCESSES, environ=environ) as server:
        before = processes_of(server)
        assert len(before) == PROCESSES
        # Longer than the patience: who is well stays, although nobody asks it for anything.
        time.sleep(GIVES_NO_SIGN + 3)
        assert processes_of(server) == before
        stopped = min(before)
        os.kill(stopped, signal.SIGSTOP)
        after = wait_for_others(server, {stopped})
        assert len(after & before) == PROCESSES - 1
        assert f"process {stopped} has stopped" in server.said()
        for _ in range(4 * PROCESSES):
            client = Client(server.port)
            assert client.get("/sign-in").status == 200
            client.close()
    assert invariants.commands_agree(instance) == []
