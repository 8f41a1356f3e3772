"""Exactly one write fails, the n-th, for every n of a certificate's issue."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from accredit.evidence.store import FileStore
from tests.faults import invariants
from tests.faults.deeds import do
from tests.real.client import MULTIPART, Answer, form_token, multipart
from tests.real.instance import Instance

WRITES = ("INSERT", "UPDATE", "DELETE")


class Visitor:
    """Somebody whose requests this process answers, so that one of its writes can be made fail."""

    def __init__(self, instance: Instance, who: str) -> None:
        self.client = instance.app.test_client()
        name, _, value = (
            instance.cookie(getattr(instance.cast, who)).partition(";")[0].partition("=")
        )
        self.client.set_cookie(name, value)
        self.token = form_token(self.client.get("/").data)

    def post(self, path: str, form: Any = None, files: Any = None) -> Answer:
        body = multipart({"csrf_token": self.token, **(form or {})}, files or {})
        answer = self.client.post(path, data=body, content_type=MULTIPART)
        return Answer(answer.status_code, dict(answer.headers), answer.data, 0.0, 0.0)


@contextmanager
def nth_statement_fails(nth: int) -> Iterator[list[str]]:
    """SQLite itself refuses the n-th statement that writes; the statements seen until then."""
    seen: list[str] = []

    def before(_conn: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(WRITES):
            seen.append(statement)
            refused = len(seen) == nth
            cursor.connection.execute(f"PRAGMA query_only={int(refused)}")

    def failed(context: Any) -> None:
        context.connection.connection.dbapi_connection.execute("PRAGMA query_only=0")

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "handle_error", failed)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "handle_error", failed)


@pytest.mark.block("M", "05 the n-th write fails")
def test_no_write_of_the_issue_can_fail_and_leave_something(instance, work, ledger):
    deed, request = work.next("certificate")
    visitor = Visitor(instance, request.who)
    for nth in itertools.count(1):
        # Each try is also the retry of the one before.
        with nth_statement_fails(nth) as seen:
            answer = do(visitor, deed, request, ledger)
        if len(seen) < nth:
            break
        assert answer.status == 503, (nth, answer.status, seen[-1])
        assert "recorded" not in answer.text, "the page tells of what was not kept"
        assert not any(invariants.parts_of(instance, deed).values()), (nth, seen[-1])
    # So many writes there are, and each of them has failed once.
    assert nth > 8, "the issue writes more than that"
    assert answer.status == 303
    assert invariants.all_of(instance, [deed], ledger.all_acknowledged()) == []
    assert invariants.commands_agree(instance) == []


@pytest.mark.block("M", "08 disk full: uploads")
def test_no_sheet_can_fail_to_be_stored_and_leave_a_certificate(
    instance, work, ledger, monkeypatch
):
    deed, request = work.next("certificate")
    visitor = Visitor(instance, request.who)
    real = FileStore._keep
    for nth in (1, 2, 3):
        calls = itertools.count(1)

        def keep(self: FileStore, *rest: Any, nth: int = nth, calls: Any = calls) -> None:
            if next(calls) == nth:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(self, *rest)

        monkeypatch.setattr(FileStore, "_keep", keep)
        answer = do(visitor, deed, request, ledger)
        assert answer.status == 503, answer.status
        assert not any(invariants.parts_of(instance, deed).values()), nth
    monkeypatch.undo()
    assert do(visitor, deed, request, ledger).status == 303
    assert invariants.all_of(instance, [deed], ledger.all_acknowledged()) == []


def test_a_head_that_cannot_be_written_stops_nobody(instance, work, ledger):
    deed, request = work.next("certificate")
    visitor = Visitor(instance, request.who)
    heads = instance.settings.heads_file
    kept = heads.read_bytes()
    heads.unlink()
    heads.mkdir()
    try:
        assert do(visitor, deed, request, ledger).status == 303
    finally:
        heads.rmdir()
        heads.write_bytes(kept)
    assert invariants.all_of(instance, ledger.all_tried(), ledger.all_acknowledged()) == []
