"""What the server's log tells of the request it was serving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, has_request_context, request

from accredit.text import RuleError

_LONGEST = 200


class Application(Flask):
    """A Flask application whose log tells where a fault was without what opens an account."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none of ours is a coroutine, and Flask would ask each time."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Log a fault; Flask's own line would repeat the address with the token in it."""
        self.logger.error("a fault in %s", request.endpoint, exc_info=exc_info)


def what_was_asked() -> str:
    """Method, address, number, person and origin of the request; nothing where there is none.

    Of an address that holds a token, or leads nowhere and may hold one, only the pattern is told.
    """
    if not has_request_context():
        return ""
    named = request.view_args or {}
    rule = "" if request.url_rule is None else request.url_rule.rule
    path = rule or "an unknown address"
    if rule and "token" not in named:
        path = request.path[:_LONGEST]
    # Whoever is signed in is known by now or is not looked for: that could fail a second time.
    person = getattr(g.get("access"), "person_id", None)
    return (
        f"{request.method} {path}, request {g.get('request_id', '-')}, "
        f"person {'-' if person is None else person}, from {request.remote_addr}"
    )


def log_kept_apart(error: RuleError) -> None:
    """Log that somebody tried to do what is kept apart, which no page offers to them."""
    if error.keeps_apart:
        current_app.logger.warning("refused, to keep parts apart: %s", type(error).__name__)
