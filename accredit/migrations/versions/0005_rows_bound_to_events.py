"""Events that say in which role, and which rows changed from what to what.

Events written earlier keep the way in which they were hashed (form 1). What they did to rows
is not known: after this step every row is sealed as it is found, by events of its own; the
environment of the migrations does it, whenever rows have changed their shape.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEPT = ("role", "changes", "salt", "form")


def upgrade() -> None:
    """Apply the change; what an undoing kept aside is taken back."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("changes", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("salt", sa.String(length=32), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("form", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index("ix_event_person_id_id", ["person_id", "id"], unique=False)
    connection = op.get_bind()
    if sa.inspect(connection).has_table("event_kept"):
        kept, event = _table("event_kept"), _table("event")
        connection.execute(
            sa.update(event)
            .where(event.c.id.in_(sa.select(kept.c.id)))
            .values(
                {
                    name: sa.select(kept.c[name]).where(kept.c.id == event.c.id).scalar_subquery()
                    for name in _KEPT
                }
            )
        )
        op.drop_table("event_kept")


def downgrade() -> None:
    """Undo it. Without what is hashed the events could never be checked again: it is kept aside."""
    op.create_table(
        "event_kept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_kept")),
    )
    kept, event = _table("event_kept"), _table("event")
    names = ("id", *_KEPT)
    lost = sa.select(*(event.c[name] for name in names)).where(event.c.form != 1)
    op.get_bind().execute(sa.insert(kept).from_select(names, lost))
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_person_id_id")
        for name in reversed(_KEPT):
            batch_op.drop_column(name)


def _table(name: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in ("id", *_KEPT)))
