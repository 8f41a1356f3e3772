"""Ties that people declare to who is assessed, and the duties that these take away."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PEOPLE = ("person_id", "set_aside_by_id")
_MOMENTS = ("impartial_at", "recused_at")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "declared_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("blocks_until", sa.Date(), nullable=True),
        sa.Column("set_aside_by_id", sa.Integer(), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(), nullable=True),
        sa.Column("set_aside_reason", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint(
            "set_aside_by_id <> person_id",
            name=op.f("ck_declared_interest_set_aside_by_another"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["person.id"], name=op.f(f"fk_declared_interest_{name}_person")
            )
            for name in _PEOPLE
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_declared_interest_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_declared_interest_department_id_department"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_interest")),
    )
    for name in ("person_id", "organisation_id"):
        op.create_index(f"ix_declared_interest_{name}", "declared_interest", [name])
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        for name in _MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Undo it: who stands aside stays off the assessment; the declarations are forgotten."""
    op.execute("DELETE FROM assignment WHERE recused_at IS NOT NULL")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        for name in _MOMENTS:
            batch_op.drop_column(name)
    op.drop_table("declared_interest")
