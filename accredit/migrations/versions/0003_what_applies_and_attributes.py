"""What applies in an assessment and what it weighs, and scores by attributes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: what exists chose nothing and was scored as a whole."""
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weights", sa.Text(), nullable=False, server_default="{}"))
        batch_op.add_column(
            sa.Column("not_applicable", sa.Text(), nullable=False, server_default="{}")
        )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attributes", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo it; the attributes of scores are lost, their levels stay."""
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_column("attributes")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_column("not_applicable")
        batch_op.drop_column("weights")
