"""Checking everything the trail says against everything that is there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select
from sqlalchemy.exc import DatabaseError, OperationalError

from accredit.audit.cells import stored
from accredit.audit.chain import COLUMNS, FIRST_HASH, FORM, event_hash
from accredit.audit.findings import Finding, Kind, Report
from accredit.audit.heads import HeadFile, Line
from accredit.audit.rows import Key, protected_tables
from accredit.audit.sealing import read_rows
from accredit.audit.shape import shape_findings

#: Requests that wait for one another may be recorded in another order than they began.
CLOCK_TOLERANCE = timedelta(minutes=5)
#: An event of this action says why the clock of another event went back.
EXPLAINED = "trail.explained"
_AT_ONCE = 5_000
_FIRST_TIMES = ("trail.sealed",)


class UnreadableError(Exception):
    """The database cannot be read far enough to say anything about its trail."""


def check(
    engine: Engine,
    heads: HeadFile,
    *,
    revision: str | None = None,
    kept: Mapping[int, str] | None = None,
    more: Callable[[Connection, Report], None] | None = None,
) -> Report:
    """Check events, heads, protected rows and the shape of the database; changes nothing.

    `revision` is the release the database should be of, `kept` are hashes of events somebody
    wrote down elsewhere, `more` is called in the same snapshot for what lies outside it.
    Raises `UnreadableError` where the database cannot be read.
    """
    started = time.monotonic()
    # Heads first: each of them is of an event that the snapshot taken afterwards holds.
    lines = heads.lines()

    def look(text_factory: Callable[[bytes], str]) -> Report:
        report = Report(at=datetime.now(UTC))
        with _snapshot(engine, text_factory) as connection:
            _check_database(connection, report)
            _check_shape(connection, report, revision)
            walk = _Walk(report, _wanted(lines), kept or {})
            walk.through(connection)
            _check_heads(lines, walk, report)
            _check_rows(connection, walk, report)
            if more is not None:
                more(connection, report)
        return report

    try:
        try:
            report = look(str)
        except OperationalError as error:
            if "decode" not in str(error.orig):
                raise
            # A cell that is no UTF-8 is altered, and not a reason to stop.
            report = look(_any_text)
    except DatabaseError as error:
        raise UnreadableError(str(error.orig or error)) from error
    report.seconds = time.monotonic() - started
    return report


@contextmanager
def _snapshot(engine: Engine, text_factory: Callable[[bytes], str]) -> Iterator[Connection]:
    """One moment of the database, however long reading it takes and whoever writes meanwhile."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.text_factory = text_factory
            try:
                yield connection
            finally:
                driver.text_factory = str
    else:
        options = {"isolation_level": "REPEATABLE READ"}
        with engine.connect().execution_options(**options) as connection:
            yield connection


def _any_text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _check_database(connection: Connection, report: Report) -> None:
    if connection.dialect.name != "sqlite":
        return
    # Not the quick one: a row that an index leaves out is on no page that asks the index.
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
        if said != "ok":
            report.findings.append(Finding("database", "-", None, Kind.DAMAGED, str(said)))
    for table, row, parent, _number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        note = f"refers to a row of {parent} that is not there"
        report.findings.append(Finding(str(table), str(row), None, Kind.DAMAGED, note))


def _check_shape(connection: Connection, report: Report, revision: str | None) -> None:
    there = set(sa.inspect(connection).get_table_names())
    if "event" not in there:
        raise UnreadableError("the database has no trail (no table event)")
    report.findings += shape_findings(connection, there, revision)


def _wanted(lines: Iterable[Line]) -> frozenset[int]:
    return frozenset(line.head.event for line in lines if line.head is not None)


