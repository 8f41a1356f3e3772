"""Which addresses were seen to leave an event, by whatever test wrote through them.

A change without an event fails the test that made it (`accredit.audit.recording` is strict while
testing). What is seen here is the other half: that each address which writes was really written
through by some test, so that its event is not merely promised.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask.signals import request_finished
from sqlalchemy import event

from accredit.database import db
from tests.programme import record


def watch(app: Flask) -> None:
    """Note every address through which something was written and kept."""

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if has_request_context() and statement.startswith("INSERT INTO event "):
            g.left_an_event = True

    def finished(_app: Flask, response: Response, **_more: Any) -> None:
        rule, left = request.url_rule, g.pop("left_an_event", False)
        if left and rule is not None and request.method == "POST" and response.status_code < 400:
            record("J", f"leaves an event: POST {rule.rule}")

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    request_finished.connect(finished, app, weak=False)
