"""A small disk and a disk that cannot be written to; where neither can be had, it is said why."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class SmallDisk:
    """Where an installation may live, and what its server is to be started with."""

    folder: Path
    is_mounted: bool
    options: dict[str, Any] = field(default_factory=dict)

    def grow(self) -> None:
        """More room: the next server has enough."""
        self.options = {}
        if self.is_mounted:
            _mount("-o", "remount,size=64m", str(self.folder))


@contextmanager
def small_disk(folder: Path, room: int) -> Iterator[SmallDisk]:
    """A disk of its own in memory, or else a process that may write no longer files than `room`."""
    folder.mkdir()
    if _mount("-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(folder)):
        try:
            yield SmallDisk(folder, is_mounted=True)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return

    def limit() -> None:
        # Not for good: the process that looks into files sets a limit of its own.
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    yield SmallDisk(folder, is_mounted=False, options={"preexec_fn": limit})


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """A folder or a file that nobody can write to; root writes to all but a mounted one."""
    if os.geteuid() != 0:
        before = place.stat().st_mode
        place.chmod(0o555 if place.is_dir() else 0o444)
        try:
            yield
        finally:
            place.chmod(before)
        return
    if not _mount("--bind", str(place), str(place)):
        pytest.skip("root may write everywhere, and nothing can be mounted here")
    try:
        if not _mount("-o", "remount,ro,bind", str(place)):
            pytest.skip("root may write everywhere, and nothing can be mounted read-only here")
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*words: str) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *words], capture_output=True).returncode == 0
