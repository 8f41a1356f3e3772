"""Where Alembic finds the models and the database when it migrates."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from accredit import audit
from accredit.assessment import models as assessment
from accredit.certificate import models as certificate
from accredit.database import UtcDateTime, db
from accredit.evidence import models as evidence
from accredit.identity import models as identity
from accredit.improvement import models as improvement
from accredit.kpi import models as kpi
from accredit.standard import models as standard

#: Importing a module of models is what makes its tables known.
TABLES = (assessment, audit, certificate, evidence, identity, improvement, kpi, standard)


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
        context.run_migrations()


with current_app.app_context(), db.engine.connect() as connection:
    run(connection)
    connection.commit()
