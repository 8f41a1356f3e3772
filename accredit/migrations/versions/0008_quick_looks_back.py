"""Indexes for looking back: when an assessment was submitted, and which one came before it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SUBMITTED = sa.text("action = 'assessment.self_assessment_submitted'")


def upgrade() -> None:
    """Apply the change."""
    op.create_index(
        "ix_event_submitted",
        "event",
        ["subject_id", "at"],
        sqlite_where=_SUBMITTED,
        postgresql_where=_SUBMITTED,
    )
    op.drop_index("ix_assessment_department_id", table_name="assessment")
    op.create_index(
        "ix_assessment_department_id_opened_at", "assessment", ["department_id", "opened_at"]
    )


def downgrade() -> None:
    """Go back to the release before."""
    op.drop_index("ix_assessment_department_id_opened_at", table_name="assessment")
    op.create_index("ix_assessment_department_id", "assessment", ["department_id"])
    op.drop_index("ix_event_submitted", table_name="event")
