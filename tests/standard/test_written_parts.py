"""The long parts of a standard's pages, which are written once: they follow from contents alone."""

from __future__ import annotations

import pytest

from accredit.standard.book import written_book, written_changes, written_examples
from accredit.standard.scoring.example_results import example_results
from tests.making_versions import REWEIGHTED, REWORDED, newer, text_of
from tests.standard.small import standard as read

#: What the application and its libraries tell every template of who asks, and where.
OF_ONE_REQUEST = ("request", "session", "g", "config", "csrf_token", "get_flashed_messages")
RIGHT = """
tests:
  - id: all_good
    text: {en: "Everything is good.", ar: "كل شيء جيد."}
    scores: {all: good}
    expect: {award: accredited, totals: {total: 75}}
"""


@pytest.fixture
def blind(app, monkeypatch):
    """The application, whose templates cannot see who asks."""
    with monkeypatch.context() as patch:
        for name in OF_ONE_REQUEST:
            patch.delitem(app.jinja_env.globals, name)
        # A template that was loaded remembers what there was.
        app.jinja_env.cache.clear()
        yield app
    app.jinja_env.cache.clear()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_part_sees_who_asks_or_when(blind, language):
    standard = read(text_of() + RIGHT)
    changed = newer(REWORDED)

    with blind.test_request_context(f"/?lang={language}"):
        for version_id in (None, 7):
            book = written_book(standard, standard.sha256, version_id)
            assert ('name="standard" value="7"' in book) is (version_id == 7)
        hashes = (standard.sha256, changed.sha256)
        assert "<ins>" in written_changes(hashes, lambda: (standard, changed))
        assert "all_good" in written_examples(standard.sha256, example_results(standard))


def test_two_versions_are_compared_once_and_others_anew(app):
    standard, changed = read(text_of() + RIGHT), newer(REWEIGHTED)
    asked = []

    def both():
        asked.append("both")
        return standard, changed

    with app.test_request_context("/?lang=en"):
        there = written_changes((standard.sha256, changed.sha256), both)
        assert written_changes((standard.sha256, changed.sha256), both) == there
        assert asked == ["both"]
        back = written_changes((changed.sha256, standard.sha256), lambda: (changed, standard))
        assert back != there
