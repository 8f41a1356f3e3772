"""Where Alembic finds the models and the database when it migrates."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection

from accredit import clock
from accredit.assessment import models as assessment
from accredit.audit import guards, sealing
from accredit.audit import models as audit
from accredit.certificate import models as certificate
from accredit.database import UtcDateTime, db
from accredit.evidence import models as evidence
from accredit.identity import models as identity
from accredit.improvement import models as improvement
from accredit.kpi import models as kpi
from accredit.standard import models as standard
from accredit.web import limiting

#: Importing a module of models is what makes its tables known.
TABLES = (
    assessment, audit, certificate, evidence, identity, improvement, kpi, limiting, standard,
)  # fmt: skip


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Our UTC type is an ordinary date-time in the database: migrations need no import of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def run(connection: Connection) -> None:
    """Migrate over one connection; SQLite tables are rebuilt in batches."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        migrate(connection)


def migrate(connection: Connection) -> None:
    """Run the steps, and bind to the trail what they did to rows.

    Triggers would stand in the way of a table that is rebuilt, and be lost with it. Neither
    they nor the hashes of rows are kept up on the way back to an earlier release.
    """
    migration = context.get_context()
    newest = ScriptDirectory.from_config(context.config).get_current_head()
    start = migration.get_current_revision()
    before = sealing.look(connection)
    guards.take_down(connection)
    context.run_migrations()
    if migration.get_current_revision() != newest:
        return
    guards.set_up(connection)
    if newest is not None and start != newest:
        sealing.bind(connection, before, at=clock.now(), step=newest)


with current_app.app_context(), db.engine.connect() as connection:
    run(connection)
    connection.commit()
