"""Asking ClamAV about a file (its INSTREAM conversation over a socket).

Whatever goes wrong, the answer is "not known yet": such a file is kept and handed to nobody.
"""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO

from accredit.evidence.domain import ScanState

#: Seconds for each step of the conversation.
PATIENCE = 30.0
_CHUNK = 64 * 1024
_LONGEST_REPLY = 1000
_FOUND = re.compile(r"stream: (.{1,200}) FOUND")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scanner said: the state, and the name of what it found."""

    state: ScanState
    finding: str = ""


def scan(address: str, stream: BinaryIO, *, patience: float = PATIENCE) -> Scanned:
    """Ask the scanner at `address` (`host:port` or a socket's path) about the whole stream."""
    stream.seek(0)
    try:
        with _connected(address, patience) as line:
            line.sendall(b"zINSTREAM\0")
            while chunk := stream.read(_CHUNK):
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            reply = _reply(line)
    except OSError:
        return Scanned(ScanState.WAITING)
    if reply == "stream: OK":
        return Scanned(ScanState.CLEAN)
    if found := _FOUND.fullmatch(reply):
        return Scanned(ScanState.INFECTED, found[1])
    return Scanned(ScanState.WAITING)


def _connected(address: str, patience: float) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=patience)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(patience)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _reply(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_REPLY:
        part = line.recv(_LONGEST_REPLY)
        if not part:
            break
        said += part
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
