"""Words of evidence for searching, what the virus scanner says, and files that nobody unwrites."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: What stays as it was written, and what stays at all.
GUARDED = (("evidence_version", "UPDATE"), ("evidence_version", "DELETE"), ("evidence", "DELETE"))


def upgrade() -> None:
    """Apply the change. Words of files that are there already are read by `evidence index`."""
    op.create_table(
        "evidence_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["evidence_version.id"],
            name=op.f("fk_evidence_part_version_id_evidence_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_part")),
        sa.UniqueConstraint(
            "version_id", "number", name=op.f("uq_evidence_part_version_id_number")
        ),
    )
    op.create_table(
        "evidence_word",
        sa.Column(
            "word",
            sa.String(length=41).with_variant(sa.String(length=41, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_word_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("word", "evidence_id", name=op.f("pk_evidence_word")),
    )
    with op.batch_alter_table("evidence_word", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_word_evidence_id", ["evidence_id"], unique=False)
    op.create_table(
        "evidence_scan",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("finding", sa.String(length=200), nullable=False),
        sa.Column("scanned_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["evidence_version.id"],
            name=op.f("fk_evidence_scan_version_id_evidence_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_evidence_scan")),
    )
    for table, act in GUARDED:
        _guard(table, act)


def downgrade() -> None:
    """Undo it; the words can be read from the files again."""
    for table, act in GUARDED:
        _unguard(table, act)
    op.drop_table("evidence_scan")
    with op.batch_alter_table("evidence_word", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_word_evidence_id")
    op.drop_table("evidence_word")
    op.drop_table("evidence_part")


def _guard(table: str, act: str) -> None:
    """Let the database itself refuse to unwrite what was submitted."""
    name = f"{table}_no_{act.lower()}"
    said = f"{table} is never {'changed' if act == 'UPDATE' else 'deleted'}"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def _unguard(table: str, act: str) -> None:
    # Since 0009 they stand in the list of all triggers, and were taken down with it.
    name = f"{table}_no_{act.lower()}"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        op.execute(f"DROP FUNCTION IF EXISTS {name}()")
    else:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
