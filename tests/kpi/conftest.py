"""Measurements already stored, and what the trail says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.database import db
from accredit.identity.models import Department
from accredit.kpi import imports
from accredit.kpi.choices import Choices, figures
from accredit.kpi.importing import Mapping, Window
from tests.kpi.files import csv_table, kpi

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def csat_lines(month: str, satisfied: int, others: int) -> list[str]:
    """Answers of one month (yyyy-mm): so many fives and so many twos."""
    return [f"{month}-10,5"] * satisfied + [f"{month}-20,2"] * others


@pytest.fixture
def measure(arrange, cast) -> Callable[..., int]:
    """`measure("csat", ["2026-01-10,5", …])` stores the values and gives the import's number."""

    def store(
        name: str,
        lines: list[str],
        *,
        window: Window = Window.MONTH,
        department: int | None = None,
        file_name: str = "answers.csv",
        by: int | None = None,
        at: datetime = AT,
    ) -> int:
        definition = kpi(name)
        mapping = Mapping(definition.id, {definition.inputs[0][0]: "answer"}, "date", window=window)
        choices = Choices(mapping)
        found = figures(csv_table("date,answer", *lines), choices, definition, TODAY)
        with arrange() as session:
            place = session.get(Department, department or cast.licensing)
            row = imports.import_measurements(
                session,
                place,
                definition,
                found,
                file_name=file_name,
                sha256="5" * 64,
                choices=choices,
                by=by or cast.contributor.id,
                at=at,
            )
            return row.id

    return store


@pytest.fixture
def events(app) -> Callable[[str], list[tuple[int | None, dict[str, Any]]]]:
    """`events("kpi.imported")`: actor and details of every such event, in order."""

    def read(action: str) -> list[tuple[int | None, dict[str, Any]]]:
        with app.app_context():
            rows = db.session.scalars(
                select(Event).where(Event.action == action).order_by(Event.id)
            ).all()
            return [(row.person_id, json.loads(row.details)) for row in rows]

    return read
