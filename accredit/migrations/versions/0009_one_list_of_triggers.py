"""The triggers on evidence stand in one list with all others, and their absence is named.

The list is set up after every migration (`audit/guards.py`); here go those of 0004.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FORMER = (("evidence_version", "update"), ("evidence_version", "delete"), ("evidence", "delete"))


def upgrade() -> None:
    """Apply the change."""
    for table, act in _FORMER:
        name = f"{table}_no_{act}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")


def downgrade() -> None:
    """Go back to the release before, in which, as for every other, no trigger is set up anew."""
