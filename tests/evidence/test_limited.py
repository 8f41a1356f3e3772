"""The process that looks into files: little memory, little time, no file and no network."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import accredit
from accredit.evidence.domain import UnsafeContentError, Upload
from accredit.evidence.limited import LimitedReader, read_upload
from tests.evidence import hostile
from tests.evidence.files import HONEST

LIMIT = 25 * 1024 * 1024
ROOT = str(Path(accredit.__file__).parent.parent)


def in_the_child(code: str) -> str:
    """What a child says that has given everything up and then tries `code`."""
    script = textwrap.dedent("""
        import os, socket, sys
        sys.path.insert(0, sys.argv[1])
        from accredit.evidence import reader
        reader._give_up_everything(100)
        def tried():
            try:
                {code}
            except BaseException as error:
                return type(error).__name__
            return "done"
        os.write(1, tried().encode())
        os._exit(0)
    """).replace("{code}", code)
    done = subprocess.run(
        [sys.executable, "-c", script, ROOT], capture_output=True, check=False, timeout=60
    )
    return done.stdout.decode() or f"ended by {-done.returncode}"


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket()",
        "open('/etc/passwd')",
        "open('/tmp/written', 'w')",
        "os.pipe()",
        "os.listdir('/')",
    ],
)
def test_it_can_open_no_file_and_no_connection(code):
    assert in_the_child(code) == "OSError"


def test_failure_54_it_has_no_more_than_its_memory():
    assert in_the_child("bytearray(600 * 1024 * 1024)") == "MemoryError"
    assert in_the_child("bytearray(50 * 1024 * 1024)") == "done"


def test_it_has_no_more_than_its_time(monkeypatch):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from accredit.evidence import reader; reader.SECONDS = 1;"
        "reader._give_up_everything(100)\nwhile True: pass"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script, ROOT], check=False, timeout=60)
    assert done.returncode < 0
    assert time.monotonic() - started < 30


def test_it_knows_no_secret_of_the_application():
    script = "import os, json; print(json.dumps(sorted(os.environ)))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        env={"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not [name for name in json.loads(done.stdout) if "ACCREDIT" in name]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_comes_through_whole(name):
    with read_upload(Upload(name, io.BytesIO(HONEST[name])), limit=LIMIT) as reading:
        content = reading.content.read()
    if name.endswith(("jpg", "JPEG")):
        assert content == HONEST[name].replace(b"\xff\xfe\x00\x0ea photograph", b"")
    else:
        assert content == HONEST[name]


def test_a_child_that_is_ended_refuses_the_file_and_the_next_is_read(monkeypatch):
    reader = LimitedReader()
    try:
        from accredit.evidence.policy import admit

        file = admit(Upload("x.pdf", io.BytesIO(HONEST["report.pdf"])), limit=LIMIT)
        with open(os.devnull, "w+b") as nothing:
            # A content that cannot be read at all ends the child without an answer.
            assert reader.ask(file, nothing, nothing, LIMIT).get("refused") in (None, "other")
        reader._process.kill()
        reader._process.wait()
        import tempfile

        with tempfile.TemporaryFile() as content, tempfile.TemporaryFile() as cleaned:
            content.write(HONEST["report.pdf"])
            content.flush()
            assert reader.ask(file, content, cleaned, LIMIT)["cleaned"] is False
    finally:
        reader.stop()


@pytest.mark.parametrize("name", ["21_flate_bomb.pdf", "22_page_loop.pdf"])
def test_failure_54_a_bomb_is_refused_in_time(name):
    started = time.monotonic()
    with (
        pytest.raises((UnsafeContentError, Exception)) as refused,
        read_upload(Upload(name, io.BytesIO(hostile.FORTY[name]())), limit=LIMIT),
    ):
        pass
    assert refused.value.reason == hostile.REASON[name]
    assert time.monotonic() - started < 10


def test_failure_45_and_46_archives_are_refused_inside_documents_too():
    from tests.evidence.files import archive, office_parts

    for made, reason in (
        (hostile.xxe_docx(), "hiding"),
        (archive({**office_parts("docx"), "../x": b"x"}), "hiding"),
        (archive({**office_parts("docx"), "zeros.xml": b"<a>" + b" " * 25_000_000}), "swelling"),
    ):
        with (
            pytest.raises(Exception) as refused,
            read_upload(Upload("a.docx", io.BytesIO(made)), limit=LIMIT),
        ):
            pass
        assert refused.value.reason == reason


def test_a_socket_is_really_what_would_have_been_opened():
    """The tests above would pass for nothing if this machine had no sockets."""
    socket.socket().close()
