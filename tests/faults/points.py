"""Named points at which a process is killed: real code runs up to there, and not a step further.

The product knows nothing of them: they are put around its functions from outside, in the
process that is to be killed.
"""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Point:
    """Before or after the `nth` call of a function, during a deed of this kind."""

    kind: str
    owner: str
    name: str
    after: bool = False
    nth: int = 1

    @property
    def is_kept(self) -> bool:
        """Whether the transaction was committed before."""
        return self.name == "tell" or self.owner.endswith(":HeadFile")


_STORE = "accredit.evidence.store:FileStore"
_ISSUING = "accredit.certificate.service:"

POINTS: dict[str, Point] = {
    "a score: before its row": Point("score", "accredit.assessment.scoring:", "record"),
    "a score: before it is kept": Point("score", "accredit.audit.recording:", "append"),
    "a score: written, not kept": Point("score", "accredit.audit.recording:", "append", after=True),
    "a score: kept, no head signed": Point("score", "accredit.audit.recording:", "tell"),
    "a score: kept, not answered": Point("score", "accredit.audit.recording:", "tell", after=True),
    "a file: read, not stored": Point("file", _STORE, "put"),
    "a file: on the disk, without its name": Point("file", _STORE, "_keep"),
    "a file: under its name, no row": Point("file", _STORE, "put", after=True),
    "a file: with its row, not kept": Point("file", "accredit.audit.recording:", "append"),
    "a file: kept, not answered": Point("file", "accredit.audit.recording:", "tell", after=True),
    "a certificate: number drawn": Point(
        "certificate", "accredit.certificate.issuing:", "_unused_number", after=True
    ),
    "a certificate: row written": Point("certificate", _ISSUING, "issue", after=True),
    "a certificate: one sheet drawn": Point(
        "certificate", "accredit.certificate.pdf:", "render_certificate", after=True
    ),
    "a certificate: one sheet without its name": Point("certificate", _STORE, "_keep"),
    "a certificate: one sheet stored": Point("certificate", _STORE, "put", after=True),
    "a certificate: two sheets stored": Point("certificate", _STORE, "put", after=True, nth=2),
    "a certificate: all sheets stored": Point(
        "certificate", _ISSUING, "print_documents", after=True
    ),
    "a certificate: written, not kept": Point(
        "certificate", "accredit.audit.recording:", "append", after=True
    ),
    "a certificate: kept, no head signed": Point(
        "certificate", "accredit.audit.recording:", "tell"
    ),
    "a certificate: head signed, not answered": Point(
        "certificate", "accredit.audit.heads:HeadFile", "append", after=True
    ),
    "a person: before it is kept": Point("person", "accredit.audit.recording:", "append"),
    "a person: kept, not answered": Point(
        "person", "accredit.audit.recording:", "tell", after=True
    ),
}


def set_trap(point: Point, armed: Path) -> None:
    """Kill this process and all of its group at the point, once the file `armed` is there."""
    module, _, kind = point.owner.partition(":")
    owner: Any = importlib.import_module(module)
    if kind:
        owner = getattr(owner, kind)
    setattr(owner, point.name, _trapped(getattr(owner, point.name), point, armed))


def _trapped(function: Callable[..., Any], point: Point, armed: Path) -> Callable[..., Any]:
    calls = 0

    def strike() -> None:
        nonlocal calls
        calls += armed.exists()
        if calls == point.nth:
            os.killpg(os.getpgid(0), signal.SIGKILL)

    def run(*args: Any, **kwargs: Any) -> Any:
        if not point.after:
            strike()
        result = function(*args, **kwargs)
        if point.after:
            strike()
        return result

    return run