class _Walk:
    """Goes through the chain once and remembers what it says of rows and at heads."""

    def __init__(self, report: Report, wanted: frozenset[int], kept: Mapping[int, str]) -> None:
        self.report = report
        self.rows: dict[str, dict[Key, tuple[str, int]]] = {}
        #: Whether any event tells of rows at all, that is, whether rows were ever sealed.
        self.sealed = False
        self.at_heads: dict[int, str] = {}
        self._wanted = wanted
        self._kept = kept
        self._explained: set[str] = set()
        self._back: list[Finding] = []
        self._latest = ""

    def through(self, connection: Connection) -> None:
        """Check every event in the order of numbers."""
        report = self.report
        query: Select[*tuple[Any, ...]] = (
            sa.select(*(sa.column(name) for name in COLUMNS))
            .select_from(sa.table("event"))
            .order_by(sa.column("id"))
        )
        rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
        previous, number = FIRST_HASH, 0
        for row in rows:
            event = dict(zip(COLUMNS, row, strict=True))
            event["at"] = stored(event["at"])
            at = event["id"]
            self._check_place(event, previous, number)
            if event["hash"] != _hash(event):
                self._find(at, Kind.ALTERED)
            self._check_clock(event)
            self._read(event)
            if at in self._wanted or at in self._kept:
                self.at_heads[at] = str(event["hash"])
            previous, number = event["hash"], at
            report.events += 1
        report.last_event, report.last_hash = number, previous if number else None
        for event_id, digest in self._kept.items():
            if self.at_heads.get(event_id) != digest.lower():
                self._find(event_id, Kind.NOT_AS_KEPT)
        for finding in self._back:
            explained = str(finding.event) in self._explained
            (report.notices if explained else report.findings).append(finding)

    def _check_place(self, event: Mapping[str, Any], previous: str, number: int) -> None:
        at = event["id"]
        # Only since form 2 numbers follow one another without gaps.
        if event["form"] == FORM and at != number + 1:
            if at <= number:
                self._find(at, Kind.ADDED, "its number is there twice")
            elif at - number > 10:
                self._find(at, Kind.MISSING, f"events {number + 1} to {at - 1}")
            else:
                for gone in range(number + 1, at):
                    self._find(gone, Kind.MISSING)
        elif event["previous_hash"] != previous:
            self._find(at, Kind.REORDERED)

    def _check_clock(self, event: Mapping[str, Any]) -> None:
        said = event["at"]
        if not isinstance(said, str):
            return
        if said >= self._latest:
            self._latest = said
            return
        try:
            late = datetime.fromisoformat(self._latest) - datetime.fromisoformat(said)
        except (ValueError, TypeError):
            # No date at all: the hash of the event says that it was altered.
            return
        if late > CLOCK_TOLERANCE:
            self._back.append(
                Finding("event", str(event["id"]), event["id"], Kind.CLOCK, f"by {late}")
            )
            # From here on the clock of this event counts, so that each step is told once.
            self._latest = said

    def _read(self, event: Mapping[str, Any]) -> None:
        action, number = event["action"], event["id"]
        if action == EXPLAINED:
            self._explained.add(str(event["subject_id"]))
        text = event["changes"]
        if text == "[]":
            return
        self.sealed = True
        try:
            changes = [
                (table, key, before, after) for table, key, before, after in json.loads(text)
            ]
        except (TypeError, ValueError):
            # The hash of the event says so already.
            return
        if action == "trail.unrecorded":
            for table, key, _before, _after in changes:
                self.report.findings.append(Finding(table, key, number, Kind.UNRECORDED))
        for table, key, before, after in changes:
            known = self.rows.setdefault(table, {})
            told = known.get(key)
            if (told and told[0]) != before and action not in _FIRST_TIMES:
                note = f"last told by event {told[1]}" if told else "no event told of it before"
                self.report.findings.append(Finding(table, key, number, Kind.OVERWRITTEN, note))
            if after is None:
                known.pop(key, None)
            else:
                known[key] = (after, number)

    def _find(self, event: int, kind: Kind, note: str = "") -> None:
        self.report.findings.append(Finding("event", str(event), event, kind, note))


def _hash(event: dict[str, Any]) -> str | None:
    try:
        return event_hash(event)
    except TypeError:
        # Bytes where texts belong: somebody put them there.
        return None


def _check_heads(lines: Sequence[Line], walk: _Walk, report: Report) -> None:
    faults = {
        "foreign key": Kind.FOREIGN_KEY,
        "altered": Kind.ALTERED,
        "line missing before": Kind.MISSING,
        "unreadable": Kind.UNREADABLE,
    }
    report.heads = len(lines)
    if not lines and report.events:
        report.findings.append(Finding("head", "-", None, Kind.NO_HEADS))
    restored = max((n for n, line in enumerate(lines) if _is_restored(line)), default=-1)
    for place, line in enumerate(lines):
        head = line.head
        event = None if head is None else head.event
        if line.fault is not None:
            report.findings.append(Finding("head", str(line.number), event, faults[line.fault]))
        if head is None or line.fault in ("foreign key", "altered"):
            continue
        found = walk.at_heads.get(head.event)
        if place < restored and head.event > lines[restored].head.event:  # type: ignore[union-attr] # a restored line has a head
            # What came after the copy that was restored is gone, and the restoring is told.
            continue
        if found is None and head.event > report.last_event:
            note = f"signed at {head.at}, line {line.number}; the last is {report.last_event}"
            report.findings.append(Finding("event", str(event), event, Kind.CUT, note))
        elif found is not None and found != head.hash:
            note = f"signed at {head.at}, line {line.number}"
            report.findings.append(Finding("event", str(event), event, Kind.REHASHED, note))
        elif found is not None:
            report.signed_to = max(report.signed_to, head.event)


def _is_restored(line: Line) -> bool:
    return line.head is not None and line.fault is None and line.head.kind == "restored"


def _check_rows(connection: Connection, walk: _Walk, report: Report) -> None:
    """Every protected row against the last event that changed it."""
    inspector = sa.inspect(connection)
    there = set(inspector.get_table_names())
    for table in protected_tables():
        if table.name not in there:
            continue
        told = walk.rows.pop(table.name, {})
        # As the release knows the table: a column somebody added is told by itself.
        found = {column["name"] for column in inspector.get_columns(table.name)}
        names = [name for name in table.columns.keys() if name in found]  # noqa: SIM118 - a collection of columns, no mapping
        keys = [column.name for column in table.primary_key.columns]
        for key, digest in read_rows(connection, table.name, names, keys):
            report.rows += 1
            expected = told.pop(key, None)
            if expected is None:
                report.findings.append(Finding(table.name, key, None, Kind.ADDED))
            elif expected[0] != digest:
                report.findings.append(Finding(table.name, key, expected[1], Kind.ALTERED))
        report.findings += [
            Finding(table.name, key, event, Kind.MISSING) for key, (_, event) in told.items()
        ]
