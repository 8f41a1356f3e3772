"""What the database itself refuses: to change or remove what was said for ever.

The program never tries; this stops whoever reaches the database by another way, as far as
they do not first remove the trigger, and that is seen by `verifying`. A table that is rebuilt
loses its triggers, so they are set anew after every migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from accredit.audit.guard import Guard, postgresql, sqlite
from accredit.audit.separation import SEPARATION

#: A certificate says for ever what it said on the day it was issued; only its state changes.
CERTIFICATE_COLUMNS = (
    "id", "number", "assessment_id", "organisation_id", "department_id", "standard_version_id",
    "award", "award_en", "award_ar", "organisation_en", "organisation_ar", "department_en",
    "department_ar", "scope_en", "scope_ar", "standard_en", "standard_ar", "standard_edition",
    "issued_on", "expires_on",
)  # fmt: skip

DECISION_COLUMNS = (
    "id", "assessment_id", "kind", "award", "reached", "readings", "reason", "decided_by_id",
    "decided_at",
)  # fmt: skip

#: Scores are settled once the decision was taken.
_CLOSED = "(SELECT stage FROM assessment WHERE id = OLD.assessment_id) = 'closed'"

#: Every trigger of the database.
GUARDS = (
    Guard("event", "UPDATE"),
    Guard("event", "DELETE"),
    Guard("standard_version", "UPDATE"),
    Guard("standard_version", "DELETE"),
    Guard("certificate", "UPDATE", CERTIFICATE_COLUMNS),
    Guard("certificate", "DELETE"),
    Guard("certificate_document", "UPDATE"),
    Guard("certificate_document", "DELETE"),
    Guard("decision", "UPDATE", DECISION_COLUMNS),
    # Which certificate a grant led to is written once, when it is issued.
    Guard(
        "decision", "UPDATE", ("certificate_id",), "OLD.certificate_id IS NOT NULL", "_certificate"
    ),
    Guard("decision", "DELETE"),
    Guard("score", "UPDATE", where=_CLOSED),
    Guard("score", "DELETE", where=_CLOSED),
    Guard("evidence_version", "UPDATE"),
    Guard("evidence_version", "DELETE"),
    Guard("evidence", "DELETE"),
    *SEPARATION,
)


def set_up(connection: Connection) -> None:
    """Create every trigger anew."""
    take_down(connection)
    statements = sqlite if connection.dialect.name == "sqlite" else postgresql
    for guard in GUARDS:
        for statement in statements(guard):
            connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Remove every trigger of ours that is there, so that a migration may rebuild tables."""
    tables = set(sa.inspect(connection).get_table_names())
    for guard in GUARDS:
        if guard.table not in tables:
            continue
        of_table = "" if connection.dialect.name == "sqlite" else f" ON {guard.table}"
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {guard.name}{of_table}")


def missing(connection: Connection) -> list[Guard]:
    """The guards whose trigger is not there, is switched off, or does something else."""
    there = {name: text for name, _table, text in _standing(connection)}
    return [guard for guard in GUARDS if not _stands(connection, guard, there.get(guard.name))]


def foreign(connection: Connection) -> list[tuple[str, str]]:
    """Triggers that are none of ours, each with its table.

    The program has no others: one could turn what is written into something else before it is
    bound to its event.
    """
    ours = {(guard.name, guard.table) for guard in GUARDS}
    there = ((name, table) for name, table, _text in _standing(connection))
    return sorted(found for found in there if found not in ours)


def _standing(connection: Connection) -> list[tuple[str, str, str]]:
    """The triggers by name and table with what was said to create them."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT t.tgname, c.relname, "
            "pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid) "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
            "AND pg_table_is_visible(c.oid)"
        )
    return [(name, table, text) for name, table, text in connection.exec_driver_sql(query)]


def _stands(connection: Connection, guard: Guard, text: str | None) -> bool:
    if text is None:
        return False
    if connection.dialect.name == "sqlite":
        return text == next(iter(sqlite(guard)))
    # PostgreSQL spells the definition in its own way; what is said in it stays as it is.
    return guard.refusal in text and guard.condition in text
