"""The process that looks into strangers' files, with little memory, little time and no network.

It is started once by `limited`, knows nothing of the application's settings, and makes a child
for each file. The child may use only the files it was handed: it can open no other file and no
connection, however a library behaves. What it found it says as one JSON object.
"""

from __future__ import annotations

import codecs
import json
import os
import resource
import signal
import socket
from typing import Any, BinaryIO, NoReturn

from accredit.evidence.cleaning import clean_picture
from accredit.evidence.content import File
from accredit.evidence.domain import UploadError
from accredit.evidence.policy import check_content
from accredit.evidence.preview import Preview
from accredit.evidence.preview_reading import read_preview
from accredit.evidence.texts import read_parts

MEMORY = 512 * 1024 * 1024
SECONDS = 10
#: By the clock; a process that waits uses no processor time.
PATIENCE = 20
FOUND = 3  # content, place for a cleaned copy or a picture, answer

#: Loaded before the limits, since afterwards no module can be: encodings that files come in.
ENCODINGS = (
    "ascii", "latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "idna",
    "cp437", "cp720", "cp864", "cp1250", "cp1251", "cp1252", "cp1254", "cp1256",
    "iso8859-6", "iso8859-15", "mac-roman", "mac-arabic",
)  # fmt: skip


def serve(handle: int) -> NoReturn:
    """Read files for whoever holds the other end of the socket, until they are gone."""
    import pikepdf
    import pypdfium2
    import python_calamine

    from accredit.evidence.preview_pictures import warm_up

    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loaded = (pikepdf, pypdfium2, python_calamine, *map(codecs.lookup, ENCODINGS))
    control = socket.socket(fileno=handle)
    while loaded:
        message, handles, _flags, _address = socket.recv_fds(control, 4096, FOUND)
        if not message:
            break
        if os.fork() == 0:
            control.close()
            _answer(json.loads(message), *handles)
        for number in handles:
            os.close(number)
        control.sendall(b".")
    os._exit(0)


def _answer(task: dict[str, Any], content: int, cleaned: int, answer: int) -> NoReturn:
    """In the child: look into one file and say what was found. Never returns."""
    status = 1
    try:
        _give_up_everything(task["limit"])
        with os.fdopen(content, "rb") as stream:
            file, preview = File("", task["ending"], stream, task["size"]), task["preview"]
            found = look(file, cleaned) if preview is None else show(file, cleaned, **preview)
        said = json.dumps(found).encode()
        with os.fdopen(answer, "wb") as channel:
            channel.write(said)
        status = 0
    finally:
        os._exit(status)


def look(file: File, cleaned: int) -> dict[str, Any]:
    """What the policy says of a file, and the words in it.

    A picture that had to be cleaned is written to the handle `cleaned`.
    """
    try:
        check_content(file)
        parts = read_parts(file)
        changed = None
        if file.ending in ("png", "jpg", "jpeg"):
            changed = clean_picture(file.ending, file.read_all())
    except UploadError as refusal:
        return {"refused": refusal.reason}
    except MemoryError:
        return {"refused": "swelling"}
    if changed is not None:
        _write(cleaned, changed)
    return {
        "parts": [[part.kind, part.label, part.text] for part in parts],
        "cleaned": changed is not None,
    }


def show(file: File, picture: int, place: str, part: int | None) -> dict[str, Any]:
    """The preview of a file's part; its picture is written to the handle `picture`."""
    try:
        preview = read_preview(file, place, part)
    except Exception:  # whatever a library makes of a stranger's file
        return {}
    _write(picture, preview.picture)
    return {name: getattr(preview, name) for name in Preview.__slots__ if name != "picture"}


def _write(handle: int, data: bytes) -> None:
    target: BinaryIO
    with os.fdopen(handle, "wb", closefd=False) as target:
        target.write(data)


def _give_up_everything(limit: int) -> None:
    """From here on: bounded memory and time, no new file, socket, process or core dump."""
    signal.alarm(PATIENCE)
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, limit),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (most, most))
