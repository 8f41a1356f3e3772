"""What the role that serves may do on PostgreSQL: no more than serving takes.

Where another role owns the tables, the one that serves can neither take a trigger down nor alter a
table, and what is said for ever it may not even try to change. Both follow from the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from accredit.audit.guards import GUARDS

#: Which release the database is of; only a migration changes it.
_READ_ONLY = frozenset({"alembic_version"})


class RoleTooStrongError(Exception):
    """The role could give itself whatever is not granted to it."""


def statements(connection: Connection, role: str) -> Iterator[str]:
    """What gives `role` its rights on every table that is there, and takes all others away."""
    quote = connection.dialect.identifier_preparer.quote
    inspector = sa.inspect(connection)
    who, schema = quote(role), quote(inspector.default_schema_name or "public")
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {who}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {who}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {who}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {who}"
    for table in sorted(inspector.get_table_names()):
        columns = [column["name"] for column in inspector.get_columns(table)]
        rights = ", ".join(_rights(table, columns, quote))
        yield f"GRANT {rights} ON {quote(table)} TO {who}"


def _rights(table: str, columns: list[str], quote: Callable[[str], str]) -> Iterator[str]:
    yield "SELECT"
    if table in _READ_ONLY:
        return
    yield "INSERT"
    # A guard with a condition lets some changes pass: that is for the trigger to say.
    kept = [guard for guard in GUARDS if guard.table == table and guard.where is None]
    changes = [guard for guard in kept if guard.act == "UPDATE"]
    if not changes:
        yield "UPDATE"
    elif all(guard.columns for guard in changes):
        fixed = {column for guard in changes for column in guard.columns}
        yield f"UPDATE ({', '.join(quote(name) for name in columns if name not in fixed)})"
    if not any(guard.act == "DELETE" for guard in kept):
        yield "DELETE"


def ensure_lesser(connection: Connection, role: str) -> None:
    """Raise `RoleTooStrongError` for a role that is, or may become, the owner of the tables."""
    query = sa.text(
        "SELECT r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER') "
        "FROM pg_roles r, pg_class c WHERE r.rolname = :role AND c.oid = to_regclass('event')"
    )
    if connection.execute(query, {"role": role}).scalar():
        raise RoleTooStrongError(role)
