"""Improvement actions that somebody else verifies after they are done.

Who marked an action done is taken from the trail; before, nobody verified.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PEOPLE = ("finished_by_id", "verified_by_id")
_FINDING = ("verified_on", "verified_verdict", "verified_note")
_KEPT = ("version", "status", *_PEOPLE, *_FINDING)


def upgrade() -> None:
    """Apply the change; what an undoing kept aside is taken back."""
    with op.batch_alter_table("improvement_action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finished_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verified_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verified_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("verified_verdict", sa.String(length=16), nullable=True))
        batch_op.add_column(
            sa.Column("verified_note", sa.Text(), nullable=False, server_default="")
        )
        for name in _PEOPLE:
            batch_op.create_foreign_key(
                op.f(f"fk_improvement_action_{name}_person"), "person", [name], ["id"]
            )
    action, event = _table("improvement_action"), _events()
    finisher = (
        sa.select(event.c.person_id)
        .where(
            event.c.action == "improvement.finished",
            event.c.subject_type == "improvement_action",
            event.c.subject_id == sa.cast(action.c.id, sa.String),
        )
        .order_by(event.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    connection = op.get_bind()
    connection.execute(
        sa.update(action).where(action.c.status == "done").values(finished_by_id=finisher)
    )
    if sa.inspect(connection).has_table("improvement_action_kept"):
        _take_back(connection)
        op.drop_table("improvement_action_kept")


def _take_back(connection: sa.Connection) -> None:
    """What was said of an action stands again, unless it was changed in the meantime."""
    action, kept = _table("improvement_action"), _table("improvement_action_kept")
    same = (kept.c.id == action.c.id) & (kept.c.version == action.c.version)
    connection.execute(
        sa.update(action)
        .where(sa.exists(sa.select(kept.c.id).where(same)))
        .values(
            {
                name: sa.select(kept.c[name]).where(same).scalar_subquery()
                for name in _KEPT
                if name != "version"
            }
        )
    )


def downgrade() -> None:
    """Undo it: what was verified is done. Who said what is kept aside, for the way forward."""
    op.create_table(
        "improvement_action_kept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("finished_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_verdict", sa.String(length=16), nullable=True),
        sa.Column("verified_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_action_kept")),
    )
    action, kept = _table("improvement_action"), _table("improvement_action_kept")
    names = ("id", *_KEPT)
    said = sa.select(*(action.c[name] for name in names)).where(
        action.c.status.in_(["done", "verified"])
    )
    connection = op.get_bind()
    connection.execute(sa.insert(kept).from_select(names, said))
    connection.execute(sa.update(action).where(action.c.status == "verified").values(status="done"))
    with op.batch_alter_table("improvement_action", schema=None) as batch_op:
        for name in _PEOPLE:
            batch_op.drop_constraint(
                op.f(f"fk_improvement_action_{name}_person"), type_="foreignkey"
            )
        for name in (*_PEOPLE, *_FINDING):
            batch_op.drop_column(name)


def _table(name: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in ("id", *_KEPT)))


def _events() -> sa.TableClause:
    names = ("id", "action", "subject_type", "subject_id", "person_id")
    return sa.table("event", *(sa.column(name) for name in names))
