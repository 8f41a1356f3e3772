"""The clock, asked only at the edge: services and rules are told the time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Today's date where the programme is run."""
    return datetime.now(zone).date()
