"""What is kept has been kept, also where the system has no thread for what comes after it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from accredit.audit.appending import Committed
from accredit.audit.heads import HeadFile, HeadWriter
from accredit.config import Smtp
from accredit.identity.sending import Sender
from tests.identity.mail_server import MailServer

#: In bytes; more than an address can point to, so that the system refuses every thread.
_TOO_LARGE = 1 << 46


@contextmanager
def no_threads() -> Iterator[None]:
    """The system refuses to start a thread."""
    before = threading.stack_size(_TOO_LARGE)
    try:
        with pytest.raises(RuntimeError):
            threading.Thread(target=print).start()
        yield
    finally:
        threading.stack_size(before)


def test_a_head_that_cannot_be_signed_later_is_signed_at_once(tmp_path):
    writer = HeadWriter(HeadFile(tmp_path / "heads", b"secret"), seconds=3600)
    with no_threads():
        for number in (1, 2, 3):
            writer.committed(Committed(number, f"{number}" * 64, ("score.recorded",)))
    assert [line.head.event for line in writer.file.lines()] == [1, 2, 3]
    writer.committed(Committed(4, "4" * 64, ("score.recorded",)))
    assert len(writer.file.lines()) == 3, "there is time again"
    writer.sign()
    assert [line.head.event for line in writer.file.lines()] == [1, 2, 3, 4]


def test_what_is_committed_is_never_answered_by_a_fault_of_its_head(tmp_path, caplog):
    (tmp_path / "heads").mkdir()
    file = HeadFile(tmp_path / "heads" / "file", b"secret")
    writer = HeadWriter(file, seconds=3600, later=False)
    # A hash that is no text cannot be signed: a fault nobody foresaw.
    with caplog.at_level(logging.CRITICAL):
        writer.committed(Committed(1, b"1", ("decision.recorded",)))  # type: ignore[arg-type]
    assert "no head of the trail could be written" in caplog.text
    writer.committed(Committed(2, "2" * 64, ("decision.recorded",)))
    assert [line.head.event for line in file.lines()] == [2]


def test_mail_without_a_thread_waits_and_goes_out_with_the_next(
    app, browse, cast, monkeypatch, caplog
):
    server = MailServer()
    server.start()
    smtp = Smtp("localhost", server.port, "accredit@example.org", None, None, "none", None)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], smtp=smtp))
    try:
        sender = Sender(app)
        browse().post("/forgotten", {"email": cast.leader.email})
        with no_threads(), caplog.at_level(logging.ERROR):
            sender.wake()
        assert "no thread for mails could be started" in caplog.text
        assert server.mailbox.raw == []
        sender.wake()
        _wait_until(lambda: server.mailbox.envelopes != [])
        assert server.mailbox.envelopes == [("accredit@example.org", [cast.leader.email])]
    finally:
        server.stop()


def _wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "not within its time"
        time.sleep(0.02)
