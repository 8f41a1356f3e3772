"""Programs of ours in processes of their own that begin with every module loaded.

A program that is started a thousand times would spend most of its time importing. Here it begins
as a copy of a process that did only that: it has opened no file of an installation, no database
and no connection, and knows no setting.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: What these programs import; a module that is not there costs only time.
_MODULES = (
    "accredit.app",
    "accredit.evidence_command",
    "accredit.serving",
    "accredit.trail.commands",
    "granian.server",
    "tests.faults.failing",
    "tests.faults.invariants",
)
_PATIENCE = 60.0


class Loaded:
    """`python -m …` in a process group of its own; it ends as a `subprocess.Popen` does."""

    def __init__(
        self, module: str, words: Sequence[str], environ: Mapping[str, str], output: Path
    ) -> None:
        processes = multiprocessing.get_context("forkserver")
        processes.set_forkserver_preload(list(_MODULES))
        ours, theirs = processes.Pipe(duplex=False)
        self._process = processes.Process(
            target=_run, args=(module, list(words), dict(environ), str(output), theirs)
        )
        self._process.start()
        theirs.close()
        # Whoever ends it ends its group: that must be there first.
        assert ours.poll(_PATIENCE), "the process does not begin"
        ours.close()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit status, below zero if it was killed, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The same once it ended; raises `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("a loaded program", timeout or 0)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()


def _run(module: str, words: list[str], environ: dict[str, str], output: str, begun: Any) -> None:
    os.setsid()
    # The server's workers are copies of it, as where it was started by hand.
    multiprocessing.set_start_method("fork", force=True)
    os.environ.clear()
    os.environ.update(environ)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    begun.send(None)
    begun.close()
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
