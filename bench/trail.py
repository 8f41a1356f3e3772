"""How long it takes to check a long trail: `python -m bench.trail [EVENTS]`.

The events are hashed as the product hashes them, each of them changes one of many rows, and a
head is signed at the end: what is measured is what `accredit audit verify` does.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, insert

from accredit.app import FEATURES
from accredit.audit import FIRST_HASH, Event, guards
from accredit.audit.cells import canonical, stored
from accredit.audit.chain import FORM, event_hash
from accredit.audit.findings import Report
from accredit.audit.heads import HeadFile
from accredit.audit.rows import row_hash
from accredit.audit.verifying import check
from accredit.database import Base
from accredit.identity.models import Department, Organisation, Person
from accredit.kpi.models import KpiTarget

EVENTS = 1_000_000
#: What the trail must be checked within, in seconds of one processor for a million events.
LIMIT = 60.0
_START = datetime(2020, 1, 1, tzinfo=UTC)
_AT_ONCE = 10_000


def fill(engine: Engine, events: int, rows: int) -> tuple[int, str]:
    """A database with this many events over this many rows; number and hash of the last."""
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        previous, told = _people(connection)
        pending: list[dict[str, Any]] = []
        for number in range(2, events + 1):
            row = (number - 2) % rows + 1
            values = _target(row, number)
            after = _hash(KpiTarget, values)
            change = ["kpi_target", str(row), told.get(row), after]
            told[row] = after
            pending.append(_event(number, previous, [change]))
            previous = pending[-1]["hash"]
            if len(pending) == _AT_ONCE or number == events:
                connection.execute(insert(Event), pending)
                pending = []
        last = dict(_last_of(events, rows))
        for first in range(1, rows + 1, _AT_ONCE):
            some = [
                _target(row, last[row]) for row in range(first, min(first + _AT_ONCE, rows + 1))
            ]
            connection.execute(insert(KpiTarget), some)
        guards.set_up(connection)
    return events, previous


def measure(events: int, folder: Path, *, rows: int | None = None) -> tuple[Report, float]:
    """What a check of a fresh trail of this length says, and the processor time it took."""
    _ = FEATURES  # every table is known once all features are
    engine = create_engine(f"sqlite:///{folder / 'trail.sqlite3'}")
    heads = HeadFile(folder / "heads.jsonl", b"measured, and thrown away afterwards")
    try:
        number, digest = fill(engine, events, rows or max(1, events // 5))
        heads.append(number, digest, at=datetime.now(UTC))
        work = time.process_time()
        report = check(engine, heads)
        return report, time.process_time() - work
    finally:
        engine.dispose()


def _people(connection: Connection) -> tuple[str, dict[int, str]]:
    """One person in one department, told by the first event."""
    people: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Organisation, {"id": 1, "code": "ORG", "name_en": "O", "name_ar": "ج",
                        "created_at": _START, "version": 1}),
        (Department, {"id": 1, "organisation_id": 1, "code": "DEP", "name_en": "D",
                      "name_ar": "إ", "created_at": _START, "version": 1}),
        (Person, {"id": 1, "email": "a@example.org", "name_en": "A", "name_ar": "أ",
                  "password": None, "active": True, "fs_uniquifier": "u", "language": "en",
                  "is_demo": False, "created_at": _START}),
    )  # fmt: skip
    changes = []
    for model, values in people:
        table = model.__table__
        full = {column.name: values.get(column.name) for column in table.columns}
        connection.execute(insert(model), full)
        changes.append([table.name, "1", None, _hash(model, full)])
    first = _event(1, FIRST_HASH, changes)
    connection.execute(insert(Event), first)
    return first["hash"], {}


def _target(row: int, number: int) -> dict[str, Any]:
    return {
        "id": row,
        "department_id": 1,
        "kpi": "csat",
        "value": float(number),
        "set_by_id": 1,
        "set_at": _START + timedelta(seconds=number),
    }


def _hash(model: Any, values: dict[str, Any]) -> str:
    names = tuple(sorted(values))
    return row_hash(model.__tablename__, names, [values[name] for name in names])


def _event(number: int, previous: str, changes: list[Any]) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": number,
        "at": _START + timedelta(seconds=number),
        "person_id": 1,
        "role": "leader",
        "action": "kpi.target_set",
        "subject_type": "kpi",
        "subject_id": "csat",
        "organisation_id": 1,
        "department_id": 1,
        "details": canonical({"from": number - 1, "to": number}),
        "changes": canonical(changes),
        "salt": f"{number:032x}",
        "form": FORM,
        "request_id": f"{number:032x}",
        "previous_hash": previous,
    }
    event["hash"] = event_hash({**event, "at": stored(event["at"])})
    return event


def _last_of(events: int, rows: int) -> Iterator[tuple[int, int]]:
    for number in range(max(2, events - rows + 1), events + 1):
        yield (number - 2) % rows + 1, number


def main() -> int:
    """Measure and print; 1 if something was found or it took too much of a processor.

    The machine may do other things meanwhile: what counts is the time of the processor.
    """
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory(prefix="trail-") as name:
        work = time.process_time()
        report, checking = measure(events, Path(name))
        making = time.process_time() - work - checking
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"made in {making:.1f} s of one processor")
    for finding in report.findings[:10]:
        print(finding)
    limit = LIMIT * events / EVENTS
    print(
        f"{report.events} events and {report.rows} rows checked in {checking:.1f} s of one "
        f"processor ({report.events / checking:.0f} events/s; to reach ≤ {limit:g} s), "
        f"{report.seconds:.1f} s by the clock, {memory:.0f} MB, {len(report.findings)} findings"
    )
    return int(not report.holds or checking > limit)


if __name__ == "__main__":
    sys.exit(main())
