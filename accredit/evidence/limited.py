"""Asking the limited process what is in a file, from inside the application."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import accredit
from accredit.evidence import policy
from accredit.evidence.content import REASONS, File
from accredit.evidence.domain import Upload
from accredit.evidence.preview import (
    LONGEST_PART,
    MOST_COLUMNS,
    MOST_NAMES,
    MOST_ROWS,
    Preview,
)
from accredit.evidence.texts import MOST_LETTERS, MOST_PARTS, Part

#: Longer than the process itself may take (`reader.PATIENCE`).
_TIMEOUT = 25.0
# A letter outside ASCII takes up to twelve bytes in JSON.
_LONGEST_ANSWER = MOST_LETTERS * 12 + MOST_PARTS * 200 + 1000
#: In bytes; a page that takes more is not shown.
LARGEST_PICTURE = 8 * 1024 * 1024
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from accredit.evidence.reader import serve; serve(int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file the policy takes: its content, cleaned where it had to be, and its words."""

    name: str
    media_type: str
    content: BinaryIO
    parts: tuple[Part, ...]


@contextmanager
def read_upload(upload: Upload, *, limit: int) -> Iterator[Reading]:
    """What a person sent, looked into by the limited process; raises an `UploadError`.

    The content may be read while the context is open.
    """
    file = policy.admit(upload, limit=limit)
    with contextlib.ExitStack() as open_files:
        content = open_files.enter_context(tempfile.TemporaryFile())
        cleaned = open_files.enter_context(tempfile.TemporaryFile())
        shutil.copyfileobj(file.stream, content)
        content.flush()
        found = _reader.ask(file, content, cleaned, limit)
        parts = _parts_of(file, found)
        kept = cleaned if found.get("cleaned") is True else content
        kept.seek(0)
        yield Reading(file.name, policy.media_type(file), kept, parts)


def _parts_of(file: File, found: dict[str, Any]) -> tuple[Part, ...]:
    """The words found, or the refusal. Nothing the process says is trusted beyond its form."""
    if "parts" not in found:
        reason = found.get("refused")
        raise file.refusal(reason if reason in REASONS else "swelling")
    return tuple(
        Part(str(kind)[:10], str(label)[:60], str(text))
        for kind, label, text in found["parts"][:MOST_PARTS]
    )


def read_preview(file: File, content: BinaryIO, *, place: str, part: int | None) -> Preview | None:
    """The part of a stored file, made by the limited process; None if it cannot be shown.

    The part with the number `part`, or else the one that `place` means.
    """
    with tempfile.TemporaryFile() as picture:
        asked = {"place": place, "part": part}
        found = _reader.ask(file, content, picture, LARGEST_PICTURE, asked)
        picture.seek(0)
        drawn = picture.read(LARGEST_PICTURE)
    try:
        return Preview(
            kind=str(found["kind"])[:10],
            part=int(found["part"]),
            count=int(found["count"]),
            names=tuple(str(name) for name in found["names"][:MOST_NAMES]),
            words=str(found["words"])[:LONGEST_PART],
            cited=str(found["cited"])[:LONGEST_PART],
            rows=tuple(tuple(map(str, row[:MOST_COLUMNS])) for row in found["rows"][:MOST_ROWS]),
            cut=found["cut"] is True,
            # The type is ours to say: what is no picture must never be announced as a page.
            media_type="image/jpeg" if found["media_type"] == "image/jpeg" else "image/png",
            picture=drawn,
        )
    except (KeyError, TypeError, ValueError):
        return None


class LimitedReader:
    """The process, started when the first file comes and again if it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(
        self,
        file: File,
        content: BinaryIO,
        cleaned: BinaryIO,
        limit: int,
        preview: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What the process says of a file; {} if it broke a limit and was ended.

        With `preview`, a place and a part, it is asked to show that part of the file, whose
        picture it then writes to `cleaned`.
        """
        ours, theirs = socket.socketpair()
        task = {
            "ending": file.ending,
            "size": file.size,
            "limit": limit,
            "preview": preview,
        }
        message = json.dumps(task).encode()
        with ours:
            with theirs:
                self._send(message, [content.fileno(), cleaned.fileno(), theirs.fileno()])
            ours.settimeout(_TIMEOUT)
            said = _everything(ours)
        try:
            found = json.loads(said)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _send(self, message: bytes, handles: list[int]) -> None:
        with self._lock:
            for attempt in (1, 2):
                control = self._started()
                try:
                    socket.send_fds(control, [message], handles)
                    if control.recv(1) == b".":
                        return
                except OSError:
                    if attempt == 2:
                        raise
                self.stop()
        raise ChildProcessError("the process that reads files does not start")

    def _started(self) -> socket.socket:
        # A worker that was forked must not share its parent's process: answers would cross.
        if self._control is not None and self._owner == os.getpid():
            return self._control
        ours, theirs = socket.socketpair()
        root = str(Path(accredit.__file__).parent.parent)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package, no words of others
                [sys.executable, "-I", "-c", _START, root, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                # No secret of the application is within its reach.
                env={"LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        ours.settimeout(_TIMEOUT)
        self._control, self._owner = ours, os.getpid()
        return ours

    def stop(self) -> None:
        """End the process; it is started again when it is needed."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
            self._process = None


def _everything(channel: socket.socket) -> bytes:
    said = bytearray()
    try:
        while chunk := channel.recv(64 * 1024):
            said += chunk
            if len(said) > _LONGEST_ANSWER:
                return b""
    except TimeoutError:
        return b""
    return bytes(said)


_reader = LimitedReader()
atexit.register(_reader.stop)
