"""What is kept in memory of closed assessments, and never of open ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.assessment.settled import find_settled, keep_settled
from accredit.database import db

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CLOSED = NOW - timedelta(days=3)


def one(stage: Stage = Stage.CLOSED, **changes: Any) -> Assessment:
    values = {"id": 7, "stage": stage.value, "closed_at": CLOSED, "standard_version_id": 1}
    return Assessment(**{**values, **changes})


def test_what_a_closed_assessment_rests_on_is_found_again(app: Flask) -> None:
    with app.app_context():
        keep_settled(db.session(), "evidence", one(), ["a piece"])
        assert find_settled(db.session(), "evidence", one()) == ["a piece"]
        assert find_settled(db.session(), "agreed", one()) is None


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
def test_nothing_is_kept_of_an_open_assessment(app: Flask, stage: Stage) -> None:
    with app.app_context():
        keep_settled(db.session(), "evidence", one(stage), ["a piece"])
        assert find_settled(db.session(), "evidence", one(stage)) is None
        assert find_settled(db.session(), "evidence", one()) is None


@pytest.mark.parametrize(
    "changes",
    [{"closed_at": NOW}, {"standard_version_id": 2}, {"id": 8}],
    ids=["closed again", "by another standard", "another assessment"],
)
def test_what_was_kept_is_not_taken_for_what_it_is_not(app: Flask, changes: dict[str, Any]) -> None:
    with app.app_context():
        keep_settled(db.session(), "evidence", one(), ["a piece"])
        assert find_settled(db.session(), "evidence", one(**changes)) is None


def test_nothing_is_known_of_a_database_that_was_closed(app: Flask) -> None:
    with app.app_context():
        keep_settled(db.session(), "evidence", one(), ["a piece"])
        db.session.remove()
        db.engine.dispose()
        assert find_settled(db.session(), "evidence", one()) is None


def test_only_the_last_few_hundred_are_kept(app: Flask) -> None:
    with app.app_context():
        for number in range(300):
            keep_settled(db.session(), "evidence", one(id=number), [number])
        assert find_settled(db.session(), "evidence", one(id=0)) is None
        assert find_settled(db.session(), "evidence", one(id=299)) == [299]
