"""Recording: an event, and with it every protected row the transaction changed.

Services change their objects and call `record`. What the session then writes is noticed by
its own hooks, so that no service has to say which rows it touched. Events are put into the
chain when the transaction is about to be committed: only then is it known how each row ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table, TableClause, event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction, object_session
from sqlalchemy.sql import visitors

from accredit.audit.appending import Committed, Entry, Subject, append, tell
from accredit.audit.cells import canonical
from accredit.audit.context import acting
from accredit.audit.models import Event
from accredit.audit.rows import is_protected, key_of, reader_of
from accredit.database import Base, db

_EVENTS = Event.__tablename__
_STATE = "trail"

#: A row: its table and its primary key.
Row = tuple[Table, tuple[Any, ...]]


class UnrecordedChangeError(RuntimeError):
    """Protected rows changed in a request that recorded no event."""


class UnwatchedWriteError(RuntimeError):
    """A statement would add protected rows behind the session's back."""


@dataclass(slots=True)
class _Pending:
    """An event that waits for the end of its transaction, and the rows changed until it."""

    at: datetime
    by: int | None
    role: str | None
    action: str
    subject: Subject
    details: str
    rows: dict[Row, str | None]


@dataclass(slots=True)
class _State:
    """What one transaction did so far: rows by their hash before, events not yet written."""

    rows: dict[Row, str | None] = field(default_factory=dict)
    pending: list[_Pending] = field(default_factory=list)
    known: dict[Row, str | None] = field(default_factory=dict)
    #: Hashes of rows as they were written, and not touched again since.
    fresh: dict[Row, str] = field(default_factory=dict)
    last: _Pending | None = None
    written: list[str] = field(default_factory=list)
    head: tuple[int, str] | None = None
    #: How many events waited when each open savepoint began, and when the last to end did.
    savepoints: list[int] = field(default_factory=list)
    ended: int = 0


