"""How answers are handed to the server: whole where they are there already, else piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, Response
from werkzeug.test import EnvironBuilder

from accredit.web.answered import Answer


def handed_over(app: Flask, path: str, method: str = "GET"):
    """What the server itself gets, before it asks for any piece."""
    environ = EnvironBuilder(path=path, method=method).get_environ()
    return app.wsgi_app(environ, lambda _status, _headers: None)


def test_a_page_is_handed_over_in_one_piece(app):
    body = handed_over(app, "/sign-in")
    assert isinstance(body, list)
    assert b"<form" in b"".join(body)


def test_so_is_where_to_look_next(app):
    assert isinstance(handed_over(app, "/assessments/"), list)


@pytest.mark.parametrize("path", ["/sign-in", "/assessments/"])
def test_where_only_the_head_is_asked_for_there_is_no_body(app, path):
    assert b"".join(handed_over(app, path, "HEAD")) == b""


def test_what_is_made_piece_by_piece_is_asked_for_piece_by_piece():
    made = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"one", b"two"):
            made.append(piece)
            yield piece

    body = iter(Answer.force_type(Response(pieces())).get_app_iter({"REQUEST_METHOD": "GET"}))
    assert next(body) == b"one"
    assert made == [b"one"]


def test_what_is_to_be_done_after_an_answer_is_done():
    done = []
    answer = Answer("said")
    answer.call_on_close(lambda: done.append("forgotten"))
    assert answer.get_app_iter({"REQUEST_METHOD": "GET"}) == [b"said"]
    assert done == ["forgotten"]