def record(
    session: Session,
    action: str,
    subject: Subject,
    *,
    by: int | None,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add an event to the chain with the running transaction.

    `action` is "<subject>.<verb>", for example "score.set"; `by` is the person's id, or
    None for the system itself; `details` must be JSON values. What the session holds is
    flushed; the rows that changed since the event before belong to this one.
    """
    session.flush()
    state = _state(session)
    now = acting.get()
    state.pending.append(
        _Pending(
            at=at,
            by=by,
            role=(
                None
                if now is None or by is None
                else now.roles_at(subject.organisation_id, subject.department_id)
            ),
            action=action,
            subject=subject,
            details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
            rows=state.rows,
        )
    )
    state.rows = {}


def note_written(
    session: Session, table: Table, key: tuple[Any, ...], *, before: str | None, after: str
) -> None:
    """Let the trail know of a row written past the session's objects, by its hashes.

    `before` is None for a new row. Both are what the database kept and keeps, as a `RowReader`
    says it; so neither has to be read again.
    """
    state = _state(session)
    row = (table, key)
    if row not in state.rows:
        state.rows[row] = _as_first_seen(state, row, lambda: before)
    state.fresh[row] = after


def write_pending(session: Session) -> None:
    """Put the waiting events into the chain now, with every row changed so far."""
    state = _state(session)
    connection = session.connection()
    if state.rows:
        _add_to_last(state, connection)
    if not state.pending:
        return
    waiting, state.pending = state.pending, []
    _keep_each_row_once(waiting)
    after = _hashes_now(state, connection, [row for item in waiting for row in item.rows])
    state.head = append(
        connection,
        [
            Entry(
                at=item.at,
                by=item.by,
                role=item.role,
                action=item.action,
                subject=item.subject,
                details=item.details,
                changes=_changes(item, after),
            )
            for item in waiting
        ],
    )
    state.known.update(after)
    state.last = waiting[-1]
    state.written += [item.action for item in waiting]


def _add_to_last(state: _State, connection: Connection) -> None:
    """Rows that changed after the last event still belong to it, or to one that follows it."""
    rows, state.rows = state.rows, {}
    if state.pending:
        for row, before in rows.items():
            state.pending[-1].rows.setdefault(row, before)
        return
    # An object that was touched and says what it said before is no change.
    after = _hashes_now(state, connection, rows)
    changed = {row: before for row, before in rows.items() if before != after[row]}
    last = state.last
    if changed and last is not None:
        state.pending.append(
            _Pending(last.at, last.by, last.role, "trail.continued", last.subject, "{}", changed)
        )
    elif changed:
        state.pending.append(_unrecorded(changed))


def _unrecorded(rows: dict[Row, str | None]) -> _Pending:
    tables: dict[str, int] = {}
    for table, _key in rows:
        tables[table.name] = tables.get(table.name, 0) + 1
    now = acting.get()
    if now is not None and now.strict:
        raise UnrecordedChangeError(f"changed without an event: {tables}")
    return _Pending(
        at=datetime.now(UTC),
        by=None,
        role=None,
        action="trail.unrecorded",
        subject=Subject("trail", "rows"),
        details=json.dumps({"tables": tables}, sort_keys=True),
        rows=rows,
    )


def _keep_each_row_once(waiting: list[_Pending]) -> None:
    """A row changed under several events of one transaction is told by the last of them."""
    for earlier, item in enumerate(waiting):
        for row in list(item.rows):
            for later in waiting[earlier + 1 :]:
                if row in later.rows:
                    later.rows[row] = item.rows.pop(row)
                    break


def _hashes_now(
    state: _State, connection: Connection, rows: Iterable[Row]
) -> dict[Row, str | None]:
    wanted: dict[Table, list[tuple[Any, ...]]] = {}
    found: dict[Row, str | None] = {}
    for row in rows:
        if row in state.fresh:
            found[row] = state.fresh[row]
        else:
            wanted.setdefault(row[0], []).append(row[1])
    for table, keys in wanted.items():
        hashes = reader_of(table).find_hashes(connection, keys)
        found |= {(table, key): hashes.get(key) for key in keys}
    return found


def _changes(item: _Pending, after: Mapping[Row, str | None]) -> str:
    return canonical(
        [
            [row[0].name, key_of(row[1]), before, after[row]]
            for row, before in item.rows.items()
            if before != after[row]
        ]
    )


def _state(session: Session) -> _State:
    state: _State | None = session.info.get(_STATE)
    if state is None:
        state = session.info[_STATE] = _State()
    return state


def _note(session: Session, connection: Connection, table: Table, key: tuple[Any, ...]) -> None:
    """Remember a row as it is before it changes; only the first time in a transaction."""
    state = _state(session)
    row = (table, key)
    state.fresh.pop(row, None)
    if row not in state.rows:
        reader = reader_of(table)
        state.rows[row] = _as_first_seen(
            state, row, lambda: reader.find_hash(connection, key, lock=True)
        )


def _as_first_seen(state: _State, row: Row, read: Callable[[], str | None]) -> str | None:
    """What a row was before the change at hand: as an event of this transaction has it, or read."""
    if row in state.known:
        return state.known[row]
    for item in state.pending:
        if row in item.rows:
            return item.rows[row]
    return read()


@event.listens_for(Base, "before_update", propagate=True)
@event.listens_for(Base, "before_delete", propagate=True)
def _before_change(mapper: Mapper[Any], connection: Connection, target: object) -> None:
    session, table = object_session(target), mapper.local_table
    if session is not None and isinstance(table, Table) and is_protected(table.name):
        _note(session, connection, table, mapper.primary_key_from_instance(target))


@event.listens_for(Base, "after_insert", propagate=True)
def _after_insert(mapper: Mapper[Any], _connection: Connection, target: object) -> None:
    session, table = object_session(target), mapper.local_table
    if session is not None and isinstance(table, Table) and is_protected(table.name):
        row = (table, tuple(mapper.primary_key_from_instance(target)))
        _state(session).rows.setdefault(row, None)


@event.listens_for(db.session, "do_orm_execute")
def _before_statement(execution: ORMExecuteState) -> None:
    session = execution.session
    if execution.is_select:
        state: _State | None = session.info.get(_STATE)
        if state is not None and state.pending and _asks_for_events(execution.statement):
            session.flush()
            write_pending(session)
        return
    table = getattr(execution.statement, "table", None)
    if not isinstance(table, Table) or not is_protected(table.name):
        return
    if execution.is_insert:
        raise UnwatchedWriteError(f"add objects of {table.name} to the session instead")
    if execution.is_update or execution.is_delete:
        _note_all(execution, table)


def _note_all(execution: ORMExecuteState, table: Table) -> None:
    session = execution.session
    session.flush()
    query = sa.select(*table.primary_key.columns)
    where = execution.statement.whereclause  # type: ignore[attr-defined] # an update or a delete
    if where is not None:
        query = query.where(where)
    connection = session.connection()
    given = execution.parameters
    asked = dict(given) if isinstance(given, Mapping) else {}
    for key in connection.execute(query, asked).all():
        _note(session, connection, table, tuple(key))


def _asks_for_events(statement: Any) -> bool:
    # Of a mapped class the statement holds a copy of the table.
    return any(
        isinstance(element, TableClause) and element.name == _EVENTS
        for element in visitors.iterate(statement)
    )


@event.listens_for(db.session, "before_commit")
def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    if session.new or session.dirty or session.deleted:
        session.flush()
    state: _State | None = session.info.get(_STATE)
    if state is not None and (state.pending or state.rows):
        write_pending(session)


@event.listens_for(db.session, "after_commit")
def _after_commit(session: Session) -> None:
    state: _State | None = session.info.get(_STATE)
    if state is None or state.head is None or session.in_nested_transaction():
        return
    tell(session.get_bind().engine, Committed(*state.head, tuple(state.written)))
    state.head = None


@event.listens_for(db.session, "after_transaction_create")
def _after_begin(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        state = _state(session)
        state.savepoints.append(len(state.pending))


@event.listens_for(db.session, "after_transaction_end")
def _after_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_STATE, None)
    elif transaction.nested:
        state = _state(session)
        state.ended = state.savepoints.pop()


@event.listens_for(db.session, "after_soft_rollback")
def _after_rollback(session: Session, transaction: SessionTransaction) -> None:
    """What a savepoint undoes has not happened; it has ended already when this is called.

    Rows need no care: one that is back as it was has the same hash before and after.
    """
    if not transaction.nested:
        return
    state = _state(session)
    state.fresh.clear()
    undone = state.pending[state.ended :]
    del state.pending[state.ended :]
    for item in undone:
        for row, before in item.rows.items():
            state.rows.setdefault(row, before)
